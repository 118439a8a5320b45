/** What a client makes of the batches of a fetch answer: markers are never handed out, nor, under `read_committed`, aborted records (CompletedFetch). */
import type { AbortedStart } from './transactionIndex.ts';

export type IsolationLevel = 'read_uncommitted' | 'read_committed';

/** A batch as far as the filter looks at it. Without a producer its id is -1. */
export interface FetchedBatch {
  readonly lastOffset: number;
  readonly producerId: number;
  readonly isTransactional: boolean;
  /** null: data. 'emptied': a control batch without its marker. */
  readonly control: 'COMMIT' | 'ABORT' | 'emptied' | null;
}

/** Where a client stands in the aborted transactions of one answer. */
export interface AbortedFilter {
  /** By first offset; those from `next` on have not begun yet. */
  readonly starts: readonly AbortedStart[];
  next: number;
  /** Producers whose transaction, at the present batch, will be aborted. */
  readonly aborted: Set<number>;
}

/** The filter of one answer, for its first batch. */
export function createAbortedFilter(starts: readonly AbortedStart[]): AbortedFilter {
  return { starts: [...starts].sort((a, b) => a.firstOffset - b.firstOffset), next: 0, aborted: new Set() };
}

/** Whether the application is given the records of `batch`, the next one of the answer. The position moves past it in any case. */
export function isDelivered(filter: AbortedFilter, batch: FetchedBatch, isolation: IsolationLevel): boolean {
  if (isolation === 'read_uncommitted' || batch.producerId < 0) return batch.control === null;
  const { starts, aborted } = filter;
  while (filter.next < starts.length && starts[filter.next].firstOffset <= batch.lastOffset) aborted.add(starts[filter.next++].producerId);
  if (batch.control === 'ABORT') aborted.delete(batch.producerId);
  return batch.control === null && !(batch.isTransactional && aborted.has(batch.producerId));
}
