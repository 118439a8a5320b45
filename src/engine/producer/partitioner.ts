import type { RandomStream } from '../kernel/random.ts';

/** A random number from 0 to 2^31 - 1, drawn from `source`. An argument, so that a test can give 0, 1, 2, … as Kafka's own tests do. */
export type DrawNumber = (source: RandomStream) => number;

/**
 * Kafka's `BuiltInPartitioner` (KIP-794) for one topic: records without a key stick to a partition until `batch.size` bytes went there, and
 * the next one is chosen at random, partitions with shorter queues more often.
 */
export interface StickyPartitioner {
  /** Current partition, -1 before the first record without a key. */
  partition: number;
  /** Bytes appended to it since it was chosen. */
  producedBytes: number;
}

export function createStickyPartitioner(): StickyPartitioner {
  return { partition: -1, producedBytes: 0 };
}

/**
 * Turns queue sizes into cumulative weights in place: a partition's weight is how much shorter its queue is than the longest, plus one. The first
 * `length` entries are partitions that can be chosen, the array's own length is the number of all partitions. False when chances are equal and a
 * plain choice does (`BuiltInPartitioner.updatePartitionLoadStats`).
 */
export function foldLoadStats(queueSizes: Int32Array, length: number): boolean {
  if (length < 1 || queueSizes.length < 2) return false;
  let longest = queueSizes[0];
  let equal = true;
  for (let i = 1; i < length; i++) {
    const size = queueSizes[i];
    if (size !== queueSizes[0]) equal = false;
    if (size > longest) longest = size;
  }
  if (equal && length === queueSizes.length) return false;
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum += longest + 1 - queueSizes[i];
    queueSizes[i] = sum;
  }
  return true;
}

/** Position of the first of `length` cumulative weights that is greater than `random` modulo their sum. */
export function pickWeighted(cumulative: Int32Array, length: number, random: number): number {
  const target = random % cumulative[length - 1];
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
