import type { RecordColumns } from './columns.ts';
import { createColumns, growColumns } from './columns.ts';
import type { BatchColumns, Block, PartitionLog } from './logState.ts';
import { sentSampleStride } from './logState.ts';

/** Records a new block has room for; it doubles up to the log's `blockRecordsMax`, at most `maxBlockRecords`: about 2 MB stored. */
const firstBlockRecords = 64;
export const maxBlockRecords = 131072;
const fewestBlockRecords = 128;

/** Bytes the open blocks of all logs of a run may come to: they are what a checkpoint carries, and a database takes no value much above 100 MB. */
const openBytesMax = 48 * 1024 * 1024;
/** Columns of a record that is a batch of its own. */
const recordBytesMost = 32 + 50;

/** Most records of one block in a run of so many logs. Depends on the design alone, so that a run is the same whatever its host does. */
export function blockRecordsFor(logs: number): number {
  return Math.max(fewestBlockRecords, Math.min(maxBlockRecords, Math.floor(openBytesMax / recordBytesMost / Math.max(1, logs))));
}
const firstBlockBatches = 16;

/** New batch columns, all zero. */
export function createBatchColumns(capacity: number): BatchColumns {
  return {
    capacity,
    baseOffset: new Float64Array(capacity),
    firstRecord: new Int32Array(capacity),
    position: new Float64Array(capacity),
    baseTimestampMs: new Float64Array(capacity),
    maxTimestampMs: new Float64Array(capacity),
    appendUs: new Float64Array(capacity),
    attributes: new Int16Array(capacity),
    leaderEpoch: new Int32Array(capacity),
  };
}

/**
 * Columns of full size that evicted blocks gave back, for new blocks: fresh memory costs as much as writing it. They hold old records, which nobody
 * reads beyond a block's count, so they are no part of any run's state.
 */
const spareColumns: RecordColumns[] = [];
const spareColumnsMax = 16;
const spareCapacityLeast = 4096;

/** Gives back columns that nothing refers to any more. */
export function recycleColumns(columns: RecordColumns): void {
  if (columns.capacity >= spareCapacityLeast && spareColumns.length < spareColumnsMax) spareColumns.push(columns);
}

function columnsFor(records: number): RecordColumns {
  const last = spareColumns[spareColumns.length - 1];
  if (last === undefined || last.capacity !== records) return createColumns(records);
  spareColumns.length--;
  return last;
}

/** Opens a block at the log's end with room for `count` records; the former tail must be sealed. */
export function openBlock(log: PartitionLog, count: number): Block {
  // As much as the block before came to when that was full, else half of it: a busy partition is spared the doubling, a quiet one stays small.
  const before = log.blocks.length === 0 ? null : log.blocks[log.blocks.length - 1];
  const full = before !== null && before.recordCount > log.blockRecordsMax * 0.9;
  const records = before === null ? 0 : full ? log.blockRecordsMax : before.recordCount >> 1;
  const batches = before === null ? 0 : full ? before.batchCount + (before.batchCount >> 4) : before.batchCount >> 1;
  const block: Block = {
    number: log.nextBlock++,
    segmentBaseOffset: log.segments[log.segments.length - 1].baseOffset,
    state: 'open',
    baseOffset: log.logEndOffset,
    endOffset: log.logEndOffset,
    recordCount: 0,
    batchCount: 0,
    startPosition: log.appendedBytes,
    endPosition: log.appendedBytes,
    largestTimestampMs: -1,
    sentSamplesUs: null,
    shared: false,
    columns: columnsFor(Math.max(firstBlockRecords, records, count)),
    batches: createBatchColumns(Math.max(firstBlockBatches, batches)),
    lastUse: log.useTick,
  };
  log.blocks.push(block);
  log.tail = block;
  return block;
}

/** Room for `count` more records in an open block. */
export function growRecords(block: Block, count: number): RecordColumns {
  block.columns = growColumns(block.columns!, block.recordCount, block.recordCount + count);
  return block.columns;
}

/** Room for one more batch in an open block. */
export function growBatches(block: Block): BatchColumns {
  block.batches = copyOfBatches(block.batches!, block.batchCount, block.batchCount * 2);
  return block.batches;
}

/** The first `count` batches in columns of their own with room for `capacity`. */
export function copyOfBatches(from: BatchColumns, count: number, capacity: number): BatchColumns {
  const to = createBatchColumns(capacity);
  to.baseOffset.set(from.baseOffset.subarray(0, count));
  to.firstRecord.set(from.firstRecord.subarray(0, count));
  to.position.set(from.position.subarray(0, count));
  to.baseTimestampMs.set(from.baseTimestampMs.subarray(0, count));
  to.maxTimestampMs.set(from.maxTimestampMs.subarray(0, count));
  to.appendUs.set(from.appendUs.subarray(0, count));
  to.attributes.set(from.attributes.subarray(0, count));
  to.leaderEpoch.set(from.leaderEpoch.subarray(0, count));
  return to;
}

/**
 * Seals the open block, if there is one: it never changes again and waits in the outbox. Its sent times are sampled now, because lag in
 * seconds must not depend on what happens to be resident, which is the host's business and no part of the run.
 */
export function sealTail(log: PartitionLog): void {
  const block = log.tail;
  log.tail = null;
  if (block === null) return;
  const sentUs = block.columns!.sentUs;
  const last = block.recordCount - 1;
  const samples = new Float64Array(Math.floor(last / sentSampleStride) + 2);
  for (let i = 0; i < samples.length - 1; i++) samples[i] = sentUs[i * sentSampleStride];
  samples[samples.length - 1] = sentUs[last];
  block.sentSamplesUs = samples;
  block.state = 'sealed';
  log.outbox.push(block.number);
}

/** Resident bytes of a block's columns. */
export function blockResidentBytes(block: Block): number {
  return (block.columns === null ? 0 : block.columns.capacity * 32) + (block.batches === null ? 0 : block.batches.capacity * 50);
}
