/** Skeleton: signatures are the contract, bodies come with the kernel. */
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
}

/** Faults come before everything else of the same moment; all other events are in the order they were scheduled. */
export const Priority = { fault: 0, normal: 1 } as const;

export function createEventSet(): EventSet {
  throw new Error('unimplemented');
}
export function schedule(_set: EventSet, _timeUs: number, _kind: number, _a: number, _b: number, _priority?: number): void {
  throw new Error('unimplemented');
}
/** Time of the earliest waiting event, Infinity when none waits. */
export function nextTimeUs(_set: EventSet): number {
  throw new Error('unimplemented');
}
/** Takes the earliest event into `nowUs`, `kind`, `a`, `b`; false when none waits. */
export function takeNext(_set: EventSet): boolean {
  throw new Error('unimplemented');
}
/** Puts the event just taken back as it was, first of all: it could not be executed yet (its segments are not resident). */
export function putBack(_set: EventSet): void {
  throw new Error('unimplemented');
}
