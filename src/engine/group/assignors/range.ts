import type { Assignment, AssignorMember, AssignorTopic } from './types.ts';
import { compareStrings } from './types.ts';
import type { PartitionSpace } from './partitionSpace.ts';
import { createPartitionSpace, toAssignment } from './partitionSpace.ts';
import { racksMatter, racksOfPartition } from './racks.ts';

/** One topic while its partitions are dealt out. */
interface TopicDeal {
  readonly topic: number;
  /** Members subscribed, static ones first, each sort by its id. */
  readonly consumers: readonly number[];
  /** Replica racks by partition; empty when no consumer of the topic has a rack. */
  readonly racks: readonly ReadonlySet<string>[];
  readonly rackAware: boolean;
  /** Partitions not dealt out yet, ascending. */
  free: number[];
  /** Partitions dealt out so far, by member. */
  readonly dealt: Map<number, number>;
  readonly quota: number;
  /** Members that may still get one more than the quota. */
  extras: number;
}

/**
 * Kafka's RangeAssignor: per topic, members in order (static members by instance id first, then dynamic ones by member id) take runs of
 * partitions; the first ones take one more where the count does not divide. Where racks matter (KIP-881) matching ones are dealt out first, topics
 * with equal partition counts and consumers together so that they stay co-partitioned.
 */
export function assignRange(topics: readonly AssignorTopic[], members: readonly AssignorMember[]): Assignment {
  const space = createPartitionSpace(topics, members);
  const deals = space.topics.map((_, topic) => openDeal(space, topic, members));
  const result: number[][] = members.map(() => []);
  if (deals.some((deal) => deal.rackAware)) dealByRack(space, deals, members, result);
  for (const deal of deals) dealRuns(space, deal, result, null);
  return toAssignment(space, result);
}

function openDeal(space: PartitionSpace, topic: number, members: readonly AssignorMember[]): TopicDeal {
  const { name, partitions } = space.topics[topic];
  const consumers: number[] = [];
  for (let i = 0; i < members.length; i++) if (members[i].topics.includes(name)) consumers.push(i);
  consumers.sort((a, b) => compareMembers(members[a], members[b]));
  const consumerRacks = new Set(consumers.map((i) => members[i].rack ?? '').filter((rack) => rack !== ''));
  const free = Array.from({ length: partitions }, (_, i) => i);
  const racks = consumerRacks.size === 0 ? [] : free.map((partition) => racksOfPartition(space, topic, partition));
  const count = Math.max(1, consumers.length);
  return {
    topic,
    consumers,
    racks,
    rackAware: racksMatter(consumerRacks, racks),
    free,
    dealt: new Map(),
    quota: Math.floor(partitions / count),
    extras: consumers.length === 0 ? 0 : partitions % count,
  };
}

/** Order of members in a topic (AbstractPartitionAssignor.MemberInfo): static before dynamic, each by its own id. */
export function compareMembers(left: AssignorMember, right: AssignorMember): number {
  const leftStatic = (left.instanceId ?? '') !== '';
  const rightStatic = (right.instanceId ?? '') !== '';
  if (leftStatic && rightStatic) return compareStrings(left.instanceId ?? '', right.instanceId ?? '');
  if (leftStatic !== rightStatic) return leftStatic ? -1 : 1;
  return compareStrings(left.id, right.id);
}

function assignable(deal: TopicDeal, member: number): number {
  return Math.max(0, deal.quota + (deal.extras > 0 ? 1 : 0) - (deal.dealt.get(member) ?? 0));
}

function give(space: PartitionSpace, deal: TopicDeal, member: number, partitions: readonly number[], result: number[][]): void {
  for (const partition of partitions) result[member].push(space.first[deal.topic] + partition);
  const dealt = (deal.dealt.get(member) ?? 0) + partitions.length;
  deal.dealt.set(member, dealt);
  if (dealt > deal.quota) deal.extras--;
  const given = new Set(partitions);
  deal.free = deal.free.filter((partition) => !given.has(partition));
}

function rackFits(deal: TopicDeal, member: AssignorMember, partition: number): boolean {
  const rack = member.rack ?? '';
  return rack === '' || (deal.racks[partition]?.has(rack) ?? false);
}

/** Runs of free partitions to each consumer in turn; with `members` given, only partitions on the consumer's rack. */
function dealRuns(space: PartitionSpace, deal: TopicDeal, result: number[][], members: readonly AssignorMember[] | null): void {
  for (const consumer of deal.consumers) {
    if (deal.free.length === 0) return;
    const most = assignable(deal, consumer);
    const run: number[] = [];
    for (let i = 0; i < deal.free.length && run.length < most; i++) {
      if (members === null || rackFits(deal, members[consumer], deal.free[i])) run.push(deal.free[i]);
    }
    if (run.length > 0) give(space, deal, consumer, run, result);
  }
}

function dealByRack(space: PartitionSpace, deals: readonly TopicDeal[], members: readonly AssignorMember[], result: number[][]): void {
  const together = new Map<string, TopicDeal[]>();
  for (const deal of deals) {
    // Sorted, because two topics with the same consumers belong together whatever order the consumers have.
    const key = `${[...deal.consumers].sort((a, b) => a - b).join(',')};${deal.racks.length}`;
    const group = together.get(key);
    if (group === undefined) together.set(key, [deal]);
    else group.push(deal);
  }
  for (const group of together.values()) {
    if (group.length > 1) dealCoPartitioned(space, group, members, result);
    else if (group[0].rackAware) dealRuns(space, group[0], result, members);
  }
}

/** Partition by partition, the first consumer whose rack fits in every topic of the group and that may take one more in each. */
function dealCoPartitioned(
  space: PartitionSpace,
  group: readonly TopicDeal[],
  members: readonly AssignorMember[],
  result: number[][],
): void {
  const remaining = [...group[0].consumers];
  for (let partition = 0; partition < group[0].racks.length && remaining.length > 0; partition++) {
    const at = remaining.findIndex((consumer) =>
      group.every((deal) => rackFits(deal, members[consumer], partition) && assignable(deal, consumer) > 0),
    );
    if (at < 0) continue;
    const consumer = remaining[at];
    for (const deal of group) give(space, deal, consumer, [partition], result);
    if (group.every((deal) => assignable(deal, consumer) === 0)) remaining.splice(at, 1);
  }
}
