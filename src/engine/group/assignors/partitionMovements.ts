import { javaBucketOf, javaTableSize } from '../../kernel/javaHash.ts';

/**
 * Which partitions of which topic have moved between which members during one general sticky assignment, so that a move can be undone
 * with another partition of the same topic instead of moving two (AbstractStickyAssignor.PartitionMovements). Keys are `from>to` member numbers.
 */
export interface PartitionMovements {
  /** By topic: partitions moved, by pair. */
  readonly byTopic: Map<number, Map<string, MovedPartitions>>;
  /** Pair of each moved partition. */
  readonly pairOf: Map<number, { from: number; to: number }>;
}

interface MovedPartitions {
  readonly partitions: Set<number>;
  /** Most there have been at a time: decides the order in which Java would give them. */
  most: number;
}

export function createMovements(): PartitionMovements {
  return { byTopic: new Map(), pairOf: new Map() };
}

function pairKey(from: number, to: number): string {
  return `${from}>${to}`;
}

/** Notes that a partition goes from one member to another; a chain of moves counts as one, a move back as none. */
export function recordMovement(movements: PartitionMovements, topic: number, partition: number, from: number, to: number): void {
  const earlier = movements.pairOf.get(partition);
  if (earlier !== undefined) forget(movements, topic, partition, earlier);
  const origin = earlier?.from ?? from;
  if (earlier !== undefined && origin === to) return;
  movements.pairOf.set(partition, { from: origin, to });
  const pairs = movements.byTopic.get(topic) ?? new Map<string, MovedPartitions>();
  movements.byTopic.set(topic, pairs);
  const moved = pairs.get(pairKey(origin, to)) ?? { partitions: new Set(), most: 0 };
  pairs.set(pairKey(origin, to), moved);
  moved.partitions.add(partition);
  moved.most = Math.max(moved.most, moved.partitions.size);
}

function forget(movements: PartitionMovements, topic: number, partition: number, pair: { from: number; to: number }): void {
  movements.pairOf.delete(partition);
  const pairs = movements.byTopic.get(topic);
  const moved = pairs?.get(pairKey(pair.from, pair.to));
  moved?.partitions.delete(partition);
  if (moved?.partitions.size === 0) pairs?.delete(pairKey(pair.from, pair.to));
  if (pairs?.size === 0) movements.byTopic.delete(topic);
}

/**
 * The partition to move instead: one of the topic that already went the other way, if there is one, else the partition itself. Of several the first
 * in Java's order; `hashOf` is the hash code of a partition.
 */
export function partitionToMove(
  movements: PartitionMovements,
  move: { topic: number; partition: number; from: number; to: number },
  hashOf: (partition: number) => number,
): number {
  const pairs = movements.byTopic.get(move.topic);
  if (pairs === undefined) return move.partition;
  const origin = movements.pairOf.get(move.partition)?.from ?? move.from;
  const reverse = pairs.get(pairKey(move.to, origin));
  if (reverse === undefined) return move.partition;
  const buckets = javaTableSize(reverse.most);
  let first = move.partition;
  let firstBucket = Infinity;
  for (const candidate of reverse.partitions) {
    const bucket = javaBucketOf(hashOf(candidate), buckets);
    if (bucket < firstBucket) {
      first = candidate;
      firstBucket = bucket;
    }
  }
  return first;
}
