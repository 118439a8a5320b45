/** The coordinator's side of the consumer protocol as it meets events (KIP-848; Kafka's GroupMetadataManager): what heartbeats and passed deadlines lead to outside the group. */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { ConsumerGroup, ConsumerGroupConfig, ConsumerMember } from './consumerProtocol/consumerGroup.ts';
import { consumerGroupState, createConsumerGroup, putMember } from './consumerProtocol/consumerGroup.ts';
import { expireMembers } from './consumerProtocol/fencing.ts';
import { consumerHeartbeat, requestMetadataRefresh, validateConsumerCommit } from './consumerProtocol/heartbeat.ts';
import type { ConsumerHeartbeat, ConsumerSeat, SeatTimers } from './consumerSeat.ts';
import type { GroupContext } from './context.ts';
import { isCoordinated } from './coordination.ts';
import { beginRebalance, endRebalance } from './groupHistory.ts';
import type { GroupNoticeCode, GroupState, SessionTimer } from './groupState.ts';
import { createSession } from './groupState.ts';
import type { ReadGroup } from './offsets/groupRecords.ts';
import { appendGroupChanges, awaitWritten } from './offsets/groupWriting.ts';
import type { WriteWaiter } from './offsets/offsetsState.ts';
import type { WriteOutcome } from './offsets/writing.ts';

export const consumerCoordinator = {
  heartbeat,
  sessionCheck,
  load,
  commitError,
  metadataChanged: (group: GroupState) => requestMetadataRefresh(seatOf(group).live),
};

export function createConsumerSeat(groupId: string, config: ConsumerGroupConfig): ConsumerSeat {
  return { live: createConsumerGroup(groupId, config), written: createConsumerGroup(groupId, config), timers: new Map() };
}

function seatOf(group: GroupState): ConsumerSeat {
  if (group.consumer === null) throw new Error(`group ${group.groupId}: expected the consumer protocol, found ${group.type}`);
  return group.consumer;
}

/** Gives what became of the records it led to; there is an answer only when these are committed. */
function heartbeat(ctx: GroupContext, group: GroupState, request: ConsumerHeartbeat, waiter: WriteWaiter): WriteOutcome {
  const seat = seatOf(group);
  const { live, timers } = seat;
  const { body, member: client } = request;
  const { memberId } = body;
  const before = live.members.get(memberId);
  const { groupEpoch, assignmentEpoch } = live;
  const response = consumerHeartbeat(live, body, ctx.topics, ctx.events.nowUs);
  request.response = response;
  if (response.error !== 'NONE') return { state: 'committed', writtenUs: ctx.events.nowUs };
  const after = live.members.get(memberId);
  const joins = body.memberEpoch === 0 && before === undefined;
  const [code, reason] = wordsOf(request, joins);
  if (code !== null) notice(ctx, group, client, code, request.reason);
  if (after !== undefined && !timers.has(memberId)) timers.set(memberId, { client, session: createSession(), revocation: createSession() });
  if (live.groupEpoch > groupEpoch) {
    notice(ctx, group, client, 'rebalance.started', `${reason}, group epoch ${live.groupEpoch}`);
    beginRebalance(group, ctx.events.nowUs, reason);
  }
  if (after?.state === 'UNREVOKED_PARTITIONS' && after !== before) {
    notice(ctx, group, client, 'member.reconciling', partitionNames(ctx, after.pendingRevocation));
  }
  const isChanged = after !== before || live.groupEpoch > groupEpoch || live.assignmentEpoch > assignmentEpoch;
  const outcome = isChanged ? settle(ctx, group, waiter) : awaitWritten(ctx, group, waiter);
  watch(ctx, group, memberId);
  return outcome;
}

function wordsOf({ body, reason }: ConsumerHeartbeat, joins: boolean): [GroupNoticeCode | null, string] {
  if (body.memberEpoch < 0) return ['member.left', reason];
  return joins ? ['member.joined', 'a member joins'] : [null, 'topics or subscriptions have changed'];
}

function partitionNames(ctx: GroupContext, indexes: readonly number[]): string {
  return indexes.map((index) => `${ctx.topics[ctx.partitions[index].topic].name}-${ctx.partitions[index].partition}`).join(', ');
}

function notice(ctx: GroupContext, group: GroupState, member: number, code: GroupNoticeCode, detail: string): void {
  ctx.notices.push({ timeUs: ctx.events.nowUs, code, group: group.index, member, detail });
}

/** The group has changed: the change is written and shown, and who is gone is forgotten. A coordinator that cannot write has changed nothing; the next one reads the log. */
function settle(ctx: GroupContext, group: GroupState, waiter: WriteWaiter | null): WriteOutcome {
  const seat = seatOf(group);
  const { live, written: before, timers } = seat;
  const clientOf = (memberId: string): number => timers.get(memberId)?.client ?? -1;
  const outcome = appendGroupChanges(ctx, group, { before, after: live, clientOf }, waiter);
  if (outcome.state === 'refused') {
    const { sessionDeadlines, revocationDeadlines } = live;
    seat.live = { ...copyOf(before), sessionDeadlines, revocationDeadlines };
    return outcome;
  }
  for (const memberId of timers.keys()) if (!live.members.has(memberId)) timers.delete(memberId);
  seat.written = copyOf(live);
  show(ctx, group);
  return outcome;
}

function show(ctx: GroupContext, group: GroupState): void {
  const { live } = seatOf(group);
  const state = consumerGroupState(live);
  group.generation = live.groupEpoch;
  if (state === 'Stable' || state === 'Empty') endRebalance(group, ctx.events.nowUs, live.groupEpoch);
  if (state === group.state) return;
  group.previousState = group.state;
  group.state = state;
  if (state !== 'Stable') return;
  group.rebalances++;
  notice(ctx, group, -1, 'rebalance.completed', `group epoch ${live.groupEpoch}`);
}

/** Members are never changed in place, so copies of the maps are a copy of the group. */
function copyOf(group: ConsumerGroup): ConsumerGroup {
  return {
    ...group,
    members: new Map(group.members),
    targets: new Map(group.targets),
    partitionEpochs: new Map(group.partitionEpochs),
    sessionDeadlines: new Map(),
    revocationDeadlines: new Map(),
  };
}

/** Sets an event for each deadline of a member that has none which comes in time: most heartbeats only move a deadline. */
function watch(ctx: GroupContext, group: GroupState, memberId: string): void {
  const { live, timers } = seatOf(group);
  const own = timers.get(memberId);
  if (own === undefined) return;
  const { client, session, revocation } = own;
  session.deadlineUs = live.sessionDeadlines.get(memberId) ?? -1;
  revocation.deadlineUs = live.revocationDeadlines.get(memberId)?.deadlineUs ?? -1;
  arm(ctx, group, client, session);
  arm(ctx, group, client, revocation);
}

function arm(ctx: GroupContext, group: GroupState, client: number, timer: SessionTimer): void {
  if (timer.deadlineUs < 0 || (timer.armedUs >= 0 && timer.armedUs <= timer.deadlineUs)) return;
  timer.generation = group.nextSessionGeneration;
  group.nextSessionGeneration = (group.nextSessionGeneration + 1) | 0;
  timer.armedUs = timer.deadlineUs;
  schedule(ctx.events, timer.deadlineUs, EventKind.GroupSessionCheck, client, timer.generation);
}

function sessionCheck(ctx: GroupContext, group: GroupState, client: number, generation: number): void {
  const { live, timers } = seatOf(group);
  const found = findTimer(timers, ctx.members[client].memberId, generation);
  if (found === undefined) return;
  const [memberId, timer] = found;
  timer.armedUs = -1;
  if (timer.deadlineUs < 0 || !isCoordinated(ctx, group)) return;
  if (timer.deadlineUs > ctx.events.nowUs) return arm(ctx, group, client, timer);
  const expired = expireMembers(live, ctx.events.nowUs, ctx.topics);
  for (const { memberId: id, reason } of expired) {
    const who = timers.get(id)?.client ?? -1;
    if (reason === 'session-timeout') notice(ctx, group, who, 'member.session-expired', 'heartbeat expired');
    else notice(ctx, group, who, 'member.left', 'did not give up its partitions within max.poll.interval.ms');
  }
  if (expired.length > 0) {
    notice(ctx, group, -1, 'rebalance.started', `a member is out, group epoch ${live.groupEpoch}`);
    beginRebalance(group, ctx.events.nowUs, 'a member is out');
    settle(ctx, group, null);
  }
  watch(ctx, group, memberId);
}

function findTimer(timers: ReadonlyMap<string, SeatTimers>, likelyId: string, generation: number): [string, SessionTimer] | undefined {
  const likely = timers.get(likelyId);
  if (likely?.session.generation === generation) return [likelyId, likely.session];
  for (const [memberId, { session, revocation }] of timers) {
    if (session.generation === generation) return [memberId, session];
    if (revocation.generation === generation) return [memberId, revocation];
  }
  return undefined;
}

/** GroupMetadataManager.onLoaded: the group is what the log says, every session begins anew, and so does the time in which a member may give up its partitions. `read` is null where there is no log. */
function load(ctx: GroupContext, group: GroupState, read: ReadGroup | null): void {
  const seat = seatOf(group);
  const { nowUs } = ctx.events;
  const clients = read?.clients ?? new Map([...seat.timers].map(([memberId, { client }]) => [memberId, client]));
  if (read !== null) seat.written = stateOf(seat.written, read);
  seat.live = { ...copyOf(seat.written), refreshRequested: true };
  seat.timers.clear();
  for (const [memberId, member] of seat.live.members) {
    const client = clients.get(memberId);
    if (client === undefined) throw new Error(`group ${group.groupId}: no client for member ${memberId} in what was written`);
    seat.timers.set(memberId, { client, session: createSession(), revocation: createSession() });
    beginDeadlines(seat.live, member, nowUs);
    watch(ctx, group, memberId);
  }
  show(ctx, group);
}

function stateOf(
  { groupId, config }: ConsumerGroup,
  { groupEpoch, assignmentEpoch, metadata, members, targets }: ReadGroup,
): ConsumerGroup {
  const state: ConsumerGroup = { ...createConsumerGroup(groupId, config), groupEpoch, assignmentEpoch, metadata, targets };
  for (const member of members.values()) putMember(state, member);
  return state;
}

function beginDeadlines(live: ConsumerGroup, { memberId, state, memberEpoch, rebalanceTimeoutUs }: ConsumerMember, nowUs: number): void {
  live.sessionDeadlines.set(memberId, nowUs + live.config.sessionTimeoutUs);
  if (state === 'UNREVOKED_PARTITIONS') live.revocationDeadlines.set(memberId, { deadlineUs: nowUs + rebalanceTimeoutUs, memberEpoch });
}

/** The client of the run is behind one member id at a time; one that has ended meanwhile may still be in the group under its last. */
function commitError(
  ctx: GroupContext,
  group: GroupState,
  client: number,
  epoch: number,
): 'NONE' | 'UNKNOWN_MEMBER_ID' | 'STALE_MEMBER_EPOCH' {
  const { live, timers } = seatOf(group);
  const likelyId = ctx.members[client].memberId;
  if (live.members.has(likelyId)) return validateConsumerCommit(live, likelyId, epoch);
  for (const [memberId, timer] of timers) if (timer.client === client) return validateConsumerCommit(live, memberId, epoch);
  return validateConsumerCommit(live, likelyId, epoch);
}
