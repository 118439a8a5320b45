/** The producer client (accumulator, sticky partitioner, sender) and the application of a source that feeds it. */
import type { ConfigValue } from '../../pipeline/document.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { createStream } from '../kernel/random.ts';
import { mix } from '../kernel/trace.ts';
import { createWorkload } from '../workload/arrivals.ts';
import { keyHash, keySize } from '../workload/keys.ts';
import { payloadBytes } from '../workload/payload.ts';
import { appendRecord } from './accumulator.ts';
import { advance, advanceMember, planWake } from './advance.ts';
import { createRecordToAppend } from './batch.ts';
import type { ProducerCompression } from './compression.ts';
import type { ProducerContext } from './context.ts';
import { headerBytesAt } from './context.ts';
import { accountRefused } from './givenUp.ts';
import { batchUpperBoundBytes } from './recordSize.ts';
import { accumulatorOf, scheduleWake } from './sender.ts';
import { drawPartitionNumber, isTooLarge, settleCounts, takeArrivals } from './source.ts';
import type { ProducerClientConfig, ProducerState, SourceState } from './state.ts';
import { attachValueSize } from './state.ts';
import type { ProducerTransaction } from './transactionGate.ts';
import { startTransactions } from './transactions.ts';

export type { ProducerClientConfig, ProducerState } from './state.ts';
export { onProduceAnswered } from './answers.ts';
export { abandonProducer, reconfigureProducer } from './changes.ts';
export { attachValueSize } from './state.ts';

/** A producer of a run, idle until started (a source) or given records (a processor's member). */
export function createProducer(options: {
  seed: number;
  /** Name of its random streams, unique in the run. */
  name: string;
  index: number;
  node: string;
  /** Its end of links, -2 - index of its node; that of the first node by default. */
  endpoint?: number;
  member: number;
  topics: readonly number[];
  config: ProducerClientConfig;
  /** Configs of the node for the workload (names of kinds/producer.ts, defaults filled in); null for a processor's member. */
  workload: Readonly<Record<string, ConfigValue>> | null;
  /** Path id its own records carry. */
  path: number;
  /** Size of the rendered value template of record `sequence` with key `key`, or null without a template. Pure. */
  valueSize: ((sequence: number, key: number, timestampUs: number) => number) | null;
  compression?: ProducerCompression | null;
  /** Of a source with a `transactional.id`. */
  transaction?: ProducerTransaction | null;
}): ProducerState {
  const { seed, name, index, node, member, topics, config, path, valueSize } = options;
  const state: ProducerState = {
    node,
    member,
    topics,
    config,
    sentRecords: 0,
    ackedRecords: 0,
    failedRecords: 0,
    sentBytes: 0,
    pendingRecords: 0,
    blocked: false,
    index,
    endpoint: options.endpoint ?? -2,
    seed,
    name,
    path,
    hasTemplate: valueSize !== null,
    settings: options.workload,
    source: null,
    accumulator: null,
    stickyStream: createStream(seed, `${name}/sticky`),
    inFlight: [],
    incarnation: 0,
    forgottenRecords: 0,
    wakeUs: Infinity,
    wakeGeneration: 0,
    flushing: false,
    neededBytes: 0,
    spareRequests: [],
    metadataVersion: 0,
    producerId: -1,
    producerEpoch: -1,
    retryStream: createStream(seed, `${name}/retry`),
    recovery: null,
    compression: options.compression ?? null,
    transaction: options.transaction ?? null,
  };
  if (valueSize !== null) attachValueSize(state, valueSize);
  return state;
}

/** Schedules the first wake of a source. Throws when its configs make no workload. A source wired to no topic stays silent. */
export function startProducer(ctx: ProducerContext, index: number): void {
  const state = ctx.producers[index];
  if (state.settings === null || state.topics.length === 0) return;
  state.source = createSource(ctx, state, state.settings);
  const acc = accumulatorOf(ctx, state);
  startTransactions(ctx, state);
  takeArrivals(ctx, state, state.source, acc);
  // What arrives at the very start is sent by an event of its own, like everything else.
  if (acc.queues.some((queue) => queue.length > 0) || state.blocked) scheduleWake(ctx, state, ctx.events.nowUs);
  else planWake(ctx, state, state.source, acc);
}

function createSource(ctx: ProducerContext, state: ProducerState, settings: Readonly<Record<string, ConfigValue>>): SourceState {
  const { seed, name } = state;
  return {
    workload: createWorkload({ seed, name, settings, keys: ctx.keys }),
    cursor: 0,
    slot: 0,
    settled: 0,
    ended: false,
    lastArrivalUs: -1,
    freeFromUs: 0,
    deadlineUs: Infinity,
    lastAppendUs: -1,
    changes: [],
    // When a transaction ends is not known ahead of time.
    looksAhead: state.transaction === null,
    saved: {
      timeUs: -1,
      cursor: 0,
      slot: 0,
      used: 0,
      lastAppendUs: -1,
      sticky: state.topics.map(() => ({ partition: -1, producedBytes: 0 })),
      words: new Uint32Array(4),
    },
  };
}

/** EventKind.ProducerWake */
export function onProducerWake(ctx: ProducerContext, index: number, generation: number): void {
  const state = ctx.producers[index];
  if (generation !== state.wakeGeneration) return;
  state.wakeUs = Infinity;
  advance(ctx, state);
}

const record = createRecordToAppend();

/**
 * A processor's member sends one record at now. False when there is no buffer memory: nothing was taken, the producer is `blocked`, and
 * `ProducerSpace` comes when it can be tried again. A record too large for the client is taken and counts as failed. Call `flushReady` after the
 * last record of one moment. `hash`: what its partition follows from where that is not the key; -1 any partition, else the number whose remainder it is.
 */
export function sendRecord(
  ctx: ProducerContext,
  index: number,
  sent: { topic: number; timestampUs: number; key: number; size: number; sequence: number; path: number },
  hash?: number,
): boolean {
  const state = ctx.producers[index];
  const acc = accumulatorOf(ctx, state);
  const slot = state.topics.indexOf(sent.topic);
  if (slot < 0) throw new Error(`Producer of "${state.node}" was asked to send to topic number ${sent.topic}, which it is not wired to.`);
  const { nowUs } = ctx.events;
  record.timestampUs = sent.timestampUs;
  record.sentUs = nowUs;
  record.key = sent.key;
  record.hash = hash ?? (sent.key < 0 ? -1 : keyHash(ctx.keys, sent.key));
  record.size = sent.size;
  record.payload = payloadBytes(sent.key < 0 ? -1 : keySize(ctx.keys, sent.key), sent.size) + headerBytesAt(ctx, sent.path);
  record.sequence = sent.sequence;
  record.path = sent.path;
  const tooLarge = isTooLarge(state, acc, record.payload);
  if (!tooLarge && !appendRecord(acc, slot, record, nowUs, drawPartitionNumber, state.stickyStream).appended) {
    state.blocked = true;
    state.neededBytes = Math.max(acc.batchSizeBytes, batchUpperBoundBytes(record.payload));
    advanceMember(ctx, state);
    return false;
  }
  state.blocked = false;
  state.sentRecords++;
  state.sentBytes += record.payload;
  if (tooLarge) {
    state.failedRecords++;
    mix(ctx.trace, nowUs, EventKind.ProducerWake, -1, sent.sequence);
    accountRefused(ctx, state, sent, 'RecordTooLargeException');
  } else {
    state.pendingRecords++;
  }
  return true;
}

/** One round of the sender: drains what is ready, schedules the wake for what lingers. */
export function flushReady(ctx: ProducerContext, index: number): void {
  advanceMember(ctx, ctx.producers[index]);
}

/**
 * flush() of a member's client: what it holds is sent at once, whatever lingers (`RecordAccumulator.beginFlush`). True when nothing is unanswered; else
 * `ProducerFlushed` comes once everything is.
 */
export function flushProducer(ctx: ProducerContext, index: number): boolean {
  const state = ctx.producers[index];
  if (state.pendingRecords === 0) return true;
  state.flushing = true;
  advanceMember(ctx, state);
  return false;
}

/** Makes the counters exact for now (arrivals drawn ahead are taken up to now); nothing else changes. */
export function settleProducer(ctx: ProducerContext, index: number): void {
  const state = ctx.producers[index];
  if (state.source !== null) settleCounts(state, state.source, ctx.events.nowUs);
}
