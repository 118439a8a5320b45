/** What becomes of acquired records: acknowledgements, locks that run out, sessions that end, another leader (Kafka's SharePartition). */
import {
  count,
  type InFlightRange,
  moveStart,
  noteFate,
  rangeAt,
  RecordState,
  type SharePartition,
  sizeOf,
  splitAt,
} from './sharePartition.ts';

/** Kafka's AcknowledgeType, by its ids; `renew` is KIP-1222's. */
export const AcknowledgeType = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 } as const;
export type AcknowledgeType = (typeof AcknowledgeType)[keyof typeof AcknowledgeType];

export interface AcknowledgementBatch {
  readonly first: number;
  readonly last: number;
  readonly type: AcknowledgeType;
  /** Records among the offsets from first to last; the others hold nothing. */
  readonly records: number;
}

/** Who acknowledges, and under which number the change is written. */
export interface Acknowledger {
  readonly member: number;
  readonly life: number;
  readonly write: number;
  readonly deliveryCountLimit: number;
  /** When renewed locks end. */
  readonly lockUs: number;
}

/**
 * Takes the acknowledgements of one request for one partition, all of them or none: with one offset that the member does not hold (its lock has run out, somebody else has
 * it) nothing changes, and the answer is INVALID_RECORD_STATE. Offsets before the start are done with and skipped. What changes waits for the write; gives how many offsets do.
 */
export function acknowledge(
  share: SharePartition,
  batches: readonly AcknowledgementBatch[],
  by: Acknowledger,
): { readonly error: 'NONE' | 'INVALID_RECORD_STATE'; readonly changed: number } {
  for (const batch of batches) if (!holds(share, batch, by)) return { error: 'INVALID_RECORD_STATE', changed: 0 };
  let changed = 0;
  for (const batch of batches) changed += applyTo(share, batch, by);
  return { error: 'NONE', changed };
}

function holds(share: SharePartition, { first, last }: AcknowledgementBatch, { member, life }: Acknowledger): boolean {
  if (last < share.startOffset) return true;
  if (last >= share.endOffset) return false;
  for (let i = rangeAt(share, Math.max(first, share.startOffset)); i < share.ranges.length && share.ranges[i].first <= last; i++) {
    const range = share.ranges[i];
    // A hole inside of what was acquired was never the member's; it is done with already.
    if (range.fate === 'gap') continue;
    if (range.state !== RecordState.acquired || range.write !== 0 || range.member !== member || range.life !== life) return false;
  }
  return true;
}

function applyTo(share: SharePartition, { first, last, type }: AcknowledgementBatch, by: Acknowledger): number {
  if (last < share.startOffset) return 0;
  let changed = 0;
  const from = splitAt(share, Math.max(first, share.startOffset));
  const to = splitAt(share, last + 1);
  for (let i = from; i < to; i++) {
    const range = share.ranges[i];
    if (range.state !== RecordState.acquired) continue;
    if (type === AcknowledgeType.renew) {
      range.lockUs = by.lockUs;
      share.renewals += sizeOf(range);
      continue;
    }
    count(share, range, -1);
    range.write = by.write;
    setTarget(range, type, by.deliveryCountLimit);
    changed += sizeOf(range);
  }
  return changed;
}

function setTarget(range: InFlightRange, type: AcknowledgeType, deliveryCountLimit: number): void {
  if (type === AcknowledgeType.accept) {
    range.state = RecordState.acknowledged;
    range.fate = 'accepted';
  } else if (type === AcknowledgeType.release) giveBack(range, deliveryCountLimit);
  else {
    range.state = RecordState.archived;
    range.fate = type === AcknowledgeType.reject ? 'rejected' : 'gap';
  }
}

/** Available again, or archived when it was delivered as often as it may be. */
function giveBack(range: InFlightRange, deliveryCountLimit: number): void {
  const isOver = range.deliveryCount >= deliveryCountLimit;
  range.state = isOver ? RecordState.archived : RecordState.available;
  range.fate = isOver ? 'limit' : 'none';
}

/** The share coordinator has answered a write: what waited for it is so now, or goes back to what it was. Gives the offsets that can be acquired again. */
export function completeWrite(share: SharePartition, write: number, isWritten: boolean): number {
  const availableBefore = share.available;
  for (const range of share.ranges) {
    if (range.write !== write) continue;
    range.write = 0;
    if (isWritten) settle(share, range);
    else {
      range.state = RecordState.acquired;
      range.fate = 'none';
      count(share, range, 1);
    }
  }
  moveStart(share);
  return share.available - availableBefore;
}

/** A change is in force: counted, written, and the lock is gone. */
function settle(share: SharePartition, range: InFlightRange): void {
  range.writtenCount = range.deliveryCount;
  unlock(range);
  count(share, range, 1);
  if (range.state !== RecordState.available) noteFate(share, range, sizeOf(range));
}

function unlock(range: InFlightRange): void {
  range.member = -1;
  range.life = 0;
  range.lockUs = Infinity;
}

/** Locks that have run out by now: their records are available again, or archived (releaseAcquisitionLockOnTimeout). That is so at once; its write is not waited for. Gives the offsets. */
export function endLocks(share: SharePartition, nowUs: number, deliveryCountLimit: number): number {
  let ended = 0;
  for (const range of share.ranges) {
    if (range.state !== RecordState.acquired || range.write !== 0 || range.lockUs > nowUs) continue;
    ended += sizeOf(range);
    count(share, range, -1);
    giveBack(range, deliveryCountLimit);
    settle(share, range);
  }
  share.timeouts += ended;
  if (ended > 0) moveStart(share);
  return ended;
}

/** When the next lock ends; Infinity without any. */
export function nextLockUs(share: SharePartition): number {
  let nextUs = Infinity;
  if (share.acquired === 0) return nextUs;
  for (const { state, write, lockUs } of share.ranges)
    if (state === RecordState.acquired && write === 0 && lockUs < nextUs) nextUs = lockUs;
  return nextUs;
}

/** A member's share session is over: what it holds can be acquired again, and this delivery does not count (SharePartition.releaseAcquiredRecords). Gives the offsets. */
export function releaseAll(share: SharePartition, member: number, life: number): number {
  let released = 0;
  for (const range of share.ranges) {
    if (range.state !== RecordState.acquired || range.write !== 0 || range.member !== member || range.life !== life) continue;
    released += sizeOf(range);
    count(share, range, -1);
    range.deliveryCount--;
    range.state = RecordState.available;
    settle(share, range);
  }
  return released;
}

/**
 * Another broker leads the partition, or the same one after a restart: it reads what was written (ReadShareGroupState). A change that was under way had been sent, and counts. Who holds what is
 * not written, so acquired records are available, with the deliveries that were written last.
 */
export function loadWritten(share: SharePartition): void {
  for (const range of share.ranges) {
    if (range.write !== 0) {
      range.write = 0;
      settle(share, range);
    } else if (range.state === RecordState.acquired) {
      count(share, range, -1);
      range.state = RecordState.available;
      range.deliveryCount = range.writtenCount;
      unlock(range);
      count(share, range, 1);
    }
  }
  moveStart(share);
}

/** The log begins at `logStartOffset` now: what lay before it and is not done with has expired (SharePartition.updateCacheAndOffsets). Acknowledgements of it will be taken and mean nothing. */
export function followLogStart(share: SharePartition, logStartOffset: number): void {
  if (logStartOffset <= share.startOffset) return;
  const kept = splitAt(share, logStartOffset);
  for (let i = 0; i < kept; i++) drop(share, share.ranges[i], 'expired');
  share.ranges.splice(0, kept);
  if (share.endOffset < logStartOffset) {
    share.expired += logStartOffset - share.endOffset;
    share.ended.push({ fate: 'expired', first: share.endOffset, end: logStartOffset });
    share.endOffset = logStartOffset;
  }
  moveStart(share);
}

/** The partition's log ends at `logEndOffset` after it ended at `before`: what was cut off and is not done with is lost; what is written there next are other records. */
export function followTruncation(share: SharePartition, logEndOffset: number, before: number): void {
  const behind = Math.max(share.endOffset, logEndOffset);
  if (before > behind) {
    share.lost += before - behind;
    share.ended.push({ fate: 'lost', first: behind, end: before });
  }
  if (share.endOffset <= logEndOffset) return;
  const from = splitAt(share, logEndOffset);
  for (let i = from; i < share.ranges.length; i++) drop(share, share.ranges[i], 'lost');
  share.ranges.splice(from);
  // Where even the start was cut off, what is done with behind the new end stays counted and the group goes on there.
  share.endOffset = logEndOffset;
  share.startOffset = Math.min(share.startOffset, logEndOffset);
  moveStart(share);
}

/** Takes a range out of the counts; one that is not done with has the fate given, unless its own is on its way to be written. */
function drop(share: SharePartition, range: InFlightRange, otherwise: 'expired' | 'lost'): void {
  count(share, range, -1);
  const isTerminal = range.state === RecordState.acknowledged || range.state === RecordState.archived;
  if (!isTerminal) {
    share[otherwise] += sizeOf(range);
    share.ended.push({ fate: otherwise, first: range.first, end: range.last + 1 });
  } else if (range.write !== 0) noteFate(share, range, sizeOf(range));
}
