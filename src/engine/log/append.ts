import { addBatchProducers, growBatches, growRecords, maxBlockRecords, openBlock, sealTail } from './block.ts';
import { copyRecords } from './columns.ts';
import { assignLeaderEpoch } from './leaderEpochs.ts';
import type { BatchColumns, BatchToAppend, Block, LogConfig, PartitionLog, Segment } from './logState.ts';
import { noTransactions } from './logState.ts';
import { takeProducerSnapshot } from './producerSnapshots.ts';
import { BatchAttribute } from './recordBatch.ts';
import { replaceEpochs } from './watermarks.ts';

/** An empty log with one empty segment at offset 0, created at time 0. */
export function createPartitionLog(config: LogConfig, blockRecordsMax = maxBlockRecords): PartitionLog {
  return {
    // What every append and every read asks for comes first, so that it lies together.
    config,
    logEndOffset: 0,
    highWatermark: 0,
    logStartOffset: 0,
    producers: null,
    tail: null,
    segments: [createSegment(0, 0)],
    blocks: [],
    leaderEpoch: 0,
    stampedEpoch: -1,
    sizeBytes: 0,
    appendedBytes: 0,
    appendedRecords: 0,
    blockRecordsMax,
    useTick: 0,
    nextBlock: 0,
    epochs: [],
    controlRecords: 0,
    truncatedRecords: 0,
    compactedRecords: 0,
    cleanerCheckpoint: null,
    outbox: [],
    deletions: [],
  };
}

export function createSegment(baseOffset: number, createdMs: number): Segment {
  return {
    baseOffset,
    sizeBytes: 0,
    createdMs,
    lastModifiedMs: createdMs,
    firstTimestampMs: -1,
    largestTimestampMs: -1,
    bytesSinceIndexEntry: 0,
    offsetIndexEntries: 0,
    timeIndexEntries: 0,
    lastIndexedTimestampMs: -1,
    transactionIndex: noTransactions,
  };
}

/**
 * Appends one batch without a producer id at nowUs, rolling first where the roll rules say so. Returns its base offset. The caller moves the high
 * watermark. Throws for a batch larger than a segment (the broker refuses it before, as Kafka does with RECORD_LIST_TOO_LARGE) and for an empty one.
 */
export function appendBatch(log: PartitionLog, batch: BatchToAppend, nowUs: number): number {
  const maxTimestampMs = appendedTimestampMs(log, batch, nowUs);
  const segment = segmentFor(log, batch, maxTimestampMs, nowUs);
  const baseOffset = writeBatch(log, segment, batch, maxTimestampMs, nowUs);
  if (log.producers !== null) log.producers.endOffset = log.logEndOffset;
  return baseOffset;
}

/** Largest timestamp of the batch once it is in the log: the broker's clock with LogAppendTime. */
export function appendedTimestampMs(log: PartitionLog, batch: BatchToAppend, nowUs: number): number {
  return log.config.timestampType === 'LogAppendTime' ? Math.floor(nowUs / 1000) : batch.maxTimestampMs;
}

/** The first half of an append: the leader's epoch gets its offset, and the active segment is rolled if it must. It stays rolled if the batch is refused then. */
export function segmentFor(log: PartitionLog, batch: BatchToAppend, maxTimestampMs: number, nowUs: number): Segment {
  const { count, storedBytes } = batch;
  const { config } = log;
  if (!(count > 0) || !(storedBytes > 0) || storedBytes > config.segmentBytes) throw badBatch(log, batch);
  if (log.stampedEpoch !== log.leaderEpoch) stampEpoch(log);
  const lastOffset = log.logEndOffset + count - 1;
  const segment = log.segments[log.segments.length - 1];
  if (shouldRoll(config, segment, nowUs, maxTimestampMs, lastOffset, storedBytes)) return rollSegment(log, nowUs);
  return segment;
}

/** The first batch of an epoch: the cache knows where it begins. */
function stampEpoch(log: PartitionLog): void {
  replaceEpochs(log, assignLeaderEpoch(log.epochs, log.leaderEpoch, log.logEndOffset));
  log.stampedEpoch = log.leaderEpoch;
}

function badBatch({ config: { segmentBytes } }: PartitionLog, { count, storedBytes }: BatchToAppend): Error {
  if (!(count > 0) || !(storedBytes > 0)) return new Error(`log: a batch of ${count} records and ${storedBytes} bytes cannot be appended`);
  return new Error(`log: a batch of ${storedBytes} bytes is larger than segment.bytes (${segmentBytes}); the broker must refuse it`);
}

/** The second half of an append: the batch stands at the log's end. Returns its base offset. */
export function writeBatch(log: PartitionLog, segment: Segment, batch: BatchToAppend, maxTimestampMs: number, nowUs: number): number {
  const { count, storedBytes } = batch;
  const config = log.config;
  const baseOffset = log.logEndOffset;
  const block = tailFor(log, count);
  let columns = block.columns!;
  if (block.recordCount + count > columns.capacity) columns = growRecords(block, count);
  copyRecords(batch.columns, batch.from, columns, block.recordCount, count);

  let batches = block.batches!;
  if (block.batchCount === batches.capacity) batches = growBatches(block);
  const index = block.batchCount++;
  batches.baseOffset[index] = baseOffset;
  batches.firstRecord[index] = block.recordCount;
  batches.position[index] = log.appendedBytes;
  batches.baseTimestampMs[index] = batch.baseTimestampMs;
  batches.maxTimestampMs[index] = maxTimestampMs;
  batches.appendUs[index] = nowUs;
  batches.attributes[index] = config.timestampType === 'LogAppendTime' ? batch.attributes | BatchAttribute.logAppendTime : batch.attributes;
  batches.leaderEpoch[index] = log.leaderEpoch;
  if (batches.producers !== null || batch.producerId >= 0) writeProducer(batches, index, batch);
  block.recordCount += count;

  noteAppended(segment, config, storedBytes, maxTimestampMs, nowUs);
  const endOffset = baseOffset + count;
  log.logEndOffset = endOffset;
  log.sizeBytes += storedBytes;
  log.appendedBytes += storedBytes;
  log.appendedRecords += count;
  block.endOffset = endOffset;
  block.endPosition = log.appendedBytes;
  if (maxTimestampMs > block.largestTimestampMs) block.largestTimestampMs = maxTimestampMs;
  if (block.recordCount >= log.blockRecordsMax) sealTail(log);
  return baseOffset;
}

/** The producer's columns of batch `index`, a batch of data so far. */
function writeProducer(batches: BatchColumns, index: number, batch: BatchToAppend): void {
  const producers = batches.producers ?? addBatchProducers(batches, index);
  producers.producerId[index] = batch.producerId;
  producers.producerEpoch[index] = batch.producerEpoch;
  producers.baseSequence[index] = batch.baseSequence;
}

/** The open block with room for `count` records, up to the bound of a block; a batch never spans two. */
function tailFor(log: PartitionLog, count: number): Block {
  const tail = log.tail;
  if (tail !== null) {
    if (tail.recordCount + count <= log.blockRecordsMax) return tail;
    sealTail(log);
  }
  return openBlock(log, count);
}

/**
 * LogSegment.shouldRoll, without jitter: the batch would not fit; the segment is not empty and its age is over, measured by record timestamps
 * (by the clock only when its first batch has none); an index is full; the last offset is too far from the base for 32 bits.
 */
export function shouldRoll(
  config: LogConfig,
  segment: Segment,
  nowUs: number,
  maxTimestampMs: number,
  lastOffset: number,
  sizeBytes: number,
): boolean {
  if (segment.sizeBytes > config.segmentBytes - sizeBytes) return true;
  if (segment.sizeBytes > 0) {
    const ageMs = segment.firstTimestampMs >= 0 ? maxTimestampMs - segment.firstTimestampMs : Math.floor(nowUs / 1000) - segment.createdMs;
    // LogConfig.maxSegmentMs: what is due for compaction must not stay in the active segment.
    const { segmentMs, maxCompactionLagMs } = config;
    if (ageMs > segmentMs || (config.cleanupPolicy.compact === true && ageMs > maxCompactionLagMs)) return true;
  }
  // The time index keeps one place for the entry that closing the segment adds.
  const { segmentIndexBytes } = config;
  return (
    8 * (segment.offsetIndexEntries + 1) > segmentIndexBytes ||
    12 * (segment.timeIndexEntries + 2) > segmentIndexBytes ||
    lastOffset - segment.baseOffset > 2147483647
  );
}

/** Closes the active segment and opens an empty one at the log's end, with a snapshot of the producers. An active segment that is empty and starts there is replaced. */
export function rollSegment(log: PartitionLog, nowUs: number): Segment {
  sealTail(log);
  const active = log.segments[log.segments.length - 1];
  if (active.sizeBytes === 0 && active.baseOffset === log.logEndOffset) log.segments.pop();
  else noteTimeIndexEntry(active);
  const segment = createSegment(log.logEndOffset, Math.floor(nowUs / 1000));
  log.segments.push(segment);
  if (log.producers !== null) takeProducerSnapshot(log.producers, log.logEndOffset);
  return segment;
}

/** LogSegment.append's bookkeeping: an index entry is due once more than index.interval.bytes stand before this batch since the last one. */
export function noteAppended(segment: Segment, config: LogConfig, sizeBytes: number, maxTimestampMs: number, nowUs: number): void {
  if (segment.sizeBytes === 0) segment.firstTimestampMs = maxTimestampMs;
  if (maxTimestampMs > segment.largestTimestampMs) segment.largestTimestampMs = maxTimestampMs;
  if (segment.bytesSinceIndexEntry > config.indexIntervalBytes) {
    segment.offsetIndexEntries++;
    noteTimeIndexEntry(segment);
    segment.bytesSinceIndexEntry = 0;
  }
  segment.bytesSinceIndexEntry += sizeBytes;
  segment.sizeBytes += sizeBytes;
  segment.lastModifiedMs = Math.floor(nowUs / 1000);
}

function noteTimeIndexEntry(segment: Segment): void {
  if (segment.largestTimestampMs <= segment.lastIndexedTimestampMs) return;
  segment.timeIndexEntries++;
  segment.lastIndexedTimestampMs = segment.largestTimestampMs;
}
