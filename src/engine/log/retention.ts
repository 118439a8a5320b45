import { rollSegment } from './append.ts';
import type { PartitionLog, Segment } from './logState.ts';

/**
 * Deletes whole segments by log start offset, retention.bytes and retention.ms, in Kafka's order, never at or above the high watermark, the
 * active segment included (UnifiedLog.deleteOldSegments). Returns the number of records that left.
 */
export function applyRetention(log: PartitionLog, nowUs: number): number {
  const startBefore = log.logStartOffset;
  deleteWhile(log, nowUs, (_segment, endOffset, isActive) => !isActive && endOffset <= log.logStartOffset);
  const { retentionBytes, retentionMs } = log.config;
  if (retentionBytes >= 0 && log.sizeBytes >= retentionBytes) {
    let excess = log.sizeBytes - retentionBytes;
    deleteWhile(log, nowUs, (segment) => {
      if (excess < segment.sizeBytes) return false;
      excess -= segment.sizeBytes;
      return true;
    });
  }
  if (retentionMs >= 0) {
    const nowMs = Math.floor(nowUs / 1000);
    deleteWhile(log, nowUs, (segment) => {
      const youngestMs = segment.largestTimestampMs >= 0 ? segment.largestTimestampMs : segment.lastModifiedMs;
      return nowMs - youngestMs > retentionMs;
    });
  }
  return log.logStartOffset - startBefore;
}

/** Deletes the oldest segments as long as `expired` holds, up to the first one kept. An empty active segment always stays. */
function deleteWhile(log: PartitionLog, nowUs: number, expired: (segment: Segment, endOffset: number, isActive: boolean) => boolean): void {
  const segments = log.segments;
  let count = 0;
  while (count < segments.length) {
    const segment = segments[count];
    const isActive = count === segments.length - 1;
    const endOffset = isActive ? log.logEndOffset : segments[count + 1].baseOffset;
    if (log.highWatermark < endOffset || (isActive && segment.sizeBytes === 0) || !expired(segment, endOffset, isActive)) break;
    count++;
  }
  if (count === 0) return;
  if (count === segments.length) rollSegment(log, nowUs);
  for (const segment of log.segments.splice(0, count)) log.sizeBytes -= segment.sizeBytes;
  const startOffset = log.segments[0].baseOffset;
  log.logStartOffset = Math.max(log.logStartOffset, startOffset);
  dropBlocksBefore(log, startOffset);
}

/** Forgets the blocks of deleted segments; those the store has, or is being given, are queued for deletion there. */
function dropBlocksBefore(log: PartitionLog, startOffset: number): void {
  let count = 0;
  while (count < log.blocks.length && log.blocks[count].endOffset <= startOffset) count++;
  for (const block of log.blocks.splice(0, count)) {
    if (block.state === 'stored' || block.state === 'writing') log.deletions.push(block.number);
    else log.outbox = log.outbox.filter((number) => number !== block.number);
  }
}
