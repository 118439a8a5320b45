import type { AssignorMember } from './types.ts';
import type { PartitionSpace } from './partitionSpace.ts';
import { partitionWithin, withoutAssigned } from './partitionSpace.ts';
import { partitionHash } from './partitionHash.ts';
import { javaTextHash } from '../../kernel/javaHash.ts';
import type { RackTable } from './racks.ts';
import { racksMeet } from './racks.ts';
import type { Ownership } from './ownership.ts';
import type { GeneralDeal } from './generalDeal.ts';
import { giveToLeastLoaded, maySubscribe, openGeneralDeal } from './generalDeal.ts';
import { insertMember, removeMember } from './leastLoaded.ts';
import { partitionToMove, recordMovement } from './partitionMovements.ts';

/**
 * Kafka's general sticky algorithm (AbstractStickyAssignor.GeneralAssignmentBuilder) for members with different subscriptions: keep what is
 * owned, give out what is free to the least loaded, then move partitions while that improves the balance. Returns partition numbers by member.
 */
export function assignGeneral(
  space: PartitionSpace,
  racks: RackTable,
  ownership: Ownership,
  members: readonly AssignorMember[],
): number[][] {
  const deal = openGeneralDeal(space, racks, ownership, members);
  const place = new Int32Array(space.topicOf.length);
  deal.sorted.forEach((partition, index) => (place[partition] = index + 1));
  // A claim beyond the topic's count sorts where its number would be, after the topic's last partition.
  const orderOf = (partition: number): number => place[partition] || placeOfMissing(space, place, partition);
  deal.kept.sort((a, b) => orderOf(a) - orderOf(b) || a - b);
  const unassigned = withoutAssigned(deal.sorted, deal.kept);
  balance(deal, unassigned);
  const result: number[][] = members.map(() => []);
  for (let partition = 0; partition < deal.owner.length; partition++) {
    if (deal.owner[partition] >= 0) result[deal.owner[partition]].push(partition);
  }
  return result;
}

function placeOfMissing(space: PartitionSpace, place: Int32Array, partition: number): number {
  const topic = space.topicOf[partition];
  return place[space.first[topic] + space.topics[topic].partitions - 1] + 0.5;
}

function balance(deal: GeneralDeal, unassigned: readonly number[]): void {
  const { order } = deal.ready;
  const initializing = deal.counts[order[order.length - 1]] === 0;
  let free = unassigned.filter((partition) => deal.consumersOfTopic[deal.space.topicOf[partition]].length > 0);
  if (deal.racks.active) free = free.filter((partition) => !giveToLeastLoaded(deal, partition, true));
  for (const partition of free) giveToLeastLoaded(deal, partition, false);

  // Only topics with two consumers or more, and members that have or could have a partition of one, take part in what follows.
  const movable = (partition: number): boolean => deal.consumersOfTopic[deal.space.topicOf[partition]].length >= 2;
  const ownsMovable = new Uint8Array(deal.counts.length);
  for (let i = 0; i < deal.owner.length; i++) if (deal.owner[i] >= 0 && movable(i)) ownsMovable[deal.owner[i]] = 1;
  for (let member = 0; member < deal.counts.length; member++) {
    if (deal.counts[member] >= deal.mostOfMember[member] && ownsMovable[member] === 0) removeMember(deal.ready, member);
  }
  const taking = [...order];
  const ownersBefore = deal.owner.slice();
  const countsBefore = deal.counts.slice();
  if (!deal.revocationRequired) moveWhileBetter(deal, unassigned.filter(movable));
  const moved = moveWhileBetter(deal, deal.sorted.filter(movable));
  if (!initializing && moved && balanceScore(deal.counts, taking) >= balanceScore(countsBefore, taking)) {
    deal.owner.set(ownersBefore);
    deal.counts.set(countsBefore);
  }
}

/** Sum over all pairs of members of the difference of their counts: 0 is perfect balance. */
function balanceScore(counts: Int32Array, members: readonly number[]): number {
  const sorted = members.map((member) => counts[member]).sort((a, b) => a - b);
  return sorted.reduce((score, count, index) => score + count * (2 * index - sorted.length + 1), 0);
}

/** Goes over the partitions again and again until nothing moves any more. Returns whether anything moved. */
function moveWhileBetter(deal: GeneralDeal, partitions: readonly number[]): boolean {
  let any = false;
  for (let modified = true; modified;) {
    modified = false;
    for (const partition of partitions) {
      if (isBalanced(deal)) break;
      if (improve(deal, partition)) modified = true;
    }
    any ||= modified;
  }
  return any;
}

/** Moves one partition if its owner has at least two more than somebody who could take it. */
function improve(deal: GeneralDeal, partition: number): boolean {
  const { counts } = deal;
  const owner = deal.owner[partition];
  const previous = deal.previousOwner[partition];
  if (previous >= 0 && counts[owner] > counts[previous] + 1) {
    move(deal, partition, previous);
    return true;
  }
  const consumers = deal.consumersOfTopic[deal.space.topicOf[partition]];
  const better = (other: number): boolean => counts[owner] > counts[other] + 1;
  // With racks Kafka looks among consumers on the partition's racks first; either way it goes to the least loaded subscriber.
  const onRack =
    racksMeet(deal.racks, owner, partition) && consumers.some((other) => racksMeet(deal.racks, other, partition) && better(other));
  if (!onRack && !consumers.some(better)) return false;
  const target = deal.ready.order.find((member) => maySubscribe(deal, member, partition));
  if (target === undefined) return false;
  move(deal, partition, target);
  return true;
}

function move(deal: GeneralDeal, wanted: number, to: number): void {
  const topic = deal.space.topicOf[wanted];
  const topicHash = javaTextHash(deal.space.topics[topic].name);
  const partition = partitionToMove(deal.movements, { topic, partition: wanted, from: deal.owner[wanted], to }, (number) =>
    partitionHash(topicHash, partitionWithin(deal.space, number)),
  );
  const from = deal.owner[partition];
  recordMovement(deal.movements, topic, partition, from, to);
  removeMember(deal.ready, from);
  removeMember(deal.ready, to);
  deal.owner[partition] = to;
  deal.counts[from]--;
  deal.counts[to]++;
  insertMember(deal.ready, to);
  insertMember(deal.ready, from);
}

/** Whether no partition could go from a member to one that has at least two fewer. */
function isBalanced(deal: GeneralDeal): boolean {
  const { counts } = deal;
  const { order } = deal.ready;
  if (counts[order[0]] >= counts[order[order.length - 1]] - 1) return true;
  // Of a topic's owners only the fullest matters.
  const fullest = new Int32Array(deal.space.topics.length);
  for (let partition = 0; partition < deal.owner.length; partition++) {
    const owner = deal.owner[partition];
    const topic = deal.space.topicOf[partition];
    if (owner >= 0 && counts[owner] > fullest[topic]) fullest[topic] = counts[owner];
  }
  return order.every(
    (member) =>
      counts[member] === deal.mostOfMember[member] || deal.topicsOfMember[member].every((topic) => counts[member] + 1 >= fullest[topic]),
  );
}
