import { growHeap, growLane, growNear } from './eventSetGrowth.ts';

/**
 * The future event set: a 4-ary heap in typed arrays on (time, priority, sequence), with a first-in-first-out lane beside it for
 * what is scheduled at this very moment, where a heap would pay a logarithm for an order that is already known, and another for
 * what comes soon and after all that waits in it, as requests and answers do that take the same time to travel. Payloads sit in
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
  /** Ring of events of normal priority in order of time and sequence, each within 4,096 µs when it was scheduled: what is further away would keep out all that comes before it. */
  nearHead: number;
  nearSize: number;
  nearTimeUs: Float64Array;
  nearOrder: Float64Array;
  nearKind: Int32Array;
  nearA: Int32Array;
  nearB: Int32Array;
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
    nearHead: 0,
    nearSize: 0,
    nearTimeUs: new Float64Array(initialCapacity),
    nearOrder: new Float64Array(initialCapacity),
    nearKind: new Int32Array(initialCapacity),
    nearA: new Int32Array(initialCapacity),
    nearB: new Int32Array(initialCapacity),
  };
}

/**
 * Schedules an event. `timeUs` is an integer at or after the clock; `kind`, `a` and `b` are 32-bit integers. Anything else is a bug
 * of the caller and throws, because a rounded time or a truncated index would only show as a wrong result much later.
 */
export function schedule(set: EventSet, timeUs: number, kind: number, a: number, b: number, priority = 1): void {
  if (!(timeUs >= set.nowUs) || Math.floor(timeUs) !== timeUs || timeUs === Infinity || (a | 0) !== a || (b | 0) !== b) {
    throw badEvent(set, { timeUs, kind, a, b });
  }
  set.size++;
  // 1 is `Priority.normal`, 0x4000000000000 `prioritySpan`: this is done for every event, and a number that stands in the code need not be looked for.
  if (priority !== 1) return pushHeap(set, timeUs, priority * prioritySpan + set.sequence++, kind, a, b);
  const order = 0x4000000000000 + set.sequence++;
  if (timeUs === set.nowUs && (set.laneSize === 0 || set.laneTimeUs === timeUs)) {
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
  if (timeUs - set.nowUs <= 4096 && isAfterNear(set, timeUs)) pushNear(set, timeUs, order, kind, a, b);
  else pushHeap(set, timeUs, order, kind, a, b);
}

/** Whether an event at `timeUs` with the next sequence comes after all in the near ring. */
function isAfterNear(set: EventSet, timeUs: number): boolean {
  return set.nearSize === 0 || timeUs >= set.nearTimeUs[(set.nearHead + set.nearSize - 1) & (set.nearKind.length - 1)];
}

function pushNear(set: EventSet, timeUs: number, order: number, kind: number, a: number, b: number): void {
  if (set.nearSize === set.nearKind.length) growNear(set);
  const at = (set.nearHead + set.nearSize) & (set.nearKind.length - 1);
  set.nearTimeUs[at] = timeUs;
  set.nearOrder[at] = order;
  set.nearKind[at] = kind;
  set.nearA[at] = a;
  set.nearB[at] = b;
  set.nearSize++;
}

/** Time of the earliest waiting event, Infinity when none waits. */
export function nextTimeUs(set: EventSet): number {
  let timeUs = set.heapSize > 0 ? set.heapTimeUs[0] : Infinity;
  if (set.nearSize > 0 && set.nearTimeUs[set.nearHead] < timeUs) timeUs = set.nearTimeUs[set.nearHead];
  return set.laneSize > 0 && set.laneTimeUs < timeUs ? set.laneTimeUs : timeUs;
}

/** Takes the earliest event into `nowUs`, `kind`, `a`, `b`; false when none waits. */
export function takeNext(set: EventSet): boolean {
  return takeBefore(set, Infinity);
}

/** As `takeNext`, but takes only an event before `endUs`. */
export function takeBefore(set: EventSet, endUs: number): boolean {
  // The earliest of the three heads, by time and then by order: -1 the heap's, 0 the lane's, 1 the near ring's.
  let first = -1;
  let timeUs = Infinity;
  let order = 0;
  if (set.heapSize > 0) {
    timeUs = set.heapTimeUs[0];
    order = set.heapOrder[0];
  }
  if (set.laneSize > 0 && (set.laneTimeUs < timeUs || (set.laneTimeUs === timeUs && set.laneOrder[set.laneHead] < order))) {
    first = 0;
    timeUs = set.laneTimeUs;
    order = set.laneOrder[set.laneHead];
  }
  if (set.nearSize > 0) {
    const nearTime = set.nearTimeUs[set.nearHead];
    if (nearTime < timeUs || (nearTime === timeUs && set.nearOrder[set.nearHead] < order)) {
      if (nearTime >= endUs) return false;
      set.size--;
      set.taken++;
      takeNear(set);
      return true;
    }
  }
  // Infinity when none waits.
  if (timeUs >= endUs) return false;
  set.size--;
  set.taken++;
  if (first === 0) takeLane(set);
  else popHeap(set);
  return true;
}

function takeLane(set: EventSet): void {
  const head = set.laneHead;
  set.laneHead = (head + 1) & (set.laneKind.length - 1);
  set.laneSize--;
  set.nowUs = set.laneTimeUs;
  set.takenOrder = set.laneOrder[head];
  set.kind = set.laneKind[head];
  set.a = set.laneA[head];
  set.b = set.laneB[head];
}

function takeNear(set: EventSet): void {
  const head = set.nearHead;
  set.nearHead = (head + 1) & (set.nearKind.length - 1);
  set.nearSize--;
  set.nowUs = set.nearTimeUs[head];
  set.takenOrder = set.nearOrder[head];
  set.kind = set.nearKind[head];
  set.a = set.nearA[head];
  set.b = set.nearB[head];
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

function badEvent(set: EventSet, event: { timeUs: number; kind: number; a: number; b: number }): Error {
  const { timeUs, kind, a, b } = event;
  return new Error(
    `event set: an event of kind ${kind} (a ${a}, b ${b}) was scheduled for ${timeUs} µs at ${set.nowUs} µs; ` +
      'the time must be an integer not before the clock, a and b 32-bit integers',
  );
}
