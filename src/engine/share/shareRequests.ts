/** Requests of share group members on their way to brokers and back, and what becomes of them when brokers die or links are cut. */
import { holdMessage, isBrokerUp, isReachable, linkDelayUs } from '../broker/links.ts';
import { requestArrivalUs, responseArrivalUs } from '../broker/network.ts';
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { PendingAcknowledgements, ShareContext, ShareRequest } from './shareState.ts';

/** Bytes of a request and of an answer without records: about what Kafka's schemas take, and one acknowledgement batch more. */
const requestSizeBytes = 100;
const batchSizeBytes = 20;
export const answerHeaderBytes = 64;

/** Sends a request to a broker. Gives its slot. */
export function sendShareRequest(
  ctx: ShareContext,
  fields: Pick<ShareRequest, 'type' | 'member' | 'broker'> & Partial<Pick<ShareRequest, 'acknowledgements' | 'partitions'>>,
): number {
  const { type, member, broker, acknowledgements = [], partitions = [] } = fields;
  const { events, share } = ctx;
  const client = ctx.members[member];
  const id = (share.requestIds = (share.requestIds + 1) & 0x7fffffff);
  const slot = takeSlot<ShareRequest>(share.requests, {
    type,
    id,
    member,
    life: client.incarnation,
    broker,
    sentUs: events.nowUs,
    state: 'travelling',
    acknowledgements,
    acknowledged: acknowledgements.length === 0,
    writesLeft: 0,
    partitions,
    fetchDone: type !== 'fetch',
    deadlineUs: 0,
    fetched: [],
    refused: false,
  });
  const batches = acknowledgements.reduce((sum, of: PendingAcknowledgements) => sum + of.batches.length, 0);
  const arrivalUs = requestArrivalUs(ctx, broker, requestSizeBytes + batches * batchSizeBytes);
  if (!isReachable(ctx, client.endpoint, broker)) loseShareRequest(ctx, slot, events.nowUs + client.config.requestTimeoutUs);
  schedule(events, Math.round(arrivalUs + linkDelayUs(ctx, client.endpoint, broker)), EventKind.ShareRequestArrived, slot, id);
  return slot;
}

/** The member learns at `atUs` that no answer will come, unless one is there before. */
export function loseShareRequest(ctx: ShareContext, slot: number, atUs: number): void {
  const request = ctx.share.requests.items[slot];
  if (request) schedule(ctx.events, Math.max(ctx.events.nowUs, Math.round(atUs)), EventKind.ShareRequestLost, slot, request.id);
}

/** Whether a request that travelled is really at its broker: it waits before a cut link, and finds nobody at a broker that is gone. */
export function isShareRequestThere(ctx: ShareContext, slot: number, { member, broker, state, sentUs }: ShareRequest): boolean {
  const { endpoint, config } = ctx.members[member];
  if (state === 'travelling' && !isReachable(ctx, endpoint, broker)) {
    holdMessage(ctx, { from: endpoint, to: broker });
    loseShareRequest(ctx, slot, sentUs + config.requestTimeoutUs);
    return false;
  }
  if (isBrokerUp(ctx, broker)) return true;
  loseShareRequest(ctx, slot, ctx.events.nowUs + ctx.costs.networkLatencyUs + linkDelayUs(ctx, broker, endpoint));
  return false;
}

/** Sends the answer back; its records are read by `readyUs`. An answer that brings nothing takes time at least where nothing else does, or its member would ask for ever in one moment. */
export function answerShareRequest(ctx: ShareContext, slot: number, options: { bytes: number; readyUs: number; leastUs: number }): void {
  const request = ctx.share.requests.items[slot]!;
  request.state = 'answering';
  const arrivalUs = responseArrivalUs(ctx, request.broker, answerHeaderBytes + options.bytes, options.readyUs);
  const delayUs = linkDelayUs(ctx, request.broker, ctx.members[request.member].endpoint);
  const atUs = Math.max(arrivalUs + delayUs, ctx.events.nowUs + options.leastUs);
  schedule(ctx.events, Math.round(atUs), EventKind.ShareRequestAnswered, slot, request.id);
}

/** Whether an answer has reached its member: before a cut link it waits, and the member gives up when its time is over. */
export function isShareAnswerThere(ctx: ShareContext, slot: number, { member, broker, sentUs }: ShareRequest): boolean {
  const { endpoint, config } = ctx.members[member];
  if (isReachable(ctx, broker, endpoint)) return true;
  holdMessage(ctx, { from: broker, to: endpoint });
  loseShareRequest(ctx, slot, sentUs + config.requestTimeoutUs);
  return false;
}

/** The request of an event, if it is still the one that was sent. */
export function shareRequestAt(ctx: ShareContext, slot: number, id: number): ShareRequest | null {
  const request = ctx.share.requests.items[slot];
  return request?.id === id ? request : null;
}

export function endShareRequest(ctx: ShareContext, slot: number): void {
  freeSlot(ctx.share.requests, slot);
}

/** A broker has died: its clients see their connections reset one latency later; those beyond a cut link hear of it when their time is over. */
export function shareBrokerDied(ctx: ShareContext, broker: number): void {
  const { items } = ctx.share.requests;
  for (let slot = 0; slot < items.length; slot++) {
    const request = items[slot];
    if (!request || request.broker !== broker) continue;
    const { endpoint, config } = ctx.members[request.member];
    const hearsUs = ctx.events.nowUs + ctx.costs.networkLatencyUs + linkDelayUs(ctx, broker, endpoint);
    loseShareRequest(ctx, slot, isReachable(ctx, broker, endpoint) ? hearsUs : request.sentUs + config.requestTimeoutUs);
  }
}
