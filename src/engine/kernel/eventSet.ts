/**
 * The future event set: a 4-ary heap in typed arrays on (time, priority, sequence), with a first-in-first-out lane beside it for
 * what is scheduled at this very moment, where a heap would pay a logarithm for an order that is already known. Payloads sit in
 * slots that never move; the heap moves only its keys and slot numbers. Everything is numbers and typed arrays, so a structured
 * clone of the set is a checkpoint of it.
 */
export interface EventSet {
  /** Time of the event taken last: the clock. Integer microseconds. */
  nowUs: number;
  /** Number of events waiting. */
  size: number;
  /** The event taken last. */
  kind: number;
  a: number;
  b: number;
  /** Events taken so far. */
  taken: number;
  /** Number of events ever scheduled: the tie-break of the next one. */
  sequence: number;
  /** Priority and sequence of the event taken last, as one number; -1 when there is none to put back. */
  takenOrder: number;
  /** Heap, in heap order: key and payload slot. */
  heapSize: number;
  heapTimeUs: Float64Array;
  heapOrder: Float64Array;
  heapSlot: Int32Array;
  /** Payloads of heap events; the head of `freeSlots` (a stack) is where the next one goes. */
  slotKind: Int32Array;
  slotA: Int32Array;
  slotB: Int32Array;
  freeSlots: Int32Array;
  freeCount: number;
  /** Ring of events of the one moment `laneTimeUs` and normal priority. */
  laneTimeUs: number;
  laneHead: number;
  laneSize: number;
  laneOrder: Float64Array;
  laneKind: Int32Array;
  laneA: Int32Array;
  laneB: Int32Array;
}

/** Faults come before everything else of the same moment; all other events are in the order they were scheduled. */
export const Priority = { fault: 0, normal: 1 } as const;

/** Priority and sequence share one double: 2^50 sequences for each of up to eight priorities stay exact integers. */
const prioritySpan = 2 ** 50;
const initialCapacity = 64;

/** An empty set with its clock at 0. */
export function createEventSet(): EventSet {
  const freeSlots = new Int32Array(initialCapacity);
  for (let i = 0; i < initialCapacity; i++) freeSlots[i] = initialCapacity - 1 - i;
  return {
    nowUs: 0,
    size: 0,
    kind: -1,
    a: 0,
    b: 0,
    taken: 0,
    sequence: 0,
    takenOrder: -1,
    heapSize: 0,
    heapTimeUs: new Float64Array(initialCapacity),
    heapOrder: new Float64Array(initialCapacity),
    heapSlot: new Int32Array(initialCapacity),
    slotKind: new Int32Array(initialCapacity),
    slotA: new Int32Array(initialCapacity),
    slotB: new Int32Array(initialCapacity),
    freeSlots,
    freeCount: initialCapacity,
    laneTimeUs: 0,
    laneHead: 0,
    laneSize: 0,
    laneOrder: new Float64Array(initialCapacity),
    laneKind: new Int32Array(initialCapacity),
    laneA: new Int32Array(initialCapacity),
    laneB: new Int32Array(initialCapacity),
  };
}

/**
 * Schedules an event. `timeUs` is an integer at or after the clock; `kind`, `a` and `b` are 32-bit integers. Anything else is a bug
 * of the caller and throws, because a rounded time or a truncated index would only show as a wrong result much later.
 */
export function schedule(set: EventSet, timeUs: number, kind: number, a: number, b: number, priority: number = Priority.normal): void {
  if (!(timeUs >= set.nowUs) || Math.floor(timeUs) !== timeUs || timeUs === Infinity || (a | 0) !== a || (b | 0) !== b) {
    throw badEvent(set, { timeUs, kind, a, b });
  }
  const order = priority * prioritySpan + set.sequence++;
  set.size++;
  if (timeUs === set.nowUs && priority === Priority.normal && (set.laneSize === 0 || set.laneTimeUs === timeUs)) {
    const capacity = set.laneKind.length;
    if (set.laneSize === capacity) growLane(set);
    const at = (set.laneHead + set.laneSize) & (set.laneKind.length - 1);
    set.laneTimeUs = timeUs;
    set.laneOrder[at] = order;
    set.laneKind[at] = kind;
    set.laneA[at] = a;
    set.laneB[at] = b;
    set.laneSize++;
    return;
  }
  pushHeap(set, timeUs, order, kind, a, b);
}

/** Time of the earliest waiting event, Infinity when none waits. */
export function nextTimeUs(set: EventSet): number {
  const heapTime = set.heapSize > 0 ? set.heapTimeUs[0] : Infinity;
  return set.laneSize > 0 && set.laneTimeUs <= heapTime ? set.laneTimeUs : heapTime;
}

/** Takes the earliest event into `nowUs`, `kind`, `a`, `b`; false when none waits. */
export function takeNext(set: EventSet): boolean {
  if (set.size === 0) return false;
  set.size--;
  set.taken++;
  if (set.laneSize > 0) {
    const head = set.laneHead;
    const laneOrder = set.laneOrder[head];
    const laneTime = set.laneTimeUs;
    const heapFirst =
      set.heapSize > 0 && (set.heapTimeUs[0] < laneTime || (set.heapTimeUs[0] === laneTime && set.heapOrder[0] < laneOrder));
    if (!heapFirst) {
      set.laneHead = (head + 1) & (set.laneKind.length - 1);
      set.laneSize--;
      set.nowUs = laneTime;
      set.takenOrder = laneOrder;
      set.kind = set.laneKind[head];
      set.a = set.laneA[head];
      set.b = set.laneB[head];
      return true;
    }
  }
  popHeap(set);
  return true;
}

/**
 * Puts the event just taken back as it was, first of all: it could not be executed yet (its segments are not resident). It keeps its
 * time, priority and sequence, so the run goes on as if it had not been taken. Throws when no event was taken since the last put back.
 */
export function putBack(set: EventSet): void {
  if (set.takenOrder < 0) throw new Error('event set: putBack without an event taken before it');
  pushHeap(set, set.nowUs, set.takenOrder, set.kind, set.a, set.b);
  set.takenOrder = -1;
  set.size++;
  set.taken--;
}

function pushHeap(set: EventSet, timeUs: number, order: number, kind: number, a: number, b: number): void {
  if (set.freeCount === 0) growHeap(set);
  const slot = set.freeSlots[--set.freeCount];
  set.slotKind[slot] = kind;
  set.slotA[slot] = a;
  set.slotB[slot] = b;
  const times = set.heapTimeUs;
  const orders = set.heapOrder;
  const slots = set.heapSlot;
  let hole = set.heapSize++;
  while (hole > 0) {
    const parent = (hole - 1) >> 2;
    const parentTime = times[parent];
    if (parentTime < timeUs || (parentTime === timeUs && orders[parent] < order)) break;
    times[hole] = parentTime;
    orders[hole] = orders[parent];
    slots[hole] = slots[parent];
    hole = parent;
  }
  times[hole] = timeUs;
  orders[hole] = order;
  slots[hole] = slot;
}

function popHeap(set: EventSet): void {
  const times = set.heapTimeUs;
  const orders = set.heapOrder;
  const slots = set.heapSlot;
  const slot = slots[0];
  set.nowUs = times[0];
  set.takenOrder = orders[0];
  set.kind = set.slotKind[slot];
  set.a = set.slotA[slot];
  set.b = set.slotB[slot];
  set.freeSlots[set.freeCount++] = slot;
  const last = --set.heapSize;
  if (last > 0) siftDown(set, last, times[last], orders[last], slots[last]);
}

/** Closes the hole at the root with the entry (timeUs, order, slot) in a heap of `size` entries. */
function siftDown(set: EventSet, size: number, timeUs: number, order: number, slot: number): void {
  const times = set.heapTimeUs;
  const orders = set.heapOrder;
  const slots = set.heapSlot;
  let hole = 0;
  for (let child = 1; child < size; child = 4 * hole + 1) {
    let best = child;
    let bestTime = times[child];
    const end = child + 4 < size ? child + 4 : size;
    for (let i = child + 1; i < end; i++) {
      const time = times[i];
      if (time < bestTime || (time === bestTime && orders[i] < orders[best])) {
        best = i;
        bestTime = time;
      }
    }
    const bestOrder = orders[best];
    if (timeUs < bestTime || (timeUs === bestTime && order < bestOrder)) break;
    times[hole] = bestTime;
    orders[hole] = bestOrder;
    slots[hole] = slots[best];
    hole = best;
  }
  times[hole] = timeUs;
  orders[hole] = order;
  slots[hole] = slot;
}

function growHeap(set: EventSet): void {
  const capacity = set.heapSlot.length;
  const doubled = capacity * 2;
  set.heapTimeUs = copied(set.heapTimeUs, new Float64Array(doubled));
  set.heapOrder = copied(set.heapOrder, new Float64Array(doubled));
  set.heapSlot = copied(set.heapSlot, new Int32Array(doubled));
  set.slotKind = copied(set.slotKind, new Int32Array(doubled));
  set.slotA = copied(set.slotA, new Int32Array(doubled));
  set.slotB = copied(set.slotB, new Int32Array(doubled));
  const free = new Int32Array(doubled);
  for (let i = 0; i < capacity; i++) free[i] = doubled - 1 - i;
  set.freeSlots = free;
  set.freeCount = capacity;
}

function growLane(set: EventSet): void {
  const capacity = set.laneKind.length;
  const unrolled = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
    for (let i = 0; i < capacity; i++) to[i] = from[(set.laneHead + i) & (capacity - 1)];
    return to;
  };
  set.laneOrder = unrolled(set.laneOrder, new Float64Array(capacity * 2));
  set.laneKind = unrolled(set.laneKind, new Int32Array(capacity * 2));
  set.laneA = unrolled(set.laneA, new Int32Array(capacity * 2));
  set.laneB = unrolled(set.laneB, new Int32Array(capacity * 2));
  set.laneHead = 0;
}

function copied<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function badEvent(set: EventSet, event: { timeUs: number; kind: number; a: number; b: number }): Error {
  const { timeUs, kind, a, b } = event;
  return new Error(
    `event set: an event of kind ${kind} (a ${a}, b ${b}) was scheduled for ${timeUs} µs at ${set.nowUs} µs; ` +
      'the time must be an integer not before the clock, a and b 32-bit integers',
  );
}
