/** What a cleaning keeps, as blocks of the log. */
import { createBatchColumns, createBatchProducers } from './block.ts';
import type { CleanedBatch } from './cleaner/cleanBatch.ts';
import type { CleanerBatch } from './cleaner/cleanerBatch.ts';
import { recordOffset } from './cleaner/cleanerBatch.ts';
import type { CleanedSegment } from './cleaner/cleanLog.ts';
import { emptiedSegment, noteCleaned } from './cleaner/cleanLog.ts';
import type { RecordColumns } from './columns.ts';
import { copyRecords, createColumns } from './columns.ts';
import type { BatchColumns, Block, PartitionLog, Segment } from './logState.ts';
import { BatchMarker } from './logState.ts';
import { BatchAttribute } from './recordBatch.ts';

/** A batch given to the cleaner, and where it stands in the log. */
export interface LoggedBatch extends CleanerBatch {
  readonly block: Block;
  readonly index: number;
}

/**
 * New blocks, sealed and numbered from `log.nextBlock`, that hold the cleaned segments one after the other. Positions end where the first block that was
 * not cleaned begins, so that bytes between two offsets are differences as before. Takes the numbers, changes nothing else of the log.
 */
export function cleanedBlocks(log: PartitionLog, segments: readonly CleanedSegment[], endPosition: number): Block[] {
  let position = endPosition - segments.reduce((sum, { segment }) => sum + segment.sizeBytes, 0);
  const blocks: Block[] = [];
  for (const { sources, batches } of segments) {
    const segment = emptiedSegment(sources);
    const first = sources.find((source) => source.batches.length > 0)?.batches[0] as LoggedBatch | undefined;
    let from = 0;
    while (from < batches.length) {
      const to = blockEnd(batches, from, log.blockRecordsMax);
      const members = batches.slice(from, to);
      // What was known of producers where the segment begins stays true: of each the last batch is kept, be it empty.
      const producersAtOpen = from === 0 && first !== undefined ? first.block.producersAtOpen : null;
      const block = blockOf(log, members, { ...segment }, producersAtOpen, position);
      for (const batch of members) noteCleaned(segment, batch, log.config.indexIntervalBytes);
      blocks.push(block);
      position = block.endPosition;
      from = to;
    }
  }
  return blocks;
}

const recordsOf = ({ source, kept }: CleanedBatch): number => (kept === null ? source.recordCount : kept.length);

/** Where the block that begins with batch `from` ends: it takes as many records as a block may have, and never part of a batch. */
function blockEnd(batches: readonly CleanedBatch[], from: number, recordsMax: number): number {
  let records = recordsOf(batches[from]);
  let to = from + 1;
  while (to < batches.length && to - from < recordsMax && records + recordsOf(batches[to]) <= recordsMax)
    records += recordsOf(batches[to++]);
  return to;
}

function blockOf(
  log: PartitionLog,
  batches: readonly CleanedBatch[],
  segmentAtOpen: Segment,
  producersAtOpen: Block['producersAtOpen'],
  startPosition: number,
): Block {
  const recordCount = batches.reduce((sum, batch) => sum + recordsOf(batch), 0);
  const columns = createColumns(recordCount);
  const offsets = new Float64Array(recordCount);
  const rows = createBatchColumns(batches.length);
  rows.lastOffset = new Float64Array(batches.length);
  if (batches.some(({ source }) => source.producerId >= 0)) rows.producers = createBatchProducers(batches.length);
  let record = 0;
  let position = startPosition;
  let largestTimestampMs = -1;
  for (const [i, batch] of batches.entries()) {
    rows.firstRecord[i] = record;
    rows.position[i] = position;
    writeBatch(rows, i, batch);
    record = writeRecords(batch, columns, offsets, record);
    position += batch.sizeBytes;
    largestTimestampMs = Math.max(largestTimestampMs, batch.maxTimestampMs);
  }
  const { baseOffset } = batches[0].source;
  const isDense = recordCount === 0 || (offsets[0] === baseOffset && offsets[recordCount - 1] === baseOffset + recordCount - 1);
  return {
    number: log.nextBlock++,
    segmentBaseOffset: segmentAtOpen.baseOffset,
    segmentAtOpen,
    producersAtOpen,
    state: 'sealed',
    baseOffset,
    endOffset: rows.lastOffset[batches.length - 1] + 1,
    recordCount,
    controlRecords: batches.reduce((sum, batch) => ((batch.attributes & BatchAttribute.control) === 0 ? sum : sum + recordsOf(batch)), 0),
    batchCount: batches.length,
    startPosition,
    endPosition: position,
    largestTimestampMs,
    sentSamplesUs: null,
    sentSampleOffsets: null,
    shared: false,
    columns,
    batches: rows,
    offsets: isDense ? null : offsets,
    lastUse: log.useTick,
  };
}

/** The header of batch `i`: offsets, epochs and sequences of its source, timestamps and attributes of the cleaning. */
function writeBatch(rows: BatchColumns, i: number, batch: CleanedBatch): void {
  // Every batch the cleaner was given stands in a block.
  const source = batch.source as LoggedBatch;
  const from = source.block.batches!;
  rows.baseOffset[i] = source.baseOffset;
  rows.lastOffset![i] = source.lastOffset;
  rows.baseTimestampMs[i] = batch.baseTimestampMs;
  rows.maxTimestampMs[i] = batch.maxTimestampMs;
  rows.appendUs[i] = from.appendUs[source.index];
  rows.attributes[i] = batch.attributes;
  rows.leaderEpoch[i] = source.leaderEpoch;
  const { producers } = rows;
  if (producers === null) return;
  producers.producerId[i] = source.producerId;
  producers.producerEpoch[i] = source.producerEpoch;
  producers.baseSequence[i] = source.baseSequence;
  producers.coordinatorEpoch[i] = from.producers === null ? 0 : from.producers.coordinatorEpoch[source.index];
  producers.marker[i] = markerOf(batch, from.producers === null ? BatchMarker.none : from.producers.marker[source.index]);
}

function markerOf(batch: CleanedBatch, before: number): number {
  if ((batch.attributes & BatchAttribute.control) === 0) return BatchMarker.none;
  return recordsOf(batch) === 0 ? BatchMarker.emptied : before;
}

/** Copies the records kept behind `at`; returns where the next ones go. */
function writeRecords({ source, kept }: CleanedBatch, to: RecordColumns, offsets: Float64Array, at: number): number {
  const from = (source as LoggedBatch).block.columns!;
  if (kept === null) {
    const { firstRecord, recordCount } = source;
    copyRecords(from, firstRecord, to, at, recordCount);
    for (let i = 0; i < recordCount; i++) offsets[at + i] = recordOffset(source, firstRecord + i);
    return at + recordCount;
  }
  for (const [i, record] of kept.entries()) {
    copyRecords(from, record, to, at + i, 1);
    offsets[at + i] = recordOffset(source, record);
  }
  return at + kept.length;
}
