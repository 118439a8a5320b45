/** What the cleaner reads: segments of batches whose records are columns, as the log keeps them. */
import type { Segment } from '../logState.ts';
import { BatchAttribute } from '../recordBatch.ts';
import type { TransactionIndex } from '../transactionIndex.ts';

/** Record columns as far as cleaning looks at them; the log's own columns fit. */
export interface CleanerRecords {
  /** Key ids; -1 is the null key, which a compacted log has none of. */
  readonly key: ArrayLike<number>;
  /** Bytes of the value; -1 is a tombstone. */
  readonly size: ArrayLike<number>;
  readonly timestampUs: ArrayLike<number>;
  /** Offsets where earlier cleanings left holes; null: consecutive from the base offset of each batch. */
  readonly offset: ArrayLike<number> | null;
}

/** One batch: its header, and where its records stand in their columns. */
export interface CleanerBatch {
  readonly baseOffset: number;
  /** Of the batch as it was written: stays when its last records go. */
  readonly lastOffset: number;
  readonly sizeBytes: number;
  readonly leaderEpoch: number;
  /** Bits of `BatchAttribute`. With `deleteHorizon` the base timestamp is that horizon. */
  readonly attributes: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  /** Producer id, epoch and sequence; -1 where there is none. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** What a control batch's record says; null in batches of data and in control batches that were emptied. */
  readonly marker: 'COMMIT' | 'ABORT' | null;
  readonly records: CleanerRecords;
  readonly firstRecord: number;
  readonly recordCount: number;
}

/** One segment with its batches in order of offset. */
export interface SegmentToClean {
  readonly segment: Readonly<Segment>;
  readonly batches: readonly CleanerBatch[];
  readonly transactionIndex: TransactionIndex;
}

/** Offset of record `index` of the columns of `batch`. */
export function recordOffset(batch: CleanerBatch, index: number): number {
  const offset = batch.records.offset;
  return offset === null ? batch.baseOffset + index - batch.firstRecord : offset[index];
}

/** Timestamp of record `index` in ms: the batch's own where the broker set it. */
export function recordTimestampMs(batch: CleanerBatch, index: number): number {
  if ((batch.attributes & BatchAttribute.logAppendTime) !== 0) return batch.maxTimestampMs;
  return Math.floor(batch.records.timestampUs[index] / 1000);
}

/** When the tombstones or the marker of a batch may go, ms; -1 until a cleaning has kept them (KIP-534). */
export function deleteHorizonMs(batch: CleanerBatch): number {
  return (batch.attributes & BatchAttribute.deleteHorizon) !== 0 ? batch.baseTimestampMs : -1;
}
