/**
 * The coordinator's side of a classic rebalance: from the first reason for one to the answers that let everybody go on (Kafka's
 * GroupMetadataManager, classic groups). Functions work on one group and collect what has to happen outside it in `effects`.
 */
import type { GroupEffects, GroupState, MemberRecord } from './groupState.ts';
import { allJoined, answerJoin, answerSync, rebalanceTimeoutUs, removeMember, setTimer, touchSession, transitionTo } from './groupState.ts';
import { answer } from './protocol.ts';

/** Starts a rebalance where one may start, else completes the one that is on if nobody is missing. */
export function rebalanceOrComplete(group: GroupState, reason: string, client: number, nowUs: number, effects: GroupEffects): void {
  if (group.state === 'Stable' || group.state === 'CompletingRebalance' || group.state === 'Empty') {
    prepareRebalance(group, reason, client, nowUs, effects);
  } else {
    maybeCompleteJoin(group, nowUs, effects);
  }
}

/** Goes to PreparingRebalance. An empty group waits for its initial delay, any other until all have joined or the rebalance timeout is over. */
export function prepareRebalance(group: GroupState, reason: string, client: number, nowUs: number, effects: GroupEffects): void {
  if (group.state === 'CompletingRebalance') {
    for (const member of group.members.values()) {
      member.assignment = [];
      if (answerSync(member, answer({ error: 'REBALANCE_IN_PROGRESS' }), effects)) touch(member, nowUs, effects);
    }
  }
  stopSyncTimer(group);
  const initial = group.state === 'Empty';
  if (initial) {
    group.initialDelayUs = group.initialRebalanceDelayUs;
    group.initialRemainingUs = Math.max(rebalanceTimeoutUs(group) - group.initialRebalanceDelayUs, 0);
    setTimer(group.joinTimer, nowUs + group.initialDelayUs);
  }
  transitionTo(group, 'PreparingRebalance');
  effects.notices.push({ code: 'rebalance.started', client, detail: initial ? 'initial join' : reason });
  if (initial) return;
  if (allJoined(group)) completeJoin(group, nowUs, effects);
  else setTimer(group.joinTimer, nowUs + rebalanceTimeoutUs(group));
}

/** Completes the join phase if all have joined; the first rebalance of an empty group always waits for its delay. */
export function maybeCompleteJoin(group: GroupState, nowUs: number, effects: GroupEffects): void {
  if (group.state === 'PreparingRebalance' && group.previousState !== 'Empty' && allJoined(group)) completeJoin(group, nowUs, effects);
}

/** The join timer is over: the initial delay is extended if somebody came during it, anything else completes the join phase. */
export function joinTimerOver(group: GroupState, nowUs: number, effects: GroupEffects): void {
  group.joinTimer.deadlineUs = -1;
  if (group.initialDelayUs >= 0 && group.newMemberAdded && group.initialRemainingUs > 0) {
    group.newMemberAdded = false;
    const delayUs = Math.min(group.initialRebalanceDelayUs, group.initialRemainingUs);
    group.initialRemainingUs = Math.max(group.initialRemainingUs - group.initialDelayUs, 0);
    group.initialDelayUs = delayUs;
    setTimer(group.joinTimer, nowUs + delayUs);
    return;
  }
  completeJoin(group, nowUs, effects);
}

/** Ends the join phase: who has not come is out (static members excepted), the generation grows, and all who wait are answered. */
export function completeJoin(group: GroupState, nowUs: number, effects: GroupEffects): void {
  setTimer(group.joinTimer, -1);
  group.initialDelayUs = -1;
  for (const member of [...group.members.values()]) {
    if (member.joinSlot >= 0 || member.instanceId !== '') continue;
    removeMember(group, member.memberId);
    effects.notices.push({ code: 'member.left', client: member.client, detail: 'did not rejoin in time' });
  }
  if (!electJoinedLeader(group) && group.members.size > 0) {
    // Only static members that are away: wait again until their sessions end.
    setTimer(group.joinTimer, nowUs + rebalanceTimeoutUs(group));
    return;
  }
  group.generation++;
  if (group.members.size === 0) {
    group.protocol = '';
    transitionTo(group, 'Empty');
    group.emptySinceUs = nowUs;
    effects.writes.push({ type: 'none' });
    return;
  }
  group.protocol = selectProtocol(group);
  transitionTo(group, 'CompletingRebalance');
  for (const member of group.members.values()) {
    answerJoin(member, joinAnswer(group, member), effects);
    touch(member, nowUs, effects);
    member.isNew = false;
    member.syncPending = true;
  }
  setTimer(group.syncTimer, nowUs + rebalanceTimeoutUs(group));
}

/** What a member learns when the join phase is over; the leader also who is in the group. */
export function joinAnswer(group: GroupState, member: MemberRecord, skipAssignment = false): ReturnType<typeof answer> {
  const leads = group.leaderId === member.memberId;
  const members = leads
    ? [...group.members.values()].map(({ memberId, instanceId, protocols }) => ({
        memberId,
        instanceId,
        subscription: (protocols.find(({ name }) => name === group.protocol) ?? protocols[0]).subscription,
      }))
    : [];
  return answer({
    memberId: member.memberId,
    generation: group.generation,
    leader: group.leaderId,
    protocol: group.protocol,
    members,
    skipAssignment: leads && skipAssignment,
  });
}

/** Keeps the leader if it has joined, else takes the first that has; false when nobody has. */
function electJoinedLeader(group: GroupState): boolean {
  const leader = group.members.get(group.leaderId);
  if (leader !== undefined && leader.joinSlot >= 0) return true;
  for (const member of group.members.values()) {
    if (member.joinSlot < 0) continue;
    group.leaderId = member.memberId;
    return true;
  }
  return false;
}

/** The strategy most members prefer among those all support; of equals the one voted for first. */
export function selectProtocol(group: GroupState): string {
  const members = [...group.members.values()];
  const votes = new Map<string, number>();
  for (const member of members) {
    const choice = member.protocols.find(({ name }) =>
      members.every((other) => other.protocols.some((protocol) => protocol.name === name)),
    );
    if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
  }
  let best = '';
  for (const [name, count] of votes) if (best === '' || count > (votes.get(best) ?? 0)) best = name;
  return best;
}

/** The sync timer is over: who has not synced is out, and the others rebalance again. */
export function syncTimerOver(group: GroupState, nowUs: number, effects: GroupEffects): void {
  group.syncTimer.deadlineUs = -1;
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return;
  const missing = [...group.members.values()].filter((member) => member.syncPending);
  if (missing.length === 0) return;
  for (const member of missing) {
    removeMember(group, member.memberId);
    effects.notices.push({ code: 'member.left', client: member.client, detail: 'no sync in time' });
  }
  prepareRebalance(group, 'no sync in time', missing[0].client, nowUs, effects);
}

export function stopSyncTimer(group: GroupState): void {
  for (const member of group.members.values()) member.syncPending = false;
  if (group.syncTimer.deadlineUs >= 0) setTimer(group.syncTimer, -1);
}

/** The member was heard of: its session starts anew. */
export function touch(member: MemberRecord, nowUs: number, effects: GroupEffects): void {
  touchSession(member.client, member.session, nowUs + member.sessionTimeoutUs, effects);
}
