/**
 * Compaction of one partition's log: its blocks given to the cleaner, what the cleaner keeps made into new blocks in their place (LogCleanerManager,
 * Cleaner.doClean, UnifiedLog.replaceSegments). A cleaning always rewrites the log from its beginning, so only the first blocks and segments change.
 */
import { dropBlocks, sampleSentTimes } from './block.ts';
import type { LogToClean } from './cleaner/cleanableRange.ts';
import { planCleaning } from './cleaner/cleanableRange.ts';
import type { CleaningContext, RebuiltBatch } from './cleaner/cleanBatch.ts';
import type { RecordPartSizes } from './cleaner/cleanedContents.ts';
import { uncompressedBatchBytes } from './cleaner/cleanedContents.ts';
import type { CleanerBatch, CleanerRecords, SegmentToClean } from './cleaner/cleanerBatch.ts';
import type { Cleaning, CleaningRange } from './cleaner/cleanLog.ts';
import { cleanLog } from './cleaner/cleanLog.ts';
import { createOffsetMap } from './cleaner/offsetMap.ts';
import { cleanedBlocks, type LoggedBatch } from './cleanedBlocks.ts';
import type { Block, PartitionLog, Segment } from './logState.ts';
import { BatchMarker, noTransactions } from './logState.ts';
import { BatchAttribute } from './recordBatch.ts';
import { batchHeaderBytes } from './recordSize.ts';
import { batchEnd, batchLastOffset, batchSizeAt } from './search.ts';
import { lastStableOffsetOf } from './watermarks.ts';

/** What a cleaning goes by beside the log. */
export interface LogCleaningOptions {
  /** When it began: tombstones and markers it keeps for the first time stay `delete.retention.ms` from then. */
  readonly nowMs: number;
  /** Keys the offset map takes (`offsetMapKeysMax`). */
  readonly keysMax: number;
  /** Key and header sizes of a record. */
  readonly partsOf: RecordPartSizes;
  /** The id a key is known by, where the same key may have several; null where each key has one. */
  readonly keyOf?: ((key: number) => number) | null;
}

/** What a cleaning costs and leaves. Records are those of producers, markers not counted. */
export interface LogCleaningResult {
  /** Where the next one begins. */
  readonly nextDirtyOffset: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly recordsBefore: number;
  readonly recordsAfter: number;
  readonly segmentsBefore: number;
  readonly segmentsAfter: number;
}

/** What of the log could be cleaned now, and how dirty it is. */
export function planLogCleaning(log: PartitionLog, nowMs: number): LogToClean {
  const { segments, logStartOffset, logEndOffset } = log;
  const lastStableOffset = lastStableOffsetOf(log);
  return planCleaning({ segments, logStartOffset, logEndOffset, lastStableOffset }, log.cleanerCheckpoint, log.config, nowMs);
}

/** Number of a block below `endOffset` that must be resident before a cleaning up to there, or -1. */
export function missingBlockForCleaning(log: PartitionLog, endOffset: number): number {
  for (const block of log.blocks) {
    if (block.baseOffset >= endOffset) return -1;
    if (block.columns === null) return block.number;
  }
  return -1;
}

/** What a cleaning of the range would come to. Changes nothing. */
export function measureLogCleaning(log: PartitionLog, range: CleaningRange, options: LogCleaningOptions): LogCleaningResult {
  return resultOf(clean(log, range, options));
}

/** Cleans the range: old blocks are forgotten or queued for deletion, new ones wait in the outbox as sealed ones do. All below its end must be resident. */
export function cleanPartitionLog(log: PartitionLog, range: CleaningRange, options: LogCleaningOptions): LogCleaningResult {
  const cleaning = clean(log, range, options);
  const result = resultOf(cleaning);
  log.cleanerCheckpoint = cleaning.nextDirtyOffset;
  const sources = cleaning.segments.flatMap((cleaned) => cleaned.sources.map(({ segment }) => segment));
  if (sources.length === 0) return result;
  const removedBytes = sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const segments = cleaning.segments.map((cleaned): Segment => {
    const transactionIndex = cleaned.transactionIndex.length === 0 ? noTransactions : cleaned.transactionIndex;
    return { ...cleaned.segment, transactionIndex };
  });
  const endOffset = sources.length < log.segments.length ? log.segments[sources.length].baseOffset : log.logEndOffset;
  const firstLeft = log.blocks.findIndex(({ segmentBaseOffset }) => segmentBaseOffset >= endOffset);
  const replaced = firstLeft < 0 ? log.blocks.length : firstLeft;
  const added = cleanedBlocks(log, cleaning.segments, firstLeft < 0 ? log.appendedBytes : log.blocks[firstLeft].startPosition);
  for (const block of added) sampleSentTimes(block);
  dropBlocks(log, 0, replaced);
  log.blocks = [...added, ...log.blocks];
  log.segments = [...segments, ...log.segments.slice(sources.length)];
  log.compactedRecords += result.recordsBefore - result.recordsAfter;
  log.sizeBytes += result.bytesWritten - removedBytes;
  for (const { number } of added) log.outbox.push(number);
  dropSnapshots(log, sources, segments);
  return result;
}

function clean(log: PartitionLog, range: CleaningRange, { nowMs, keysMax, partsOf, keyOf = null }: LogCleaningOptions): Cleaning {
  const context: CleaningContext = {
    nowMs,
    deleteRetentionMs: log.config.deleteRetentionMs,
    offsetMap: createOffsetMap(keysMax),
    producers: log.producers?.producers ?? new Map(),
    firstUncleanableOffset: range.firstUncleanableOffset,
    batchBytes: (batch) => rebuiltBatchBytes(batch, partsOf),
  };
  const contents = {
    segments: segmentsToClean(log, range.firstUncleanableOffset, keyOf),
    logStartOffset: log.logStartOffset,
    config: log.config,
  };
  return cleanLog(contents, range, context);
}

/** All segments, those below `endOffset` with their batches. */
function segmentsToClean(log: PartitionLog, endOffset: number, keyOf: ((key: number) => number) | null): SegmentToClean[] {
  const batches = new Map<number, LoggedBatch[]>();
  for (const block of log.blocks) {
    if (block.segmentBaseOffset >= endOffset) break;
    const of = batches.get(block.segmentBaseOffset) ?? [];
    batches.set(block.segmentBaseOffset, of);
    addBatches(block, keyOf, of);
  }
  return log.segments.map((segment) => ({
    segment,
    batches: batches.get(segment.baseOffset) ?? [],
    transactionIndex: segment.transactionIndex,
  }));
}

const markers = [null, 'COMMIT', 'ABORT', null] as const;

function addBatches(block: Block, keyOf: ((key: number) => number) | null, into: LoggedBatch[]): void {
  if (block.columns === null) throw new Error(`log: block ${block.number} must be resident to be cleaned`);
  const batches = block.batches!;
  const { producers } = batches;
  const { key } = block.columns;
  const keys = keyOf === null ? key : key.slice(0, block.recordCount).map((id) => (id < 0 ? id : keyOf(id)));
  const records: CleanerRecords = { ...block.columns, key: keys, offset: block.offsets };
  for (let i = 0; i < block.batchCount; i++) {
    const firstRecord = batches.firstRecord[i];
    const marker = producers === null ? BatchMarker.none : producers.marker[i];
    into.push({
      block,
      index: i,
      baseOffset: batches.baseOffset[i],
      lastOffset: batchLastOffset(block, batches, i),
      sizeBytes: batchSizeAt(block, batches, i),
      leaderEpoch: batches.leaderEpoch[i],
      attributes: marker === BatchMarker.none ? batches.attributes[i] : batches.attributes[i] | BatchAttribute.control,
      baseTimestampMs: batches.baseTimestampMs[i],
      maxTimestampMs: batches.maxTimestampMs[i],
      producerId: producers === null ? -1 : producers.producerId[i],
      producerEpoch: producers === null ? -1 : producers.producerEpoch[i],
      baseSequence: producers === null ? -1 : producers.baseSequence[i],
      marker: markers[marker],
      records,
      firstRecord,
      recordCount: batchEnd(block, batches, i) - firstRecord,
    });
  }
}

/** Size of a batch written anew. A compressed one keeps the ratio it had: which records go is no reason for another. */
function rebuiltBatchBytes(batch: RebuiltBatch, partsOf: RecordPartSizes): number {
  const { source } = batch;
  const bytes = uncompressedBatchBytes(batch, partsOf);
  if ((source.attributes & BatchAttribute.compressionMask) === 0) return bytes;
  const all = Array.from({ length: source.recordCount }, (_, i) => source.firstRecord + i);
  const before = uncompressedBatchBytes({ source, kept: all, baseTimestampMs: source.baseTimestampMs }, partsOf);
  const ratio = (source.sizeBytes - batchHeaderBytes) / Math.max(1, before - batchHeaderBytes);
  return batchHeaderBytes + Math.ceil((bytes - batchHeaderBytes) * ratio);
}

function resultOf({ nextDirtyOffset, segments, stats }: Cleaning): LogCleaningResult {
  let recordsBefore = 0;
  let recordsAfter = 0;
  let segmentsBefore = 0;
  for (const { sources, batches } of segments) {
    segmentsBefore += sources.length;
    for (const source of sources) for (const batch of source.batches) recordsBefore += dataRecords(batch, batch.recordCount);
    for (const { source, kept } of batches) recordsAfter += dataRecords(source, kept === null ? source.recordCount : kept.length);
  }
  return {
    nextDirtyOffset,
    bytesRead: stats.mapBytesRead + stats.bytesRead,
    bytesWritten: stats.bytesRetained,
    recordsBefore,
    recordsAfter,
    segmentsBefore,
    segmentsAfter: segments.length,
  };
}

const dataRecords = ({ attributes }: CleanerBatch, count: number): number => ((attributes & BatchAttribute.control) === 0 ? count : 0);

/** The snapshots of producers at the beginning of segments that are no more (UnifiedLog.deleteProducerSnapshots). */
function dropSnapshots({ producers }: PartitionLog, sources: readonly Readonly<Segment>[], segments: readonly Segment[]): void {
  if (producers === null) return;
  const gone = new Set(sources.map(({ baseOffset }) => baseOffset));
  for (const { baseOffset } of segments) gone.delete(baseOffset);
  producers.snapshots = producers.snapshots.filter(({ offset }) => !gone.has(offset));
}
