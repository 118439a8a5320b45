import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { Accumulator } from './accumulator.ts';
import { createAccumulator, lacksLeader, noteRound } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { drainBroker, isBrokerReady } from './drain.ts';
import { recoveryOf, runRecovery } from './recovery.ts';
import { readLeaders, submit, takeRequest } from './requests.ts';
import { takeProducerId } from './sequences.ts';
import type { ProducerState } from './state.ts';

/** The producer's accumulator, made when it is first needed: only then the topics' partitions are known. */
export function accumulatorOf(ctx: ProducerContext, state: ProducerState): Accumulator {
  return state.accumulator ?? makeAccumulator(ctx, state);
}

function makeAccumulator(ctx: ProducerContext, state: ProducerState): Accumulator {
  const partitions = state.topics.map((topic) => {
    const { firstPartition, partitionCountMax } = ctx.topics[topic];
    return Array.from({ length: partitionCountMax }, (_, i) => firstPartition + i);
  });
  const keyed = state.source !== null && state.source.workload.keys.shape !== 'none';
  const acc = createAccumulator({
    partitions,
    known: state.topics.map((topic) => ctx.topics[topic].partitionCount),
    batchSizeBytes: state.config.batchSizeBytes,
    bufferMemoryBytes: state.config.bufferMemoryBytes,
    // Queue sizes matter to records without a key only.
    adaptive: state.config.adaptivePartitioning && !keyed,
    constantPath: state.source === null ? -1 : state.path,
    compression: state.compression,
  });
  state.accumulator = acc;
  state.metadataVersion = ctx.cluster.metadataVersion;
  readLeaders(ctx, state, acc);
  if (state.config.idempotent && state.transaction === null) takeProducerId(ctx, state);
  if (lacksLeader(acc)) recoveryOf(ctx, state);
  state.inFlight = ctx.brokers.map(() => 0);
  return acc;
}

/**
 * Rounds of the sender at now, until nothing can be sent: each sends one request to every broker that has something ready and a request free
 * (`Sender.sendProducerData`).
 */
export function runRounds(ctx: ProducerContext, state: ProducerState): void {
  const acc = accumulatorOf(ctx, state);
  if (state.recovery !== null) {
    runRecovery(ctx, state, acc, state.recovery);
    return;
  }
  const { nowUs } = ctx.events;
  const { lingerUs, maxInFlight, deliveryTimeoutUs } = state.config;
  const brokers = acc.oldestUs.length;
  let sent = true;
  noteRound(acc);
  while (sent) {
    sent = false;
    for (let broker = 0; broker < brokers; broker++) {
      const oldestUs = acc.oldestUs[broker];
      if (oldestUs === Infinity) continue;
      if (state.inFlight[broker] < maxInFlight) {
        if (isBrokerReady(acc, broker, nowUs, lingerUs, state.blocked === true || state.flushing === true) === false) continue;
        if (ctx.brokers[broker].accepting === true && nowUs - oldestUs < deliveryTimeoutUs) {
          sendRequest(ctx, state, acc, broker);
          // Only a broker that has more left needs another round.
          sent ||= acc.oldestUs[broker] !== Infinity;
          continue;
        }
      } else if (nowUs - oldestUs < deliveryTimeoutUs) continue;
      runRecovery(ctx, state, acc, recoveryOf(ctx, state));
      return;
    }
    noteRound(acc);
  }
}

function sendRequest(ctx: ProducerContext, state: ProducerState, acc: Accumulator, broker: number): void {
  const request = takeRequest(state);
  drainBroker(acc, broker, state.config.maxRequestBytes, request.batches as AccumulatorBatch[]);
  submit(ctx, state, acc, request, broker);
}

/**
 * Earliest time at which a broker with a free request has something ready, or something that waits for a free one is too old; Infinity when nothing waits. In a recovery,
 * when something can follow without an answer.
 */
export function nextReadyUs(state: ProducerState, acc: Accumulator): number {
  if (state.recovery !== null) return state.recovery.nextUs;
  const { lingerUs, maxInFlight, deliveryTimeoutUs } = state.config;
  let nextUs = Infinity;
  for (let broker = 0; broker < acc.oldestUs.length; broker++) {
    const oldestUs = acc.oldestUs[broker];
    if (oldestUs === Infinity) continue;
    if (state.inFlight[broker] >= maxInFlight) {
      if (oldestUs + deliveryTimeoutUs < nextUs) nextUs = oldestUs + deliveryTimeoutUs;
      continue;
    }
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
