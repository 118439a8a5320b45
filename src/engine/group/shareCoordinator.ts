/** The coordinator's side of share groups as it meets events (KIP-932; Kafka's GroupMetadataManager.shareGroupHeartbeat). Members take their assignment at once, so a heartbeat and a session are all there is. */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { ConsumerHeartbeat } from './consumerSeat.ts';
import type { GroupContext } from './context.ts';
import { isCoordinated } from './coordination.ts';
import { beginRebalance, endRebalance } from './groupHistory.ts';
import type { GroupNoticeCode, GroupState, SessionTimer } from './groupState.ts';
import { createSession } from './groupState.ts';
import type { ReadGroup } from './offsets/groupRecords.ts';
import { appendGroupChanges, awaitWritten } from './offsets/groupWriting.ts';
import type { WriteWaiter } from './offsets/offsetsState.ts';
import type { WriteOutcome } from './offsets/writing.ts';
import {
  createShareGroup,
  expireShareMembers,
  type ShareGroup,
  type ShareGroupConfig,
  shareGroupState,
  shareHeartbeat,
} from './share/shareGroup.ts';

/** A share group at its coordinator. */
export interface ShareSeat {
  live: ShareGroup;
  /** What was written of it to `__consumer_offsets`: what the next records are the difference to. Its deadlines mean nothing. */
  written: ShareGroup;
  /** By member id, for whoever is in the group: index of its client, and its session. */
  readonly timers: Map<string, { readonly client: number; readonly session: SessionTimer }>;
}

export const shareCoordinator = {
  heartbeat,
  sessionCheck,
  load,
  // Share groups commit no offsets: what is done with is written partition by partition.
  commitError: () => 'UNKNOWN_MEMBER_ID' as const,
  metadataChanged: (group: GroupState) => {
    seatOf(group).live.refreshRequested = true;
  },
};

export function createShareSeat(groupId: string, config: ShareGroupConfig): ShareSeat {
  return { live: createShareGroup(groupId, config), written: createShareGroup(groupId, config), timers: new Map() };
}

function seatOf(group: GroupState): ShareSeat {
  if (group.share === null) throw new Error(`group ${group.groupId}: expected a share group, found ${group.type}`);
  return group.share;
}

/** Gives what became of the records it led to; there is an answer only when these are committed. */
function heartbeat(ctx: GroupContext, group: GroupState, request: ConsumerHeartbeat, waiter: WriteWaiter): WriteOutcome {
  const { live, timers } = seatOf(group);
  const { memberId, memberEpoch, topics } = request.body;
  const before = live.members.get(memberId);
  const { groupEpoch } = live;
  const response = shareHeartbeat(live, { memberId, memberEpoch, topics }, ctx.topics, ctx.events.nowUs);
  request.response = response;
  if (response.error !== 'NONE') return { state: 'committed', writtenUs: ctx.events.nowUs };
  if (memberEpoch < 0) notice(ctx, group, request.member, 'member.left', request.reason);
  else if (before === undefined) notice(ctx, group, request.member, 'member.joined', '');
  if (live.members.has(memberId) && !timers.has(memberId)) timers.set(memberId, { client: request.member, session: createSession() });
  const reason = before === undefined ? 'a member joins' : 'topics or subscriptions have changed';
  if (live.groupEpoch > groupEpoch) beginRebalance(group, ctx.events.nowUs, memberEpoch < 0 ? request.reason : reason);
  const isChanged = live.groupEpoch > groupEpoch || live.members.get(memberId) !== before;
  const outcome = isChanged ? settle(ctx, group, waiter) : awaitWritten(ctx, group, waiter);
  endWhenTold(ctx, group);
  watch(ctx, group, memberId);
  return outcome;
}

function notice(ctx: GroupContext, group: GroupState, member: number, code: GroupNoticeCode, detail: string): void {
  ctx.notices.push({ timeUs: ctx.events.nowUs, code, group: group.index, member, detail });
}

/** The group has changed: the change is written and shown, and who is gone is forgotten. A coordinator that cannot write has changed nothing. */
function settle(ctx: GroupContext, group: GroupState, waiter: WriteWaiter | null): WriteOutcome {
  const seat = seatOf(group);
  const { live, written: before, timers } = seat;
  const clientOf = (memberId: string): number => timers.get(memberId)?.client ?? -1;
  const outcome = appendGroupChanges(ctx, group, { before, after: live, clientOf }, waiter);
  if (outcome.state === 'refused') {
    seat.live = { ...copyOf(before), sessionDeadlines: live.sessionDeadlines };
    return outcome;
  }
  for (const memberId of timers.keys()) if (!live.members.has(memberId)) timers.delete(memberId);
  seat.written = copyOf(live);
  group.generation = live.groupEpoch;
  group.state = shareGroupState(live);
  return outcome;
}

/** A new target is in force when everybody has heard of it. */
function endWhenTold(ctx: GroupContext, group: GroupState): void {
  const last = group.history.rebalances.at(-1);
  if (last === undefined || last.endUs >= 0) return;
  const { live } = seatOf(group);
  for (const { memberEpoch } of live.members.values()) if (memberEpoch !== live.groupEpoch) return;
  endRebalance(group, ctx.events.nowUs, live.groupEpoch);
}

/** Members are never changed in place, so copies of the maps are a copy of the group. */
const copyOf = (group: ShareGroup): ShareGroup => ({
  ...group,
  members: new Map(group.members),
  targets: new Map(group.targets),
  sessionDeadlines: new Map(),
});

/** Sets an event for the member's session when none waits that comes in time: most heartbeats only move the deadline. */
function watch(ctx: GroupContext, group: GroupState, memberId: string): void {
  const { live, timers } = seatOf(group);
  const own = timers.get(memberId);
  if (own === undefined) return;
  const { client, session } = own;
  session.deadlineUs = live.sessionDeadlines.get(memberId) ?? -1;
  if (session.deadlineUs < 0 || (session.armedUs >= 0 && session.armedUs <= session.deadlineUs)) return;
  session.generation = group.nextSessionGeneration;
  group.nextSessionGeneration = (group.nextSessionGeneration + 1) | 0;
  session.armedUs = session.deadlineUs;
  schedule(ctx.events, session.deadlineUs, EventKind.GroupSessionCheck, client, session.generation);
}

function sessionCheck(ctx: GroupContext, group: GroupState, _: number, generation: number): void {
  const { live, timers } = seatOf(group);
  for (const [memberId, { session }] of timers) {
    if (session.generation !== generation || session.armedUs < 0) continue;
    session.armedUs = -1;
    if (session.deadlineUs < 0 || !isCoordinated(ctx, group)) return;
    const expired = expireShareMembers(live, ctx.events.nowUs, ctx.topics);
    for (const id of expired) notice(ctx, group, timers.get(id)?.client ?? -1, 'member.session-expired', 'heartbeat expired');
    if (expired.length > 0) {
      beginRebalance(group, ctx.events.nowUs, 'a member is out');
      settle(ctx, group, null);
      endWhenTold(ctx, group);
    }
    watch(ctx, group, memberId);
    return;
  }
}

/** Another broker, or another life of it, goes on from what the log says; all sessions begin anew. `read` is null where there is no log. */
function load(ctx: GroupContext, group: GroupState, read: ReadGroup | null): void {
  const seat = seatOf(group);
  const clients = read?.clients ?? new Map([...seat.timers].map(([memberId, { client }]) => [memberId, client]));
  if (read !== null) {
    const { groupEpoch, assignmentEpoch, metadata, members, targets } = read;
    seat.written = { ...createShareGroup(group.groupId, seat.written.config), groupEpoch, assignmentEpoch, metadata, targets, members };
  }
  seat.live = { ...copyOf(seat.written), refreshRequested: true };
  seat.timers.clear();
  for (const memberId of seat.live.members.keys()) {
    seat.timers.set(memberId, { client: clients.get(memberId) ?? -1, session: createSession() });
    seat.live.sessionDeadlines.set(memberId, ctx.events.nowUs + seat.live.config.sessionTimeoutUs);
    watch(ctx, group, memberId);
  }
  group.generation = seat.live.groupEpoch;
  group.state = shareGroupState(seat.live);
}
