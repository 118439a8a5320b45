/** The cluster as people look at it at one moment: brokers, the controller, every partition with its replicas. Changes nothing. */
import type { BrokerState } from '../../broker/broker.ts';
import { controllerEndpoint } from '../../broker/clusterState.ts';
import type { PartitionState } from '../../broker/context.ts';
import { bytesHeld } from '../../broker/diskSpace.ts';
import { mutedConnections } from '../../broker/quotas.ts';
import { isUnderReplicated } from '../../broker/outages.ts';
import { replicaEndOffset, replicaHighWatermark, type ReplicaState } from '../../broker/replicas.ts';
import { brokerOf } from '../../cluster/controller.ts';
import { followerOf } from '../../cluster/leaderState.ts';
import { noLeader, type PartitionRegistration } from '../../cluster/partitionRegistration.ts';
import { lastStableOffsetOf } from '../../log/partitionLog.ts';
import type { BrokerCondition, BrokerView, ClusterView, PartitionView, ReplicaView } from '../../report/clusterView.ts';
import type { Run } from '../build.ts';
import { numberOf } from '../configs.ts';
import type { EngineContext } from '../state.ts';

/** The cluster now. Figures of brokers are sums since the start: whoever wants rates takes the difference of two views. */
export function clusterViewOf({ ctx, topology }: Run): ClusterView {
  const { quorum, controller, config } = ctx.cluster;
  const partitions = ctx.topics.flatMap(({ firstPartition, partitionCount }) =>
    Array.from({ length: partitionCount }, (_, p) => partitionView(ctx, firstPartition + p)),
  );
  const capacity = numberOf(topology.cluster, 'disk.capacity.bytes');
  const held = holdingsOf(ctx, partitions);
  return {
    timeUs: ctx.events.nowUs,
    controller: {
      active: quorum.active,
      epoch: quorum.epoch,
      voters: config.quorumVoters,
      votersUp: quorum.votersUp,
      metadataOffset: controller.metadataOffset,
    },
    brokers: ctx.brokers.map((broker) => brokerView(ctx, broker, { held: held[broker.index]!, capacity: capacity > 0 ? capacity : null })),
    partitions,
    offline: partitions.filter(({ leader }) => leader === null).length,
    underReplicated: partitions.filter((partition) => partition.underReplicated).length,
    underMinIsr: partitions.filter((partition) => partition.underMinIsr).length,
  };
}

function conditionOf(ctx: EngineContext, broker: BrokerState): BrokerCondition {
  if (broker.starting) return 'starting';
  if (!broker.alive) return 'down';
  if (broker.shuttingDown) return 'stopping';
  return brokerOf(ctx.cluster.controller, broker.index)?.fenced === false ? 'running' : 'fenced';
}

/** What a broker holds, in numbers. */
interface Holdings {
  leaders: number;
  replicas: number;
  outOfSync: number;
  bytes: number;
}

/** One pass over all replicas, whatever the number of brokers: a view is asked for several times a second. */
function holdingsOf(ctx: EngineContext, partitions: readonly PartitionView[]): readonly Holdings[] {
  const held = ctx.brokers.map((): Holdings => ({ leaders: 0, replicas: 0, outOfSync: 0, bytes: 0 }));
  for (const { leader, replicas } of partitions) {
    if (leader !== null) held[leader]!.leaders++;
    for (const { broker, inSync } of replicas) {
      held[broker]!.replicas++;
      if (!inSync) held[broker]!.outOfSync++;
    }
  }
  for (const partition of ctx.partitions) {
    if (partition.holder >= 0) held[partition.holder]!.bytes += bytesHeld(partition, partition.holder);
    for (const { broker } of partition.replicas) if (broker !== partition.holder) held[broker]!.bytes += bytesHeld(partition, broker);
  }
  return held;
}

function brokerView(
  ctx: EngineContext,
  broker: BrokerState,
  { held, capacity }: { readonly held: Holdings; readonly capacity: number | null },
): BrokerView {
  const { index } = broker;
  return {
    id: index,
    rack: broker.rack,
    condition: conditionOf(ctx, broker),
    processUp: broker.alive || broker.starting,
    leaders: held.leaders,
    replicas: held.replicas,
    outOfSync: held.outOfSync,
    diskBytes: held.bytes,
    diskCapacityBytes: capacity,
    diskFactor: broker.diskFactor,
    diskFull: broker.diskFull,
    bytesIn: broker.bytesIn,
    bytesOut: broker.bytesOut,
    diskBytesWritten: broker.diskBytesWritten,
    diskBytesRead: broker.diskBytesRead,
    requests: broker.requests,
    handlerBusyUs: broker.handlerBusyUs,
    handlers: broker.handlerFreeUs.length,
    cutFrom: cutFrom(ctx, index),
    throttledClients: mutedConnections(ctx, index),
  };
}

function cutFrom(ctx: EngineContext, broker: number): string[] {
  const names: string[] = [];
  for (const { a, b, cut } of ctx.cluster.links.values()) {
    if (!cut || (a !== broker && b !== broker)) continue;
    const other = a === broker ? b : a;
    names.push(other === controllerEndpoint ? 'controller' : other >= 0 ? `broker ${other}` : ctx.nodes[-2 - other]!.name);
  }
  return names.sort();
}

function partitionView(ctx: EngineContext, index: number): PartitionView {
  const partition = ctx.partitions[index]!;
  const registration = ctx.cluster.controller.partitions[index]!;
  const { log, minInsyncReplicas } = partition;
  const topic = ctx.topics[partition.topic]!;
  const minimum = Math.min(minInsyncReplicas, registration.replicas.length);
  return {
    topicNode: topic.node,
    topic: topic.name,
    partition: partition.partition,
    leader: registration.leader === noLeader ? null : registration.leader,
    preferredLeader: registration.replicas[0]!,
    leaderEpoch: registration.leaderEpoch,
    isr: registration.isr,
    replicas: registration.replicas.map((broker) => replicaView(ctx, partition, registration, broker)),
    minInsyncReplicas: minimum,
    logStartOffset: log.logStartOffset,
    logEndOffset: log.logEndOffset,
    highWatermark: log.highWatermark,
    lastStableOffset: lastStableOffsetOf(log),
    sizeBytes: log.sizeBytes,
    epochs: log.epochs,
    underReplicated: isUnderReplicated(registration),
    underMinIsr: registration.isr.length < minimum,
    lostRecords: partition.lostRecords,
    lostAcknowledged: partition.lostAcknowledged,
  };
}

function replicaView(ctx: EngineContext, partition: PartitionState, registration: PartitionRegistration, broker: number): ReplicaView {
  const { log, replicas } = partition;
  const leads = registration.leader === broker;
  const state = replicas.find((replica) => replica.broker === broker);
  const about = {
    broker,
    inSync: registration.isr.includes(broker),
    brokerUp: ctx.brokers[broker]!.alive,
    adding: registration.addingReplicas.includes(broker),
    removing: registration.removingReplicas.includes(broker),
  };
  if (state === undefined) {
    const { logEndOffset, highWatermark, leaderEpoch } = log;
    return { ...about, role: leads ? 'leader' : 'follower', logEndOffset, highWatermark, leaderEpoch, divergesAt: null, behindMs: 0 };
  }
  return {
    ...about,
    role: leads ? 'leader' : state.leadership === null ? 'follower' : 'former leader',
    logEndOffset: replicaEndOffset(partition, state),
    highWatermark: replicaHighWatermark(partition, state),
    leaderEpoch: state.role.leaderEpoch,
    divergesAt: state.tail === null ? null : state.tail.logStartOffset,
    behindMs: leads ? 0 : behindMs(ctx, partition, state),
  };
}

/** How long ago a follower had its leader's whole log, as the leader knows it; null when it never had or nobody leads. */
function behindMs(ctx: EngineContext, partition: PartitionState, { broker }: ReplicaState): number | null {
  const leader = partition.replicas.find((replica) => replica.broker === partition.leader);
  if (leader === undefined || leader.leadership === null) return null;
  const follower = followerOf(leader.leadership, broker);
  if (follower === undefined) return null;
  if (follower.logEndOffset === replicaEndOffset(partition, leader)) return 0;
  return follower.lastCaughtUpUs < 0 ? null : (ctx.events.nowUs - follower.lastCaughtUpUs) / 1000;
}
