/** What becomes of a batch that was refused, lost or too old (Kafka's Sender.completeBatch, RecordAccumulator.reenqueue and splitAndReenqueue). */
import { backoffUs } from '../broker/backoff.ts';
import type { ProduceError } from '../broker/produceRequest.ts';
import { replicaOf } from '../broker/replicas.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { mix } from '../kernel/trace.ts';
import { keyHash, keySize } from '../workload/keys.ts';
import { payloadBytes } from '../workload/payload.ts';
import type { Accumulator } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import { appendToBatch, createRecordToAppend, openBatch } from './batch.ts';
import { resetEstimate } from './compression.ts';
import type { ProducerContext } from './context.ts';
import { headerBytesAt } from './context.ts';
import { releaseBatch, setLeaders } from './drain.ts';
import { accountGivenUp, accountResent } from './givenUp.ts';
import { noteSequenceError, noteUnresolved, requestNewEpoch } from './sequences.ts';
import type { ProducerRecovery, ProducerState } from './state.ts';
import { isDoomed, noteTransactionError } from './transactionGate.ts';

/** Errors that say that the client's metadata is out of date (Kafka's InvalidMetadataException); a lost connection asks for it too. */
const metadataErrors: readonly ProduceError[] = ['NOT_LEADER_OR_FOLLOWER', 'KAFKA_STORAGE_ERROR', 'NETWORK_EXCEPTION'];

/** Kafka's RetriableException among the errors of a batch. */
const retriableErrors: readonly ProduceError[] = [
  ...metadataErrors,
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
];

/** A batch came back with an error: split, sent again, or failed. It is no longer in flight. */
export function settleRefused(
  ctx: ProducerContext,
  state: ProducerState,
  acc: Accumulator,
  refused: { readonly batch: AccumulatorBatch; readonly error: ProduceError; readonly recovery: ProducerRecovery },
): void {
  const { batch, error, recovery } = refused;
  if (metadataErrors.includes(error)) recovery.metadataWanted = true;
  if (error === 'NOT_LEADER_OR_FOLLOWER') hearNewLeader(ctx, acc, batch);
  if (batch.expired) {
    releaseBatch(acc, batch);
  } else if (error === 'MESSAGE_TOO_LARGE' && batch.count > 1) {
    split(ctx, acc, batch);
  } else if (canRetry(ctx, state, acc, refused)) {
    putBack(ctx, state, acc, batch);
  } else {
    if (state.producerId >= 0 && batch.attempts < state.config.retries) requestNewEpoch(recovery, batch.local);
    noteTransactionError(state, error);
    failBatch(ctx, state, batch, error);
    releaseBatch(acc, batch);
  }
}

/** The broker that refuses tells who leads as far as it knows (KIP-951). Of an older epoch than was heard of before it is no news: two brokers could send a client to and fro. */
function hearNewLeader(ctx: ProducerContext, acc: Accumulator, batch: AccumulatorBatch): void {
  const role = replicaOf(ctx.partitions[batch.partition], batch.triedBroker)?.role;
  if (role === undefined || role.leaderEpoch <= batch.heardEpoch) return;
  const { leader: heard, leaderEpoch } = role;
  if (heard < 0 || heard === batch.triedBroker || heard === acc.leaders[batch.local]) return;
  batch.heardEpoch = leaderEpoch;
  acc.leaders[batch.local] = heard;
  setLeaders(acc, acc.leaders, ctx.brokers.length);
}

function canRetry(
  ctx: ProducerContext,
  state: ProducerState,
  acc: Accumulator,
  refused: { readonly batch: AccumulatorBatch; readonly error: ProduceError; readonly recovery: ProducerRecovery },
): boolean {
  const { batch, error, recovery } = refused;
  const { config } = state;
  if (ctx.events.nowUs - batch.createdUs >= config.deliveryTimeoutUs || batch.attempts >= config.retries) return false;
  if (isDoomed(state)) return false;
  if (state.producerId >= 0 && (error === 'OUT_OF_ORDER_SEQUENCE_NUMBER' || error === 'UNKNOWN_PRODUCER_ID')) {
    noteSequenceError(acc, recovery, batch, error === 'UNKNOWN_PRODUCER_ID');
    // A transaction with a gap is aborted instead.
    return state.transaction === null || !recovery.rewrite.includes(batch.local);
  }
  return retriableErrors.includes(error);
}

/** Back to the head of its queue, to be sent again after a backoff; with idempotence to its place in the order of sequences. */
function putBack(ctx: ProducerContext, state: ProducerState, acc: Accumulator, batch: AccumulatorBatch): void {
  const { nowUs } = ctx.events;
  const { retryBackoffUs, retryBackoffMaxUs } = state.config;
  batch.retryAtUs = nowUs + backoffUs(state.retryStream, { failures: batch.attempts, initialUs: retryBackoffUs, maxUs: retryBackoffMaxUs });
  batch.attempts++;
  if (batch.baseSequence < 0 && state.config.maxInFlight > 1) accountResent(ctx, batch);
  if (batch.closedUs === Infinity) batch.closedUs = nowUs;
  batch.roomBytes = 0;
  mix(ctx.trace, nowUs, EventKind.ProduceLost, batch.partition, batch.count);
  insert(acc, batch);
}

function insert(acc: Accumulator, batch: AccumulatorBatch): void {
  const queue = acc.queues[batch.local];
  let place = 0;
  if (batch.baseSequence >= 0) {
    while (place < queue.length && queue[place].baseSequence >= 0 && queue[place].baseSequence < batch.baseSequence) place++;
  }
  queue.splice(place, 0, batch);
  acc.tails[batch.local] ??= batch;
  if (place === queue.length - 1) acc.tails[batch.local] = batch;
  if (acc.adaptive) acc.changed.push(batch.local);
}

/** Its records count as failed; its memory stays its own. */
function failBatch(ctx: ProducerContext, state: ProducerState, batch: AccumulatorBatch, error: ProduceError, reason: string = error): void {
  state.pendingRecords -= batch.count;
  state.failedRecords += batch.count;
  mix(ctx.trace, ctx.events.nowUs, EventKind.ProduceLost, batch.partition, -batch.count);
  if (ctx.watcher !== null) ctx.watcher.batchSettled?.(state.index, batch, error, -1);
  accountGivenUp(ctx, state, batch, reason);
}

/** A batch that was opened `delivery.timeout.ms` ago fails with a TimeoutException, sent or not (Sender.sendProducerData). */
export function expireBatch(ctx: ProducerContext, state: ProducerState, recovery: ProducerRecovery, batch: AccumulatorBatch): void {
  noteTransactionError(state, 'REQUEST_TIMED_OUT');
  failBatch(ctx, state, batch, 'REQUEST_TIMED_OUT', 'delivery.timeout.ms was over');
  if (state.producerId >= 0 && batch.attempts > 0) noteUnresolved(recovery, batch);
}

const record = createRecordToAppend();

/**
 * A batch above the broker's `max.message.bytes` is cut into batches of `batch.size`, one that came of that already into halves; they keep its time of creation and take over
 * its sequences (ProducerBatch.split). Their memory is not the pool's.
 */
function split(ctx: ProducerContext, acc: Accumulator, batch: AccumulatorBatch): void {
  const { columns, count, local, partition, createdUs } = batch;
  const limitBytes = batch.isSplit ? Math.floor(Math.max(batch.sizeBytes, batch.plainBytes) / 2) : acc.batchSizeBytes;
  const ratio = resetEstimate(acc, acc.slotOf[local], batch);
  const parts: AccumulatorBatch[] = [];
  let part: AccumulatorBatch | null = null;
  for (let i = 0; i < count; i++) {
    const key = columns.key[i];
    record.timestampUs = columns.timestampUs[i];
    record.sentUs = columns.sentUs[i];
    record.key = key;
    record.hash = key < 0 ? -1 : keyHash(ctx.keys, key);
    record.size = columns.size[i];
    record.sequence = columns.sequence[i];
    record.path = columns.path[i];
    record.payload = payloadBytes(key < 0 ? -1 : keySize(ctx.keys, key), columns.size[i]) + headerBytesAt(ctx, record.path);
    if (part !== null && appendToBatch(part, record, acc.constantPath) > 0) continue;
    part = openBatch([], local, partition, 0, createdUs, acc.constantPath);
    part.writeLimitBytes = limitBytes;
    part.isSplit = true;
    part.ratio = ratio;
    parts.push(part);
    appendToBatch(part, record, acc.constantPath);
  }
  let sequence = batch.baseSequence;
  for (const piece of parts) {
    piece.closedUs = ctx.events.nowUs;
    piece.roomBytes = 0;
    piece.attributes = batch.attributes;
    piece.producerId = batch.producerId;
    piece.producerEpoch = batch.producerEpoch;
    piece.baseSequence = sequence;
    if (sequence >= 0) sequence += piece.count;
  }
  for (const piece of parts.reverse()) insert(acc, piece);
  mix(ctx.trace, ctx.events.nowUs, EventKind.ProduceLost, partition, parts.length);
  releaseBatch(acc, batch);
}
