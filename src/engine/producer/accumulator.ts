import type { RandomStream } from '../kernel/random.ts';
import type { AccumulatorBatch, RecordToAppend } from './batch.ts';
import { appendToBatch, isBatchFull, openBatch } from './batch.ts';
import { estimatedBytes, estimatedRatio, type ProducerCompression } from './compression.ts';
import type { BufferPool } from './bufferPool.ts';
import { allocateBuffer, createBufferPool } from './bufferPool.ts';
import type { DrawNumber, StickyPartitioner } from './partitioner.ts';
import { createStickyPartitioner, foldLoadStats, pickWeighted } from './partitioner.ts';
import { batchUpperBoundBytes } from './recordSize.ts';

/**
 * Kafka's `RecordAccumulator`: a queue of batches for each partition, and what the sender wants to know of them. Partitions are numbered by the
 * accumulator itself, topic by topic ("local"); a topic is named by its place in the producer's list ("slot").
 */
export interface Accumulator {
  batchSizeBytes: number;
  adaptive: boolean;
  /** Path of every record, -1 when records bring their own. */
  readonly constantPath: number;
  readonly pool: BufferPool;
  /** First local partition of each slot, and one more: the number of all. */
  readonly firstLocal: number[];
  /** By slot: partitions the client knows of. The places behind them are kept for partitions that are added. */
  readonly known: number[];
  readonly slotOf: number[];
  /** Global index by local partition. */
  readonly globalOf: number[];
  /** Broker that leads each local partition, -1 without a leader. Written by `setLeaders`. */
  leaders: Int32Array;
  /** Local partitions by broker, in order. */
  localsOf: number[][];
  /** Place in `localsOf` where the next drain of a broker begins, so that none starves. */
  drainIndex: number[];
  queues: AccumulatorBatch[][];
  /** The last batch of each queue. */
  tails: (AccumulatorBatch | null)[];
  sticky: StickyPartitioner[];
  /** Local partitions that ever had a queue, in order of their first use, and the number by slot at the sender's last round. */
  used: number[];
  isUsed: Uint8Array;
  usedAtRound: number[];
  /** Queue sizes the sender saw in its last round; `changed` lists the queues that have changed since. */
  sizesAtRound: Int32Array;
  changed: number[];
  /** By broker: when its oldest waiting batch was opened, and since when a batch is full; Infinity for none. */
  oldestUs: Float64Array;
  fullSinceUs: Float64Array;
  /** By broker: queues that hold something, and the local partition whose queue was the last to get its first batch. */
  waiting: Int32Array;
  lastOpened: Int32Array;
  /**
   * With idempotence, by local partition: the next batch's first sequence, the last sequence acknowledged (-1 for none), and the producer epoch both
   * belong to.
   */
  nextSequence: Int32Array;
  ackedSequence: Int32Array;
  epochs: Int16Array;
  readonly compression: ProducerCompression | null;
  /** By slot: estimated compressed part, for batches opened next. */
  ratios: Float32Array;
  /** Batches for reuse, columns and all. */
  spare: AccumulatorBatch[];
}

export function createAccumulator(options: {
  /** Global indexes of the partitions of each topic of the producer. */
  partitions: readonly (readonly number[])[];
  /** How many of them there are so far, by topic; all by default. */
  known?: readonly number[];
  batchSizeBytes: number;
  bufferMemoryBytes: number;
  adaptive: boolean;
  constantPath: number;
  compression?: ProducerCompression | null;
}): Accumulator {
  const globalOf = options.partitions.flat();
  const firstLocal = [0];
  for (const topic of options.partitions) firstLocal.push(firstLocal[firstLocal.length - 1] + topic.length);
  const count = globalOf.length;
  return {
    batchSizeBytes: Math.max(1, options.batchSizeBytes),
    adaptive: options.adaptive,
    constantPath: options.constantPath,
    pool: createBufferPool(options.bufferMemoryBytes),
    firstLocal,
    known: options.known === undefined ? options.partitions.map((topic) => topic.length) : [...options.known],
    slotOf: options.partitions.flatMap((topic, slot) => topic.map(() => slot)),
    globalOf,
    leaders: new Int32Array(count).fill(-1),
    localsOf: [],
    drainIndex: [],
    queues: globalOf.map(() => []),
    tails: globalOf.map(() => null),
    sticky: options.partitions.map(() => createStickyPartitioner()),
    used: [],
    isUsed: new Uint8Array(count),
    usedAtRound: options.partitions.map(() => 0),
    sizesAtRound: new Int32Array(count),
    changed: [],
    oldestUs: new Float64Array(0),
    fullSinceUs: new Float64Array(0),
    waiting: new Int32Array(0),
    lastOpened: new Int32Array(0),
    nextSequence: new Int32Array(count),
    ackedSequence: new Int32Array(count).fill(-1),
    epochs: new Int16Array(count),
    compression: options.compression ?? null,
    ratios: new Float32Array(options.partitions.length).fill(1),
    spare: [],
  };
}

/** Outcome of an append. One object is used for all calls: read it before the next. */
export interface AppendResult {
  appended: boolean;
  local: number;
  newBatch: boolean;
  /** Whether the queue has something to send without waiting: a second batch, or a full one. */
  batchIsFull: boolean;
  appendedBytes: number;
}
const result: AppendResult = { appended: false, local: 0, newBatch: false, batchIsFull: false, appendedBytes: 0 };

/**
 * Appends one record at `nowUs`, as `RecordAccumulator.append`. Not appended means that there is no buffer memory for a new batch: call again
 * when memory was freed (nothing was taken, the last batch stays closed as in Kafka). `draw(source)` gives the sticky partitioner's random numbers.
 */
export function appendRecord(
  acc: Accumulator,
  slot: number,
  record: RecordToAppend,
  nowUs: number,
  draw: DrawNumber,
  source: RandomStream,
): AppendResult {
  const first = acc.firstLocal[slot];
  const sticky = record.hash < 0 ? acc.sticky[slot] : null;
  let allocated = 0;
  for (;;) {
    if (sticky !== null && sticky.partition < 0) choosePartition(acc, slot, draw, source);
    const local = first + (sticky === null ? record.hash % acc.known[slot] : sticky.partition);
    result.local = local;
    if (acc.isUsed[local] === 0) {
      acc.isUsed[local] = 1;
      acc.used.push(local);
    }
    if (sticky !== null && tailIsFull(acc, local) && addProducedBytes(acc, slot, 0, true, draw, source)) continue;
    const tail = acc.tails[local];
    if (tail !== null) {
      const before = tail.ratio < 0 ? 0 : estimatedBytes(tail);
      const plain = appendToBatch(tail, record, acc.constantPath);
      if (plain > 0) {
        const bytes = tail.ratio < 0 ? plain : estimatedBytes(tail) - before;
        // Memory allocated for another partition that was left meanwhile goes back.
        acc.pool.availableBytes += allocated;
        return finish(acc, slot, sticky, bytes, false, nowUs, draw, source);
      }
      if (tail.closedUs === Infinity) closeBatch(acc, tail, nowUs);
    }
    if (allocated === 0) {
      const size = Math.max(acc.batchSizeBytes, batchUpperBoundBytes(record.payload));
      if (allocateBuffer(acc.pool, size) === false) {
        result.appended = false;
        return result;
      }
      allocated = size;
      // The partition's last batch may just have been closed, and with it a switch that was put off becomes due.
      if (sticky !== null && tailIsFull(acc, local) && addProducedBytes(acc, slot, 0, true, draw, source)) continue;
    }
    const batch = openQueueBatch(acc, local, allocated, nowUs);
    if (acc.compression !== null) beginCompressed(acc, slot, batch);
    appendToBatch(batch, record, acc.constantPath);
    return finish(acc, slot, sticky, estimatedBytes(batch), true, nowUs, draw, source);
  }
}

function finish(
  acc: Accumulator,
  slot: number,
  sticky: StickyPartitioner | null,
  bytes: number,
  newBatch: boolean,
  nowUs: number,
  draw: DrawNumber,
  source: RandomStream,
): AppendResult {
  const local = result.local;
  const tailFull = tailIsFull(acc, local);
  if (sticky !== null) addProducedBytes(acc, slot, bytes, tailFull, draw, source);
  result.appended = true;
  result.newBatch = newBatch;
  result.batchIsFull = tailFull || acc.queues[local].length > 1;
  result.appendedBytes = bytes;
  if (result.batchIsFull === true) markFull(acc, local, nowUs);
  return result;
}

/** Its room depends on an estimate: nothing goes into it but record by record. */
function beginCompressed(acc: Accumulator, slot: number, batch: AccumulatorBatch): void {
  batch.ratio = estimatedRatio(acc, slot);
  if (batch.ratio >= 0) batch.roomBytes = 0;
}

/** `RecordAccumulator.allBatchesFull`: no batch takes more records. */
function tailIsFull(acc: Accumulator, local: number): boolean {
  const tail = acc.tails[local];
  return tail === null || isBatchFull(tail);
}

function closeBatch(acc: Accumulator, batch: AccumulatorBatch, nowUs: number): void {
  batch.closedUs = nowUs;
  batch.roomBytes = 0;
  markFull(acc, batch.local, nowUs);
}

function markFull(acc: Accumulator, local: number, nowUs: number): void {
  const leader = acc.leaders[local];
  if (leader >= 0 && nowUs < acc.fullSinceUs[leader]) acc.fullSinceUs[leader] = nowUs;
}

function openQueueBatch(acc: Accumulator, local: number, bufferBytes: number, nowUs: number): AccumulatorBatch {
  const batch = openBatch(acc.spare, local, acc.globalOf[local], bufferBytes, nowUs, acc.constantPath);
  acc.queues[local].push(batch);
  acc.tails[local] = batch;
  if (acc.adaptive === true) acc.changed.push(local);
  const leader = acc.leaders[local];
  if (leader < 0) return batch;
  if (nowUs < acc.oldestUs[leader]) acc.oldestUs[leader] = nowUs;
  if (acc.queues[local].length === 1) {
    acc.waiting[leader]++;
    acc.lastOpened[leader] = local;
  }
  return batch;
}

/** `BuiltInPartitioner.updatePartitionInfo`: true when it moved on to another partition. */
function addProducedBytes(
  acc: Accumulator,
  slot: number,
  bytes: number,
  enableSwitch: boolean,
  draw: DrawNumber,
  source: RandomStream,
): boolean {
  const sticky = acc.sticky[slot];
  sticky.producedBytes += bytes;
  const enough = sticky.producedBytes >= acc.batchSizeBytes && enableSwitch;
  if (!enough && sticky.producedBytes < acc.batchSizeBytes * 2) return false;
  choosePartition(acc, slot, draw, source);
  return true;
}

/** Chooses the next sticky partition, by the load the sender saw in its last round when that differs between partitions. */
function choosePartition(acc: Accumulator, slot: number, draw: DrawNumber, source: RandomStream): void {
  const random = draw(source);
  const first = acc.firstLocal[slot];
  const count = acc.known[slot];
  const available: number[] = [];
  for (let i = 0; i < count; i++) if (acc.leaders[first + i] >= 0) available.push(i);
  const sticky = acc.sticky[slot];
  sticky.producedBytes = 0;
  if (acc.adaptive && acc.usedAtRound[slot] >= count) {
    const weights = new Int32Array(count);
    for (let i = 0; i < available.length; i++) weights[i] = acc.sizesAtRound[first + available[i]];
    if (foldLoadStats(weights, available.length)) {
      sticky.partition = available[pickWeighted(weights, available.length, random)];
      return;
    }
  }
  sticky.partition = available.length > 0 ? available[random % available.length] : random % count;
}

/** The sender looks at the queues: their sizes as they are now are what the sticky partitioner's load statistics go by until the next round. */
export function noteRound(acc: Accumulator): void {
  if (acc.adaptive === true) noteSizes(acc);
}

function noteSizes(acc: Accumulator): void {
  const { changed } = acc;
  if (changed.length > 0) {
    for (let i = 0; i < changed.length; i++) acc.sizesAtRound[changed[i]] = acc.queues[changed[i]].length;
    changed.length = 0;
  }
  const { usedAtRound } = acc;
  let noted = 0;
  for (let slot = 0; slot < usedAtRound.length; slot++) noted += usedAtRound[slot];
  for (; noted < acc.used.length; noted++) usedAtRound[acc.slotOf[acc.used[noted]]]++;
}

/** Whether a partition the client knows of has no leader as far as it knows. */
export function lacksLeader(acc: Accumulator): boolean {
  for (let slot = 0; slot < acc.known.length; slot++) {
    const first = acc.firstLocal[slot];
    for (let local = first; local < first + acc.known[slot]; local++) if (acc.leaders[local] < 0) return true;
  }
  return false;
}
