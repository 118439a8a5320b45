/** The transactional producer of a processor's member: what its application calls, and what it hears of it (Kafka's TransactionManager). */
import { EventKind } from '../kernel/eventKinds.ts';
import { mix } from '../kernel/trace.ts';
import { submitTransactionRequest } from '../transactions/coordinating.ts';
import type { EndTransactionRequest, InitRequest } from '../transactions/request.ts';
import type { ProducerContext } from './context.ts';
import { abandonProducer, flushProducer } from './producer.ts';
import { accumulatorOf } from './sender.ts';
import type { ProducerState } from './state.ts';
import { dropBuffered, requestHead, sendEnd, tryAgain } from './transactionEnd.ts';
import { beginProducerEpoch, type ProducerTransaction } from './transactionGate.ts';

/** What came of a request: go on, ask again later (that is on its way), or the producer is fenced and can only be closed. */
export type TransactionStep = 'done' | 'waits' | 'fenced';

function transactionOf(ctx: ProducerContext, index: number): { state: ProducerState; transaction: ProducerTransaction } {
  const state = ctx.producers[index];
  const { transaction } = state;
  if (transaction === null) throw new Error(`producer ${index} has no transactional.id`);
  return { state, transaction };
}

/** initTransactions() of a producer that was just made: whoever had its transactional id before is fenced. `onTransactionAnswered` hears of it. */
export function initMemberTransactions(ctx: ProducerContext, index: number): void {
  const { state, transaction } = transactionOf(ctx, index);
  transaction.phase = 'initializing';
  transaction.error = '';
  transaction.generation = (transaction.generation + 1) | 0;
  sendInit(ctx, state, transaction);
}

function sendInit(ctx: ProducerContext, state: ProducerState, transaction: ProducerTransaction): void {
  submitTransactionRequest(ctx, { type: 'init', ...requestHead(ctx, state, transaction), transactionTimeoutMs: transaction.timeoutMs });
}

/** beginTransaction(); nothing is sent for it. */
export function beginMemberTransaction(ctx: ProducerContext, index: number): void {
  const { transaction } = transactionOf(ctx, index);
  transaction.phase = 'open';
  transaction.number++;
  transaction.started = false;
  transaction.commits = true;
  transaction.error = '';
  if (ctx.watcher !== null) ctx.watcher.transactionBegun?.(index);
}

/** The first half of commitTransaction() or abortTransaction(): true when nothing is unanswered, else `ProducerFlushed` comes. What waits in the buffer of an aborted one is not sent. */
export function flushMemberTransaction(ctx: ProducerContext, index: number, commits: boolean): boolean {
  const { state, transaction } = transactionOf(ctx, index);
  transaction.phase = 'flushing';
  transaction.commits = commits;
  if (!commits) {
    state.blocked = false;
    state.neededBytes = 0;
    dropBuffered(ctx, state, accumulatorOf(ctx, state));
  }
  return flushProducer(ctx, index);
}

/** The second half: EndTxn. True for a transaction that wrote nothing anywhere, which needs none. */
export function endMemberTransaction(ctx: ProducerContext, index: number): boolean {
  const { state, transaction } = transactionOf(ctx, index);
  if (!transaction.started) {
    transaction.phase = 'over';
    return true;
  }
  sendEnd(ctx, state, transaction);
  return false;
}

/** EventKind.TransactionDue of a member's producer: a request that failed is sent again. */
export function onMemberTransactionDue(ctx: ProducerContext, index: number, generation: number): void {
  const { state, transaction } = transactionOf(ctx, index);
  if (transaction.generation !== generation) return;
  if (transaction.phase === 'initializing') sendInit(ctx, state, transaction);
  else if (transaction.phase === 'ending') sendEnd(ctx, state, transaction);
}

/** EventKind.TransactionRequestAnswered, for a member's own requests. */
export function takeMemberAnswer(ctx: ProducerContext, request: InitRequest | EndTransactionRequest): TransactionStep {
  const { state, transaction } = transactionOf(ctx, request.producer);
  if (request.generation !== transaction.generation || transaction.phase !== (request.type === 'init' ? 'initializing' : 'ending'))
    return 'waits';
  const { error, producerId, producerEpoch } = request.answer!;
  switch (error) {
    case 'NONE':
      beginProducerEpoch(state, accumulatorOf(ctx, state), { producerId, producerEpoch });
      mix(ctx.trace, ctx.events.nowUs, EventKind.TransactionRequestAnswered, producerId, producerEpoch);
      if (request.type === 'end') countEnd(ctx, state, transaction);
      transaction.phase = 'over';
      return 'done';
    case 'CONCURRENT_TRANSACTIONS':
    case 'COORDINATOR_NOT_AVAILABLE':
    case 'NETWORK_EXCEPTION':
    case 'NOT_COORDINATOR':
    case 'REQUEST_TIMED_OUT':
      tryAgain(ctx, state, transaction, Math.max(1, state.config.retryBackoffUs));
      return 'waits';
    default:
      transaction.error = error;
      return 'fenced';
  }
}

function countEnd(ctx: ProducerContext, { index }: ProducerState, transaction: ProducerTransaction): void {
  if (ctx.watcher !== null) ctx.watcher.transactionEnded?.(index, transaction.commits ? 'commit' : 'abort');
  if (transaction.commits) transaction.committed++;
  else transaction.aborted++;
}

/** The producer is closed at once, or its process has ended: its transaction stays open until its coordinator is asked for the next one, or its timeout is over. */
export function closeMemberTransactions(ctx: ProducerContext, index: number): void {
  const { state, transaction } = transactionOf(ctx, index);
  if (ctx.watcher !== null && transaction.phase !== 'idle' && transaction.phase !== 'over')
    ctx.watcher.transactionEnded?.(index, 'unknown');
  transaction.phase = 'idle';
  transaction.started = false;
  transaction.generation = (transaction.generation + 1) | 0;
  state.producerEpoch = -1;
  abandonProducer(ctx, index);
}
