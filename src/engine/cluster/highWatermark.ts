/**
 * What a leader may show and acknowledge: the high watermark over the maximal ISR, and the answers to acks=all (Partition.maybeIncrementLeaderHW,
 * appendRecordsToLeader, checkEnoughReplicasReachOffset; KIP-497, KAFKA-15583).
 */
import { type FollowerProgress, isCaughtUp } from './followerProgress.ts';
import type { IsEligible, LeaderState } from './leaderState.ts';

/** The leader's log and what else the rules ask for. */
export interface LeaderView {
  readonly logEndOffset: number;
  readonly highWatermark: number;
  /** `min.insync.replicas` as configured. */
  readonly minInsyncReplicas: number;
  readonly nowUs: number;
  /** `replica.lag.time.max.ms`. */
  readonly lagMaxUs: number;
  readonly isEligible: IsEligible;
}

/** `min.insync.replicas`, at most the number of replicas. */
export function effectiveMinIsr(state: LeaderState, minInsyncReplicas: number): number {
  return Math.min(minInsyncReplicas, state.followers.length + 1);
}

/** Whether the confirmed ISR is smaller than it should be: acks=all is refused, the high watermark stands still. */
export function isUnderMinIsr(state: LeaderState, minInsyncReplicas: number): boolean {
  return state.isr.length < effectiveMinIsr(state, minInsyncReplicas);
}

/** In the ISR, or on its way into it: an expansion counts from the moment it is asked for, a shrink only when it is confirmed. Either is the safer side. */
export function inMaximalIsr({ isr, pending }: LeaderState, broker: number): boolean {
  return isr.includes(broker) || (pending?.kind === 'expand' && pending.broker === broker);
}

/**
 * The leader's high watermark now: the smallest log end of leader, maximal ISR and those who are about to join, never less than before, and where it was while
 * the ISR is too small. Ask after every append, after a fetch that moved a follower's log end, and after every change of the ISR.
 */
export function leaderHighWatermark(state: LeaderState, view: LeaderView): number {
  if (isUnderMinIsr(state, view.minInsyncReplicas)) return view.highWatermark;
  let smallest = view.logEndOffset;
  for (const follower of state.followers) {
    if (follower.logEndOffset < smallest && (inMaximalIsr(state, follower.broker) || mayJoinSoon(follower, view))) {
      smallest = follower.logEndOffset;
    }
  }
  return Math.max(view.highWatermark, smallest);
}

/** A follower that keeps up, though it is not in the ISR, is waited for: else an ISR of one would run away from it for ever. */
function mayJoinSoon(follower: FollowerProgress, view: LeaderView): boolean {
  const { logEndOffset: leaderEndOffset, nowUs, lagMaxUs } = view;
  return (
    isCaughtUp(follower, { leaderEndOffset, nowUs, lagMaxUs }) &&
    follower.brokerEpoch >= 0 &&
    view.isEligible(follower.broker, follower.brokerEpoch)
  );
}

/** A follower's high watermark after an answer: what the leader says, within its own log. It may fall. (UnifiedLog.maybeUpdateHighWatermark) */
export function followerHighWatermark(
  leaderHighWatermark: number,
  { logStartOffset, logEndOffset }: { readonly logStartOffset: number; readonly logEndOffset: number },
): number {
  return Math.min(logEndOffset, Math.max(logStartOffset, leaderHighWatermark));
}

/** Whether a leader takes a batch: acks=all needs the ISR to be large enough; with fewer acks nothing is asked. */
export function appendError(
  state: LeaderState,
  { acks, minInsyncReplicas }: { readonly acks: 'all' | '1' | '0'; readonly minInsyncReplicas: number },
): 'NONE' | 'NOT_ENOUGH_REPLICAS' {
  return acks === 'all' && isUnderMinIsr(state, minInsyncReplicas) ? 'NOT_ENOUGH_REPLICAS' : 'NONE';
}

/**
 * The answer to a batch with acks=all whose last offset is `requiredOffset` - 1; null while it has to wait. It waits for the high watermark alone, so for all of
 * the maximal ISR, and neither for all replicas nor for `min.insync.replicas` of them. With an error the records are in the log all the same.
 */
export function acksAllAnswer(
  state: LeaderState,
  batch: { readonly requiredOffset: number; readonly highWatermark: number; readonly minInsyncReplicas: number },
): 'NONE' | 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' | null {
  if (batch.highWatermark < batch.requiredOffset) return null;
  const size = state.isr.length + (state.pending?.kind === 'expand' ? 1 : 0);
  return size < effectiveMinIsr(state, batch.minInsyncReplicas) ? 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' : 'NONE';
}
