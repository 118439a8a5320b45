/** What becomes of requests that are under way when a broker dies or a link is cut: their clients notice, at once or when `request.timeout.ms` is over. */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { Endpoint } from './clusterState.ts';
import type { BrokerContext } from './context.ts';
import { isReachable, linkDelayUs } from './links.ts';

interface RequestUnderWay {
  readonly client: Endpoint;
  readonly broker: number;
  readonly sentUs: number;
  readonly timeoutUs: number;
}

/**
 * A broker's process is gone: the system of its machine resets the connections, which clients hear one latency later, behind the answers that had left. Clients beyond a
 * cut link hear nothing and give up when their time is over.
 */
export function breakConnections(ctx: BrokerContext, broker: number): void {
  ctx.cluster.deaths.push(broker);
  forRequests(ctx, (request, kind, slot, requestId) => {
    if (request.broker === broker) schedule(ctx.events, noticedUs(ctx, request), kind, slot, requestId);
  });
}

function noticedUs(ctx: BrokerContext, request: RequestUnderWay): number {
  const { nowUs } = ctx.events;
  const { client, broker } = request;
  if (isReachable(ctx, broker, client)) return Math.round(nowUs + ctx.costs.networkLatencyUs + linkDelayUs(ctx, broker, client));
  return Math.max(nowUs, request.sentUs + request.timeoutUs);
}

/** Links were cut: requests under way on them are given up when their time is over; what arrives after a heal is answered all the same. */
export function waitForAnswers(ctx: BrokerContext): void {
  const { nowUs } = ctx.events;
  forRequests(ctx, (request, kind, slot, requestId) => {
    if (isReachable(ctx, request.client, request.broker)) return;
    schedule(ctx.events, Math.max(nowUs, request.sentUs + request.timeoutUs), kind, slot, requestId);
  });
}

function forRequests(
  { produceRequests, fetchSessions }: BrokerContext,
  visit: (request: RequestUnderWay, lostKind: EventKind, slot: number, requestId: number) => void,
): void {
  for (let slot = 0; slot < produceRequests.items.length; slot++) {
    const request = produceRequests.items[slot];
    if (request) visit(request, EventKind.ProduceLost, slot, request.requestId);
  }
  for (let slot = 0; slot < fetchSessions.items.length; slot++) {
    const session = fetchSessions.items[slot];
    if (session && session.state !== 'idle') visit(session, EventKind.FetchLost, slot, session.requestId);
  }
}
