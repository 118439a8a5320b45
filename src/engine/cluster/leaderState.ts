/** What a broker keeps of a partition it leads: its term of office, the ISR, the change of the ISR it has asked for, its followers (Kafka's Partition). */
import { createFollower, type FollowerProgress, resetFollower } from './followerProgress.ts';
import type { PartitionRegistration } from './partitionRegistration.ts';

/** An AlterPartition request that is not answered yet. */
export type IsrChange =
  { readonly kind: 'expand'; readonly broker: number } | { readonly kind: 'shrink'; readonly brokers: readonly number[] };

export interface LeaderState {
  readonly broker: number;
  leaderEpoch: number;
  partitionEpoch: number;
  /** Where the leader's log ended as its epoch began: a follower joins the ISR only beyond it. */
  epochStartOffset: number;
  /** As the controller has confirmed it. */
  isr: readonly number[];
  pending: IsrChange | null;
  /** One for each other replica. */
  followers: FollowerProgress[];
}

/** Whether a broker in this life of its may join an ISR: unfenced, not in controlled shutdown, not restarted since it fetched (isReplicaIsrEligible). */
export type IsEligible = (broker: number, brokerEpoch: number) => boolean;

/** The follower of a broker, or undefined when it holds no replica: its fetch is answered with NOT_LEADER_OR_FOLLOWER or UNKNOWN_LEADER_EPOCH. */
export function followerOf(state: LeaderState, broker: number): FollowerProgress | undefined {
  return state.followers.find((follower) => follower.broker === broker);
}

/**
 * Takes up office, or takes over a newer registration (Partition.makeLeader): `previous` is the state of the same broker's present term, null when it was no leader.
 * An older registration changes nothing. A request under way is forgotten, its answer will be out of date. The high watermark may rise: ask afterwards.
 */
export function takeOffice(
  previous: LeaderState | null,
  registration: PartitionRegistration,
  now: { readonly nowUs: number; readonly logEndOffset: number },
): LeaderState {
  const { leader, leaderEpoch, partitionEpoch, isr, replicas } = registration;
  if (previous !== null && partitionEpoch < previous.partitionEpoch) return previous;
  const newEpoch = previous === null || leaderEpoch > previous.leaderEpoch;
  const others = replicas.filter((broker) => broker !== leader);
  const followers = others.map((broker) => {
    const inSync = isr.includes(broker);
    const known = previous === null ? undefined : followerOf(previous, broker);
    if (known === undefined) return createFollower(broker, { inSync: inSync && newEpoch, nowUs: now.nowUs });
    if (newEpoch) resetFollower(known, { inSync, nowUs: now.nowUs, leaderEndOffset: now.logEndOffset });
    return known;
  });
  const epochStartOffset = newEpoch ? now.logEndOffset : previous.epochStartOffset;
  return { broker: leader, leaderEpoch, partitionEpoch, epochStartOffset, isr, pending: null, followers };
}
