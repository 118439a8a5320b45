/** Members that go: by themselves, for a while, or because a deadline has passed (GroupMetadataManager.consumerGroupLeave and consumerGroupFenceMember). */
import { compareStrings } from '../assignors/types.ts';
import type { ConsumerGroup, ConsumerMember } from './consumerGroup.ts';
import { dropMember, leaveStaticEpoch, putMember } from './consumerGroup.ts';
import type { TopicRange } from './serverAssignor.ts';
import { subscriptionMetadata } from './subscription.ts';

export interface ExpiredMember {
  readonly reason: 'session-timeout' | 'rebalance-timeout';
  readonly memberId: string;
}

/** Puts the member out: its partitions are free at once, and the group goes to its next epoch. */
export function fenceMember(group: ConsumerGroup, member: ConsumerMember, topics: readonly TopicRange[]): void {
  dropMember(group, member);
  group.metadata = subscriptionMetadata(group.members.values(), topics);
  group.groupEpoch++;
}

/** A static member goes for a while: it keeps its target and what it was assigned until its session ends. */
export function leaveForAWhile(group: ConsumerGroup, member: ConsumerMember): void {
  putMember(group, { ...member, memberEpoch: leaveStaticEpoch, pendingRevocation: [] });
}

/** The next time at which a deadline passes, in µs; infinite when none runs. */
export function nextConsumerDeadlineUs(group: ConsumerGroup): number {
  let next = Infinity;
  for (const deadlineUs of group.sessionDeadlines.values()) next = Math.min(next, deadlineUs);
  for (const { deadlineUs } of group.revocationDeadlines.values()) next = Math.min(next, deadlineUs);
  return next;
}

/** Puts out whoever has not been heard of in time or has not given up its partitions in time; who, in order of member ids. */
export function expireMembers(group: ConsumerGroup, nowUs: number, topics: readonly TopicRange[]): ExpiredMember[] {
  const expired: ExpiredMember[] = [];
  const members = [...group.members.values()].sort((a, b) => compareStrings(a.memberId, b.memberId));
  for (const member of members) {
    const reason = expiry(group, member, nowUs);
    if (reason === null) continue;
    fenceMember(group, member, topics);
    expired.push({ reason, memberId: member.memberId });
  }
  return expired;
}

function expiry(group: ConsumerGroup, member: ConsumerMember, nowUs: number): ExpiredMember['reason'] | null {
  if ((group.sessionDeadlines.get(member.memberId) ?? Infinity) <= nowUs) return 'session-timeout';
  const revocation = group.revocationDeadlines.get(member.memberId);
  if (revocation === undefined || revocation.deadlineUs > nowUs) return null;
  group.revocationDeadlines.delete(member.memberId);
  // A member that has moved on in the meantime, or is away, is left alone.
  return revocation.memberEpoch === member.memberEpoch ? 'rebalance-timeout' : null;
}
