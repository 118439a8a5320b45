/** What the tests of compaction in a real log share: keyed batches, transactions, rolls, cleanings, and what a reader gets. */
import { rollSegment } from './append.ts';
import { appendMarker, appendProducerBatch } from './appendProducer.ts';
import type { RecordPartSizes } from './cleaner/cleanedContents.ts';
import type { LogCleaningOptions, LogCleaningResult } from './cleaning.ts';
import { cleanPartitionLog, planLogCleaning } from './cleaning.ts';
import { createColumns } from './columns.ts';
import type { PartitionLog } from './logState.ts';
import { noProducer } from './logState.ts';
import type { IsolationLevel } from './readCommitted.ts';
import { appendBatch, createFetchedRecords, lastStableOffsetOf, raiseHighWatermark, readBatches } from './partitionLog.ts';
import { BatchAttribute } from './recordBatch.ts';
import { batchHeaderBytes, recordSizeBytes } from './recordSize.ts';

/** Keys of 4 bytes, no headers. */
export const fourByteKeys: RecordPartSizes = (records, index) => ({ keySize: records.key[index] < 0 ? -1 : 4, headersSize: 1 });

/** One batch in short: keys (a negative one, as -3, is a tombstone of key 3), and whose it is. */
export interface KeyedBatch {
  readonly keys: readonly number[];
  readonly atMs?: number;
  /** Transactional, epoch 0. */
  readonly producerId?: number;
  readonly sequence?: number;
}

/** Appends one batch of values of 20 bytes and raises the high watermark to the end. */
export function appendKeyed(log: PartitionLog, { keys, atMs = 1000, producerId = -1, sequence = 0 }: KeyedBatch): void {
  const count = keys.length;
  const columns = createColumns(count);
  let sizeBytes = batchHeaderBytes;
  for (const [i, key] of keys.entries()) {
    columns.timestampUs[i] = atMs * 1000;
    columns.sentUs[i] = (log.logEndOffset + i) * 1000;
    columns.key[i] = Math.abs(key);
    columns.size[i] = key < 0 ? -1 : 20;
    columns.sequence[i] = log.logEndOffset + i;
    sizeBytes += recordSizeBytes({ offsetDelta: i, timestampDeltaMs: 0, keySize: 4, valueSize: columns.size[i], headersSize: 1 });
  }
  const batch = { columns, from: 0, count, storedBytes: sizeBytes, baseTimestampMs: atMs, maxTimestampMs: atMs };
  if (producerId < 0) appendBatch(log, { ...batch, ...noProducer }, atMs * 1000);
  else {
    const transactional = { ...batch, attributes: BatchAttribute.transactional, producerId, producerEpoch: 0, baseSequence: sequence };
    const outcome = appendProducerBatch(log, transactional, atMs * 1000, { origin: 'client', verifyTransactions: false, guard: 0 });
    if (outcome.outcome !== 'appended') throw new Error(`the batch was not appended: ${JSON.stringify(outcome)}`);
  }
  raiseHighWatermark(log, log.logEndOffset);
}

/** Ends the transaction of a producer. */
export function endTransaction(log: PartitionLog, producerId: number, type: 'COMMIT' | 'ABORT', atMs = 1000): void {
  const outcome = appendMarker(log, { producerId, producerEpoch: 0, type, coordinatorEpoch: 0, transactionVersion: 1 }, atMs * 1000);
  if (outcome.outcome !== 'appended') throw new Error(`the marker was not appended: ${JSON.stringify(outcome)}`);
  raiseHighWatermark(log, log.logEndOffset);
}

/** Closes the active segment. */
export function roll(log: PartitionLog, atMs = 1000): void {
  rollSegment(log, atMs * 1000);
}

/** Cleans all that may be cleaned. */
export function cleanAll(log: PartitionLog, options: Partial<LogCleaningOptions> = {}): LogCleaningResult {
  const { nowMs = 5000, keysMax = Infinity, partsOf = fourByteKeys } = options;
  return cleanPartitionLog(log, planLogCleaning(log, nowMs), { nowMs, keysMax, partsOf });
}

/** Records of the log as `offset:key`, a tombstone with `-`, as a client reads them from `from` on; and where it stands then. */
export function readAll(
  log: PartitionLog,
  options: { readonly from?: number; readonly isolation?: IsolationLevel; readonly maxRecords?: number } = {},
): { records: string[]; position: number } {
  const { isolation = 'read_uncommitted', maxRecords = 1e9 } = options;
  const limit = isolation === 'read_committed' ? lastStableOffsetOf(log) : log.highWatermark;
  const records: string[] = [];
  let position = options.from ?? log.logStartOffset;
  const fetched = createFetchedRecords(0);
  while (position < limit) {
    readBatches(log, { offset: position, limit, maxBytes: 200, maxRecords, atLeastOne: true, isolation }, fetched);
    for (let i = 0; i < fetched.count; i++) {
      const offset = fetched.offsets === null ? fetched.baseOffset + i : fetched.offsets[i];
      records.push(`${offset}:${fetched.columns.size[i] < 0 ? '-' : ''}${fetched.columns.key[i]}`);
    }
    if (fetched.nextOffset <= position) throw new Error(`the reader stands still at ${position}, the end is ${limit}`);
    position = fetched.nextOffset;
  }
  return { records, position };
}
