import type { BatchColumns, Block, PartitionLog } from './logState.ts';
import { sentSampleStride } from './logState.ts';

/**
 * Index in `log.blocks` of the block a read at `offset` begins in: the one that holds the offset or, where compaction left a hole there, the one with
 * the next batch. The offset must be in [logStartOffset, logEndOffset); most reads are at the end.
 */
export function blockIndexAt(log: PartitionLog, offset: number): number {
  const blocks = log.blocks;
  let low = 0;
  let high = blocks.length - 1;
  if (high >= 0 && blocks[high].baseOffset <= offset) return high;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (blocks[middle].baseOffset <= offset) low = middle;
    else high = middle - 1;
  }
  return low < blocks.length - 1 && blocks[low].endOffset <= offset ? low + 1 : low;
}

/**
 * Index of the last of the first `count` entries that is at most `value`; `values[0] <= value` must hold. Readers follow writers closely, so the
 * search goes back from the end in steps that double before it halves what lies between.
 */
export function lastAtMost(values: Float64Array, count: number, value: number): number {
  let high = count - 1;
  if (high < 0 || values[high] <= value) return Math.max(0, high);
  let step = 1;
  while (step <= high && values[high - step] > value) {
    high -= step;
    step *= 2;
  }
  let low = Math.max(0, high - step);
  high--;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Index of the batch of a resident block that holds `offset`, or of the first one after it: the number of batches when none ends there or later. */
export function batchIndexAt(block: Block, batches: BatchColumns, offset: number): number {
  const { lastOffset } = batches;
  if (lastOffset === null) return lastAtMost(batches.baseOffset, block.batchCount, offset);
  return block.batchCount === 0 || lastOffset[0] >= offset ? 0 : lastAtMost(lastOffset, block.batchCount, offset - 1) + 1;
}

/** Index of the record of a resident block at `offset`, or of the first one after it: the number of records when there is none. */
export function recordIndexAt(block: Block, offset: number): number {
  const { offsets, recordCount } = block;
  if (offsets === null) return Math.max(0, offset - block.baseOffset);
  return recordCount === 0 || offsets[0] >= offset ? 0 : lastAtMost(offsets, recordCount, offset - 1) + 1;
}

/** Offset of record `index` of a resident block. */
export function recordOffsetAt(block: Block, index: number): number {
  return block.offsets === null ? block.baseOffset + index : block.offsets[index];
}

/** Last offset of batch `i`, which stays when its last records go. */
export function batchLastOffset(block: Block, batches: BatchColumns, i: number): number {
  if (batches.lastOffset !== null) return batches.lastOffset[i];
  return (i + 1 < block.batchCount ? batches.baseOffset[i + 1] : block.endOffset) - 1;
}

/** Bytes of batch `i`. */
export function batchSizeAt(block: Block, batches: BatchColumns, i: number): number {
  return (i + 1 < block.batchCount ? batches.position[i + 1] : block.endPosition) - batches.position[i];
}

/**
 * Bytes before the batch that holds `offset`, or the next one, counted as the log counts them now: the log's end for the log end offset. Exact in the open
 * block and where blocks begin; within sealed blocks, resident or not, in proportion to the offsets, so that the answer never depends on what the host has
 * evicted. Only differences of positions mean anything, as a cleaning shifts those of all it has read.
 */
export function positionAt(log: PartitionLog, offset: number): number {
  if (offset >= log.logEndOffset || log.blocks.length === 0) return log.appendedBytes;
  const block = log.blocks[blockIndexAt(log, offset)];
  const { baseOffset, endOffset, startPosition, endPosition, batches } = block;
  if (offset <= baseOffset) return startPosition;
  if (block.state !== 'open' || batches === null)
    return startPosition + Math.floor(((endPosition - startPosition) * (offset - baseOffset)) / (endOffset - baseOffset));
  const batch = batchIndexAt(block, batches, offset);
  return batch < block.batchCount ? batches.position[batch] : endPosition;
}

/** Kafka bytes from the batch that holds `offset` up to `limit` (exclusive), as `positionAt` counts, but at most `enough`. */
export function bytesAvailable(log: PartitionLog, offset: number, limit: number, enough: number): number {
  if (offset >= limit || offset >= log.logEndOffset) return 0;
  return Math.min(enough, positionAt(log, limit) - positionAt(log, Math.max(offset, log.logStartOffset)));
}

/** Whether `offset` lies in an older segment than the last offset before `limit`, which is behind it (LogOffsetMetadata.onOlderSegment). */
export function isOnOlderSegment(log: PartitionLog, offset: number, limit: number): boolean {
  const { blocks } = log;
  const last = blocks[blockIndexAt(log, Math.min(limit, log.logEndOffset) - 1)];
  return offset < last.segmentBaseOffset && blocks[blockIndexAt(log, offset)].segmentBaseOffset < last.segmentBaseOffset;
}

/** Whether a read at `offset` begins in the block that is appended to, which is always resident. */
export function isInOpenBlock(log: PartitionLog, offset: number): boolean {
  return log.tail !== null && offset >= log.tail.baseOffset;
}

/**
 * Sent time (`sentUs`) of the record at `offset` (of the next one, where compaction left a hole), or NaN when there is none: what lag in seconds is
 * computed from. Exact in the open block; in sealed ones between two kept samples, resident or not, so that the answer never depends on what the host
 * has evicted.
 */
export function sentTimeAt(log: PartitionLog, offset: number): number {
  if (offset < log.logStartOffset || offset >= log.logEndOffset) return NaN;
  for (let i = blockIndexAt(log, offset); i < log.blocks.length; i++) {
    const sentUs = sentTimeIn(log.blocks[i], offset);
    if (!Number.isNaN(sentUs)) return sentUs;
  }
  return NaN;
}

/** The same within one block; NaN when it has no record at or after the offset. */
function sentTimeIn(block: Block, offset: number): number {
  const samples = block.sentSamplesUs;
  if (samples === null) {
    const index = recordIndexAt(block, offset);
    return index < block.recordCount ? block.columns!.sentUs[index] : NaN;
  }
  if (block.sentSampleOffsets !== null) return betweenSamples(block.sentSampleOffsets, samples, offset);
  const index = Math.max(0, offset - block.baseOffset);
  if (index >= block.recordCount) return NaN;
  const sample = Math.floor(index / sentSampleStride);
  const from = sample * sentSampleStride;
  if (index === from) return samples[sample];
  const to = Math.min(from + sentSampleStride, block.recordCount - 1);
  return samples[sample] + Math.floor(((samples[sample + 1] - samples[sample]) * (index - from)) / (to - from));
}

/** Where there are holes: between the samples of the offsets before and after. */
function betweenSamples(offsets: Float64Array, samples: Float64Array, offset: number): number {
  const last = offsets.length - 1;
  if (last < 0 || offset > offsets[last]) return NaN;
  if (offset <= offsets[0]) return samples[0];
  const at = lastAtMost(offsets, offsets.length, offset);
  const from = offsets[at];
  if (at === last || offset === from) return samples[at];
  return samples[at] + Math.floor(((samples[at + 1] - samples[at]) * (offset - from)) / (offsets[at + 1] - from));
}

/**
 * Offset of the first record whose timestamp is at least `timestampMs`, or -1 (ListOffsets by timestamp, LogSegment.findOffsetByTimestamp).
 * A block that has to be searched must be resident: ask `missingBlockForTimestamp` first; without it this throws.
 */
export function offsetForTimestamp(log: PartitionLog, timestampMs: number): number {
  for (const block of log.blocks) {
    if (!mayHold(log, block, timestampMs)) continue;
    if (block.columns === null) throw new Error(`log: block ${block.number} must be resident to look up timestamp ${timestampMs}`);
    const found = searchBlock(log, block, timestampMs);
    if (found >= 0) return found;
  }
  return -1;
}

/** Number of the stored block that `offsetForTimestamp` needs, or -1. */
export function missingBlockForTimestamp(log: PartitionLog, timestampMs: number): number {
  for (const block of log.blocks) {
    if (!mayHold(log, block, timestampMs)) continue;
    if (block.columns === null) return block.number;
    if (searchBlock(log, block, timestampMs) >= 0) return -1;
  }
  return -1;
}

function mayHold(log: PartitionLog, block: Block, timestampMs: number): boolean {
  return block.largestTimestampMs >= timestampMs && block.endOffset > log.logStartOffset;
}

function searchBlock(log: PartitionLog, block: Block, timestampMs: number): number {
  const batches = block.batches!;
  for (let i = 0; i < block.batchCount; i++) {
    if (batches.maxTimestampMs[i] < timestampMs) continue;
    const end = batchEnd(block, batches, i);
    const logAppendTime = (batches.attributes[i] & 8) !== 0;
    for (let record = batches.firstRecord[i]; record < end; record++) {
      const offset = recordOffsetAt(block, record);
      if (offset < log.logStartOffset) continue;
      if (logAppendTime || Math.floor(block.columns!.timestampUs[record] / 1000) >= timestampMs) return offset;
    }
  }
  return -1;
}

/** Index after the last record of batch `i`. */
export function batchEnd(block: Block, batches: BatchColumns, i: number): number {
  return i + 1 < block.batchCount ? batches.firstRecord[i + 1] : block.recordCount;
}
