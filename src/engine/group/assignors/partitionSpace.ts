import type { AssignorMember, AssignorTopic, Assignment, TopicPartition } from './types.ts';
import { compareStrings } from './types.ts';

/**
 * All partitions an assignment deals with, numbered by topic name and partition, so that assignors work on small integers. Numbers of a
 * topic leave room for partitions a member claims to own beyond the topic's present count: such claims are judged, not dropped.
 */
export interface PartitionSpace {
  /** Subscribed topics that have partitions, ascending by name. */
  readonly topics: readonly AssignorTopic[];
  readonly topicIndexes: ReadonlyMap<string, number>;
  /** First number of each topic, and one past the last at the end. */
  readonly first: Int32Array;
  /** Topic index of each number. */
  readonly topicOf: Int32Array;
  /** Partitions that exist, all topics together. */
  readonly total: number;
}

/** Numbers the partitions of the topics that at least one member subscribes to. */
export function createPartitionSpace(topics: readonly AssignorTopic[], members: readonly AssignorMember[]): PartitionSpace {
  const subscribed = new Set<string>();
  for (const member of members) for (const topic of member.topics) subscribed.add(topic);
  const sorted = topics
    .filter((topic) => topic.partitions > 0 && subscribed.has(topic.name))
    .sort((a, b) => compareStrings(a.name, b.name));
  const topicIndexes = new Map(sorted.map((topic, index) => [topic.name, index]));
  const widths = sorted.map((topic) => topic.partitions);
  for (const member of members) {
    for (const claim of member.owned) {
      const index = topicIndexes.get(claim.topic);
      if (index !== undefined && claim.partition >= widths[index]) widths[index] = claim.partition + 1;
    }
  }
  const first = new Int32Array(sorted.length + 1);
  for (let i = 0; i < sorted.length; i++) first[i + 1] = first[i] + widths[i];
  const topicOf = new Int32Array(first[sorted.length]);
  for (let i = 0; i < sorted.length; i++) topicOf.fill(i, first[i], first[i + 1]);
  return { topics: sorted, topicIndexes, first, topicOf, total: sorted.reduce((sum, topic) => sum + topic.partitions, 0) };
}

/** Number of a partition, or -1 when its topic takes no part. */
export function numberOf(space: PartitionSpace, partition: TopicPartition): number {
  const topic = space.topicIndexes.get(partition.topic);
  return topic === undefined ? -1 : space.first[topic] + partition.partition;
}

/** Partition number within its topic. */
export function partitionWithin(space: PartitionSpace, number: number): number {
  return number - space.first[space.topicOf[number]];
}

/** Numbers of the partitions that exist, in the order of `topicOrder` (topic indexes) and then of partitions. */
export function allPartitions(space: PartitionSpace, topicOrder: readonly number[]): number[] {
  const numbers: number[] = [];
  for (const topic of topicOrder) {
    for (let i = 0; i < space.topics[topic].partitions; i++) numbers.push(space.first[topic] + i);
  }
  return numbers;
}

/** Turns numbers back into topics and partitions, each member's ordered by name and partition. */
export function toAssignment(space: PartitionSpace, numbersByMember: readonly Iterable<number>[]): Assignment {
  return numbersByMember.map((numbers) =>
    [...numbers]
      .sort((a, b) => a - b)
      .map((number) => ({ topic: space.topics[space.topicOf[number]].name, partition: partitionWithin(space, number) })),
  );
}

/**
 * Members of `all` that are not in `assigned`, both in the same order, by one walk over the two lists. An element of `assigned` that `all` does
 * not have stops the walk there and everything after it counts as unassigned, as in Kafka's sticky assignors.
 */
export function withoutAssigned(all: readonly number[], assigned: readonly number[]): number[] {
  const rest: number[] = [];
  let next = 0;
  for (const number of all) {
    if (next < assigned.length && assigned[next] === number) next++;
    else rest.push(number);
  }
  return rest;
}
