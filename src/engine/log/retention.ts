import { rollSegment } from './append.ts';
import { dropBlocks } from './block.ts';
import { truncateEpochsFromStart } from './leaderEpochs.ts';
import type { PartitionLog, Segment } from './logState.ts';
import { deleteSnapshotsBefore, noteLogStartOffset } from './producerSnapshots.ts';
import { replaceEpochs } from './watermarks.ts';

/**
 * Deletes whole segments by log start offset, retention.bytes and retention.ms, in Kafka's order, never at or above the high watermark, the
 * active segment included (UnifiedLog.deleteOldSegments); without `delete` in the cleanup policy by log start offset only. Returns the number of
 * records that left, markers not counted.
 */
export function applyRetention(log: PartitionLog, nowUs: number): number {
  let deleted = deleteWhile(log, nowUs, (_segment, endOffset, isActive) => !isActive && endOffset <= log.logStartOffset);
  if (!log.config.cleanupPolicy.delete) return deleted;
  const { retentionBytes, retentionMs } = log.config;
  if (retentionBytes >= 0 && log.sizeBytes >= retentionBytes) deleted += deleteWhile(log, nowUs, overSize(log.sizeBytes - retentionBytes));
  if (retentionMs >= 0) deleted += deleteWhile(log, nowUs, overAge(retentionMs, nowUs));
  return deleted;
}

/**
 * The same for a log with a remote tier, whose segments before `copiedUpTo` are there: `retention.ms` and `retention.bytes` of the whole log, local and remote, decide how many of
 * those are deleted, from both tiers (RemoteLogManager.cleanupExpiredRemoteLogSegments). Returns the number of records that left, markers not counted.
 */
export function applyRemoteRetention(log: PartitionLog, nowUs: number, copiedUpTo: number): number {
  return deleteWhile(log, nowUs, overRemote(log, nowUs, copiedUpTo));
}

/** Where the log would begin after `applyRemoteRetention` at that moment. */
export function remoteRetentionStart(log: PartitionLog, nowUs: number, copiedUpTo: number): number {
  return startBehind(log, countWhile(log, 0, overRemote(log, nowUs, copiedUpTo)));
}

function overRemote(log: PartitionLog, nowUs: number, copiedUpTo: number): Expired {
  const { retentionBytes, retentionMs } = log.config;
  const nowMs = Math.floor(nowUs / 1000);
  let excess = retentionBytes >= 0 ? log.sizeBytes - retentionBytes : 0;
  return (segment, endOffset) => {
    if (endOffset > copiedUpTo) return false;
    const isOver = excess > 0 && excess >= segment.sizeBytes;
    if (isOver) excess -= segment.sizeBytes;
    return isOver || endOffset <= log.logStartOffset || (retentionMs >= 0 && segment.largestTimestampMs <= nowMs - retentionMs);
  };
}

/** Where the log would begin after `applyRetention` at that moment: what is before goes with it. */
export function retentionStart(log: PartitionLog, nowUs: number): number {
  const { segments, config } = log;
  let count = countWhile(log, 0, (_segment, endOffset, isActive) => !isActive && endOffset <= log.logStartOffset);
  if (config.cleanupPolicy.delete) {
    let sizeBytes = log.sizeBytes;
    for (let i = 0; i < count; i++) sizeBytes -= segments[i].sizeBytes;
    if (config.retentionBytes >= 0 && sizeBytes >= config.retentionBytes)
      count += countWhile(log, count, overSize(sizeBytes - config.retentionBytes));
    if (config.retentionMs >= 0) count += countWhile(log, count, overAge(config.retentionMs, nowUs));
  }
  return startBehind(log, count);
}

/** Where the log begins without its first `count` segments. */
function startBehind({ segments, logStartOffset, logEndOffset }: PartitionLog, count: number): number {
  return count === 0 ? logStartOffset : count === segments.length ? logEndOffset : segments[count].baseOffset;
}

type Expired = (segment: Segment, endOffset: number, isActive: boolean) => boolean;

function overSize(excessBytes: number): Expired {
  let excess = excessBytes;
  return (segment) => {
    if (excess < segment.sizeBytes) return false;
    excess -= segment.sizeBytes;
    return true;
  };
}

function overAge(retentionMs: number, nowUs: number): Expired {
  const nowMs = Math.floor(nowUs / 1000);
  return (segment) => nowMs - (segment.largestTimestampMs >= 0 ? segment.largestTimestampMs : segment.lastModifiedMs) > retentionMs;
}

/** How many segments from the `first` on `expired` holds of, up to the first one kept. An empty active segment always stays. */
function countWhile(log: PartitionLog, first: number, expired: Expired): number {
  const segments = log.segments;
  let count = 0;
  while (first + count < segments.length) {
    const segment = segments[first + count];
    const isActive = first + count === segments.length - 1;
    const endOffset = isActive ? log.logEndOffset : segments[first + count + 1].baseOffset;
    if (log.highWatermark < endOffset || (isActive && segment.sizeBytes === 0) || !expired(segment, endOffset, isActive)) break;
    count++;
  }
  return count;
}

/** Deletes the oldest segments as long as `expired` holds. Returns the records deleted. */
function deleteWhile(log: PartitionLog, nowUs: number, expired: Expired): number {
  const segments = log.segments;
  const count = countWhile(log, 0, expired);
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
  replaceEpochs(log, truncateEpochsFromStart(log.epochs, offset));
  if (log.producers !== null) noteLogStartOffset(log.producers, offset);
}
