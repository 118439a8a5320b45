/** Checkpoints: a copy of the state is everything needed to go on. */
import { clonePlain } from '../kernel/plainClone.ts';
import { attach, type Run } from './build.ts';
import type { EngineState } from './state.ts';
import type { Topology } from './topology.ts';

export interface Checkpoint {
  readonly version: 1;
  readonly state: EngineState;
}

/** A copy of a run's state; the run may go on. Plain data that a structured clone keeps. */
export function checkpoint(run: Run): Checkpoint {
  return { version: 1, state: clonePlain(run.state) };
}

/** A run that goes on from a checkpoint of the same topology. The checkpoint stays as it is. */
export function restore(topology: Topology, from: Checkpoint): Run {
  return attach(topology, clonePlain(from.state), null);
}
