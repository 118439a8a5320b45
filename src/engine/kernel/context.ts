import type { EventSet } from './eventSet.ts';
import type { Trace } from './trace.ts';

/** What every layer of the engine may use. Each layer extends it with its own state; the whole run's state satisfies all of them. */
export interface KernelContext {
  readonly seed: number;
  readonly events: EventSet;
  readonly trace: Trace;
}
