/** When a leader asks for another ISR, and what it makes of the controller's answer (Partition.maybeExpandIsr, maybeShrinkIsr, handleAlterPartition…). */
import type { AlterPartitionError, AlterPartitionRequest } from './alterPartition.ts';
import { type FollowerProgress, isCaughtUp } from './followerProgress.ts';
import type { LeaderView } from './highWatermark.ts';
import type { IsrChange, LeaderState } from './leaderState.ts';
import { type PartitionRegistration, withoutReplicas } from './partitionRegistration.ts';

/**
 * Whether a follower that has just fetched should join: not in the ISR, eligible, its log at or beyond the high watermark and the beginning of the leader's epoch, and
 * no other change under way. How long ago it was caught up is not asked.
 */
export function shouldJoin(state: LeaderState, follower: FollowerProgress, view: LeaderView): boolean {
  const { broker, brokerEpoch, logEndOffset } = follower;
  if (state.pending !== null || state.isr.includes(broker)) return false;
  if (logEndOffset < view.highWatermark || logEndOffset < state.epochStartOffset) return false;
  return brokerEpoch >= 0 && view.isEligible(broker, brokerEpoch);
}

/** Members of the ISR that were last caught up more than `lagMaxUs` ago; none while a change is under way. Asked every half of that time: they leave after 1 to 1.5 of it. */
export function laggingMembers(state: LeaderState, view: Pick<LeaderView, 'logEndOffset' | 'nowUs' | 'lagMaxUs'>): number[] {
  if (state.pending !== null) return [];
  const { logEndOffset: leaderEndOffset, nowUs, lagMaxUs } = view;
  return state.followers
    .filter((follower) => state.isr.includes(follower.broker) && !isCaughtUp(follower, { leaderEndOffset, nowUs, lagMaxUs }))
    .map(({ broker }) => broker);
}

/** Marks a change as under way and gives the request for it. A leader in office has recovered from an unclean election, so it always says so. */
export function proposeChange(state: LeaderState, change: IsrChange): AlterPartitionRequest {
  if (state.pending !== null)
    throw new Error(`cluster: partition led by ${state.broker} asks for an ISR while ${state.pending.kind} is under way`);
  state.pending = change;
  const isr = change.kind === 'expand' ? [...state.isr, change.broker] : withoutReplicas(state.isr, change.brokers);
  return { broker: state.broker, leaderEpoch: state.leaderEpoch, partitionEpoch: state.partitionEpoch, isr, recovering: false };
}

/**
 * The controller's answer to the change under way. `confirmed`: the ISR is in force, the high watermark may rise. `dropped`: the ISR is as before. `retry`: the same request
 * goes out again. `outdated`: stay as it is until the metadata come, with a change under way for ever if need be. A request forgotten in the meantime is `outdated` too.
 */
export function isrAnswered(
  state: LeaderState,
  change: IsrChange,
  answer: { readonly error: AlterPartitionError | 'REQUEST_TIMED_OUT'; readonly partition: PartitionRegistration | null },
): 'confirmed' | 'dropped' | 'retry' | 'outdated' {
  if (state.pending !== change) return 'outdated';
  const { error, partition } = answer;
  switch (error) {
    case 'NONE':
      if (partition === null || partition.leaderEpoch !== state.leaderEpoch || partition.partitionEpoch < state.partitionEpoch)
        return 'outdated';
      state.isr = partition.isr;
      state.partitionEpoch = partition.partitionEpoch;
      state.pending = null;
      return 'confirmed';
    case 'INELIGIBLE_REPLICA':
      state.pending = null;
      return 'dropped';
    case 'FENCED_LEADER_EPOCH':
    case 'INVALID_UPDATE_VERSION':
    case 'INVALID_REQUEST':
    case 'NEW_LEADER_ELECTED':
      return 'outdated';
    case 'NOT_CONTROLLER':
    case 'REQUEST_TIMED_OUT':
      return 'retry';
  }
}
