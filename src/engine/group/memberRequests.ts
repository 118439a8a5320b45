import { requestArrivalUs } from '../broker/network.ts';
import { takeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { GroupContext } from './context.ts';
import type { GroupMember } from './memberState.ts';
import type { GroupRequest } from './protocol.ts';
import { requestSizeBytes } from './protocol.ts';

function send(ctx: GroupContext, member: GroupMember, request: GroupRequest): void {
  const slot = takeSlot(ctx.groupRequests, request);
  const { coordinator } = ctx.groups[member.group];
  const arrivalUs = requestArrivalUs(ctx, coordinator, requestSizeBytes(request));
  schedule(ctx.events, arrivalUs, EventKind.GroupRequestArrived, slot, 0);
}

function head(member: GroupMember): { member: number; incarnation: number; memberId: string; instanceId: string; response: null } {
  return {
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
  const subscription = { topics: member.config.topics, owned: [...member.owned], generation: member.generation };
  send(ctx, member, {
    ...head(member),
    type: 'join',
    sessionTimeoutUs: member.config.sessionTimeoutUs,
    rebalanceTimeoutUs: member.config.maxPollIntervalUs,
    protocols: [{ name: member.config.assignor, subscription }],
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
