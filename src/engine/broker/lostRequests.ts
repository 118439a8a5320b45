/** Requests whose answer will not come: when their client notices. What it does then is the client's own affair. */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { BrokerContext } from './context.ts';

/** The client of a produce request learns at `atUs` (at once when that has passed) that no answer will come, unless one is there before. The slot stays its own till then. */
export function produceLost(ctx: BrokerContext, slot: number, atUs: number): void {
  const request = ctx.produceRequests.items[slot];
  if (request) schedule(ctx.events, Math.max(ctx.events.nowUs, atUs), EventKind.ProduceLost, slot, request.requestId);
}

/** The same for the fetch a session has in flight. */
export function fetchLost(ctx: BrokerContext, slot: number, atUs: number): void {
  const session = ctx.fetchSessions.items[slot];
  if (session) schedule(ctx.events, Math.max(ctx.events.nowUs, atUs), EventKind.FetchLost, slot, session.requestId);
}

/** When the client gives a produce request up by itself: `request.timeout.ms` after it was sent. */
export function produceGivenUpUs(ctx: BrokerContext, slot: number): number {
  const request = ctx.produceRequests.items[slot];
  return request ? request.sentUs + request.timeoutUs : ctx.events.nowUs;
}
