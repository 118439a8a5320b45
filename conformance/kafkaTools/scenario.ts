import type { RecordEncoding } from '../../src/engine/log/encodeBatch.ts';
import type { PartitionLog } from '../../src/engine/log/partitionLog.ts';

/** A log whose files Kafka is to read. All its blocks are resident. */
export interface Scenario {
  /** Name of its topic, which says what is in it. */
  readonly topic: string;
  readonly log: PartitionLog;
  readonly encoding: RecordEncoding;
  /**
   * What happened to the log beside appends. compacted: its records alone do not tell the snapshots, aborted transactions and epochs before it.
   * truncated: counting towards the next index entry began anew there, so a log that lived through it has other entries than one made anew.
   */
  readonly past?: 'compacted' | 'truncated';
}
