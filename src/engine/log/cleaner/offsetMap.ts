/** The latest offset of each key in the dirty part of a log (OffsetMap, Cleaner.buildOffsetMap). */
import { BatchAttribute } from '../recordBatch.ts';
import type { AbortedTransaction } from '../transactionIndex.ts';
import type { CleanedTransactions } from './cleanedTransactions.ts';
import { announceAborted, createCleanedTransactions, readControlBatch, readDataBatch } from './cleanedTransactions.ts';
import type { SegmentToClean } from './cleanerBatch.ts';
import { recordOffset } from './cleanerBatch.ts';

export interface OffsetMap {
  /** Keys it takes. With that many it is full at the next record, known key or not, and the rest of the log stays dirty. */
  readonly keysMax: number;
  /** Latest offset by key id. */
  readonly offsets: Map<number, number>;
  /** Offset up to which the log is in the map; -1 before the first. */
  latestOffset: number;
  /** What was read to fill it. */
  bytesRead: number;
  recordsRead: number;
}

/** An empty map. With a latest offset it says of everything up to there that nothing newer follows. */
export function createOffsetMap(keysMax = Infinity, latestOffset = -1): OffsetMap {
  return { keysMax, offsets: new Map(), latestOffset, bytesRead: 0, recordsRead: 0 };
}

/** Keys that fit `log.cleaner.dedupe.buffer.size` shared by `log.cleaner.threads`, filled up to `log.cleaner.io.buffer.load.factor`. */
export function offsetMapKeysMax(dedupeBufferBytes: number, threads: number, loadFactor: number): number {
  const bytes = Math.min(Math.floor(dedupeBufferBytes / threads), 2147483647);
  return Math.floor(Math.floor(bytes / 24) * loadFactor);
}

/**
 * Fills the map from the dirty segments, given oldest first, with records from `fromOffset` on. Records of aborted transactions do not count.
 * Each segment is covered to the beginning of the next one, the last to `endOffset`, unless the map is full before.
 */
export function fillOffsetMap(
  map: OffsetMap,
  dirty: readonly SegmentToClean[],
  range: { readonly fromOffset: number; readonly endOffset: number },
  aborted: readonly AbortedTransaction[],
): void {
  const transactions = createCleanedTransactions();
  announceAborted(transactions, aborted);
  for (const [i, segment] of dirty.entries()) {
    if (!fillFromSegment(map, segment, range.fromOffset, transactions)) return;
    const next = i + 1 < dirty.length ? dirty[i + 1].segment.baseOffset : range.endOffset;
    map.latestOffset = next - 1;
  }
}

/** Returns whether all of the segment went into the map. Kafka starts at an index entry before the offset; here the whole segment is read. */
function fillFromSegment(map: OffsetMap, { batches }: SegmentToClean, fromOffset: number, transactions: CleanedTransactions): boolean {
  for (const batch of batches) {
    const isControl = (batch.attributes & BatchAttribute.control) !== 0;
    if (isControl) readControlBatch(transactions, batch);
    else if (!readDataBatch(transactions, batch)) {
      const end = batch.firstRecord + batch.recordCount;
      for (let i = batch.firstRecord; i < end; i++) {
        const offset = recordOffset(batch, i);
        const key = batch.records.key[i];
        if (key < 0 || offset < fromOffset) continue;
        if (map.offsets.size >= map.keysMax) return false;
        map.offsets.set(key, offset);
        map.latestOffset = offset;
      }
    }
    map.recordsRead += batch.recordCount;
    map.bytesRead += batch.sizeBytes;
    if (batch.lastOffset >= fromOffset) map.latestOffset = batch.lastOffset;
  }
  return true;
}
