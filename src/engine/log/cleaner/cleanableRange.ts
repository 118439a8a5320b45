/** What of a compacted log may be cleaned, how dirty it is, and whose turn it is (LogCleanerManager). */
import type { Segment } from '../logState.ts';

/** What the choice needs of a segment; the log's own rows fit. */
export type SegmentRow = Pick<Segment, 'baseOffset' | 'sizeBytes' | 'firstTimestampMs' | 'largestTimestampMs' | 'lastModifiedMs'>;

/** A compacted log as far as its cleaning is planned. The last segment is active. */
export interface CompactedLog {
  readonly segments: readonly SegmentRow[];
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly lastStableOffset: number;
}

/** `min.compaction.lag.ms`, `max.compaction.lag.ms`, `min.cleanable.dirty.ratio`. */
export interface CompactionConfig {
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly minCleanableDirtyRatio: number;
}

/** Offsets that may be cleaned: from the first dirty one up to, not including, the first uncleanable one. */
export interface CleanableOffsets {
  readonly firstDirtyOffset: number;
  readonly firstUncleanableOffset: number;
  /** The checkpoint lay outside of the log and is to be set to the first dirty offset. */
  readonly isCheckpointInvalid: boolean;
}

/** A log that could be cleaned: whole segments below `firstUncleanableOffset`, and how much of them is dirty. */
export interface LogToClean {
  readonly firstDirtyOffset: number;
  readonly firstUncleanableOffset: number;
  readonly isCheckpointInvalid: boolean;
  readonly cleanBytes: number;
  readonly cleanableBytes: number;
  /** Dirty bytes by all bytes; NaN for an empty log. */
  readonly cleanableRatio: number;
  /** How long its oldest dirty record has been due by `max.compaction.lag.ms`; 0 when it is not. */
  readonly compactionDelayMs: number;
}

/** The segments that hold offsets of [from, to): from the one that holds `from` to the last that begins below `to` (LogSegments.values). */
export function segmentsBetween<T extends { readonly baseOffset: number }>(segments: readonly T[], from: number, to: number): readonly T[] {
  if (from >= to) return [];
  const floor = segments.findLastIndex(({ baseOffset }) => baseOffset <= from);
  return segments.slice(Math.max(floor, 0)).filter(({ baseOffset }) => baseOffset < to);
}

/** All but the active segment, from the one that holds `from` on. */
function closedSegmentsFrom(segments: readonly SegmentRow[], from: number): readonly SegmentRow[] {
  return segmentsBetween(segments, from, segments[segments.length - 1].baseOffset);
}

/**
 * Never beyond the last stable offset, into the active segment, or into one whose largest timestamp is younger than `min.compaction.lag.ms`
 * (LogCleanerManager.cleanableOffsets). `checkpoint` is where the last cleaning ended, null before the first.
 */
export function cleanableOffsets(
  log: CompactedLog,
  checkpoint: number | null,
  { minCompactionLagMs }: Pick<CompactionConfig, 'minCompactionLagMs'>,
  nowMs: number,
): CleanableOffsets {
  const { segments, logStartOffset, logEndOffset } = log;
  const isCheckpointInvalid = checkpoint !== null && (checkpoint < logStartOffset || checkpoint > logEndOffset);
  const firstDirtyOffset = checkpoint === null || isCheckpointInvalid ? logStartOffset : checkpoint;
  let uncleanable = Math.min(log.lastStableOffset, segments[segments.length - 1].baseOffset);
  if (minCompactionLagMs > 0) {
    const youngest = closedSegmentsFrom(segments, firstDirtyOffset).find(
      ({ largestTimestampMs, lastModifiedMs }) =>
        (largestTimestampMs >= 0 ? largestTimestampMs : lastModifiedMs) > nowMs - minCompactionLagMs,
    );
    if (youngest !== undefined) uncleanable = Math.min(uncleanable, youngest.baseOffset);
  }
  return { firstDirtyOffset, firstUncleanableOffset: Math.max(firstDirtyOffset, uncleanable), isCheckpointInvalid };
}

/**
 * The offsets brought to whole segments, and the bytes before and in them. The segment that holds the first dirty offset counts on both
 * sides (LogToClean, LogCleanerManager.calculateCleanableBytes).
 */
export function measureDirt(
  segments: readonly SegmentRow[],
  { firstDirtyOffset, firstUncleanableOffset: uncleanable }: Pick<CleanableOffsets, 'firstDirtyOffset' | 'firstUncleanableOffset'>,
): Pick<LogToClean, 'firstUncleanableOffset' | 'cleanBytes' | 'cleanableBytes' | 'cleanableRatio'> {
  const firstUncleanable = closedSegmentsFrom(segments, uncleanable).at(0) ?? segments[segments.length - 1];
  const firstUncleanableOffset = firstUncleanable.baseOffset;
  const bytes = (rows: readonly SegmentRow[]): number => rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const cleanBytes = bytes(segmentsBetween(segments, -1, firstDirtyOffset));
  const cleanableBytes = bytes(segmentsBetween(segments, Math.min(firstDirtyOffset, firstUncleanableOffset), firstUncleanableOffset));
  return { firstUncleanableOffset, cleanBytes, cleanableBytes, cleanableRatio: cleanableBytes / (cleanBytes + cleanableBytes) };
}

/** How long the oldest dirty record outside of the active segment is older than `max.compaction.lag.ms`, by first timestamps of segments. */
export function compactionDelayMs(
  segments: readonly SegmentRow[],
  firstDirtyOffset: number,
  maxCompactionLagMs: number,
  nowMs: number,
): number {
  let earliestMs = Infinity;
  for (const { firstTimestampMs } of closedSegmentsFrom(segments, firstDirtyOffset)) {
    if (firstTimestampMs > 0) earliestMs = Math.min(earliestMs, firstTimestampMs);
  }
  return Math.max(0, nowMs - Math.max(maxCompactionLagMs, 0) - earliestMs);
}

/** All that `filthiestLog` and the cleaning itself need to know of one log. */
export function planCleaning(log: CompactedLog, checkpoint: number | null, config: CompactionConfig, nowMs: number): LogToClean {
  const offsets = cleanableOffsets(log, checkpoint, config, nowMs);
  const delayMs = compactionDelayMs(log.segments, offsets.firstDirtyOffset, config.maxCompactionLagMs, nowMs);
  return { ...offsets, ...measureDirt(log.segments, offsets), compactionDelayMs: delayMs };
}

/**
 * Index of the dirtiest log worth cleaning, or -1: its ratio is above `min.cleanable.dirty.ratio`, or something in it is overdue. Of equally
 * dirty ones the first (LogCleanerManager.grabFilthiestCompactedLog).
 */
export function filthiestLog(
  logs: readonly { readonly plan: LogToClean; readonly config: Pick<CompactionConfig, 'minCleanableDirtyRatio'> }[],
): number {
  let filthiest = -1;
  logs.forEach(({ plan, config }, i) => {
    const isOverdue = plan.compactionDelayMs > 0 && plan.cleanableBytes > 0;
    if (!isOverdue && !(plan.cleanableRatio > config.minCleanableDirtyRatio)) return;
    if (filthiest < 0 || plan.cleanableRatio > logs[filthiest].plan.cleanableRatio) filthiest = i;
  });
  return filthiest;
}
