/** JoinGroup at the coordinator (Kafka's GroupMetadataManager.classicGroupJoin and what it calls). */
import type { GroupEffects, GroupState, MemberRecord } from './groupState.ts';
import { answerJoin, answerSync, createSession, staticMember, touchSession } from './groupState.ts';
import type { JoinRequest } from './protocol.ts';
import { answer, sameProtocols } from './protocol.ts';
import { joinAnswer, maybeCompleteJoin, prepareRebalance, rebalanceOrComplete, selectProtocol, touch } from './rebalance.ts';

/** Longest time a new member's join may wait (Kafka's group.new.member.join.timeout: five minutes). */
const newMemberTimeoutUs = 300_000_000;

/** One join request; `freshMemberId` is the id it gets if it has none. The answer comes at once or when the rebalance gets there. */
export function handleJoin(
  group: GroupState,
  request: JoinRequest,
  slot: number,
  freshMemberId: string,
  nowUs: number,
  effects: GroupEffects,
): void {
  const refuse = (error: 'INCONSISTENT_GROUP_PROTOCOL' | 'UNKNOWN_MEMBER_ID' | 'FENCED_INSTANCE_ID'): void => {
    effects.answers.push({ slot, response: answer({ error, memberId: request.memberId }) });
  };
  if (!supported(group, request)) return refuse('INCONSISTENT_GROUP_PROTOCOL');
  if (request.memberId === '') {
    if (request.instanceId === '') return requireMemberId(group, request, slot, freshMemberId, nowUs, effects);
    const existing = staticMember(group, request.instanceId);
    if (existing === undefined) return addMember(group, request, slot, freshMemberId, nowUs, effects);
    return replaceStaticMember(group, existing, request, slot, freshMemberId, nowUs, effects);
  }
  if (group.pending.has(request.memberId)) return addMember(group, request, slot, request.memberId, nowUs, effects);
  const error = memberError(group, request.memberId, request.instanceId);
  const member = group.members.get(request.memberId);
  if (error !== 'NONE' || member === undefined) return refuse(error === 'FENCED_INSTANCE_ID' ? error : 'UNKNOWN_MEMBER_ID');
  rejoin(group, member, request, slot, nowUs, effects);
}

/** A member the group knows joins again: it may be the one waited for, start a rebalance, or just want to hear the present generation again. */
function rejoin(group: GroupState, member: MemberRecord, request: JoinRequest, slot: number, nowUs: number, effects: GroupEffects): void {
  const same = sameProtocols(member.protocols, request.protocols);
  const leads = group.leaderId === member.memberId;
  if ((group.state === 'CompletingRebalance' && same) || (group.state === 'Stable' && same && !leads)) {
    effects.answers.push({ slot, response: joinAnswer(group, member) });
    return;
  }
  if (group.state === 'Empty' || group.state === 'Dead') {
    effects.answers.push({ slot, response: answer({ error: 'UNKNOWN_MEMBER_ID', memberId: member.memberId }) });
    return;
  }
  update(member, request, slot, effects);
  rebalanceOrComplete(group, leads && same ? 'the leader rejoined' : 'metadata', member.client, nowUs, effects);
}

/** UNKNOWN_MEMBER_ID for who is not in the group, FENCED_INSTANCE_ID for who has been replaced under its instance id. */
export function memberError(group: GroupState, memberId: string, instanceId: string): 'NONE' | 'UNKNOWN_MEMBER_ID' | 'FENCED_INSTANCE_ID' {
  if (instanceId !== '') {
    const current = staticMember(group, instanceId);
    if (current === undefined) return 'UNKNOWN_MEMBER_ID';
    if (current.memberId !== memberId) return 'FENCED_INSTANCE_ID';
  }
  return group.members.has(memberId) ? 'NONE' : 'UNKNOWN_MEMBER_ID';
}

/** Whether some strategy of the request is supported by every member there is. */
function supported(group: GroupState, request: JoinRequest): boolean {
  if (request.protocols.length === 0) return false;
  const members = [...group.members.values()];
  return request.protocols.some(({ name }) => members.every((member) => member.protocols.some((protocol) => protocol.name === name)));
}

function requireMemberId(
  group: GroupState,
  request: JoinRequest,
  slot: number,
  memberId: string,
  nowUs: number,
  effects: GroupEffects,
): void {
  const session = createSession();
  group.pending.set(memberId, { memberId, client: request.member, session });
  touchSession(request.member, session, nowUs + request.sessionTimeoutUs, effects);
  effects.answers.push({ slot, response: answer({ error: 'MEMBER_ID_REQUIRED', memberId }) });
}

function addMember(group: GroupState, request: JoinRequest, slot: number, memberId: string, nowUs: number, effects: GroupEffects): void {
  const member = createRecord(request, slot, memberId);
  member.isNew = true;
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.newMemberAdded = true;
  if (group.leaderId === '') group.leaderId = memberId;
  group.members.set(memberId, member);
  group.pending.delete(memberId);
  effects.notices.push({
    code: 'member.joined',
    client: member.client,
    detail: request.instanceId === '' ? 'new member' : 'static member',
  });
  touchSession(member.client, member.session, nowUs + newMemberTimeoutUs, effects);
  rebalanceOrComplete(group, 'new member', member.client, nowUs, effects);
}

function createRecord(request: JoinRequest, slot: number, memberId: string): MemberRecord {
  return {
    memberId,
    instanceId: request.instanceId,
    client: request.member,
    rebalanceTimeoutUs: request.rebalanceTimeoutUs,
    sessionTimeoutUs: request.sessionTimeoutUs,
    protocols: request.protocols,
    isNew: false,
    joinSlot: slot,
    syncSlot: -1,
    syncPending: false,
    assignment: [],
    session: createSession(),
  };
}

function update(member: MemberRecord, request: JoinRequest, slot: number, effects: GroupEffects): void {
  // A client sends one join at a time; an older one that still waits can only be a lost duplicate.
  answerJoin(member, answer({ error: 'UNKNOWN_MEMBER_ID', memberId: member.memberId }), effects);
  member.protocols = request.protocols;
  member.rebalanceTimeoutUs = request.rebalanceTimeoutUs;
  member.sessionTimeoutUs = request.sessionTimeoutUs;
  member.joinSlot = slot;
}

/** A static member is back under a new member id (KIP-345): it takes the old one's place, without a rebalance while the group is Stable. */
function replaceStaticMember(
  group: GroupState,
  old: MemberRecord,
  request: JoinRequest,
  slot: number,
  memberId: string,
  nowUs: number,
  effects: GroupEffects,
): void {
  const fenced = answer({ error: 'FENCED_INSTANCE_ID', memberId: old.memberId });
  answerJoin(old, fenced, effects);
  answerSync(old, fenced, effects);
  const member = createRecord(request, slot, memberId);
  member.assignment = old.assignment;
  if (group.leaderId === old.memberId) group.leaderId = memberId;
  // Its place in the order of members stays with it only as Kafka's hash order would allow: at the end.
  group.members.delete(old.memberId);
  group.members.set(memberId, member);
  touch(member, nowUs, effects);
  if (group.state === 'Stable') {
    if (selectProtocol(group) === group.protocol) {
      effects.writes.push({ type: 'none' });
      answerJoin(member, joinAnswer(group, member, true), effects);
    } else rebalanceOrComplete(group, 'metadata', member.client, nowUs, effects);
  } else if (group.state === 'CompletingRebalance') {
    prepareRebalance(group, 'static member replaced', member.client, nowUs, effects);
  } else {
    maybeCompleteJoin(group, nowUs, effects);
  }
}
