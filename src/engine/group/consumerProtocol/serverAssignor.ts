/** What a broker-side assignor takes and gives (Kafka's GroupSpec, SubscribedTopicDescriber and GroupAssignment). */

/** A topic's partitions among the global partition indexes. */
export interface TopicRange {
  readonly firstPartition: number;
  /** 0 for a topic that does not exist (yet). */
  readonly partitionCount: number;
}

/** A topic that at least one member subscribes to. Its index stands for Kafka's topic id where equals have to be told apart. */
export interface ServerTopic extends TopicRange {
  readonly index: number;
}

export interface ServerMember {
  readonly memberId: string;
  /** `group.instance.id`; empty for a dynamic member. */
  readonly instanceId: string;
  /** Topic indexes subscribed to; all of them exist. */
  readonly topics: readonly number[];
  /** Its part of the target assignment so far: global partition indexes, ascending. */
  readonly target: readonly number[];
}

/** The next target by member, in the order of the members given: global partition indexes, ascending. */
export type ServerAssignment = number[][];

export interface ServerAssignorInput {
  /** In the order in which partitions are dealt out. */
  readonly topics: readonly ServerTopic[];
  readonly members: readonly ServerMember[];
  /** Whether all members subscribe to the same topics (Kafka's SubscriptionType.HOMOGENEOUS). */
  readonly homogeneous: boolean;
}

export type ServerAssign = (input: ServerAssignorInput) => ServerAssignment;

/** The member's partitions of one topic, as global indexes. */
export function targetOfTopic(member: ServerMember, topic: ServerTopic): number[] {
  const end = topic.firstPartition + topic.partitionCount;
  return member.target.filter((partition) => partition >= topic.firstPartition && partition < end);
}

/** Members that subscribe to a topic, by their place in the list. */
export function subscribersOf(members: readonly ServerMember[], topic: ServerTopic): number[] {
  const subscribers: number[] = [];
  for (let i = 0; i < members.length; i++) if (members[i].topics.includes(topic.index)) subscribers.push(i);
  return subscribers;
}

/** A subscription to a topic that is not among `topics` is a bug of the caller (Kafka: PartitionAssignorException). */
export function assertTopicsExist({ topics, members }: ServerAssignorInput): void {
  const known = new Set(topics.map(({ index }) => index));
  for (const { memberId, topics: subscribed } of members) {
    for (const topic of subscribed) {
      if (!known.has(topic))
        throw new Error(`server assignor: member ${memberId} subscribes to topic ${topic}, expected one of ${[...known].join(', ')}`);
    }
  }
}
