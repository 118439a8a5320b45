import { growBatches, growRecords, maxBlockRecords, openBlock, sealTail } from './block.ts';
import { copyRecords } from './columns.ts';
import type { BatchToAppend, Block, LogConfig, PartitionLog, Segment } from './logState.ts';
import { BatchAttribute } from './recordBatch.ts';

/** An empty log with one empty segment at offset 0, created at time 0. */
export function createPartitionLog(config: LogConfig, blockRecordsMax = maxBlockRecords): PartitionLog {
  return {
    config,
    logStartOffset: 0,
    logEndOffset: 0,
    highWatermark: 0,
    sizeBytes: 0,
    appendedBytes: 0,
    appendedRecords: 0,
    leaderEpoch: 0,
    segments: [createSegment(0, 0)],
    blocks: [],
    tail: null,
    nextBlock: 0,
    outbox: [],
    deletions: [],
    useTick: 0,
    blockRecordsMax,
  };
}

function createSegment(baseOffset: number, createdMs: number): Segment {
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
  };
}

/**
 * Appends one batch at nowUs, rolling first where the roll rules say so. Returns its base offset. The caller moves the high watermark. Throws
 * for a batch larger than a segment (the broker refuses it before, as Kafka does with RECORD_LIST_TOO_LARGE) and for an empty one.
 */
export function appendBatch(log: PartitionLog, batch: BatchToAppend, nowUs: number): number {
  const { count, sizeBytes } = batch;
  const config = log.config;
  if (!(count > 0) || !(sizeBytes > 0)) throw new Error(`log: a batch of ${count} records and ${sizeBytes} bytes cannot be appended`);
  if (sizeBytes > config.segmentBytes) {
    throw new Error(`log: a batch of ${sizeBytes} bytes is larger than segment.bytes (${config.segmentBytes}); the broker must refuse it`);
  }
  const appendTime = config.timestampType === 'LogAppendTime';
  const maxTimestampMs = appendTime ? Math.floor(nowUs / 1000) : batch.maxTimestampMs;
  const baseOffset = log.logEndOffset;
  const lastOffset = baseOffset + count - 1;
  let segment = log.segments[log.segments.length - 1];
  if (shouldRoll(config, segment, { nowUs, maxTimestampMs, lastOffset, sizeBytes })) segment = rollSegment(log, nowUs);

  const block = tailFor(log, count);
  let columns = block.columns!;
  if (block.recordCount + count > columns.capacity) columns = growRecords(block, count);
  copyRecords({ from: batch.columns, fromIndex: batch.from, to: columns, toIndex: block.recordCount, count });

  let batches = block.batches!;
  if (block.batchCount === batches.capacity) batches = growBatches(block);
  const index = block.batchCount++;
  batches.baseOffset[index] = baseOffset;
  batches.firstRecord[index] = block.recordCount;
  batches.position[index] = log.appendedBytes;
  batches.baseTimestampMs[index] = batch.baseTimestampMs;
  batches.maxTimestampMs[index] = maxTimestampMs;
  batches.appendUs[index] = nowUs;
  batches.attributes[index] = appendTime ? BatchAttribute.logAppendTime : 0;
  batches.leaderEpoch[index] = log.leaderEpoch;
  block.recordCount += count;

  noteAppended(segment, config, { sizeBytes, maxTimestampMs, nowUs });
  const endOffset = lastOffset + 1;
  log.logEndOffset = endOffset;
  log.sizeBytes += sizeBytes;
  log.appendedBytes += sizeBytes;
  log.appendedRecords += count;
  block.endOffset = endOffset;
  block.endPosition = log.appendedBytes;
  if (maxTimestampMs > block.largestTimestampMs) block.largestTimestampMs = maxTimestampMs;
  if (block.recordCount >= log.blockRecordsMax) sealTail(log);
  return baseOffset;
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

interface RollQuestion {
  readonly nowUs: number;
  readonly maxTimestampMs: number;
  readonly lastOffset: number;
  readonly sizeBytes: number;
}

/**
 * LogSegment.shouldRoll, without jitter: the batch would not fit; the segment is not empty and its age is over, measured by record timestamps
 * (by the clock only when its first batch has none); an index is full; the last offset is too far from the base for 32 bits.
 */
export function shouldRoll(config: LogConfig, segment: Segment, batch: RollQuestion): boolean {
  if (segment.sizeBytes > config.segmentBytes - batch.sizeBytes) return true;
  if (segment.sizeBytes > 0) {
    const ageMs =
      segment.firstTimestampMs >= 0 ? batch.maxTimestampMs - segment.firstTimestampMs : Math.floor(batch.nowUs / 1000) - segment.createdMs;
    if (ageMs > config.segmentMs) return true;
  }
  // The time index keeps one place for the entry that closing the segment adds.
  return (
    segment.offsetIndexEntries >= Math.floor(config.segmentIndexBytes / 8) ||
    segment.timeIndexEntries >= Math.floor(config.segmentIndexBytes / 12) - 1 ||
    batch.lastOffset - segment.baseOffset > 2147483647
  );
}

/** Closes the active segment and opens an empty one at the log's end. An active segment that is empty and starts there is replaced. */
export function rollSegment(log: PartitionLog, nowUs: number): Segment {
  sealTail(log);
  const active = log.segments[log.segments.length - 1];
  if (active.sizeBytes === 0 && active.baseOffset === log.logEndOffset) log.segments.pop();
  else noteTimeIndexEntry(active);
  const segment = createSegment(log.logEndOffset, Math.floor(nowUs / 1000));
  log.segments.push(segment);
  return segment;
}

/** LogSegment.append's bookkeeping: an index entry is due once more than index.interval.bytes stand before this batch since the last one. */
function noteAppended(
  segment: Segment,
  config: LogConfig,
  batch: { readonly sizeBytes: number; readonly maxTimestampMs: number; readonly nowUs: number },
): void {
  if (segment.sizeBytes === 0) segment.firstTimestampMs = batch.maxTimestampMs;
  if (batch.maxTimestampMs > segment.largestTimestampMs) segment.largestTimestampMs = batch.maxTimestampMs;
  if (segment.bytesSinceIndexEntry > config.indexIntervalBytes) {
    segment.offsetIndexEntries++;
    noteTimeIndexEntry(segment);
    segment.bytesSinceIndexEntry = 0;
  }
  segment.bytesSinceIndexEntry += batch.sizeBytes;
  segment.sizeBytes += batch.sizeBytes;
  segment.lastModifiedMs = Math.floor(batch.nowUs / 1000);
}

function noteTimeIndexEntry(segment: Segment): void {
  if (segment.largestTimestampMs <= segment.lastIndexedTimestampMs) return;
  segment.timeIndexEntries++;
  segment.lastIndexedTimestampMs = segment.largestTimestampMs;
}
