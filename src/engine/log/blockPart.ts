/** Parts of resident blocks as blocks of their own, and what a segment was when such a part began. */
import { noteAppended } from './append.ts';
import { createBatchColumns, createBatchProducers, sampleSentTimes } from './block.ts';
import { copyRecords, createColumns } from './columns.ts';
import type { BatchColumns, Block, LogConfig, Segment } from './logState.ts';
import { BatchMarker } from './logState.ts';
import { batchEnd, batchLastOffset, batchSizeAt } from './search.ts';

/** What a part does not take from its block. */
export interface PartPlace {
  readonly number: number;
  readonly segmentAtOpen: Readonly<Segment>;
  readonly producersAtOpen: Block['producersAtOpen'];
}

/** The batch columns of a block; throws when it is not resident. */
export function residentBatches(block: Block): BatchColumns {
  if (block.batches === null)
    throw new Error(`log: block ${block.number} at offset ${block.baseOffset} must be resident to be cut or copied`);
  return block.batches;
}

/** Number of the block's batches below `offset`. Throws when the offset lies within a batch: a follower's log always ends at the end of one. */
export function batchesBelow(block: Block, offset: number): number {
  const batches = residentBatches(block);
  let count = block.batchCount;
  while (count > 0 && batches.baseOffset[count - 1] >= offset) count--;
  if (count > 0 && batchLastOffset(block, batches, count - 1) >= offset) {
    throw new Error(
      `log: offset ${offset} is within the batch of ${batches.baseOffset[count - 1]} to ${batchLastOffset(block, batches, count - 1)}; a log is cut between batches`,
    );
  }
  return count;
}

/** Batches [first, end) of a resident block as a sealed block with columns of its own; at least one. Positions begin at `startPosition`, else they stay. */
export function blockPart(block: Block, first: number, end: number, place: PartPlace, startPosition?: number): Block {
  const from = residentBatches(block);
  const shift = startPosition === undefined ? 0 : startPosition - from.position[first];
  const firstRecord = from.firstRecord[first];
  const endRecord = batchEnd(block, from, end - 1);
  const recordCount = endRecord - firstRecord;
  const columns = createColumns(recordCount);
  copyRecords(block.columns!, firstRecord, columns, 0, recordCount);
  const batches = batchesBetween(from, first, end);
  let largestTimestampMs = -1;
  for (let i = 0; i < end - first; i++) {
    batches.firstRecord[i] -= firstRecord;
    batches.position[i] += shift;
    largestTimestampMs = Math.max(largestTimestampMs, batches.maxTimestampMs[i]);
  }
  const part: Block = {
    ...place,
    segmentBaseOffset: place.segmentAtOpen.baseOffset,
    state: 'sealed',
    baseOffset: from.baseOffset[first],
    endOffset: batchLastOffset(block, from, end - 1) + 1,
    recordCount,
    controlRecords: markersBetween(from, first, end),
    batchCount: end - first,
    startPosition: from.position[first] + shift,
    endPosition: from.position[end - 1] + batchSizeAt(block, from, end - 1) + shift,
    largestTimestampMs,
    sentSamplesUs: null,
    sentSampleOffsets: null,
    shared: false,
    columns,
    batches,
    offsets: block.offsets === null ? null : block.offsets.slice(firstRecord, endRecord),
    lastUse: block.lastUse,
  };
  sampleSentTimes(part);
  return part;
}

function batchesBetween(from: BatchColumns, first: number, end: number): BatchColumns {
  const to = createBatchColumns(end - first);
  to.baseOffset.set(from.baseOffset.subarray(first, end));
  to.firstRecord.set(from.firstRecord.subarray(first, end));
  to.position.set(from.position.subarray(first, end));
  to.baseTimestampMs.set(from.baseTimestampMs.subarray(first, end));
  to.maxTimestampMs.set(from.maxTimestampMs.subarray(first, end));
  to.appendUs.set(from.appendUs.subarray(first, end));
  to.attributes.set(from.attributes.subarray(first, end));
  to.leaderEpoch.set(from.leaderEpoch.subarray(first, end));
  if (from.lastOffset !== null) to.lastOffset = from.lastOffset.slice(first, end);
  if (from.producers === null) return to;
  to.producers = createBatchProducers(end - first);
  to.producers.producerId.set(from.producers.producerId.subarray(first, end));
  to.producers.producerEpoch.set(from.producers.producerEpoch.subarray(first, end));
  to.producers.baseSequence.set(from.producers.baseSequence.subarray(first, end));
  to.producers.marker.set(from.producers.marker.subarray(first, end));
  to.producers.coordinatorEpoch.set(from.producers.coordinatorEpoch.subarray(first, end));
  return to;
}

/** The block's segment as it was before batch `index` of the block, which must be resident unless the index is 0. */
export function segmentBefore(block: Block, index: number, config: LogConfig): Segment {
  const segment = { ...block.segmentAtOpen };
  if (index === 0) return segment;
  const batches = residentBatches(block);
  for (let i = 0; i < index; i++) {
    const { maxTimestampMs, appendUs } = batches;
    noteAppended(segment, config, batchSizeAt(block, batches, i), maxTimestampMs[i], appendUs[i]);
  }
  return segment;
}

/** Markers among the batches [first, end). */
export function markersBetween({ producers }: BatchColumns, first: number, end: number): number {
  if (producers === null) return 0;
  let count = 0;
  for (let i = first; i < end; i++) if (producers.marker[i] === BatchMarker.commit || producers.marker[i] === BatchMarker.abort) count++;
  return count;
}
