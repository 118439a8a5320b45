import type { ProducerBatch } from '../broker/produceRequest.ts';
import { createColumns, growColumns, type RecordColumns } from '../log/columns.ts';
import { estimatedBytes } from './compression.ts';
import { batchHeaderBytes, recordBytes } from './recordSize.ts';

/** A batch while the accumulator owns it: open for records, waiting, or in flight. */
export interface AccumulatorBatch extends ProducerBatch {
  /** The accumulator's own number of the partition. */
  local: number;
  /** Size the batch may grow to: `batch.size`, or what its first record was estimated at. */
  writeLimitBytes: number;
  /** Memory taken from the pool. */
  bufferBytes: number;
  /** When it was closed for records because one did not fit; Infinity while it is open. */
  closedUs: number;
  /** `writeLimitBytes` while it is open, 0 once it is closed: one number to look at for both. */
  roomBytes: number;
  /** Order-independent sum over its records' key hashes and sequences, for the trace. */
  keySum: number;
  /** Not sent again before; 0 for a batch that was never sent. */
  retryAtUs: number;
  /** Broker it was sent to last, -1 before: when another one leads by now, nothing is waited for. */
  triedBroker: number;
  /** Newest leader epoch that a refusing broker has told of; -1 before. */
  heardEpoch: number;
  /** Its records are accounted for although its request is unanswered: `delivery.timeout.ms` was over. */
  expired: boolean;
  /** Came of a batch that was too large. */
  isSplit: boolean;
  /** Estimated compressed part of its records while it is open; -1 without compression, and once it is closed for sending. */
  ratio: number;
  /** What it was before it was compressed; 0 before it leaves the accumulator, and for a producer that compresses nothing. */
  plainBytes: number;
}

/** One record to append. Filled in and handed over, never kept: the accumulator copies it into the batch's columns. */
export interface RecordToAppend {
  timestampUs: number;
  sentUs: number;
  /** Id of the key, -1 is null. */
  key: number;
  /** `keyHash`, -1 for the null key: what the partition follows from. */
  hash: number;
  size: number;
  /** `payloadBytes` of key and value. */
  payload: number;
  sequence: number;
  path: number;
}

export function createRecordToAppend(): RecordToAppend {
  return { timestampUs: 0.5, sentUs: 0.5, key: -1, hash: -1, size: 0, payload: 0, sequence: 0, path: 0 };
}

/** An empty batch, new or from the spare ones. `constantPath` is the path all records of this producer carry, -1 when they differ. */
export function openBatch(
  spare: AccumulatorBatch[],
  local: number,
  partition: number,
  bufferBytes: number,
  createdUs: number,
  constantPath: number,
): AccumulatorBatch {
  const batch = spare.pop() ?? newBatch(constantPath);
  batch.local = local;
  batch.partition = partition;
  batch.bufferBytes = bufferBytes;
  batch.writeLimitBytes = bufferBytes;
  batch.createdUs = createdUs;
  batch.count = 0;
  batch.sizeBytes = batchHeaderBytes;
  batch.closedUs = Infinity;
  batch.roomBytes = bufferBytes;
  batch.keySum = 0;
  batch.attributes = 0;
  batch.producerId = -1;
  batch.producerEpoch = -1;
  batch.baseSequence = -1;
  batch.attempts = 0;
  batch.retryAtUs = 0;
  batch.triedBroker = -1;
  batch.heardEpoch = -1;
  batch.expired = false;
  batch.isSplit = false;
  batch.ratio = -1;
  batch.plainBytes = 0;
  batch.isWritten = false;
  batch.fate = null;
  batch.handlerUs = 0;
  batch.baseTimestampMs = 0;
  batch.maxTimestampMs = 0;
  return batch;
}

function newBatch(constantPath: number): AccumulatorBatch {
  const columns = createColumns(16);
  if (constantPath >= 0) makeOfSource(columns, 0, constantPath);
  return {
    partition: 0,
    count: 0,
    sizeBytes: 0,
    createdUs: 0,
    baseTimestampMs: 0,
    maxTimestampMs: 0,
    columns,
    from: 0,
    attributes: 0,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    attempts: 0,
    retryAtUs: 0.5,
    triedBroker: -1,
    heardEpoch: -1,
    expired: false,
    isSplit: false,
    ratio: -0.5,
    plainBytes: 0,
    isWritten: false,
    fate: null,
    storedBytes: 0,
    handlerUs: 0.5,
    local: 0,
    writeLimitBytes: 0,
    bufferBytes: 0,
    closedUs: Infinity,
    roomBytes: 0,
    keySum: 0,
  };
}

/** Columns of a source's records from `from` on: all have its path, and each is sent when it is made, so that one array serves for both times. */
function makeOfSource(columns: RecordColumns, from: number, path: number): void {
  columns.path.fill(path, from);
  columns.sentUs = columns.timestampUs;
}

/** Doubles the room for records of a batch. */
export function growBatch(batch: AccumulatorBatch, constantPath: number): void {
  batch.columns = growColumns(batch.columns, batch.count, batch.columns.capacity + 1);
  if (constantPath >= 0) makeOfSource(batch.columns, batch.count, constantPath);
}

/** `MemoryRecordsBuilder.isFull`: closed for records, or no byte left. */
export function isBatchFull(batch: AccumulatorBatch): boolean {
  return batch.closedUs !== Infinity || (batch.count > 0 && batch.writeLimitBytes <= estimatedBytes(batch));
}

/** A record's part of `keySum`. */
export function keySumPart(hash: number, sequence: number): number {
  return Math.imul(hash ^ Math.imul(sequence, 0x9e3779b1), 0x85ebca6b);
}

/** `ProducerBatch.tryAppend`: bytes the batch grew by, or 0 when there is no room for the record. The first record always fits. */
export function appendToBatch(batch: AccumulatorBatch, record: RecordToAppend, constantPath: number): number {
  const count = batch.count;
  const timestampMs = Math.floor(record.timestampUs / 1000);
  const bytes = recordBytes(count, count === 0 ? 0 : timestampMs - batch.baseTimestampMs, record.payload);
  if (count === 0) {
    batch.baseTimestampMs = timestampMs;
    batch.maxTimestampMs = timestampMs;
  } else {
    if (isBatchFull(batch) || estimatedBytes(batch) + bytes > batch.writeLimitBytes) return 0;
    if (timestampMs > batch.maxTimestampMs) batch.maxTimestampMs = timestampMs;
  }
  if (count === batch.columns.capacity) growBatch(batch, constantPath);
  const columns = batch.columns;
  columns.timestampUs[count] = record.timestampUs;
  columns.sentUs[count] = record.sentUs;
  columns.key[count] = record.key;
  columns.size[count] = record.size;
  columns.sequence[count] = record.sequence;
  if (constantPath < 0) columns.path[count] = record.path;
  batch.keySum = (batch.keySum + keySumPart(record.hash, record.sequence)) | 0;
  batch.count = count + 1;
  batch.sizeBytes += bytes;
  return bytes;
}
