/** Which transactions the cleaner is in the middle of as it reads a log, and whether their markers may go (CleanedTransactionMetadata). */
import { BatchAttribute } from '../recordBatch.ts';
import type { AbortedTransaction } from '../transactionIndex.ts';
import type { CleanerBatch } from './cleanerBatch.ts';

export interface CleanedTransactions {
  /** Producers of which batches of a committed transaction were read. */
  readonly committed: Set<number>;
  /** Aborted transactions being read, by producer, and whether a batch of theirs was. */
  readonly aborted: Map<number, { readonly transaction: AbortedTransaction; hasBatch: boolean }>;
  /** Aborted transactions still to come, by first offset. */
  upcoming: readonly AbortedTransaction[];
}

export function createCleanedTransactions(): CleanedTransactions {
  return { committed: new Set(), aborted: new Map(), upcoming: [] };
}

/** Makes aborted transactions of a range known before it is read. One may be told more than once. */
export function announceAborted(state: CleanedTransactions, transactions: readonly AbortedTransaction[]): void {
  if (transactions.length === 0) return;
  state.upcoming = [...state.upcoming, ...transactions].sort((a, b) => a.firstOffset - b.firstOffset);
}

function beginAbortedUpTo(state: CleanedTransactions, offset: number): void {
  let count = 0;
  while (count < state.upcoming.length && state.upcoming[count].firstOffset <= offset) {
    const transaction = state.upcoming[count++];
    if (!state.aborted.has(transaction.producerId)) state.aborted.set(transaction.producerId, { transaction, hasBatch: false });
  }
  if (count > 0) state.upcoming = state.upcoming.slice(count);
}

/** Takes note of a batch of data. Returns whether it belongs to an aborted transaction, so that its records may go at once. */
export function readDataBatch(state: CleanedTransactions, batch: CleanerBatch): boolean {
  beginAbortedUpTo(state, batch.lastOffset);
  if ((batch.attributes & BatchAttribute.transactional) === 0) return false;
  const ongoing = state.aborted.get(batch.producerId);
  if (ongoing === undefined) {
    state.committed.add(batch.producerId);
    return false;
  }
  ongoing.hasBatch = true;
  return true;
}

/** What becomes of a marker: whether nothing of its transaction is left, and the index entry that has to stay with it if not. */
export interface MarkerVerdict {
  readonly isTransactionEmpty: boolean;
  readonly indexEntry: AbortedTransaction | null;
}

/** Takes note of a control batch, which ends the transaction of its producer. An emptied one has been cleaned before. */
export function readControlBatch(state: CleanedTransactions, batch: CleanerBatch): MarkerVerdict {
  beginAbortedUpTo(state, batch.lastOffset);
  const { marker, producerId } = batch;
  switch (marker) {
    case null:
      return { isTransactionEmpty: true, indexEntry: null };
    case 'COMMIT':
      return { isTransactionEmpty: !state.committed.delete(producerId), indexEntry: null };
    case 'ABORT': {
      const ongoing = state.aborted.get(producerId);
      state.aborted.delete(producerId);
      const indexEntry = ongoing?.hasBatch === true ? ongoing.transaction : null;
      return { isTransactionEmpty: indexEntry === null, indexEntry };
    }
  }
}
