import type { AssignorMember } from './types.ts';
import { compareStrings } from './types.ts';

/** Members ordered by how many partitions they have, then by id: a sorted array with binary insertion. Remove before a count changes, insert after. */
export interface LeastLoaded {
  readonly order: number[];
  readonly counts: Int32Array;
  /** Place of each member in the order of ids. */
  readonly rank: Int32Array;
}

/** All members with the counts given. */
export function createLeastLoaded(members: readonly AssignorMember[], counts: Int32Array): LeastLoaded {
  const byId = members.map((_, index) => index).sort((a, b) => compareStrings(members[a].id, members[b].id));
  const rank = new Int32Array(members.length);
  byId.forEach((member, place) => (rank[member] = place));
  const order = [...byId].sort((a, b) => counts[a] - counts[b] || rank[a] - rank[b]);
  return { order, counts, rank };
}

function placeOf(set: LeastLoaded, member: number): number {
  let low = 0;
  let high = set.order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = set.order[middle];
    const difference = set.counts[other] - set.counts[member] || set.rank[other] - set.rank[member];
    if (difference < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function insertMember(set: LeastLoaded, member: number): void {
  set.order.splice(placeOf(set, member), 0, member);
}

export function removeMember(set: LeastLoaded, member: number): void {
  const place = placeOf(set, member);
  if (set.order[place] === member) set.order.splice(place, 1);
}
