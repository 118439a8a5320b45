/** A group as people look at it at one moment: coordinator, members, what moves between them, partitions, rebalances. Changes nothing. */
import { ownedPartition } from '../../consumer/consumer.ts';
import { coordinatorNow } from '../../group/coordination.ts';
import type { GroupState } from '../../group/groupState.ts';
import type { Rebalance } from '../../group/groupHistory.ts';
import type { GroupMember } from '../../group/memberState.ts';
import { ownersOf, partitionLag } from '../../metrics/lag.ts';
import { lagReportOf } from '../../metrics/lag/lagReport.ts';
import { settleAll } from '../../metrics/observe.ts';
import type { GroupMemberView, GroupPartitionView, GroupView, RebalanceView } from '../../report/groupView.ts';
import type { Run } from '../build.ts';
import { cellsOf, idsInGroup, intendedOf, type Intended } from './groupCells.ts';
import { groupShareView } from './groupShareView.ts';
import type { EngineContext } from '../state.ts';

/** The group with this id now; null when the run has none. */
export function groupViewOf({ ctx }: Run, groupId: string): GroupView | null {
  const group = ctx.groups.find((candidate) => candidate.groupId === groupId);
  if (group === undefined) return null;
  settleAll(ctx);
  const members = ctx.members.filter((member) => member.group === group.index);
  const indexes = partitionsOf(ctx, group);
  const places = new Map(indexes.map((partition, place) => [partition, place]));
  const partitions = partitionViews(ctx, group, { indexes, members });
  const intended = intendedOf(ctx, group, members);
  const seat = group.consumer ?? group.share;
  const coordinator = coordinatorNow(ctx, group);
  return {
    timeUs: ctx.events.nowUs,
    groupId,
    protocol: group.type,
    assignor: assignorOf(group),
    cooperative: group.type === 'classic' && members.length > 0 ? members.every(({ cooperative }) => cooperative) : null,
    state: group.state,
    epoch: group.generation,
    assignmentEpoch: seat === null ? null : seat.live.assignmentEpoch,
    coordinator: coordinator < 0 ? null : coordinator,
    loading: group.loading,
    keptIn: group.key,
    lagRecords: partitions.reduce((sum, { lagRecords }) => sum + lagRecords, 0),
    lagSeconds: partitions.reduce((worst, { lagSeconds }) => Math.max(worst, lagSeconds), 0),
    lag: lagReportOf({ ctx, marks: ctx.series.lagMarks, faults: ctx.faults }, group.index),
    rebalancesBegun: group.history.begun,
    rebalances: rebalanceViews(ctx, group),
    members: members.map((member) => memberView(ctx, group, member, { places, intended: intended.get(member.index)! })),
    partitions,
  };
}

/** Global indexes of the partitions of all topics the group's nodes read. */
function partitionsOf(ctx: EngineContext, group: GroupState): number[] {
  const topics = new Set(ctx.nodes.filter((node) => node.group === group.index).flatMap(({ inputs }) => inputs));
  return [...topics]
    .sort((a, b) => a - b)
    .flatMap((topic) => {
      const { firstPartition, partitionCount } = ctx.topics[topic]!;
      return Array.from({ length: partitionCount }, (_, p) => firstPartition + p);
    });
}

/** Of the consumer protocol the assignor most members name, else the cluster's (ConsumerGroup.preferredServerAssignor). */
function assignorOf(group: GroupState): string {
  if (group.share !== null) return 'simple';
  if (group.consumer === null) return group.protocol;
  const { members, config } = group.consumer.live;
  const votes = new Map<string, number>();
  for (const { serverAssignor } of members.values())
    if (serverAssignor !== '') votes.set(serverAssignor, (votes.get(serverAssignor) ?? 0) + 1);
  let best: string = config.assignor;
  let most = 0;
  for (const [name, count] of votes) {
    if (count <= most) continue;
    best = name;
    most = count;
  }
  return best;
}

function memberView(
  ctx: EngineContext,
  group: GroupState,
  member: GroupMember,
  { places, intended }: { readonly places: ReadonlyMap<number, number>; readonly intended: Intended },
): GroupMemberView {
  const worker = ctx.workers[member.index]!;
  const node = ctx.nodes[worker.node]!;
  const { nowUs } = ctx.events;
  const isDown = member.state === 'down' || !worker.alive;
  const owned = new Set(group.type === 'share' ? member.owned : ctx.consumers[member.index]!.owned.map(({ index }) => index));
  const paused = new Set(ctx.consumers[member.index]!.owned.flatMap((one) => (one.paused ? [one.index] : [])));
  const known = standing(group, member);
  const seat = group.consumer ?? group.share;
  const { heartbeatIntervalUs, maxPollIntervalUs } = member.config;
  return {
    nodeId: node.id,
    node: node.name,
    member: worker.number,
    memberId: member.memberId,
    instanceId: member.config.groupInstanceId,
    state: isDown ? 'down' : member.state,
    known: known?.words ?? null,
    leads: group.type === 'classic' && member.memberId !== '' && group.leaderId === member.memberId,
    epoch: member.generation < 0 ? null : member.generation,
    sessionLeftMs: known === null || known.deadlineUs < 0 ? null : Math.max(0, known.deadlineUs - nowUs) / 1000,
    sessionTimeoutMs: (seat?.live.config.sessionTimeoutUs ?? member.config.sessionTimeoutUs) / 1000,
    heartbeatIntervalMs: (seat?.live.config.heartbeatIntervalUs ?? heartbeatIntervalUs) / 1000,
    sincePollMs: isDown ? null : member.inPoll ? 0 : (nowUs - member.lastPollUs) / 1000,
    maxPollIntervalMs: maxPollIntervalUs / 1000,
    failure: member.failure,
    cells: cellsOf(group, { member, owned, paused, intended }, places),
  };
}

/** How the coordinator sees a member, or what is left in the group of an earlier life of it; null when it knows neither. */
function standing(group: GroupState, member: GroupMember): { readonly words: string; readonly deadlineUs: number } | null {
  const ids = idsInGroup(group).get(member.index) ?? [];
  const memberId = ids.includes(member.memberId) ? member.memberId : ids[0];
  if (memberId === undefined) {
    for (const { client, session } of group.pending.values())
      if (client === member.index) return { words: 'pending', deadlineUs: session.deadlineUs };
    return null;
  }
  const record = group.members.get(memberId);
  if (record !== undefined) return { words: classicWords(group, record), deadlineUs: record.session.deadlineUs };
  const { live } = (group.consumer ?? group.share)!;
  const known = group.consumer?.live.members.get(memberId);
  return { words: known === undefined ? 'STABLE' : known.state, deadlineUs: live.sessionDeadlines.get(memberId) ?? -1 };
}

function classicWords(
  { state }: GroupState,
  { joinSlot, syncPending }: { readonly joinSlot: number; readonly syncPending: boolean },
): string {
  if (state === 'PreparingRebalance') return joinSlot >= 0 ? 'joined' : 'to rejoin';
  if (state === 'CompletingRebalance') return syncPending ? 'to sync' : 'synced';
  return 'stable';
}

function partitionViews(
  ctx: EngineContext,
  group: GroupState,
  { indexes, members }: { readonly indexes: readonly number[]; readonly members: readonly GroupMember[] },
): GroupPartitionView[] {
  const owners = ownersOf(ctx, group.index);
  const placeOf = new Map(members.map(({ index }, place) => [index, place]));
  const { sinceUs, owner } = group.history;
  return indexes.map((index) => {
    const { log, topic, partition } = ctx.partitions[index]!;
    const lag = partitionLag(ctx, group.index, index, owners[index]!);
    const committed = group.committed[index]!;
    const isShared = group.type === 'share';
    const stands = !isShared && owner[index]! < 0 && sinceUs[index]! >= 0;
    return {
      topicNode: ctx.topics[topic]!.node,
      topic: ctx.topics[topic]!.name,
      partition,
      logStartOffset: log.logStartOffset,
      endOffset: log.highWatermark,
      committed: committed < 0 || isShared ? null : committed,
      position: owners[index]! < 0 || isShared ? null : lag.position,
      lagRecords: lag.records,
      lagSeconds: lag.seconds,
      owner: isShared ? null : (placeOf.get(owners[index]!) ?? null),
      readsFrom: isShared || owners[index]! < 0 ? null : readsFrom(ctx, owners[index]!, index),
      paused: owners[index]! >= 0 && ownedPartition(ctx.consumers[owners[index]!]!, index)?.paused === true,
      standsMs: stands ? (ctx.events.nowUs - sinceUs[index]!) / 1000 : null,
      share: groupShareView(ctx, group.index, index, placeOf),
    };
  });
}

/** Where a member fetches a partition, by its open sessions. */
function readsFrom(ctx: EngineContext, member: number, partition: number): GroupPartitionView['readsFrom'] {
  const owned = ownedPartition(ctx.consumers[member]!, partition);
  const session = owned === undefined || owned.session < 0 ? null : ctx.fetchSessions.items[owned.session];
  if (!session) return null;
  return { broker: session.broker, follower: session.leaders !== null && session.leaders[owned!.place]! >= 0 };
}

/** Partitions that still stand count for the last rebalance, as they will when they are taken up. */
function rebalanceViews(ctx: EngineContext, { history }: GroupState): RebalanceView[] {
  const { nowUs } = ctx.events;
  return history.rebalances.map((rebalance, i) => {
    const standing = i === history.rebalances.length - 1 ? stillStanding(history, rebalance) : [];
    const longestUs = standing.reduce((longest, fromUs) => Math.max(longest, nowUs - fromUs), rebalance.longestStopUs);
    return {
      startUs: rebalance.startUs,
      endUs: rebalance.endUs < 0 ? null : rebalance.endUs,
      reason: rebalance.reason,
      moreReasons: rebalance.moreReasons,
      generation: rebalance.generation < 0 ? null : rebalance.generation,
      stopped: rebalance.stopped + standing.length,
      longestStopMs: longestUs / 1000,
    };
  });
}

/** Since when partitions without an owner stand, of those that count for this rebalance. */
function stillStanding({ owner, sinceUs }: GroupState['history'], { endUs }: Rebalance): number[] {
  return [...sinceUs].filter((fromUs, partition) => owner[partition]! < 0 && fromUs >= 0 && (endUs < 0 || fromUs <= endUs));
}
