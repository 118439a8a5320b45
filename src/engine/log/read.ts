import { copyRecords, createColumns, growColumns } from './columns.ts';
import type { Block, FetchedRecords, PartitionLog } from './logState.ts';
import { batchEnd, blockIndexAt, lastAtMost } from './search.ts';

/** An empty answer with room for `capacity` records, to be filled by `readBatches` and used again. */
export function createFetchedRecords(partition: number, capacity = 64): FetchedRecords {
  return { partition, baseOffset: 0, nextOffset: 0, count: 0, bytes: 0, columns: createColumns(capacity), offsets: null };
}

/** Number of a stored block that must be made resident before a read at `offset` can go on, or -1. */
export function missingBlock(log: PartitionLog, offset: number): number {
  if (offset >= log.logEndOffset || offset < log.logStartOffset) return -1;
  const block = log.blocks[blockIndexAt(log, offset)];
  return block.columns === null ? block.number : -1;
}

export interface ReadOptions {
  readonly offset: number;
  readonly limit: number;
  readonly maxBytes: number;
  readonly maxRecords: number;
  readonly atLeastOne: boolean;
}

/**
 * Copies whole batches with offsets in [offset, limit) into `target`, at most `maxBytes` (the first batch always, when `atLeastOne`), at most
 * `maxRecords` records, reusing target's columns. A read never crosses the end of a block, as Kafka's never crosses the end of a segment
 * (LogSegment.read): so what it returns depends on the log alone, not on what is resident. The block at `offset` must be resident.
 */
export function readBatches(log: PartitionLog, options: ReadOptions, target: FetchedRecords): void {
  const { offset, limit } = options;
  target.baseOffset = offset;
  target.nextOffset = offset;
  target.count = 0;
  target.bytes = 0;
  target.offsets = null;
  if (offset < log.logStartOffset || offset > log.logEndOffset) {
    throw new Error(`log: read at ${offset}, outside of ${log.logStartOffset} to ${log.logEndOffset}`);
  }
  if (offset >= limit || offset >= log.logEndOffset) return;
  const block = log.blocks[blockIndexAt(log, offset)];
  if (block.columns === null) return;
  block.lastUse = ++log.useTick;

  const batches = block.batches!;
  const first = lastAtMost(batches.baseOffset, block.batchCount, offset);
  const last = lastBatch(block, first, options);
  if (last < first) return;
  const firstRecord = offset - block.baseOffset;
  const endRecord = batchEnd(block, batches, last);
  const count = Math.min(endRecord - firstRecord, options.maxRecords);
  if (count <= 0) return;
  const endPosition = last + 1 < block.batchCount ? batches.position[last + 1] : block.endPosition;
  if (target.columns.capacity < count) target.columns = growColumns(target.columns, 0, count);
  copyRecords({ from: block.columns, fromIndex: firstRecord, to: target.columns, toIndex: 0, count });
  target.nextOffset = offset + count;
  target.count = count;
  target.bytes = endPosition - batches.position[first];
}

/** The last batch of the block that ends at or before `limit` and within `maxBytes`; before `first` when not even that one does. */
function lastBatch(block: Block, first: number, options: ReadOptions): number {
  const batches = block.batches!;
  const count = block.batchCount;
  let last = count - 1;
  if (options.limit < block.endOffset) {
    // A limit within a batch leaves the whole batch out.
    last = lastAtMost(batches.baseOffset, count, options.limit) - 1;
  }
  const start = batches.position[first];
  const available = (last + 1 < count ? batches.position[last + 1] : block.endPosition) - start;
  if (available > options.maxBytes && last >= first) {
    const within = lastAtMost(batches.position, last + 1, start + options.maxBytes) - 1;
    last = within < first && options.atLeastOne ? first : within;
  }
  return last;
}
