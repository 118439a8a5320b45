/**
 * Compressed batches: their sizes come from a table of the producer, measured or assumed before the run, so that no bytes are made while it goes on. How many records go into a batch follows
 * from Kafka's own estimate (MemoryRecordsBuilder, CompressionRatioEstimator).
 */
import { BatchAttribute } from '../log/recordBatch.ts';
import { batchHeaderBytes } from '../log/recordSize.ts';
import type { Accumulator } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';

/** Bytes that the records of a batch take compressed, by their plain bytes: straight lines between the points, the last one goes on. */
export interface CompressedSizes {
  readonly plain: readonly number[];
  readonly compressed: readonly number[];
}

/** How batches of one topic are kept when the broker recompresses them; `codec` as in the attributes. */
export interface StoredCompression {
  readonly codec: number;
  /** null: uncompressed. */
  readonly sizes: CompressedSizes | null;
  /** Handler time at the broker for each plain byte, microseconds. */
  readonly handlerUsPerByte: number;
}

/** Of one producer; every number is fixed before the run. */
export interface ProducerCompression {
  /** As in a batch's attributes; 0: none. */
  readonly codec: number;
  readonly sizes: CompressedSizes | null;
  /** Handler time at the broker for each plain byte: it decompresses what it validates (LogValidator). */
  readonly handlerUsPerByte: number;
  /** By the topic's place in the producer's list; null: kept as sent. */
  readonly stored: readonly (StoredCompression | null)[];
  /** What the sizes rest on, for the report. */
  readonly basis: 'measured' | 'assumed' | 'set';
}

/** Kafka's own 32-bit figures. */
const factor = Math.fround(1.05);
const improvingStep = Math.fround(0.005);
const deteriorateStep = Math.fround(0.05);

export function compressedBytes({ plain, compressed }: CompressedSizes, bytes: number): number {
  let i = 1;
  while (i < plain.length - 1 && plain[i] < bytes) i++;
  const slope = (compressed[i] - compressed[i - 1]) / (plain[i] - plain[i - 1]);
  return Math.max(1, Math.ceil(compressed[i - 1] + (bytes - plain[i - 1]) * slope));
}

/** A straight line through nothing: the same ratio for every size. */
export function sizesOfRatio(ratio: number): CompressedSizes {
  return { plain: [0, 1_000_000], compressed: [0, 1_000_000 * ratio] };
}

/** The same data under a codec that makes `times` as many bytes of it; never more than plain, since a batch that does not shrink hardly grows. */
export function scaledSizes({ plain, compressed }: CompressedSizes, times: number): CompressedSizes {
  return { plain, compressed: compressed.map((bytes, i) => Math.min(bytes * times, Math.max(bytes, plain[i]))) };
}

/** `estimatedBytesWritten` of a batch: what it would take on the wire, as far as its client knows. */
export function estimatedBytes(batch: AccumulatorBatch): number {
  if (batch.ratio < 0) return batch.sizeBytes;
  const records = Math.fround(batch.sizeBytes - batchHeaderBytes);
  return batchHeaderBytes + Math.floor(Math.fround(Math.fround(records * batch.ratio) * factor));
}

/** The estimate a new batch of a topic goes by; -1 without compression. */
export function estimatedRatio(acc: Accumulator, slot: number): number {
  return acc.compression === null || acc.compression.codec === 0 ? -1 : acc.ratios[slot];
}

/**
 * A batch that leaves the accumulator is closed: it has its compressed size from here on, also when it is sent again, and the estimate for its topic follows slowly down, fast up
 * (CompressionRatioEstimator.updateEstimation).
 */
export function closeCompressed(acc: Accumulator, compression: ProducerCompression, batch: AccumulatorBatch): void {
  if (batch.plainBytes > 0) return;
  const slot = acc.slotOf[batch.local];
  const records = batch.sizeBytes - batchHeaderBytes;
  batch.plainBytes = batch.sizeBytes;
  const { codec, sizes } = compression;
  if (sizes !== null) {
    const compressed = compressedBytes(sizes, records);
    batch.sizeBytes = batchHeaderBytes + compressed;
    acc.ratios[slot] = nextEstimate(acc.ratios[slot], Math.fround(compressed / records));
  }
  batch.ratio = -1;
  const stored = compression.stored[slot];
  batch.storedBytes = stored === null ? batch.sizeBytes : storedBytes(stored, records);
  batch.attributes = (batch.attributes & ~BatchAttribute.compressionMask) | (stored === null ? codec : stored.codec);
  batch.handlerUs = records * (compression.handlerUsPerByte + (stored === null ? 0 : stored.handlerUsPerByte));
}

function storedBytes({ sizes }: StoredCompression, records: number): number {
  return batchHeaderBytes + (sizes === null ? records : compressedBytes(sizes, records));
}

export function nextEstimate(estimate: number, observed: number): number {
  if (observed > estimate) return Math.max(Math.fround(estimate + deteriorateStep), observed);
  if (observed < estimate) return Math.max(Math.fround(estimate - improvingStep), observed);
  return estimate;
}

/** A batch was too large for the broker: its parts are made as if hardly anything were saved (ProducerBatch.split). */
export function resetEstimate(acc: Accumulator, slot: number, batch: AccumulatorBatch): number {
  if (estimatedRatio(acc, slot) < 0) return -1;
  const ratio = (batch.sizeBytes - batchHeaderBytes) / Math.max(1, batch.plainBytes - batchHeaderBytes);
  acc.ratios[slot] = Math.max(1, Math.fround(ratio));
  return acc.ratios[slot];
}
