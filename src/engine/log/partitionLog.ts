/** Skeleton: signatures are the contract, bodies come with the log. */
import type { RecordColumns } from './columns.ts';

export interface LogConfig {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly segmentIndexBytes: number;
  readonly indexIntervalBytes: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  readonly maxMessageBytes: number;
}

/** One partition's log, plain data. Fields beyond these are the log's own. */
export interface PartitionLog {
  config: LogConfig;
  logStartOffset: number;
  /** Next offset to be written (LEO). */
  logEndOffset: number;
  highWatermark: number;
  /** Kafka bytes of all segments, and of all ever appended. */
  sizeBytes: number;
  appendedBytes: number;
  appendedRecords: number;
}

/** One batch as the producer hands it over: `count` records of `columns` from `from`. */
export interface BatchToAppend {
  columns: RecordColumns;
  from: number;
  count: number;
  /** Size of the v2 batch, header included. */
  sizeBytes: number;
  baseTimestampMs: number;
  maxTimestampMs: number;
}

/** What one fetch took from one partition: whole batches from the one that holds the fetch offset, the head before it already dropped. */
export interface FetchedRecords {
  partition: number;
  /** Offset of the first record in `columns`. */
  baseOffset: number;
  /** Offset to fetch next. */
  nextOffset: number;
  count: number;
  /** Kafka bytes of the batches returned (the size on the wire, dropped head included). */
  bytes: number;
  columns: RecordColumns;
  /** Offsets of the records where compaction or markers left holes; null when they are consecutive from baseOffset. */
  offsets: Float64Array | null;
}

export function createPartitionLog(_config: LogConfig): PartitionLog {
  throw new Error('unimplemented');
}
/** Appends one batch at nowUs, rolling first where the roll rules say so. Returns its base offset. The caller moves the high watermark. */
export function appendBatch(_log: PartitionLog, _batch: BatchToAppend, _nowUs: number): number {
  throw new Error('unimplemented');
}
/** Kafka bytes from the batch that holds `offset` up to `limit` (exclusive), stopping to count once `enough` is reached. */
export function bytesAvailable(_log: PartitionLog, _offset: number, _limit: number, _enough: number): number {
  throw new Error('unimplemented');
}
/** Id of a stored block that must be made resident before a read at `offset` can go on, or -1. */
export function missingBlock(_log: PartitionLog, _offset: number): number {
  throw new Error('unimplemented');
}
/**
 * Copies whole batches with offsets in [offset, limit) into `target`, at most `maxBytes` (the first batch always, when `atLeastOne`), at most
 * `maxRecords` records, reusing target's columns. Stops before a block that is not resident.
 */
export function readBatches(
  _log: PartitionLog,
  _options: { offset: number; limit: number; maxBytes: number; maxRecords: number; atLeastOne: boolean },
  _target: FetchedRecords,
): void {
  throw new Error('unimplemented');
}
/** Deletes whole segments by retention.ms and retention.bytes, never at or above the high watermark. Returns the number of records that left. */
export function applyRetention(_log: PartitionLog, _nowUs: number): number {
  throw new Error('unimplemented');
}
/** Sent time (`sentUs`) of the record at `offset`, or NaN when it is not resident or not in the log: what lag in seconds is computed from. */
export function sentTimeAt(_log: PartitionLog, _offset: number): number {
  throw new Error('unimplemented');
}
