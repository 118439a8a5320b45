/**
 * The sender while something is wrong: retries and their backoff, connections that fail, leaders that are not known, batches too old, sequences in
 * doubt (Kafka's Sender.sendProducerData with RecordAccumulator.ready and drain). A producer without trouble never comes here.
 */
import { estimatedBytes } from './compression.ts';
import {
  askMetadata,
  canSend,
  createClientRecovery,
  isRecovered,
  nextMetadataUs,
  type RecoveringClient,
  takeMetadata,
} from '../broker/clientRecovery.ts';
import type { Accumulator } from './accumulator.ts';
import { lacksLeader, noteRound } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import { isBatchFull } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { releaseBatch, summariseBroker, takeHead } from './drain.ts';
import { inFlightBatches } from './inFlight.ts';
import { noteProgress } from './progress.ts';
import { readLeaders, sendBatches } from './requests.ts';
import { expireBatch } from './retry.ts';
import { isStale, sequencedBatches, settleSequences } from './sequences.ts';
import type { ProducerRecovery, ProducerState } from './state.ts';

/** The producer's recovery, begun when it is not in one. */
export function recoveryOf(ctx: ProducerContext, state: ProducerState): ProducerRecovery {
  state.recovery ??= { ...createClientRecovery(ctx.brokers.length), unresolved: new Map(), rewrite: [], nextUs: Infinity };
  return state.recovery;
}

/** The producer as a client that waits. */
export function clientOf({ endpoint, retryStream, config }: ProducerState): RecoveringClient {
  const { retryBackoffUs, retryBackoffMaxUs, reconnectBackoffUs } = config;
  return { endpoint, stream: retryStream, retryBackoffUs, retryBackoffMaxUs, reconnectBackoffUs };
}

/** Everything a sender in trouble can do at now; ends the recovery when nothing is left of the trouble. */
export function runRecovery(ctx: ProducerContext, state: ProducerState, acc: Accumulator, recovery: ProducerRecovery): void {
  const version = takeMetadata(ctx, clientOf(state), recovery, state.metadataVersion);
  if (version > state.metadataVersion) {
    state.metadataVersion = version;
    readLeaders(ctx, state, acc);
  }
  expire(ctx, state, acc, recovery);
  settleSequences(ctx, state, acc, recovery);
  for (let broker = 0; broker < acc.localsOf.length; broker++) summariseBroker(acc, broker);
  noteRound(acc);
  let sent = true;
  while (sent) {
    sent = false;
    for (let broker = 0; broker < acc.localsOf.length; broker++) if (sendTo(ctx, state, acc, broker)) sent = true;
    noteRound(acc);
  }
  if (hasLeaderless(acc)) recovery.metadataWanted = true;
  askMetadata(ctx, clientOf(state), recovery);
  recovery.nextUs = nextMoment(ctx, state, acc, recovery);
  if (isOver(ctx, state, acc, recovery)) state.recovery = null;
}

/** EventKind.ProducerRetry: a batch in flight is `delivery.timeout.ms` old, and its answer still on its way. Nothing, when that has come or somebody else has given it up. */
export function onBatchExpires(ctx: ProducerContext, state: ProducerState): boolean {
  const bornUs = ctx.events.nowUs - state.config.deliveryTimeoutUs;
  if (!inFlightBatches(ctx, state).some(({ expired, createdUs }) => !expired && createdUs <= bornUs)) return false;
  recoveryOf(ctx, state);
  return true;
}

/** Records wait for a partition nobody leads. */
function hasLeaderless(acc: Accumulator): boolean {
  return acc.used.some((local) => acc.leaders[local] < 0 && acc.queues[local].length > 0);
}

/** Batches opened `delivery.timeout.ms` ago or longer fail, first those in flight, then the heads of the queues. */
function expire(ctx: ProducerContext, state: ProducerState, acc: Accumulator, recovery: ProducerRecovery): void {
  const bornUs = ctx.events.nowUs - state.config.deliveryTimeoutUs;
  const pendingBefore = state.pendingRecords;
  for (const batch of inFlightBatches(ctx, state)) {
    if (batch.expired || batch.createdUs > bornUs) continue;
    batch.expired = true;
    expireBatch(ctx, state, recovery, batch);
  }
  for (const local of acc.used) {
    const queue = acc.queues[local];
    while (queue.length > 0 && queue[0].createdUs <= bornUs) {
      const batch = takeHead(acc, local);
      expireBatch(ctx, state, recovery, batch);
      releaseBatch(acc, batch);
    }
  }
  if (state.pendingRecords < pendingBefore) noteProgress(ctx, state, acc);
}

/** One request to one broker, if something for it is ready, may go now, and a connection can be had. */
function sendTo(ctx: ProducerContext, state: ProducerState, acc: Accumulator, broker: number): boolean {
  const recovery = recoveryOf(ctx, state);
  if (state.inFlight[broker] >= state.config.maxInFlight || recovery.connectUs[broker] > ctx.events.nowUs) return false;
  const sendable = sendableLocals(ctx, state, acc, broker);
  if (!sendable.some((local) => isReady(ctx, state, acc, local))) return false;
  if (!canSend(ctx, clientOf(state), recovery, broker)) return false;
  const batches: AccumulatorBatch[] = [];
  let sizeBytes = 0;
  for (const local of sendable) {
    sizeBytes += estimatedBytes(acc.queues[local][0]);
    if (batches.length > 0 && sizeBytes > state.config.maxRequestBytes) break;
    batches.push(takeHead(acc, local));
  }
  summariseBroker(acc, broker);
  sendBatches(ctx, state, acc, { broker, batches });
  return true;
}

/** Local partitions of a broker whose first batch may go now, from where the last drain ended. */
function sendableLocals(ctx: ProducerContext, state: ProducerState, acc: Accumulator, broker: number): number[] {
  const locals = acc.localsOf[broker];
  const start = locals.length === 0 ? 0 : acc.drainIndex[broker] % locals.length;
  const flying = inFlightBatches(ctx, state);
  return [...locals.slice(start), ...locals.slice(0, start)].filter((local) => {
    const queue = acc.queues[local];
    return queue.length > 0 && !backsOff(ctx, acc, queue[0]) && !hasToWait(state, acc, flying, local);
  });
}

/** `RecordAccumulator.ready` for one partition that neither backs off nor is muted. */
function isReady(ctx: ProducerContext, state: ProducerState, acc: Accumulator, local: number): boolean {
  const queue = acc.queues[local];
  const waitedUs = ctx.events.nowUs - (queue[0].attempts > 0 ? queue[0].retryAtUs : queue[0].createdUs);
  return state.blocked || state.flushing || queue.length > 1 || isBatchFull(queue[0]) || waitedUs >= state.config.lingerUs;
}

/** A batch that is sent again waits for its backoff, unless another broker leads by now (KIP-951). */
function backsOff(ctx: ProducerContext, acc: Accumulator, batch: AccumulatorBatch): boolean {
  return batch.retryAtUs > ctx.events.nowUs && acc.leaders[batch.local] === batch.triedBroker;
}

/** Waits for others: `RecordAccumulator.shouldStopDrainBatchesForPartition`, and the mute of a partition whose only request is out. */
function hasToWait(state: ProducerState, acc: Accumulator, flying: readonly AccumulatorBatch[], local: number): boolean {
  if (state.config.maxInFlight === 1 && flying.some((batch) => batch.local === local)) return true;
  if (state.producerId < 0) return false;
  const sequenced = sequencedBatches(acc, flying, local);
  const head = acc.queues[local][0];
  if (head.baseSequence >= 0) return sequenced[0] !== head;
  return (sequenced.length > 0 && isStale(state, acc, local)) || (state.recovery?.unresolved.has(local) ?? false);
}

/** When a backoff, a wait for company, a deadline or the answer of a metadata request ends next. Later than now, so that time passes. */
function nextMoment(ctx: ProducerContext, state: ProducerState, acc: Accumulator, recovery: ProducerRecovery): number {
  const { nowUs } = ctx.events;
  let nextUs = nextMetadataUs(recovery);
  for (const atUs of recovery.connectUs) if (atUs > nowUs && atUs < nextUs) nextUs = atUs;
  const { deliveryTimeoutUs, lingerUs, maxInFlight } = state.config;
  const flying = inFlightBatches(ctx, state);
  for (const batch of flying) if (!batch.expired) nextUs = Math.min(nextUs, batch.createdUs + deliveryTimeoutUs);
  for (const local of acc.used) {
    if (acc.queues[local].length === 0) continue;
    const head = acc.queues[local][0];
    const broker = acc.leaders[local];
    nextUs = Math.min(nextUs, head.createdUs + deliveryTimeoutUs);
    if (broker < 0 || state.inFlight[broker] >= maxInFlight || hasToWait(state, acc, flying, local)) continue;
    let atUs = head.createdUs + lingerUs;
    if (backsOff(ctx, acc, head)) atUs = head.retryAtUs;
    else if (isReady(ctx, state, acc, local)) atUs = nowUs;
    nextUs = Math.min(nextUs, Math.max(atUs, recovery.connectUs[broker]));
  }
  return Math.max(nextUs, nowUs + 1);
}

/** Nothing waits to be sent again, metadata is up to date, every partition has a leader and its sequences in order. */
function isOver(ctx: ProducerContext, state: ProducerState, acc: Accumulator, recovery: ProducerRecovery): boolean {
  if (!isRecovered(ctx, recovery) || recovery.unresolved.size > 0 || recovery.rewrite.length > 0) return false;
  if (lacksLeader(acc)) return false;
  const flying = inFlightBatches(ctx, state);
  for (const local of acc.used) {
    const queue = acc.queues[local];
    if (queue.length > 0 && queue[0].attempts + Number(queue[0].isSplit) > 0) return false;
    if (state.producerId >= 0 && isStale(state, acc, local)) return false;
    // Its only request is still out at a former leader: outside of a recovery nobody would wait for that.
    if (queue.length > 0 && state.inFlight[acc.leaders[local]] < state.config.maxInFlight && hasToWait(state, acc, flying, local))
      return false;
  }
  return !flying.some((batch) => batch.attempts > 0 || batch.expired);
}
