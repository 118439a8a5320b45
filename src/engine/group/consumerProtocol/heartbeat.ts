/** ConsumerGroupHeartbeat at the coordinator (Kafka's GroupMetadataManager.consumerGroupHeartbeat, KIP-848): joining, reporting, rebalancing and leaving are one request. */
import { sameNumbers } from '../protocol.ts';
import type { ConsumerGroup, ConsumerMember } from './consumerGroup.ts';
import {
  dropMember,
  isReconciledTo,
  leaveEpoch,
  leaveStaticEpoch,
  newConsumerMember,
  putMember,
  staticConsumerMember,
} from './consumerGroup.ts';
import { reconcile } from './currentAssignment.ts';
import { fenceMember, leaveForAWhile } from './fencing.ts';
import { isSubset } from './partitionSets.ts';
import type { TopicRange } from './serverAssignor.ts';
import type { ServerAssignorName } from './serverAssignors.ts';
import { sameMetadata, subscriptionMetadata, toTopicSet } from './subscription.ts';
import { updateTargetAssignment } from './targetAssignment.ts';

/** Kafka's error names, those a heartbeat of the consumer protocol is answered with here. */
export type ConsumerHeartbeatError =
  | 'NONE'
  | 'INVALID_REQUEST'
  | 'UNKNOWN_MEMBER_ID'
  | 'FENCED_MEMBER_EPOCH'
  | 'FENCED_INSTANCE_ID'
  | 'UNRELEASED_INSTANCE_ID'
  | 'GROUP_MAX_SIZE_REACHED';

/** Fields that are null have not changed since the member's last heartbeat. */
export interface ConsumerHeartbeatRequest {
  /** Chosen by the member (a random UUID). */
  readonly memberId: string;
  /** 0 joins, -1 leaves, -2 leaves for a while. */
  readonly memberEpoch: number;
  /** `group.instance.id`; empty for a dynamic member. */
  readonly instanceId: string;
  readonly rebalanceTimeoutUs: number | null;
  /** Topic indexes. */
  readonly topics: readonly number[] | null;
  readonly serverAssignor: ServerAssignorName | null;
  /** Global partition indexes it owns, ascending. */
  readonly owned: readonly number[] | null;
}

export interface ConsumerHeartbeatResponse {
  readonly error: ConsumerHeartbeatError;
  readonly memberEpoch: number;
  /** When to send the next one; 0 in an answer to who leaves. */
  readonly heartbeatIntervalUs: number;
  /** What the member may own from now on; null when that is nothing new for it. */
  readonly assignment: readonly number[] | null;
}

/** Handles one heartbeat; `topics` are all topics of the cluster by index. */
export function consumerHeartbeat(
  group: ConsumerGroup,
  request: ConsumerHeartbeatRequest,
  topics: readonly TopicRange[],
  nowUs: number,
): ConsumerHeartbeatResponse {
  if (!isValid(request)) return refuse('INVALID_REQUEST');
  if (request.memberEpoch < 0) return leave(group, request, topics);
  if (group.members.size >= group.config.maxSize && !group.members.has(request.memberId)) return refuse('GROUP_MAX_SIZE_REACHED');
  const member = request.instanceId === '' ? dynamicMember(group, request) : staticMember(group, request);
  if (typeof member === 'string') return refuse(member);

  const updated = update(member, request);
  const resubscribed = !sameNumbers(updated.topics, member.topics);
  if (updated !== group.members.get(updated.memberId)) putMember(group, updated);
  refreshMetadata(group, resubscribed, topics);
  if (group.groupEpoch > group.assignmentEpoch) updateTargetAssignment(group, topics);
  const reconciled = reconcileMember(group, updated, request.owned, nowUs);
  group.sessionDeadlines.set(member.memberId, nowUs + group.config.sessionTimeoutUs);

  const full = request.memberEpoch === 0 || (request.rebalanceTimeoutUs !== null && request.topics !== null && request.owned !== null);
  return {
    error: 'NONE',
    memberEpoch: reconciled.memberEpoch,
    heartbeatIntervalUs: group.config.heartbeatIntervalUs,
    assignment: full || !sameNumbers(reconciled.assigned, member.assigned) ? reconciled.assigned : null,
  };
}

function refuse(error: ConsumerHeartbeatError): ConsumerHeartbeatResponse {
  return { error, memberEpoch: 0, heartbeatIntervalUs: 0, assignment: null };
}

/** Who joins says all about itself and owns nothing; only a static member can leave for a while. */
function isValid({ memberId, memberEpoch, instanceId, rebalanceTimeoutUs, topics, owned }: ConsumerHeartbeatRequest): boolean {
  if (memberId === '' || memberEpoch < leaveStaticEpoch) return false;
  if (memberEpoch === leaveStaticEpoch) return instanceId !== '';
  if (memberEpoch !== 0) return true;
  return rebalanceTimeoutUs !== null && topics !== null && owned !== null && owned.length === 0;
}

function dynamicMember(group: ConsumerGroup, request: ConsumerHeartbeatRequest): ConsumerMember | ConsumerHeartbeatError {
  const known = group.members.get(request.memberId);
  // Whoever comes with epoch 0 starts over; what it was assigned before is still its own.
  if (request.memberEpoch === 0) return known ?? newConsumerMember(request.memberId, '');
  if (known === undefined) return 'UNKNOWN_MEMBER_ID';
  return isEpochValid(known, request) ? known : 'FENCED_MEMBER_EPOCH';
}

function staticMember(group: ConsumerGroup, request: ConsumerHeartbeatRequest): ConsumerMember | ConsumerHeartbeatError {
  const known = staticConsumerMember(group, request.instanceId);
  if (request.memberEpoch === 0) {
    if (known === undefined) return newConsumerMember(request.memberId, request.instanceId);
    if (known.memberEpoch !== leaveStaticEpoch) return 'UNRELEASED_INSTANCE_ID';
    return replace(group, known, request.memberId);
  }
  if (known === undefined) return 'UNKNOWN_MEMBER_ID';
  if (known.memberId !== request.memberId) return 'FENCED_INSTANCE_ID';
  return isEpochValid(known, request) ? known : 'FENCED_MEMBER_EPOCH';
}

/** A static member is back: target and assignment are those of the one that left, so nobody else has to move. */
function replace(group: ConsumerGroup, known: ConsumerMember, memberId: string): ConsumerMember {
  const target = group.targets.get(known.memberId) ?? [];
  dropMember(group, known);
  const member: ConsumerMember = { ...known, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  putMember(group, member);
  group.targets.set(memberId, target);
  return member;
}

/** An answer may have been lost: the epoch before is good too, as long as the member owns no more than it may. */
function isEpochValid(member: ConsumerMember, { memberEpoch, owned }: ConsumerHeartbeatRequest): boolean {
  if (memberEpoch === member.memberEpoch) return true;
  return (
    memberEpoch < member.memberEpoch && memberEpoch === member.previousMemberEpoch && owned !== null && isSubset(owned, member.assigned)
  );
}

/** The member with what the request tells of it; the same object when that is nothing new. */
function update(member: ConsumerMember, request: ConsumerHeartbeatRequest): ConsumerMember {
  const topics = request.topics === null ? member.topics : toTopicSet(request.topics);
  const rebalanceTimeoutUs = request.rebalanceTimeoutUs ?? member.rebalanceTimeoutUs;
  const serverAssignor = request.serverAssignor ?? member.serverAssignor;
  const same =
    rebalanceTimeoutUs === member.rebalanceTimeoutUs && serverAssignor === member.serverAssignor && sameNumbers(topics, member.topics);
  return same ? member : { ...member, topics, rebalanceTimeoutUs, serverAssignor };
}

/** A new subscription, or topics that are not what they were, take the group to its next epoch. */
function refreshMetadata(group: ConsumerGroup, resubscribed: boolean, topics: readonly TopicRange[]): void {
  if (!resubscribed && !group.refreshRequested) return;
  const metadata = subscriptionMetadata(group.members.values(), topics);
  if (resubscribed || !sameMetadata(metadata, group.metadata)) group.groupEpoch++;
  group.metadata = metadata;
  group.refreshRequested = false;
}

function reconcileMember(group: ConsumerGroup, member: ConsumerMember, reported: readonly number[] | null, nowUs: number): ConsumerMember {
  if (isReconciledTo(member, group.assignmentEpoch)) return member;
  const { memberId } = member;
  const partitions = group.targets.get(memberId) ?? [];
  const reconciled = reconcile(member, { epoch: group.assignmentEpoch, partitions, owned: group.partitionEpochs, reported });
  if (reconciled === member) return member;
  putMember(group, reconciled);
  if (reconciled.state === 'UNREVOKED_PARTITIONS') {
    const { memberEpoch, rebalanceTimeoutUs } = reconciled;
    group.revocationDeadlines.set(memberId, { deadlineUs: nowUs + rebalanceTimeoutUs, memberEpoch });
  } else group.revocationDeadlines.delete(memberId);
  return reconciled;
}

function leave(group: ConsumerGroup, request: ConsumerHeartbeatRequest, topics: readonly TopicRange[]): ConsumerHeartbeatResponse {
  const { memberId, instanceId, memberEpoch } = request;
  const member = instanceId === '' ? group.members.get(memberId) : staticConsumerMember(group, instanceId);
  if (member === undefined) return refuse('UNKNOWN_MEMBER_ID');
  if (member.memberId !== memberId) return refuse('FENCED_INSTANCE_ID');
  if (memberEpoch === leaveEpoch) fenceMember(group, member, topics);
  else leaveForAWhile(group, member);
  return { error: 'NONE', memberEpoch, heartbeatIntervalUs: 0, assignment: null };
}

/** The cluster's topics have changed: the next heartbeat looks whether that concerns the group. */
export function requestMetadataRefresh(group: ConsumerGroup): void {
  group.refreshRequested = true;
}

/** What Kafka says to an offset commit of this member in this epoch (ConsumerGroup.validateOffsetCommit). A group without members takes those of an administrator. */
export function validateConsumerCommit(
  group: ConsumerGroup,
  memberId: string,
  memberEpoch: number,
): 'NONE' | 'UNKNOWN_MEMBER_ID' | 'STALE_MEMBER_EPOCH' {
  if (memberEpoch < 0 && group.members.size === 0) return 'NONE';
  const member = group.members.get(memberId);
  if (member === undefined) return 'UNKNOWN_MEMBER_ID';
  return member.memberEpoch === memberEpoch ? 'NONE' : 'STALE_MEMBER_EPOCH';
}
