/**
 * Appends of batches with a producer id and of transaction markers, in UnifiedLog.append's order: roll first, then the producer's checks, then the
 * records, then what is remembered of the producer.
 */
import { appendedTimestampMs, segmentFor, writeBatch } from './append.ts';
import { createColumns } from './columns.ts';
import type { BatchToAppend, PartitionLog } from './logState.ts';
import { BatchMarker } from './logState.ts';
import type { AppendOrigin, ProducerErrorCode, TransactionMarker } from './producerAppend.ts';
import type { ProducerEntry, RememberedBatch } from './producerEntry.ts';
import { rememberNext } from './producerEntry.ts';
import type { AppendValidation, ProducerStates } from './producerStates.ts';
import { applyAppend, createProducerStates, validateAppend } from './producerStates.ts';
import { BatchAttribute } from './recordBatch.ts';
import { batchHeaderBytes, noHeadersBytes, recordSizeBytes } from './recordSize.ts';
import { appendAborted } from './transactionIndex.ts';

/** What became of an append. Valid until the next append to any log: the object is used again. */
export type AppendOutcome =
  | { readonly outcome: 'appended'; readonly baseOffset: number }
  | { readonly outcome: 'duplicate'; readonly baseOffset: number; readonly lastOffset: number }
  | { readonly outcome: 'error'; readonly error: ProducerErrorCode; readonly reason: string };

export interface ProducerAppendOptions {
  readonly origin: AppendOrigin;
  /** `transaction.partition.verification.enable`. */
  readonly verifyTransactions: boolean;
  /** Guard the request got from `startVerification`; 0 for none. */
  readonly guard: number;
}

/** The marker that ends a transaction. `transactionVersion` as in `TransactionMarker`. */
export interface MarkerToAppend extends TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
}

const appended = { outcome: 'appended' as const, baseOffset: 0 };
const duplicate = { outcome: 'duplicate' as const, baseOffset: 0, lastOffset: 0 };
const coordinatorOptions: ProducerAppendOptions = { origin: 'coordinator', verifyTransactions: false, guard: 0 };

/**
 * Appends one batch with a producer id: one that was appended before is told with its first offsets, one that breaks the producer's order is refused.
 * The usual case, the next sequence of a producer that is known, allocates nothing.
 */
export function appendProducerBatch(log: PartitionLog, batch: BatchToAppend, nowUs: number, options: ProducerAppendOptions): AppendOutcome {
  const plainOffset = options.origin === 'client' ? appendPlainNext(log, batch, nowUs) : -1;
  if (plainOffset >= 0) {
    appended.baseOffset = plainOffset;
    return appended;
  }
  const states = (log.producers ??= createProducerStates(log.logEndOffset));
  const maxTimestampMs = appendedTimestampMs(log, batch, nowUs);
  const segment = segmentFor(log, batch, maxTimestampMs, nowUs);
  const validation = validateAppend(states, [checkedBatch(log, batch, maxTimestampMs)], options);
  if (validation.outcome === 'duplicate') return duplicateOf(validation.batch);
  if (validation.outcome === 'error') return validation;
  appended.baseOffset = writeBatch(log, segment, batch, maxTimestampMs, nowUs);
  applyToLog(log, states, validation);
  return appended;
}

/** The usual case of it by itself: the base offset of a batch that is its producer's next one, -1 for any other, which is not appended. */
export function appendPlainNext(log: PartitionLog, batch: BatchToAppend, nowUs: number): number {
  const states = log.producers;
  if (states === null) return -1;
  const entry = entryOf(states, batch.producerId);
  if (entry === undefined || !isPlainNext(states, entry, batch)) return -1;
  const maxTimestampMs = appendedTimestampMs(log, batch, nowUs);
  const baseOffset = writeBatch(log, segmentFor(log, batch, maxTimestampMs, nowUs), batch, maxTimestampMs, nowUs);
  entry.lastTimestampMs = maxTimestampMs;
  rememberNext(entry, batch.baseSequence, baseOffset, batch.count);
  states.endOffset = log.logEndOffset;
  return baseOffset;
}

function entryOf(states: ProducerStates, producerId: number): ProducerEntry | undefined {
  if (states.latest !== null && states.latest.producerId === producerId) return states.latest;
  const entry = states.producers.get(producerId);
  if (entry !== undefined) states.latest = entry;
  return entry;
}

/** Whether a batch is its producer's next one, in its epoch, within the transaction that is open or without any: then there is nothing else to check. */
function isPlainNext(states: ProducerStates, entry: ProducerEntry, batch: BatchToAppend): boolean {
  if (states.isPlain === false && states.verifications.size > 0) return false;
  if (batch.producerEpoch !== entry.producerEpoch) return false;
  const isTransactional = (batch.attributes & BatchAttribute.transactional) !== 0;
  if (isTransactional !== entry.transactionFirstOffset >= 0) return false;
  return entry.lastSequence >= 0 && batch.baseSequence === entry.lastSequence + 1;
}

function checkedBatch(log: PartitionLog, batch: BatchToAppend, maxTimestampMs: number) {
  const { producerId, producerEpoch, baseSequence, attributes, count } = batch;
  const baseOffset = log.logEndOffset;
  const isTransactional = (attributes & BatchAttribute.transactional) !== 0;
  const lastOffset = baseOffset + count - 1;
  return { producerId, producerEpoch, baseSequence, baseOffset, lastOffset, maxTimestampMs, isTransactional, control: null };
}

function duplicateOf({ lastOffset, offsetDelta }: RememberedBatch): AppendOutcome {
  duplicate.baseOffset = lastOffset - offsetDelta;
  duplicate.lastOffset = lastOffset;
  return duplicate;
}

/** Takes a validated append into the producers' state, and the transactions it aborts into the active segment's index. */
export function applyToLog(log: PartitionLog, states: ProducerStates, validation: Extract<AppendValidation, { outcome: 'append' }>): void {
  const segment = log.segments[log.segments.length - 1];
  for (const aborted of applyAppend(states, validation, log.logEndOffset)) {
    segment.transactionIndex = appendAborted(segment.transactionIndex, aborted);
  }
}

/** Size of a batch with one marker (EndTransactionMarker): a key of 4 bytes and a value of 6. */
export const markerBatchBytes =
  batchHeaderBytes + recordSizeBytes({ offsetDelta: 0, timestampDeltaMs: 0, keySize: 4, valueSize: 6, headersSize: noHeadersBytes });

/**
 * Appends the marker that ends a producer's transaction: a batch of its own with one record (key -1, path -1, 6 bytes), so that offsets stay dense. It is refused
 * as Kafka does: INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED.
 */
export function appendMarker(log: PartitionLog, marker: MarkerToAppend, nowUs: number): AppendOutcome {
  const states = (log.producers ??= createProducerStates(log.logEndOffset));
  const timestampMs = Math.floor(nowUs / 1000);
  const batch = markerBatch(marker, timestampMs, nowUs);
  const segment = segmentFor(log, batch, timestampMs, nowUs);
  const checked = { ...checkedBatch(log, batch, timestampMs), control: marker };
  const validation = validateAppend(states, [checked], coordinatorOptions);
  if (validation.outcome === 'error') return validation;
  if (validation.outcome === 'duplicate') return duplicateOf(validation.batch);
  appended.baseOffset = writeBatch(log, segment, batch, timestampMs, nowUs);
  noteMarker(log, marker.type === 'COMMIT' ? BatchMarker.commit : BatchMarker.abort, marker.coordinatorEpoch);
  applyToLog(log, states, validation);
  return appended;
}

function markerBatch({ producerId, producerEpoch }: MarkerToAppend, timestampMs: number, nowUs: number): BatchToAppend {
  const columns = createColumns(1);
  columns.timestampUs[0] = timestampMs * 1000;
  columns.sentUs[0] = nowUs;
  columns.key[0] = -1;
  columns.size[0] = 6;
  columns.path[0] = -1;
  return {
    columns,
    from: 0,
    count: 1,
    storedBytes: markerBatchBytes,
    baseTimestampMs: timestampMs,
    maxTimestampMs: timestampMs,
    attributes: BatchAttribute.transactional | BatchAttribute.control,
    producerId,
    producerEpoch,
    baseSequence: -1,
  };
}

/** Stamps the batch that was written last as a marker: one of `BatchMarker`. */
export function noteMarker(log: PartitionLog, marker: number, coordinatorEpoch: number): void {
  const block = log.blocks[log.blocks.length - 1];
  const producers = block.batches!.producers!;
  const index = block.batchCount - 1;
  producers.marker[index] = marker;
  producers.coordinatorEpoch[index] = coordinatorEpoch;
  block.controlRecords++;
  log.controlRecords++;
}
