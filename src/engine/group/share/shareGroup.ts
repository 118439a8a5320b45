/** A share group's members at the coordinator (KIP-932; Kafka's ShareGroup, ShareGroupMember and GroupMetadataManager.shareGroupHeartbeat). Nobody has to give up anything before others start: records are locked one by one, so a member takes its whole target at once. */
import { compareStrings } from '../assignors/types.ts';
import { computeTarget } from '../consumerProtocol/computeTarget.ts';
import type { TopicRange } from '../consumerProtocol/serverAssignor.ts';
import type { SubscribedTopic } from '../consumerProtocol/subscription.ts';
import { sameMetadata, subscriptionMetadata, toTopicSet } from '../consumerProtocol/subscription.ts';
import { sameNumbers } from '../protocol.ts';
import { assignSimple } from './simpleAssignor.ts';

export interface ShareMember {
  readonly memberId: string;
  /** Topic indexes subscribed to, ascending, existing or not. */
  readonly topics: readonly number[];
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  /** Global partition indexes, ascending. */
  readonly assigned: readonly number[];
}

export interface ShareGroupConfig {
  /** `group.share.session.timeout.ms` and `group.share.heartbeat.interval.ms`, in µs. */
  readonly sessionTimeoutUs: number;
  readonly heartbeatIntervalUs: number;
  /** `group.share.max.size` */
  readonly maxSize: number;
}

export interface ShareGroup {
  readonly groupId: string;
  readonly config: ShareGroupConfig;
  groupEpoch: number;
  assignmentEpoch: number;
  readonly members: Map<string, ShareMember>;
  /** Target assignment by member id. */
  targets: Map<string, readonly number[]>;
  metadata: readonly SubscribedTopic[];
  /** The cluster's topics have changed since `metadata` was taken. */
  refreshRequested: boolean;
  /** Ends of sessions by member id. */
  readonly sessionDeadlines: Map<string, number>;
}

export interface ShareHeartbeatRequest {
  readonly memberId: string;
  /** 0 joins, -1 leaves. */
  readonly memberEpoch: number;
  /** Topic indexes; null when they have not changed. */
  readonly topics: readonly number[] | null;
}

export interface ShareHeartbeatResponse {
  readonly error: 'NONE' | 'INVALID_REQUEST' | 'UNKNOWN_MEMBER_ID' | 'FENCED_MEMBER_EPOCH' | 'GROUP_MAX_SIZE_REACHED';
  readonly memberEpoch: number;
  readonly heartbeatIntervalUs: number;
  /** Null when it is nothing new for the member. */
  readonly assignment: readonly number[] | null;
}

export function createShareGroup(groupId: string, config: ShareGroupConfig): ShareGroup {
  return {
    groupId,
    config,
    groupEpoch: 0,
    assignmentEpoch: 0,
    members: new Map(),
    targets: new Map(),
    metadata: [],
    refreshRequested: false,
    sessionDeadlines: new Map(),
  };
}

export function shareGroupState(group: ShareGroup | undefined): 'Empty' | 'Stable' | 'Dead' {
  if (group === undefined) return 'Dead';
  return group.members.size === 0 ? 'Empty' : 'Stable';
}

/** Handles one heartbeat; `topics` are all topics of the cluster by index. */
export function shareHeartbeat(
  group: ShareGroup,
  request: ShareHeartbeatRequest,
  topics: readonly TopicRange[],
  nowUs: number,
): ShareHeartbeatResponse {
  const { memberId, memberEpoch } = request;
  if (memberId === '' || memberEpoch < -1 || (memberEpoch === 0 && request.topics === null)) return refuse('INVALID_REQUEST');
  const known = group.members.get(memberId);
  if (memberEpoch < 0) return leave(group, known, topics);
  if (known === undefined && group.members.size >= group.config.maxSize) return refuse('GROUP_MAX_SIZE_REACHED');
  if (known === undefined && memberEpoch > 0) return refuse('UNKNOWN_MEMBER_ID');
  if (known !== undefined && !isEpochValid(known, memberEpoch)) return refuse('FENCED_MEMBER_EPOCH');
  const member = known ?? { memberId, topics: [], memberEpoch: 0, previousMemberEpoch: -1, assigned: [] };
  const subscribed = request.topics === null ? member.topics : toTopicSet(request.topics);
  const resubscribed = !sameNumbers(subscribed, member.topics);
  const updated = resubscribed ? { ...member, topics: subscribed } : member;
  group.members.set(memberId, updated);
  refreshMetadata(group, resubscribed, topics);
  if (group.groupEpoch > group.assignmentEpoch) computeTarget(group, topics, assignSimple);
  const reconciled = reconcile(group, updated);
  group.members.set(memberId, reconciled);
  group.sessionDeadlines.set(memberId, nowUs + group.config.sessionTimeoutUs);
  const full = memberEpoch === 0 || request.topics !== null;
  return {
    error: 'NONE',
    memberEpoch: reconciled.memberEpoch,
    heartbeatIntervalUs: group.config.heartbeatIntervalUs,
    assignment: full || !sameNumbers(reconciled.assigned, member.assigned) ? reconciled.assigned : null,
  };
}

function refuse(error: ShareHeartbeatResponse['error']): ShareHeartbeatResponse {
  return { error, memberEpoch: 0, heartbeatIntervalUs: 0, assignment: null };
}

/** With epoch 0 a member starts over; the epoch before the present one is good too, since an answer may have been lost. */
function isEpochValid(member: ShareMember, memberEpoch: number): boolean {
  return (
    memberEpoch === 0 ||
    memberEpoch === member.memberEpoch ||
    (memberEpoch < member.memberEpoch && memberEpoch === member.previousMemberEpoch)
  );
}

function leave(group: ShareGroup, member: ShareMember | undefined, topics: readonly TopicRange[]): ShareHeartbeatResponse {
  if (member === undefined) return refuse('UNKNOWN_MEMBER_ID');
  fence(group, member, topics);
  return { error: 'NONE', memberEpoch: -1, heartbeatIntervalUs: 0, assignment: null };
}

function fence(group: ShareGroup, { memberId }: ShareMember, topics: readonly TopicRange[]): void {
  group.members.delete(memberId);
  group.targets.delete(memberId);
  group.sessionDeadlines.delete(memberId);
  group.metadata = subscriptionMetadata(group.members.values(), topics);
  group.groupEpoch++;
}

function refreshMetadata(group: ShareGroup, resubscribed: boolean, topics: readonly TopicRange[]): void {
  if (!resubscribed && !group.refreshRequested) return;
  const metadata = subscriptionMetadata(group.members.values(), topics);
  if (resubscribed || !sameMetadata(metadata, group.metadata)) group.groupEpoch++;
  group.metadata = metadata;
  group.refreshRequested = false;
}

/** The member at its target (ShareGroupAssignmentBuilder). */
function reconcile(group: ShareGroup, member: ShareMember): ShareMember {
  if (member.memberEpoch === group.assignmentEpoch) return member;
  const assigned = group.targets.get(member.memberId) ?? [];
  return { ...member, assigned, memberEpoch: group.assignmentEpoch, previousMemberEpoch: member.memberEpoch };
}

/** Puts out whoever has not been heard of in time; who, in order of member ids. */
export function expireShareMembers(group: ShareGroup, nowUs: number, topics: readonly TopicRange[]): string[] {
  const members = [...group.members.values()].sort((a, b) => compareStrings(a.memberId, b.memberId));
  const expired = members.filter(({ memberId }) => (group.sessionDeadlines.get(memberId) ?? Infinity) <= nowUs);
  for (const member of expired) fence(group, member, topics);
  return expired.map(({ memberId }) => memberId);
}
