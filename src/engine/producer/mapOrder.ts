/**
 * Order in which Kafka's client walks the queues of one topic: that of a Java HashMap which is copied at each insertion (`CopyOnWriteMap`). Small
 * copies have fewer buckets than the topic has partitions, so the order depends on which partitions were used, and on which first.
 */
export function mapOrder(inserted: readonly number[]): number[] {
  let order: number[] = [];
  for (let i = 0; i < inserted.length; i++) {
    let buckets = i === 0 ? 16 : bucketsOfCopy(i);
    if (i + 1 > Math.floor(buckets * 0.75)) buckets *= 2;
    const table: number[][] = Array.from({ length: buckets }, () => []);
    for (const key of [...order, inserted[i]]) table[(key ^ (key >>> 16)) & (buckets - 1)].push(key);
    order = table.flat();
  }
  return order;
}

/** `HashMap(Map)`: the next power of two from size / 0.75 + 1. */
function bucketsOfCopy(size: number): number {
  const wanted = Math.floor(Math.fround(Math.fround(size / 0.75) + 1));
  let buckets = 1;
  while (buckets < wanted) buckets *= 2;
  return buckets;
}
