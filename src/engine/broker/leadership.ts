/**
 * Brokers take up what the controller has decided about leaders (ReplicaManager.applyDelta, Partition.makeLeader and makeFollower). A broker acts by what it has heard, so for
 * a while two may believe that they lead a partition: each writes to its own log, and only the newer epoch's is the partition's.
 */
import { takeOffice } from '../cluster/leaderState.ts';
import { noLeader, type PartitionRegistration } from '../cluster/partitionRegistration.ts';
import { createSampledRate } from '../cluster/quota.ts';
import { beginLeaderEpoch, raiseHighWatermark } from '../log/partitionLog.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import { readersRefused } from './fetch.ts';
import { raisePartitionHighWatermark } from './highWatermarks.ts';
import { forgetIsrRequests, startIsrChecks } from './isr.ts';
import { missingForLineage, takeLineage } from './lineage.ts';
import { forgetParked, refuseParked } from './parkedProduces.ts';
import { wakeFollowers } from './replicaAnswers.ts';
import { dropFetchers, follow, unfollow } from './replicaFetcher.ts';
import { createReplica, leaderLogOf, replicaEndOffset, replicaOf, type ReplicaState } from './replicas.ts';

/** The replicas of a new partition, all of which know of it. Empty for one replica. */
export function createReplicas(registration: PartitionRegistration, nowUs: number): ReplicaState[] {
  const { replicas, leader, leaderEpoch, partitionEpoch } = registration;
  if (replicas.length < 2) return [];
  return replicas.map((broker) => {
    const replica = createReplica(broker);
    replica.role = { leader, leaderEpoch, partitionEpoch };
    if (broker === leader) replica.leadership = takeOffice(null, registration, { nowUs, logEndOffset: 0 });
    return replica;
  });
}

/** Replication begins, at the start of a run: followers fetch, leaders look after them. Nothing is scheduled where every partition has one replica. */
export function startReplication(ctx: BrokerContext): void {
  let replicated = false;
  for (let index = 0; index < ctx.partitions.length; index++) {
    const partition = ctx.partitions[index];
    for (const replica of partition.replicas) {
      replicated = true;
      if (replica.leadership === null && replica.role.leader !== noLeader) follow(ctx, index, replica, replica.role.leader);
    }
  }
  if (replicated) for (const broker of ctx.brokers) if (broker.alive) startIsrChecks(ctx, broker.index);
}

/**
 * A broker hears that it leads a partition: its log becomes the partition's, its epoch begins at its log end, its high watermark is the one it knew. Returns the number of a
 * block of `counters.missingPartition` that must be resident first (nothing has happened then), or -1.
 */
export function becomeLeader(ctx: BrokerContext, index: number, broker: number, registration: PartitionRegistration): number {
  const partition = ctx.partitions[index];
  const replica = replicaOf(partition, broker);
  if (replica === undefined) return leadAlone(partition, broker, registration);
  const { leaderEpoch, partitionEpoch } = registration;
  if (partitionEpoch < replica.role.partitionEpoch) return -1;
  const newTerm = replica.leadership === null || leaderEpoch > replica.leadership.leaderEpoch;
  if (newTerm && partition.holder !== broker && leaderEpoch > partition.log.leaderEpoch) {
    const missing = missingForLineage(partition, replica);
    if (missing >= 0) {
      ctx.counters.missingPartition = index;
      return missing;
    }
    takeLineage(ctx, index, replica);
    forgetStopped(partition, registration);
  }
  replica.role = { leader: broker, leaderEpoch, partitionEpoch };
  unfollow(ctx, index, replica);
  const logEndOffset = replicaEndOffset(partition, replica);
  replica.leadership = takeOffice(replica.leadership, registration, { nowUs: ctx.events.nowUs, logEndOffset });
  const log = leaderLogOf(partition, broker)!;
  if (newTerm && leaderEpoch > log.leaderEpoch) beginLeaderEpoch(log, leaderEpoch);
  raisePartitionHighWatermark(ctx, index, broker);
  return -1;
}

/** A broker that is no longer a replica, and has stopped before there was another log than its own, is forgotten once there is. */
function forgetStopped(partition: PartitionState, { replicas }: PartitionRegistration): void {
  partition.replicas = partition.replicas.filter(
    ({ broker, leadership, fetcher }) => replicas.includes(broker) || leadership !== null || fetcher >= 0,
  );
}

/** The one replica: what it has is committed. */
function leadAlone(partition: PartitionState, broker: number, { leaderEpoch }: PartitionRegistration): number {
  const { log } = partition;
  partition.holder = broker;
  if (leaderEpoch > log.leaderEpoch) beginLeaderEpoch(log, leaderEpoch);
  raiseHighWatermark(log, log.logEndOffset);
  return -1;
}

/**
 * A broker hears that another one leads a partition, or none. Writes and reads that wait for it are refused; it fetches from the new leader, which will tell where their
 * logs part: nothing is cut before that (KIP-279). Returns -1: it needs no block.
 */
export function becomeFollower(ctx: BrokerContext, index: number, broker: number, registration: PartitionRegistration): number {
  const partition = ctx.partitions[index];
  const replica = replicaOf(partition, broker);
  const { leader, leaderEpoch, partitionEpoch } = registration;
  if (replica === undefined || partitionEpoch < replica.role.partitionEpoch) return -1;
  const { role } = replica;
  const sameTerm = replica.leadership === null && role.leader === leader && role.leaderEpoch === leaderEpoch;
  replica.role = { leader, leaderEpoch, partitionEpoch };
  // In its shutdown a broker stops fetching what it is no longer in sync with (ReplicaManager.applyLocalFollowersDelta).
  const stops = ctx.brokers[broker].shuttingDown && !registration.isr.includes(broker);
  if (sameTerm && !stops) return -1;
  stopLeading(ctx, index, replica);
  if (ctx.cluster.config.rackAwareReads) readersRefused(ctx, index, broker);
  unfollow(ctx, index, replica);
  if (leader !== noLeader && !stops) follow(ctx, index, replica, leader);
  return -1;
}

function stopLeading(ctx: BrokerContext, index: number, replica: ReplicaState): void {
  if (replica.leadership === null) return;
  replica.leadership = null;
  refuseParked(ctx, index, replica);
  readersRefused(ctx, index, replica.broker);
  wakeFollowers(ctx, index, replica.broker);
}

/** A broker hears that it is no longer among a partition's replicas: its log is deleted. */
export function replicaStopped(ctx: BrokerContext, index: number, broker: number): void {
  const partition = ctx.partitions[index];
  const replica = replicaOf(partition, broker);
  if (replica === undefined) return;
  stopLeading(ctx, index, replica);
  if (ctx.cluster.config.rackAwareReads) readersRefused(ctx, index, broker);
  unfollow(ctx, index, replica);
  // The log stays while nobody has taken it over: it is all there is of the partition.
  if (partition.holder !== broker) partition.replicas = partition.replicas.filter((other) => other !== replica);
}

/** A broker's process is gone: it leads nothing, follows nothing, and what waited at it is forgotten. Its logs stay, and what their replicas knew of high watermarks. */
export function replicasGone(ctx: BrokerContext, broker: number): void {
  for (const partition of ctx.partitions) {
    const replica = replicaOf(partition, broker);
    if (replica === undefined) continue;
    replica.leadership = null;
    replica.role = { leader: noLeader, leaderEpoch: -1, partitionEpoch: -1 };
    replica.fetcher = -1;
    replica.parked = [];
  }
  const { throttledRates, throttledInRates } = ctx.replication;
  throttledRates[broker] = createSampledRate();
  throttledInRates[broker] = createSampledRate();
  forgetParked(ctx, broker);
  forgetIsrRequests(ctx, broker);
  dropFetchers(ctx, broker);
}

/** A broker's process runs again; what it leads and follows it hears from the controller. */
export function replicasBack(ctx: BrokerContext, broker: number): void {
  if (ctx.partitions.some((partition) => partition.replicas.length > 0)) startIsrChecks(ctx, broker);
}
