import type { AssignorMember } from './types.ts';
import type { PartitionSpace } from './partitionSpace.ts';

/** Distinct racks of a partition's replicas; empty where none are known. */
export function racksOfPartition(space: PartitionSpace, topic: number, partition: number): ReadonlySet<string> {
  return new Set(space.topics[topic].racks?.[partition] ?? []);
}

/**
 * KIP-881: racks matter when some consumer's rack holds some replica and not every partition has replicas on all the racks there are
 * (AbstractPartitionAssignor.useRackAwareAssignment).
 */
export function racksMatter(consumerRacks: ReadonlySet<string>, partitionRacks: readonly ReadonlySet<string>[]): boolean {
  if (consumerRacks.size === 0) return false;
  const all = new Set<string>();
  for (const racks of partitionRacks) for (const rack of racks) all.add(rack);
  if (![...consumerRacks].some((rack) => all.has(rack))) return false;
  return partitionRacks.some((racks) => racks.size !== all.size);
}

/** What the sticky assignors know of racks. Where racks do not matter, `active` is false and nothing mismatches. */
export interface RackTable {
  readonly active: boolean;
  /** Rack by member; '' where it has none. */
  readonly memberRacks: readonly string[];
  /** Replica racks by partition number. */
  readonly partitionRacks: readonly ReadonlySet<string>[];
  /** Members in reach of each partition: summed over its racks. Empty when no member has a rack. */
  readonly reach: Int32Array;
}

/** Builds the table for all partitions of the space (AbstractStickyAssignor.RackInfo). */
export function createRackTable(space: PartitionSpace, members: readonly AssignorMember[]): RackTable {
  const memberRacks = members.map((member) => member.rack ?? '');
  const membersByRack = new Map<string, number>();
  for (const rack of memberRacks) if (rack !== '') membersByRack.set(rack, (membersByRack.get(rack) ?? 0) + 1);
  if (membersByRack.size === 0) return { active: false, memberRacks, partitionRacks: [], reach: new Int32Array(0) };
  const partitionRacks: ReadonlySet<string>[] = [];
  const existing: ReadonlySet<string>[] = [];
  const reach = new Int32Array(space.topicOf.length);
  for (let number = 0; number < space.topicOf.length; number++) {
    const topic = space.topicOf[number];
    const partition = number - space.first[topic];
    const racks = racksOfPartition(space, topic, partition);
    partitionRacks.push(racks);
    if (partition < space.topics[topic].partitions) existing.push(racks);
    for (const rack of racks) reach[number] += membersByRack.get(rack) ?? 0;
  }
  return { active: racksMatter(new Set(membersByRack.keys()), existing), memberRacks, partitionRacks, reach };
}

/** Whether racks matter and this member, which has a rack, would read this partition from another rack. */
export function racksMismatch(table: RackTable, member: number, partition: number): boolean {
  if (!table.active || table.memberRacks[member] === '') return false;
  return !table.partitionRacks[partition].has(table.memberRacks[member]);
}

/** Whether the member has a rack and the partition has a replica there. */
export function racksMeet(table: RackTable, member: number, partition: number): boolean {
  return table.active && table.memberRacks[member] !== '' && table.partitionRacks[partition].has(table.memberRacks[member]);
}
