/** What a group's members subscribe to, and what its coordinator knows of these topics (ModernGroup in Kafka). */
import { ascending } from './partitionSets.ts';
import type { TopicRange } from './serverAssignor.ts';

/** A subscribed topic that exists, with its partitions as they were when the metadata was taken. */
export interface SubscribedTopic {
  readonly topic: number;
  readonly partitionCount: number;
}

interface Subscriber {
  /** Topic indexes, ascending. */
  readonly topics: readonly number[];
}

/** Topics as an ascending list without doubles. */
export function toTopicSet(topics: readonly number[]): number[] {
  return [...new Set(topics)].sort(ascending);
}

/** The existing ones among the topics somebody subscribes to, ascending. */
export function subscriptionMetadata(members: Iterable<Subscriber>, topics: readonly TopicRange[]): SubscribedTopic[] {
  const subscribed = new Set<number>();
  for (const member of members) for (const topic of member.topics) subscribed.add(topic);
  return [...subscribed]
    .sort(ascending)
    .filter((topic) => topics[topic].partitionCount > 0)
    .map((topic) => ({ topic, partitionCount: topics[topic].partitionCount }));
}

export function sameMetadata(left: readonly SubscribedTopic[], right: readonly SubscribedTopic[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ topic, partitionCount }, i) => topic === right[i].topic && partitionCount === right[i].partitionCount)
  );
}

/** Whether all members subscribe to the same topics, existing or not. */
export function isHomogeneous(members: readonly Subscriber[]): boolean {
  return members.every(
    ({ topics }) => topics.length === members[0].topics.length && topics.every((topic, i) => topic === members[0].topics[i]),
  );
}
