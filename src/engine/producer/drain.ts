import type { Accumulator } from './accumulator.ts';
import { noteRound } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import { isBatchFull } from './batch.ts';
import { deallocateBuffer } from './bufferPool.ts';
import { closeCompressed, estimatedBytes } from './compression.ts';
import { mapOrder } from './mapOrder.ts';

/** Tells the accumulator who leads each local partition, and rebuilds what it keeps by broker. */
export function setLeaders(acc: Accumulator, leaders: Int32Array, brokerCount: number): void {
  acc.leaders = leaders;
  acc.localsOf = Array.from({ length: brokerCount }, () => []);
  for (let local = 0; local < leaders.length; local++) if (leaders[local] >= 0) acc.localsOf[leaders[local]].push(local);
  while (acc.drainIndex.length < brokerCount) acc.drainIndex.push(0);
  acc.oldestUs = new Float64Array(brokerCount);
  acc.fullSinceUs = new Float64Array(brokerCount);
  acc.waiting = new Int32Array(brokerCount);
  acc.lastOpened = new Int32Array(brokerCount);
  for (let broker = 0; broker < brokerCount; broker++) summariseBroker(acc, broker);
}

/** Recomputes what is kept of one broker from its queues. */
export function summariseBroker(acc: Accumulator, broker: number): void {
  acc.oldestUs[broker] = Infinity;
  acc.fullSinceUs[broker] = Infinity;
  acc.waiting[broker] = 0;
  const locals = acc.localsOf[broker];
  for (let i = 0; i < locals.length; i++) {
    const queue = acc.queues[locals[i]];
    if (queue.length === 0) continue;
    acc.waiting[broker]++;
    acc.lastOpened[broker] = locals[i];
    addToSummary(acc, broker, queue);
  }
}

function addToSummary(acc: Accumulator, broker: number, queue: readonly AccumulatorBatch[]): void {
  const head = queue[0];
  if (head.createdUs < acc.oldestUs[broker]) acc.oldestUs[broker] = head.createdUs;
  if (queue.length > 1 || isBatchFull(head)) acc.fullSinceUs[broker] = Math.min(acc.fullSinceUs[broker], head.createdUs);
}

/** What `RecordAccumulator.ready` finds: brokers with something to send now, and how long until there may be more. */
export interface ReadyCheck {
  brokers: number[];
  /** Time until a batch of a broker not ready has lingered enough, Infinity when there is none. */
  nextCheckDelayUs: number;
  unknownLeader: boolean;
}

/** Kafka's own walk over all partitions. The sender's fast way is `isBrokerReady`, which finds the same brokers without the walk. */
export function checkReady(acc: Accumulator, nowUs: number, lingerUs: number, exhausted: boolean): ReadyCheck {
  noteRound(acc);
  const ready = new Set<number>();
  let nextCheckDelayUs = Infinity;
  let unknownLeader = false;
  for (const local of walkOrder(acc)) {
    const queue = acc.queues[local];
    if (queue.length === 0) continue;
    const leader = acc.leaders[local];
    if (leader < 0) {
      unknownLeader = true;
      continue;
    }
    if (ready.has(leader)) continue;
    const waitedUs = nowUs - queue[0].createdUs;
    if (queue.length > 1 || isBatchFull(queue[0]) || waitedUs >= lingerUs || exhausted) ready.add(leader);
    else nextCheckDelayUs = Math.min(nextCheckDelayUs, lingerUs - waitedUs);
  }
  return { brokers: [...ready].sort((a, b) => a - b), nextCheckDelayUs, unknownLeader };
}

/** All queues ever used, topic by topic, each in the order Kafka's map gives. */
function walkOrder(acc: Accumulator): number[] {
  return acc.sticky.flatMap((_, slot) => {
    const first = acc.firstLocal[slot];
    const used = acc.used.filter((local) => acc.slotOf[local] === slot).map((local) => local - first);
    return mapOrder(used).map((partition) => first + partition);
  });
}

/** Whether a broker has a full batch, a second one in a queue, one that lingered enough, or any while memory is exhausted. */
export function isBrokerReady(acc: Accumulator, broker: number, nowUs: number, lingerUs: number, exhausted: boolean): boolean {
  const oldestUs = acc.oldestUs[broker];
  return oldestUs !== Infinity && (exhausted || acc.fullSinceUs[broker] <= nowUs || nowUs - oldestUs >= lingerUs);
}

/**
 * Takes the first batch of each queue of one broker, starting where the last drain ended, until the next would exceed `maxRequestBytes` (one batch
 * always goes), as `RecordAccumulator.drainBatchesForOneNode`. They replace what `into` holds. Their memory stays taken until `releaseBatch`.
 */
export function drainBroker(acc: Accumulator, broker: number, maxRequestBytes: number, into: AccumulatorBatch[]): void {
  const locals = acc.localsOf[broker];
  const count = locals.length;
  if (count === 0) return;
  const start = acc.drainIndex[broker] % count;
  let index = start;
  let sizeBytes = 0;
  let taken = 0;
  let left = acc.waiting[broker];
  acc.oldestUs[broker] = Infinity;
  acc.fullSinceUs[broker] = Infinity;
  // One batch in all, often the case when records come one by one: no need to look for it.
  if (left === 1 && acc.queues[acc.lastOpened[broker]].length === 1) index = count;
  while (left > 0) {
    const local = index === count ? acc.lastOpened[broker] : locals[index];
    const queue = acc.queues[local];
    if (queue.length > 0) {
      if (sizeBytes + estimatedBytes(queue[0]) > maxRequestBytes && taken > 0) {
        summariseBroker(acc, broker);
        break;
      }
      const batch = takeHead(acc, local);
      if (queue.length === 0) acc.waiting[broker]--;
      sizeBytes += batch.sizeBytes;
      into[taken++] = batch;
      if (queue.length > 0) addToSummary(acc, broker, queue);
      left--;
    }
    index = index + 1 === count ? 0 : index + 1;
  }
  // A round that saw all ends, in Kafka, at the place before its start; one that was cut short begins again with what did not fit.
  acc.drainIndex[broker] = left > 0 ? index : start === 0 ? count - 1 : start - 1;
  // Cutting an array, even to the length it has, would give its memory away.
  if (into.length > taken) into.length = taken;
}

/** Takes the first batch of a queue; the broker's summary is the caller's. */
export function takeHead(acc: Accumulator, local: number): AccumulatorBatch {
  const queue = acc.queues[local];
  const batch = queue[0];
  if (queue.length === 1) {
    queue.pop();
    acc.tails[local] = null;
  } else {
    queue.shift();
  }
  if (acc.adaptive === true) acc.changed.push(local);
  if (acc.compression !== null) closeCompressed(acc, acc.compression, batch);
  return batch;
}

/** Gives a batch's memory back and keeps the batch for reuse: it was answered, or is dropped. One that was sent twice may still be on the wire. */
export function releaseBatch(acc: Accumulator, batch: AccumulatorBatch): void {
  deallocateBuffer(acc.pool, batch.bufferBytes);
  if (batch.attempts === 0 && batch.isSplit === false) acc.spare.push(batch);
}
