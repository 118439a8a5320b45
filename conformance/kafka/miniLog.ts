/**
 * A small log for the vectors that need producers, transactions and cleaning in one: segments of batches whose records are columns, put
 * together from the engine's own functions in the order of Kafka's UnifiedLog.append.
 */
import { shouldRoll } from '../../src/engine/log/append.ts';
import type { CleanerBatch, SegmentToClean } from '../../src/engine/log/cleaner/cleanerBatch.ts';
import { lastStableOffset, noteHighWatermark } from '../../src/engine/log/lastStableOffset.ts';
import type { LogConfig, Segment } from '../../src/engine/log/logState.ts';
import { deleteOnly } from '../../src/engine/log/logState.ts';
import type { AppendOrigin, ProducerBatch, ProducerErrorCode } from '../../src/engine/log/producerAppend.ts';
import { decrementSequence } from '../../src/engine/log/producerEntry.ts';
import type { ProducerStates } from '../../src/engine/log/producerStates.ts';
import { applyAppend, createProducerStates, validateAppend } from '../../src/engine/log/producerStates.ts';
import { takeProducerSnapshot } from '../../src/engine/log/producerSnapshots.ts';
import { BatchAttribute } from '../../src/engine/log/recordBatch.ts';
import { batchHeaderBytes, noHeadersBytes, recordSizeBytes } from '../../src/engine/log/recordSize.ts';
import type { TransactionIndex } from '../../src/engine/log/transactionIndex.ts';
import { appendAborted } from '../../src/engine/log/transactionIndex.ts';

export interface MiniSegment extends SegmentToClean {
  segment: Segment;
  batches: CleanerBatch[];
  transactionIndex: TransactionIndex;
}

export interface MiniLog {
  readonly config: LogConfig;
  readonly producers: ProducerStates;
  readonly keys: string[];
  segments: MiniSegment[];
  logEndOffset: number;
  highWatermark: number;
}

/** An `append` or `marker` operation of the vectors. */
export interface MiniAppend {
  readonly op: 'append' | 'marker';
  readonly ts: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly records?: readonly { readonly key: string; readonly value: string | null }[];
  readonly type?: 'COMMIT' | 'ABORT';
  readonly coordinatorEpoch?: number;
  readonly origin?: 'REPLICATION';
}

/** Kafka's exceptions for its error codes. */
const exceptions: Readonly<Record<ProducerErrorCode, string>> = {
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'OutOfOrderSequenceException',
  INVALID_PRODUCER_EPOCH: 'InvalidProducerEpochException',
  INVALID_TXN_STATE: 'InvalidTxnStateException',
  TRANSACTION_COORDINATOR_FENCED: 'TransactionCoordinatorFencedException',
};

function createSegment(baseOffset: number, nowMs: number): MiniSegment {
  const segment: Segment = {
    baseOffset,
    sizeBytes: 0,
    createdMs: nowMs,
    lastModifiedMs: nowMs,
    firstTimestampMs: -1,
    largestTimestampMs: -1,
    bytesSinceIndexEntry: 0,
    offsetIndexEntries: 0,
    timeIndexEntries: 0,
    lastIndexedTimestampMs: -1,
    transactionIndex: [],
  };
  return { segment, batches: [], transactionIndex: [] };
}

export function createMiniLog(config: Readonly<Record<string, string>>, startMs: number): MiniLog {
  return {
    config: {
      segmentBytes: Number(config['segment.bytes']),
      segmentMs: Number(config['segment.ms'] ?? 604800000),
      segmentIndexBytes: Number(config['segment.index.bytes'] ?? 10485760),
      indexIntervalBytes: Number(config['index.interval.bytes'] ?? 4096),
      retentionMs: -1,
      retentionBytes: -1,
      timestampType: 'CreateTime',
      maxMessageBytes: 1048588,
      ...deleteOnly,
    },
    producers: createProducerStates(),
    keys: [],
    segments: [createSegment(0, startMs)],
    logEndOffset: 0,
    highWatermark: 0,
  };
}

function keyId(log: MiniLog, key: string): number {
  const known = log.keys.indexOf(key);
  return known >= 0 ? known : log.keys.push(key) - 1;
}

/** The batch of an operation at the log's end, sized as Kafka encodes it. A control record has a key of 4 bytes and a value of 6. */
function batchOf(log: MiniLog, operation: MiniAppend): CleanerBatch {
  const { ts, type = null } = operation;
  const records = operation.records ?? [];
  const recordCount = type === null ? records.length : 1;
  const key = type === null ? records.map((record) => keyId(log, record.key)) : [-1];
  const size = type === null ? records.map(({ value }) => (value === null ? -1 : value.length)) : [6];
  const transactional = type !== null || operation.transactional === true;
  let sizeBytes = batchHeaderBytes;
  for (let i = 0; i < recordCount; i++) {
    const keySize = type === null ? log.keys[key[i]].length : 4;
    sizeBytes += recordSizeBytes({ offsetDelta: i, timestampDeltaMs: 0, keySize, valueSize: size[i], headersSize: noHeadersBytes });
  }
  return {
    baseOffset: log.logEndOffset,
    lastOffset: log.logEndOffset + recordCount - 1,
    sizeBytes,
    leaderEpoch: 0,
    attributes: (transactional ? BatchAttribute.transactional : 0) | (type === null ? 0 : BatchAttribute.control),
    baseTimestampMs: ts,
    maxTimestampMs: ts,
    producerId: operation.producerId ?? -1,
    producerEpoch: operation.producerEpoch ?? -1,
    baseSequence: operation.baseSequence ?? -1,
    marker: type,
    records: { key, size, timestampUs: key.map(() => ts * 1000), offset: null },
    firstRecord: 0,
    recordCount,
  };
}

function producerBatchOf(batch: CleanerBatch, operation: MiniAppend): ProducerBatch {
  const { type, coordinatorEpoch = 0 } = operation;
  return {
    ...batch,
    isTransactional: (batch.attributes & BatchAttribute.transactional) !== 0,
    control: type === undefined ? null : { type, coordinatorEpoch, transactionVersion: 0 },
  };
}

/** Closes the active segment; an empty one that begins at the log's end is replaced. */
export function rollMiniLog(log: MiniLog, nowMs: number): void {
  const active = log.segments[log.segments.length - 1].segment;
  if (active.sizeBytes === 0 && active.baseOffset === log.logEndOffset) log.segments.pop();
  else if (active.largestTimestampMs > active.lastIndexedTimestampMs) active.timeIndexEntries++;
  log.segments.push(createSegment(log.logEndOffset, nowMs));
  takeProducerSnapshot(log.producers, log.logEndOffset);
}

/** What the vectors say of an append, as far as it is not in the log afterwards. */
export interface MiniAppendResult {
  readonly firstOffset?: number;
  readonly lastOffset?: number;
  readonly result?: 'duplicate';
  readonly error?: string;
  readonly rolled?: true;
}

/** Appends as UnifiedLog.append does: rolls first, then checks the producer, then writes. */
export function appendToMiniLog(log: MiniLog, operation: MiniAppend, nowMs: number): MiniAppendResult {
  const batch = batchOf(log, operation);
  const { maxTimestampMs, lastOffset, sizeBytes } = batch;
  const activeSegment = log.segments[log.segments.length - 1].segment;
  const rolls = shouldRoll(log.config, activeSegment, nowMs * 1000, maxTimestampMs, lastOffset, sizeBytes);
  if (rolls) rollMiniLog(log, nowMs);
  const rolled = rolls ? ({ rolled: true } as const) : {};
  const origin: AppendOrigin = operation.origin === 'REPLICATION' ? 'replication' : operation.op === 'marker' ? 'coordinator' : 'client';
  const batches = batch.producerId < 0 ? [] : [producerBatchOf(batch, operation)];
  const validation = validateAppend(log.producers, batches, { origin });
  if (validation.outcome === 'error') return { error: exceptions[validation.error], ...rolled };
  if (validation.outcome === 'duplicate') {
    const { lastOffset: last, offsetDelta, lastSequence } = validation.batch;
    if (decrementSequence(lastSequence, offsetDelta) !== operation.baseSequence) throw new Error('a duplicate has another sequence');
    return { result: 'duplicate', firstOffset: last - offsetDelta, lastOffset: last, ...rolled };
  }
  const active = log.segments[log.segments.length - 1];
  active.batches.push(batch);
  const { segment } = active;
  if (segment.sizeBytes === 0) segment.firstTimestampMs = maxTimestampMs;
  segment.largestTimestampMs = Math.max(segment.largestTimestampMs, maxTimestampMs);
  segment.sizeBytes += sizeBytes;
  segment.lastModifiedMs = nowMs;
  log.logEndOffset = lastOffset + 1;
  const aborted = applyAppend(log.producers, validation, log.logEndOffset);
  active.transactionIndex = aborted.reduce(appendAborted, active.transactionIndex);
  return { firstOffset: batch.baseOffset, ...rolled };
}

export function setMiniHighWatermark(log: MiniLog, highWatermark: number): void {
  log.highWatermark = highWatermark;
  noteHighWatermark(log.producers, highWatermark);
}

export function lastStableOffsetOf(log: MiniLog): number {
  return lastStableOffset(log.producers, { highWatermark: log.highWatermark, logStartOffset: 0 });
}
