/** The target assignment of a group whose broker deals out its partitions, consumer or share group (Kafka's TargetAssignmentBuilder). */
import { compareStrings } from '../assignors/types.ts';
import type { ServerAssign, TopicRange } from './serverAssignor.ts';
import { isHomogeneous, type SubscribedTopic } from './subscription.ts';

interface TargetMember {
  readonly memberId: string;
  /** Absent where groups have no static members. */
  readonly instanceId?: string;
  readonly topics: readonly number[];
}

/** What both kinds of groups have of a target. */
interface TargetedGroup {
  readonly groupEpoch: number;
  assignmentEpoch: number;
  readonly members: ReadonlyMap<string, TargetMember>;
  targets: Map<string, readonly number[]>;
  readonly metadata: readonly SubscribedTopic[];
}

/** Computes the target for the group's epoch. Members are taken by id, since Kafka's order is that of a hash map. */
export function computeTarget(group: TargetedGroup, topics: readonly TopicRange[], assign: ServerAssign): void {
  const existing = group.metadata.map(({ topic, partitionCount }) => ({
    index: topic,
    firstPartition: topics[topic].firstPartition,
    partitionCount,
  }));
  const known = new Set(existing.map(({ index }) => index));
  const members = [...group.members.values()].sort((a, b) => compareStrings(a.memberId, b.memberId));
  const assignment = assign({
    topics: existing,
    members: members.map(({ memberId, instanceId = '', topics: subscribed }) => ({
      memberId,
      instanceId,
      topics: subscribed.filter((topic) => known.has(topic)),
      target: group.targets.get(memberId) ?? [],
    })),
    homogeneous: isHomogeneous(members),
  });
  group.targets = new Map(members.map(({ memberId }, i) => [memberId, assignment[i]]));
  group.assignmentEpoch = group.groupEpoch;
}
