/**
 * A segment as Kafka's own files: `.log` (v2 batches), `.index`, `.timeindex` and `.txnindex` (OffsetIndex, TimeIndex, TransactionIndex), as
 * LogSegment.append wrote them and LogSegment.close left them. Bytes are made only here, when somebody inspects or exports.
 */
import { createByteSink, setInt64, writtenBytes } from './byteSink.ts';
import type { RecordEncoding } from './encodeBatch.ts';
import { encodeBlockBatch, residentColumns } from './encodeBatch.ts';
import type { Block, LogConfig, Segment } from './logState.ts';
import type { CompressionCodec } from './recordBatch.ts';
import { batchLastOffset, batchSizeAt } from './search.ts';
import type { IndexEntries } from './segmentIndexes.ts';
import { addToIndexes, closeIndexes, createIndexBuilder } from './segmentIndexes.ts';
import { transactionIndexFile } from './transactionIndex.ts';

export interface KafkaSegmentFiles {
  /** Twenty digits, as Kafka names a segment's files. */
  readonly name: string;
  readonly log: Uint8Array<ArrayBuffer>;
  readonly index: Uint8Array<ArrayBuffer>;
  readonly timeIndex: Uint8Array<ArrayBuffer>;
  /** Empty without aborted transactions: Kafka then has no such file. */
  readonly transactionIndex: Uint8Array<ArrayBuffer>;
  /**
   * Base offsets of batches whose encoded size is not the size the run counted: compressed ones, whose size the run takes from a ratio, and those
   * for which the resolver gave other bytes than the producer had sized.
   */
  readonly sizeMismatches: readonly number[];
  /** Batches written uncompressed because their codec cannot be written here, by codec. */
  readonly uncompressed: ReadonlyMap<CompressionCodec, number>;
}

/** Largest `.log`: positions in the offset index are 32-bit. */
const logBytesMax = 2147483647;

/** Name of the files of a segment, or of a snapshot, at an offset: twenty digits. */
export function fileNameOfOffset(offset: number): string {
  return String(offset).padStart(20, '0');
}

/** The files of a segment whose blocks, all resident, are given oldest first. Throws when uncompressed batches make it larger than 2 GiB. */
export function segmentToKafkaFiles(
  segment: Pick<Segment, 'baseOffset' | 'transactionIndex'>,
  blocks: readonly Block[],
  config: Pick<LogConfig, 'indexIntervalBytes'>,
  encoding: RecordEncoding,
): KafkaSegmentFiles {
  const log = createByteSink();
  const indexes = createIndexBuilder(segment.baseOffset);
  const sizeMismatches: number[] = [];
  const uncompressed = new Map<CompressionCodec, number>();
  for (const block of blocks) {
    const { batches } = residentColumns(block);
    for (let i = 0; i < block.batchCount; i++) {
      const position = log.position;
      const { sizeBytes, missingCodec } = encodeBlockBatch(log, block, i, encoding);
      if (log.position > logBytesMax) throw new Error(`log: segment ${segment.baseOffset} has more than ${logBytesMax} bytes as a file`);
      if (missingCodec !== null) uncompressed.set(missingCodec, (uncompressed.get(missingCodec) ?? 0) + 1);
      if (batchSizeAt(block, batches, i) !== sizeBytes) sizeMismatches.push(batches.baseOffset[i]);
      const lastOffset = batchLastOffset(block, batches, i);
      addToIndexes(indexes, { lastOffset, maxTimestampMs: batches.maxTimestampMs[i], position, sizeBytes }, config.indexIntervalBytes);
    }
  }
  closeIndexes(indexes);
  return {
    name: fileNameOfOffset(segment.baseOffset),
    log: writtenBytes(log),
    index: offsetIndexFile(indexes, segment.baseOffset),
    timeIndex: timeIndexFile(indexes, segment.baseOffset),
    transactionIndex: transactionIndexFile(segment.transactionIndex),
    sizeMismatches,
    uncompressed,
  };
}

/** Entries of 8 bytes: offset from the base, position. */
function offsetIndexFile({ offsets, positions }: IndexEntries, baseOffset: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(offsets.length * 8);
  const view = new DataView(bytes.buffer);
  offsets.forEach((offset, i) => {
    view.setInt32(i * 8, offset - baseOffset);
    view.setInt32(i * 8 + 4, positions[i]);
  });
  return bytes;
}

/** Entries of 12 bytes: timestamp, offset from the base. */
function timeIndexFile({ timestampsMs, timestampOffsets }: IndexEntries, baseOffset: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(timestampsMs.length * 12);
  const view = new DataView(bytes.buffer);
  timestampsMs.forEach((timestampMs, i) => {
    setInt64(view, i * 12, timestampMs);
    view.setInt32(i * 12 + 8, timestampOffsets[i] - baseOffset);
  });
  return bytes;
}
