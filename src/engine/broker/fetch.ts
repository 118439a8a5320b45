/**
 * Fetching: a session per consumer and broker with at most one request in flight, a long poll in the broker's purgatory, answers with whole
 * batches (KIP-227, DelayedFetch, ReplicaManager.fetchMessages). What the session reads is told once; a request only says which of
 * its partitions are wanted and from which offsets.
 */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { bytesAvailable, isInOpenBlock, isOnOlderSegment, missingBlock, readBatches, type ReadOptions } from '../log/partitionLog.ts';
import { answerReadUs } from './answerReads.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import { type FetchSession, releaseFetched, takeFetched } from './fetchSession.ts';
import { holdMessage, isBrokerUp, isReachable, linkDelayUs } from './links.ts';
import { fetchLost } from './lostRequests.ts';
import { requestArrivalUs, responseArrivalUs } from './network.ts';
import { consumerMutedUntilUs, isFetchThrottled, quotaBytesMax } from './quotas.ts';
import { preferredReplica } from './preferredReplica.ts';
import { readableFollower, type ReadableLog, readableLog } from './replicas.ts';
import { wakeShareFetches } from './shareWaits.ts';

/** Bytes of a fetch request and of an answer without its records: about what Kafka's schema takes for a few partitions. */
const requestSizeBytes = 100;
const answerHeaderBytes = 64;
/** How long an empty answer takes at least where the broker does not wait for records. */
const emptyAnswerUs = 1000;

/** Sends a fetch for the partitions marked in `included` from their `offsets`. */
export function submitFetch(ctx: BrokerContext, slot: number): void {
  const session = ctx.fetchSessions.items[slot]!;
  session.state = 'travelling';
  session.sentUs = ctx.events.nowUs;
  session.requestId = ctx.counters.fetchRequests = (ctx.counters.fetchRequests + 1) | 0;
  let arrivalUs = requestArrivalUs(ctx, session.broker, requestSizeBytes);
  if (ctx.cluster.links.size > 0) arrivalUs += wayToBrokerUs(ctx, slot, session);
  if (arrivalUs > session.sentUs + session.timeoutUs) fetchLost(ctx, slot, session.sentUs + session.timeoutUs);
  schedule(ctx.events, arrivalUs, EventKind.FetchArrived, slot, session.requestId);
}

/** What links add to a request's way; one that they cut is given up in time. */
function wayToBrokerUs(ctx: BrokerContext, slot: number, { client, broker, sentUs, timeoutUs }: FetchSession): number {
  if (!isReachable(ctx, client, broker)) fetchLost(ctx, slot, sentUs + timeoutUs);
  return linkDelayUs(ctx, client, broker);
}

/** EventKind.FetchArrived. Returns the number of the block of `counters.missingPartition` that must be made resident first, or -1 when done. */
export function onFetchArrived(ctx: BrokerContext, slot: number, requestId: number): number {
  const session = ctx.fetchSessions.items[slot];
  if (session === null || session.requestId !== requestId || (session.state !== 'travelling' && session.state !== 'rechecking')) return -1;
  if (mayNotBeThere(ctx, session.broker) === true && !isThere(ctx, slot, session)) return -1;
  const { maxWaitUs, minBytes } = session.limits;
  // Whether there is anything at all does not hang on what is in memory: a reader that keeps up finds nothing, and waits.
  const finds = minBytes > 1 || maxWaitUs <= 0 || canAnswer(ctx, session) === true;
  if (finds === true) {
    const missing = missingBlockOf(ctx, session);
    if (missing >= 0) return missing;
    if (minBytes <= 1 || maxWaitUs <= 0 || canAnswer(ctx, session) === true) {
      answer(ctx, session, slot);
      return -1;
    }
  }
  if (session.state === 'travelling') session.deadlineUs = ctx.events.nowUs + session.limits.maxWaitUs;
  session.state = 'waiting';
  startTimer(ctx, session, slot);
  return -1;
}

/** Whether `isThere` has to be asked: not while everything is well. */
function mayNotBeThere(ctx: BrokerContext, broker: number): boolean {
  return ctx.brokers[broker]!.accepting === false || ctx.cluster.links.size > 0 || ctx.capacity.quotas !== null;
}

/** Whether a request is really at its broker: not while the way is cut or its connection is muted, when it waits, nor when the broker is gone, which its client sees at once. */
function isThere(ctx: BrokerContext, slot: number, { client, broker, member, state, requestId }: FetchSession): boolean {
  if (ctx.capacity.quotas !== null && state === 'travelling') {
    const untilUs = consumerMutedUntilUs(ctx, broker, member);
    if (untilUs > 0) {
      schedule(ctx.events, untilUs, EventKind.FetchArrived, slot, requestId);
      return false;
    }
  }
  if (state === 'travelling' && ctx.cluster.links.size > 0 && !isReachable(ctx, client, broker)) {
    holdMessage(ctx, { from: client, to: broker });
    return false;
  }
  if (isBrokerUp(ctx, broker)) return true;
  fetchLost(ctx, slot, Math.round(ctx.events.nowUs + ctx.costs.networkLatencyUs + linkDelayUs(ctx, broker, client)));
  return false;
}

function startTimer(ctx: BrokerContext, session: FetchSession, slot: number): void {
  if (session.timerRuns === true) return;
  session.timerRuns = true;
  schedule(ctx.events, session.deadlineUs, EventKind.FetchExpired, slot, session.id);
}

/** EventKind.FetchExpired. Returns the number of the block of `counters.missingPartition` that must be made resident first, or -1 when done. */
export function onFetchExpired(ctx: BrokerContext, slot: number, sessionId: number): number {
  const session = ctx.fetchSessions.items[slot];
  if (session === null || session.id !== sessionId) return -1;
  session.timerRuns = false;
  if (session.state !== 'waiting' || !isBrokerUp(ctx, session.broker)) return -1;
  if (ctx.events.nowUs < session.deadlineUs) {
    startTimer(ctx, session, slot);
    return -1;
  }
  const missing = missingBlockOf(ctx, session);
  if (missing >= 0) return missing;
  answer(ctx, session, slot);
  return -1;
}

/** The high watermark of a partition has moved at a broker: fetches that waited there are answered (DelayedFetch.tryComplete). */
export function partitionAdvanced(ctx: BrokerContext, index: number, broker: number): void {
  const partition = ctx.partitions[index]!;
  if (partition.shareWaits > 0) wakeShareFetches(ctx, index);
  const { watchers } = partition;
  for (let i = 0; i < watchers.length; i += 2) {
    const slot = watchers[i]!;
    const session = ctx.fetchSessions.items[slot]!;
    if (session.state !== 'waiting' || session.broker !== broker || session.included[watchers[i + 1]!] === 0) continue;
    // The last stable offset may stand still, and after an unclean election the reader may be ahead.
    const { minBytes } = session.limits;
    const sees = minBytes <= 1 && partition.replicas.length === 0 && session.isolation === 'read_uncommitted';
    if (sees === false && !canAnswer(ctx, session)) continue;
    if (sees === true || (minBytes <= 1 && readsOpenBlocks(ctx, session))) {
      answer(ctx, session, slot);
    } else {
      // What it waited with may have been evicted since: an event looks again, with the block there.
      session.state = 'rechecking';
      schedule(ctx.events, ctx.events.nowUs, EventKind.FetchArrived, slot, session.requestId);
    }
  }
}

/** A broker leads a partition no longer: fetches that wait there for it are answered with the error. */
export function readersRefused(ctx: BrokerContext, index: number, broker: number): void {
  wakeShareFetches(ctx, index);
  const { watchers } = ctx.partitions[index]!;
  for (let i = 0; i < watchers.length; i += 2) {
    const session = ctx.fetchSessions.items[watchers[i]!]!;
    if (session.state !== 'waiting' || session.broker !== broker || session.included[watchers[i + 1]!] === 0) continue;
    session.state = 'rechecking';
    schedule(ctx.events, ctx.events.nowUs, EventKind.FetchArrived, watchers[i]!, session.requestId);
  }
}

/** What a session reads of its partition at a place; null when its broker does not lead it, or follows somebody else than the client thinks. Valid until the next call. */
function readableBy({ broker, isolation, leaders, offsets }: FetchSession, partition: PartitionState, place: number): ReadableLog | null {
  const offset = offsets[place]!;
  const committed = isolation === 'read_committed';
  if (leaders === null || leaders[place]! < 0) return readableLog(partition, broker, offset, committed);
  return readableFollower(partition, broker, { offset, leader: leaders[place]!, committed });
}

/** Whether a session reads up to high watermarks, of leaders that send it nowhere else: what most do. */
const isPlain = ({ isolation, leaders, rack }: FetchSession): boolean =>
  isolation === 'read_uncommitted' && leaders === null && rack === '';

/** Whether a plain session has read all there is of a partition: nothing else is asked for it then. Where there are several replicas it is not looked at. */
function isAtEnd({ broker }: FetchSession, { holder, replicas, log }: PartitionState, offset: number): boolean {
  return offset === log.highWatermark && holder === broker && replicas.length === 0;
}

const asFollower = ({ leaders }: FetchSession, place: number): boolean => leaders !== null && leaders[place]! >= 0;

/** Broker that the leader sends a reader to instead of answering, -1 for none. */
function sentTo(ctx: BrokerContext, session: FetchSession, place: number): number {
  return asFollower(session, place) ? -1 : preferredReplica(ctx, session, session.partitions[place]!, session.offsets[place]!);
}

/** Whether at least `minBytes` are there, or something else is to be told, which is done at once: an offset out of range, another leader. */
function canAnswer(ctx: BrokerContext, session: FetchSession): boolean {
  let bytes = 0;
  const { partitions, included, offsets, limits } = session;
  const plain = isPlain(session);
  for (let i = 0; i < partitions.length; i++) {
    if (included[i] === 0) continue;
    const partition = ctx.partitions[partitions[i]!]!;
    const offset = offsets[i]!;
    if (plain === true && isAtEnd(session, partition, offset) === true) continue;
    const readable = readableBy(session, partition, i);
    if (readable === null || offset < partition.log.logStartOffset || offset > readable.logEndOffset) return true;
    if (session.rack !== '' && sentTo(ctx, session, i) >= 0) return true;
    const { log, limit } = readable;
    if (offset >= limit) continue;
    if (limits.minBytes <= 1) return true;
    // DelayedFetch.tryComplete: a reader that is behind by a segment does not wait.
    if (isOnOlderSegment(log, Math.max(offset, log.logStartOffset), limit)) return true;
    // No partition counts for more than an answer takes of it.
    bytes += bytesAvailable(log, offset, limit, Math.min(limits.minBytes - bytes, limits.maxPartitionBytes));
    if (bytes >= limits.minBytes) return true;
  }
  return limits.minBytes <= 0;
}

/** Whether all that is there for a session lies in blocks that are appended to, whatever the host has evicted of the others. */
function readsOpenBlocks(ctx: BrokerContext, session: FetchSession): boolean {
  const { partitions, included, offsets } = session;
  for (let i = 0; i < partitions.length; i++) {
    if (included[i] === 0) continue;
    const readable = readableBy(session, ctx.partitions[partitions[i]!]!, i);
    if (readable !== null && offsets[i]! < readable.limit && !isInOpenBlock(readable.log, offsets[i]!)) return false;
  }
  return true;
}

function missingBlockOf(ctx: BrokerContext, session: FetchSession): number {
  const plain = isPlain(session);
  for (let i = 0; i < session.partitions.length; i++) {
    if (session.included[i] === 0) continue;
    const index = session.partitions[i]!;
    const partition = ctx.partitions[index]!;
    const offset = session.offsets[i]!;
    if (plain === true && isAtEnd(session, partition, offset) === true) continue;
    const readable = readableBy(session, partition, i);
    if (readable === null || offset < partition.log.logStartOffset || offset >= readable.limit) continue;
    if (session.rack !== '' && sentTo(ctx, session, i) >= 0) continue;
    const missing = missingBlock(readable.log, offset);
    if (missing < 0) continue;
    ctx.counters.missingPartition = index;
    return missing;
  }
  return -1;
}

/** Used again for every read. The halves make doubles of the fields. */
const toRead: { -readonly [K in keyof Required<ReadOptions>]: Required<ReadOptions>[K] } = {
  offset: 0.5,
  limit: 0.5,
  maxBytes: 0.5,
  maxRecords: 0.5,
  atLeastOne: true,
  isolation: 'read_uncommitted',
};

function answer(ctx: BrokerContext, session: FetchSession, slot: number): void {
  const { partitions, included, offsets, limits } = session;
  const count = partitions.length;
  const maxBytes = ctx.capacity.quotas === null ? limits.maxBytes : Math.min(limits.maxBytes, quotaBytesMax(ctx));
  let bytes = 0;
  let records = 0;
  let last = session.rotation;
  const plain = isPlain(session);
  for (let step = 0; step < count; step++) {
    const i = (session.rotation + step) % count;
    if (included[i] === 0) continue;
    const index = partitions[i]!;
    const partition = ctx.partitions[index]!;
    const offset = offsets[i]!;
    if (plain === true && isAtEnd(session, partition, offset) === true) continue;
    const readable = readableBy(session, partition, i);
    if (readable === null) {
      session.errors.push({ position: i, error: asFollower(session, i) ? 'FENCED_LEADER_EPOCH' : 'NOT_LEADER_OR_FOLLOWER' });
      continue;
    }
    if (offset < partition.log.logStartOffset || offset > readable.logEndOffset) {
      session.outOfRange.push(i);
      continue;
    }
    const nearer = session.rack === '' ? -1 : sentTo(ctx, session, i);
    if (nearer >= 0) {
      session.preferred.push({ position: i, broker: nearer });
      continue;
    }
    const { log, limit } = readable;
    if (offset >= limit || records >= limits.maxRecords || (bytes > 0 && bytes >= maxBytes)) continue;
    const fetched = takeFetched(ctx);
    fetched.partition = index;
    toRead.offset = offset;
    toRead.limit = limit;
    toRead.maxBytes = Math.min(limits.maxPartitionBytes, maxBytes - bytes);
    toRead.maxRecords = limits.maxRecords - records;
    toRead.atLeastOne = bytes === 0;
    toRead.isolation = session.isolation;
    readBatches(log, toRead, fetched);
    // Without records but with a later offset to go on from, it held only markers or aborted records: the reader is told.
    if (fetched.nextOffset === offset) {
      releaseFetched(ctx, fetched);
      continue;
    }
    if (log !== partition.log) fetched.position = -1;
    bytes += fetched.bytes;
    records += fetched.count;
    partition.fetchedRecords += fetched.count;
    last = i + 1;
    session.fetched.push(fetched);
    mix(ctx.trace, ctx.events.nowUs, EventKind.FetchArrived, index, fetched.nextOffset);
  }
  session.rotation = count === 0 ? 0 : last % count;
  session.state = 'answering';
  if (bytes > 0 && ctx.capacity.quotas !== null && isFetchThrottled(ctx, session, answerHeaderBytes + bytes))
    bytes = dropRecords(ctx, session);
  const readUs = bytes === 0 ? ctx.events.nowUs : answerReadUs(ctx, session.broker, session.fetched);
  let arrivalUs = responseArrivalUs(ctx, session.broker, answerHeaderBytes + bytes, readUs);
  // A reader that never waits and a network that costs nothing would ask for ever in one moment: time has to pass.
  const asksAgainAtOnce =
    (limits.maxWaitUs <= 0 || limits.minBytes <= 0 || session.errors.length > 0 || session.preferred.length > 0) &&
    session.fetched.length === 0 &&
    session.outOfRange.length === 0;
  if (asksAgainAtOnce === true && arrivalUs === ctx.events.nowUs) arrivalUs += emptyAnswerUs;
  if (ctx.cluster.links.size > 0) arrivalUs += linkDelayUs(ctx, session.broker, session.client);
  if (arrivalUs > session.sentUs + session.timeoutUs) fetchLost(ctx, slot, session.sentUs + session.timeoutUs);
  schedule(ctx.events, arrivalUs, EventKind.FetchAnswered, slot, session.requestId);
}

/** Takes the records out of an answer; they will be asked for again. Gives the bytes that are left. */
function dropRecords(ctx: BrokerContext, { fetched }: FetchSession): number {
  for (const records of fetched) {
    ctx.partitions[records.partition]!.fetchedRecords -= records.count;
    releaseFetched(ctx, records);
  }
  fetched.length = 0;
  return 0;
}
