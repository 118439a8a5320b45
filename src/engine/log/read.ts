import { copyRecords, createColumns, growColumns } from './columns.ts';
import type { BatchProducerColumns, Block, FetchedRecords, PartitionLog } from './logState.ts';
import { BatchMarker } from './logState.ts';
import type { AbortedFilter, FetchedBatch, IsolationLevel } from './readCommitted.ts';
import { createAbortedFilter, isDelivered } from './readCommitted.ts';
import { BatchAttribute } from './recordBatch.ts';
import { batchEnd, batchIndexAt, batchLastOffset, blockIndexAt, lastAtMost, recordIndexAt, recordOffsetAt } from './search.ts';
import type { TransactionIndex } from './transactionIndex.ts';
import { collectAborted } from './transactionIndex.ts';

/** An empty answer with room for `capacity` records, to be filled by `readBatches` and used again. */
export function createFetchedRecords(partition: number, capacity = 64): FetchedRecords {
  return { partition, baseOffset: 0, nextOffset: 0, count: 0, bytes: 0, position: 0, columns: createColumns(capacity), offsets: null };
}

/** Number of a stored block that must be made resident before a read at `offset` can go on, or -1. */
export function missingBlock(log: PartitionLog, offset: number): number {
  if (offset >= log.logEndOffset || offset < log.logStartOffset || log.blocks.length === 0) return -1;
  const block = log.blocks[blockIndexAt(log, offset)];
  return block.columns === null ? block.number : -1;
}

export interface ReadOptions {
  readonly offset: number;
  /** Offset at which the read ends: the high watermark, or the last stable offset of a `read_committed` reader. */
  readonly limit: number;
  readonly maxBytes: number;
  readonly maxRecords: number;
  readonly atLeastOne: boolean;
  /** `read_uncommitted` when it is not given. */
  readonly isolation?: IsolationLevel;
}

/**
 * Copies what a client makes of whole batches with offsets in [offset, limit) into `target`: at most `maxBytes` (the first batch always, when
 * `atLeastOne`), at most `maxRecords` records, reusing target's columns. Markers are left out, aborted records too for a `read_committed` reader, so
 * `count` may be 0 with a `nextOffset` behind the offset: the position moves all the same. A read never crosses the end of a block, as Kafka's never
 * crosses the end of a segment (LogSegment.read): so what it returns depends on the log alone, not on what is resident. The block at `offset` must be
 * resident.
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
  if (offset >= limit || offset >= log.logEndOffset || log.blocks.length === 0) return;
  const block = log.blocks[blockIndexAt(log, offset)];
  if (block.columns === null) return;
  block.lastUse = ++log.useTick;

  const batches = block.batches!;
  const first = batchIndexAt(block, batches, offset);
  const last = lastBatch(block, first, options);
  if (last < first || options.maxRecords <= 0) return;
  const endPosition = last + 1 < block.batchCount ? batches.position[last + 1] : block.endPosition;
  target.position = batches.position[first];
  target.bytes = endPosition - target.position;
  const { producers } = batches;
  const filter = producers === null || options.isolation !== 'read_committed' ? null : abortedFilter(log, block, offset, last);
  if (block.offsets !== null || filter !== null || (producers !== null && block.controlRecords > 0 && hasMarker(producers, first, last))) {
    copySelected(block, { first, last, filter, options }, target);
    return;
  }
  const firstRecord = recordIndexAt(block, offset);
  const available = Math.max(0, batchEnd(block, batches, last) - firstRecord);
  const count = Math.min(available, options.maxRecords);
  if (target.columns.capacity < count) target.columns = growColumns(target.columns, 0, count);
  copyRecords(block.columns, firstRecord, target.columns, 0, count);
  target.count = count;
  target.nextOffset = count < available ? block.baseOffset + firstRecord + count : batchLastOffset(block, batches, last) + 1;
  if (count > 0 && block.baseOffset + firstRecord > offset) noteOffsets(block, firstRecord, target);
}

/** The last batch of the block that ends at or before `limit` and within `maxBytes`; before `first` when not even that one does. */
function lastBatch(block: Block, first: number, options: ReadOptions): number {
  const batches = block.batches!;
  const count = block.batchCount;
  let last = count - 1;
  if (first > last) return first - 1;
  // A limit within a batch leaves the whole batch out.
  if (options.limit < block.endOffset) last = batchIndexAt(block, batches, options.limit) - 1;
  const start = batches.position[first];
  const available = (last + 1 < count ? batches.position[last + 1] : block.endPosition) - start;
  if (available > options.maxBytes && last >= first) {
    const within = lastAtMost(batches.position, last + 1, start + options.maxBytes) - 1;
    last = within < first && options.atLeastOne ? first : within;
  }
  return last;
}

function hasMarker({ marker }: BatchProducerColumns, first: number, last: number): boolean {
  for (let i = first; i <= last; i++) if (marker[i] !== BatchMarker.none) return true;
  return false;
}

/** What a `read_committed` reader is told of aborted transactions up to the end of batch `last`; null where there are none. */
function abortedFilter({ segments }: PartitionLog, block: Block, offset: number, last: number): AbortedFilter | null {
  let first = segments.length - 1;
  while (first > 0 && segments[first].baseOffset > offset) first--;
  let indexes: TransactionIndex[] | null = null;
  for (let i = first; i < segments.length; i++)
    if (segments[i].transactionIndex.length > 0) (indexes ??= []).push(segments[i].transactionIndex);
  if (indexes === null) return null;
  const aborted = collectAborted(indexes, offset, batchLastOffset(block, block.batches!, last) + 1);
  return aborted.length === 0 ? null : createAbortedFilter(aborted);
}

interface Selection {
  readonly first: number;
  readonly last: number;
  readonly filter: AbortedFilter | null;
  readonly options: ReadOptions;
}

/** Copies batch by batch what is delivered of batches `first` to `last`, with the offsets of the records. */
function copySelected(block: Block, { first, last, filter, options }: Selection, target: FetchedRecords): void {
  const batches = block.batches!;
  const firstRecord = recordIndexAt(block, options.offset);
  const room = Math.max(0, Math.min(options.maxRecords, batchEnd(block, batches, last) - firstRecord));
  if (target.columns.capacity < room) target.columns = growColumns(target.columns, 0, room);
  const offsets = new Float64Array(room);
  let count = 0;
  let nextOffset = options.offset;
  for (let i = first; i <= last && count < options.maxRecords; i++) {
    const from = Math.max(batches.firstRecord[i], firstRecord);
    const end = batchEnd(block, batches, i);
    nextOffset = batchLastOffset(block, batches, i) + 1;
    if (!isHandedOut(batches.producers, i, batches.attributes[i], nextOffset - 1, filter)) continue;
    const taken = Math.max(0, Math.min(end - from, options.maxRecords - count));
    copyRecords(block.columns!, from, target.columns, count, taken);
    for (let record = from; record < from + taken; record++) offsets[count++] = recordOffsetAt(block, record);
    if (from + taken < end) nextOffset = offsets[count - 1] + 1;
  }
  target.count = count;
  target.nextOffset = nextOffset;
  // Strictly rising, so the last one tells whether any is left out.
  if (count > 0 && offsets[count - 1] !== options.offset + count - 1) target.offsets = offsets.subarray(0, count);
}

/** Used again for every batch looked at. */
const fetchedBatch: { -readonly [K in keyof FetchedBatch]: FetchedBatch[K] } = {
  lastOffset: 0,
  producerId: -1,
  isTransactional: false,
  control: null,
};
const controls = [null, 'COMMIT', 'ABORT', 'emptied'] as const;

function isHandedOut(
  producers: BatchProducerColumns | null,
  i: number,
  attributes: number,
  lastOffset: number,
  filter: AbortedFilter | null,
): boolean {
  if (producers === null) return true;
  if (filter === null) return producers.marker[i] === BatchMarker.none;
  fetchedBatch.lastOffset = lastOffset;
  fetchedBatch.producerId = producers.producerId[i];
  fetchedBatch.isTransactional = (attributes & BatchAttribute.transactional) !== 0;
  fetchedBatch.control = controls[producers.marker[i]];
  return isDelivered(filter, fetchedBatch, 'read_committed');
}

/** The offset asked for lies in a hole before the block: its records have offsets of their own. */
function noteOffsets(block: Block, firstRecord: number, target: FetchedRecords): void {
  const offsets = new Float64Array(target.count);
  for (let i = 0; i < target.count; i++) offsets[i] = recordOffsetAt(block, firstRecord + i);
  target.offsets = offsets;
}
