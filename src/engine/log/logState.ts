/**
 * The state of one partition's log, plain data. A log is a row of segments (Kafka's unit: what rolls, what retention deletes) and
 * of blocks (ours: slabs of record columns, what is stored and loaded). A block belongs to one segment; a segment has one or more.
 */
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

/** One partition's log. */
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
  /** Epoch stamped on the batches appended next; the partition's leader sets it. */
  leaderEpoch: number;
  /** Oldest first; the last one is active. Never empty. */
  segments: Segment[];
  /** Oldest first, consecutive offsets; empty until the first append. */
  blocks: Block[];
  /** The open block, last of `blocks`; null when the next append opens one. */
  tail: Block | null;
  /** Number of the next block. */
  nextBlock: number;
  /** Blocks sealed and not yet taken by the host for storing, oldest first. */
  outbox: number[];
  /** Blocks deleted from the log that the store has or is being given. */
  deletions: number[];
  /** Counts uses of blocks, for evicting what was used longest ago. */
  useTick: number;
  /** Records at which a block is sealed. */
  readonly blockRecordsMax: number;
}

/** Kafka's segment: sizes and timestamps of its records, and how many entries its two indexes would have. */
export interface Segment {
  baseOffset: number;
  sizeBytes: number;
  createdMs: number;
  /** When the last batch was appended; retention's clock for a segment without timestamps. */
  lastModifiedMs: number;
  /** Largest timestamp of the segment's first batch, which `segment.ms` is measured from; -1 when there is none. */
  firstTimestampMs: number;
  /** -1 when no record has a timestamp. */
  largestTimestampMs: number;
  bytesSinceIndexEntry: number;
  offsetIndexEntries: number;
  timeIndexEntries: number;
  /** Timestamp of the last time index entry; -1 when there is none. */
  lastIndexedTimestampMs: number;
}

/**
 * open: appended to. sealed: complete, waits in the outbox. writing: taken by the host. stored: the store has it, so it may be evicted.
 * A block is resident when it has columns; an evicted one keeps only what stands here.
 */
export type BlockState = 'open' | 'sealed' | 'writing' | 'stored';

export interface Block {
  /** Unique in its partition; with the partition's index it is the store's key. */
  readonly number: number;
  readonly segmentBaseOffset: number;
  state: BlockState;
  readonly baseOffset: number;
  /** Offset after the last record. */
  endOffset: number;
  recordCount: number;
  batchCount: number;
  /** Bytes ever appended to the log before this block and up to its end. */
  readonly startPosition: number;
  endPosition: number;
  /** Largest record timestamp, ms. */
  largestTimestampMs: number;
  /** Sent times of every `sentSampleStride`-th record and the last one, kept when the block is sealed; null while it is open. */
  sentSamplesUs: Float64Array | null;
  /** Whether a copy of the run has these columns too, so that their memory is never used for another block. */
  shared: boolean;
  columns: RecordColumns | null;
  batches: BatchColumns | null;
  lastUse: number;
}

/** Distance of the records whose sent time a sealed block keeps resident. */
export const sentSampleStride = 64;

/** Batches as columns, in step with a block's records. */
export interface BatchColumns {
  capacity: number;
  baseOffset: Float64Array;
  /** Index of the batch's first record in the block. */
  firstRecord: Int32Array;
  /** Bytes ever appended to the log before the batch: sizes are differences, sums of sizes too. */
  position: Float64Array;
  baseTimestampMs: Float64Array;
  maxTimestampMs: Float64Array;
  /** When the leader appended it, virtual µs. */
  appendUs: Float64Array;
  attributes: Int16Array;
  leaderEpoch: Int32Array;
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
