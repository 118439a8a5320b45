import type { FetchedRecords } from '../log/partitionLog.ts';

/** One fetch of one member from one broker. */
export interface FetchRequest {
  member: number;
  broker: number;
  /** Wait generation: a fetch answered meanwhile ignores its expiry. */
  generation: number;
  minBytes: number;
  maxBytes: number;
  maxPartitionBytes: number;
  maxRecords: number;
  maxWaitUs: number;
  /** Global partition indexes and the offsets asked for, in step. */
  partitions: number[];
  offsets: number[];
  waiting: boolean;
  /** Answer. */
  fetched: FetchedRecords[];
  outOfRange: number[];
}
