/** What a producer knows of its transactions, and what they ask of its records: none is sent outside of one. */
import type { Accumulator } from './accumulator.ts';
import type { ProducerState, SourceState } from './state.ts';

/** Plain data. Its application calls initTransactions, then in turn beginTransaction, send for so many records, flush, commitTransaction or abortTransaction. */
export interface ProducerTransaction {
  /** Index of its transactional id in the run's list. */
  readonly id: number;
  /** `transaction.timeout.ms` */
  readonly timeoutMs: number;
  /** Records of one transaction, and which one in so many is aborted (0: none). */
  readonly records: number;
  readonly abortEvery: number;
  /** When the application starts. */
  readonly startUs: number;
  /** idle: not started, initializing: initTransactions, open: send, flushing, ending: commitTransaction or abortTransaction, over: closed, failed: it cannot go on. */
  phase: 'idle' | 'initializing' | 'open' | 'flushing' | 'ending' | 'over' | 'failed';
  /** Of the present transaction, the first is 1. */
  number: number;
  /** Numbers of its first record and of the first one beyond it. */
  firstSequence: number;
  endSequence: number;
  /** Whether a batch of it was sent: without one there is nothing to end. */
  started: boolean;
  /** Whether it will be committed. */
  commits: boolean;
  /** Why it has to be aborted, a name of Kafka's; empty while nothing went wrong. */
  error: string;
  committed: number;
  aborted: number;
  /** Retries of the request under way carry it, to be told from stale ones. */
  generation: number;
}

export function createProducerTransaction(
  options: Pick<ProducerTransaction, 'id' | 'timeoutMs' | 'records' | 'abortEvery' | 'startUs'>,
): ProducerTransaction {
  return {
    ...options,
    phase: 'idle',
    number: 0,
    firstSequence: 0,
    endSequence: 0,
    started: false,
    commits: true,
    error: '',
    committed: 0,
    aborted: 0,
    generation: 0,
  };
}

/** Records the application may send now; Infinity without transactions. Beyond it the application waits, and arrivals queue up before it. */
export function roomInTransaction({ transaction }: ProducerState, source: SourceState): number {
  if (transaction === null) return Infinity;
  if (transaction.phase !== 'open' || transaction.error !== '') return 0;
  return transaction.endSequence - (source.workload.chunk.firstSequence + source.cursor);
}

/** Whether the present transaction will be aborted because a batch of it failed: nothing of it is sent again. */
export function isDoomed({ transaction }: ProducerState): boolean {
  return transaction !== null && transaction.error !== '';
}

/** A batch of the present transaction has failed for good: the transaction can only be aborted (TransactionManager.transitionToAbortableError). */
export function noteTransactionError({ transaction }: ProducerState, error: string): void {
  if (transaction === null || transaction.error !== '') return;
  if (transaction.phase !== 'open' && transaction.phase !== 'flushing') return;
  transaction.error = error;
  transaction.commits = false;
}

/** The producer goes on under another id or epoch, with nothing in flight: all partitions begin at sequence 0. */
export function beginProducerEpoch(
  state: ProducerState,
  acc: Accumulator,
  { producerId, producerEpoch }: { readonly producerId: number; readonly producerEpoch: number },
): void {
  state.producerId = producerId;
  state.producerEpoch = producerEpoch;
  acc.nextSequence.fill(0);
  acc.ackedSequence.fill(-1);
  acc.epochs.fill(producerEpoch);
  if (state.recovery === null) return;
  state.recovery.unresolved.clear();
  state.recovery.rewrite = [];
}
