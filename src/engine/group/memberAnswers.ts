/** What a member does with the coordinator's answers (Kafka's handlers in AbstractCoordinator, and ConsumerCoordinator.onJoinComplete). */
import { freeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { GroupContext } from './context.ts';
import { computeAssignments } from './leader.ts';
import { sendJoin, sendSync } from './memberRequests.ts';
import type { GroupMember } from './memberState.ts';
import { resetMember, setOwned, wakeMember } from './memberState.ts';
import type { GroupError, GroupRequest, GroupResponse } from './protocol.ts';
import { sameNumbers } from './protocol.ts';

/** Takes a join or sync answer; called only while the member is in poll. */
export function takeAnswer(ctx: GroupContext, member: GroupMember, request: GroupRequest, response: GroupResponse): void {
  if (request.type === 'join' && member.state === 'joining') takeJoin(ctx, member, response);
  else if (request.type === 'sync' && member.state === 'syncing') takeSync(ctx, member, response);
  else if (member.state === 'unjoined' && member.rejoinNeeded) sendJoin(ctx, member);
}

function takeJoin(ctx: GroupContext, member: GroupMember, response: GroupResponse): void {
  switch (response.error) {
    case 'NONE':
      joined(ctx, member, response);
      return;
    case 'MEMBER_ID_REQUIRED':
      member.memberId = response.memberId;
      break;
    case 'UNKNOWN_MEMBER_ID':
      resetMember(member, true);
      return joinAnew(ctx, member);
    case 'REBALANCE_IN_PROGRESS':
    case 'ILLEGAL_GENERATION':
      break;
    default:
      fail(ctx, member, response.error);
      return;
  }
  sendJoin(ctx, member);
}

/** In the new generation: heartbeats start, the leader assigns, everybody asks for its part. */
function joined(ctx: GroupContext, member: GroupMember, response: GroupResponse): void {
  member.state = 'syncing';
  member.memberId = response.memberId;
  member.generation = response.generation;
  member.protocol = response.protocol;
  const { nowUs } = ctx.events;
  schedule(ctx.events, nowUs + member.config.heartbeatIntervalUs, EventKind.HeartbeatDue, member.index, ++member.heartbeatGeneration);
  member.lastPollUs = nowUs;
  if (!member.pollCheckArmed) {
    member.pollCheckArmed = true;
    schedule(ctx.events, nowUs + member.config.maxPollIntervalUs, EventKind.PollIntervalCheck, member.index, member.pollGeneration);
  }
  const assigns = response.leader === response.memberId && !response.skipAssignment;
  sendSync(ctx, member, assigns ? computeAssignments(ctx, response.protocol, response.members) : []);
}

function takeSync(ctx: GroupContext, member: GroupMember, response: GroupResponse): void {
  switch (response.error) {
    case 'NONE':
      assigned(ctx, member, response.assignment);
      return;
    case 'REBALANCE_IN_PROGRESS':
      break;
    case 'UNKNOWN_MEMBER_ID':
    case 'ILLEGAL_GENERATION':
      resetMember(member, response.error === 'UNKNOWN_MEMBER_ID');
      return joinAnew(ctx, member);
    default:
      fail(ctx, member, response.error);
      return;
  }
  sendJoin(ctx, member);
}

/** Out of the group in the middle of joining: a cooperative member that still has partitions gives them up in its poll, and joins then. */
function joinAnew(ctx: GroupContext, member: GroupMember): void {
  if (member.owned.length === 0) sendJoin(ctx, member);
}

/** The new assignment is there. A cooperative member first gives up what it has lost, then takes the new one and joins once more. */
function assigned(ctx: GroupContext, member: GroupMember, assignment: readonly number[]): void {
  member.state = 'stable';
  member.rejoinNeeded = false;
  member.prepareNeeded = true;
  const taken = [...assignment].sort((a, b) => a - b);
  if (member.cooperative) {
    const keeps = new Set(taken);
    const lost = member.owned.filter((partition) => !keeps.has(partition));
    if (lost.length > 0) {
      member.revoking = lost;
      member.afterRevoking = 'assign';
      member.lost = false;
      member.nextOwned = taken;
      return;
    }
  }
  takeUp(ctx, member, taken);
}

/** Makes an assignment the member's own and tells the consumer. */
export function takeUp(ctx: GroupContext, member: GroupMember, owned: readonly number[]): void {
  member.waiting = false;
  if (!sameNumbers(member.owned, owned)) setOwned(member, owned);
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberAssigned, member.index, 0);
}

/** A heartbeat's answer, taken whether or not the application is in poll: in Kafka a thread of its own does it. */
export function takeHeartbeat(ctx: GroupContext, member: GroupMember, request: GroupRequest, response: GroupResponse): void {
  if (response.error === 'NONE' || request.type !== 'heartbeat') return;
  const current = request.memberId === member.memberId && request.generation === member.generation;
  if (response.error === 'REBALANCE_IN_PROGRESS') {
    if (member.state === 'stable') askToRejoin(ctx, member);
  } else if (current) putOut(ctx, member, response.error);
}

/** The group rebalances: the member rejoins at its next poll. */
export function askToRejoin(ctx: GroupContext, member: GroupMember): void {
  if (member.rejoinNeeded || member.state === 'down') return;
  member.rejoinNeeded = true;
  wakeMember(ctx.events, member);
}

/** The coordinator does not take the member for one any more. */
export function putOut(ctx: GroupContext, member: GroupMember, error: GroupError): void {
  if (error === 'FENCED_INSTANCE_ID') {
    fail(ctx, member, error);
    return;
  }
  resetMember(member, error !== 'ILLEGAL_GENERATION');
  if (member.waiting) sendJoin(ctx, member);
  else wakeMember(ctx.events, member);
}

/** An error the client does not recover from: in Kafka poll throws it and the application ends. */
export function fail(ctx: GroupContext, member: GroupMember, error: string): void {
  dropInbox(ctx, member);
  resetMember(member, true);
  member.state = 'down';
  member.rejoinNeeded = false;
  member.failure = error;
  member.incarnation++;
  member.afterRevoking = 'nothing';
  member.revoking = [];
  setOwned(member, []);
  ctx.notices.push({ timeUs: ctx.events.nowUs, code: 'member.left', group: member.group, member: member.index, detail: error });
  wakeMember(ctx.events, member);
}

/** Forgets answers that were not taken yet. */
export function dropInbox(ctx: GroupContext, member: GroupMember): void {
  for (const slot of member.inbox) freeSlot(ctx.groupRequests, slot);
  member.inbox = [];
}
