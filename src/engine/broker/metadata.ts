/** How decisions of the controller become known: to brokers through the metadata log, to clients through the version they last asked for. */
import { takeOffice } from '../cluster/leaderState.ts';
import { noLeader, type PartitionRegistration } from '../cluster/partitionRegistration.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { beginLeaderEpoch } from '../log/partitionLog.ts';
import type { BrokerState } from './broker.ts';
import { type ClusterNoticeCode, controllerEndpoint, type MetadataEntry, noteCluster } from './clusterState.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import { isReachable, linkDelayUs } from './links.ts';
import { becomeFollower, becomeLeader, replicaStopped } from './leadership.ts';
import { noteOutages } from './outages.ts';
import { createReplica, replicaOf } from './replicas.ts';

/** Leaders of the past kept for clients that have not asked for a while. */
const historyMax = 64;
/** Entries of the metadata log from which on its beginning is dropped; a broker that has not read it takes all registrations as they are (a snapshot). */
const logMax = 4096;

/** Leader of a partition as clients know it that have read the metadata up to `version`; -1 while there was none. */
export function knownLeader(ctx: Pick<BrokerContext, 'partitions'>, index: number, version: number): number {
  const partition = ctx.partitions[index];
  if (partition.leaderVersion <= version) return partition.leader;
  const { leaderHistory } = partition;
  for (let i = leaderHistory.length - 1; i > 0; i--) if (leaderHistory[i].version <= version) return leaderHistory[i].leader;
  return leaderHistory.length > 0 ? leaderHistory[0].leader : partition.leader;
}

/** Broker that coordinates what belongs to an internal partition (`__consumer_offsets-12`); -1 while that partition has no leader. */
export function coordinatorOf(ctx: Pick<BrokerContext, 'cluster'>, key: string): number {
  const { internals, controller } = ctx.cluster;
  for (const internal of internals) if (internal.key === key) return controller.partitions[internal.registration].leader;
  return noLeader;
}

/** Registrations have changed (none: only who is fenced): clients can learn of it from now on, live brokers hear of it one network latency later. */
export function changeMetadata(ctx: BrokerContext, changed: readonly number[]): void {
  const { cluster, events } = ctx;
  const { controller, metadataLog, published } = cluster;
  const entry = { offset: controller.metadataOffset - 1, timeUs: events.nowUs };
  const version = cluster.metadataVersion + 1;
  for (const index of changed) {
    const registration = controller.partitions[index];
    metadataLog.push({ ...entry, partition: index, registration });
    mix(ctx.trace, events.nowUs, EventKind.MetadataArrived, index, registration.partitionEpoch);
    noteChange(ctx, index, published[index], registration);
    if (index < ctx.partitions.length && published[index] !== undefined)
      noteOutages(ctx.partitions[index].outages, published[index], registration, events.nowUs);
    if (publish(ctx.partitions[index], registration, version)) cluster.metadataVersion = version;
    if (index >= ctx.partitions.length && published[index]?.leader !== registration.leader) cluster.metadataVersion = version;
    if (index < ctx.partitions.length) takeReplicas(ctx, index, published[index], registration);
    published[index] = registration;
  }
  if (changed.length === 0) metadataLog.push({ ...entry, partition: -1, registration: null });
  for (const broker of ctx.brokers) tellBroker(ctx, broker);
  trimLog(ctx);
  scheduleImbalanceCheck(ctx, changed);
}

/** A broker reads the metadata: one latency from now it has what there is now. Nothing happens while it cannot reach the controller; healing calls this again. */
export function tellBroker(ctx: BrokerContext, broker: BrokerState): void {
  if (!broker.alive || !isReachable(ctx, controllerEndpoint, broker.index)) return;
  schedule(ctx.events, ctx.events.nowUs + metadataDelayUs(ctx, broker.index), EventKind.MetadataArrived, broker.index, broker.incarnation);
}

function metadataDelayUs(ctx: BrokerContext, broker: number): number {
  return Math.round(ctx.costs.networkLatencyUs + linkDelayUs(ctx, controllerEndpoint, broker));
}

/** Clients' view of the leader. Gives whether it has changed. */
function publish(partition: PartitionState | undefined, { leader }: PartitionRegistration, version: number): boolean {
  if (partition === undefined || partition.leader === leader) return false;
  const { leaderHistory } = partition;
  leaderHistory.push({ version: partition.leaderVersion, leader: partition.leader });
  if (leaderHistory.length > historyMax) leaderHistory.shift();
  partition.leader = leader;
  partition.leaderVersion = version;
  return true;
}

/** The list of replicas follows the registration: new ones begin empty. A partition with one replica has no list, and an epoch that begins with its leader. */
function takeReplicas(ctx: BrokerContext, index: number, before: PartitionRegistration | undefined, after: PartitionRegistration): void {
  const partition = ctx.partitions[index];
  const { log } = partition;
  if (partition.replicas.length === 0 && after.replicas.length <= 1) {
    if (after.leader === noLeader) return;
    partition.holder = after.leader;
    if (after.leaderEpoch > log.leaderEpoch) beginLeaderEpoch(log, after.leaderEpoch);
    return;
  }
  // A partition that was added: its first leader's log is the partition's.
  if (partition.holder < 0) partition.holder = after.leader;
  // A list of its own: the empty one is that of all partitions with one replica.
  if (partition.replicas.length === 0 && before !== undefined)
    partition.replicas = before.replicas.map((broker) => soleReplica(ctx, partition, broker, before));
  const added = after.replicas.filter((broker) => replicaOf(partition, broker) === undefined);
  if (added.length > 0) partition.replicas = [...partition.replicas, ...added.map(createReplica)];
}

/** The one replica of a partition that is about to get others: it goes on in the role it has. */
function soleReplica(ctx: BrokerContext, { log }: PartitionState, broker: number, registration: PartitionRegistration) {
  const { leader, leaderEpoch, partitionEpoch } = registration;
  const replica = createReplica(broker);
  replica.role = { leader, leaderEpoch, partitionEpoch };
  if (leader === broker && ctx.brokers[broker].alive) {
    replica.leadership = takeOffice(null, registration, { nowUs: ctx.events.nowUs, logEndOffset: log.logEndOffset });
    replica.leadership.epochStartOffset = log.epochs.length > 0 ? log.epochs[log.epochs.length - 1].startOffset : 0;
  }
  return replica;
}

/** What of a change belongs on the timeline. */
function noteChange(ctx: BrokerContext, index: number, before: PartitionRegistration | undefined, after: PartitionRegistration): void {
  if (before === undefined || before.replicas.length === 0) return;
  if (index >= ctx.partitions.length || ctx.topics[ctx.partitions[index].topic].internal === true) {
    noteInternal(ctx, index, before.leader, after.leader);
    return;
  }
  const { leader: broker, leaderEpoch, isr } = after;
  const about = { partition: index, broker, leaderEpoch, isr };
  const isrChange = isrChangeOf(before, after);
  if (isrChange !== null) noteCluster(ctx, isrChange, about);
  if (broker !== before.leader) {
    if (broker === noLeader) noteCluster(ctx, 'partition.offline', { ...about, broker: before.leader });
    else noteCluster(ctx, after.recovering && !before.recovering ? 'leader.unclean' : 'leader.elected', about);
  }
  const settled = after.addingReplicas.length === 0 && after.removingReplicas.length === 0;
  const moved = before.addingReplicas.length > 0 || before.removingReplicas.length > 0;
  if (!settled || !moved) return;
  noteCluster(ctx, 'replicas.changed', { ...about, isr: after.replicas });
  const { throttles } = ctx.cluster;
  for (let i = throttles.length - 1; i >= 0; i--) if (throttles[i].partition === index) throttles.splice(i, 1);
}

/** How the ISR has changed; null when it has not, or when an unclean election made its leader the only member: then the election's own line tells it. */
function isrChangeOf(before: PartitionRegistration, after: PartitionRegistration): ClusterNoticeCode | null {
  if (after.recovering && !before.recovering) return null;
  const grows = after.isr.some((member) => !before.isr.includes(member));
  const shrinks = before.isr.some((member) => !after.isr.includes(member));
  if (grows && shrinks) return 'isr.changed';
  if (grows) return 'isr.expanded';
  return shrinks ? 'isr.shrunk' : null;
}

/** Without a leader of its internal partition a group or a transaction has no coordinator. That another broker leads it is no news: clients find it. */
function noteInternal(ctx: BrokerContext, index: number, before: number, after: number): void {
  if (before !== noLeader && after === noLeader) noteCluster(ctx, 'coordinator.offline', { partition: index, broker: before });
  if (before === noLeader && after !== noLeader) noteCluster(ctx, 'coordinator.online', { partition: index, broker: after });
}

/**
 * EventKind.MetadataArrived: a broker takes up what the controller has decided. Returns the number of a block of `counters.missingPartition` that must be resident
 * first, or -1 when done; what was taken up before stays.
 */
export function onMetadataArrived(ctx: BrokerContext, index: number, incarnation: number): number {
  const broker = ctx.brokers[index];
  if (!broker.alive || broker.incarnation !== incarnation || !isReachable(ctx, controllerEndpoint, index)) return -1;
  const missing = readMetadata(ctx, broker);
  if (missing >= 0) return missing;
  const registered = ctx.cluster.controller.brokers.find(({ id }) => id === index);
  const unfenced = registered !== undefined && !registered.fenced && registered.brokerEpoch === broker.brokerEpoch;
  if (unfenced && !broker.shuttingDown) broker.accepting = true;
  return -1;
}

function readMetadata(ctx: BrokerContext, broker: BrokerState): number {
  const { metadataLog, controller } = ctx.cluster;
  const end = controller.metadataOffset - 1;
  if (broker.metadataOffset >= end) return -1;
  const first = metadataLog[0] as MetadataEntry | undefined;
  if (first === undefined || broker.metadataOffset < first.offset - 1) return readSnapshot(ctx, broker, end);
  const delayUs = metadataDelayUs(ctx, broker.index);
  const latest = new Map<number, PartitionRegistration>();
  let offset = broker.metadataOffset;
  for (let i = firstAfter(metadataLog, broker.metadataOffset); i < metadataLog.length; i++) {
    const entry = metadataLog[i];
    if (entry.timeUs + delayUs > ctx.events.nowUs) {
      schedule(ctx.events, entry.timeUs + delayUs, EventKind.MetadataArrived, broker.index, broker.incarnation);
      break;
    }
    offset = entry.offset;
    if (entry.registration !== null) latest.set(entry.partition, entry.registration);
  }
  for (const [index, registration] of latest) {
    const missing = takeRegistration(ctx, index, broker.index, registration);
    if (missing >= 0) return missing;
  }
  broker.metadataOffset = offset;
  return -1;
}

function readSnapshot(ctx: BrokerContext, broker: BrokerState, offset: number): number {
  const { partitions } = ctx.cluster.controller;
  for (let index = 0; index < ctx.partitions.length; index++) {
    const missing = takeRegistration(ctx, index, broker.index, partitions[index]);
    if (missing >= 0) return missing;
  }
  broker.metadataOffset = offset;
  return -1;
}

/** Position of the first entry behind an offset. */
function firstAfter(log: readonly MetadataEntry[], offset: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (log[middle].offset > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function takeRegistration(ctx: BrokerContext, index: number, broker: number, registration: PartitionRegistration): number {
  if (index >= ctx.partitions.length) return -1;
  const partition = ctx.partitions[index];
  const replica = replicaOf(partition, broker);
  if (replica === undefined) return -1;
  if (!registration.replicas.includes(broker)) {
    replicaStopped(ctx, index, broker);
    return -1;
  }
  if (replica.role.partitionEpoch >= registration.partitionEpoch) return -1;
  ctx.counters.missingPartition = index;
  return registration.leader === broker ? becomeLeader(ctx, index, broker, registration) : becomeFollower(ctx, index, broker, registration);
}

/** Drops what all live brokers have read; when that is too little, more: who has not read it takes a snapshot. */
function trimLog({ cluster, brokers }: BrokerContext): void {
  const { metadataLog } = cluster;
  if (metadataLog.length <= logMax) return;
  const read = brokers.reduce((least, broker) => (broker.alive ? Math.min(least, broker.metadataOffset) : least), Infinity);
  const count = Math.max(firstAfter(metadataLog, read), metadataLog.length - 16 * logMax);
  metadataLog.splice(0, count);
}

/** Leaders are looked at every `leader.imbalance.check.interval.seconds` of the active controller, as long as one is not the preferred replica. */
export function scheduleImbalanceCheck(ctx: BrokerContext, changed: readonly number[]): void {
  const { cluster, events } = ctx;
  const { config, controller, quorum } = cluster;
  if (!config.leaderRebalance || cluster.imbalanceCheckDue) return;
  const strayed = changed.some((index) => {
    const { leader, replicas } = controller.partitions[index];
    return replicas.length > 1 && leader !== replicas[0];
  });
  if (!strayed) return;
  cluster.imbalanceCheckDue = true;
  const rounds = Math.floor((events.nowUs - quorum.activeSinceUs) / config.imbalanceCheckUs) + 1;
  schedule(events, quorum.activeSinceUs + rounds * config.imbalanceCheckUs, EventKind.ImbalanceCheck, 0, 0);
}
