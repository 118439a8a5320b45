import type { Assignment, AssignorMember, AssignorTopic } from './types.ts';
import type { PartitionSpace } from './partitionSpace.ts';
import { createPartitionSpace, toAssignment } from './partitionSpace.ts';
import { javaBucketOf, javaTableSize, javaTextHash } from '../../kernel/javaHash.ts';
import { createRackTable } from './racks.ts';
import { settleOwnership } from './ownership.ts';
import { assignConstrained } from './stickyConstrained.ts';
import { assignGeneral } from './stickyGeneral.ts';

/** A sticky assignment in partition numbers. `moving` names the new owner of each partition that changes hands; null when it was not kept track of. */
export interface StickyResult {
  readonly space: PartitionSpace;
  readonly numbers: number[][];
  readonly moving: ReadonlyMap<number, number> | null;
}

/** What both sticky assignors share (AbstractStickyAssignor.assignPartitions). Members are looked at in the order of Java's hash of their ids. */
export function dealSticky(topics: readonly AssignorTopic[], members: readonly AssignorMember[]): StickyResult {
  const space = createPartitionSpace(topics, members);
  if (members.length === 0) return { space, numbers: [], moving: null };
  const order = hashOrder(members);
  const ordered = order.map((index) => members[index]);
  const ownership = settleOwnership(space, ordered);
  const racks = createRackTable(space, ordered);
  const numbers: number[][] = members.map(() => []);
  if (!ownership.equalSubscriptions) {
    assignGeneral(space, racks, ownership, ordered).forEach((each, i) => (numbers[order[i]] = each));
    return { space, numbers, moving: null };
  }
  const { result, moving } = assignConstrained(space, racks, ownership, ordered);
  result.forEach((each, i) => (numbers[order[i]] = each));
  return { space, numbers, moving: new Map([...moving].map(([partition, member]) => [partition, order[member]])) };
}

/** Places of the members in the order of a Java HashMap keyed by member id. */
function hashOrder(members: readonly AssignorMember[]): number[] {
  const buckets = javaTableSize(members.length);
  const bucket = members.map(({ id }) => javaBucketOf(javaTextHash(id), buckets));
  return members.map((_, index) => index).sort((a, b) => bucket[a] - bucket[b] || a - b);
}

/** Kafka's StickyAssignor (eager): balanced, and as close to what members had before as balance allows. */
export function assignSticky(topics: readonly AssignorTopic[], members: readonly AssignorMember[]): Assignment {
  const { space, numbers } = dealSticky(topics, members);
  return toAssignment(space, numbers);
}
