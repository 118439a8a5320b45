/** Requests to a coordinator that was away, has moved, or could not be reached: what the member does about it (Kafka's handlers of NOT_COORDINATOR and of lost connections). */
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { GroupContext } from './context.ts';
import { forgetCoordinator, loseRequest } from './coordination.ts';
import { membershipProtocols } from './membershipProtocols.ts';
import { sendJoin } from './memberRequests.ts';
import type { GroupMember } from './memberState.ts';
import type { GroupRequest } from './protocol.ts';

export { forgetCoordinator } from './coordination.ts';

/** EventKind.GroupRequestLost, for joins, syncs, heartbeats and leaves of any protocol: no answer will come, or a backoff is over. False when the slot holds no such request. */
export function onGroupRequestLost(ctx: GroupContext, slot: number, requestId: number): boolean {
  const request = ctx.groupRequests.items[slot];
  if (!request || request.requestId !== requestId) return false;
  const member = ctx.members[request.member];
  freeSlot(ctx.groupRequests, slot);
  if (request.incarnation !== member.incarnation) return true;
  if (request.type === 'consumer-heartbeat') membershipProtocols.consumer.lost(ctx, member, request);
  else if (!request.backsOff) requestFailed(ctx, member, request);
  else if (member.state === 'joining' || member.state === 'syncing') sendJoin(ctx, member);
  return true;
}

/** A request came to nothing: the member looks for its coordinator again. Joins and syncs become a new join after a backoff, a heartbeat is due again after one. */
export function requestFailed(ctx: GroupContext, member: GroupMember, request: GroupRequest): void {
  const waitUs = forgetCoordinator(member);
  const { nowUs } = ctx.events;
  if (request.type === 'heartbeat') {
    if (request.generation !== member.generation || (member.state !== 'stable' && member.state !== 'syncing')) return;
    schedule(ctx.events, nowUs + waitUs, EventKind.HeartbeatDue, member.index, ++member.heartbeatGeneration);
    return;
  }
  const waits = (request.type === 'join' && member.state === 'joining') || (request.type === 'sync' && member.state === 'syncing');
  if (!waits) return;
  const again = { ...request, backsOff: true };
  const slot = takeSlot(ctx.groupRequests, again);
  loseRequest(ctx, slot, again, nowUs + waitUs);
}

/** A broker has died: members whose joins and syncs wait there see their connections reset. */
export function coordinatorDied(ctx: GroupContext, broker: number): void {
  const { items } = ctx.groupRequests;
  for (let slot = 0; slot < items.length; slot++) {
    const request = items[slot];
    if (!request || request.broker !== broker || request.response !== null || request.backsOff) continue;
    loseRequest(ctx, slot, request, ctx.events.nowUs + ctx.costs.networkLatencyUs);
  }
}
