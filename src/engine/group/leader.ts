import type { TopicState } from '../broker/context.ts';
import type { AssignorMember, AssignorTopic, TopicPartition } from './assignors/types.ts';
import { assignors } from './assignors/index.ts';
import type { GroupContext } from './context.ts';
import type { JoinedMember } from './protocol.ts';

/** The leader's part of a rebalance: everybody's global partition indexes by member id, by the strategy the group has chosen. */
export function computeAssignments(ctx: GroupContext, protocol: string, joined: readonly JoinedMember[]): [string, number[]][] {
  if (protocol === 'stream' && ctx.assignTasks) return ctx.assignTasks(joined);
  const assign = assignors.get(protocol);
  if (assign === undefined) throw new Error(`group leader: there is no assignor called ${protocol}`);
  const topicIndexes = new Set<number>();
  for (const { subscription } of joined) for (const topic of subscription.topics) topicIndexes.add(topic);
  const racks = joined.some(({ subscription }) => subscription.rack !== undefined);
  const topics: AssignorTopic[] = [];
  const firstPartition = new Map<string, number>();
  for (const index of topicIndexes) {
    const topic = ctx.topics[index];
    topics.push({ name: topic.name, partitions: topic.partitionCount, ...(racks ? { racks: racksOf(ctx, topic) } : {}) });
    firstPartition.set(topic.name, topic.firstPartition);
  }
  const members = joined.map((member) => toAssignorMember(ctx, member));
  const assignment = assign(topics, members);
  return joined.map(({ memberId }, i) => [
    memberId,
    assignment[i].map(({ topic, partition }) => (firstPartition.get(topic) ?? 0) + partition).sort((a, b) => a - b),
  ]);
}

/** Racks of the brokers that have a copy, by partition (KIP-881). */
function racksOf(ctx: GroupContext, { firstPartition, partitionCount }: TopicState): string[][] {
  const { partitions } = ctx.cluster.controller;
  return Array.from({ length: partitionCount }, (_, partition) =>
    partitions[firstPartition + partition].replicas.flatMap((broker) => ctx.brokers[broker].rack ?? []),
  );
}

function toAssignorMember(ctx: GroupContext, { memberId, instanceId, subscription }: JoinedMember): AssignorMember {
  const owned: TopicPartition[] = subscription.owned.map((index) => {
    const { topic, partition } = ctx.partitions[index];
    return { topic: ctx.topics[topic].name, partition };
  });
  const topics = subscription.topics.map((topic) => ctx.topics[topic].name);
  return {
    id: memberId,
    instanceId,
    topics,
    owned,
    generation: subscription.generation,
    ...(subscription.rack === undefined ? {} : { rack: subscription.rack }),
  };
}
