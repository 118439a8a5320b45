/**
 * Brokers die, stop and come back (BrokerLifecycleManager with ReplicationControlManager). A healthy broker's heartbeats are no events: when the controller heard of it last
 * follows from its phase and the clock once somebody needs to know. Heartbeats of brokers that are fenced or shutting down are events.
 */
import { fenceStaleBroker, onBrokerHeartbeat as takeHeartbeat, registerBroker } from '../cluster/controller.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import type { BrokerState } from './broker.ts';
import { controllerEndpoint, noteCluster } from './clusterState.ts';
import { breakConnections } from './connections.ts';
import type { BrokerContext } from './context.ts';
import { replicasBack, replicasGone } from './leadership.ts';
import { rejoinInternalPartitions } from './internalReplicas.ts';
import { isReachable, linkDelayUs } from './links.ts';
import { changeMetadata, tellBroker } from './metadata.ts';
import { forgetQuotas } from './quotas.ts';

/** How often a starting broker asks whether it has caught up, and how soon one that stops asks a second time (BrokerLifecycleManager). */
const startingHeartbeatUs = 10_000;
const secondShutdownHeartbeatUs = 50_000;
/** First wait after a refused registration; it doubles up to the session timeout. */
const registrationBackoffUs = 100_000;
/** `replica.high.watermark.checkpoint.interval.ms`: the longest a broker with a full disk goes without a write. */
const checkpointIntervalUs = 5_000_000;

function delayUs(ctx: BrokerContext, broker: number): number {
  return Math.round(ctx.costs.networkLatencyUs + linkDelayUs(ctx, broker, controllerEndpoint));
}

/** When the last heartbeat was sent by a broker that has sent one at every interval up to now. */
function lastHeartbeatUs(ctx: BrokerContext, broker: BrokerState, nowUs = ctx.events.nowUs): number {
  const { heartbeatIntervalUs } = ctx.cluster.config;
  return broker.heartbeatPhaseUs + Math.floor((nowUs - broker.heartbeatPhaseUs) / heartbeatIntervalUs) * heartbeatIntervalUs;
}

const registrationOf = (ctx: BrokerContext, broker: number) => ctx.cluster.controller.brokers.find(({ id }) => id === broker);

/** The controller hears of a broker no more: its session ends `broker.session.timeout.ms` after its last heartbeat. */
export function contactLost(ctx: BrokerContext, broker: BrokerState): void {
  if (!broker.inContact) return;
  broker.inContact = false;
  const registration = registrationOf(ctx, broker.index);
  if (registration === undefined || registration.fenced) return;
  registration.lastContactUs = Math.max(registration.lastContactUs, lastHeartbeatUs(ctx, broker) + delayUs(ctx, broker.index));
  scheduleSessionEnd(ctx, broker, registration.lastContactUs);
}

function scheduleSessionEnd(ctx: BrokerContext, broker: BrokerState, lastContactUs: number): void {
  broker.sessionGeneration = (broker.sessionGeneration + 1) | 0;
  const atUs = Math.max(ctx.events.nowUs, lastContactUs + ctx.cluster.config.sessionTimeoutUs + 1);
  schedule(ctx.events, atUs, EventKind.BrokerSessionEnd, broker.index, broker.sessionGeneration);
}

/** The way between a live broker and the controller is open again: what TCP has held back arrives, and the broker reads the metadata it missed. */
export function contactRegained(ctx: BrokerContext, broker: BrokerState): void {
  if (!broker.alive || broker.inContact) return;
  const kind = broker.brokerEpoch < 0 ? EventKind.BrokerStarted : EventKind.BrokerHeartbeat;
  schedule(ctx.events, ctx.events.nowUs + delayUs(ctx, broker.index), kind, broker.index, broker.incarnation);
  tellBroker(ctx, broker);
}

/** A new active controller gives every broker a session of its own (ClusterControlManager.activate). */
export function renewSessions(ctx: BrokerContext): void {
  for (const broker of ctx.brokers) {
    const registration = registrationOf(ctx, broker.index);
    if (registration === undefined || registration.fenced) continue;
    registration.lastContactUs = ctx.events.nowUs;
    if (!broker.inContact) scheduleSessionEnd(ctx, broker, ctx.events.nowUs);
  }
}

/** EventKind.BrokerSessionEnd: fences the broker that was not heard of for longest. Without an active controller nothing ends; the next one begins the sessions anew. */
export function onBrokerSessionEnd(ctx: BrokerContext, index: number, generation: number): void {
  const broker = ctx.brokers[index];
  const { cluster, events } = ctx;
  if (generation !== broker.sessionGeneration || broker.inContact || !cluster.quorum.active) return;
  const { nowUs } = events;
  const { sessionTimeoutUs } = cluster.config;
  for (const other of ctx.brokers) {
    const registration = registrationOf(ctx, other.index);
    if (registration !== undefined && other.inContact) registration.lastContactUs = nowUs;
  }
  const fenced = fenceStaleBroker(cluster.controller, { nowUs, sessionTimeoutUs });
  if (fenced.broker < 0) return;
  noteCluster(ctx, 'broker.fenced', { broker: fenced.broker });
  changeMetadata(ctx, fenced.changed);
  // One at a time: another one whose session is over as well is fenced in an event of its own.
  if (fenced.broker !== index) schedule(events, nowUs, EventKind.BrokerSessionEnd, index, generation);
}

/** The process is gone at once: what it was doing is lost, what it has written is kept (the page cache outlives a process). */
export function killBroker(ctx: BrokerContext, index: number): void {
  const broker = ctx.brokers[index];
  noteCluster(ctx, 'broker.killed', { broker: index });
  broker.startsAgain = false;
  die(ctx, broker);
}

function die(ctx: BrokerContext, broker: BrokerState): void {
  contactLost(ctx, broker);
  broker.alive = false;
  broker.starting = false;
  broker.accepting = false;
  broker.shuttingDown = false;
  broker.incarnation = (broker.incarnation + 1) | 0;
  broker.brokerEpoch = -1;
  broker.metadataOffset = -1;
  broker.attempts = 0;
  replicasGone(ctx, broker.index);
  mix(ctx.trace, ctx.events.nowUs, EventKind.BrokerSessionEnd, broker.index, broker.incarnation);
  breakConnections(ctx, broker.index);
}

/** A controlled shutdown begins: leaders move first, then the process ends. With `controlled.shutdown.enable` false it ends at once. */
export function stopBroker(ctx: BrokerContext, index: number, options: { readonly startsAgain: boolean }): void {
  const broker = ctx.brokers[index];
  broker.startsAgain = options.startsAgain;
  if (!broker.alive || !ctx.cluster.config.controlledShutdown) {
    ended(ctx, broker);
    return;
  }
  noteCluster(ctx, 'broker.stopping', { broker: index });
  broker.shuttingDown = true;
  broker.attempts = 0;
  heartbeatIn(ctx, broker, delayUs(ctx, index));
}

function ended(ctx: BrokerContext, broker: BrokerState): void {
  noteCluster(ctx, 'broker.stopped', { broker: broker.index });
  const { startsAgain } = broker;
  broker.startsAgain = false;
  die(ctx, broker);
  if (startsAgain) startBroker(ctx, broker.index);
}

/** The process starts and recovers its logs, which takes `broker.restart.ms`. */
export function startBroker(ctx: BrokerContext, index: number): void {
  const broker = ctx.brokers[index];
  noteCluster(ctx, 'broker.starting', { broker: index });
  broker.incarnation = (broker.incarnation + 1) | 0;
  broker.starting = true;
  broker.networkInFreeUs = 0;
  broker.networkOutFreeUs = 0;
  forgetQuotas(ctx, index);
  broker.diskFreeUs = 0;
  broker.handlerFreeUs.fill(0);
  const readyUs = ctx.events.nowUs + ctx.cluster.config.brokerRestartUs + delayUs(ctx, index);
  schedule(ctx.events, readyUs, EventKind.BrokerStarted, index, broker.incarnation);
}

/** EventKind.BrokerStarted: the registration of a broker is at the controller; while the session of its former life lasts it is refused and comes again. */
export function onBrokerStarted(ctx: BrokerContext, index: number, incarnation: number): void {
  const broker = ctx.brokers[index];
  if (broker.incarnation !== incarnation || broker.brokerEpoch >= 0) return;
  if (broker.starting) {
    broker.starting = false;
    broker.alive = true;
    if (broker.diskFull) {
      onDiskFailure(ctx, index, incarnation);
      return;
    }
    noteCluster(ctx, 'broker.started', { broker: index });
    replicasBack(ctx, index);
  }
  if (!isReachable(ctx, index, controllerEndpoint)) return;
  const { controller, config, quorum } = ctx.cluster;
  if (!quorum.active) {
    quorum.waiting.push({ kind: EventKind.BrokerStarted, a: index, b: incarnation });
    return;
  }
  const { nowUs } = ctx.events;
  const { sessionTimeoutUs } = config;
  const { error, brokerEpoch, changed } = registerBroker(controller, {
    id: index,
    rack: broker.rack,
    nowUs,
    sessionTimeoutUs,
    lostLog: false,
  });
  if (error !== 'NONE') {
    const backoffUs = Math.min(registrationBackoffUs * 2 ** broker.attempts++, sessionTimeoutUs);
    schedule(ctx.events, nowUs + backoffUs + 2 * delayUs(ctx, index), EventKind.BrokerStarted, index, incarnation);
    return;
  }
  broker.attempts = 0;
  broker.brokerEpoch = brokerEpoch;
  changeMetadata(ctx, changed);
  heartbeatIn(ctx, broker, 2 * delayUs(ctx, index));
}

function heartbeatIn(ctx: BrokerContext, broker: BrokerState, inUs: number): void {
  schedule(ctx.events, ctx.events.nowUs + inUs, EventKind.BrokerHeartbeat, broker.index, broker.incarnation);
}

/** EventKind.BrokerHeartbeat: a heartbeat is at the controller. It unfences a broker that has read the metadata, and lets one stop that leads nothing any more. */
export function onBrokerHeartbeat(ctx: BrokerContext, index: number, incarnation: number): void {
  const broker = ctx.brokers[index];
  if (!broker.alive || broker.incarnation !== incarnation || !isReachable(ctx, index, controllerEndpoint)) return;
  const { cluster } = ctx;
  if (!cluster.quorum.active) {
    cluster.quorum.waiting.push({ kind: EventKind.BrokerHeartbeat, a: index, b: incarnation });
    return;
  }
  const registration = registrationOf(ctx, index);
  if (registration === undefined) return;
  if (broker.shuttingDown) reportOffsets(ctx);
  const wasFenced = registration.fenced;
  const { brokerEpoch, metadataOffset, shuttingDown: wantShutDown } = broker;
  const { nowUs } = ctx.events;
  const heartbeat = { broker: index, brokerEpoch, metadataOffset, wantFence: false, wantShutDown, nowUs };
  const { error, control, changed } = takeHeartbeat(cluster.controller, heartbeat);
  if (error !== 'NONE') return;
  if (changed.length > 0 || wasFenced !== registration.fenced) changeMetadata(ctx, changed);
  switch (control) {
    case 'UNFENCED':
      if (wasFenced) {
        noteCluster(ctx, 'broker.unfenced', { broker: index });
        rejoinInternalPartitions(ctx);
      }
      broker.inContact = true;
      broker.heartbeatPhaseUs = nowUs - delayUs(ctx, index);
      broker.sessionGeneration = (broker.sessionGeneration + 1) | 0;
      return;
    case 'SHUTDOWN_NOW':
      return ended(ctx, broker);
    case 'CONTROLLED_SHUTDOWN': {
      const inUs = broker.attempts++ === 0 ? secondShutdownHeartbeatUs : cluster.config.heartbeatIntervalUs;
      return heartbeatIn(ctx, broker, inUs + 2 * delayUs(ctx, index));
    }
    case 'FENCED':
      return heartbeatIn(ctx, broker, startingHeartbeatUs + 2 * delayUs(ctx, index));
  }
}

/** What the heartbeats of healthy brokers have told: how far each had read the metadata when it sent the last one that is here. */
function reportOffsets(ctx: BrokerContext): void {
  const { metadataLog, controller } = ctx.cluster;
  for (const broker of ctx.brokers) {
    const registration = registrationOf(ctx, broker.index);
    if (registration === undefined || registration.fenced || !broker.inContact || broker.shuttingDown) continue;
    const oneWayUs = delayUs(ctx, broker.index);
    const sentUs = lastHeartbeatUs(ctx, broker, ctx.events.nowUs - oneWayUs);
    const unread = metadataLog.find((entry) => entry.timeUs + oneWayUs > sentUs);
    const read = unread === undefined ? controller.metadataOffset - 1 : unread.offset - 1;
    registration.metadataOffset = Math.max(registration.metadataOffset, Math.min(read, broker.metadataOffset));
  }
}

/** The disk of a broker fills up: its next write fails, at the latest that of its checkpoint of high watermarks. */
export function fillDisk(ctx: BrokerContext, index: number): void {
  const broker = ctx.brokers[index];
  broker.diskFull = true;
  if (!broker.alive) return;
  const rounds = Math.floor(ctx.events.nowUs / checkpointIntervalUs) + 1;
  schedule(ctx.events, rounds * checkpointIntervalUs, EventKind.DiskFailure, index, broker.incarnation);
}

/**
 * EventKind.DiskFailure, and called where a write meets a full disk: the only log directory of the broker goes offline, and a broker without log directories halts
 * (ReplicaManager.handleLogDirFailure, LogManager).
 */
export function onDiskFailure(ctx: BrokerContext, index: number, incarnation: number): void {
  const broker = ctx.brokers[index];
  if (!broker.alive || !broker.diskFull || broker.incarnation !== incarnation) return;
  noteCluster(ctx, 'disk.failed', { broker: index });
  broker.startsAgain = false;
  die(ctx, broker);
}
