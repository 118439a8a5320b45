/** The end of a producer's transaction: flush, then EndTxn to its coordinator. */
import { nextRequestNumber } from '../transactions/context.ts';
import { submitTransactionRequest } from '../transactions/coordinating.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { Accumulator } from './accumulator.ts';
import type { ProducerContext } from './context.ts';
import { releaseBatch, summariseBroker, takeHead } from './drain.ts';
import { accountGivenUp, accountRemade } from './givenUp.ts';
import { settleCounts } from './source.ts';
import type { ProducerState, SourceState } from './state.ts';
import type { ProducerTransaction } from './transactionGate.ts';

/** Ends the transaction when its records are sent, when the workload is over, or when a batch of it failed. What is buffered is flushed first. */
export function endTransactionWhenDone(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  const { transaction } = state;
  if (transaction === null || transaction.phase !== 'open') return;
  const next = source.workload.chunk.firstSequence + source.cursor;
  if (next < transaction.endSequence && !source.ended && transaction.error === '') return;
  if (next === transaction.firstSequence && transaction.error === '') {
    transaction.phase = 'over';
    return;
  }
  const { abortEvery, number, error } = transaction;
  transaction.commits = error === '' && !(abortEvery > 0 && number % abortEvery === 0);
  transaction.phase = 'flushing';
  // A send() that waited for memory is given up with the transaction.
  state.blocked = false;
  state.neededBytes = 0;
  source.deadlineUs = Infinity;
  settleCounts(state, source, ctx.events.nowUs);
  if (error !== '') dropBuffered(ctx, state, acc);
  state.flushing = state.pendingRecords > 0;
  if (!state.flushing) sendEnd(ctx, state, transaction);
}

/** What waits in the buffer when a transaction is aborted for an error is not sent any more (RecordAccumulator.abortUndrainedBatches). */
export function dropBuffered(ctx: ProducerContext, state: ProducerState, acc: Accumulator): void {
  for (const local of acc.used) {
    while (acc.queues[local].length > 0) {
      const batch = takeHead(acc, local);
      state.pendingRecords -= batch.count;
      state.failedRecords += batch.count;
      if (ctx.watcher !== null) ctx.watcher.batchSettled?.(state.index, batch, 'INVALID_TXN_STATE', -1);
      // What a member made of its input it makes again.
      if (state.member < 0) accountGivenUp(ctx, state, batch, `their transaction was aborted (${state.transaction?.error ?? ''})`);
      else if (ctx.ledger !== null) accountRemade(ctx, state, batch);
      releaseBatch(acc, batch);
    }
  }
  for (let broker = 0; broker < ctx.brokers.length; broker++) summariseBroker(acc, broker);
}

/** All of the transaction is answered: its end is asked for. One that never sent anything has none. */
export function sendEnd(ctx: ProducerContext, state: ProducerState, transaction: ProducerTransaction): void {
  transaction.phase = 'ending';
  if (!transaction.started) return tryAgain(ctx, state, transaction, 0);
  const { producerId, producerEpoch } = state;
  submitTransactionRequest(ctx, {
    type: 'end',
    ...requestHead(ctx, state, transaction),
    producerId,
    producerEpoch,
    result: transaction.commits ? 'COMMIT' : 'ABORT',
  });
}

/** What all of a producer's requests to its coordinator have. */
export function requestHead(ctx: ProducerContext, state: ProducerState, { id, generation }: ProducerTransaction) {
  return {
    generation,
    number: nextRequestNumber(ctx),
    id,
    from: state.endpoint,
    timeoutUs: state.config.requestTimeoutUs,
    coordinator: -1,
    coordinatorIncarnation: -1,
    answer: null,
    producer: state.index,
  };
}

/** The application's next step comes after a while. */
export function tryAgain(ctx: ProducerContext, state: ProducerState, transaction: ProducerTransaction, afterUs: number): void {
  transaction.generation = (transaction.generation + 1) | 0;
  schedule(ctx.events, ctx.events.nowUs + afterUs, EventKind.TransactionDue, state.index, transaction.generation);
}
