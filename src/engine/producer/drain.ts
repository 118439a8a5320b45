import type { Accumulator } from './accumulator.ts';
import { noteRound } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import { isBatchFull } from './batch.ts';
import { deallocateBuffer } from './bufferPool.ts';
import { mapOrder } from './mapOrder.ts';

/** Tells the accumulator who leads each local partition, and rebuilds what it keeps by broker. */
export function setLeaders(acc: Accumulator, leaders: Int32Array, brokerCount: number): void {
  acc.leaders = leaders;
  acc.localsOf = Array.from({ length: brokerCount }, () => []);
  for (let local = 0; local < leaders.length; local++) if (leaders[local] >= 0) acc.localsOf[leaders[local]].push(local);
  while (acc.drainIndex.length < brokerCount) acc.drainIndex.push(0);
  acc.oldestUs = new Float64Array(brokerCount);
  acc.fullSinceUs = new Float64Array(brokerCount);
  for (let broker = 0; broker < brokerCount; broker++) summariseBroker(acc, broker);
}

/** Recomputes `oldestUs` and `fullSinceUs` of one broker from its queues. */
export function summariseBroker(acc: Accumulator, broker: number): void {
  acc.oldestUs[broker] = Infinity;
  acc.fullSinceUs[broker] = Infinity;
  const locals = acc.localsOf[broker];
  for (let i = 0; i < locals.length; i++) addToSummary(acc, broker, acc.queues[locals[i]]);
}

function addToSummary(acc: Accumulator, broker: number, queue: readonly AccumulatorBatch[]): void {
  if (queue.length === 0) return;
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
 * always goes), as `RecordAccumulator.drainBatchesForOneNode`. The batches' memory stays taken until `releaseBatch`.
 */
export function drainBroker(acc: Accumulator, broker: number, maxRequestBytes: number, into: AccumulatorBatch[]): void {
  const locals = acc.localsOf[broker];
  const count = locals.length;
  if (count === 0) return;
  const start = acc.drainIndex[broker] % count;
  let index = start;
  let sizeBytes = 0;
  acc.oldestUs[broker] = Infinity;
  acc.fullSinceUs[broker] = Infinity;
  do {
    const local = locals[index];
    acc.drainIndex[broker] = index;
    index = index + 1 === count ? 0 : index + 1;
    const queue = acc.queues[local];
    if (queue.length === 0) continue;
    if (sizeBytes + queue[0].sizeBytes > maxRequestBytes && into.length > 0) {
      summariseBroker(acc, broker);
      return;
    }
    const batch = takeHead(acc, local, queue);
    sizeBytes += batch.sizeBytes;
    into.push(batch);
    if (queue.length > 0) addToSummary(acc, broker, queue);
  } while (index !== start);
}

function takeHead(acc: Accumulator, local: number, queue: AccumulatorBatch[]): AccumulatorBatch {
  const batch = queue[0];
  if (queue.length === 1) {
    queue.pop();
    acc.tails[local] = null;
  } else {
    queue.shift();
  }
  if (acc.adaptive) acc.changed.push(local);
  return batch;
}

/** Gives a batch's memory back and keeps the batch for reuse: it was answered, or is dropped. */
export function releaseBatch(acc: Accumulator, batch: AccumulatorBatch): void {
  deallocateBuffer(acc.pool, batch.bufferBytes);
  acc.spare.push(batch);
}
