import type { NodeMetrics } from '../measures/nodeMetrics.ts';
import type { ProducerContext } from '../producer/context.ts';
import type { ShareContext } from '../share/shareState.ts';
import type { StreamsState } from '../streams/state.ts';
import type { PathTable } from '../values/paths.ts';
import type { NodeState } from './node.ts';
import type { OperationProgram } from './operation.ts';
import type { WorkerState } from './worker.ts';

/** Something worth a line on the timeline that did not come from a group. */
export interface ProcessNotice {
  readonly timeUs: number;
  readonly code:
    'offset.reset' | 'producer.blocked' | 'member.failed' | 'commit.timed-out' | 'transaction.aborted' | 'batch.behind' | 'task.restored';
  readonly member: number;
  readonly detail: string;
}

/** How far a group has got, by global partition index, to tell a record read again from one read first. */
export interface GroupProgress {
  readonly processedUpTo: Float64Array;
  /** Records it had not read when they left the log with a new leader. */
  readonly lost: Float64Array;
}

export interface ProcessContext extends ProducerContext, ShareContext {
  readonly nodes: NodeState[];
  readonly metrics: NodeMetrics[];
  /** Same index as `consumers` and `members`. */
  readonly workers: WorkerState[];
  readonly progress: GroupProgress[];
  readonly paths: PathTable;
  readonly processNotices: ProcessNotice[];
  readonly streams: StreamsState;
  /** By node index; compiled from the document, so not part of the state. */
  readonly programs: readonly (OperationProgram | null)[];
  /** Where a test or a conformance run collects single records; null otherwise. */
  readonly probe: RecordProbe | null;
}

/** Collects (sent, start, end) of every record served at one node, or at every node. Observes only. */
export interface RecordProbe {
  /** Node index, -1 for all. */
  readonly node: number;
  /** `startUs` of a record that is not the last of its write is its end: the write's time is on the last one. */
  record(sentUs: number, startUs: number, endUs: number, timestampUs: number, node: number, member: number): void;
}
