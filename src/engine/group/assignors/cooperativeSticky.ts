import type { Assignment, AssignorMember, AssignorTopic } from './types.ts';
import { numberOf, toAssignment } from './partitionSpace.ts';
import type { StickyResult } from './sticky.ts';
import { dealSticky } from './sticky.ts';

/**
 * Kafka's CooperativeStickyAssignor (KIP-429): the sticky assignment without the partitions that change owner. Those are given to nobody until
 * the old owner has given them up, which takes a second rebalance.
 */
export function assignCooperativeSticky(topics: readonly AssignorTopic[], members: readonly AssignorMember[]): Assignment {
  const result = dealSticky(topics, members);
  const moving = result.moving ?? findMoving(result, members);
  const held = result.numbers.map((numbers, member) => numbers.filter((partition) => moving.get(partition) !== member));
  return toAssignment(result.space, held);
}

/** Partitions somebody gains and somebody else loses, by what the members claim to own; the value is who gains. */
function findMoving(result: StickyResult, members: readonly AssignorMember[]): ReadonlyMap<number, number> {
  const gained = new Map<number, number>();
  const lost = new Set<number>();
  members.forEach((member, index) => {
    const owned = new Set(member.owned.map((claim) => numberOf(result.space, claim)));
    const assigned = new Set(result.numbers[index]);
    for (const partition of assigned) if (!owned.has(partition)) gained.set(partition, index);
    for (const partition of owned) if (!assigned.has(partition)) lost.add(partition);
  });
  return new Map([...gained].filter(([partition]) => lost.has(partition)));
}
