/** What a consumer has open with one broker. Plain data. */
import type { FetchedRecords } from '../log/partitionLog.ts';

export interface FetchLimits {
  minBytes: number;
  maxBytes: number;
  maxPartitionBytes: number;
  /** Only for the textbook consumer without prefetch; otherwise Number.MAX_SAFE_INTEGER. */
  maxRecords: number;
  maxWaitUs: number;
}

export interface FetchSession {
  readonly member: number;
  readonly broker: number;
  limits: FetchLimits;
  /** `rechecking`: it waits, and an event of this moment looks whether it can be answered now. */
  state: 'idle' | 'travelling' | 'waiting' | 'rechecking' | 'answering';
  /** Unique in the run, so that a timer of a closed session whose slot was given away is known. */
  readonly id: number;
  /** Number of the request in flight. */
  requestId: number;
  /** When the waiting request expires. One timer a session is kept running and set again when it fires early, so that answered fetches leave no timers behind. */
  deadlineUs: number;
  timerRuns: boolean;
  /** Global partition indexes; `included` and `offsets` are in step with them. */
  readonly partitions: Int32Array;
  readonly included: Uint8Array;
  readonly offsets: Float64Array;
  /** Where the next answer starts to look, so that no partition starves the others. */
  rotation: number;
  /** Answer: records, and positions (within `partitions`) whose offset is no longer in the log. */
  fetched: FetchedRecords[];
  outOfRange: number[];
}
