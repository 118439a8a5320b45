/**
 * The order in which java.util.HashMap and HashSet give their elements: Kafka's sticky assignors look at members, and at partitions that have moved, in
 * that order, and now and then it decides who keeps what. Buckets ascending, within a bucket as inserted; tables begin with 16 buckets.
 */

const smallestTable = 16;

/** Buckets of a table that has held up to `count` elements: doubled whenever it is more than three quarters full. */
export function tableSize(count: number): number {
  let size = smallestTable;
  while (count > size * 0.75) size *= 2;
  return size;
}

/** Bucket of an element with this hash code. `buckets` is a power of two. */
export function bucketOf(hash: number, buckets: number): number {
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}

/** Hash code of Kafka's TopicPartition, given its topic's. */
export function partitionHash(topicHash: number, partition: number): number {
  return (Math.imul(31, 31 + partition) + topicHash) | 0;
}
