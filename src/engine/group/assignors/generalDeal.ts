import type { AssignorMember } from './types.ts';
import { noGeneration } from './types.ts';
import type { PartitionSpace } from './partitionSpace.ts';
import { allPartitions, numberOf } from './partitionSpace.ts';
import type { RackTable } from './racks.ts';
import { racksMismatch } from './racks.ts';
import type { Ownership } from './ownership.ts';
import type { LeastLoaded } from './leastLoaded.ts';
import { createLeastLoaded, insertMember, removeMember } from './leastLoaded.ts';
import type { PartitionMovements } from './partitionMovements.ts';
import { createMovements } from './partitionMovements.ts';

/** State of one run of the general sticky algorithm, in which members subscribe to different topics. */
export interface GeneralDeal {
  readonly space: PartitionSpace;
  readonly racks: RackTable;
  /** Members subscribed to each topic, and existing topics of each member (as often as it lists them). */
  readonly consumersOfTopic: readonly number[][];
  readonly topicsOfMember: readonly number[][];
  /** Whether member `m` subscribes to topic `t`: index m * topics + t. */
  readonly subscribes: Uint8Array;
  /** Most partitions each member could have. */
  readonly mostOfMember: Int32Array;
  /** Current owner of each partition number, -1 for none; and how many each member has. */
  readonly owner: Int32Array;
  readonly counts: Int32Array;
  readonly ready: LeastLoaded;
  /** Owner in an older generation, by partition number; -1 for none. */
  readonly previousOwner: Int32Array;
  readonly movements: PartitionMovements;
  /** All partitions, topics with fewest consumers first. */
  readonly sorted: number[];
  /** Partitions kept by their owners, unsorted. */
  readonly kept: number[];
  /** Somebody lost a partition because of its subscription or rack. */
  readonly revocationRequired: boolean;
}

/** Sets up the deal: who may have what, and what everybody keeps of what it owns. */
export function openGeneralDeal(
  space: PartitionSpace,
  racks: RackTable,
  ownership: Ownership,
  members: readonly AssignorMember[],
): GeneralDeal {
  const topicCount = space.topics.length;
  const consumersOfTopic: number[][] = space.topics.map(() => []);
  const subscribes = new Uint8Array(members.length * topicCount);
  const mostOfMember = new Int32Array(members.length);
  const topicsOfMember = members.map((member, index) => {
    const topics: number[] = [];
    for (const name of member.topics) {
      const topic = space.topicIndexes.get(name);
      if (topic === undefined) continue;
      topics.push(topic);
      consumersOfTopic[topic].push(index);
      subscribes[index * topicCount + topic] = 1;
      mostOfMember[index] += space.topics[topic].partitions;
    }
    return topics;
  });
  const topicOrder = space.topics.map((_, index) => index);
  topicOrder.sort((a, b) => consumersOfTopic[a].length - consumersOfTopic[b].length || a - b);
  const owner = new Int32Array(space.topicOf.length).fill(-1);
  const counts = new Int32Array(members.length);
  const kept: number[] = [];
  let revocationRequired = false;
  for (let member = 0; member < members.length; member++) {
    for (const partition of ownership.owned[member]) {
      if (subscribes[member * topicCount + space.topicOf[partition]] === 0 || racksMismatch(racks, member, partition)) {
        revocationRequired = true;
        continue;
      }
      owner[partition] = member;
      counts[member]++;
      kept.push(partition);
    }
  }
  return {
    space,
    racks,
    consumersOfTopic,
    topicsOfMember,
    subscribes,
    mostOfMember,
    owner,
    counts,
    ready: createLeastLoaded(members, counts),
    previousOwner: previousOwners(space, ownership, members),
    movements: createMovements(),
    sorted: allPartitions(space, topicOrder),
    kept,
    revocationRequired,
  };
}

/** Who owned each partition in a generation before the newest one; of several the latest (AbstractStickyAssignor's prevAssignment). */
function previousOwners(space: PartitionSpace, ownership: Ownership, members: readonly AssignorMember[]): Int32Array {
  const owners = new Int32Array(space.topicOf.length).fill(-1);
  const generations = new Int32Array(space.topicOf.length);
  members.forEach((member, index) => {
    const generation = member.generation ?? noGeneration;
    if (generation >= ownership.maxGeneration) return;
    for (const claim of member.owned) {
      const partition = numberOf(space, claim);
      if (partition < 0 || (owners[partition] >= 0 && generation <= generations[partition])) continue;
      owners[partition] = index;
      generations[partition] = generation;
    }
  });
  return owners;
}

/** Whether the member subscribes to the partition's topic. */
export function maySubscribe(deal: GeneralDeal, member: number, partition: number): boolean {
  return deal.subscribes[member * deal.space.topics.length + deal.space.topicOf[partition]] === 1;
}

/** Gives a free partition to the least loaded member that may have it; with `byRack`, only to one whose rack does not mismatch. */
export function giveToLeastLoaded(deal: GeneralDeal, partition: number, byRack: boolean): boolean {
  for (const member of deal.ready.order) {
    if (!maySubscribe(deal, member, partition) || (byRack && racksMismatch(deal.racks, member, partition))) continue;
    removeMember(deal.ready, member);
    deal.owner[partition] = member;
    deal.counts[member]++;
    insertMember(deal.ready, member);
    return true;
  }
  return false;
}
