/** Which broker coordinates a group, how members find it, and what happens when that changes (Kafka's GroupCoordinatorService.onElection and onResignation, AbstractCoordinator). */
import { backoffUs } from '../broker/backoff.ts';
import { isAnyBrokerReached, roundTripUs } from '../broker/clientRecovery.ts';
import { holdMessage, isBrokerUp, isReachable, linkDelayUs } from '../broker/links.ts';
import { requestArrivalUs } from '../broker/network.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { GroupContext } from './context.ts';
import type { GroupState } from './groupState.ts';
import type { GroupMember } from './memberState.ts';

/** What is on its way to a coordinator: group requests and commits alike. */
export interface CoordinatorRequest {
  /** Unique in the run; its events carry it. */
  requestId: number;
  /** Broker it was sent to, -1 while none was found, and the life of it. */
  broker: number;
  brokerIncarnation: number;
  sentUs: number;
  /** It was lost and waits in its slot to be sent again. */
  backsOff: boolean;
  /** When its sender gives up for good, whatever it waits for then; Infinity: never. */
  deadlineUs: number;
}

export const notSent: CoordinatorRequest = {
  requestId: 0,
  broker: -1,
  brokerIncarnation: 0,
  sentUs: 0,
  backsOff: false,
  deadlineUs: Infinity,
};

/** Broker that leads the group's partition of __consumer_offsets, -1 while nobody does. Where that topic is not modelled, the one it began with. */
export function coordinatorNow(ctx: GroupContext, group: GroupState): number {
  const { internals, controller } = ctx.cluster;
  for (let i = 0; i < internals.length; i++)
    if (internals[i].key === group.key) return controller.partitions[internals[i].registration].leader;
  return group.coordinator;
}

/** Whether the broker that holds the group in memory is still its coordinator; its timers run only then. */
export function isCoordinated(ctx: GroupContext, group: GroupState): boolean {
  if (group.loading) return false;
  const broker = ctx.brokers[group.coordinator];
  if (broker.accepting && broker.incarnation === group.coordinatorIncarnation && coordinatorNow(ctx, group) === group.coordinator)
    return true;
  // Whatever this timer would have done, the next coordinator reads the group from the log and begins all sessions anew.
  group.coordinatorIncarnation = -1;
  return false;
}

/**
 * Sends a request to the coordinator the member knows; one that knows none asks first (FindCoordinator, a round trip). When there is none, or it refuses the connection,
 * the member hears of it by GroupRequestLost.
 */
export function sendToCoordinator(
  ctx: GroupContext,
  member: GroupMember,
  request: CoordinatorRequest,
  way: { readonly kind: EventKind; readonly slot: number; readonly sizeBytes: number; readonly timeoutUs: number },
): void {
  const { nowUs } = ctx.events;
  request.requestId = ctx.counters.groupRequests = (ctx.counters.groupRequests + 1) | 0;
  request.sentUs = nowUs;
  let delayUs = 0;
  if (member.coordinator < 0) {
    delayUs = roundTripUs(ctx);
    findCoordinator(ctx, member);
  }
  const broker = member.coordinator;
  request.broker = broker;
  request.brokerIncarnation = member.coordinatorIncarnation;
  if (!isBrokerUp(ctx, broker) || ctx.brokers[broker].incarnation !== member.coordinatorIncarnation) {
    loseRequest(ctx, way.slot, request, nowUs + Math.max(1, delayUs, ctx.costs.networkLatencyUs));
    return;
  }
  if (!isReachable(ctx, member.endpoint, broker)) loseRequest(ctx, way.slot, request, nowUs + way.timeoutUs);
  const arrivalUs = requestArrivalUs(ctx, broker, way.sizeBytes) + delayUs + linkDelayUs(ctx, member.endpoint, broker);
  schedule(ctx.events, Math.round(arrivalUs), way.kind, way.slot, request.requestId);
}

/** FindCoordinator: the broker that leads the group's partition, as any broker tells; the member's answer stays as it was when there is none that is up. */
export function findCoordinator(ctx: GroupContext, member: GroupMember): void {
  const broker = isAnyBrokerReached(ctx, member.endpoint) ? coordinatorNow(ctx, ctx.groups[member.group]) : -1;
  if (!isBrokerUp(ctx, broker)) return;
  member.coordinator = broker;
  member.coordinatorIncarnation = ctx.brokers[broker].incarnation;
}

/** The member learns at `atUs` that no answer will come, or when it gives up, if that is earlier. */
export function loseRequest(ctx: GroupContext, slot: number, request: CoordinatorRequest, atUs: number): void {
  const learnsUs = Math.min(Math.round(atUs), request.deadlineUs);
  schedule(ctx.events, Math.max(ctx.events.nowUs, learnsUs), EventKind.GroupRequestLost, slot, request.requestId);
}

/** Whether a request is really at its broker: not while the way is cut, where it waits, nor when the broker has died, which the member sees at once. */
export function isAtBroker(ctx: GroupContext, member: GroupMember, slot: number, request: CoordinatorRequest): boolean {
  const { broker } = request;
  if (!isReachable(ctx, member.endpoint, broker)) {
    holdMessage(ctx, { from: member.endpoint, to: broker });
    loseRequest(ctx, slot, request, request.sentUs + member.config.requestTimeoutUs);
    return false;
  }
  if (isBrokerUp(ctx, broker) && ctx.brokers[broker].incarnation === request.brokerIncarnation) return true;
  loseRequest(ctx, slot, request, ctx.events.nowUs + ctx.costs.networkLatencyUs);
  return false;
}

/** Whether an answer reaches its member: before a cut link it waits, and the member gives up when its time is over. */
export function reachesMember(ctx: GroupContext, member: GroupMember, slot: number, request: CoordinatorRequest): boolean {
  if (isReachable(ctx, request.broker, member.endpoint)) return true;
  holdMessage(ctx, { from: request.broker, to: member.endpoint });
  loseRequest(ctx, slot, request, request.sentUs + member.config.requestTimeoutUs);
  return false;
}

/** The member knows no coordinator any more. Returns how long it waits before it asks, `retry.backoff.ms` and longer each time. */
export function forgetCoordinator(member: GroupMember): number {
  member.coordinator = -1;
  const { retryBackoffUs, retryBackoffMaxUs } = member.config;
  const failures = member.coordinatorFailures++;
  return Math.max(1, backoffUs(member.random, { failures, initialUs: retryBackoffUs, maxUs: retryBackoffMaxUs }));
}
