/** SyncGroup, Heartbeat, LeaveGroup and the end of sessions at the coordinator (Kafka's GroupMetadataManager, classic groups). */
import type { GroupEffects, GroupState } from './groupState.ts';
import { allJoined, answerJoin, answerSync, type GroupWrite, removeMember, transitionTo } from './groupState.ts';
import type { GroupError, HeartbeatRequest, LeaveRequest, SyncRequest } from './protocol.ts';
import { answer, emptyResponse } from './protocol.ts';
import { memberError } from './joining.ts';
import type { WrittenGroup } from './offsets/offsetsState.ts';
import { completeJoin, maybeCompleteJoin, prepareRebalance, rebalanceOrComplete, stopSyncTimer, touch } from './rebalance.ts';

/** A member asks for its assignment; the leader brings everybody's. Followers wait for the leader. */
export function handleSync(group: GroupState, request: SyncRequest, slot: number, effects: GroupEffects): void {
  const refuse = (error: GroupError): void => {
    effects.answers.push({ slot, response: answer({ error, memberId: request.memberId }) });
  };
  const error = memberError(group, request.memberId, request.instanceId);
  const member = group.members.get(request.memberId);
  if (error !== 'NONE' || member === undefined) return refuse(error);
  if (request.generation !== group.generation) return refuse('ILLEGAL_GENERATION');
  if (request.protocol !== '' && request.protocol !== group.protocol) return refuse('INCONSISTENT_GROUP_PROTOCOL');
  if (group.state === 'PreparingRebalance') return refuse('REBALANCE_IN_PROGRESS');
  member.syncPending = false;
  if (group.state === 'Stable') {
    effects.answers.push({ slot, response: answer({ protocol: group.protocol, assignment: member.assignment }) });
  } else if (group.state === 'CompletingRebalance') {
    member.syncSlot = slot;
    if (group.leaderId === member.memberId) {
      effects.writes.push({ type: 'sync', generation: group.generation, client: request.member, assignments: request.assignments });
    }
  }
  stopSyncTimerWhenAllSynced(group);
}

type SyncWrite = Extract<GroupWrite, { readonly type: 'sync' }>;

/** What is written of a group now, with the assignments that come into force by it. Records of members are copied: the group goes on changing its own. */
export function snapshotOf(group: GroupState, write: GroupWrite): WrittenGroup {
  const assignments = write.type === 'sync' ? new Map(write.assignments) : null;
  const members = [...group.members.values()].map((member) => ({
    ...member,
    assignment: assignments === null ? member.assignment : (assignments.get(member.memberId) ?? []),
    isNew: false,
    joinSlot: -1,
    syncSlot: -1,
    syncPending: false,
  }));
  return { generation: group.generation, protocol: group.protocol, leaderId: group.leaderId, members };
}

/** The assignments of a generation are committed: who waits for its own gets it, unless the group has gone on meanwhile. */
export function becomeStable(group: GroupState, write: SyncWrite, nowUs: number, effects: GroupEffects): void {
  if (group.state !== 'CompletingRebalance' || group.generation !== write.generation) return;
  const assignments = new Map(write.assignments);
  for (const member of group.members.values()) {
    member.assignment = assignments.get(member.memberId) ?? [];
    const response = answer({ protocol: group.protocol, assignment: member.assignment });
    if (answerSync(member, response, effects)) touch(member, nowUs, effects);
  }
  transitionTo(group, 'Stable');
  group.rebalances++;
  effects.notices.push({ code: 'rebalance.completed', client: write.client, detail: `generation ${group.generation}` });
}

/** The assignments could not be stored: who waits is told, and the group begins again (GroupMetadataManager.resetAndPropagateAssignmentWithError). */
export function storingFailed(group: GroupState, write: SyncWrite, error: GroupError, nowUs: number, effects: GroupEffects): void {
  if (group.state !== 'CompletingRebalance' || group.generation !== write.generation) return;
  for (const member of group.members.values()) {
    member.assignment = [];
    if (answerSync(member, answer({ error, memberId: member.memberId }), effects)) touch(member, nowUs, effects);
  }
  prepareRebalance(group, 'assignments could not be stored', write.client, nowUs, effects);
}

function stopSyncTimerWhenAllSynced(group: GroupState): void {
  if (group.syncTimer.deadlineUs < 0) return;
  for (const member of group.members.values()) if (member.syncPending) return;
  stopSyncTimer(group);
}

/** A member says it lives; the answer tells it whether it has to rejoin. */
export function handleHeartbeat(group: GroupState, request: HeartbeatRequest, slot: number, nowUs: number, effects: GroupEffects): void {
  const error = heartbeatError(group, request, nowUs, effects);
  // The usual answer is one object for all, since heartbeats are most of what a group does.
  effects.answers.push({ slot, response: error === 'NONE' ? emptyResponse : answer({ error, memberId: request.memberId }) });
}

function heartbeatError(group: GroupState, request: HeartbeatRequest, nowUs: number, effects: GroupEffects): GroupError {
  const error = memberError(group, request.memberId, request.instanceId);
  const member = group.members.get(request.memberId);
  if (error !== 'NONE' || member === undefined) return error;
  if (request.generation !== group.generation) return 'ILLEGAL_GENERATION';
  if (group.state === 'Empty' || group.state === 'Dead') return 'UNKNOWN_MEMBER_ID';
  touch(member, nowUs, effects);
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
}

/** A member goes; the others rebalance at once. */
export function handleLeave(group: GroupState, request: LeaveRequest, slot: number, nowUs: number, effects: GroupEffects): void {
  const pending = group.pending.has(request.memberId);
  const error = pending ? 'NONE' : memberError(group, request.memberId, request.instanceId);
  effects.answers.push({ slot, response: answer({ error, memberId: request.memberId }) });
  if (error !== 'NONE') return;
  const member = group.members.get(request.memberId);
  if (member !== undefined) {
    answerJoin(member, answer({ error: 'UNKNOWN_MEMBER_ID' }), effects);
    answerSync(member, answer({ error: 'UNKNOWN_MEMBER_ID' }), effects);
    effects.notices.push({ code: 'member.left', client: member.client, detail: request.reason });
  }
  removeMember(group, request.memberId);
  if (group.state === 'Stable' || group.state === 'CompletingRebalance') {
    rebalanceOrComplete(group, request.reason, request.member, nowUs, effects);
  } else maybeCompleteJoin(group, nowUs, effects);
}

/** The session of a member or pending member is over. Who waits for a rebalance to go on is excused. */
export function sessionOver(group: GroupState, memberId: string, nowUs: number, effects: GroupEffects): void {
  const member = group.members.get(memberId);
  if (member === undefined) {
    if (!group.pending.has(memberId)) return;
    removeMember(group, memberId);
  } else {
    if (!member.isNew && (member.joinSlot >= 0 || member.syncSlot >= 0)) return;
    answerJoin(member, answer({ error: 'UNKNOWN_MEMBER_ID' }), effects);
    removeMember(group, memberId);
    effects.notices.push({ code: 'member.session-expired', client: member.client, detail: 'heartbeat expired' });
    if (group.state === 'Stable' || group.state === 'CompletingRebalance') {
      rebalanceOrComplete(group, 'heartbeat expired', member.client, nowUs, effects);
      return;
    }
  }
  if (group.state === 'PreparingRebalance' && allJoined(group)) completeJoin(group, nowUs, effects);
}
