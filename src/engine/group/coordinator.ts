/** The classic group coordinator as it meets events: requests come in, deadlines pass, and what follows from them is carried out. */
import type { ClusterState } from '../broker/clusterState.ts';
import { coordinatorOf } from '../broker/metadata.ts';
import { responseArrivalUs } from '../broker/network.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { handleHeartbeat, handleLeave, handleSync, sessionOver } from './attending.ts';
import { armSession, carryOut } from './carryOut.ts';
import type { GroupContext } from './context.ts';
import { isAtBroker, isCoordinated, loseRequest } from './coordination.ts';
import { coordinatorPartition } from './coordinatorPartition.ts';
import { coordinatorProtocols } from './coordinatorProtocols.ts';
import { createConsumerSeat } from './consumerCoordinator.ts';
import type { ConsumerGroupConfig } from './consumerProtocol/consumerGroup.ts';
import { type ConsumerHeartbeat, heartbeatAnswerSizeBytes } from './consumerSeat.ts';
import { createGroupHistory } from './groupHistory.ts';
import type { GroupState, GroupTimer, GroupType, MemberRecord, PendingMember } from './groupState.ts';
import { createEffects, touchSession } from './groupState.ts';
import { handleJoin } from './joining.ts';
import { followCoordinator, onGroupLoaded as loadGroup } from './loading.ts';
import { nextMemberId } from './memberState.ts';
import { answer, emptyResponse, type GroupError } from './protocol.ts';
import type { DecidedWrite } from './offsets/offsetsState.ts';
import { joinTimerOver, syncTimerOver } from './rebalance.ts';
import { createTransactionalOffsets } from './transactionalOffsets.ts';
import type { ShareGroupConfig } from './share/shareGroup.ts';
import { createShareSeat } from './shareCoordinator.ts';

export type { GroupState } from './groupState.ts';

/** A group without members. Its coordinator is the broker that leads its partition of __consumer_offsets; where that topic is not modelled, its partitions are led in turn. */
export function createGroup(options: {
  groupId: string;
  index: number;
  partitionCount: number;
  offsetsPartitions: number;
  brokers: number;
  initialRebalanceDelayUs: number;
  type?: GroupType;
  /** What brokers demand of groups of the consumer protocol. */
  consumer?: ConsumerGroupConfig;
  /** And of share groups. */
  share?: ShareGroupConfig;
  /** Number of the log in `offsets.logs` that is the partition with this key. */
  logOf?: (key: string) => number;
  /** The cluster's state, for who leads the group's partition. */
  cluster: ClusterState;
}): GroupState {
  const partition = coordinatorPartition(options.groupId, options.offsetsPartitions);
  const key = `__consumer_offsets-${partition}`;
  const { type = 'classic', consumer, share } = options;
  const leader = coordinatorOf(options, key);
  return {
    groupId: options.groupId,
    index: options.index,
    type,
    consumer: type === 'consumer' && consumer !== undefined ? createConsumerSeat(options.groupId, consumer) : null,
    share: type === 'share' && share !== undefined ? createShareSeat(options.groupId, share) : null,
    key,
    coordinator: leader >= 0 ? leader : partition % options.brokers,
    coordinatorIncarnation: 0,
    log: options.logOf?.(key) ?? -1,
    loading: false,
    loadGeneration: 0,
    emptySinceUs: -1,
    expiryArmedUs: -1,
    offsetKeys: new Int32Array(options.partitionCount).fill(-1),
    groupKey: -1,
    recordKeys: new Map(),
    state: 'Empty',
    previousState: 'Empty',
    generation: 0,
    rebalances: 0,
    history: createGroupHistory(options.partitionCount),
    committed: new Float64Array(options.partitionCount).fill(-1),
    transactional: createTransactionalOffsets(),
    initialRebalanceDelayUs: options.initialRebalanceDelayUs,
    members: new Map(),
    pending: new Map(),
    leaderId: '',
    protocol: '',
    joinTimer: createTimer(),
    initialDelayUs: -1,
    initialRemainingUs: -1,
    newMemberAdded: false,
    syncTimer: createTimer(),
    nextSessionGeneration: 0,
  };
}

function createTimer(): GroupTimer {
  return { deadlineUs: -1, generation: 0, armedGeneration: 0 };
}

/** EventKind.GroupRequestArrived */
export function onGroupRequestArrived(ctx: GroupContext, slot: number, requestId: number): void {
  const request = ctx.groupRequests.items[slot];
  // Given up by its member.
  if (!request || request.requestId !== requestId) return;
  const client = ctx.members[request.member];
  if (!isAtBroker(ctx, client, slot, request)) return;
  const group = ctx.groups[client.group];
  const effects = createEffects();
  const { nowUs } = ctx.events;
  const isHere = followCoordinator(ctx, group) && group.coordinator === request.broker;
  if (request.type === 'consumer-heartbeat') {
    if (isHere && !group.loading && group.type !== 'classic') {
      const outcome = coordinatorProtocols[group.type].heartbeat(ctx, group, request, { kind: 'heartbeat', slot, requestId });
      if (outcome.state !== 'committed') request.prepared = request.response;
      if (outcome.state !== 'committed') request.response = null;
      if (outcome.state === 'pending') return;
    }
    answerHeartbeat(ctx, slot, request);
    return;
  }
  if (!isHere) {
    effects.answers.push({ slot, response: answer({ error: 'NOT_COORDINATOR', memberId: request.memberId }) });
  } else if (group.loading) {
    // A heartbeat is answered blindly (GroupCoordinatorService.heartbeat).
    const error = 'COORDINATOR_LOAD_IN_PROGRESS';
    effects.answers.push({ slot, response: request.type === 'heartbeat' ? emptyResponse : answer({ error, memberId: request.memberId }) });
  } else if (request.type === 'join') handleJoin(group, request, slot, request.memberId === '' ? nextMemberId(client) : '', nowUs, effects);
  else if (request.type === 'sync') handleSync(group, request, slot, effects);
  else if (request.type === 'heartbeat') handleHeartbeat(group, request, slot, nowUs, effects);
  else handleLeave(group, request, slot, nowUs, effects);
  carryOut(ctx, group, effects);
}

/** Sends the answer of a heartbeat of the consumer protocol; one without a response has come to the wrong broker. */
function answerHeartbeat(ctx: GroupContext, slot: number, request: ConsumerHeartbeat): void {
  request.response ??= { error: 'NOT_COORDINATOR', memberEpoch: 0, heartbeatIntervalUs: 0, assignment: null };
  const backUs = responseArrivalUs(ctx, request.broker, heartbeatAnswerSizeBytes(request.response));
  schedule(ctx.events, backUs, EventKind.GroupResponseArrived, slot, request.requestId);
}

/** What a heartbeat led to is committed in the log, or will not be. */
export function onHeartbeatDecided(ctx: GroupContext, { waiter: { slot, requestId }, error, lost }: DecidedWrite): void {
  const request = ctx.groupRequests.items[slot];
  if (!request || request.requestId !== requestId || request.type !== 'consumer-heartbeat') return;
  if (lost) return loseRequest(ctx, slot, request, ctx.events.nowUs + ctx.costs.networkLatencyUs);
  request.response = error === 'NONE' ? request.prepared : { error, memberEpoch: 0, heartbeatIntervalUs: 0, assignment: null };
  answerHeartbeat(ctx, slot, request);
}

/** EventKind.MetadataArrived: a broker has newer metadata, which may show other topics to the groups it coordinates (GroupMetadataManager.onNewMetadataImage). */
export function refreshGroups(ctx: GroupContext, broker: number): void {
  for (const group of ctx.groups)
    if (group.type !== 'classic' && group.coordinator === broker) coordinatorProtocols[group.type].metadataChanged(group);
}

/** Leaders have changed: groups whose partition is led by another broker, or by one that has restarted, are loaded there. */
export function followCoordinators(ctx: GroupContext): void {
  for (const group of ctx.groups) followCoordinator(ctx, group);
}

/** EventKind.GroupLoaded. Returns the number of a block of `counters.missingPartition` that must be resident first, or -1. */
export function onGroupLoaded(ctx: GroupContext, groupIndex: number, generation: number): number {
  const effects = createEffects();
  const missing = loadGroup(ctx, groupIndex, generation, effects);
  if (missing < 0) carryOut(ctx, ctx.groups[groupIndex], effects);
  return missing;
}

/** EventKind.GroupJoinDeadline: the initial delay or the rebalance timeout is over. */
export function onJoinDeadline(ctx: GroupContext, groupIndex: number, generation: number): void {
  const group = ctx.groups[groupIndex];
  if (generation !== group.joinTimer.generation || group.joinTimer.deadlineUs < 0 || !isCoordinated(ctx, group)) return;
  const effects = createEffects();
  joinTimerOver(group, ctx.events.nowUs, effects);
  carryOut(ctx, group, effects);
}

/** EventKind.GroupSyncDeadline */
export function onSyncDeadline(ctx: GroupContext, groupIndex: number, generation: number): void {
  const group = ctx.groups[groupIndex];
  if (generation !== group.syncTimer.generation || group.syncTimer.deadlineUs < 0 || !isCoordinated(ctx, group)) return;
  const effects = createEffects();
  syncTimerOver(group, ctx.events.nowUs, effects);
  carryOut(ctx, group, effects);
}

/** EventKind.GroupSessionCheck: looks whether the session it was set for is over, or when to look again. */
export function onSessionCheck(ctx: GroupContext, memberIndex: number, generation: number): void {
  const client = ctx.members[memberIndex];
  const group = ctx.groups[client.group];
  if (group.type !== 'classic') return coordinatorProtocols[group.type].sessionCheck(ctx, group, memberIndex, generation);
  const record = findSession(group, client.memberId, generation);
  if (record === undefined) return;
  const { session } = record;
  session.armedUs = -1;
  if (session.deadlineUs < 0 || !isCoordinated(ctx, group)) return;
  if (session.deadlineUs > ctx.events.nowUs) {
    armSession(ctx, group, memberIndex, session);
    return;
  }
  session.deadlineUs = -1;
  const effects = createEffects();
  sessionOver(group, record.memberId, ctx.events.nowUs, effects);
  carryOut(ctx, group, effects);
}

/** A client can be behind several records, one of this life and one of an earlier one that has not run out: the generation tells them apart. */
function findSession(group: GroupState, likelyId: string, generation: number): MemberRecord | PendingMember | undefined {
  const likely = group.members.get(likelyId);
  if (likely?.session.generation === generation) return likely;
  for (const member of group.members.values()) if (member.session.generation === generation) return member;
  for (const member of group.pending.values()) if (member.session.generation === generation) return member;
  return undefined;
}

/** What Kafka's coordinator would say to an offset commit of this member in this generation (ClassicGroup.validateOffsetCommit); NONE also renews its session. */
export function validateCommit(ctx: GroupContext, groupIndex: number, memberIndex: number, generation: number, broker: number): GroupError {
  const group = ctx.groups[groupIndex];
  if (!followCoordinator(ctx, group) || group.coordinator !== broker) return 'NOT_COORDINATOR';
  if (group.loading) return 'COORDINATOR_LOAD_IN_PROGRESS';
  if (group.type !== 'classic') return coordinatorProtocols[group.type].commitError(ctx, group, memberIndex, generation);
  if (group.state === 'Empty' && generation < 0) return 'NONE';
  const member = recordOfClient(group, ctx.members[memberIndex].memberId, memberIndex);
  if (member === undefined) return 'UNKNOWN_MEMBER_ID';
  if (generation !== group.generation) return 'ILLEGAL_GENERATION';
  if (group.state === 'CompletingRebalance') return 'REBALANCE_IN_PROGRESS';
  const effects = createEffects();
  touchSession(member.client, member.session, ctx.events.nowUs + member.sessionTimeoutUs, effects);
  carryOut(ctx, group, effects);
  return 'NONE';
}

/** What it says to an OffsetFetch: members of the consumer protocol name themselves and their epoch, classic ones do not (ConsumerGroup.validateOffsetFetch). */
export function validateOffsetFetch(
  ctx: GroupContext,
  groupIndex: number,
  memberIndex: number,
  generation: number,
  broker: number,
): GroupError {
  const group = ctx.groups[groupIndex];
  if (!followCoordinator(ctx, group) || group.coordinator !== broker) return 'NOT_COORDINATOR';
  if (group.loading) return 'COORDINATOR_LOAD_IN_PROGRESS';
  return group.type === 'classic' ? 'NONE' : coordinatorProtocols[group.type].commitError(ctx, group, memberIndex, generation);
}

function recordOfClient(group: GroupState, memberId: string, client: number): MemberRecord | undefined {
  const current = group.members.get(memberId);
  if (current !== undefined) return current;
  for (const member of group.members.values()) if (member.client === client) return member;
  return undefined;
}
