/**
 * A segment as Kafka's own files: `.log` (v2 batches), `.index` and `.timeindex` (OffsetIndex, TimeIndex), as LogSegment.append and
 * onBecomeInactiveSegment would have written them. Bytes are made only here, when somebody inspects or exports.
 */
import type { ByteSink } from './byteSink.ts';
import { createByteSink, reserve, setInt64, writtenBytes } from './byteSink.ts';
import type { RecordColumns } from './columns.ts';
import type { BatchColumns, Block, LogConfig } from './logState.ts';
import type { RecordBytes } from './recordBatch.ts';
import { beginBatch, finishBatch, writeRecord } from './recordBatch.ts';
import { batchEnd } from './search.ts';

/** Gives the bytes of record `index` of `columns`: the run knows its keys, values and headers, the log only their identity. */
export type ResolveRecord = (columns: RecordColumns, index: number) => RecordBytes;

export interface KafkaSegmentFiles {
  /** Twenty digits, as Kafka names a segment's files. */
  readonly name: string;
  readonly log: Uint8Array<ArrayBuffer>;
  readonly index: Uint8Array<ArrayBuffer>;
  readonly timeIndex: Uint8Array<ArrayBuffer>;
  /** Base offsets of batches whose encoded size is not the size the run counted: the resolver gave other bytes than the producer had sized. */
  readonly sizeMismatches: readonly number[];
}

/** Encodes batch `i` of a resident block at the sink's position. Returns its size in bytes. */
export function encodeBlockBatch(sink: ByteSink, block: Block, i: number, resolve: ResolveRecord): number {
  const { columns, batches } = resident(block);
  const start = beginBatch(sink);
  const first = batches.firstRecord[i];
  const end = batchEnd(block, batches, i);
  const baseTimestampMs = batches.baseTimestampMs[i];
  for (let record = first; record < end; record++) {
    const timestampDeltaMs = Math.floor(columns.timestampUs[record] / 1000) - baseTimestampMs;
    writeRecord(sink, { offsetDelta: record - first, timestampDeltaMs }, resolve(columns, record));
  }
  return finishBatch(
    sink,
    start,
    {
      baseOffset: batches.baseOffset[i],
      partitionLeaderEpoch: batches.leaderEpoch[i],
      attributes: batches.attributes[i],
      lastOffsetDelta: end - first - 1,
      baseTimestampMs,
      maxTimestampMs: batches.maxTimestampMs[i],
      producerId: -1,
      producerEpoch: -1,
      baseSequence: -1,
    },
    end - first,
  );
}

/** The files of the segment at `baseOffset` whose blocks, all resident, are given oldest first. */
export function segmentToKafkaFiles(
  segment: { readonly baseOffset: number; readonly blocks: readonly Block[] },
  config: Pick<LogConfig, 'indexIntervalBytes'>,
  resolve: ResolveRecord,
): KafkaSegmentFiles {
  const log = createByteSink();
  const index = createByteSink(1024);
  const timeIndex = createByteSink(1024);
  const sizeMismatches: number[] = [];
  const time = { largestMs: -1, offset: segment.baseOffset, indexedMs: -1 };
  let bytesSinceEntry = 0;
  for (const block of segment.blocks) {
    const batches = resident(block).batches;
    for (let i = 0; i < block.batchCount; i++) {
      const position = log.position;
      const sizeBytes = encodeBlockBatch(log, block, i, resolve);
      const counted = (i + 1 < block.batchCount ? batches.position[i + 1] : block.endPosition) - batches.position[i];
      if (counted !== sizeBytes) sizeMismatches.push(batches.baseOffset[i]);
      const lastOffset = block.baseOffset + batchEnd(block, batches, i) - 1;
      if (batches.maxTimestampMs[i] > time.largestMs) {
        time.largestMs = batches.maxTimestampMs[i];
        time.offset = lastOffset;
      }
      if (bytesSinceEntry > config.indexIntervalBytes) {
        reserve(index, 8);
        index.view.setInt32(index.position, lastOffset - segment.baseOffset);
        index.view.setInt32(index.position + 4, position);
        index.position += 8;
        writeTimeEntry(timeIndex, time, segment.baseOffset);
        bytesSinceEntry = 0;
      }
      bytesSinceEntry += sizeBytes;
    }
  }
  writeTimeEntry(timeIndex, time, segment.baseOffset);
  const name = String(segment.baseOffset).padStart(20, '0');
  return { name, log: writtenBytes(log), index: writtenBytes(index), timeIndex: writtenBytes(timeIndex), sizeMismatches };
}

/** TimeIndex.maybeAppend: only when the timestamp is larger than the last entry's. */
function writeTimeEntry(timeIndex: ByteSink, time: { largestMs: number; offset: number; indexedMs: number }, baseOffset: number): void {
  if (time.largestMs <= time.indexedMs) return;
  reserve(timeIndex, 12);
  setInt64(timeIndex.view, timeIndex.position, time.largestMs);
  timeIndex.view.setInt32(timeIndex.position + 8, time.offset - baseOffset);
  timeIndex.position += 12;
  time.indexedMs = time.largestMs;
}

function resident(block: Block): { columns: RecordColumns; batches: BatchColumns } {
  if (block.columns === null || block.batches === null) throw new Error(`log: block ${block.number} must be resident to be encoded`);
  return { columns: block.columns, batches: block.batches };
}
