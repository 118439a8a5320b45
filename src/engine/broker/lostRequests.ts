/** Requests whose answer will not come: when their client notices. What it does then is the client's own affair. */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { BrokerContext } from './context.ts';
import type { ProduceRequest } from './produceRequest.ts';

/** The client of a produce request learns at `atUs` (at once when that has passed) that no answer will come, unless one is there before. The slot stays its own till then. */
export function produceLost(ctx: BrokerContext, slot: number, atUs: number): void {
  const request = ctx.produceRequests.items[slot];
  if (request) schedule(ctx.events, Math.max(ctx.events.nowUs, atUs), EventKind.ProduceLost, slot, request.requestId);
}

/**
 * It is known now that a produce request gets nowhere before `atUs`: its client gives it up before that when it is `request.timeout.ms` old, and the batches in it that are
 * `delivery.timeout.ms` old by then. With acks=0 the client waits for nothing.
 */
export function produceTakesUntil(ctx: BrokerContext, slot: number, request: ProduceRequest, atUs: number): void {
  if (request.acks === '0') return;
  const givenUpUs = request.sentUs + request.timeoutUs;
  if (atUs > givenUpUs) produceLost(ctx, slot, givenUpUs);
  batchesExpireBefore(ctx, request, atUs);
}

/** The second half of it, for a request whose answer is awaited until `atUs` at most. */
export function batchesExpireBefore(ctx: BrokerContext, { expiresUs, producer }: ProduceRequest, atUs: number): void {
  if (atUs > expiresUs) schedule(ctx.events, Math.max(ctx.events.nowUs, expiresUs), EventKind.ProducerRetry, producer, expiryGeneration);
}

/** Instead of 0, what tells a client that its metadata is too old: batches in flight are. */
export const expiryGeneration = 1;

/** As `produceLost` for the fetch a session has in flight. */
export function fetchLost(ctx: BrokerContext, slot: number, atUs: number): void {
  const session = ctx.fetchSessions.items[slot];
  if (session) schedule(ctx.events, Math.max(ctx.events.nowUs, atUs), EventKind.FetchLost, slot, session.requestId);
}

/** When the client gives a produce request up by itself: `request.timeout.ms` after it was sent. */
export function produceGivenUpUs(ctx: BrokerContext, slot: number): number {
  const request = ctx.produceRequests.items[slot];
  return request ? request.sentUs + request.timeoutUs : ctx.events.nowUs;
}
