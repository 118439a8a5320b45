import { takeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import type { GroupContext } from './context.ts';
import { type CoordinatorRequest, notSent, sendToCoordinator } from './coordination.ts';
import type { GroupMember } from './memberState.ts';
import type { GroupRequest } from './protocol.ts';
import { requestSizeBytes } from './protocol.ts';

/** `AbstractCoordinator.JOIN_GROUP_TIMEOUT_LAPSE`: a join may take the rebalance timeout and this. */
const joinLapseUs = 5_000_000;

function send(ctx: GroupContext, member: GroupMember, request: GroupRequest): void {
  const slot = takeSlot(ctx.groupRequests, request);
  const { requestTimeoutUs, maxPollIntervalUs } = member.config;
  const timeoutUs = request.type === 'join' ? Math.max(requestTimeoutUs, maxPollIntervalUs + joinLapseUs) : requestTimeoutUs;
  sendToCoordinator(ctx, member, request, { kind: EventKind.GroupRequestArrived, slot, sizeBytes: requestSizeBytes(request), timeoutUs });
}

function head(
  member: GroupMember,
): CoordinatorRequest & { member: number; incarnation: number; memberId: string; instanceId: string; response: null } {
  return {
    ...notSent,
    member: member.index,
    incarnation: member.incarnation,
    memberId: member.memberId,
    instanceId: member.config.groupInstanceId,
    response: null,
  };
}

/** JoinGroup; heartbeats rest until it is answered. */
export function sendJoin(ctx: GroupContext, member: GroupMember): void {
  member.state = 'joining';
  member.heartbeatGeneration++;
  const { topics, rack } = member.config;
  const subscription = { topics, owned: [...member.owned], generation: member.generation, ...(rack === '' ? {} : { rack }) };
  send(ctx, member, {
    ...head(member),
    type: 'join',
    sessionTimeoutUs: member.config.sessionTimeoutUs,
    rebalanceTimeoutUs: member.config.maxPollIntervalUs,
    protocols: member.config.assignors.map((name) => ({ name, subscription })),
  });
}

/** SyncGroup, from the leader with everybody's partitions. */
export function sendSync(ctx: GroupContext, member: GroupMember, assignments: [string, number[]][]): void {
  send(ctx, member, { ...head(member), type: 'sync', generation: member.generation, protocol: member.protocol, assignments });
}

export function sendHeartbeat(ctx: GroupContext, member: GroupMember): void {
  send(ctx, member, { ...head(member), type: 'heartbeat', generation: member.generation });
}

/** LeaveGroup, from dynamic members that have an id and are in the group or about to be; nobody waits for the answer. */
export function leaveIfMember(ctx: GroupContext, member: GroupMember, reason: string): void {
  if (member.config.groupInstanceId !== '' || member.memberId === '' || member.state === 'unjoined' || member.state === 'down') return;
  send(ctx, member, { ...head(member), type: 'leave', reason });
}
