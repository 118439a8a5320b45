/** How a member gets from what it has to its target, one heartbeat at a time (Kafka's CurrentAssignmentBuilder, KIP-848). */
import { sameNumbers } from '../protocol.ts';
import type { ConsumerMember, MemberState } from './consumerGroup.ts';
import { difference, disjointUnion, intersection } from './partitionSets.ts';

export interface ReconciliationTarget {
  /** Epoch of the target assignment. */
  readonly epoch: number;
  /** The member's part of it. */
  readonly partitions: readonly number[];
  /** Partitions that some member may own or has not given up yet. */
  readonly owned: ReadonlyMap<number, number>;
  /** What the member says it owns; null when it did not say. */
  readonly reported: readonly number[] | null;
}

/** The member one step closer to its target; the same object when it has to wait or is there. */
export function reconcile(member: ConsumerMember, target: ReconciliationTarget): ConsumerMember {
  switch (member.state) {
    case 'STABLE':
      // A newer target is all that moves a member at rest.
      return member.memberEpoch === target.epoch ? member : nextAssignment(member, member.memberEpoch, target);
    case 'UNREVOKED_PARTITIONS':
      // Only its own word that it has let go ends the wait; silence does not. It has then come one epoch further, even if there is more to give up.
      return ownsAny(target.reported, member.pendingRevocation) ? member : nextAssignment(member, member.memberEpoch + 1, target);
    case 'UNRELEASED_PARTITIONS':
      // Others may have let go in the meantime.
      return nextAssignment(member, member.memberEpoch, target);
  }
}

function ownsAny(reported: readonly number[] | null, revoked: readonly number[]): boolean {
  return reported === null || intersection(reported, revoked).length > 0;
}

function nextAssignment(member: ConsumerMember, memberEpoch: number, target: ReconciliationTarget): ConsumerMember {
  const kept = intersection(member.assigned, target.partitions);
  const toRevoke = difference(member.assigned, kept);
  // A member does not reach the target's epoch before it has given up what goes to others.
  if (toRevoke.length > 0 && ownsAny(target.reported, toRevoke)) {
    return change(member, 'UNREVOKED_PARTITIONS', memberEpoch, kept, toRevoke);
  }
  const wanted = difference(target.partitions, kept);
  // What it has given up itself in this very heartbeat still counts as owned: it gets that back with its next one.
  const free = wanted.filter((partition) => !target.owned.has(partition));
  const state = free.length < wanted.length ? 'UNRELEASED_PARTITIONS' : 'STABLE';
  return change(member, state, target.epoch, disjointUnion(kept, free), []);
}

function change(
  member: ConsumerMember,
  state: MemberState,
  memberEpoch: number,
  assigned: readonly number[],
  pendingRevocation: readonly number[],
): ConsumerMember {
  const same =
    state === member.state &&
    memberEpoch === member.memberEpoch &&
    member.previousMemberEpoch === memberEpoch &&
    sameNumbers(assigned, member.assigned) &&
    sameNumbers(pendingRevocation, member.pendingRevocation);
  return same ? member : { ...member, state, memberEpoch, previousMemberEpoch: member.memberEpoch, assigned, pendingRevocation };
}
