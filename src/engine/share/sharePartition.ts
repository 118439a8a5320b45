/**
 * What a share group has made of one partition, kept by the partition's leader (KIP-932; Kafka's SharePartition, InFlightBatch and InFlightState): from the
 * start offset (SPSO), below which every record is done with, to the end offset (SPEO), from which on none was ever acquired, every offset lies in one range of
 * offsets that fare alike. Plain data.
 */

/** Kafka's RecordState, by its ids. */
export const RecordState = { available: 0, acquired: 1, acknowledged: 2, archived: 4 } as const;
export type RecordState = (typeof RecordState)[keyof typeof RecordState];

/** Why a record is done with. `limit`: it was delivered as often as it may be; `gap`: the offset holds nothing to deliver. */
export type ShareFate = 'none' | 'accepted' | 'rejected' | 'limit' | 'gap';

/** Offsets from `first` up to `end` that are done with though nobody has accepted them: cut off, gone with retention, jumped over, archived, or holding nothing. */
export interface EndedOffsets {
  readonly fate: Exclude<ShareFate, 'none' | 'accepted'> | 'expired' | 'lost' | 'skipped';
  readonly first: number;
  readonly end: number;
}

export interface InFlightRange {
  /** First and last offset, both in it. */
  first: number;
  last: number;
  /** Where it goes as soon as that is written, while `write` is not 0. */
  state: RecordState;
  fate: ShareFate;
  /** Deliveries so far, the present one included. */
  deliveryCount: number;
  /** Who has acquired it: index of the member and which of its lives; -1 for nobody. */
  member: number;
  life: number;
  /** When the lock ends; Infinity without one. */
  lockUs: number;
  /** Number of the write to `__share_group_state` its change waits for, 0 for none; what it goes back to should that fail is `acquired`. */
  write: number;
  /** Deliveries as they were written last: what the next leader goes on from. */
  writtenCount: number;
  /** Offsets that were acquired together with it the first time: a later delivery is cut down from that size. */
  readonly batchSize: number;
}

export interface ShareLimits {
  /** `group.share.delivery.count.limit` */
  readonly deliveryCountLimit: number;
  /** `group.share.partition.max.record.locks`: offsets from SPSO to SPEO beyond which nothing new is acquired. */
  readonly recordLocksMax: number;
  /** `group.share.record.lock.duration.ms` in µs. */
  readonly lockUs: number;
}

export interface SharePartition {
  readonly group: number;
  /** Global partition index. */
  readonly partition: number;
  /** Partition of `__share_group_state` that keeps it, as `__share_group_state-7`. */
  readonly stateKey: string;
  /** Broker that has it loaded, and which of its lives; -1 before the first fetch. */
  broker: number;
  incarnation: number;
  /** First offset that is not done with. */
  startOffset: number;
  /** First offset nobody has acquired yet. */
  endOffset: number;
  /** All offsets from `startOffset` to `endOffset`, ascending, without holes. */
  ranges: InFlightRange[];
  /** Offsets among them that can be acquired, that are acquired, that are done with. The others wait for a write. */
  available: number;
  acquired: number;
  done: number;
  /** Offsets done with since the beginning, by fate; `expired` left the log first, `lost` were cut off with a leader. */
  accepted: number;
  rejected: number;
  limited: number;
  gaps: number;
  expired: number;
  lost: number;
  /** Where the group began, and how much of the log there was before that. */
  firstOffset: number;
  skippedOffsets: number;
  /** Deliveries, those of records delivered before among them, and locks that ran out. */
  deliveries: number;
  redeliveries: number;
  timeouts: number;
  /** Offsets whose lock was renewed, each time counted. */
  renewals: number;
  /** Offsets whose acknowledgement was refused, and requests to the share coordinator. */
  refused: number;
  writes: number;
  /** When the event comes that looks for locks that have run out; Infinity for none. */
  checkUs: number;
  /** Requests that wait here for records, in the order they came: slots. */
  waiting: number[];
  /** What the ledger has not been told of; empty between two events. */
  ended: EndedOffsets[];
}

export function createSharePartition(group: number, partition: number, stateKey = ''): SharePartition {
  return {
    group,
    partition,
    stateKey,
    broker: -1,
    incarnation: -1,
    startOffset: 0,
    endOffset: 0,
    ranges: [],
    available: 0,
    acquired: 0,
    done: 0,
    accepted: 0,
    rejected: 0,
    limited: 0,
    gaps: 0,
    expired: 0,
    lost: 0,
    firstOffset: 0,
    skippedOffsets: 0,
    deliveries: 0,
    redeliveries: 0,
    timeouts: 0,
    renewals: 0,
    refused: 0,
    writes: 0,
    checkUs: Infinity,
    waiting: [],
    ended: [],
  };
}

export const sizeOf = ({ first, last }: InFlightRange): number => last - first + 1;

/** Acknowledged or archived, and written. */
export const isDone = ({ state, write }: InFlightRange): boolean =>
  write === 0 && (state === RecordState.acknowledged || state === RecordState.archived);

/** Whether it can be acquired now. */
export const isAvailable = ({ state, write }: InFlightRange): boolean => write === 0 && state === RecordState.available;

/** Adds (`by` 1) or takes away (-1) a range to or from the counts by state. */
export function count(share: SharePartition, range: InFlightRange, by: 1 | -1): void {
  const offsets = by * sizeOf(range);
  if (range.write !== 0) return;
  if (range.state === RecordState.available) share.available += offsets;
  else if (range.state === RecordState.acquired) share.acquired += offsets;
  else share.done += offsets;
}

/** Index of the range that holds `offset`, which lies between start and end; the number of ranges when it lies behind. */
export function rangeAt({ ranges }: SharePartition, offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle].last < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Makes a range begin at `offset`, and gives its index. Offsets at or behind the end have none: the number of ranges. */
export function splitAt(share: SharePartition, offset: number): number {
  const at = rangeAt(share, offset);
  if (at === share.ranges.length) return at;
  const range = share.ranges[at];
  if (range.first >= offset) return at;
  share.ranges.splice(at + 1, 0, { ...range, first: offset });
  range.last = offset - 1;
  return at + 1;
}

/** First offset that can be acquired: one that was before, else the first new one (SharePartition.nextFetchOffset). */
export function nextFetchOffset(share: SharePartition): number {
  if (share.available === 0) return share.endOffset;
  for (const range of share.ranges) if (isAvailable(range)) return range.first;
  return share.endOffset;
}

/** Offsets that may be acquired beyond the end: the window from start to end is bounded, whatever in it is done with (SharePartition.canAcquireRecords). */
export const newOffsetsMax = ({ startOffset, endOffset }: SharePartition, { recordLocksMax }: ShareLimits): number =>
  Math.max(0, recordLocksMax - (endOffset - startOffset));

/** Whether a fetch that may read up to `limit` would acquire anything. */
export const canAcquire = (share: SharePartition, limit: number, limits: ShareLimits): boolean =>
  share.available > 0 || (share.endOffset < limit && newOffsetsMax(share, limits) > 0);

/** Puts done ranges at the beginning behind it (SharePartition.maybeUpdateCachedStateAndOffsets), and joins done ranges side by side. */
export function moveStart(share: SharePartition): void {
  const { ranges } = share;
  let gone = 0;
  while (gone < ranges.length && isDone(ranges[gone])) share.done -= sizeOf(ranges[gone++]);
  if (gone > 0) ranges.splice(0, gone);
  share.startOffset = ranges.length > 0 ? ranges[0].first : share.endOffset;
}

/** Counts a range that is done with under its fate. */
export function noteFate(share: SharePartition, { fate, first }: InFlightRange, offsets: number): void {
  if (fate !== 'accepted' && fate !== 'none') share.ended.push({ fate, first, end: first + offsets });
  if (fate === 'accepted') share.accepted += offsets;
  else if (fate === 'rejected') share.rejected += offsets;
  else if (fate === 'limit') share.limited += offsets;
  else share.gaps += offsets;
}

/** Offsets up to `logEndOffset` that are not done with. */
export const underWayOffsets = ({ startOffset, done }: SharePartition, logEndOffset: number): number => logEndOffset - startOffset - done;
