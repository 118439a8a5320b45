import type { BatchColumns, Block, PartitionLog } from './logState.ts';
import { sentSampleStride } from './logState.ts';

/** Index in `log.blocks` of the block that holds `offset`, which must be in [first block's base, logEndOffset); most reads are at the end. */
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
  return low;
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

/** Bytes ever appended before the batch that holds `offset`: the log's end for the log end offset, the block's start where it is not resident. */
export function positionAt(log: PartitionLog, offset: number): number {
  if (offset >= log.logEndOffset) return log.appendedBytes;
  const block = log.blocks[blockIndexAt(log, offset)];
  const batches = block.batches;
  if (batches === null) return block.startPosition;
  return batches.position[lastAtMost(batches.baseOffset, block.batchCount, offset)];
}

/** Kafka bytes from the batch that holds `offset` up to `limit` (exclusive), stopping to count once `enough` is reached. */
export function bytesAvailable(log: PartitionLog, offset: number, limit: number, enough: number): number {
  if (offset >= limit || offset >= log.logEndOffset) return 0;
  return Math.min(enough, positionAt(log, limit) - positionAt(log, Math.max(offset, log.logStartOffset)));
}

/**
 * Sent time (`sentUs`) of the record at `offset`, or NaN when it is not in the log: what lag in seconds is computed from. Exact in the open
 * block; in sealed ones between two kept samples, resident or not, so that the answer never depends on what the host has evicted.
 */
export function sentTimeAt(log: PartitionLog, offset: number): number {
  if (offset < log.logStartOffset || offset >= log.logEndOffset) return NaN;
  const block = log.blocks[blockIndexAt(log, offset)];
  const index = offset - block.baseOffset;
  const samples = block.sentSamplesUs;
  if (samples === null) return block.columns!.sentUs[index];
  const sample = Math.floor(index / sentSampleStride);
  const from = sample * sentSampleStride;
  if (index === from) return samples[sample];
  const to = Math.min(from + sentSampleStride, block.recordCount - 1);
  return samples[sample] + Math.floor(((samples[sample + 1] - samples[sample]) * (index - from)) / (to - from));
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
      const offset = block.baseOffset + record;
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
