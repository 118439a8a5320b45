/** A batch of a block as Kafka's bytes. */
import type { ByteSink } from './byteSink.ts';
import { reserve } from './byteSink.ts';
import type { RecordColumns } from './columns.ts';
import { markerRecord } from './controlRecord.ts';
import type { BatchColumns, Block } from './logState.ts';
import { BatchMarker } from './logState.ts';
import type { CompressionCodec, RecordBytes } from './recordBatch.ts';
import { BatchAttribute, beginBatch, compressionCodecs, finishBatch, writeRecord } from './recordBatch.ts';
import { batchEnd, batchLastOffset, recordOffsetAt } from './search.ts';

/** Gives the bytes of record `index` of `columns`: the run knows its keys, values and headers, the log only their identity. */
export type ResolveRecord = (columns: RecordColumns, index: number) => RecordBytes;

/** Compresses the records of a batch; null for a codec it cannot write. */
export type CompressRecords = (codec: CompressionCodec, records: Uint8Array) => Uint8Array | null;

/** What the log does not know of its own bytes. */
export interface RecordEncoding {
  readonly resolve: ResolveRecord;
  readonly compress: CompressRecords;
}

/** A batch as it was written. */
export interface EncodedBatch {
  readonly sizeBytes: number;
  /** Codec that `compress` could not write, so that the batch stands there uncompressed; null when it is as the log has it. */
  readonly missingCodec: CompressionCodec | null;
}

/** A block's columns; throws when it is not resident. */
export function residentColumns(block: Block): { columns: RecordColumns; batches: BatchColumns } {
  if (block.columns === null || block.batches === null) throw new Error(`log: block ${block.number} must be resident to be encoded`);
  return { columns: block.columns, batches: block.batches };
}

/** Encodes batch `i` of a resident block at the sink's position. */
export function encodeBlockBatch(sink: ByteSink, block: Block, i: number, encoding: RecordEncoding): EncodedBatch {
  const { columns, batches } = residentColumns(block);
  const { producers } = batches;
  const start = beginBatch(sink);
  const first = batches.firstRecord[i];
  const end = batchEnd(block, batches, i);
  const baseOffset = batches.baseOffset[i];
  const baseTimestampMs = batches.baseTimestampMs[i];
  const recordsStart = sink.position;
  for (let record = first; record < end; record++) {
    const timestampDeltaMs = Math.floor(columns.timestampUs[record] / 1000) - baseTimestampMs;
    writeRecord(
      sink,
      { offsetDelta: recordOffsetAt(block, record) - baseOffset, timestampDeltaMs },
      bytesOf(columns, record, batches, i, encoding),
    );
  }
  const codec = compressionCodecs[batches.attributes[i] & BatchAttribute.compressionMask] ?? 'none';
  const isCompressed = codec === 'none' || first === end || compressFrom(sink, recordsStart, codec, encoding);
  const sizeBytes = finishBatch(
    sink,
    start,
    {
      baseOffset,
      partitionLeaderEpoch: batches.leaderEpoch[i],
      attributes: isCompressed ? batches.attributes[i] : batches.attributes[i] & ~BatchAttribute.compressionMask,
      lastOffsetDelta: batchLastOffset(block, batches, i) - baseOffset,
      baseTimestampMs,
      maxTimestampMs: batches.maxTimestampMs[i],
      producerId: producers === null ? -1 : producers.producerId[i],
      producerEpoch: producers === null ? -1 : producers.producerEpoch[i],
      baseSequence: producers === null ? -1 : producers.baseSequence[i],
    },
    end - first,
  );
  return { sizeBytes, missingCodec: isCompressed ? null : codec };
}

/** Markers are the broker's own records and have no identity in the run. */
function bytesOf(columns: RecordColumns, record: number, batches: BatchColumns, batch: number, { resolve }: RecordEncoding): RecordBytes {
  const { producers } = batches;
  const marker = producers === null ? BatchMarker.none : producers.marker[batch];
  return marker === BatchMarker.none ? resolve(columns, record) : markerRecord(marker, producers!.coordinatorEpoch[batch]);
}

/** Puts the compressed records in the place of the plain ones, which begin at `from`. False when the codec cannot be written. */
function compressFrom(sink: ByteSink, from: number, codec: CompressionCodec, { compress }: RecordEncoding): boolean {
  const compressed = compress(codec, sink.bytes.slice(from, sink.position));
  if (compressed === null) return false;
  sink.position = from;
  reserve(sink, compressed.length);
  sink.bytes.set(compressed, from);
  sink.position = from + compressed.length;
  return true;
}
