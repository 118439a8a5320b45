import type { AssignorMember } from './types.ts';
import { compareStrings } from './types.ts';
import type { PartitionSpace } from './partitionSpace.ts';
import { allPartitions, partitionWithin, withoutAssigned } from './partitionSpace.ts';
import type { RackTable } from './racks.ts';
import { racksMeet, racksMismatch } from './racks.ts';
import type { Ownership } from './ownership.ts';

/** State of one run of the algorithm for members that all subscribe to the same topics. */
interface ConstrainedDeal {
  readonly space: PartitionSpace;
  readonly racks: RackTable;
  readonly ownership: Ownership;
  readonly minQuota: number;
  readonly maxQuota: number;
  /** How many members may have more than minQuota; 0 when the partitions divide evenly. */
  readonly allowedOverMin: number;
  overMin: number;
  readonly result: number[][];
  /** Members below minQuota, and members exactly at it that may get one more. */
  below: number[];
  exact: number[];
  /** Partitions an owner may lose, and to whom they belonged. */
  readonly maybeRevoked: Map<number, number>;
  /** Partitions that change owner, and the new owner. */
  readonly moving: Map<number, number>;
}

/**
 * Kafka's constrained sticky algorithm (AbstractStickyAssignor.ConstrainedAssignmentBuilder): everybody keeps what it owns up to the
 * quota, then members below it are filled in turn. Returns partition numbers by member, and the partitions that change owner.
 */
export function assignConstrained(
  space: PartitionSpace,
  racks: RackTable,
  ownership: Ownership,
  members: readonly AssignorMember[],
): { result: number[][]; moving: Map<number, number> } {
  const deal: ConstrainedDeal = {
    space,
    racks,
    ownership,
    minQuota: Math.floor(space.total / members.length),
    maxQuota: Math.ceil(space.total / members.length),
    allowedOverMin: space.total % members.length,
    overMin: 0,
    result: members.map(() => []),
    below: [],
    exact: [],
    maybeRevoked: new Map(),
    moving: new Map(),
  };
  const kept: number[] = [];
  for (let member = 0; member < members.length; member++) keepOwned(deal, member, kept);
  kept.sort((a, b) => a - b);
  const byId = (a: number, b: number): number => compareStrings(members[a].id, members[b].id);
  deal.below.sort(byId);
  deal.exact.sort(byId);
  const topicOrder = space.topics.map((_, index) => index);
  let rest = withoutAssigned(allPartitions(space, topicOrder), kept);
  // Partitions that few members can read from their own rack come first; the sort is stable.
  if (racks.reach.length > 0) rest.sort((a, b) => racks.reach[a] - racks.reach[b]);
  if (racks.active) rest = fillByRack(deal, rest);
  fillInTurn(deal, rest);
  return { result: deal.result, moving: deal.moving };
}

/** Lets one member keep what it owns up to its quota and files it under the members that may get more. */
function keepOwned(deal: ConstrainedDeal, member: number, kept: number[]): void {
  const { space } = deal;
  const mine: number[] = [];
  for (const partition of deal.ownership.owned[member]) {
    if (racksMismatch(deal.racks, member, partition)) deal.maybeRevoked.set(partition, member);
    else if (!deal.ownership.disputed.has(partition)) mine.push(partition);
  }
  mine.sort((a, b) => partitionWithin(space, a) - partitionWithin(space, b) || a - b);
  let keep: number;
  if (mine.length < deal.minQuota) {
    keep = mine.length;
    deal.below.push(member);
  } else if (mine.length >= deal.maxQuota && deal.overMin < deal.allowedOverMin) {
    keep = deal.maxQuota;
    deal.overMin++;
    if (deal.overMin === deal.allowedOverMin) deal.exact = [];
  } else {
    keep = deal.minQuota;
    if (deal.overMin < deal.allowedOverMin) deal.exact.push(member);
  }
  for (let i = 0; i < mine.length; i++) {
    if (i < keep) {
      deal.result[member].push(mine[i]);
      kept.push(mine[i]);
    } else deal.maybeRevoked.set(mine[i], member);
  }
}

/** Fills members with partitions of their own rack, in turn. Returns the partitions nobody could take. */
function fillByRack(deal: ConstrainedDeal, partitions: readonly number[]): number[] {
  const rest: number[] = [];
  let turn = 0;
  for (const partition of partitions) {
    const at = nextOnRack(deal, partition, deal.below, turn);
    if (at >= 0) {
      const member = deal.below[at];
      const count = give(deal, partition, member);
      let following = at;
      if (count >= deal.minQuota) {
        deal.below.splice(at, 1);
        if (count < deal.maxQuota && deal.overMin < deal.allowedOverMin) deal.exact.push(member);
      } else following++;
      turn = deal.below.length === 0 ? 0 : following % deal.below.length;
      continue;
    }
    const exactAt = nextOnRack(deal, partition, deal.exact, 0);
    if (exactAt < 0) {
      rest.push(partition);
      continue;
    }
    const member = deal.exact[exactAt];
    if (give(deal, partition, member) === deal.maxQuota) {
      deal.exact.splice(exactAt, 1);
      deal.overMin++;
      if (deal.overMin === deal.allowedOverMin) deal.exact = [];
    }
  }
  return rest;
}

function nextOnRack(deal: ConstrainedDeal, partition: number, members: readonly number[], from: number): number {
  for (let i = 0; i < members.length; i++) {
    const at = (from + i) % members.length;
    if (racksMeet(deal.racks, members[at], partition)) return at;
  }
  return -1;
}

/** Fills the members below minQuota in turn, then those at it, each with one more. */
function fillInTurn(deal: ConstrainedDeal, partitions: readonly number[]): void {
  let cursor = 0;
  for (const partition of partitions) {
    if (cursor >= deal.below.length) cursor = 0;
    const fromBelow = deal.below.length > 0;
    const member = fromBelow ? deal.below[cursor] : deal.exact.shift();
    if (member === undefined) throw new Error('sticky assignor: partitions are left and every member is full');
    const count = give(deal, partition, member);
    if (!fromBelow) {
      if (count === deal.maxQuota) deal.overMin++;
    } else if (count === deal.minQuota) {
      deal.below.splice(cursor, 1);
      deal.exact.push(member);
    } else cursor++;
  }
}

function give(deal: ConstrainedDeal, partition: number, member: number): number {
  deal.result[member].push(partition);
  const loser = deal.maybeRevoked.get(partition);
  if ((loser !== undefined && loser !== member) || deal.ownership.disputed.has(partition)) deal.moving.set(partition, member);
  return deal.result[member].length;
}
