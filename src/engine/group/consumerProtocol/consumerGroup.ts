/** A group of the consumer protocol as its coordinator keeps it (KIP-848; Kafka's ConsumerGroup and ConsumerGroupMember). Plain data; members are replaced, never changed. */
import type { ServerAssignorName } from './serverAssignors.ts';
import type { SubscribedTopic } from './subscription.ts';

/** Of a member: at rest, told to give up partitions, or waiting for partitions others have not given up. */
export type MemberState = 'STABLE' | 'UNREVOKED_PARTITIONS' | 'UNRELEASED_PARTITIONS';

/** `Dead` is said of a group that is not there. */
export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable' | 'Dead';

/** Member epoch of a heartbeat that leaves, and that of a static member that will be back. */
export const leaveEpoch = -1;
export const leaveStaticEpoch = -2;

export interface ConsumerMember {
  readonly memberId: string;
  /** `group.instance.id`; empty for a dynamic member. */
  readonly instanceId: string;
  /** `group.remote.assignor`; empty where the member leaves it to the others. */
  readonly serverAssignor: ServerAssignorName | '';
  /** How long it may take to give up partitions (`max.poll.interval.ms`); -1 before it has said. */
  readonly rebalanceTimeoutUs: number;
  /** Topic indexes subscribed to, ascending, existing or not. */
  readonly topics: readonly number[];
  /** Epoch of the target it has reached; 0 while it joins, `leaveStaticEpoch` while it is away. */
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: MemberState;
  /** What it may own now, and what it was told to give up and still may own. Global partition indexes, ascending. */
  readonly assigned: readonly number[];
  readonly pendingRevocation: readonly number[];
}

export interface ConsumerGroupConfig {
  /** `group.consumer.session.timeout.ms` and `group.consumer.heartbeat.interval.ms`, in µs. */
  readonly sessionTimeoutUs: number;
  readonly heartbeatIntervalUs: number;
  /** `group.consumer.max.size` */
  readonly maxSize: number;
  /** First of `group.consumer.assignors`: what a group uses whose members name none. */
  readonly assignor: ServerAssignorName;
}

/** A member in UNREVOKED_PARTITIONS is out at `deadlineUs` if it is in this epoch still. */
export interface RevocationDeadline {
  readonly deadlineUs: number;
  readonly memberEpoch: number;
}

export interface ConsumerGroup {
  readonly groupId: string;
  readonly config: ConsumerGroupConfig;
  /** Grows with whatever asks for a new target: members, subscriptions, topics. */
  groupEpoch: number;
  /** Group epoch the target was computed for; smaller than `groupEpoch` until the next heartbeat. */
  assignmentEpoch: number;
  readonly members: Map<string, ConsumerMember>;
  /** Target assignment by member id: global partition indexes, ascending. */
  targets: Map<string, readonly number[]>;
  /** Epoch of the owner by partition, for partitions that somebody may own or has yet to give up. */
  readonly partitionEpochs: Map<number, number>;
  metadata: readonly SubscribedTopic[];
  /** The cluster's topics have changed since `metadata` was taken. */
  refreshRequested: boolean;
  /** Ends of sessions and of revocations by member id. */
  readonly sessionDeadlines: Map<string, number>;
  readonly revocationDeadlines: Map<string, RevocationDeadline>;
}

export function createConsumerGroup(groupId: string, config: ConsumerGroupConfig): ConsumerGroup {
  return {
    groupId,
    config,
    groupEpoch: 0,
    assignmentEpoch: 0,
    members: new Map(),
    targets: new Map(),
    partitionEpochs: new Map(),
    metadata: [],
    refreshRequested: false,
    sessionDeadlines: new Map(),
    revocationDeadlines: new Map(),
  };
}

/** A member nobody has heard of before. */
export function newConsumerMember(memberId: string, instanceId: string): ConsumerMember {
  return {
    memberId,
    instanceId,
    serverAssignor: '',
    rebalanceTimeoutUs: -1,
    topics: [],
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: 'STABLE',
    assigned: [],
    pendingRevocation: [],
  };
}

/** The group's state follows from its epochs and members (ConsumerGroup.maybeUpdateGroupState). */
export function consumerGroupState(group: ConsumerGroup | undefined): ConsumerGroupState {
  if (group === undefined) return 'Dead';
  if (group.members.size === 0) return 'Empty';
  if (group.groupEpoch > group.assignmentEpoch) return 'Assigning';
  for (const member of group.members.values()) if (!isReconciledTo(member, group.assignmentEpoch)) return 'Reconciling';
  return 'Stable';
}

export function isReconciledTo(member: ConsumerMember, epoch: number): boolean {
  return member.state === 'STABLE' && member.memberEpoch === epoch;
}

/** Puts the member in, in place of what was known of it, and keeps account of who owns what. */
export function putMember(group: ConsumerGroup, member: ConsumerMember): void {
  const before = group.members.get(member.memberId);
  if (before !== undefined) disown(group, before);
  group.members.set(member.memberId, member);
  for (const partition of member.assigned) group.partitionEpochs.set(partition, member.memberEpoch);
  for (const partition of member.pendingRevocation) group.partitionEpochs.set(partition, member.memberEpoch);
}

/** Takes the member out with all that is kept of it. */
export function dropMember(group: ConsumerGroup, member: ConsumerMember): void {
  disown(group, member);
  group.members.delete(member.memberId);
  group.targets.delete(member.memberId);
  group.sessionDeadlines.delete(member.memberId);
  group.revocationDeadlines.delete(member.memberId);
}

function disown(group: ConsumerGroup, member: ConsumerMember): void {
  for (const partition of member.assigned) group.partitionEpochs.delete(partition);
  for (const partition of member.pendingRevocation) group.partitionEpochs.delete(partition);
}

/** The static member with this instance id; undefined when there is none. */
export function staticConsumerMember(group: ConsumerGroup, instanceId: string): ConsumerMember | undefined {
  for (const member of group.members.values()) if (member.instanceId === instanceId) return member;
  return undefined;
}
