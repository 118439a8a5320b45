import type { RecordColumns } from './columns.ts';
import { growColumns } from './columns.ts';
import type { BatchColumns, BatchProducerColumns, Block, PartitionLog } from './logState.ts';
import { sentSampleStride } from './logState.ts';
import { keepProducers } from './keptProducers.ts';
import { columnsFor, spareBatches } from './spareColumns.ts';

/** Records a new block has room for; it doubles up to the log's `blockRecordsMax`, at most `maxBlockRecords`: about 2 MB stored. */
const firstBlockRecords = 64;
export const maxBlockRecords = 131072;
const fewestBlockRecords = 128;

/** Bytes the open blocks of all logs of a run may come to: they are what a checkpoint carries, and a database takes no value much above 100 MB. */
const openBytesMax = 48 * 1024 * 1024;
/** Columns of a record that is a batch of its own, without its producer: with that they come to a quarter more than `openBytesMax`. */
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
    producers: null,
    lastOffset: null,
  };
}

/** New producer columns, all zero. */
export function createBatchProducers(capacity: number): BatchProducerColumns {
  return {
    producerId: new Float64Array(capacity),
    producerEpoch: new Int16Array(capacity),
    baseSequence: new Int32Array(capacity),
    marker: new Int8Array(capacity),
    coordinatorEpoch: new Int32Array(capacity),
  };
}

/** Gives batch columns without producers the columns for them; the first `count` batches have none. */
export function addBatchProducers(batches: BatchColumns, count: number): BatchProducerColumns {
  const producers = createBatchProducers(batches.capacity);
  producers.producerId.fill(-1, 0, count);
  producers.producerEpoch.fill(-1, 0, count);
  producers.baseSequence.fill(-1, 0, count);
  batches.producers = producers;
  return producers;
}

/** Batch columns of a new block, with those of producers where the log has any. */
function batchesFor(log: PartitionLog, capacity: number): BatchColumns {
  const batches = spareBatches(capacity) ?? createBatchColumns(capacity);
  if (log.producers === null) batches.producers = null;
  else if (batches.producers === null) addBatchProducers(batches, 0);
  return batches;
}

/** Opens a block at the log's end with room for `count` records; the former tail must be sealed. */
export function openBlock(log: PartitionLog, count: number): Block {
  // As much as the block before came to when that was full, else half of it: a busy partition is spared the doubling, a quiet one stays small.
  const before = log.blocks.length === 0 ? null : log.blocks[log.blocks.length - 1];
  const full = before !== null && before.recordCount + count > log.blockRecordsMax;
  const records = before === null ? 0 : full ? log.blockRecordsMax : before.recordCount >> 1;
  const batches = before === null ? 0 : full ? before.batchCount + (before.batchCount >> 4) : before.batchCount >> 1;
  const segment = log.segments[log.segments.length - 1];
  const block: Block = {
    number: log.nextBlock++,
    segmentBaseOffset: segment.baseOffset,
    segmentAtOpen: { ...segment },
    producersAtOpen: keepsProducers(log, before) ? keepProducers(log.producers, log.logEndOffset) : null,
    state: 'open',
    baseOffset: log.logEndOffset,
    endOffset: log.logEndOffset,
    recordCount: 0,
    controlRecords: 0,
    batchCount: 0,
    startPosition: log.appendedBytes,
    endPosition: log.appendedBytes,
    largestTimestampMs: -1,
    sentSamplesUs: null,
    sentSampleOffsets: null,
    shared: false,
    columns: columnsFor(Math.max(firstBlockRecords, records, count)),
    batches: batchesFor(log, Math.max(firstBlockBatches, batches)),
    offsets: null,
    lastUse: log.useTick,
  };
  log.blocks.push(block);
  log.tail = block;
  return block;
}

/** Records after which the producers are kept again: what a cut has to read at most to know them. */
const keptProducersEvery = 32768;

/** The first block of a log or of a segment keeps the producers before it, and one of some others. */
function keepsProducers(log: PartitionLog, before: Block | null): boolean {
  if (before === null || before.segmentBaseOffset !== log.segments[log.segments.length - 1].baseOffset) return true;
  return log.nextBlock % Math.ceil(keptProducersEvery / log.blockRecordsMax) === 0;
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
  if (from.producers !== null) to.producers = copyOfProducers(from.producers, count, capacity);
  if (from.lastOffset !== null) {
    to.lastOffset = new Float64Array(capacity);
    to.lastOffset.set(from.lastOffset.subarray(0, count));
  }
  return to;
}

function copyOfProducers(from: BatchProducerColumns, count: number, capacity: number): BatchProducerColumns {
  const to = createBatchProducers(capacity);
  to.producerId.set(from.producerId.subarray(0, count));
  to.producerEpoch.set(from.producerEpoch.subarray(0, count));
  to.baseSequence.set(from.baseSequence.subarray(0, count));
  to.marker.set(from.marker.subarray(0, count));
  to.coordinatorEpoch.set(from.coordinatorEpoch.subarray(0, count));
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
  sampleSentTimes(block);
  block.state = 'sealed';
  log.outbox.push(block.number);
}

/** Keeps the sent times of every `sentSampleStride`-th record of a resident block and of the last one, with their offsets where there are holes. */
export function sampleSentTimes(block: Block): void {
  const { offsets, recordCount } = block;
  const sentUs = block.columns!.sentUs;
  const last = recordCount - 1;
  const count = recordCount === 0 ? 0 : Math.floor(last / sentSampleStride) + 2;
  const samples = new Float64Array(count);
  const sampleOffsets = offsets === null ? null : new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const record = i === count - 1 ? last : i * sentSampleStride;
    samples[i] = sentUs[record];
    if (sampleOffsets !== null) sampleOffsets[i] = offsets![record];
  }
  block.sentSamplesUs = samples;
  block.sentSampleOffsets = sampleOffsets;
}

/** Takes `count` blocks out of the log; those the store has, or is being given, are queued for deletion there. */
export function dropBlocks(log: PartitionLog, from: number, count: number): Block[] {
  const dropped = log.blocks.splice(from, count);
  for (const block of dropped) {
    if (block.state === 'stored' || block.state === 'writing') log.deletions.push(block.number);
    else log.outbox = log.outbox.filter((number) => number !== block.number);
  }
  return dropped;
}

/** Resident bytes of a block's columns. */
export function blockResidentBytes(block: Block): number {
  const { columns, batches, offsets } = block;
  const batchBytes = batches === null ? 0 : 50 + (batches.producers === null ? 0 : 19) + (batches.lastOffset === null ? 0 : 8);
  return (
    (columns === null ? 0 : columns.capacity * 32) + (batches === null ? 0 : batches.capacity * batchBytes) + (offsets?.byteLength ?? 0)
  );
}
