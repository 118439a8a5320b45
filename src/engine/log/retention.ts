import { rollSegment } from './append.ts';
import { dropBlocks } from './block.ts';
import { truncateEpochsFromStart } from './leaderEpochs.ts';
import type { PartitionLog, Segment } from './logState.ts';
import { deleteSnapshotsBefore, noteLogStartOffset } from './producerSnapshots.ts';

/**
 * Deletes whole segments by log start offset, retention.bytes and retention.ms, in Kafka's order, never at or above the high watermark, the
 * active segment included (UnifiedLog.deleteOldSegments); without `delete` in the cleanup policy by log start offset only. Returns the number of
 * records that left, markers not counted.
 */
export function applyRetention(log: PartitionLog, nowUs: number): number {
  let deleted = deleteWhile(log, nowUs, (_segment, endOffset, isActive) => !isActive && endOffset <= log.logStartOffset);
  if (!log.config.cleanupPolicy.delete) return deleted;
  const { retentionBytes, retentionMs } = log.config;
  if (retentionBytes >= 0 && log.sizeBytes >= retentionBytes) {
    let excess = log.sizeBytes - retentionBytes;
    deleted += deleteWhile(log, nowUs, (segment) => {
      if (excess < segment.sizeBytes) return false;
      excess -= segment.sizeBytes;
      return true;
    });
  }
  if (retentionMs >= 0) {
    const nowMs = Math.floor(nowUs / 1000);
    deleted += deleteWhile(log, nowUs, (segment) => {
      const youngestMs = segment.largestTimestampMs >= 0 ? segment.largestTimestampMs : segment.lastModifiedMs;
      return nowMs - youngestMs > retentionMs;
    });
  }
  return deleted;
}

/**
 * The same for a log with a remote tier, whose segments before `copiedUpTo` are there: `retention.ms` and `retention.bytes` of the whole log, local and remote, decide how many of
 * those are deleted, from both tiers (RemoteLogManager.cleanupExpiredRemoteLogSegments). Returns the number of records that left, markers not counted.
 */
export function applyRemoteRetention(log: PartitionLog, nowUs: number, copiedUpTo: number): number {
  const { retentionBytes, retentionMs } = log.config;
  const nowMs = Math.floor(nowUs / 1000);
  let excess = retentionBytes >= 0 ? log.sizeBytes - retentionBytes : 0;
  return deleteWhile(log, nowUs, (segment, endOffset) => {
    if (endOffset > copiedUpTo) return false;
    const isOver = excess > 0 && excess >= segment.sizeBytes;
    if (isOver) excess -= segment.sizeBytes;
    return isOver || endOffset <= log.logStartOffset || (retentionMs >= 0 && segment.largestTimestampMs <= nowMs - retentionMs);
  });
}

/** Deletes the oldest segments as long as `expired` holds, up to the first one kept. An empty active segment always stays. Returns the records deleted. */
function deleteWhile(
  log: PartitionLog,
  nowUs: number,
  expired: (segment: Segment, endOffset: number, isActive: boolean) => boolean,
): number {
  const segments = log.segments;
  let count = 0;
  while (count < segments.length) {
    const segment = segments[count];
    const isActive = count === segments.length - 1;
    const endOffset = isActive ? log.logEndOffset : segments[count + 1].baseOffset;
    if (log.highWatermark < endOffset || (isActive && segment.sizeBytes === 0) || !expired(segment, endOffset, isActive)) break;
    count++;
  }
  if (count === 0) return 0;
  if (count === segments.length) rollSegment(log, nowUs);
  for (const segment of log.segments.splice(0, count)) log.sizeBytes -= segment.sizeBytes;
  const startOffset = log.segments[0].baseOffset;
  moveLogStart(log, startOffset);
  if (log.producers !== null) deleteSnapshotsBefore(log.producers, startOffset);
  return dropBlocksBefore(log, startOffset);
}

/** Forgets the blocks of deleted segments. Returns their records. */
function dropBlocksBefore(log: PartitionLog, startOffset: number): number {
  let count = 0;
  let records = 0;
  for (; count < log.blocks.length && log.blocks[count].endOffset <= startOffset; count++) {
    records += log.blocks[count].recordCount - log.blocks[count].controlRecords;
  }
  dropBlocks(log, 0, count);
  return records;
}

/**
 * Raises the log start offset, as DeleteRecords does (UnifiedLog.maybeIncrementLogStartOffset); a lower one is ignored. Segments below it go with the next
 * check of retention. Throws above the high watermark, which the broker answers with OFFSET_OUT_OF_RANGE.
 */
export function raiseLogStart(log: PartitionLog, offset: number): void {
  if (offset > log.highWatermark) {
    throw new Error(
      `log: the log cannot begin at offset ${offset}, its high watermark is ${log.highWatermark}; delete up to there at most`,
    );
  }
  moveLogStart(log, offset);
}

function moveLogStart(log: PartitionLog, offset: number): void {
  if (offset <= log.logStartOffset) return;
  log.logStartOffset = offset;
  log.epochs = truncateEpochsFromStart(log.epochs, offset);
  if (log.producers !== null) noteLogStartOffset(log.producers, offset);
}
