/**
 * What a transaction coordinator answers (TransactionCoordinator of Kafka 4 with transaction.version 2, KIP-98, KIP-360, KIP-890). Each function looks at
 * what is kept of one transactional id and either answers at once or prepares a change, which the caller writes and completes.
 */
import {
  isEpochExhausted,
  prepareTransition,
  producerEpochMax,
  type TransactionFields,
  type TransactionMetadata,
} from './transactionMetadata.ts';

/** Kafka's error names, as far as a coordinator answers with them. NETWORK_EXCEPTION and REQUEST_TIMED_OUT are the client's own. */
export type TransactionError =
  | 'NONE'
  | 'CONCURRENT_TRANSACTIONS'
  | 'COORDINATOR_NOT_AVAILABLE'
  | 'INVALID_PRODUCER_ID_MAPPING'
  | 'INVALID_TRANSACTION_TIMEOUT'
  | 'INVALID_TXN_STATE'
  | 'NETWORK_EXCEPTION'
  | 'NOT_COORDINATOR'
  | 'PRODUCER_FENCED'
  | 'REQUEST_TIMED_OUT';

export interface ProducerIdAndEpoch {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** An answer at once, or a change that is now pending and has to be written first. */
export type CoordinatorDecision =
  ({ readonly outcome: 'answer'; readonly error: TransactionError } & ProducerIdAndEpoch) | { readonly outcome: 'write' };

/** What decisions need from outside. */
export interface CoordinatorSurroundings {
  readonly nowMs: number;
  /** Takes the next producer id. */
  readonly newProducerId: () => number;
}

const toWrite: CoordinatorDecision = { outcome: 'write' };

function answer(error: TransactionError, known: ProducerIdAndEpoch = { producerId: -1, producerEpoch: -1 }): CoordinatorDecision {
  return { outcome: 'answer', error, producerId: known.producerId, producerEpoch: known.producerEpoch };
}

/**
 * InitProducerId: gives the producer its id and the next epoch, which fences whoever used the transactional id before. While a transaction of that one is open it is
 * aborted first: the pending change is then PrepareAbort, and the answer, when it is written, is CONCURRENT_TRANSACTIONS, so that the client asks again.
 * `expected` is what a producer that goes on after an error has (KIP-360), null for one that starts.
 */
export function initProducerId(
  metadata: TransactionMetadata,
  request: { readonly timeoutMs: number; readonly expected: ProducerIdAndEpoch | null },
  surroundings: CoordinatorSurroundings,
): CoordinatorDecision {
  const { current, pending } = metadata;
  const { expected, timeoutMs } = request;
  if (pending !== null) return answer('CONCURRENT_TRANSACTIONS');
  if (expected !== null && !isKnownProducer(current, expected)) return answer('PRODUCER_FENCED');
  switch (current.state) {
    case 'PrepareAbort':
    case 'PrepareCommit':
      return answer('CONCURRENT_TRANSACTIONS');
    case 'Ongoing':
      return fenceTransaction(metadata, surroundings);
    case 'CompleteAbort':
    case 'CompleteCommit':
    case 'Empty':
      return nextEpoch(metadata, { expected, timeoutMs }, surroundings);
    case 'Dead':
    case 'PrepareEpochFence':
      throw new Error(`transactions: ${metadata.transactionalId} is in state ${current.state}, which is never written`);
  }
}

function isKnownProducer(current: TransactionFields, expected: ProducerIdAndEpoch): boolean {
  if (current.producerEpoch < 0 || expected.producerId === current.producerId) return true;
  return expected.producerId === current.previousProducerId && isEpochExhausted(expected.producerEpoch);
}

/** prepareIncrementProducerEpoch and, where the epochs are used up, prepareProducerIdRotation. */
function nextEpoch(
  metadata: TransactionMetadata,
  { expected, timeoutMs }: { readonly expected: ProducerIdAndEpoch | null; readonly timeoutMs: number },
  { nowMs, newProducerId }: CoordinatorSurroundings,
): CoordinatorDecision {
  const { current } = metadata;
  const { producerEpoch, lastProducerEpoch } = current;
  const fresh = { state: 'Empty', timeoutMs, partitions: [], startMs: -1, lastUpdateMs: nowMs } as const;
  if (isEpochExhausted(producerEpoch) && (expected === null || expected.producerEpoch === producerEpoch)) {
    const lastKnown = expected === null ? -1 : producerEpoch;
    prepareTransition(metadata, { ...fresh, producerId: newProducerId(), producerEpoch: 0, lastProducerEpoch: lastKnown });
  } else if (expected === null) {
    prepareTransition(metadata, { ...fresh, producerEpoch: producerEpoch + 1, lastProducerEpoch: -1 });
  } else if (producerEpoch < 0 || expected.producerEpoch === producerEpoch) {
    prepareTransition(metadata, { ...fresh, producerEpoch: producerEpoch + 1, lastProducerEpoch: producerEpoch });
  } else if (expected.producerEpoch === lastProducerEpoch) {
    // A retry of what has succeeded: nobody else has asked since, or the last epoch would not be known.
    prepareTransition(metadata, fresh);
  } else return answer('PRODUCER_FENCED');
  return toWrite;
}

/** The coordinator aborts an open transaction by itself, under the next epoch, which its producer does not know. */
export function fenceTransaction(metadata: TransactionMetadata, surroundings: CoordinatorSurroundings): CoordinatorDecision {
  const { producerId, producerEpoch } = metadata.current;
  metadata.pending = 'fence';
  return endTransaction(metadata, { producerId, producerEpoch, result: 'ABORT' }, surroundings);
}

/**
 * AddPartitionsToTxn, sent by the leader of a partition before the first batch of a transaction there is appended. What is there already needs no writing.
 */
export function addPartitions(
  metadata: TransactionMetadata,
  request: ProducerIdAndEpoch & { readonly partitions: readonly number[] },
  nowMs: number,
): CoordinatorDecision {
  const { current, pending } = metadata;
  // First of all: the end of a transaction that is being written may give the producer another id (KAFKA-18660).
  if (pending !== null) return answer('CONCURRENT_TRANSACTIONS');
  if (current.producerId !== request.producerId) return answer('INVALID_PRODUCER_ID_MAPPING');
  if (current.producerEpoch !== request.producerEpoch) return answer('PRODUCER_FENCED');
  if (current.state === 'PrepareCommit' || current.state === 'PrepareAbort') return answer('CONCURRENT_TRANSACTIONS');
  const added = request.partitions.filter((partition) => !current.partitions.includes(partition));
  if (current.state === 'Ongoing' && added.length === 0) return answer('NONE');
  prepareTransition(metadata, {
    state: 'Ongoing',
    partitions: [...current.partitions, ...added],
    startMs: current.state === 'Ongoing' ? current.startMs : nowMs,
    lastUpdateMs: nowMs,
  });
  return toWrite;
}

export interface EndRequest extends ProducerIdAndEpoch {
  readonly result: 'COMMIT' | 'ABORT';
}

/** EndTxn of transaction version 2: the epoch is bumped with every end, so a request with the epoch before is a retry. */
export function endTransaction(
  metadata: TransactionMetadata,
  request: EndRequest,
  surroundings: CoordinatorSurroundings,
): CoordinatorDecision {
  const { current, pending } = metadata;
  const { producerId, producerEpoch, result } = request;
  const fences = pending === 'fence';
  const overflowRetry =
    !fences && current.previousProducerId === producerId && producerEpoch === producerEpochMax - 1 && current.producerEpoch === 0;
  const bumpRetry = !fences && current.producerEpoch === producerEpoch + 1;
  if (current.producerId !== producerId && !overflowRetry) return answer('INVALID_PRODUCER_ID_MAPPING');
  if (!isValidEpoch(current, producerEpoch, { bumpRetry, overflowRetry })) return answer('PRODUCER_FENCED');
  if (pending !== null && !fences) return answer('CONCURRENT_TRANSACTIONS');
  const isRetry = bumpRetry || overflowRetry;
  switch (current.state) {
    case 'Ongoing':
      return prepareEnd(metadata, result, surroundings);
    case 'PrepareCommit':
    case 'PrepareAbort':
      return answer((current.state === 'PrepareCommit') === (result === 'COMMIT') ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE');
    case 'CompleteCommit':
    case 'CompleteAbort':
      if (isRetry) {
        return (current.state === 'CompleteCommit') === (result === 'COMMIT') ? answer('NONE', current) : answer('INVALID_TXN_STATE');
      }
      return result === 'ABORT' ? prepareEnd(metadata, result, surroundings) : answer('INVALID_TXN_STATE');
    case 'Empty':
      return result === 'ABORT' ? prepareEnd(metadata, result, surroundings) : answer('INVALID_TXN_STATE');
    case 'Dead':
    case 'PrepareEpochFence':
      throw new Error(`transactions: ${metadata.transactionalId} is in state ${current.state}, which is never written`);
  }
}

function isValidEpoch(
  current: TransactionFields,
  producerEpoch: number,
  { bumpRetry, overflowRetry }: { readonly bumpRetry: boolean; readonly overflowRetry: boolean },
): boolean {
  if (current.state === 'PrepareCommit' || current.state === 'PrepareAbort') return bumpRetry;
  if (current.state === 'CompleteCommit' || current.state === 'CompleteAbort')
    return bumpRetry || overflowRetry || producerEpoch === current.producerEpoch;
  return producerEpoch === current.producerEpoch;
}

/** prepareAbortOrCommit: the markers will carry the next epoch. Where that is the last one, another producer id goes on from 0 (KAFKA-20090). */
function prepareEnd(
  metadata: TransactionMetadata,
  result: EndRequest['result'],
  { nowMs, newProducerId }: CoordinatorSurroundings,
): CoordinatorDecision {
  const { current } = metadata;
  metadata.pending = null;
  prepareTransition(metadata, {
    state: result === 'COMMIT' ? 'PrepareCommit' : 'PrepareAbort',
    producerEpoch: current.producerEpoch + 1,
    lastProducerEpoch: current.producerEpoch,
    nextProducerId: isEpochExhausted(current.producerEpoch) ? newProducerId() : -1,
    // Aborted without a partition, a transaction has no beginning, but it needs one.
    startMs: current.state === 'Ongoing' ? current.startMs : nowMs,
    lastUpdateMs: nowMs,
  });
  return toWrite;
}

/** prepareComplete: what is written when all markers are there. Pending from the moment the end is decided. Returns what the producer goes on with. */
export function prepareComplete(metadata: TransactionMetadata, nowMs: number): ProducerIdAndEpoch {
  const { state, nextProducerId, producerId, producerEpoch } = metadata.current;
  const rotates = nextProducerId >= 0;
  return prepareTransition(metadata, {
    state: state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    producerId: rotates ? nextProducerId : producerId,
    producerEpoch: rotates ? 0 : producerEpoch,
    nextProducerId: -1,
    partitions: [],
    lastUpdateMs: nowMs,
  });
}

/** Whether a transaction is open for longer than its timeout allows (TransactionStateManager.timedOutTransactions). A timeout of 2^31 - 1 is none. */
export function isTimedOut({ current, pending }: TransactionMetadata, nowMs: number): boolean {
  return (
    pending === null && current.state === 'Ongoing' && current.timeoutMs < 2_147_483_647 && current.startMs + current.timeoutMs < nowMs
  );
}
