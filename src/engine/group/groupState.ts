import type { ConsumerGroupState } from './consumerProtocol/consumerGroup.ts';
import type { ConsumerSeat } from './consumerSeat.ts';
import type { GroupHistory } from './groupHistory.ts';
import type { TransactionalOffsets } from './transactionalOffsets.ts';
import type { WriteEffect } from './offsets/offsetsState.ts';
import type { GroupResponse, MemberProtocol } from './protocol.ts';
import type { ShareSeat } from './shareCoordinator.ts';

export type ClassicState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

/** Which protocol a group's members speak (Kafka's Group.GroupType). */
export type GroupType = 'classic' | 'consumer' | 'share';

/** When a member must have been heard of. At most one event waits for it; a later deadline is found when that event comes. */
export interface SessionTimer {
  /** -1 when no deadline is set. */
  deadlineUs: number;
  /** Time and generation of the event that waits; -1 when none does. */
  armedUs: number;
  generation: number;
}

/** One member as its coordinator knows it (ClassicGroupMember). */
export interface MemberRecord {
  readonly memberId: string;
  readonly instanceId: string;
  /** Index of the client. */
  readonly client: number;
  rebalanceTimeoutUs: number;
  sessionTimeoutUs: number;
  protocols: readonly MemberProtocol[];
  /** Has not been through a whole join yet: its session may end although it waits for the join's answer. */
  isNew: boolean;
  /** Slots of the requests it waits on; -1 for none. */
  joinSlot: number;
  syncSlot: number;
  /** Its sync of this generation has not come yet. */
  syncPending: boolean;
  assignment: readonly number[];
  readonly session: SessionTimer;
}

/** A dynamic member that was given an id and has not joined with it yet (KIP-394). */
export interface PendingMember {
  readonly memberId: string;
  readonly client: number;
  readonly session: SessionTimer;
}

/** A deadline of the whole group. The generation grows with every change, so that events of earlier settings are stale. */
export interface GroupTimer {
  /** -1 when not running. */
  deadlineUs: number;
  generation: number;
  /** Generation an event was scheduled for. */
  armedGeneration: number;
}

export interface GroupState {
  readonly groupId: string;
  readonly index: number;
  readonly type: GroupType;
  /** What the coordinator keeps of a group of the consumer protocol; null for others. Fields below that say so are then of no use. */
  readonly consumer: ConsumerSeat | null;
  /** The same of a share group. */
  readonly share: ShareSeat | null;
  /** The partition of __consumer_offsets it is kept in, as `__consumer_offsets-12`. */
  readonly key: string;
  /** Broker that leads that partition, the last one while nobody does, and its life: a restarted broker reads the group anew. */
  coordinator: number;
  coordinatorIncarnation: number;
  /** Number of that partition's log in `offsets.logs`; -1 where the topic is not modelled. */
  readonly log: number;
  /** Its coordinator reads the log: nothing else is done for the group meanwhile. */
  loading: boolean;
  /** Grows with every load; the end of an earlier one is stale. */
  loadGeneration: number;
  /** When it last became Empty; -1: never. Its offsets are kept for `offsets.retention.minutes` from then. */
  emptySinceUs: number;
  /** The moment of `emptySinceUs` that an OffsetsExpire waits for. */
  expiryArmedUs: number;
  /** Keys of the group's records by number (`offsets.keys`), -1 while they were not used: of its offsets by global partition index, and its own. */
  readonly offsetKeys: Int32Array;
  groupKey: number;
  /** The same of a group whose coordinator deals out the partitions, by kind of record and member. */
  readonly recordKeys: Map<string, number>;
  state: ClassicState | ConsumerGroupState;
  previousState: ClassicState | ConsumerGroupState;
  /** Of the classic protocol; the group epoch of the consumer protocol. */
  generation: number;
  /** Rebalances completed: times the group became Stable. */
  rebalances: number;
  /** What it has been through; for looking at it only. */
  readonly history: GroupHistory;
  /** Committed offset by global partition index; -1 where there is none. Index into `partitions` of the run. */
  committed: Float64Array;
  /** Offsets committed in transactions that are not decided yet, and the last marker of each producer id. */
  readonly transactional: TransactionalOffsets;
  readonly initialRebalanceDelayUs: number;
  /** By member id, in order of joining. Classic groups only, as all that follows. */
  readonly members: Map<string, MemberRecord>;
  readonly pending: Map<string, PendingMember>;
  /** Member id of the leader; empty when there is none. */
  leaderId: string;
  /** Strategy chosen for this generation; empty when there is none. */
  protocol: string;
  readonly joinTimer: GroupTimer;
  /** While the initial delay runs: its present length, and what is left for extensions; -1 outside it. */
  initialDelayUs: number;
  initialRemainingUs: number;
  /** Somebody joined during the initial delay. */
  newMemberAdded: boolean;
  readonly syncTimer: GroupTimer;
  /** Generation for the next session event. */
  nextSessionGeneration: number;
}

/** What handling a request or a timer leads to beyond the group's own state; the coordinator carries it out. */
export interface GroupEffects {
  readonly answers: { readonly slot: number; readonly response: GroupResponse }[];
  /** Sessions whose deadline was set. */
  readonly sessions: { readonly client: number; readonly session: SessionTimer }[];
  /** Records of the group that are to be written first. */
  readonly writes: GroupWrite[];
  readonly notices: { readonly code: GroupNoticeCode; readonly client: number; readonly detail: string }[];
}

/** What is written of a group: `sync` with the leader's assignments, which hold when that is committed. */
export type GroupWrite = Extract<WriteEffect, { readonly type: 'sync' | 'none' }>;

export type GroupNoticeCode =
  | 'rebalance.started'
  | 'offsets.expired'
  | 'rebalance.completed'
  | 'member.joined'
  | 'member.left'
  | 'member.session-expired'
  | 'member.fenced'
  | 'member.reconciling';

export function createEffects(): GroupEffects {
  return { answers: [], sessions: [], writes: [], notices: [] };
}

/** Sets the group's state, remembering the one before. */
export function transitionTo(group: GroupState, state: ClassicState): void {
  group.previousState = group.state;
  group.state = state;
}

export function setTimer(timer: GroupTimer, deadlineUs: number): void {
  timer.deadlineUs = deadlineUs;
  timer.generation++;
}

/** The member must be heard of again within `timeoutUs`. */
export function touchSession(client: number, session: SessionTimer, deadlineUs: number, effects: GroupEffects): void {
  session.deadlineUs = deadlineUs;
  effects.sessions.push({ client, session });
}

export function createSession(): SessionTimer {
  return { deadlineUs: -1, armedUs: -1, generation: -1 };
}

/** Answers the join a member waits on, if it waits on one. */
export function answerJoin(member: MemberRecord, response: GroupResponse, effects: GroupEffects): void {
  if (member.joinSlot < 0) return;
  effects.answers.push({ slot: member.joinSlot, response });
  member.joinSlot = -1;
}

/** Answers the sync a member waits on; whether it waited on one. */
export function answerSync(member: MemberRecord, response: GroupResponse, effects: GroupEffects): boolean {
  if (member.syncSlot < 0) return false;
  effects.answers.push({ slot: member.syncSlot, response });
  member.syncSlot = -1;
  return true;
}

/** Takes a member or a pending member out; the first of those who stay leads if it was the leader. */
export function removeMember(group: GroupState, memberId: string): void {
  group.members.delete(memberId);
  group.pending.delete(memberId);
  if (group.leaderId === memberId) group.leaderId = group.members.keys().next().value ?? '';
}

/** Member id behind an instance id; undefined when no static member has it. */
export function staticMember(group: GroupState, instanceId: string): MemberRecord | undefined {
  for (const member of group.members.values()) if (member.instanceId === instanceId) return member;
  return undefined;
}

/** All members wait for the join's answer and nobody is about to join. */
export function allJoined(group: GroupState): boolean {
  if (group.pending.size > 0) return false;
  for (const member of group.members.values()) if (member.joinSlot < 0) return false;
  return true;
}

/** Rebalance timeout of the slowest member. */
export function rebalanceTimeoutUs(group: GroupState): number {
  let longest = 0;
  for (const member of group.members.values()) longest = Math.max(longest, member.rebalanceTimeoutUs);
  return longest;
}
