/**
 * The leader epochs of a log: which epoch began at which offset (LeaderEpochFileCache, KIP-101), and what leader and follower make of
 * them when their logs have parted (KIP-279). A list is never changed: functions return a new one, or the same one when nothing changes.
 */

/** Epoch or end offset that is not known (OffsetsForLeaderEpochResponse's UNDEFINED_EPOCH and UNDEFINED_EPOCH_OFFSET). */
export const undefinedEpoch = -1;
export const undefinedEpochOffset = -1;

/** The first offset written under a leader epoch. */
export interface LeaderEpochEntry {
  readonly epoch: number;
  readonly startOffset: number;
}

/** Oldest first; epochs and start offsets both rise. */
export type LeaderEpochs = readonly LeaderEpochEntry[];

/** Where an epoch ends in a log. Both fields are -1 where the log cannot tell. */
export interface EpochEndOffset {
  readonly epoch: number;
  readonly endOffset: number;
}

/**
 * The list after `epoch` began at `startOffset`. The latest epoch keeps its start unless the new one is lower; entries that the new one
 * contradicts are removed (LeaderEpochFileCache.assign). Throws for a negative epoch or offset.
 */
export function assignLeaderEpoch(epochs: LeaderEpochs, epoch: number, startOffset: number): LeaderEpochs {
  if (!(epoch >= 0) || !(startOffset >= 0)) throw new Error(`log: leader epoch ${epoch} cannot begin at offset ${startOffset}`);
  let count = epochs.length;
  if (count > 0) {
    const latest = epochs[count - 1];
    if (latest.epoch === epoch && latest.startOffset <= startOffset) return epochs;
  }
  while (count > 0 && (epochs[count - 1].epoch >= epoch || epochs[count - 1].startOffset >= startOffset)) count--;
  return [...epochs.slice(0, count), { epoch, startOffset }];
}

/** The latest epoch that has been given an offset, or -1. */
export function latestLeaderEpoch(epochs: LeaderEpochs): number {
  return epochs.length === 0 ? undefinedEpoch : epochs[epochs.length - 1].epoch;
}

/** Epoch of the record at `offset`, or -1 before the first known epoch (LeaderEpochFileCache.epochForOffset). */
export function leaderEpochAt(epochs: LeaderEpochs, offset: number): number {
  let i = epochs.length - 1;
  while (i >= 0 && epochs[i].startOffset > offset) i--;
  return i < 0 ? undefinedEpoch : epochs[i].epoch;
}

/**
 * The largest known epoch up to the requested one and where it ends: at the start of the next epoch, or at the log's end for the latest. An
 * epoch before the first known one ends where that begins; one beyond the latest, and -1, are unknown (LeaderEpochFileCache.endOffsetFor).
 */
export function endOffsetForEpoch(epochs: LeaderEpochs, requestedEpoch: number, logEndOffset: number): EpochEndOffset {
  const unknown = { epoch: undefinedEpoch, endOffset: undefinedEpochOffset };
  if (requestedEpoch === undefinedEpoch) return unknown;
  if (epochs.length > 0 && latestLeaderEpoch(epochs) === requestedEpoch) return { epoch: requestedEpoch, endOffset: logEndOffset };
  const higher = epochs.findIndex(({ epoch }) => epoch > requestedEpoch);
  if (higher < 0) return unknown;
  return { epoch: higher === 0 ? requestedEpoch : epochs[higher - 1].epoch, endOffset: epochs[higher].startOffset };
}

/** The list of a log cut to end at `endOffset`: epochs that begin there or later go (truncateFromEnd). */
export function truncateEpochsFromEnd(epochs: LeaderEpochs, endOffset: number): LeaderEpochs {
  let count = epochs.length;
  while (endOffset >= 0 && count > 0 && epochs[count - 1].startOffset >= endOffset) count--;
  return count === epochs.length ? epochs : epochs.slice(0, count);
}

/** The list of a log that now begins at `startOffset`: the epoch in force there begins there, older ones go (truncateFromStart). */
export function truncateEpochsFromStart(epochs: LeaderEpochs, startOffset: number): LeaderEpochs {
  let count = 0;
  while (count < epochs.length && epochs[count].startOffset <= startOffset) count++;
  if (count === 0 || (count === 1 && epochs[0].startOffset === startOffset)) return epochs;
  return [{ epoch: epochs[count - 1].epoch, startOffset }, ...epochs.slice(count)];
}

/** A leader's log as far as a fetch is checked against it. */
export interface LeaderLogRange {
  readonly epochs: LeaderEpochs;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
}

/** What a leader makes of a fetch: it answers with records, tells where the logs part, or refuses. */
export type FetchCheck =
  | { readonly outcome: 'records' }
  | { readonly outcome: 'divergingEpoch'; readonly epoch: number; readonly endOffset: number }
  | { readonly outcome: 'error'; readonly error: 'OFFSET_OUT_OF_RANGE' };

/**
 * The leader's test of a fetch (Partition.readRecords): its own end of the follower's last epoch lies below the fetch offset, or it never had
 * that epoch: the logs diverge. `lastFetchedEpoch` is -1 for a follower without records, which is not tested.
 */
export function checkFetchedEpoch(
  leader: LeaderLogRange,
  fetch: { readonly fetchOffset: number; readonly lastFetchedEpoch: number },
): FetchCheck {
  const { fetchOffset, lastFetchedEpoch } = fetch;
  if (lastFetchedEpoch === undefinedEpoch) return { outcome: 'records' };
  const { epoch, endOffset } = endOffsetForEpoch(leader.epochs, lastFetchedEpoch, leader.logEndOffset);
  if (epoch === undefinedEpoch || endOffset === undefinedEpochOffset || fetchOffset < leader.logStartOffset) {
    return { outcome: 'error', error: 'OFFSET_OUT_OF_RANGE' };
  }
  return epoch < lastFetchedEpoch || endOffset < fetchOffset ? { outcome: 'divergingEpoch', epoch, endOffset } : { outcome: 'records' };
}

/** A follower's log as far as a truncation needs it. `fetchOffset` is where it fetches, its high watermark before the first answer. */
export interface FollowerLogRange {
  readonly epochs: LeaderEpochs;
  readonly logEndOffset: number;
  readonly fetchOffset: number;
}

/** How far a follower cuts its log. Not complete: the leader named an epoch it does not know, the next fetch may diverge again. */
export interface OffsetTruncation {
  readonly offset: number;
  readonly complete: boolean;
}

/**
 * Where a follower cuts its log after a diverging answer: at the end of the largest epoch both know, as far as either log goes
 * (AbstractFetcherThread.getOffsetTruncationState). Never to the high watermark, except where the leader knows nothing.
 */
export function truncationOf(follower: FollowerLogRange, leaderEnd: EpochEndOffset): OffsetTruncation {
  const { epochs, logEndOffset } = follower;
  if (leaderEnd.endOffset === undefinedEpochOffset) return { offset: follower.fetchOffset, complete: true };
  const atLeaderEnd = { offset: Math.min(leaderEnd.endOffset, logEndOffset), complete: true };
  if (leaderEnd.epoch === undefinedEpoch) return atLeaderEnd;
  const own = endOffsetForEpoch(epochs, leaderEnd.epoch, logEndOffset);
  if (own.endOffset === undefinedEpochOffset) return atLeaderEnd;
  if (own.epoch !== leaderEnd.epoch) return { offset: Math.min(own.endOffset, logEndOffset), complete: false };
  return { offset: Math.min(own.endOffset, atLeaderEnd.offset), complete: true };
}

/** Contents of a `leader-epoch-checkpoint` file (LeaderEpochCheckpointFile, version 0). */
export function leaderEpochCheckpoint(epochs: LeaderEpochs): string {
  const lines = epochs.map(({ epoch, startOffset }) => `${epoch} ${startOffset}\n`);
  return `0\n${epochs.length}\n${lines.join('')}`;
}
