import { submitProduce } from '../broker/produce.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import type { Accumulator } from './accumulator.ts';
import { createAccumulator, noteRound } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { drainBroker, isBrokerReady, setLeaders } from './drain.ts';
import type { OwnProduceRequest, ProducerState } from './state.ts';

/** The producer's accumulator, made when it is first needed: only then the topics' partitions are known. */
export function accumulatorOf(ctx: ProducerContext, state: ProducerState): Accumulator {
  if (state.accumulator !== null) return state.accumulator;
  const partitions = state.topics.map((topic) => {
    const { firstPartition, partitionCount } = ctx.topics[topic];
    return Array.from({ length: partitionCount }, (_, i) => firstPartition + i);
  });
  const keyed = state.source !== null && state.source.workload.keys.shape !== 'none';
  const acc = createAccumulator({
    partitions,
    batchSizeBytes: state.config.batchSizeBytes,
    bufferMemoryBytes: state.config.bufferMemoryBytes,
    // Queue sizes matter to records without a key only.
    adaptive: state.config.adaptivePartitioning && !keyed,
    constantPath: state.source === null ? -1 : state.path,
  });
  state.accumulator = acc;
  readLeaders(ctx, acc);
  state.inFlight = ctx.brokers.map(() => 0);
  return acc;
}

/** Takes over from the cluster who leads what. */
export function readLeaders(ctx: ProducerContext, acc: Accumulator): void {
  setLeaders(
    acc,
    Int32Array.from(acc.globalOf, (partition) => ctx.partitions[partition].leader),
    ctx.brokers.length,
  );
}

/**
 * Rounds of the sender at now, until nothing can be sent: each sends one request to every broker that has something ready and a request free
 * (`Sender.sendProducerData`).
 */
export function runRounds(ctx: ProducerContext, state: ProducerState): void {
  const acc = accumulatorOf(ctx, state);
  const { nowUs } = ctx.events;
  const { lingerUs, maxInFlight } = state.config;
  const brokers = acc.oldestUs.length;
  let sent = true;
  noteRound(acc);
  while (sent) {
    sent = false;
    for (let broker = 0; broker < brokers; broker++) {
      if (acc.oldestUs[broker] === Infinity || state.inFlight[broker] >= maxInFlight) continue;
      if (!isBrokerReady(acc, broker, nowUs, lingerUs, state.blocked || state.flushing)) continue;
      sendRequest(ctx, state, acc, broker);
      // Only a broker that has more left needs another round.
      sent ||= acc.oldestUs[broker] !== Infinity;
    }
    noteRound(acc);
  }
}

function sendRequest(ctx: ProducerContext, state: ProducerState, acc: Accumulator, broker: number): void {
  const request = state.spareRequests.pop() ?? newRequest(state.index);
  request.broker = broker;
  request.acks = state.config.acks;
  request.incarnation = state.incarnation;
  const batches = request.batches as AccumulatorBatch[];
  drainBroker(acc, broker, state.config.maxRequestBytes, batches);
  const { nowUs } = ctx.events;
  let sizeBytes = 0;
  for (let i = 0; i < batches.length; i++) {
    const batch = batches[i];
    sizeBytes += batch.sizeBytes;
    const place = batch.partition ^ Math.imul(batch.count, 0x9e3779b1);
    const content = (batch.keySum + Math.imul(batch.sizeBytes, 0x85ebca6b)) ^ batch.createdUs;
    mix(ctx.trace, nowUs, EventKind.ProducerWake, place, content);
  }
  request.sizeBytes = sizeBytes;
  state.inFlight[broker]++;
  submitProduce(ctx, request);
}

function newRequest(producer: number): OwnProduceRequest {
  return { producer, broker: 0, acks: 'all', batches: [], sizeBytes: 0, baseOffsets: [], errors: [], incarnation: 0 };
}

/** Earliest time at which a broker with a free request has something ready; Infinity when nothing waits for one. */
export function nextReadyUs(state: ProducerState, acc: Accumulator): number {
  const { lingerUs, maxInFlight } = state.config;
  let nextUs = Infinity;
  for (let broker = 0; broker < acc.oldestUs.length; broker++) {
    const oldestUs = acc.oldestUs[broker];
    if (oldestUs === Infinity || state.inFlight[broker] >= maxInFlight) continue;
    if (oldestUs + lingerUs < nextUs) nextUs = oldestUs + lingerUs;
    if (acc.fullSinceUs[broker] < nextUs) nextUs = acc.fullSinceUs[broker];
  }
  return nextUs;
}

/** Schedules the producer's next wake; one scheduled for another time becomes stale. */
export function scheduleWake(ctx: ProducerContext, state: ProducerState, timeUs: number): void {
  if (timeUs === state.wakeUs) return;
  state.wakeUs = timeUs;
  // It travels as an event's argument, 32 bits.
  state.wakeGeneration = (state.wakeGeneration + 1) | 0;
  if (timeUs !== Infinity) schedule(ctx.events, timeUs, EventKind.ProducerWake, state.index, state.wakeGeneration);
}
