/** More room in an event set. Capacities are powers of two, so that positions in a ring are a mask away. */
import type { EventSet } from './eventSet.ts';

/** Twice as many heap entries and payload slots; called when no slot is free. */
export function growHeap(set: EventSet): void {
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

/** Twice the room in the lane; called when it is full. */
export function growLane(set: EventSet): void {
  const { laneHead } = set;
  set.laneOrder = unrolled(set.laneOrder, new Float64Array(set.laneOrder.length * 2), laneHead);
  set.laneKind = unrolled(set.laneKind, new Int32Array(set.laneKind.length * 2), laneHead);
  set.laneA = unrolled(set.laneA, new Int32Array(set.laneA.length * 2), laneHead);
  set.laneB = unrolled(set.laneB, new Int32Array(set.laneB.length * 2), laneHead);
  set.laneHead = 0;
}

/** Twice the room in the near ring; called when it is full. */
export function growNear(set: EventSet): void {
  const { nearHead } = set;
  set.nearTimeUs = unrolled(set.nearTimeUs, new Float64Array(set.nearTimeUs.length * 2), nearHead);
  set.nearOrder = unrolled(set.nearOrder, new Float64Array(set.nearOrder.length * 2), nearHead);
  set.nearKind = unrolled(set.nearKind, new Int32Array(set.nearKind.length * 2), nearHead);
  set.nearA = unrolled(set.nearA, new Int32Array(set.nearA.length * 2), nearHead);
  set.nearB = unrolled(set.nearB, new Int32Array(set.nearB.length * 2), nearHead);
  set.nearHead = 0;
}

/** A full ring from its head on, at the start of a larger one. */
function unrolled<T extends Float64Array | Int32Array>(from: T, to: T, head: number): T {
  for (let i = 0; i < from.length; i++) to[i] = from[(head + i) & (from.length - 1)];
  return to;
}

function copied<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
