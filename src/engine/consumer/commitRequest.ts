import type { CoordinatorRequest } from '../group/coordination.ts';
import type { GroupError } from '../group/protocol.ts';

/** One OffsetCommit on its way to the coordinator, and its answer on the way back. */
export interface CommitRequest extends CoordinatorRequest {
  readonly member: number;
  readonly group: number;
  readonly generation: number;
  /** The member's life it belongs to. */
  readonly incarnation: number;
  /** Global partition indexes and the next offsets to read, in step. */
  readonly partitions: number[];
  readonly offsets: number[];
  /** Whether the poll loop waits for the answer (commitSync). */
  readonly waits: boolean;
  error: GroupError;
}
