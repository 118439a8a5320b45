/** Sending fetches and taking their answers (AbstractFetch, FetchCollector). */
import { submitFetch } from '../broker/fetch.ts';
import { type FetchSession, releaseFetched } from '../broker/fetchSession.ts';
import { holdMessage, isReachable } from '../broker/links.ts';
import { createFetchedRecords, type FetchedRecords } from '../log/partitionLog.ts';
import type { ConsumerContext } from './context.ts';
import { type ConsumerState, type OwnedPartition, ownedPartition } from './consumer.ts';
import { endLeases, leaveReplicaOf, takePreferred } from './preferred.ts';
import { resetPosition } from './positions.ts';
import { canFetchFrom, epochBefore, takeFetchErrors } from './recovery.ts';

/** Sends a fetch on every idle session for its partitions that have nothing buffered (Kafka fetches a partition again once it is drained), unless all are paused. */
export function sendFetches(ctx: ConsumerContext, consumer: ConsumerState): void {
  if (consumer.backPressure === true) return;
  if (ctx.events.nowUs > consumer.leaseUs) endLeases(ctx, consumer);
  const { sessions } = consumer;
  for (let s = 0; s < sessions.length; s++) {
    const slot = sessions[s]!;
    const session = ctx.fetchSessions.items[slot];
    // One that was closed since, because its broker could not be reached and a leader can.
    if (session === null || session.state !== 'idle') continue;
    let wanted = 0;
    const { included } = session;
    const partitions = consumer.owned;
    for (let i = 0; i < included.length; i++) included[i] = 0;
    for (let i = 0; i < partitions.length; i++) {
      const owned = partitions[i]!;
      if (owned.session !== slot || owned.buffered > 0 || owned.fetchOffset < 0) continue;
      if (owned.refused === true || owned.validateUs > 0 || owned.paused === true) continue;
      included[owned.place] = 1;
      session.offsets[owned.place] = owned.fetchOffset;
      wanted++;
    }
    if (wanted > 0 && canFetchFrom(ctx, consumer, session.broker) === true) submitFetch(ctx, slot);
  }
}

/**
 * EventKind.FetchAnswered: takes the records into the buffer, resets what is out of range. Returns the consumer's index, or -1 when the answer
 * belongs to a session that was closed meanwhile.
 */
export function onFetchAnswered(ctx: ConsumerContext, slot: number, requestId: number): number {
  const session = ctx.fetchSessions.items[slot];
  if (session === null || session.requestId !== requestId || session.state !== 'answering') return -1;
  if (ctx.cluster.links.size > 0 && !isReachable(ctx, session.broker, session.client)) {
    holdMessage(ctx, { from: session.broker, to: session.client });
    return -1;
  }
  const consumer = ctx.consumers[session.member]!;
  session.state = 'idle';
  const answer = session.fetched;
  for (let i = 0; i < answer.length; i++) {
    const fetched = answer[i]!;
    const owned = ownedPartition(consumer, fetched.partition);
    if (owned === undefined || owned.fetchOffset !== fetched.baseOffset) {
      releaseFetched(ctx, fetched);
      continue;
    }
    owned.fetchOffset = fetched.nextOffset;
    owned.lastEpoch = epochBefore(ctx, owned.index, fetched.nextOffset);
    if (ctx.watcher !== null) ctx.watcher.recordsFetched?.(session.member, fetched);
    if (fetched.count === 0) {
      stepOver(consumer, owned, fetched);
      releaseFetched(ctx, fetched);
      continue;
    }
    owned.buffered += fetched.count;
    if (owned.paused === true) {
      consumer.held.push(fetched);
      consumer.heldCursors.push(0);
      continue;
    }
    consumer.queue.push(fetched);
    consumer.queueCursors.push(0);
    consumer.bufferedRecords += fetched.count;
  }
  empty(answer);
  const { member } = session;
  if (session.outOfRange.length > 0) takeOutOfRange(ctx, consumer, session);
  if (session.errors.length > 0) takeFetchErrors(ctx, consumer, session);
  if (session.preferred.length > 0) takePreferred(ctx, consumer, session);
  return member;
}

/** Offsets that are not in the log that was read. A replica may just not have them: then the leader is asked, and only its word resets a position. */
function takeOutOfRange(ctx: ConsumerContext, consumer: ConsumerState, session: FetchSession): void {
  const { leaders, outOfRange, partitions, offsets } = session;
  const elsewhere: number[] = [];
  for (const place of outOfRange) {
    const owned = ownedPartition(consumer, partitions[place]!);
    if (owned === undefined) continue;
    if (leaders !== null && leaders[place]! >= 0) elsewhere.push(owned.index);
    // A seek since then has made it a word about another offset (FetchCollector.handleInitializeErrors).
    else if (owned.fetchOffset === offsets[place]) resetPosition(ctx, consumer, owned);
  }
  empty(outOfRange);
  if (elsewhere.length > 0) leaveReplicaOf(ctx, consumer, elsewhere);
}

/** An answer without records (markers, aborted transactions, holes of compaction) moves the position all the same (CompletedFetch.drain). */
function stepOver(consumer: ConsumerState, owned: OwnedPartition, { baseOffset, nextOffset }: FetchedRecords): void {
  owned.position = nextOffset;
  if (owned.steppedTo !== baseOffset) owned.steppedFrom = baseOffset;
  owned.steppedTo = nextOffset;
  consumer.hasStepped = true;
}

/** One run of records of a poll: `from` to `to` of a fetch answer. */
export interface PollSlice {
  fetched: FetchedRecords;
  from: number;
  to: number;
  /** Whether the answer is used up with this slice and its buffers are free once the slice is served. */
  last: boolean;
}

/** Slices that were served, for new ones: most polls take one, and an object a poll is much where each brings one record. Their content is nobody's. */
const spareSlices: PollSlice[] = [];
const spareSlicesMax = 1024;
const noRecords = createFetchedRecords(-1, 0);

function sliceOf(fetched: FetchedRecords, from: number, to: number, last: boolean): PollSlice {
  const slice = spareSlices.pop();
  if (slice === undefined) return { fetched, from, to, last };
  slice.fetched = fetched;
  slice.from = from;
  slice.to = to;
  slice.last = last;
  return slice;
}

/** The poll is over: its slices are used again, and answers that are used up give their buffers back. */
export function freeSlices(ctx: ConsumerContext, slices: PollSlice[]): void {
  while (slices.length > 0) {
    const slice = slices.pop()!;
    if (slice.last === true) releaseFetched(ctx, slice.fetched);
    slice.fetched = noRecords;
    if (spareSlices.length < spareSlicesMax) spareSlices.push(slice);
  }
}

/** Hands out up to max.poll.records of what is buffered, oldest answers first, and moves the positions. */
export function takeRecords(consumer: ConsumerState, slices: PollSlice[]): number {
  let left = consumer.config.maxPollRecords;
  let taken = 0;
  let used = 0;
  while (used < consumer.queue.length && left > 0) {
    const fetched = consumer.queue[used]!;
    const from = consumer.queueCursors[used]!;
    const count = Math.min(left, fetched.count - from);
    const owned = ownedPartition(consumer, fetched.partition)!;
    const to = from + count;
    const last = to === fetched.count;
    slices.push(sliceOf(fetched, from, to, last));
    owned.buffered -= count;
    owned.position = last ? fetched.nextOffset : offsetOf(fetched, to - 1) + 1;
    left -= count;
    taken += count;
    if (last === true) used++;
    else consumer.queueCursors[used] = to;
  }
  if (used > 0) dropFirst(consumer, used);
  consumer.bufferedRecords -= taken;
  return taken;
}

/** Drops the first `used` answers of the queue. By a loop: the queue is short, and `splice` would make an array of what it drops. */
function dropFirst(consumer: ConsumerState, used: number): void {
  const { queue, queueCursors } = consumer;
  const left = queue.length - used;
  for (let i = 0; i < left; i++) {
    queue[i] = queue[used + i]!;
    queueCursors[i] = queueCursors[used + i]!;
  }
  for (let i = 0; i < used; i++) {
    queue.pop();
    queueCursors.pop();
  }
}

/** Takes everything out of a short array and keeps its memory, which setting its length would give up. */
export function empty(items: unknown[]): void {
  while (items.length > 0) items.pop();
}

export function offsetOf(fetched: FetchedRecords, index: number): number {
  return fetched.offsets !== null ? fetched.offsets[index]! : fetched.baseOffset + index;
}
