/** The producer client (accumulator, sticky partitioner, sender) and the application of a source that feeds it. */
import type { ConfigValue } from '../../pipeline/document.ts';
import { freeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { createStream } from '../kernel/random.ts';
import { mix } from '../kernel/trace.ts';
import { createWorkload } from '../workload/arrivals.ts';
import { keyHash, keySize } from '../workload/keys.ts';
import { sameWorkload } from '../workload/settings.ts';
import type { Accumulator } from './accumulator.ts';
import { appendRecord } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import { createRecordToAppend } from './batch.ts';
import { resizeBufferPool } from './bufferPool.ts';
import type { ProducerContext } from './context.ts';
import { releaseBatch } from './drain.ts';
import { isAhead, lookAhead, rewind } from './lookAhead.ts';
import { batchUpperBoundBytes } from './recordSize.ts';
import { payloadBytes } from '../workload/payload.ts';
import { accumulatorOf, nextReadyUs, readLeaders, runRounds, scheduleWake } from './sender.ts';
import { drawPartitionNumber, isTooLarge, settleCounts, takeArrivals } from './source.ts';
import type { OwnProduceRequest, ProducerClientConfig, ProducerState, SourceState } from './state.ts';
import { attachValueSize } from './state.ts';

export type { ProducerClientConfig, ProducerState } from './state.ts';
export { attachValueSize } from './state.ts';

/** A producer of a run, idle until started (a source) or given records (a processor's member). */
export function createProducer(options: {
  seed: number;
  /** Name of its random streams, unique in the run. */
  name: string;
  index: number;
  node: string;
  member: number;
  topics: readonly number[];
  config: ProducerClientConfig;
  /** Configs of the node for the workload (names of kinds/producer.ts, defaults filled in); null for a processor's member. */
  workload: Readonly<Record<string, ConfigValue>> | null;
  /** Path id its own records carry. */
  path: number;
  /** Size of the rendered value template of record `sequence` with key `key`, or null without a template. Pure. */
  valueSize: ((sequence: number, key: number, timestampUs: number) => number) | null;
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
    looksAhead: true,
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

/** Everything a source does at one moment: send what arrived, let the sender run, look ahead, plan the next wake. */
function advanceSource(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  takeArrivals(ctx, state, source, acc);
  runRounds(ctx, state);
  lookAhead(ctx, state, source, acc);
  planWake(ctx, state, source, acc);
}

function planWake(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  if (state.blocked) {
    scheduleWake(ctx, state, source.deadlineUs);
    return;
  }
  const { timeUs, count } = source.workload.chunk;
  // At a chunk's end the next one is drawn when the clock has come there.
  const arrivalUs = source.ended ? Infinity : timeUs[Math.min(source.cursor, count - 1)];
  scheduleWake(ctx, state, Math.min(nextReadyUs(state, acc), arrivalUs));
}

/** Everything a member's client does at one moment. */
function advanceMember(ctx: ProducerContext, state: ProducerState): void {
  runRounds(ctx, state);
  scheduleWake(ctx, state, nextReadyUs(state, accumulatorOf(ctx, state)));
}

function advance(ctx: ProducerContext, state: ProducerState): void {
  if (state.source === null) advanceMember(ctx, state);
  else advanceSource(ctx, state, state.source, accumulatorOf(ctx, state));
}

/** EventKind.ProducerWake */
export function onProducerWake(ctx: ProducerContext, index: number, generation: number): void {
  const state = ctx.producers[index];
  if (generation !== state.wakeGeneration) return;
  state.wakeUs = Infinity;
  advance(ctx, state);
}

/** EventKind.ProduceAnswered: counts the records, frees the memory, and sends what waited for either. */
export function onProduceAnswered(ctx: ProducerContext, slot: number): void {
  const request = ctx.produceRequests.items[slot] as OwnProduceRequest;
  freeSlot(ctx.produceRequests, slot);
  const state = ctx.producers[request.producer];
  if (request.incarnation !== state.incarnation) return;
  const acc = accumulatorOf(ctx, state);
  const { source } = state;
  const ahead = source !== null && isAhead(source, ctx.events.nowUs);
  const wasLimited = state.inFlight[request.broker] >= state.config.maxInFlight;
  if (ahead && wasLimited) rewind(ctx, state, source, acc);
  state.inFlight[request.broker]--;
  countAnswer(state, acc, request);
  if (state.flushing && state.pendingRecords === 0) {
    state.flushing = false;
    schedule(ctx.events, ctx.events.nowUs, EventKind.ProducerFlushed, state.index, 0);
  }
  // A broker that could have been sent to all the while has nothing ready before the wake that is planned.
  if (ahead && !wasLimited) return;
  if (source === null && state.blocked && acc.pool.availableBytes >= state.neededBytes) {
    state.blocked = false;
    schedule(ctx.events, ctx.events.nowUs, EventKind.ProducerSpace, state.index, 0);
  }
  advance(ctx, state);
}

function countAnswer(state: ProducerState, acc: Accumulator, request: OwnProduceRequest): void {
  for (let i = 0; i < request.batches.length; i++) {
    const batch = request.batches[i] as AccumulatorBatch;
    state.pendingRecords -= batch.count;
    if (request.errors[i] === 'NONE') state.ackedRecords += batch.count;
    // A retriable error (NOT_LEADER_OR_FOLLOWER) would put the batch back at the head of its queue; leaders do not move yet.
    else state.failedRecords += batch.count;
    releaseBatch(acc, batch);
  }
  state.spareRequests.push(request);
}

const record = createRecordToAppend();

/**
 * A processor's member sends one record at now. False when there is no buffer memory: nothing was taken, the producer is `blocked`, and
 * `ProducerSpace` comes when it can be tried again. A record too large for the client is taken and counts as failed. Call `flushReady` after the
 * last record of one moment.
 */
export function sendRecord(
  ctx: ProducerContext,
  index: number,
  sent: { topic: number; timestampUs: number; key: number; size: number; sequence: number; path: number },
): boolean {
  const state = ctx.producers[index];
  const acc = accumulatorOf(ctx, state);
  const slot = state.topics.indexOf(sent.topic);
  if (slot < 0) throw new Error(`Producer of "${state.node}" was asked to send to topic number ${sent.topic}, which it is not wired to.`);
  const { nowUs } = ctx.events;
  record.timestampUs = sent.timestampUs;
  record.sentUs = nowUs;
  record.key = sent.key;
  record.hash = sent.key < 0 ? -1 : keyHash(ctx.keys, sent.key);
  record.size = sent.size;
  record.payload = payloadBytes(sent.key < 0 ? -1 : keySize(ctx.keys, sent.key), sent.size);
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

/**
 * New workload or client config from now on (a live edit); records sent before stay as they are, and so does the memory of open batches. The shape's
 * clock runs on, and a workload that is the same as before is not touched at all.
 */
export function reconfigureProducer(
  ctx: ProducerContext,
  index: number,
  options: { config: ProducerClientConfig; workload: Readonly<Record<string, ConfigValue>> | null },
): void {
  const state = ctx.producers[index];
  const acc = accumulatorOf(ctx, state);
  const { source } = state;
  if (source !== null) goBackToNow(ctx, state, source, acc);
  state.config = options.config;
  acc.batchSizeBytes = Math.max(1, options.config.batchSizeBytes);
  resizeBufferPool(acc.pool, options.config.bufferMemoryBytes);
  if (state.settings !== null && options.workload !== null && !sameWorkload(state.settings, options.workload)) {
    state.settings = options.workload;
    source?.changes.push({ atUs: ctx.events.nowUs, settings: options.workload });
  }
  advance(ctx, state);
}

/** Takes back what was looked ahead to beyond now. */
function goBackToNow(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  if (isAhead(source, ctx.events.nowUs)) rewind(ctx, state, source, acc);
  takeArrivals(ctx, state, source, acc);
}

/** Leaders have moved: the producer looks where its partitions are led now, and sends what became possible. */
export function leadersChanged(ctx: ProducerContext, index: number): void {
  const state = ctx.producers[index];
  const acc = accumulatorOf(ctx, state);
  if (state.source !== null) goBackToNow(ctx, state, state.source, acc);
  readLeaders(ctx, acc);
  advance(ctx, state);
}

/** The member that owns this producer crashed: open batches and unanswered requests are forgotten. Returns the number of records forgotten. */
export function abandonProducer(ctx: ProducerContext, index: number): number {
  const state = ctx.producers[index];
  const forgotten = state.pendingRecords;
  state.incarnation++;
  state.accumulator = null;
  state.inFlight = [];
  state.spareRequests = [];
  state.blocked = false;
  state.flushing = false;
  state.neededBytes = 0;
  state.pendingRecords = 0;
  state.forgottenRecords += forgotten;
  scheduleWake(ctx, state, Infinity);
  return forgotten;
}
