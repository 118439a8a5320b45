/**
 * The consumer while brokers are away or leaders have moved: it asks for metadata, opens sessions at new leaders, and checks its positions against their logs
 * (Kafka's Metadata, AbstractFetch, OffsetFetcherUtils; truncation detection KIP-320). A consumer without trouble never comes here.
 */
import {
  askMetadata,
  canSend,
  type ClientRecovery,
  createClientRecovery,
  isRecovered,
  nextMetadataUs,
  noteDisconnected,
  type RecoveringClient,
  roundTripUs,
  takeMetadata,
} from '../broker/clientRecovery.ts';
import { releaseFetched } from '../broker/fetchSession.ts';
import type { FetchSession } from '../broker/fetchSession.ts';
import { knownLeader } from '../broker/metadata.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { endOffsetForEpoch, leaderEpochAt } from '../log/leaderEpochs.ts';
import type { ConsumerContext } from './context.ts';
import type { ConsumerState, OwnedPartition } from './consumer.ts';
import { leaveReplica, leaveReplicaOf } from './preferred.ts';
import { resetPosition, setPosition } from './positions.ts';
import { noteStart } from './reading.ts';
import { dropQueued, reopenChangedSessions } from './sessions.ts';

/** What a consumer waits for: connections and metadata. */
export interface ConsumerRecovery extends ClientRecovery {
  /** When the next ConsumerRetry comes; Infinity when none is scheduled. */
  dueUs: number;
}

function recoveryOf(ctx: ConsumerContext, consumer: ConsumerState): ConsumerRecovery {
  consumer.recovery ??= { ...createClientRecovery(ctx.brokers.length), dueUs: Infinity };
  return consumer.recovery;
}

function clientOf(ctx: ConsumerContext, { index, config, retryStream }: ConsumerState): RecoveringClient {
  const { retryBackoffUs, retryBackoffMaxUs, reconnectBackoffUs } = config;
  return { endpoint: ctx.members[index].endpoint, stream: retryStream, retryBackoffUs, retryBackoffMaxUs, reconnectBackoffUs };
}

/** Whether a fetch can go to a broker now. When not, it is tried again by itself. */
export function canFetchFrom(ctx: ConsumerContext, consumer: ConsumerState, broker: number): boolean {
  if (consumer.recovery === null && ctx.brokers[broker].accepting === true) return true;
  const recovery = recoveryOf(ctx, consumer);
  const failures = recovery.connectFailures[broker];
  if (!canSend(ctx, clientOf(ctx, consumer), recovery, broker)) {
    // While a connection waits to be made again, so does what is to be read there; when it cannot be made, the leader is asked.
    if (recovery.connectFailures[broker] !== failures) leaveReplica(ctx, consumer, broker);
    planRetry(ctx, consumer);
    return false;
  }
  if (isOver(ctx, consumer, recovery)) consumer.recovery = null;
  return true;
}

/** EventKind.FetchLost: no answer will come for this fetch. Its partitions are fetched again when their leader is known and reached. */
export function onFetchLost(ctx: ConsumerContext, slot: number, requestId: number): void {
  const session = ctx.fetchSessions.items[slot];
  if (!session || session.requestId !== requestId || session.state === 'idle') return;
  const consumer = ctx.consumers[session.member];
  giveUp(ctx, session);
  noteDisconnected(ctx, clientOf(ctx, consumer), recoveryOf(ctx, consumer), session.broker);
  leaveReplica(ctx, consumer, session.broker);
  planRetry(ctx, consumer);
}

/** The session is idle again; whatever still comes of its last request is for nobody. */
function giveUp(ctx: ConsumerContext, session: FetchSession): void {
  session.state = 'idle';
  session.requestId = -1;
  for (const fetched of session.fetched) releaseFetched(ctx, fetched);
  session.fetched = [];
  session.outOfRange = [];
  session.errors = [];
  session.preferred = [];
}

/** Partitions of an answer that were refused wait for metadata (FetchCollector.handleInitializeErrors). */
export function takeFetchErrors(ctx: ConsumerContext, consumer: ConsumerState, session: FetchSession): void {
  for (const { position } of session.errors) {
    const owned = consumer.owned.find(({ index }) => index === session.partitions[position]);
    if (owned !== undefined) owned.refused = true;
  }
  const partitions = session.errors.map(({ position }) => session.partitions[position]!);
  session.errors = [];
  leaveReplicaOf(ctx, consumer, partitions);
  recoveryOf(ctx, consumer).metadataWanted = true;
  planRetry(ctx, consumer);
}

/** An owned partition has no leader as far as the consumer knows. */
export function noteLeaderless(ctx: ConsumerContext, consumer: ConsumerState): void {
  recoveryOf(ctx, consumer).metadataWanted = true;
  planRetry(ctx, consumer);
}

/**
 * EventKind.ConsumerRetry: a backoff is over, or the answer to a metadata or epoch request is there. Returns the member that can fetch again in its next
 * poll, or -1.
 */
export function onConsumerRetry(ctx: ConsumerContext, index: number, generation: number): number {
  const consumer = ctx.consumers[index];
  const { recovery } = consumer;
  if (recovery === null || generation !== consumer.retryGeneration) return -1;
  recovery.dueUs = Infinity;
  const answered = recovery.metadataDueUs <= ctx.events.nowUs;
  const version = takeMetadata(ctx, clientOf(ctx, consumer), recovery, consumer.metadataVersion);
  if (answered && !recovery.metadataWanted) for (const owned of consumer.owned) owned.refused = false;
  if (version > consumer.metadataVersion) learnLeaders(ctx, consumer, version);
  for (const owned of consumer.owned) if (owned.validateUs > 0 && owned.validateUs <= ctx.events.nowUs) validate(ctx, consumer, owned);
  if (consumer.owned.some((owned) => owned.session < 0)) recovery.metadataWanted = true;
  if (isOver(ctx, consumer, recovery)) consumer.recovery = null;
  else planRetry(ctx, consumer);
  return index;
}

/** Newer metadata is known. Positions in partitions whose leader changed are checked against the new leader's log before they are fetched from. */
export function learnLeaders(ctx: ConsumerContext, consumer: ConsumerState, version: number): void {
  const before = consumer.metadataVersion;
  consumer.metadataVersion = version;
  for (const owned of consumer.owned) {
    const partition = ctx.partitions[owned.index];
    if (owned.fetchOffset < 0 || partition.replicas.length === 0 || partition.leaderVersion <= before) continue;
    if (owned.lastEpoch < 0 || knownLeader(ctx, owned.index, version) < 0) continue;
    owned.preferred = -1;
    dropQueued(ctx, consumer, owned);
    owned.fetchOffset = owned.position;
    owned.validateUs = ctx.events.nowUs + Math.max(1, roundTripUs(ctx));
  }
  reopenChangedSessions(ctx, consumer);
  if (consumer.owned.some((owned) => owned.validateUs > 0)) recoveryOf(ctx, consumer);
}

/**
 * The answer to OffsetsForLeaderEpoch: when the leader's log parts from what was read, reading goes on where they part (`SubscriptionState.maybeCompleteValidation`); with
 * `auto.offset.reset=none` the consumer throws (LogTruncationException). A leader that does not know the epoch leaves it to the reset.
 */
function validate(ctx: ConsumerContext, consumer: ConsumerState, owned: OwnedPartition): void {
  const { log, leader } = ctx.partitions[owned.index];
  owned.validateUs = 0;
  if (leader < 0) {
    owned.refused = true;
    recoveryOf(ctx, consumer).metadataWanted = true;
    return;
  }
  const { epoch, endOffset } = endOffsetForEpoch(log.epochs, owned.lastEpoch, log.logEndOffset);
  if (endOffset < 0) {
    resetPosition(ctx, consumer, owned);
  } else if (endOffset < owned.position) {
    mix(ctx.trace, ctx.events.nowUs, EventKind.ConsumerRetry, owned.index, endOffset);
    consumer.truncations.push({ partition: owned.index, from: owned.position, to: endOffset });
    if (consumer.config.autoOffsetReset === 'none') consumer.failed = true;
    const { processed } = owned;
    setPosition(owned, endOffset);
    noteStart(ctx, consumer, owned, 'truncated');
    if (ctx.watcher !== null) ctx.watcher.positionSet?.(consumer.index, owned.index, endOffset, 'truncated');
    owned.processed = Math.min(processed, endOffset);
    owned.lastEpoch = epoch;
  }
}

/** Epoch of the last record before `offset`, which a later leader's log is compared by; -1 where nothing can be compared. */
export function epochBefore(ctx: ConsumerContext, index: number, offset: number): number {
  const { replicas, log } = ctx.partitions[index];
  if (replicas.length === 0) return -1;
  return leaderEpochAt(log.epochs, offset - 1);
}

/** The next moment something is due, as an event. */
export function planRetry(ctx: ConsumerContext, consumer: ConsumerState): void {
  const recovery = recoveryOf(ctx, consumer);
  const { nowUs } = ctx.events;
  askMetadata(ctx, clientOf(ctx, consumer), recovery);
  let nextUs = nextMetadataUs(recovery);
  for (const owned of consumer.owned) if (owned.validateUs > 0 && owned.validateUs < nextUs) nextUs = owned.validateUs;
  for (const atUs of recovery.connectUs) if (atUs > nowUs && atUs < nextUs) nextUs = atUs;
  if (nextUs === recovery.dueUs) return;
  recovery.dueUs = nextUs;
  consumer.retryGeneration = (consumer.retryGeneration + 1) | 0;
  if (nextUs !== Infinity)
    schedule(ctx.events, Math.max(nowUs + 1, nextUs), EventKind.ConsumerRetry, consumer.index, consumer.retryGeneration);
}

function isOver(ctx: ConsumerContext, consumer: ConsumerState, recovery: ConsumerRecovery): boolean {
  if (!isRecovered(ctx, recovery)) return false;
  for (const owned of consumer.owned) if (owned.refused || owned.validateUs > 0 || owned.session < 0) return false;
  return recovery.connectFailures.every(
    (failures, broker) => failures === 0 || !consumer.sessions.some((slot) => ctx.fetchSessions.items[slot]!.broker === broker),
  );
}

/** The process is gone. */
export function forgetRecovery(consumer: ConsumerState): void {
  consumer.recovery = null;
  consumer.truncations = [];
  consumer.retryGeneration = (consumer.retryGeneration + 1) | 0;
}
