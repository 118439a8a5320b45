/** A log after a cleaning, and how large its rewritten batches are. */
import { BatchAttribute } from '../recordBatch.ts';
import { batchHeaderBytes, recordSizeBytes } from '../recordSize.ts';
import type { CleanedBatch, RebuiltBatch } from './cleanBatch.ts';
import type { CleanedSegment } from './cleanLog.ts';
import type { CleanerBatch, CleanerRecords, SegmentToClean } from './cleanerBatch.ts';
import { recordOffset, recordTimestampMs } from './cleanerBatch.ts';

/** Encoded bytes of what a record holds beside its value: the key (-1 for null), and the headers with their count. */
export type RecordPartSizes = (records: CleanerRecords, index: number) => { readonly keySize: number; readonly headersSize: number };

/** Size of a rewritten batch that is not compressed. A control record has a key of 4 bytes and no headers. */
export function uncompressedBatchBytes({ source, kept, baseTimestampMs }: RebuiltBatch, partsOf: RecordPartSizes): number {
  const isControl = (source.attributes & BatchAttribute.control) !== 0;
  let bytes = batchHeaderBytes;
  for (const i of kept) {
    const { keySize, headersSize } = isControl ? { keySize: 4, headersSize: 1 } : partsOf(source.records, i);
    bytes += recordSizeBytes({
      offsetDelta: recordOffset(source, i) - source.baseOffset,
      timestampDeltaMs: recordTimestampMs(source, i) - baseTimestampMs,
      keySize,
      valueSize: source.records.size[i],
      headersSize,
    });
  }
  return bytes;
}

/** The batch as it stands in the log afterwards: offsets, epochs and sequences are those of its source, its records its own. */
export function batchAfter({ source, kept, attributes, baseTimestampMs, maxTimestampMs, sizeBytes }: CleanedBatch): CleanerBatch {
  if (kept === null) return source;
  const { key, size, timestampUs } = source.records;
  const records = {
    key: kept.map((i) => key[i]),
    size: kept.map((i) => size[i]),
    timestampUs: kept.map((i) => timestampUs[i]),
    offset: kept.map((i) => recordOffset(source, i)),
  };
  const marker = kept.length === 0 ? null : source.marker;
  const recordCount = kept.length;
  return { ...source, attributes, baseTimestampMs, maxTimestampMs, sizeBytes, marker, records, firstRecord: 0, recordCount };
}

/** The segments of a log after a cleaning: each new one in the place of its sources. */
export function segmentsAfter(segments: readonly SegmentToClean[], cleaned: readonly CleanedSegment[]): SegmentToClean[] {
  const replaced = new Map(cleaned.flatMap((one) => one.sources.map((source, i) => [source, i === 0 ? one : null] as const)));
  return segments.flatMap((segment) => {
    const one = replaced.get(segment);
    if (one === undefined) return [segment];
    return one === null ? [] : [{ segment: one.segment, batches: one.batches.map(batchAfter), transactionIndex: one.transactionIndex }];
  });
}
