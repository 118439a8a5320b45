/**
 * The state of one partition's log, plain data. A log is a row of segments (Kafka's unit: what rolls, what retention deletes) and
 * of blocks (ours: slabs of record columns, what is stored and loaded). A block belongs to one segment; a segment has one or more.
 */
import type { RecordColumns } from './columns.ts';
import type { LeaderEpochs } from './leaderEpochs.ts';
import type { ProducersAt, ProducerStates } from './producerStates.ts';
import type { TransactionIndex } from './transactionIndex.ts';

export interface LogConfig {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly segmentIndexBytes: number;
  readonly indexIntervalBytes: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  readonly maxMessageBytes: number;
  readonly cleanupPolicy: { readonly delete: boolean; readonly compact: boolean };
  readonly minCleanableDirtyRatio: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly deleteRetentionMs: number;
}

/** The part of a log's configuration that compaction uses, with Kafka's defaults for a topic that is not compacted. */
export const deleteOnly: Pick<
  LogConfig,
  'cleanupPolicy' | 'minCleanableDirtyRatio' | 'minCompactionLagMs' | 'maxCompactionLagMs' | 'deleteRetentionMs'
> = {
  cleanupPolicy: { delete: true, compact: false },
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.MAX_SAFE_INTEGER,
  deleteRetentionMs: 86400000,
};

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
  /** Markers among `appendedRecords`: they take an offset, but are nobody's records. */
  controlRecords: number;
  /** Records, markers not counted, that were cut off again. */
  truncatedRecords: number;
  /** Records, markers not counted, that cleanings took out. */
  compactedRecords: number;
  /** Epoch stamped on the batches appended next; the partition's leader sets it. */
  leaderEpoch: number;
  /** Where each leader epoch of the log began. */
  epochs: LeaderEpochs;
  /** Leader epoch that `epochs` is known to end with; -1 after a change of it (`replaceEpochs`). */
  stampedEpoch: number;
  /** What the log knows of its producers; null until the first batch with a producer id. */
  producers: ProducerStates | null;
  /** First offset no cleaning has reached yet (`cleaner-offset-checkpoint`); null before the first cleaning. */
  cleanerCheckpoint: number | null;
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
  /** Aborted transactions whose markers the segment holds; `noTransactions` where there are none. */
  transactionIndex: TransactionIndex;
}

/** The transaction index of a segment without aborted transactions. */
export const noTransactions: TransactionIndex = [];

/**
 * open: appended to. sealed: complete, waits in the outbox. writing: taken by the host. stored: the store has it, so it may be evicted.
 * A block is resident when it has columns; an evicted one keeps only what stands here.
 */
export type BlockState = 'open' | 'sealed' | 'writing' | 'stored';

export interface Block {
  /** Unique in its partition; with the partition's index it is the store's key. */
  readonly number: number;
  readonly segmentBaseOffset: number;
  /** The segment as it was before the block's first batch: a log that is cut in this block goes back to it. Never changes. */
  readonly segmentAtOpen: Readonly<Segment>;
  /**
   * The producers before the block's first batch, for blocks that begin a log or a segment and some between; null where none were kept: then
   * those of an earlier block and the batches since tell. Never changes.
   */
  readonly producersAtOpen: ProducersAt | null;
  state: BlockState;
  readonly baseOffset: number;
  /** Offset after the last batch. */
  endOffset: number;
  recordCount: number;
  /** Markers among them. */
  controlRecords: number;
  batchCount: number;
  /** Bytes ever appended to the log before this block and up to its end. */
  readonly startPosition: number;
  endPosition: number;
  /** Largest record timestamp, ms. */
  largestTimestampMs: number;
  /** Sent times of every `sentSampleStride`-th record and the last one, kept when the block is sealed; null while it is open. */
  sentSamplesUs: Float64Array | null;
  /** Offsets of those records where the block has holes; null where they follow from their number. */
  sentSampleOffsets: Float64Array | null;
  /** Whether a copy of the run has these columns too, so that their memory is never used for another block. */
  shared: boolean;
  columns: RecordColumns | null;
  batches: BatchColumns | null;
  /** Offset of each record where there are holes; null while the offset of record i is `baseOffset` + i. Evicted with the columns. */
  offsets: Float64Array | null;
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
  /** null while no batch of the block has a producer id. */
  producers: BatchProducerColumns | null;
  /** Last offset of each batch where a cleaning took records out of batches; null while it is the one before the next batch. */
  lastOffset: Float64Array | null;
}

/** What a batch's header says of its producer, in step with `BatchColumns`; -1 where there is none. */
export interface BatchProducerColumns {
  producerId: Float64Array;
  producerEpoch: Int16Array;
  baseSequence: Int32Array;
  /** One of `BatchMarker`. */
  marker: Int8Array;
  /** Of the transaction coordinator that wrote the marker; 0 in batches of data. */
  coordinatorEpoch: Int32Array;
}

/** What a batch says of its transaction: nothing, that it ended, or a marker whose record the cleaner took out. */
export const BatchMarker = { none: 0, commit: 1, abort: 2, emptied: 3 } as const;

/** One batch as the producer hands it over: `count` records of `columns` from `from`. */
export interface BatchToAppend {
  columns: RecordColumns;
  from: number;
  count: number;
  /** Size of the v2 batch in the log, header included. */
  storedBytes: number;
  baseTimestampMs: number;
  maxTimestampMs: number;
  /** Compression and transactional bits of `BatchAttribute`. */
  attributes: number;
  /** -1: none, then epoch and sequence are -1 too. */
  producerId: number;
  producerEpoch: number;
  baseSequence: number;
}

/** The producer's part of a batch without one. */
export const noProducer = { attributes: 0, producerId: -1, producerEpoch: -1, baseSequence: -1 };

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
  /** Where they begin: bytes ever appended to the log before them. */
  position: number;
  columns: RecordColumns;
  /** Offsets of the records where compaction or markers left holes; null when they are consecutive from baseOffset. */
  offsets: Float64Array | null;
}
