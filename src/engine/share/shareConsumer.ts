/** The share consumer's client: which requests it sends, what it has fetched, what it has to acknowledge (ShareConsumerImpl, ShareConsumeRequestManager). */
import { backoffUs } from '../broker/backoff.ts';
import { releaseFetched } from '../broker/fetchSession.ts';
import { isBrokerUp } from '../broker/links.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { FetchedRecords } from '../log/partitionLog.ts';
import type { AcknowledgementBatch } from './acknowledge.ts';
import { dropShareRequest } from './shareLeader.ts';
import { endShareRequest, isShareAnswerThere, sendShareRequest, shareRequestAt } from './shareRequests.ts';
import type { PendingAcknowledgements, ShareContext, ShareMember } from './shareState.ts';

/** Notes what is to be said of records the application has had; it goes with the next request to the partition's leader. */
export function noteAcknowledgements(own: ShareMember, partition: number, batches: readonly AcknowledgementBatch[]): void {
  const pending = own.acknowledgements.find((of) => of.partition === partition);
  if (pending) pending.batches.push(...batches);
  else own.acknowledgements.push({ partition, batches: [...batches] });
}

/**
 * Sends what is to be sent now: with `fetches` a fetch to every broker that leads partitions of the member and has no request of it (`record_limit`: to one broker at a time), and acknowledgements
 * with it; else acknowledgements alone.
 */
export function sendShareRequests(ctx: ShareContext, own: ShareMember, options: { fetches: boolean }): void {
  const member = ctx.members[own.index];
  const brokers = own.inFlight.length;
  let mayFetch = options.fetches && !(own.config.recordLimit && own.inFlight.some((slot) => slot >= 0));
  let leaderless = false;
  const byLeader = new Map<number, number[]>();
  if (mayFetch) {
    for (const index of member.owned) {
      const { leader } = ctx.partitions[index];
      if (leader < 0) leaderless = true;
      else if (byLeader.has(leader)) byLeader.get(leader)!.push(index);
      else byLeader.set(leader, [index]);
    }
  }
  const first = own.rotation;
  for (let step = 0; step < brokers; step++) {
    const broker = (first + step) % brokers;
    if (own.inFlight[broker] >= 0) continue;
    const partitions = mayFetch ? (byLeader.get(broker) ?? []) : [];
    const isDue = partitions.length > 0 || own.acknowledgements.some(({ partition }) => ctx.partitions[partition].leader === broker);
    if (!isDue || !canSend(ctx, own, broker)) continue;
    const acknowledgements = takeFor(ctx, own, broker);
    const type = partitions.length > 0 ? 'fetch' : 'acknowledge';
    own.inFlight[broker] = sendShareRequest(ctx, {
      type,
      member: own.index,
      broker,
      acknowledgements,
      partitions: turned(own, partitions),
    });
    if (type === 'fetch' && own.config.recordLimit) mayFetch = false;
    if (type === 'fetch') own.rotation = (broker + 1) % brokers;
  }
  if (leaderless) planRetry(ctx, own, ctx.events.nowUs + member.config.retryBackoffUs);
}

/** Partitions from another one on each time, so that none starves the others. */
function turned(own: ShareMember, partitions: number[]): number[] {
  if (partitions.length < 2) return partitions;
  const from = own.turn++ % partitions.length;
  return from === 0 ? partitions : [...partitions.slice(from), ...partitions.slice(0, from)];
}

function takeFor(ctx: ShareContext, own: ShareMember, broker: number): PendingAcknowledgements[] {
  const taken = own.acknowledgements.filter(({ partition }) => ctx.partitions[partition].leader === broker);
  if (taken.length > 0) own.acknowledgements = own.acknowledgements.filter((of) => !taken.includes(of));
  return taken;
}

function canSend(ctx: ShareContext, own: ShareMember, broker: number): boolean {
  if (own.retryUs[broker] > ctx.events.nowUs) {
    planRetry(ctx, own, own.retryUs[broker]);
    return false;
  }
  if (isBrokerUp(ctx, broker)) return true;
  backOff(ctx, own, broker);
  return false;
}

/** The broker refused, or could not be reached: it is tried again after `retry.backoff.ms`, longer each time. */
function backOff(ctx: ShareContext, own: ShareMember, broker: number): void {
  const { config, random } = ctx.members[own.index];
  const options = { failures: own.failures++, initialUs: config.retryBackoffUs, maxUs: config.retryBackoffMaxUs };
  own.retryUs[broker] = ctx.events.nowUs + Math.max(1, backoffUs(random, options));
  planRetry(ctx, own, own.retryUs[broker]);
}

function planRetry(ctx: ShareContext, own: ShareMember, atUs: number): void {
  if (own.retryDueUs <= atUs && own.retryDueUs > ctx.events.nowUs) return;
  own.retryDueUs = atUs;
  schedule(ctx.events, atUs, EventKind.MemberWake, own.index, -1);
}

/** EventKind.ShareRequestAnswered. Gives the member whose poll may go on, -1 for none. */
export function onShareRequestAnswered(ctx: ShareContext, slot: number, id: number): number {
  const request = shareRequestAt(ctx, slot, id);
  if (!request || request.state !== 'answering' || !isShareAnswerThere(ctx, slot, request)) return -1;
  const { member, life, broker, fetched, refused } = request;
  if (life !== ctx.members[member].incarnation) {
    dropShareRequest(ctx, slot);
    return -1;
  }
  endShareRequest(ctx, slot);
  const own = ctx.share.members[member]!;
  if (own.inFlight[broker] === slot) own.inFlight[broker] = -1;
  if (refused) backOff(ctx, own, broker);
  else own.failures = 0;
  for (const records of fetched) own.queue.push(records);
  return member;
}

/** EventKind.ShareRequestLost: no answer will come. What it acknowledged may have been taken or not; the client does not say it again. Gives the member whose poll may go on, -1 for none. */
export function onShareRequestLost(ctx: ShareContext, slot: number, id: number): number {
  const request = shareRequestAt(ctx, slot, id);
  if (!request) return -1;
  const { member, life, broker } = request;
  dropShareRequest(ctx, slot);
  if (life !== ctx.members[member].incarnation) return -1;
  const own = ctx.share.members[member]!;
  if (own.inFlight[broker] === slot) own.inFlight[broker] = -1;
  backOff(ctx, own, broker);
  return member;
}

/** Hands out what was fetched, whole answers, until there are `max.poll.records` or more. */
export function takeShareRecords(own: ShareMember, maxRecords: number): FetchedRecords[] {
  const taken: FetchedRecords[] = [];
  let records = 0;
  while (own.queue.length > 0 && records < maxRecords) {
    const fetched = own.queue.shift()!;
    taken.push(fetched);
    records += fetched.count;
  }
  return taken;
}

/** close(): says what is to be acknowledged, and ends the session with every broker it reads from, which gives back what else it holds. */
export function closeShareSessions(ctx: ShareContext, own: ShareMember): void {
  const { owned } = ctx.members[own.index];
  for (let broker = 0; broker < own.inFlight.length; broker++) {
    if (!isBrokerUp(ctx, broker) || !owned.some((index) => ctx.partitions[index].leader === broker)) continue;
    sendShareRequest(ctx, { type: 'close', member: own.index, broker, acknowledgements: takeFor(ctx, own, broker) });
  }
}

/** The process is gone, with all it held. */
export function forgetShareWork(ctx: ShareContext, own: ShareMember): void {
  for (const fetched of own.queue) releaseFetched(ctx, fetched);
  own.queue = [];
  own.acknowledgements = [];
  own.inFlight.fill(-1);
  own.retryUs.fill(0);
  own.retryDueUs = Infinity;
  own.failures = 0;
  own.renewUs = Infinity;
}
