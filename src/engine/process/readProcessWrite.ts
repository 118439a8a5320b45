/**
 * The consume-transform-produce loop with `processing.guarantee=exactly_once_v2` (KIP-447; Kafka Streams' StreamThread, TaskManager and StreamsProducer): what a member reads, what it
 * makes of it and how far it has got are committed in one transaction of its own producer, or not at all.
 */
import { submitTransactionOffsets, type TransactionOffsetsRequest } from '../consumer/transactionOffsets.ts';
import { type ConsumerState, ownedPartition } from '../consumer/consumer.ts';
import { noteCommitError, resubscribe } from '../group/membership.ts';
import type { GroupError } from '../group/protocol.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import {
  beginMemberTransaction,
  closeMemberTransactions,
  endMemberTransaction,
  flushMemberTransaction,
  initMemberTransactions,
  onMemberTransactionDue,
  takeMemberAnswer,
} from '../producer/memberTransactions.ts';
import type { ProducerTransaction } from '../producer/transactionGate.ts';
import type { EndTransactionRequest, InitRequest } from '../transactions/request.ts';
import type { ProcessContext } from './context.ts';
import { nextGeneration, type WorkerState } from './worker.ts';

/** What a member keeps of its read-process-write transactions. Plain data. */
export interface ReadProcessWrite {
  /** `commit.interval.ms`, microseconds; 0: every poll is a transaction. */
  readonly commitIntervalUs: number;
  /** When the last transaction ended: the interval counts from there (StreamThread.maybeCommit). */
  lastCommitUs: number;
  /** Partitions whose records went into the open transaction. */
  readonly touched: number[];
  /** Why the open transaction can only be aborted, a name of Kafka's or a sentence; empty while nothing speaks against its commit. */
  doomed: string;
  /** What the poll loop does when the transaction has ended. */
  after: 'poll' | 'revoke' | 'stop';
  /** The last transaction was aborted: what was read in it is read again, from the committed offsets on. */
  rewinds: boolean;
  /** Started again before its stop was complete. */
  restarts: boolean;
  /** Number of the transaction a commit is scheduled for while the member waits for records. */
  armed: number;
  /** Records its producer had given up when the transaction began: those of an aborted one are made again, and so have not failed. */
  failedBefore: number;
}

export function createReadProcessWrite(commitIntervalUs: number): ReadProcessWrite {
  return {
    commitIntervalUs,
    lastCommitUs: 0,
    touched: [],
    doomed: '',
    after: 'poll',
    rewinds: false,
    restarts: false,
    armed: -1,
    failedBefore: 0,
  };
}

const transactionOf = (ctx: ProcessContext, worker: WorkerState): ProducerTransaction => ctx.producers[worker.producer]!.transaction!;

/** Whether the member has a transaction open: begun, and its end not asked for. */
export const isInTransaction = (ctx: ProcessContext, worker: WorkerState): boolean =>
  worker.readProcessWrite !== null && transactionOf(ctx, worker).phase === 'open';

/** The member's process starts: initTransactions() before the first poll. */
export function initialize(ctx: ProcessContext, worker: WorkerState): void {
  worker.phase = 'transaction';
  worker.readProcessWrite!.after = 'poll';
  worker.readProcessWrite!.rewinds = false;
  worker.readProcessWrite!.restarts = false;
  nextGeneration(worker);
  initMemberTransactions(ctx, worker.producer);
}

/** poll() has handed out records: they belong to the open transaction, or to a new one. */
export function enterTransaction(ctx: ProcessContext, worker: WorkerState, state: ReadProcessWrite): void {
  if (transactionOf(ctx, worker).phase !== 'open') {
    beginMemberTransaction(ctx, worker.producer);
    state.touched.length = 0;
    state.doomed = '';
    state.failedBefore = ctx.producers[worker.producer]!.failedRecords;
  }
  for (const { fetched } of worker.slices) if (!state.touched.includes(fetched.partition)) state.touched.push(fetched.partition);
}

/** Partitions have left the member without a commit: the open transaction, which has their records but will not have their offsets, must not be committed. */
export function noteLost(ctx: ProcessContext, worker: WorkerState): void {
  const state = worker.readProcessWrite;
  if (state !== null && isInTransaction(ctx, worker)) noteLostOf(state, ctx.consumers[worker.index]!);
}

function noteLostOf(state: ReadProcessWrite, consumer: ConsumerState): void {
  if (state.touched.some((partition) => ownedPartition(consumer, partition) === undefined)) state.doomed = 'partitions were lost';
}

/** Whether the open transaction ends after the poll that is done: its interval is over, or it is lost anyway. */
export function isCommitDue(ctx: ProcessContext, worker: WorkerState, state: ReadProcessWrite): boolean {
  return state.doomed !== '' || transactionOf(ctx, worker).error !== '' || ctx.events.nowUs >= state.lastCommitUs + state.commitIntervalUs;
}

/** A member that waits for records commits when the interval is over. */
export function armCommit(ctx: ProcessContext, worker: WorkerState, state: ReadProcessWrite): void {
  const { number, phase } = transactionOf(ctx, worker);
  if (phase !== 'open' || state.armed === number) return;
  state.armed = number;
  const dueUs = Math.max(ctx.events.nowUs, state.lastCommitUs + state.commitIntervalUs);
  schedule(ctx.events, dueUs, EventKind.ProcessingCommitDue, worker.index, number);
}

/** EventKind.ProcessingCommitDue. A member that works looks by itself when its poll is done. */
export function onProcessingCommitDue(ctx: ProcessContext, index: number, number: number): void {
  const worker = ctx.workers[index]!;
  const state = worker.readProcessWrite;
  if (state === null || !worker.alive || !isInTransaction(ctx, worker) || transactionOf(ctx, worker).number !== number) return;
  state.armed = -1;
  if (worker.phase === 'idle') endTransaction(ctx, worker, 'poll');
}

/** Commits the open transaction, or aborts it when it is doomed; the poll loop stands still until `ProcessingTransactionEnded`. */
export function endTransaction(ctx: ProcessContext, worker: WorkerState, after: ReadProcessWrite['after']): void {
  const state = worker.readProcessWrite!;
  state.after = after;
  worker.phase = 'transaction';
  nextGeneration(worker);
  const { error } = transactionOf(ctx, worker);
  // Put out of the group, or gone from it by itself: the metadata of its last generation would be refused.
  if (ctx.members[worker.index]!.generation < 0) state.doomed = 'the member is not in its group any more';
  if (state.doomed !== '' || error !== '') return abort(ctx, worker, error === '' ? state.doomed : error);
  const { partitions, offsets } = progressOf(ctx, worker, state);
  if (partitions.length === 0) return flush(ctx, worker);
  const { producerId, producerEpoch, transaction } = ctx.producers[worker.producer]!;
  transaction!.started = true;
  submitTransactionOffsets(ctx, ctx.consumers[worker.index]!, { id: transaction!.id, producerId, producerEpoch, partitions, offsets });
}

/** How far the transaction has got in the partitions it read, where that is not what the group has. */
function progressOf(ctx: ProcessContext, worker: WorkerState, { touched }: ReadProcessWrite): { partitions: number[]; offsets: number[] } {
  const consumer = ctx.consumers[worker.index]!;
  const { committed } = ctx.groups[consumer.group]!;
  const partitions: number[] = [];
  const offsets: number[] = [];
  for (const { index, processed } of consumer.owned) {
    if (processed < 0 || !touched.includes(index) || committed[index] === processed) continue;
    partitions.push(index);
    offsets.push(processed);
  }
  return { partitions, offsets };
}

/** EventKind.TransactionOffsetsAnswered: the group has the offsets, or the member is in it no more. */
export function onTransactionOffsetsAnswered(ctx: ProcessContext, request: TransactionOffsetsRequest): void {
  const worker = ctx.workers[request.member]!;
  const { producerEpoch, transaction } = ctx.producers[worker.producer]!;
  if (!worker.alive || worker.phase !== 'transaction' || transaction!.phase !== 'open' || producerEpoch !== request.producerEpoch) return;
  switch (request.error) {
    case 'NONE':
      return flush(ctx, worker);
    case 'PRODUCER_FENCED':
    case 'INVALID_PRODUCER_ID_MAPPING':
      return replaceProducer(ctx, worker, request.error);
    default:
      // CommitFailedException. A classic member joins again by itself; one of the consumer protocol would go on until a heartbeat tells it what it is to the group.
      if (ctx.groups[request.group]!.type === 'classic')
        noteCommitError(ctx, request.member, request.error as GroupError, request.generation);
      else resubscribe(ctx, request.member, 'offsets refused');
      abort(ctx, worker, request.error);
  }
}

function flush(ctx: ProcessContext, worker: WorkerState): void {
  if (flushMemberTransaction(ctx, worker.producer, true)) onFlushed(ctx, worker);
}

/** Abortable errors: what is buffered is dropped, what is in flight awaited, and all of it is aborted. */
function abort(ctx: ProcessContext, worker: WorkerState, reason: string): void {
  worker.readProcessWrite!.rewinds = true;
  notice(ctx, worker, `aborts its transaction and reads again from the committed offsets: ${reason}`);
  if (flushMemberTransaction(ctx, worker.producer, false)) onFlushed(ctx, worker);
}

/** EventKind.ProducerFlushed: all of the transaction's batches are answered. One that failed on the way dooms it after all. */
export function onFlushed(ctx: ProcessContext, worker: WorkerState): void {
  if (!worker.alive || worker.phase !== 'transaction') return;
  const { phase, commits, error } = transactionOf(ctx, worker);
  if (phase !== 'flushing') return;
  const state = worker.readProcessWrite!;
  if (error !== '' && !state.rewinds) return abort(ctx, worker, error);
  if (!commits) forgetFailures(ctx, worker, state);
  if (endMemberTransaction(ctx, worker.producer)) ended(ctx, worker);
}

/** What an aborted transaction could not send is made and sent again. */
function forgetFailures(ctx: ProcessContext, { producer }: WorkerState, state: ReadProcessWrite): void {
  const producing = ctx.producers[producer]!;
  producing.forgottenRecords += producing.failedRecords - state.failedBefore;
  producing.failedRecords = state.failedBefore;
}

/** EventKind.TransactionRequestAnswered of a member's producer. */
export function onMemberTransactionAnswered(ctx: ProcessContext, member: number, request: InitRequest | EndTransactionRequest): void {
  const worker = ctx.workers[member]!;
  const step = takeMemberAnswer(ctx, request);
  if (step === 'waits' || !worker.alive) return;
  if (step === 'done') ended(ctx, worker);
  else replaceProducer(ctx, worker, request.answer!.error);
}

/** EventKind.TransactionDue of a member's producer. */
export function onTransactionRetry(ctx: ProcessContext, producer: number, generation: number): void {
  const state = ctx.producers[producer]!;
  const worker = ctx.workers[state.member]!;
  if (!worker.alive || worker.readProcessWrite === null) return;
  if (state.transaction!.phase === 'idle') {
    if (state.transaction!.generation === generation) initMemberTransactions(ctx, producer);
  } else onMemberTransactionDue(ctx, producer, generation);
}

function ended(ctx: ProcessContext, worker: WorkerState): void {
  worker.readProcessWrite!.lastCommitUs = ctx.events.nowUs;
  schedule(ctx.events, ctx.events.nowUs, EventKind.ProcessingTransactionEnded, worker.index, nextGeneration(worker));
}

/**
 * The producer is fenced: another one has its transactional id, or its coordinator has ended its transaction for it. As Kafka Streams does (TaskMigratedException), the member
 * closes it, leaves its group, makes a new one after `retry.backoff.ms`, joins again and reads from the committed offsets.
 */
function replaceProducer(ctx: ProcessContext, worker: WorkerState, error: string): void {
  const state = worker.readProcessWrite!;
  state.rewinds = true;
  notice(ctx, worker, `was fenced (${error}): it makes a new producer and reads again from the committed offsets`);
  const producing = ctx.producers[worker.producer]!;
  forgetFailures(ctx, worker, { ...state, failedBefore: Math.min(state.failedBefore, producing.failedRecords) });
  closeMemberTransactions(ctx, worker.producer);
  resubscribe(ctx, worker.index, 'its producer was fenced');
  const { transaction, config } = producing;
  schedule(
    ctx.events,
    ctx.events.nowUs + Math.max(1, config.retryBackoffUs),
    EventKind.TransactionDue,
    worker.producer,
    transaction!.generation,
  );
}

function notice(ctx: ProcessContext, worker: WorkerState, detail: string): void {
  ctx.processNotices.push({ timeUs: ctx.events.nowUs, code: 'transaction.aborted', member: worker.index, detail });
}
