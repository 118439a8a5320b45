/** Checkpoints: a copy of the state is everything needed to go on. */
import { clonePlain } from '../kernel/plainClone.ts';
import { checkpointOf, immutableParts, withOwnTail } from '../log/residency.ts';
import { attach, type Run, type RunOptions } from './build.ts';
import { shareChunks } from '../values/storedValues.ts';
import type { EngineState } from './state.ts';
import type { Topology } from './topology.ts';

/** Grows when the shape of the state changes; a host that stored an older one starts the run again instead. */
export const checkpointVersion = 13;

export interface Checkpoint {
  readonly version: number;
  readonly state: EngineState;
}

/** A copy of a run's state in memory; the run may go on. Records in the log never change and are shared. */
export function checkpoint(run: Run): Checkpoint {
  return { version: checkpointVersion, state: copyOf(run.state) };
}

/** A run that goes on from a checkpoint of the same topology. The checkpoint stays as it is. */
export function restore(topology: Topology, from: Checkpoint, observers: Pick<RunOptions, 'probe' | 'watcher'> = {}): Run {
  if (from.version !== checkpointVersion)
    throw new Error(`checkpoint version ${from.version} cannot be restored; this engine writes ${checkpointVersion}`);
  const partitions = from.state.partitions.map((partition) => ({ ...partition, log: withOwnTail(partition.log) }));
  return attach(topology, copyOf({ ...from.state, partitions }), observers);
}

/**
 * The state as a host stores it: sealed blocks are left out, since the host stores them by themselves (`takeSealed`), before or together with
 * this. It shares arrays with the run, so it is to be cloned or sent before the run goes on.
 */
export function storableCheckpoint(run: Run): Checkpoint {
  const partitions = run.state.partitions.map((partition) => ({ ...partition, log: checkpointOf(partition.log) }));
  return { version: checkpointVersion, state: { ...run.state, partitions, fetchedPool: [] } };
}

function copyOf(state: EngineState): EngineState {
  const shared = new Set<object>();
  for (const { log } of state.partitions) immutableParts(log, shared, { tails: true });
  for (const node of state.streams.nodes)
    if (node !== null) for (const values of [node.results, node.internal]) shareChunks(values, shared);
  return clonePlain({ ...state, fetchedPool: [] }, shared);
}
