/** The member's side of the classic protocol, as the consumer's poll loop and the event loop meet it; members of other protocols are handed over here. */
import { freeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { isCooperativeList } from './assignors/index.ts';
import type { GroupContext } from './context.ts';
import { askToRejoin, dropInbox, putOut, takeAnswer, takeHeartbeat, takeUp } from './memberAnswers.ts';
import { findCoordinator, reachesMember } from './coordination.ts';
import { requestFailed } from './lostRequests.ts';
import { membershipProtocols } from './membershipProtocols.ts';
import { leaveIfMember, sendHeartbeat, sendJoin } from './memberRequests.ts';
import type { GroupMember } from './memberState.ts';
import { resetMember, setOwned, wakeMember } from './memberState.ts';
import { type GroupError, lacksCoordinator } from './protocol.ts';

export { createMember } from './memberState.ts';
export type { GroupMemberConfig } from './memberState.ts';

/** The member's process starts (again): it joins at its next poll. */
export function startMember(ctx: GroupContext, memberIndex: number): void {
  const member = ctx.members[memberIndex];
  if (member.state !== 'down') return;
  resetMember(member, true);
  member.failure = '';
  member.protocol = '';
  member.cooperative = isCooperativeList(member.config.assignors);
  member.prepareNeeded = true;
  member.inPoll = false;
  member.waiting = false;
  member.lastPollUs = ctx.events.nowUs;
  if (member.type !== 'classic') membershipProtocols[member.type].started(ctx, member);
  // Finding the coordinator is part of the start, which takes no time.
  findCoordinator(ctx, member);
}

/**
 * Called by the consumer at the top of every poll. `ready`: go on and fetch. `revoke`: partitions in `revoking` are about to be given up (eager: all
 * of them, cooperative: those that move); commit for them, then call `finishRevocation`, which sends what has to be sent. `wait`: a join or sync is
 * under way and the member may not fetch (eager); a `MemberAssigned` event follows. A cooperative member in a rebalance gets `ready`.
 */
export function pollMembership(ctx: GroupContext, memberIndex: number): 'ready' | 'revoke' | 'wait' {
  const member = ctx.members[memberIndex];
  member.inPoll = true;
  member.lastPollUs = ctx.events.nowUs;
  const result = member.type === 'classic' ? poll(ctx, member) : membershipProtocols[member.type].poll(ctx, member);
  member.waiting = result === 'wait';
  return result;
}

function poll(ctx: GroupContext, member: GroupMember): 'ready' | 'revoke' | 'wait' {
  if (member.state === 'down') return 'wait';
  while (member.inbox.length > 0) takeSlotAnswer(ctx, member, member.inbox.shift() ?? 0);
  if (member.afterRevoking !== 'nothing') return 'revoke';
  if (member.state === 'joining' || member.state === 'syncing') return blocked(member);
  if (!member.rejoinNeeded) return 'ready';
  if (member.prepareNeeded) {
    member.prepareNeeded = false;
    const lost = member.generation < 0 || member.memberId === '';
    if (member.owned.length > 0 && (lost || !member.cooperative)) {
      member.revoking = member.owned;
      member.afterRevoking = 'join';
      member.lost = lost;
      return 'revoke';
    }
  }
  sendJoin(ctx, member);
  return blocked(member);
}

/** During a rebalance a member with partitions to consume goes on, and one without waits for the assignment. */
function blocked(member: GroupMember): 'ready' | 'wait' {
  return member.cooperative && member.owned.length > 0 ? 'ready' : 'wait';
}

/**
 * Called by the consumer when poll has returned records and their processing begins. From here on `max.poll.interval.ms` runs, until the next poll, and
 * answers from the coordinator wait for it.
 */
export function leavePoll(ctx: GroupContext, memberIndex: number): void {
  const member = ctx.members[memberIndex];
  member.inPoll = false;
  member.waiting = false;
  member.lastPollUs = ctx.events.nowUs;
}

/** Global partition indexes to be given up, valid after `revoke`. */
export function revoking(ctx: GroupContext, memberIndex: number): readonly number[] {
  return ctx.members[memberIndex].revoking;
}

/** Partitions have been given up: an eager member joins now, a cooperative one takes up its assignment and joins again. */
export function finishRevocation(ctx: GroupContext, memberIndex: number): void {
  const member = ctx.members[memberIndex];
  if (member.type !== 'classic') return membershipProtocols[member.type].finishRevocation(ctx, member);
  const after = member.afterRevoking;
  if (member.state === 'down' || after === 'nothing') return;
  member.afterRevoking = 'nothing';
  member.revoking = [];
  member.lost = false;
  // Who was put out of the group meanwhile has nothing to take up.
  if (after === 'join' || member.memberId === '') setOwned(member, []);
  else takeUp(ctx, member, member.nextOwned);
  member.rejoinNeeded = true;
  member.prepareNeeded = false;
  if (member.state === 'stable' || member.state === 'unjoined') sendJoin(ctx, member);
  member.waiting = member.inPoll && blocked(member) === 'wait';
}

/** EventKind.GroupResponseArrived */
export function onGroupResponseArrived(ctx: GroupContext, slot: number, requestId: number): void {
  const request = ctx.groupRequests.items[slot];
  // Given up by the member.
  if (!request || request.requestId !== requestId) return;
  if (request.response === null) throw new Error(`group member: no answer in slot ${slot}`);
  const member = ctx.members[request.member];
  if (!reachesMember(ctx, member, slot, request)) return;
  if (request.type === 'consumer-heartbeat') {
    freeSlot(ctx.groupRequests, slot);
    if (request.incarnation === member.incarnation) membershipProtocols.consumer.answered(ctx, member, request);
    return;
  }
  if (lacksCoordinator(request.response.error)) {
    freeSlot(ctx.groupRequests, slot);
    if (request.incarnation === member.incarnation) requestFailed(ctx, member, request);
    return;
  }
  member.coordinatorFailures = 0;
  if (request.incarnation !== member.incarnation) {
    freeSlot(ctx.groupRequests, slot);
  } else if (request.type === 'heartbeat' || request.type === 'leave') {
    freeSlot(ctx.groupRequests, slot);
    takeHeartbeat(ctx, member, request, request.response);
  } else if (member.waiting) {
    takeSlotAnswer(ctx, member, slot);
  } else {
    // The application is processing, or a cooperative member is fetching: the answer is taken in its next poll.
    member.inbox.push(slot);
    wakeMember(ctx.events, member);
  }
}

function takeSlotAnswer(ctx: GroupContext, member: GroupMember, slot: number): void {
  const request = ctx.groupRequests.items[slot];
  freeSlot(ctx.groupRequests, slot);
  if (request?.response && request.type !== 'consumer-heartbeat') takeAnswer(ctx, member, request, request.response);
}

/** EventKind.HeartbeatDue */
export function onHeartbeatDue(ctx: GroupContext, memberIndex: number, generation: number): void {
  const member = ctx.members[memberIndex];
  if (generation !== member.heartbeatGeneration) return;
  if (member.type !== 'classic') return membershipProtocols[member.type].heartbeatDue(ctx, member);
  if (member.state !== 'stable' && member.state !== 'syncing') return;
  sendHeartbeat(ctx, member);
  schedule(ctx.events, ctx.events.nowUs + member.config.heartbeatIntervalUs, EventKind.HeartbeatDue, memberIndex, generation);
}

/** EventKind.PollIntervalCheck: a member that has not polled for too long leaves, though its heartbeats go on; static ones fall silent instead. */
export function onPollIntervalCheck(ctx: GroupContext, memberIndex: number, generation: number): void {
  const member = ctx.members[memberIndex];
  if (generation !== member.pollGeneration) return;
  const protocol = member.type === 'classic' ? null : membershipProtocols[member.type];
  if (protocol === null ? member.state !== 'stable' && member.state !== 'syncing' : !protocol.isWatched(member)) {
    member.pollCheckArmed = false;
    return;
  }
  const { nowUs } = ctx.events;
  const lastUs = member.inPoll ? nowUs : member.lastPollUs;
  const dueUs = lastUs + member.config.maxPollIntervalUs;
  if (dueUs > nowUs) {
    schedule(ctx.events, dueUs, EventKind.PollIntervalCheck, memberIndex, generation);
    return;
  }
  member.pollCheckArmed = false;
  if (protocol !== null) return protocol.pollIntervalOver(ctx, member);
  leaveIfMember(ctx, member, 'poll interval exceeded');
  resetMember(member, true);
}

/** What a refused commit means for membership (ConsumerCoordinator's handling of OffsetCommit errors). `generation` is the one the commit was sent with. */
export function noteCommitError(ctx: GroupContext, memberIndex: number, error: GroupError, generation: number): void {
  const member = ctx.members[memberIndex];
  if (error === 'NONE' || member.state === 'down') return;
  if (member.type !== 'classic') return membershipProtocols[member.type].commitRefused(ctx, member, error, generation);
  if (error === 'REBALANCE_IN_PROGRESS') askToRejoin(ctx, member);
  else if (generation === member.generation && member.generation >= 0 && member.state === 'stable') putOut(ctx, member, error);
}

/** unsubscribe() and subscribe() again, as Kafka Streams does with a task that has migrated: a dynamic member leaves the group, and each joins anew in its next poll, without what it had. */
export function resubscribe(ctx: GroupContext, memberIndex: number, reason: string): void {
  const member = ctx.members[memberIndex];
  if (member.state === 'down') return;
  if (member.type !== 'classic') return membershipProtocols[member.type].resubscribe(ctx, member, reason);
  leaveIfMember(ctx, member, reason);
  resetMember(member, true);
}

/** close(): a dynamic member leaves the group, a static one only stops. */
export function stopMember(ctx: GroupContext, memberIndex: number): void {
  const member = ctx.members[memberIndex];
  if (member.type === 'classic') leaveIfMember(ctx, member, 'leave');
  else membershipProtocols[member.type].leave(ctx, member);
  takeDown(ctx, member);
}

/** The process dies: no leave, no heartbeats; the coordinator finds out by the session timeout. */
export function crashMember(ctx: GroupContext, memberIndex: number): void {
  takeDown(ctx, ctx.members[memberIndex]);
}

function takeDown(ctx: GroupContext, member: GroupMember): void {
  if (member.state === 'down') return;
  dropInbox(ctx, member);
  resetMember(member, true);
  member.state = 'down';
  member.rejoinNeeded = false;
  member.incarnation++;
  member.pollGeneration++;
  member.pollCheckArmed = false;
  member.inPoll = false;
  member.waiting = false;
  member.revoking = [];
  member.afterRevoking = 'nothing';
  setOwned(member, []);
}

/** The leader's metadata shows other partitions than it has assigned: it joins again, and with it all others (ConsumerCoordinator.rejoinNeededOrPending). */
export function noteNewPartitions(ctx: GroupContext, memberIndex: number): void {
  const member = ctx.members[memberIndex];
  if (member.memberId !== '' && ctx.groups[member.group].leaderId === member.memberId && member.state === 'stable')
    askToRejoin(ctx, member);
}
