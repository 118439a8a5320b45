/** What of one batch stays (Cleaner.cleanInto's record filter, MemoryRecords.filterTo). */
import type { ProducerEntry } from '../producerEntry.ts';
import { lastDataOffsetOf } from '../producerEntry.ts';
import { BatchAttribute } from '../recordBatch.ts';
import { batchHeaderBytes } from '../recordSize.ts';
import type { AbortedTransaction } from '../transactionIndex.ts';
import type { CleanedTransactions } from './cleanedTransactions.ts';
import { readControlBatch, readDataBatch } from './cleanedTransactions.ts';
import type { CleanerBatch } from './cleanerBatch.ts';
import { deleteHorizonMs, recordOffset, recordTimestampMs } from './cleanerBatch.ts';
import type { OffsetMap } from './offsetMap.ts';

/** A batch that is written anew: which records it keeps (indexes into its columns), and the base of their timestamps. */
export interface RebuiltBatch {
  readonly source: CleanerBatch;
  readonly kept: readonly number[];
  readonly baseTimestampMs: number;
}

/** A batch after cleaning: header fields that differ from its source's, and the records kept. */
export interface CleanedBatch {
  readonly source: CleanerBatch;
  /** Indexes into the source's columns; null: the batch stays as it is. Empty: only its header stays. */
  readonly kept: readonly number[] | null;
  readonly attributes: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly sizeBytes: number;
}

/** What a cleaning goes by. */
export interface CleaningContext {
  readonly nowMs: number;
  /** `delete.retention.ms` */
  readonly deleteRetentionMs: number;
  readonly offsetMap: OffsetMap;
  /** What the log knows of its producers: of those the last batch stays, be it empty. */
  readonly producers: ReadonlyMap<number, ProducerEntry>;
  /** Offset before which this cleaning ends; the batch that ends there stays, be it empty. */
  readonly firstUncleanableOffset: number;
  /** Size in bytes of a batch written anew, header included. */
  readonly batchBytes: (batch: RebuiltBatch) => number;
}

/** What became of a batch. */
export interface BatchOutcome {
  /** null: nothing of it stays. */
  readonly cleaned: CleanedBatch | null;
  readonly recordsRead: number;
  /** Index entry that stays with an abort marker whose transaction still has batches. */
  readonly indexEntry: AbortedTransaction | null;
}

/** Cleans the next batch of the log. `transactions` must have seen all batches before it. */
export function cleanBatch(batch: CleanerBatch, transactions: CleanedTransactions, context: CleaningContext): BatchOutcome {
  const isControl = (batch.attributes & BatchAttribute.control) !== 0;
  const horizonMs = deleteHorizonMs(batch);
  let isMarkerOfEmpty = false;
  let discardRecords: boolean;
  let indexEntry: AbortedTransaction | null = null;
  if (isControl) {
    const verdict = readControlBatch(transactions, batch);
    isMarkerOfEmpty = verdict.isTransactionEmpty;
    indexEntry = verdict.indexEntry;
    // A marker stays for as long as a tombstone would: a reader within the transaction has that time to come past it.
    discardRecords = isMarkerOfEmpty && horizonMs >= 0 && horizonMs <= context.nowMs;
  } else discardRecords = readDataBatch(transactions, batch);
  const staysEmpty = holdsLastOfProducer(batch, isControl, context) || batch.lastOffset + 1 === context.firstUncleanableOffset;
  if (discardRecords && !staysEmpty) return { cleaned: null, recordsRead: 0, indexEntry };

  const kept = discardRecords ? [] : keptRecords(batch, isControl, horizonMs, context);
  if (kept.length > 0) return { cleaned: rewrite(batch, kept, isMarkerOfEmpty, context), recordsRead: batch.recordCount, indexEntry };
  return { cleaned: staysEmpty ? emptied(batch) : null, recordsRead: batch.recordCount, indexEntry };
}

/** The last sequence of a producer must not be lost; nor its epoch, where only a marker tells it. */
function holdsLastOfProducer(batch: CleanerBatch, isControl: boolean, { producers }: CleaningContext): boolean {
  const entry = batch.producerId < 0 ? undefined : producers.get(batch.producerId);
  if (entry === undefined) return false;
  const lastDataOffset = lastDataOffsetOf(entry);
  return lastDataOffset >= 0 ? batch.lastOffset === lastDataOffset : isControl && batch.producerEpoch === entry.producerEpoch;
}

/** Records that no newer one of their key replaces. Tombstones among them stay until the batch's delete horizon; records without a key go. */
function keptRecords(batch: CleanerBatch, isControl: boolean, horizonMs: number, { offsetMap, nowMs }: CleaningContext): number[] {
  const { key, size } = batch.records;
  const kept: number[] = [];
  const end = batch.firstRecord + batch.recordCount;
  for (let i = batch.firstRecord; i < end; i++) {
    const offset = recordOffset(batch, i);
    if (isControl || offset > offsetMap.latestOffset) {
      kept.push(i);
      continue;
    }
    if (key[i] < 0 || offset < (offsetMap.offsets.get(key[i]) ?? -1)) continue;
    if (size[i] >= 0 || horizonMs < 0 || nowMs < horizonMs) kept.push(i);
  }
  return kept;
}

/** The batch with the records kept. What holds a tombstone, or the marker of an empty transaction, for the first time gets its delete horizon now. */
function rewrite(batch: CleanerBatch, kept: readonly number[], isMarkerOfEmpty: boolean, context: CleaningContext): CleanedBatch {
  const { records, attributes } = batch;
  const isControl = (attributes & BatchAttribute.control) !== 0;
  let horizonMs = deleteHorizonMs(batch);
  const setsHorizon = horizonMs < 0 && (isMarkerOfEmpty || (!isControl && kept.some((i) => records.size[i] < 0)));
  if (kept.length === batch.recordCount && !setsHorizon) {
    const { baseTimestampMs, maxTimestampMs, sizeBytes } = batch;
    return { source: batch, kept: null, attributes, baseTimestampMs, maxTimestampMs, sizeBytes };
  }
  if (setsHorizon) horizonMs = context.nowMs + context.deleteRetentionMs;
  // The horizon takes the place of the base timestamp, and the timestamps of the records are written relative to it (KIP-534).
  const baseTimestampMs = horizonMs >= 0 ? horizonMs : recordTimestampMs(batch, kept[0]);
  return {
    source: batch,
    kept,
    attributes: horizonMs >= 0 ? attributes | BatchAttribute.deleteHorizon : attributes,
    baseTimestampMs,
    maxTimestampMs: kept.reduce((max, i) => Math.max(max, recordTimestampMs(batch, i)), -1),
    sizeBytes: context.batchBytes({ source: batch, kept, baseTimestampMs }),
  };
}

/** Only the header, with offsets, epochs and sequences: neither compressed nor with a delete horizon. */
function emptied(batch: CleanerBatch): CleanedBatch {
  const attributes = batch.attributes & ~(BatchAttribute.compressionMask | BatchAttribute.deleteHorizon);
  const { maxTimestampMs } = batch;
  return { source: batch, kept: [], attributes, baseTimestampMs: -1, maxTimestampMs, sizeBytes: batchHeaderBytes };
}
