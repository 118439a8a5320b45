/** The three ends of a log that move without an append: leader epoch, high watermark, last stable offset. */
import { assignLeaderEpoch, type LeaderEpochs } from './leaderEpochs.ts';
import { firstUnstableOffset, lastStableOffset, noteHighWatermark } from './lastStableOffset.ts';
import type { PartitionLog } from './logState.ts';

/**
 * A leader's epoch begins at the log's end: what is appended from now on is stamped with it (UnifiedLog.assignEpochStartOffset). Throws for an
 * epoch lower than the log's.
 */
export function beginLeaderEpoch(log: PartitionLog, epoch: number): void {
  if (epoch < log.leaderEpoch) throw new Error(`log: leader epoch ${epoch} cannot begin, the log has epoch ${log.leaderEpoch}`);
  replaceEpochs(log, assignLeaderEpoch(log.epochs, epoch, log.logEndOffset));
  log.leaderEpoch = epoch;
}

/** Another cache of leader epochs: the next append looks whether its own is in it. */
export function replaceEpochs(log: PartitionLog, epochs: LeaderEpochs): void {
  log.epochs = epochs;
  log.stampedEpoch = -1;
}

/** Raises the high watermark to `offset`, at most the log's end; a lower one is ignored (UnifiedLog.maybeIncrementHighWatermark). */
export function raiseHighWatermark(log: PartitionLog, offset: number): void {
  const end = Math.min(offset, log.logEndOffset);
  if (end <= log.highWatermark) return;
  log.highWatermark = end;
  const { producers } = log;
  if (producers !== null && !producers.isPlain) noteHighWatermark(producers, end);
}

/** The high watermark of a log that changes hands, also lower than before, kept between the log's start and end (UnifiedLog.updateHighWatermark). */
export function setHighWatermark(log: PartitionLog, offset: number): void {
  log.highWatermark = Math.max(log.logStartOffset, Math.min(offset, log.logEndOffset));
  if (log.producers !== null) noteHighWatermark(log.producers, log.highWatermark);
}

/** How far a `read_committed` reader may read. */
export function lastStableOffsetOf(log: PartitionLog): number {
  return log.producers === null ? log.highWatermark : lastStableOffset(log.producers, log);
}

/** Where the oldest transaction begins that is open, or whose marker is not committed; Infinity where there is none. */
export function firstUnstableOffsetOf(log: PartitionLog): number {
  const offset = log.producers === null ? -1 : firstUnstableOffset(log.producers);
  return offset < 0 ? Infinity : offset;
}
