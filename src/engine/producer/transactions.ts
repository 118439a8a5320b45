/** The application of a source that writes in transactions, and the part of Kafka's TransactionManager that talks to the coordinator. */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { submitTransactionRequest } from '../transactions/coordinating.ts';
import type { EndTransactionRequest, InitRequest } from '../transactions/request.ts';
import { advance } from './advance.ts';
import { abandonProducer } from './changes.ts';
import type { ProducerContext } from './context.ts';
import { accumulatorOf } from './sender.ts';
import { settleCounts } from './source.ts';
import type { ProducerState } from './state.ts';
import { requestHead, sendEnd, tryAgain } from './transactionEnd.ts';
import { beginProducerEpoch, type ProducerTransaction } from './transactionGate.ts';

/** Plans the application's start, at which it calls initTransactions. */
export function startTransactions(ctx: ProducerContext, state: ProducerState): void {
  const { transaction } = state;
  if (transaction === null) return;
  schedule(ctx.events, Math.max(ctx.events.nowUs, transaction.startUs), EventKind.TransactionDue, state.index, transaction.generation);
}

/** EventKind.TransactionDue: the application starts, or a request that failed is sent again. */
export function onTransactionDue(ctx: ProducerContext, index: number, generation: number): void {
  const state = ctx.producers[index];
  const { transaction } = state;
  if (transaction === null || transaction.generation !== generation) return;
  if (transaction.phase === 'idle' || transaction.phase === 'initializing') {
    transaction.phase = 'initializing';
    const transactionTimeoutMs = transaction.timeoutMs;
    submitTransactionRequest(ctx, { type: 'init', ...requestHead(ctx, state, transaction), transactionTimeoutMs });
  } else if (transaction.phase === 'ending') {
    if (transaction.started) sendEnd(ctx, state, transaction);
    else beginTransaction(ctx, state, transaction);
  }
}

/** beginTransaction(): the records that waited are sent now. */
function beginTransaction(ctx: ProducerContext, state: ProducerState, transaction: ProducerTransaction): void {
  const source = state.source!;
  transaction.phase = 'open';
  transaction.number++;
  transaction.firstSequence = source.workload.chunk.firstSequence + source.cursor;
  transaction.endSequence = transaction.firstSequence + transaction.records;
  transaction.started = false;
  transaction.error = '';
  source.freeFromUs = ctx.events.nowUs;
  if (ctx.watcher !== null) ctx.watcher.transactionBegun?.(state.index);
  advance(ctx, state);
}

/** EventKind.ProducerFlushed of a source: what the transaction sent is answered. */
export function onTransactionFlushed(ctx: ProducerContext, index: number): void {
  const state = ctx.producers[index];
  const { transaction } = state;
  if (transaction?.phase === 'flushing') sendEnd(ctx, state, transaction);
}

/** EventKind.TransactionRequestAnswered, for a producer's own requests. */
export function onTransactionAnswered(ctx: ProducerContext, request: InitRequest | EndTransactionRequest): void {
  const state = ctx.producers[request.producer];
  const { transaction } = state;
  if (transaction === null || transaction.phase !== (request.type === 'init' ? 'initializing' : 'ending')) return;
  const { error, producerId, producerEpoch } = request.answer!;
  switch (error) {
    case 'NONE':
      beginProducerEpoch(state, accumulatorOf(ctx, state), { producerId, producerEpoch });
      mix(ctx.trace, ctx.events.nowUs, EventKind.TransactionRequestAnswered, producerId, producerEpoch);
      if (request.type === 'end') countEnd(ctx, state, transaction);
      return beginTransaction(ctx, state, transaction);
    case 'CONCURRENT_TRANSACTIONS':
    case 'COORDINATOR_NOT_AVAILABLE':
    case 'NETWORK_EXCEPTION':
    case 'NOT_COORDINATOR':
    case 'REQUEST_TIMED_OUT':
      return tryAgain(ctx, state, transaction, Math.max(1, state.config.retryBackoffUs));
    case 'PRODUCER_FENCED':
    case 'INVALID_PRODUCER_ID_MAPPING':
    case 'INVALID_TRANSACTION_TIMEOUT':
    case 'INVALID_TXN_STATE':
      return failTransactions(ctx, state, transaction, error);
  }
}

function countEnd(ctx: ProducerContext, { index }: ProducerState, transaction: ProducerTransaction): void {
  if (ctx.watcher !== null) ctx.watcher.transactionEnded?.(index, transaction.commits ? 'commit' : 'abort');
  if (transaction.commits) {
    transaction.committed++;
    return;
  }
  transaction.aborted++;
  const { id, error } = transaction;
  if (error === '') return;
  ctx.transactions.notices.push({ timeUs: ctx.events.nowUs, code: 'transaction.aborted', id, producer: index, detail: error });
}

/** An error the application cannot go on from: it closes. What it held counts as failed. */
function failTransactions(ctx: ProducerContext, state: ProducerState, transaction: ProducerTransaction, error: string): void {
  const { index, source } = state;
  const asked = transaction.phase === 'ending' && transaction.commits;
  transaction.phase = 'failed';
  transaction.error = error;
  if (source !== null) settleCounts(state, source, ctx.events.nowUs);
  state.failedRecords += state.pendingRecords;
  state.pendingRecords = 0;
  if (ctx.watcher !== null) ctx.watcher.transactionEnded?.(index, asked ? 'unknown' : 'abort');
  abandonProducer(ctx, index);
  const code = error === 'PRODUCER_FENCED' ? 'producer.fenced' : 'producer.failed';
  ctx.transactions.notices.push({ timeUs: ctx.events.nowUs, code, id: transaction.id, producer: index, detail: error });
}
