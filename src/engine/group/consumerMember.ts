/**
 * The member's side of the consumer protocol (KIP-848; Kafka's ConsumerHeartbeatRequestManager, AbstractMembershipManager and ConsumerMembershipManager). Heartbeats and their answers are
 * a thread of their own in Kafka and go on while the application works; partitions are given up and taken only inside poll, where a rebalance listener is called.
 */
import { takeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { nextUint32 } from '../kernel/random.ts';
import { leaveEpoch, leaveStaticEpoch } from './consumerProtocol/consumerGroup.ts';
import { difference } from './consumerProtocol/partitionSets.ts';
import { type ConsumerHeartbeat, type ConsumerHeartbeatAnswer, heartbeatSizeBytes } from './consumerSeat.ts';
import type { GroupContext } from './context.ts';
import { forgetCoordinator, notSent, sendToCoordinator } from './coordination.ts';
import { fail } from './memberAnswers.ts';
import type { ConsumerMembership, GroupMember } from './memberState.ts';
import { setOwned, wakeMember } from './memberState.ts';
import { sameNumbers } from './protocol.ts';

export const consumerMembership = {
  started,
  poll,
  finishRevocation,
  heartbeatDue,
  isWatched: isInGroup,
  pollIntervalOver: (ctx: GroupContext, member: GroupMember) => goStale(ctx, member, 'poll interval exceeded'),
  resubscribe: (ctx: GroupContext, member: GroupMember, reason: string) => {
    if (isInGroup(member)) goStale(ctx, member, reason);
  },
  leave,
  answered,
  lost,
  // The next heartbeat tells the member where it stands; what is to be done with the commit is up to who sent it.
  commitRefused: () => undefined,
};

function own(member: GroupMember): ConsumerMembership {
  if (member.consumer === null) throw new Error(`member ${member.index}: expected the consumer protocol, found ${member.type}`);
  return member.consumer;
}

/** Heartbeats, or is about to (AbstractMembershipManager.shouldSkipHeartbeat). */
function isInGroup({ state }: GroupMember): boolean {
  return state === 'joining' || state === 'stable' || state === 'reconciling' || state === 'acknowledging';
}

/** The member id is the client's own choice and stays for the life of its process. */
function started(_: GroupContext, member: GroupMember): void {
  const membership = own(member);
  membership.heartbeatIntervalUs = 0;
  member.memberId = nextUuid(member);
  forget(member);
}

function forget(member: GroupMember): void {
  const membership = own(member);
  membership.target = [];
  membership.awaited = 0;
  membership.overdue = false;
  membership.toldVersion = -1;
  member.generation = -1;
  member.heartbeatGeneration++;
}

function poll(ctx: GroupContext, member: GroupMember): 'ready' | 'revoke' | 'wait' {
  switch (member.state) {
    case 'down':
      return 'wait';
    case 'unjoined':
    case 'fenced':
    case 'stale':
      // onPartitionsLost: nothing can be committed for them any more.
      if (member.owned.length > 0) setOwned(member, []);
      join(ctx, member);
      return 'wait';
    case 'reconciling':
      return reconcile(ctx, member);
    default:
      return member.state === 'joining' ? 'wait' : 'ready';
  }
}

function join(ctx: GroupContext, member: GroupMember): void {
  forget(member);
  member.state = 'joining';
  if (!member.pollCheckArmed) {
    member.pollCheckArmed = true;
    schedule(
      ctx.events,
      ctx.events.nowUs + member.config.maxPollIntervalUs,
      EventKind.PollIntervalCheck,
      member.index,
      member.pollGeneration,
    );
  }
  beat(ctx, member);
}

/** Takes up the target, after what it takes away is given up (AbstractMembershipManager.maybeReconcile). */
function reconcile(ctx: GroupContext, member: GroupMember): 'ready' | 'revoke' {
  if (member.afterRevoking !== 'nothing') return 'revoke';
  const { target } = own(member);
  const revoked = difference(member.owned, target);
  if (revoked.length === 0) {
    acknowledge(ctx, member, target);
    return 'ready';
  }
  member.revoking = revoked;
  member.afterRevoking = 'assign';
  member.nextOwned = [...target];
  return 'revoke';
}

function finishRevocation(ctx: GroupContext, member: GroupMember): void {
  if (member.afterRevoking === 'nothing') return;
  member.afterRevoking = 'nothing';
  member.revoking = [];
  // Fenced meanwhile, or told to keep them after all: there is nothing to take up any more.
  if (member.state === 'reconciling') acknowledge(ctx, member, member.nextOwned);
}

/** The assignment is in force, and the coordinator is told at once. */
function acknowledge(ctx: GroupContext, member: GroupMember, owned: readonly number[]): void {
  setOwned(member, owned);
  member.state = 'acknowledging';
  if (own(member).awaited === 0) beat(ctx, member);
}

/** ConsumerGroupHeartbeat with what the coordinator does not know yet. */
function beat(ctx: GroupContext, member: GroupMember): void {
  const membership = own(member);
  const { config, memberId } = member;
  const joins = member.state === 'joining';
  const all = joins || membership.toldVersion < 0;
  const request = send(
    ctx,
    member,
    {
      memberId,
      memberEpoch: joins ? 0 : member.generation,
      instanceId: config.groupInstanceId,
      rebalanceTimeoutUs: all ? config.maxPollIntervalUs : null,
      topics: all ? config.topics : null,
      serverAssignor: all && config.serverAssignor !== '' ? config.serverAssignor : null,
      owned: all || membership.toldVersion !== member.assignmentVersion ? member.owned : null,
    },
    '',
  );
  membership.awaited = request.requestId;
  membership.overdue = false;
  membership.toldVersion = member.assignmentVersion;
  if (member.state === 'acknowledging') member.state = sameNumbers(member.owned, membership.target) ? 'stable' : 'reconciling';
  planBeat(ctx, member, membership.heartbeatIntervalUs);
}

/** The interval runs from the moment a heartbeat was sent. Before the first answer there is none. */
function planBeat(ctx: GroupContext, member: GroupMember, inUs: number): void {
  const generation = ++member.heartbeatGeneration;
  if (inUs > 0) schedule(ctx.events, ctx.events.nowUs + inUs, EventKind.HeartbeatDue, member.index, generation);
}

function send(ctx: GroupContext, member: GroupMember, body: ConsumerHeartbeat['body'], reason: string): ConsumerHeartbeat {
  const request: ConsumerHeartbeat = {
    ...notSent,
    type: 'consumer-heartbeat',
    member: member.index,
    incarnation: member.incarnation,
    body,
    reason,
    prepared: null,
    response: null,
  };
  const slot = takeSlot(ctx.groupRequests, request);
  const { requestTimeoutUs: timeoutUs } = member.config;
  sendToCoordinator(ctx, member, request, { kind: EventKind.GroupRequestArrived, slot, sizeBytes: heartbeatSizeBytes(body), timeoutUs });
  return request;
}

function heartbeatDue(ctx: GroupContext, member: GroupMember): void {
  if (!isInGroup(member)) return;
  const membership = own(member);
  if (membership.awaited === 0) beat(ctx, member);
  else membership.overdue = true;
}

/** The last heartbeat, which nobody waits for: -1 leaves, -2 of a static member keeps its place until its session ends. */
function sayGoodbye(ctx: GroupContext, member: GroupMember, reason: string): void {
  const { memberId, config } = member;
  const memberEpoch = config.groupInstanceId === '' ? leaveEpoch : leaveStaticEpoch;
  const nothing = { rebalanceTimeoutUs: null, topics: null, serverAssignor: null, owned: null };
  send(ctx, member, { memberId, memberEpoch, instanceId: config.groupInstanceId, ...nothing }, reason);
}

/** It says goodbye, and joins again in its next poll. */
function goStale(ctx: GroupContext, member: GroupMember, reason: string): void {
  sayGoodbye(ctx, member, reason);
  forget(member);
  member.state = 'stale';
}

function leave(ctx: GroupContext, member: GroupMember): void {
  if (isInGroup(member)) sayGoodbye(ctx, member, 'leave');
}

function answered(ctx: GroupContext, member: GroupMember, request: ConsumerHeartbeat): void {
  const { response } = request;
  const membership = own(member);
  // Of a heartbeat that said goodbye, or was sent before the member left and came back.
  if (response === null || membership.awaited !== request.requestId) return;
  if (response.error === 'NOT_COORDINATOR' || response.error === 'COORDINATOR_NOT_AVAILABLE') return lost(ctx, member, request);
  membership.awaited = 0;
  member.coordinatorFailures = 0;
  switch (response.error) {
    case 'NONE':
      return accepted(ctx, member, response);
    case 'FENCED_MEMBER_EPOCH':
    case 'UNKNOWN_MEMBER_ID':
      forget(member);
      member.state = 'fenced';
      ctx.notices.push({
        timeUs: ctx.events.nowUs,
        code: 'member.fenced',
        group: member.group,
        member: member.index,
        detail: response.error,
      });
      wakeMember(ctx.events, member);
      return;
    default:
      fail(ctx, member, response.error);
  }
}

function accepted(ctx: GroupContext, member: GroupMember, { memberEpoch, heartbeatIntervalUs, assignment }: ConsumerHeartbeatAnswer): void {
  const membership = own(member);
  member.generation = memberEpoch;
  if (heartbeatIntervalUs !== membership.heartbeatIntervalUs) {
    membership.heartbeatIntervalUs = heartbeatIntervalUs;
    planBeat(ctx, member, heartbeatIntervalUs);
  }
  if (assignment !== null) {
    membership.target = assignment;
    if (!sameNumbers(assignment, member.owned)) {
      member.state = 'reconciling';
      wakeMember(ctx.events, member);
    } else if (member.state === 'reconciling' || member.state === 'joining') {
      member.state = 'stable';
      wakeMember(ctx.events, member);
    }
  }
  if (membership.overdue || member.state === 'acknowledging') beat(ctx, member);
}

/** The member looks for its coordinator again, and says everything anew after a backoff. */
function lost(ctx: GroupContext, member: GroupMember, request: ConsumerHeartbeat): void {
  const membership = own(member);
  if (membership.awaited !== request.requestId) return;
  membership.awaited = 0;
  membership.toldVersion = -1;
  planBeat(ctx, member, forgetCoordinator(member));
}

/** A random UUID (version 4) in Kafka's own form, 22 characters of base64 (org.apache.kafka.common.Uuid). */
function nextUuid({ random }: GroupMember): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (;;) {
    const words = [0, 1, 2, 3].map(() => nextUint32(random));
    words[1] = ((words[1] & 0xffff0fff) | 0x4000) >>> 0;
    words[2] = ((words[2] & 0x3fffffff) | 0x80000000) >>> 0;
    let text = '';
    let bits = 0;
    let count = 0;
    for (const byte of words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255])) {
      bits = (bits << 8) | byte;
      count += 8;
      for (; count >= 6; count -= 6) text += digits[(bits >> (count - 6)) & 63];
      bits &= (1 << count) - 1;
    }
    text += digits[(bits << (6 - count)) & 63];
    // Kafka draws again, so that no id looks like an option of a command.
    if (text[0] !== '-') return text;
  }
}
