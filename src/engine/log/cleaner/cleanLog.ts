/** One cleaning of a log: offset map, groups of segments, each written anew as one (Cleaner.doClean, cleanSegments). */
import type { LogConfig, Segment } from '../logState.ts';
import type { AbortedTransaction, TransactionIndex } from '../transactionIndex.ts';
import { appendAborted, collectAborted } from '../transactionIndex.ts';
import { segmentsBetween } from './cleanableRange.ts';
import type { CleanedBatch, CleaningContext } from './cleanBatch.ts';
import { cleanBatch } from './cleanBatch.ts';
import type { CleanedTransactions } from './cleanedTransactions.ts';
import { announceAborted, createCleanedTransactions } from './cleanedTransactions.ts';
import type { SegmentToClean } from './cleanerBatch.ts';
import type { OffsetMap } from './offsetMap.ts';
import { fillOffsetMap } from './offsetMap.ts';
import { groupSegments } from './segmentGroups.ts';

/** The log to be cleaned: all its segments, those in the range with their batches. */
export interface LogContents {
  readonly segments: readonly SegmentToClean[];
  readonly logStartOffset: number;
  readonly config: Pick<LogConfig, 'segmentBytes' | 'segmentIndexBytes' | 'indexIntervalBytes'>;
}

/** The segment that takes the place of `sources`. */
export interface CleanedSegment {
  readonly sources: readonly SegmentToClean[];
  readonly segment: Segment;
  readonly batches: readonly CleanedBatch[];
  readonly transactionIndex: TransactionIndex;
}

/** What a cleaning read and kept: what it costs. */
export interface CleaningStats {
  readonly mapBytesRead: number;
  readonly mapRecordsRead: number;
  readonly bytesRead: number;
  readonly recordsRead: number;
  readonly bytesRetained: number;
  readonly recordsRetained: number;
}

/** Everything a cleaning came to; nothing is changed by it. */
export interface Cleaning {
  /** Where the next one begins. */
  readonly nextDirtyOffset: number;
  readonly segments: readonly CleanedSegment[];
  readonly stats: CleaningStats;
}

/** The range of a cleaning in whole segments, as `measureDirt` gives it. */
export interface CleaningRange {
  readonly firstDirtyOffset: number;
  readonly firstUncleanableOffset: number;
}

/** Fills the context's offset map from the dirty range. Separate, because a map that is already filled can be used for `cleanSegments`. */
export function mapDirtyRange(log: LogContents, { firstDirtyOffset, firstUncleanableOffset }: CleaningRange, map: OffsetMap): void {
  const dirty = between(log, firstDirtyOffset, firstUncleanableOffset);
  const aborted = abortedBetween(log, firstDirtyOffset, firstUncleanableOffset);
  fillOffsetMap(map, dirty, { fromOffset: firstDirtyOffset, endOffset: firstUncleanableOffset }, aborted);
}

/** Cleans a log: maps the dirty range, then rewrites every segment below the end of the map, clean ones too. */
export function cleanLog(log: LogContents, range: CleaningRange, context: CleaningContext): Cleaning {
  mapDirtyRange(log, range, context.offsetMap);
  return cleanSegments(log, context);
}

/** Rewrites every segment that begins below the end of the context's offset map. */
export function cleanSegments(log: LogContents, context: CleaningContext): Cleaning {
  const { offsetMap, firstUncleanableOffset } = context;
  const nextDirtyOffset = offsetMap.latestOffset + 1;
  const { segmentBytes, segmentIndexBytes } = log.config;
  const groups = groupSegments(between(log, 0, nextDirtyOffset), { segmentBytes, segmentIndexBytes, firstUncleanableOffset });
  const transactions = createCleanedTransactions();
  const stats = { bytesRead: 0, recordsRead: 0, bytesRetained: 0, recordsRetained: 0 };
  const segments = groups.map((group) => cleanGroup(log, group, { context, transactions, stats }));
  return { nextDirtyOffset, segments, stats: { mapBytesRead: offsetMap.bytesRead, mapRecordsRead: offsetMap.recordsRead, ...stats } };
}

interface Work {
  readonly context: CleaningContext;
  readonly transactions: CleanedTransactions;
  readonly stats: { bytesRead: number; recordsRead: number; bytesRetained: number; recordsRetained: number };
}

/** Cleans a group of segments into one at the first one's base offset. */
function cleanGroup(log: LogContents, group: readonly SegmentToClean[], { context, transactions, stats }: Work): CleanedSegment {
  const batches: CleanedBatch[] = [];
  let transactionIndex: TransactionIndex = [];
  for (const [i, source] of group.entries()) {
    const endOffset = i + 1 < group.length ? group[i + 1].segment.baseOffset : nextOffsetOf(source);
    announceAborted(transactions, abortedBetween(log, source.segment.baseOffset, endOffset));
    for (const batch of source.batches) {
      const { cleaned, recordsRead, indexEntry } = cleanBatch(batch, transactions, context);
      stats.bytesRead += batch.sizeBytes;
      stats.recordsRead += recordsRead;
      if (indexEntry !== null) transactionIndex = appendAborted(transactionIndex, indexEntry);
      if (cleaned === null) continue;
      batches.push(cleaned);
      stats.bytesRetained += cleaned.sizeBytes;
      stats.recordsRetained += cleaned.kept === null ? batch.recordCount : cleaned.kept.length;
    }
  }
  const segment = segmentOf(group, batches, log.config.indexIntervalBytes);
  return { sources: group, segment, batches, transactionIndex };
}

/** The new segment's row, as if its batches had been appended one by one, closed. It keeps the time its last source was modified. */
function segmentOf(group: readonly SegmentToClean[], batches: readonly CleanedBatch[], indexIntervalBytes: number): Segment {
  const segment = emptiedSegment(group);
  for (const batch of batches) noteCleaned(segment, batch, indexIntervalBytes);
  indexTimestamp(segment);
  return segment;
}

/** The row of the segment that takes the place of `group`, before its first batch. */
export function emptiedSegment(group: readonly SegmentToClean[]): Segment {
  return {
    ...group[0].segment,
    sizeBytes: 0,
    lastModifiedMs: group[group.length - 1].segment.lastModifiedMs,
    firstTimestampMs: -1,
    largestTimestampMs: -1,
    bytesSinceIndexEntry: 0,
    offsetIndexEntries: 0,
    timeIndexEntries: 0,
    lastIndexedTimestampMs: -1,
  };
}

/** Takes account of one more batch in a cleaned segment's row. */
export function noteCleaned(segment: Segment, { sizeBytes, maxTimestampMs }: CleanedBatch, indexIntervalBytes: number): void {
  if (segment.sizeBytes === 0) segment.firstTimestampMs = maxTimestampMs;
  segment.largestTimestampMs = Math.max(segment.largestTimestampMs, maxTimestampMs);
  if (segment.bytesSinceIndexEntry > indexIntervalBytes) {
    segment.offsetIndexEntries++;
    indexTimestamp(segment);
    segment.bytesSinceIndexEntry = 0;
  }
  segment.bytesSinceIndexEntry += sizeBytes;
  segment.sizeBytes += sizeBytes;
}

function indexTimestamp(segment: Segment): void {
  if (segment.largestTimestampMs <= segment.lastIndexedTimestampMs) return;
  segment.timeIndexEntries++;
  segment.lastIndexedTimestampMs = segment.largestTimestampMs;
}

function nextOffsetOf({ segment, batches }: SegmentToClean): number {
  const last = batches.at(-1);
  return last === undefined ? segment.baseOffset : last.lastOffset + 1;
}

function between({ segments }: LogContents, from: number, to: number): SegmentToClean[] {
  const rows = segments.map((contents) => ({ baseOffset: contents.segment.baseOffset, contents }));
  return segmentsBetween(rows, from, to).map(({ contents }) => contents);
}

/** UnifiedLog.collectAbortedTransactions: from the segment that holds `from`, all that end after the log's start and begin below `to`. */
function abortedBetween(log: LogContents, from: number, to: number): AbortedTransaction[] {
  const first = log.segments.findLastIndex(({ segment }) => segment.baseOffset <= from);
  if (first < 0) return [];
  const indexes = log.segments.slice(first).map(({ transactionIndex }) => transactionIndex);
  return collectAborted(indexes, log.logStartOffset, to);
}
