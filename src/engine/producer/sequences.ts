/** Producer ids, epochs and sequences of an idempotent producer (Kafka's TransactionManager without transactions, TxnPartitionMap). */
import { takeProducerId as takeFromBlock } from '../transactions/producerIds.ts';
import type { Accumulator } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { inFlightBatches } from './inFlight.ts';
import type { ProducerRecovery, ProducerState } from './state.ts';
import { noteTransactionError } from './transactionGate.ts';

const sequenceMax = 2_147_483_647;
const epochMax = 32_767;

/** `DefaultRecordBatch.incrementSequence`: after the largest sequence comes 0. */
function incrementSequence(sequence: number, by: number): number {
  const next = sequence + by;
  return next > sequenceMax ? next - sequenceMax - 1 : next;
}

/** Sequence of a batch's last record. */
function lastSequenceOf(batch: AccumulatorBatch): number {
  return incrementSequence(batch.baseSequence, batch.count - 1);
}

/** A new producer id, epoch 0: the client starts, or its epochs are used up. */
export function takeProducerId(ctx: ProducerContext, state: ProducerState): void {
  // InitProducerId goes to any broker, here the first that takes requests.
  state.producerId = takeFromBlock(ctx.transactions.producerIds, ctx.brokers.find(({ accepting }) => accepting) ?? ctx.brokers[0]);
  state.producerEpoch = 0;
}

/**
 * A batch is sent for the first time: it gets the next sequences of its partition. One that was written to last under an earlier epoch, or never, begins at 0 in the present one
 * (TransactionManager.maybeUpdateProducerIdAndEpoch).
 */
export function assignSequence(state: ProducerState, acc: Accumulator, batch: AccumulatorBatch): void {
  const { local } = batch;
  if (isStale(state, acc, local)) beginSequences(state, acc, local, 0);
  const sequence = acc.nextSequence[local];
  batch.producerId = state.producerId;
  batch.producerEpoch = state.producerEpoch;
  batch.baseSequence = sequence;
  const next = sequence + batch.count;
  acc.nextSequence[local] = next > sequenceMax ? next - sequenceMax - 1 : next;
}

/** A batch is acknowledged. */
export function noteAcknowledged(acc: Accumulator, batch: AccumulatorBatch): void {
  if (batch.producerEpoch !== acc.epochs[batch.local]) return;
  const last = lastSequenceOf(batch);
  if (last > acc.ackedSequence[batch.local]) acc.ackedSequence[batch.local] = last;
}

/**
 * What an answer with OUT_OF_ORDER_SEQUENCE_NUMBER or UNKNOWN_PRODUCER_ID means to an idempotent producer (`TransactionManager.canRetry`): the batch is
 * always sent again; where a gap in the log is certain, under the next epoch, in which the partition's sequences begin at 0.
 */
export function noteSequenceError(acc: Accumulator, recovery: ProducerRecovery, batch: AccumulatorBatch, unknownProducer: boolean): void {
  const { local } = batch;
  const unresolved = recovery.unresolved.get(local);
  if (unknownProducer) {
    requestNewEpoch(recovery, local);
    return;
  }
  const isNext = batch.baseSequence - acc.ackedSequence[local] === 1;
  if (unresolved === undefined ? isNext : batch.baseSequence === unresolved) requestNewEpoch(recovery, local);
}

/** The partition's sequences begin anew with the next epoch. */
export function requestNewEpoch(recovery: ProducerRecovery, local: number): void {
  if (!recovery.rewrite.includes(local)) recovery.rewrite.push(local);
}

/** A batch expired that may be in the log nevertheless: nothing new goes to its partition until that is settled. */
export function noteUnresolved(recovery: ProducerRecovery, batch: AccumulatorBatch): void {
  const next = incrementSequence(lastSequenceOf(batch), 1);
  recovery.unresolved.set(batch.local, Math.max(next, recovery.unresolved.get(batch.local) ?? 0));
}

/** Before each round of the sender: partitions with unresolved sequences and nothing in flight are settled, and the epoch is raised where it has to be (KIP-360). */
export function settleSequences(ctx: ProducerContext, state: ProducerState, acc: Accumulator, recovery: ProducerRecovery): void {
  if (state.producerId < 0) return;
  const flying = inFlightBatches(ctx, state);
  for (const local of recovery.unresolved.keys()) {
    if (sequencedBatches(acc, flying, local).length > 0) continue;
    recovery.unresolved.delete(local);
    if (acc.nextSequence[local] - acc.ackedSequence[local] !== 1) requestNewEpoch(recovery, local);
  }
  if (recovery.rewrite.length > 0 && state.transaction !== null) {
    // Its epoch is raised by the coordinator, as the transaction is aborted.
    noteTransactionError(state, 'OUT_OF_ORDER_SEQUENCE_NUMBER');
    recovery.rewrite = [];
  } else if (recovery.rewrite.length > 0) {
    if (state.producerEpoch >= epochMax) takeProducerId(ctx, state);
    else state.producerEpoch++;
    for (const local of recovery.rewrite) {
      restartSequences(state, acc, flying, local);
      recovery.unresolved.delete(local);
    }
    recovery.rewrite = [];
  }
  for (const local of acc.used) {
    if (isStale(state, acc, local) && sequencedBatches(acc, flying, local).length === 0) restartSequences(state, acc, flying, local);
  }
}

/** Whether the partition's sequences still belong to an earlier epoch. */
export function isStale(state: ProducerState, acc: Accumulator, local: number): boolean {
  return acc.epochs[local] !== state.producerEpoch;
}

/** Batches of a partition that have a sequence and no final answer, in order: in flight, or queued to be sent again. */
export function sequencedBatches(acc: Accumulator, flying: readonly AccumulatorBatch[], local: number): AccumulatorBatch[] {
  const batches = flying.filter((batch) => batch.local === local && !batch.expired && batch.baseSequence >= 0);
  for (const batch of acc.queues[local]) if (batch.baseSequence >= 0) batches.push(batch);
  return batches.sort((a, b) => a.baseSequence - b.baseSequence);
}

/** `TxnPartitionMap.startSequencesAtBeginning`: the open batches are numbered from 0 in the present epoch. What is on the wire keeps its old numbers. */
function restartSequences(state: ProducerState, acc: Accumulator, flying: readonly AccumulatorBatch[], local: number): void {
  let sequence = 0;
  for (const batch of sequencedBatches(acc, flying, local)) {
    batch.producerId = state.producerId;
    batch.producerEpoch = state.producerEpoch;
    batch.baseSequence = sequence;
    sequence = incrementSequence(sequence, batch.count);
  }
  beginSequences(state, acc, local, sequence);
}

/** From here on the partition's sequences are of the present epoch, and nothing of it is acknowledged. */
function beginSequences(state: ProducerState, acc: Accumulator, local: number, next: number): void {
  acc.nextSequence[local] = next;
  acc.ackedSequence[local] = -1;
  acc.epochs[local] = state.producerEpoch;
}
