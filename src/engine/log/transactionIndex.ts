/**
 * The index of aborted transactions that each segment keeps (TransactionIndex): entries in the order of their markers, which lie in the
 * segment. It tells a `read_committed` reader whose records to leave out, and the cleaner which to drop.
 */
import { createByteSink, reserve, setInt64, writtenBytes } from './byteSink.ts';

/** An aborted transaction (AbortedTxn): from its first record to its marker, and where reading could go on when the marker was written. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly lastStableOffset: number;
}

/** One segment's index, in order of last offsets. */
export type TransactionIndex = readonly AbortedTransaction[];

/** What a fetch answer tells its reader of one aborted transaction. */
export type AbortedStart = Pick<AbortedTransaction, 'producerId' | 'firstOffset'>;

/** The index with one more entry; its marker must lie after all others (TransactionIndex.append). */
export function appendAborted(index: TransactionIndex, aborted: AbortedTransaction): TransactionIndex {
  const last = index.at(-1);
  if (last !== undefined && last.lastOffset >= aborted.lastOffset) {
    throw new Error(`log: the transaction index goes up to offset ${last.lastOffset}, so it cannot take a marker at ${aborted.lastOffset}`);
  }
  return [...index, aborted];
}

/** The index without transactions whose markers are cut off at `offset` (TransactionIndex.truncateTo). */
export function truncateTransactionIndex(index: TransactionIndex, offset: number): TransactionIndex {
  const count = index.findIndex(({ lastOffset }) => lastOffset >= offset);
  return count < 0 ? index : index.slice(0, count);
}

/**
 * Aborted transactions that overlap [fetchOffset, upperBoundOffset), from the indexes of the segment that holds the fetch offset and the
 * ones after it. The search ends at the first entry after which nothing below the upper bound was undecided (LocalLog.collectAbortedTransactions).
 */
export function collectAborted(indexes: Iterable<TransactionIndex>, fetchOffset: number, upperBoundOffset: number): AbortedTransaction[] {
  const found: AbortedTransaction[] = [];
  for (const index of indexes) {
    for (const aborted of index) {
      if (aborted.lastOffset >= fetchOffset && aborted.firstOffset < upperBoundOffset) found.push(aborted);
      if (aborted.lastStableOffset >= upperBoundOffset) return found;
    }
  }
  return found;
}

/** Bytes of a `.txnindex` file: entries of 34 bytes, version 0. */
export function transactionIndexFile(index: TransactionIndex): Uint8Array<ArrayBuffer> {
  const sink = createByteSink(index.length * 34);
  for (const { producerId, firstOffset, lastOffset, lastStableOffset } of index) {
    reserve(sink, 34);
    const at = sink.position;
    sink.view.setInt16(at, 0);
    setInt64(sink.view, at + 2, producerId);
    setInt64(sink.view, at + 10, firstOffset);
    setInt64(sink.view, at + 18, lastOffset);
    setInt64(sink.view, at + 26, lastStableOffset);
    sink.position = at + 34;
  }
  return writtenBytes(sink);
}
