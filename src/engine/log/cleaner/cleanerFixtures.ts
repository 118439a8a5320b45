/** What the tests of this folder share: a log of small segments, appended and cleaned in few words. */
import type { Segment } from '../logState.ts';
import type { ProducerEntry } from '../producerEntry.ts';
import { createProducerEntry } from '../producerEntry.ts';
import { BatchAttribute } from '../recordBatch.ts';
import { noHeadersBytes } from '../recordSize.ts';
import type { RebuiltBatch } from './cleanBatch.ts';
import { segmentsAfter, uncompressedBatchBytes } from './cleanedContents.ts';
import type { Cleaning } from './cleanLog.ts';
import { cleanLog } from './cleanLog.ts';
import type { CleanerBatch, SegmentToClean } from './cleanerBatch.ts';
import { recordOffset } from './cleanerBatch.ts';
import { createOffsetMap } from './offsetMap.ts';

/** A log under test; the last segment is active. */
export interface TestLog {
  segments: SegmentToClean[];
  logEndOffset: number;
  readonly producers: Map<number, ProducerEntry>;
}

export const testCleanerConfig = { segmentBytes: 1000, segmentIndexBytes: 10485760, indexIntervalBytes: 4096 };

export function segmentRow(baseOffset: number, fields: Partial<Segment> = {}): Segment {
  return {
    baseOffset,
    sizeBytes: 0,
    createdMs: 0,
    lastModifiedMs: 0,
    firstTimestampMs: -1,
    largestTimestampMs: -1,
    bytesSinceIndexEntry: 0,
    offsetIndexEntries: 0,
    timeIndexEntries: 0,
    lastIndexedTimestampMs: -1,
    transactionIndex: [],
    ...fields,
  };
}

export function createTestLog(): TestLog {
  return { segments: [{ segment: segmentRow(0), batches: [], transactionIndex: [] }], logEndOffset: 0, producers: new Map() };
}

/** Keys are numbers; a negative one writes a tombstone of its positive: `[3, -3]` is key 3 with a value, then without. */
export interface BatchSketch {
  readonly keys?: readonly number[];
  readonly marker?: 'COMMIT' | 'ABORT';
  readonly producerId?: number;
  readonly atMs?: number;
}

export function testBatch(baseOffset: number, { keys = [], marker, producerId = -1, atMs = 1000 }: BatchSketch): CleanerBatch {
  const recordCount = marker === undefined ? keys.length : 1;
  const size = marker === undefined ? keys.map((key) => (key < 0 ? -1 : 10)) : [6];
  const batch: CleanerBatch = {
    baseOffset,
    lastOffset: baseOffset + recordCount - 1,
    sizeBytes: 0,
    leaderEpoch: 0,
    attributes: (producerId < 0 ? 0 : BatchAttribute.transactional) | (marker === undefined ? 0 : BatchAttribute.control),
    baseTimestampMs: atMs,
    maxTimestampMs: atMs,
    producerId,
    producerEpoch: producerId < 0 ? -1 : 0,
    baseSequence: -1,
    marker: marker ?? null,
    records: {
      key: marker === undefined ? keys.map(Math.abs) : [-1],
      size,
      timestampUs: size.map(() => atMs * 1000),
      offset: null,
    },
    firstRecord: 0,
    recordCount,
  };
  const kept = Array.from({ length: recordCount }, (_, i) => i);
  return { ...batch, sizeBytes: testBatchBytes({ source: batch, kept, baseTimestampMs: atMs }) };
}

/** Keys of one byte, no headers. */
export function testBatchBytes(batch: RebuiltBatch): number {
  return uncompressedBatchBytes(batch, () => ({ keySize: 1, headersSize: noHeadersBytes }));
}

/** Appends to the active segment. A producer's last data offset is noted; an abort needs its entry in the index beside. */
export function append(log: TestLog, ...sketches: readonly BatchSketch[]): void {
  for (const sketch of sketches) {
    const batch = testBatch(log.logEndOffset, sketch);
    const active = log.segments[log.segments.length - 1];
    const { segment } = active;
    log.segments[log.segments.length - 1] = {
      ...active,
      batches: [...active.batches, batch],
      segment: {
        ...segment,
        sizeBytes: segment.sizeBytes + batch.sizeBytes,
        firstTimestampMs: segment.sizeBytes === 0 ? batch.maxTimestampMs : segment.firstTimestampMs,
        largestTimestampMs: Math.max(segment.largestTimestampMs, batch.maxTimestampMs),
      },
    };
    log.logEndOffset = batch.lastOffset + 1;
    if (batch.producerId < 0) continue;
    const entry = log.producers.get(batch.producerId) ?? { ...createProducerEntry(batch.producerId), producerEpoch: 0 };
    log.producers.set(batch.producerId, entry);
    if (batch.marker === null) entry.batches = [{ lastSequence: -1, lastOffset: batch.lastOffset, offsetDelta: 0, timestampMs: 0 }];
  }
}

/** Notes that the transaction that began at `firstOffset` was aborted by the marker appended last. */
export function noteAborted(log: TestLog, producerId: number, firstOffset: number): void {
  const active = log.segments[log.segments.length - 1];
  const lastOffset = log.logEndOffset - 1;
  const entry = { producerId, firstOffset, lastOffset, lastStableOffset: log.logEndOffset };
  log.segments[log.segments.length - 1] = { ...active, transactionIndex: [...active.transactionIndex, entry] };
}

export function roll(log: TestLog): void {
  log.segments.push({ segment: segmentRow(log.logEndOffset), batches: [], transactionIndex: [] });
}

/** Cleans everything up to the active segment, or to `end`. */
export function clean(
  log: TestLog,
  options: { from?: number; end?: number; nowMs?: number; keysMax?: number; segmentBytes?: number } = {},
): Cleaning {
  const active = log.segments[log.segments.length - 1].segment.baseOffset;
  const { from = 0, end = active, nowMs = 5000, keysMax, segmentBytes = testCleanerConfig.segmentBytes } = options;
  const cleaning = cleanLog(
    { segments: log.segments, logStartOffset: 0, config: { ...testCleanerConfig, segmentBytes } },
    { firstDirtyOffset: from, firstUncleanableOffset: end },
    {
      nowMs,
      deleteRetentionMs: 1000,
      offsetMap: createOffsetMap(keysMax),
      producers: log.producers,
      firstUncleanableOffset: end,
      batchBytes: testBatchBytes,
    },
  );
  log.segments = segmentsAfter(log.segments, cleaning.segments);
  return cleaning;
}

/** Offsets of all records left, markers included. */
export function offsetsLeft(log: TestLog): number[] {
  return log.segments.flatMap(({ batches }) =>
    batches.flatMap((batch) => Array.from({ length: batch.recordCount }, (_, i) => recordOffset(batch, batch.firstRecord + i))),
  );
}

/** Batches left as 'first-last', those without records in brackets. */
export function batchesLeft(log: TestLog): string[] {
  return log.segments.flatMap(({ batches }) =>
    batches.map(({ baseOffset, lastOffset, recordCount }) =>
      recordCount === 0 ? `(${baseOffset}-${lastOffset})` : `${baseOffset}-${lastOffset}`,
    ),
  );
}
