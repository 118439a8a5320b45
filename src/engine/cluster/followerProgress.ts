/** What a leader knows of one follower, all of it from the follower's fetches: Kafka's Replica and ReplicaState. Changed in place. */

/** Before every time of a run: a follower that was out of the ISR as its leader took office. */
export const neverUs = Number.MIN_SAFE_INTEGER;

export interface FollowerProgress {
  readonly broker: number;
  /** Offset of the last fetch: everything before it is in the follower's log. -1 until it has fetched from this leader. */
  logEndOffset: number;
  lastFetchUs: number;
  /** The leader's own log end offset at the last fetch. */
  lastFetchLeaderEndOffset: number;
  /** The last moment at whose log end the follower's log is known to have been. */
  lastCaughtUpUs: number;
  /** Which life of the broker the last fetch came from; -1 until it has fetched from this leader. */
  brokerEpoch: number;
}

/** A follower as a new leader begins with it: nothing is known, but being in the ISR counts as caught up for now (Replica.resetReplicaState). */
export function createFollower(broker: number, { inSync, nowUs }: { readonly inSync: boolean; readonly nowUs: number }): FollowerProgress {
  return {
    broker,
    logEndOffset: -1,
    lastFetchUs: neverUs,
    lastFetchLeaderEndOffset: -1,
    lastCaughtUpUs: inSync ? nowUs : neverUs,
    brokerEpoch: -1,
  };
}

/** The same leader in a new epoch: where the follower's log ends is still known. */
export function resetFollower(
  follower: FollowerProgress,
  { inSync, nowUs, leaderEndOffset }: { readonly inSync: boolean; readonly nowUs: number; readonly leaderEndOffset: number },
): void {
  follower.lastFetchLeaderEndOffset = leaderEndOffset;
  follower.lastFetchUs = inSync ? nowUs : neverUs;
  follower.lastCaughtUpUs = inSync ? nowUs : neverUs;
}

/**
 * Notes a fetch (Replica.updateFetchStateOrThrow). The follower was caught up just now if it asks from the leader's log end, and at its previous fetch if it asks from
 * where the log ended then: so under steady writes a follower that keeps up counts as caught up though it never is. Gives whether its log end has moved.
 */
export function noteFetch(
  follower: FollowerProgress,
  fetch: { readonly offset: number; readonly nowUs: number; readonly leaderEndOffset: number; readonly brokerEpoch: number },
): boolean {
  const { offset, nowUs, leaderEndOffset } = fetch;
  if (offset >= leaderEndOffset) follower.lastCaughtUpUs = Math.max(follower.lastCaughtUpUs, nowUs);
  else if (offset >= follower.lastFetchLeaderEndOffset) follower.lastCaughtUpUs = Math.max(follower.lastCaughtUpUs, follower.lastFetchUs);
  const moved = follower.logEndOffset !== offset;
  follower.logEndOffset = offset;
  follower.lastFetchLeaderEndOffset = Math.max(follower.lastFetchLeaderEndOffset, leaderEndOffset);
  follower.lastFetchUs = nowUs;
  follower.brokerEpoch = fetch.brokerEpoch;
  return moved;
}

/** Whether the follower has the leader's whole log, or had it `lagMaxUs` (`replica.lag.time.max.ms`) ago or later (ReplicaState.isCaughtUp). */
export function isCaughtUp(
  follower: FollowerProgress,
  { leaderEndOffset, nowUs, lagMaxUs }: { readonly leaderEndOffset: number; readonly nowUs: number; readonly lagMaxUs: number },
): boolean {
  return follower.logEndOffset === leaderEndOffset || nowUs - follower.lastCaughtUpUs <= lagMaxUs;
}
