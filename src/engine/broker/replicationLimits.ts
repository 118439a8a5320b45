/**
 * The limits of partitions that are moved with a throttle (`leader.` and `follower.replication.throttled.rate`, ReplicationQuotaManager): `kafka-reassign-partitions` sets
 * both to the same figure, the leader's for the replicas that were there, the follower's for those that are added. Both are kept by broker, over all that it moves.
 */
import { isReplicationQuotaExceeded, type QuotaConfig, recordValue } from '../cluster/quota.ts';
import type { BrokerContext } from './context.ts';
import type { ReplicaState } from './replicas.ts';

/** `replication.quota.window.num` and `replication.quota.window.size.seconds` at Kafka's defaults. */
const window = { samples: 11, sampleMs: 1000 };

/** The limit a partition is moved with; null: none. */
function limitOf({ cluster: { throttles } }: BrokerContext, partition: number): QuotaConfig | null {
  for (const { partition: moved, bytesPerUs } of throttles) if (moved === partition) return { bytesPerSecond: bytesPerUs * 1e6, ...window };
  return null;
}

/** The limit of what a broker takes of a partition that is moved to it; null: none. */
function limitInto(ctx: BrokerContext, partition: number, broker: number): QuotaConfig | null {
  const limit = limitOf(ctx, partition);
  return limit !== null && ctx.cluster.controller.partitions[partition].addingReplicas.includes(broker) ? limit : null;
}

const nowMs = (ctx: BrokerContext): number => Math.floor(ctx.events.nowUs / 1000);

/** Whether a leader leaves a partition out of an answer to a follower that is not in sync (ReplicaManager.shouldLeaderThrottle). */
export function isLeaderThrottled(ctx: BrokerContext, leader: ReplicaState, follower: number, partition: number): boolean {
  if (ctx.cluster.throttles.length === 0) return false;
  const limit = limitOf(ctx, partition);
  if (limit === null || leader.leadership?.isr.includes(follower) === true) return false;
  return isReplicationQuotaExceeded(ctx.replication.throttledRates[leader.broker], limit, nowMs(ctx));
}

/** Counts what a leader answers of a partition, also to followers in sync, which are never held back (KafkaApis.sizeOfThrottledPartitions). */
export function noteGiven(ctx: BrokerContext, leader: number, partition: number, bytes: number): void {
  const limit = limitOf(ctx, partition);
  if (limit !== null) recordValue(ctx.replication.throttledRates[leader], limit, bytes, nowMs(ctx));
}

/** Whether a follower leaves a partition out of its request (RemoteLeaderEndPoint.shouldFollowerThrottle): it is in sync when its log ended at or beyond the leader's high watermark. */
export function isFollowerThrottled(ctx: BrokerContext, { broker, lag }: ReplicaState, partition: number): boolean {
  if (ctx.cluster.throttles.length === 0 || lag === 0) return false;
  const limit = limitInto(ctx, partition, broker);
  return limit !== null && isReplicationQuotaExceeded(ctx.replication.throttledInRates[broker], limit, nowMs(ctx));
}

/** Counts what a follower has taken of a partition (ReplicaFetcherThread.processPartitionData). */
export function noteTaken(ctx: BrokerContext, broker: number, partition: number, bytes: number): void {
  if (ctx.cluster.throttles.length === 0) return;
  const limit = limitInto(ctx, partition, broker);
  if (limit !== null) recordValue(ctx.replication.throttledInRates[broker], limit, bytes, nowMs(ctx));
}
