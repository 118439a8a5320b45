/** The one place where what a partition shows to readers and acknowledges to acks=all moves on. */
import { brokerOf } from '../cluster/controller.ts';
import { isActiveBroker } from '../cluster/brokerRegistry.ts';
import { leaderHighWatermark, type LeaderView } from '../cluster/highWatermark.ts';
import { raiseHighWatermark } from '../log/partitionLog.ts';
import type { ClusterState } from './clusterState.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import { partitionAdvanced } from './fetch.ts';
import { completeParked } from './parkedProduces.ts';
import { replicaEndOffset, replicaHighWatermark, replicaOf, type ReplicaState } from './replicas.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

let asked: ClusterState | null = null;

/** Used again for every question, so that none makes garbage. A broker in another life than the one that fetched is not eligible (isReplicaIsrEligible). */
const view: Mutable<LeaderView> = {
  logEndOffset: 0,
  highWatermark: 0,
  minInsyncReplicas: 1,
  nowUs: 0,
  lagMaxUs: 0,
  isEligible(broker, brokerEpoch) {
    const registered = asked === null ? undefined : brokerOf(asked.controller, broker);
    return isActiveBroker(registered) && registered?.brokerEpoch === brokerEpoch;
  },
};

/** A leader's log and settings for the rules of `cluster/`. Valid until the next call. */
export function leaderViewOf(ctx: BrokerContext, partition: PartitionState, replica: ReplicaState): LeaderView {
  asked = ctx.cluster;
  view.logEndOffset = replicaEndOffset(partition, replica);
  view.highWatermark = replicaHighWatermark(partition, replica);
  view.minInsyncReplicas = partition.minInsyncReplicas;
  view.nowUs = ctx.events.nowUs;
  view.lagMaxUs = ctx.cluster.config.replicaLagMaxUs;
  return view;
}

/**
 * After an append, a fetch that moved a follower's log end, or a change of the ISR: raises a leader's high watermark as far as its rules allow, wakes who waits for it.
 * Gives whether it rose.
 */
export function raisePartitionHighWatermark(ctx: BrokerContext, index: number, broker: number): boolean {
  const partition = ctx.partitions[index];
  const replica = replicaOf(partition, broker);
  if (replica === undefined || replica.leadership === null) return false;
  const before = replicaHighWatermark(partition, replica);
  const offset = leaderHighWatermark(replica.leadership, leaderViewOf(ctx, partition, replica));
  if (offset <= before) return false;
  if (broker === partition.holder) raiseHighWatermark(partition.log, offset);
  else {
    replica.highWatermark = offset;
    if (replica.tail !== null && offset > replica.tail.logStartOffset) raiseHighWatermark(replica.tail, offset);
  }
  if (ctx.watcher !== null) ctx.watcher.highWatermarkRaised?.(index, broker, offset);
  completeParked(ctx, index, replica);
  if (ctx.topics[partition.topic].internal === true) ctx.replication.advanced.push(index);
  partitionAdvanced(ctx, index, broker);
  return true;
}
