import type { Assignment, AssignorMember, AssignorTopic } from './types.ts';
import type { PartitionSpace } from './partitionSpace.ts';
import { createPartitionSpace, toAssignment } from './partitionSpace.ts';
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

/** What both sticky assignors share (AbstractStickyAssignor.assignPartitions). */
export function dealSticky(topics: readonly AssignorTopic[], members: readonly AssignorMember[]): StickyResult {
  const space = createPartitionSpace(topics, members);
  if (members.length === 0) return { space, numbers: [], moving: null };
  const ownership = settleOwnership(space, members);
  const racks = createRackTable(space, members);
  if (!ownership.equalSubscriptions) return { space, numbers: assignGeneral(space, racks, ownership, members), moving: null };
  const { result, moving } = assignConstrained(space, racks, ownership, members);
  return { space, numbers: result, moving };
}

/** Kafka's StickyAssignor (eager): balanced, and as close to what members had before as balance allows. */
export function assignSticky(topics: readonly AssignorTopic[], members: readonly AssignorMember[]): Assignment {
  const { space, numbers } = dealSticky(topics, members);
  return toAssignment(space, numbers);
}
