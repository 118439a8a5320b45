/** Segments of a log with a remote tier: which are to be copied there, and where the local part begins. */
import { rollSegment } from './append.ts';
import type { PartitionLog, Segment } from './logState.ts';
import { positionAt } from './search.ts';

/** A closed segment and where it lies: offsets, and positions as `positionAt` counts them. */
export interface SegmentCopy {
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly startPosition: number;
  readonly sizeBytes: number;
}

/** The first segment from `from` on that is closed and ends at or before the last stable offset; null when there is none (RLMCopyTask.candidateLogSegments). */
export function segmentToCopy(log: PartitionLog, from: number, lastStableOffset: number): SegmentCopy | null {
  const { segments } = log;
  let i = segments.length - 1;
  while (i > 0 && segments[i - 1].baseOffset >= from) i--;
  if (i >= segments.length - 1) return null;
  const { baseOffset, sizeBytes } = segments[i];
  const endOffset = segments[i + 1].baseOffset;
  if (baseOffset < from || endOffset > lastStableOffset) return null;
  return { baseOffset, endOffset, startPosition: positionAt(log, baseOffset), sizeBytes };
}

/** Bytes of the segments before an offset at which one begins. */
export function sizeBefore(log: PartitionLog, offset: number): number {
  let bytes = 0;
  for (const segment of log.segments) if (segment.baseOffset < offset) bytes += segment.sizeBytes;
  return bytes;
}

/**
 * Where the local part of the log begins after local retention: segments that were copied leave the broker's disk by `local.retention.bytes` and `local.retention.ms` (-1:
 * never). An active segment that is due is rolled, so that it can be copied (UnifiedLog.deletableSegments).
 */
export function applyLocalRetention(
  log: PartitionLog,
  nowUs: number,
  tier: {
    readonly localStartOffset: number;
    readonly copiedUpTo: number;
    readonly localRetentionMs: number;
    readonly localRetentionBytes: number;
  },
): number {
  const { localRetentionMs, localRetentionBytes, copiedUpTo } = tier;
  const nowMs = Math.floor(nowUs / 1000);
  let start = Math.max(tier.localStartOffset, log.segments[0].baseOffset);
  let excess = localRetentionBytes < 0 ? 0 : log.sizeBytes - sizeBefore(log, start) - localRetentionBytes;
  const isDue = (segment: Segment): boolean => {
    if (excess > 0 && excess >= segment.sizeBytes) {
      excess -= segment.sizeBytes;
      return true;
    }
    return localRetentionMs >= 0 && nowMs - Math.max(segment.largestTimestampMs, -1) > localRetentionMs;
  };
  for (let i = 0; i < log.segments.length; i++) {
    const segment = log.segments[i];
    if (segment.baseOffset < start) continue;
    const isActive = i === log.segments.length - 1;
    const endOffset = isActive ? log.logEndOffset : log.segments[i + 1].baseOffset;
    if (segment.sizeBytes === 0 || log.highWatermark < endOffset || !isDue(segment)) break;
    if (isActive) {
      rollSegment(log, nowUs);
      break;
    }
    if (endOffset > copiedUpTo) break;
    start = endOffset;
  }
  return start;
}
