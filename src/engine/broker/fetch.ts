/**
 * Fetching: a session per consumer and broker with at most one request in flight, a long poll in the broker's purgatory, answers with whole
 * batches (KIP-227, DelayedFetch, ReplicaManager.fetchMessages). What the session reads is told once; a request only says which of
 * its partitions are wanted and from which offsets.
 */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { createColumns } from '../log/columns.ts';
import { bytesAvailable, type FetchedRecords, missingBlock, readBatches } from '../log/partitionLog.ts';
import type { BrokerContext } from './context.ts';
import type { FetchLimits, FetchSession } from './fetchSession.ts';
import { requestArrivalUs, responseArrivalUs } from './network.ts';
import { freeSlot, takeSlot } from './slots.ts';

/** Bytes of a fetch request and of an answer without its records: about what Kafka's schema takes for a few partitions. */
const requestSizeBytes = 100;
const answerHeaderBytes = 64;
/** How long an empty answer takes at least where the broker does not wait for records. */
const emptyAnswerUs = 1000;

export function openFetchSession(
  ctx: BrokerContext,
  options: { member: number; broker: number; partitions: readonly number[]; limits: FetchLimits },
): number {
  const count = options.partitions.length;
  const slot = takeSlot<FetchSession>(ctx.fetchSessions, {
    member: options.member,
    broker: options.broker,
    limits: options.limits,
    state: 'idle',
    id: (ctx.counters.fetchSessions = (ctx.counters.fetchSessions + 1) | 0),
    requestId: -1,
    deadlineUs: 0,
    timerRuns: false,
    partitions: Int32Array.from(options.partitions),
    included: new Uint8Array(count),
    offsets: new Float64Array(count),
    rotation: 0,
    fetched: [],
    outOfRange: [],
  });
  for (let i = 0; i < count; i++) ctx.partitions[options.partitions[i]!]!.watchers.push(slot, i);
  return slot;
}

/** Closes a session; an answer on its way is thrown away, its buffers are kept for others. */
export function closeFetchSession(ctx: BrokerContext, slot: number): void {
  const session = ctx.fetchSessions.items[slot]!;
  for (const index of session.partitions) {
    const watchers = ctx.partitions[index]!.watchers;
    for (let i = 0; i < watchers.length; i += 2) {
      if (watchers[i] !== slot) continue;
      watchers.splice(i, 2);
      break;
    }
  }
  for (const fetched of session.fetched) releaseFetched(ctx, fetched);
  freeSlot(ctx.fetchSessions, slot);
}

/** Sends a fetch for the partitions marked in `included` from their `offsets`. */
export function submitFetch(ctx: BrokerContext, slot: number): void {
  const session = ctx.fetchSessions.items[slot]!;
  session.state = 'travelling';
  session.requestId = ctx.counters.fetchRequests = (ctx.counters.fetchRequests + 1) | 0;
  schedule(ctx.events, requestArrivalUs(ctx, session.broker, requestSizeBytes), EventKind.FetchArrived, slot, session.requestId);
}

/** EventKind.FetchArrived. Returns the number of the block of `counters.missingPartition` that must be made resident first, or -1 when done. */
export function onFetchArrived(ctx: BrokerContext, slot: number, requestId: number): number {
  const session = ctx.fetchSessions.items[slot];
  if (!session || session.requestId !== requestId || (session.state !== 'travelling' && session.state !== 'rechecking')) return -1;
  const missing = missingBlockOf(ctx, session);
  if (missing >= 0) return missing;
  if (session.limits.maxWaitUs <= 0 || canAnswer(ctx, session)) {
    answer(ctx, session, slot);
    return -1;
  }
  if (session.state === 'travelling') session.deadlineUs = ctx.events.nowUs + session.limits.maxWaitUs;
  session.state = 'waiting';
  startTimer(ctx, session, slot);
  return -1;
}

function startTimer(ctx: BrokerContext, session: FetchSession, slot: number): void {
  if (session.timerRuns) return;
  session.timerRuns = true;
  schedule(ctx.events, session.deadlineUs, EventKind.FetchExpired, slot, session.id);
}

/** EventKind.FetchExpired. Returns the number of the block of `counters.missingPartition` that must be made resident first, or -1 when done. */
export function onFetchExpired(ctx: BrokerContext, slot: number, sessionId: number): number {
  const session = ctx.fetchSessions.items[slot];
  if (!session || session.id !== sessionId) return -1;
  session.timerRuns = false;
  if (session.state !== 'waiting') return -1;
  if (ctx.events.nowUs < session.deadlineUs) {
    startTimer(ctx, session, slot);
    return -1;
  }
  const missing = missingBlockOf(ctx, session);
  if (missing >= 0) return missing;
  answer(ctx, session, slot);
  return -1;
}

/** The high watermark of a partition has moved: fetches that waited for it are answered (DelayedFetch.tryComplete). */
export function partitionAdvanced(ctx: BrokerContext, index: number): void {
  const watchers = ctx.partitions[index]!.watchers;
  for (let i = 0; i < watchers.length; i += 2) {
    const slot = watchers[i]!;
    const session = ctx.fetchSessions.items[slot]!;
    if (session.state !== 'waiting' || session.included[watchers[i + 1]!] === 0) continue;
    if (session.limits.minBytes <= 1) {
      answer(ctx, session, slot);
    } else if (canAnswer(ctx, session)) {
      // What it waited with may have been evicted since, and then its bytes are a guess: an event looks again, with the block there.
      session.state = 'rechecking';
      schedule(ctx.events, ctx.events.nowUs, EventKind.FetchArrived, slot, session.requestId);
    }
  }
}

/** Gives an answer's buffers back for reuse. */
export function releaseFetched(ctx: BrokerContext, fetched: FetchedRecords): void {
  if (ctx.fetchedPool.length < 4096) ctx.fetchedPool.push(fetched);
}

function takeFetched(ctx: BrokerContext): FetchedRecords {
  return (
    ctx.fetchedPool.pop() ?? { partition: -1, baseOffset: 0, nextOffset: 0, count: 0, bytes: 0, columns: createColumns(16), offsets: null }
  );
}

/** Whether at least `minBytes` are there, or an offset is out of range, which is answered at once. */
function canAnswer(ctx: BrokerContext, session: FetchSession): boolean {
  let bytes = 0;
  const { partitions, included, offsets, limits } = session;
  for (let i = 0; i < partitions.length; i++) {
    if (included[i] === 0) continue;
    const log = ctx.partitions[partitions[i]!]!.log;
    const offset = offsets[i]!;
    if (offset < log.logStartOffset || offset > log.logEndOffset) return true;
    if (offset >= log.highWatermark) continue;
    if (limits.minBytes <= 1) return true;
    // No partition counts for more than an answer takes of it.
    bytes += bytesAvailable(log, offset, log.highWatermark, Math.min(limits.minBytes - bytes, limits.maxPartitionBytes));
    if (bytes >= limits.minBytes) return true;
  }
  return limits.minBytes <= 0;
}

function missingBlockOf(ctx: BrokerContext, session: FetchSession): number {
  for (let i = 0; i < session.partitions.length; i++) {
    if (session.included[i] === 0) continue;
    const index = session.partitions[i]!;
    const log = ctx.partitions[index]!.log;
    const offset = session.offsets[i]!;
    if (offset < log.logStartOffset || offset >= log.highWatermark) continue;
    const missing = missingBlock(log, offset);
    if (missing < 0) continue;
    ctx.counters.missingPartition = index;
    return missing;
  }
  return -1;
}

function answer(ctx: BrokerContext, session: FetchSession, slot: number): void {
  const { partitions, included, offsets, limits } = session;
  const count = partitions.length;
  let bytes = 0;
  let records = 0;
  let last = session.rotation;
  for (let step = 0; step < count; step++) {
    const i = (session.rotation + step) % count;
    if (included[i] === 0) continue;
    const index = partitions[i]!;
    const partition = ctx.partitions[index]!;
    const { log } = partition;
    const offset = offsets[i]!;
    if (offset < log.logStartOffset || offset > log.logEndOffset) {
      session.outOfRange.push(i);
      continue;
    }
    if (offset >= log.highWatermark || records >= limits.maxRecords || (bytes > 0 && bytes >= limits.maxBytes)) continue;
    const fetched = takeFetched(ctx);
    fetched.partition = index;
    const room = Math.min(limits.maxPartitionBytes, limits.maxBytes - bytes);
    readBatches(
      log,
      { offset, limit: log.highWatermark, maxBytes: room, maxRecords: limits.maxRecords - records, atLeastOne: bytes === 0 },
      fetched,
    );
    if (fetched.count === 0) {
      releaseFetched(ctx, fetched);
      continue;
    }
    bytes += fetched.bytes;
    records += fetched.count;
    partition.fetchedRecords += fetched.count;
    last = i + 1;
    session.fetched.push(fetched);
    mix(ctx.trace, ctx.events.nowUs, EventKind.FetchArrived, index, fetched.nextOffset);
  }
  session.rotation = count === 0 ? 0 : last % count;
  session.state = 'answering';
  let arrivalUs = responseArrivalUs(ctx, session.broker, answerHeaderBytes + bytes);
  // A reader that never waits and a network that costs nothing would ask for ever in one moment: time has to pass.
  const asksAgainAtOnce =
    (limits.maxWaitUs <= 0 || limits.minBytes <= 0) && session.fetched.length === 0 && session.outOfRange.length === 0;
  if (asksAgainAtOnce && arrivalUs === ctx.events.nowUs) arrivalUs += emptyAnswerUs;
  schedule(ctx.events, arrivalUs, EventKind.FetchAnswered, slot, session.requestId);
}
