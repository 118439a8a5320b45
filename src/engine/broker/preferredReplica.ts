/** Which replica a consumer shall read from (KIP-392): RackAwareReplicaSelector, ReplicaManager.findPreferredReadReplica. */
import type { BrokerContext } from './context.ts';
import type { FetchSession } from './fetchSession.ts';
import { replicaOf } from './replicas.ts';

/**
 * Broker in the client's rack that a leader sends it to for an offset, or -1 when it answers itself: it stands there too, or no in-sync replica there has the offset, as far as the leader
 * knows. Of several the one whose log ends last, then the one caught up last, then the largest id.
 */
export function preferredReplica(ctx: BrokerContext, session: FetchSession, index: number, offset: number): number {
  const { broker, rack } = session;
  if (rack === '' || !ctx.cluster.config.rackAwareReads || ctx.brokers[broker].rack === rack) return -1;
  const partition = ctx.partitions[index];
  const leadership = replicaOf(partition, broker)?.leadership ?? null;
  if (leadership === null || offset < partition.log.logStartOffset) return -1;
  let best = -1;
  let bestEnd = -1;
  let bestUs = -Infinity;
  for (const follower of leadership.followers) {
    const { logEndOffset, lastCaughtUpUs } = follower;
    if (ctx.brokers[follower.broker].rack !== rack || !leadership.isr.includes(follower.broker) || logEndOffset < offset) continue;
    const isBetter =
      logEndOffset !== bestEnd ? logEndOffset > bestEnd : lastCaughtUpUs !== bestUs ? lastCaughtUpUs > bestUs : follower.broker > best;
    if (!isBetter) continue;
    best = follower.broker;
    bestEnd = logEndOffset;
    bestUs = lastCaughtUpUs;
  }
  return best;
}
