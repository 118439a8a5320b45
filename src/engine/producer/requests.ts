import { knownLeader } from '../broker/metadata.ts';
import { submitProduce } from '../broker/produce.ts';
import { presentConnection } from '../broker/producerConnections.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { mix } from '../kernel/trace.ts';
import { BatchAttribute } from '../log/recordBatch.ts';
import type { Accumulator } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { setLeaders } from './drain.ts';
import { assignSequence } from './sequences.ts';
import type { OwnProduceRequest, ProducerState } from './state.ts';
import type { ProducerTransaction } from './transactionGate.ts';

/** Takes over which partitions there are and who leads them, as far as the client's metadata tells. */
export function readLeaders(ctx: ProducerContext, state: ProducerState, acc: Accumulator): void {
  for (let slot = 0; slot < state.topics.length; slot++) acc.known[slot] = ctx.topics[state.topics[slot]].partitionCount;
  setLeaders(
    acc,
    Int32Array.from(acc.globalOf, (partition) => knownLeader(ctx, partition, state.metadataVersion)),
    ctx.brokers.length,
  );
}

/** A request without batches: a used one, or a new one. */
export function takeRequest(state: ProducerState): OwnProduceRequest {
  return state.spareRequests.pop() ?? newRequest(state);
}

/** Sends batches to one broker in one request. */
export function sendBatches(
  ctx: ProducerContext,
  state: ProducerState,
  acc: Accumulator,
  sent: { readonly broker: number; readonly batches: AccumulatorBatch[] },
): void {
  const request = takeRequest(state);
  request.batches = sent.batches;
  submit(ctx, state, acc, request, sent.broker);
}

/** Sends a request whose batches are in it. */
export function submit(ctx: ProducerContext, state: ProducerState, acc: Accumulator, request: OwnProduceRequest, broker: number): void {
  const { nowUs } = ctx.events;
  request.broker = broker;
  request.brokerIncarnation = ctx.brokers[broker].incarnation;
  request.acks = state.config.acks;
  request.incarnation = state.incarnation;
  request.sentUs = nowUs;
  request.timeoutUs = state.config.requestTimeoutUs;
  const batches = request.batches as AccumulatorBatch[];
  if (state.transaction !== null) markTransactional(state.transaction, batches);
  let sizeBytes = 0;
  let storedBytes = 0;
  let handlerUs = 0;
  let oldestUs = Infinity;
  for (let i = 0; i < batches.length; i++) {
    const batch = batches[i];
    batch.triedBroker = broker;
    if (batch.createdUs < oldestUs) oldestUs = batch.createdUs;
    if (state.producerId >= 0 && batch.baseSequence < 0) assignSequence(state, acc, batch);
    sizeBytes += batch.sizeBytes;
    if (acc.compression === null) batch.storedBytes = batch.sizeBytes;
    storedBytes += batch.storedBytes;
    handlerUs += batch.handlerUs;
    const place = batch.partition ^ Math.imul(batch.count, 0x9e3779b1);
    const content = (batch.keySum + Math.imul(batch.sizeBytes, 0x85ebca6b)) ^ batch.createdUs;
    mix(ctx.trace, nowUs, EventKind.ProducerWake, place, content);
  }
  request.expiresUs = oldestUs + state.config.deliveryTimeoutUs;
  request.sizeBytes = sizeBytes;
  request.storedBytes = storedBytes;
  request.handlerUs = handlerUs;
  state.inFlight[broker]++;
  submitProduce(ctx, request);
  if (ctx.watcher !== null) ctx.watcher.requestSent?.(request);
}

/** The batches belong to the transaction that is open. */
function markTransactional(transaction: ProducerTransaction, batches: readonly AccumulatorBatch[]): void {
  transaction.started = true;
  for (const batch of batches) batch.attributes |= BatchAttribute.transactional;
}

function newRequest(state: ProducerState): OwnProduceRequest {
  return {
    producer: state.index,
    client: state.endpoint,
    broker: 0,
    connection: presentConnection(state.index),
    acks: 'all',
    batches: [],
    sizeBytes: 0,
    storedBytes: 0,
    handlerUs: 0.5,
    requestId: 0,
    sentUs: 0.5,
    timeoutUs: 0,
    expiresUs: 0.5,
    baseOffsets: [],
    errors: [],
    incarnation: 0,
    brokerIncarnation: 0,
  };
}
