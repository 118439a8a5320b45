/**
 * Which partitions of which topic have moved between which members during one general sticky assignment, so that a move can be undone
 * with another partition of the same topic instead of moving two (AbstractStickyAssignor.PartitionMovements). Keys are `from>to` member numbers.
 */
export interface PartitionMovements {
  /** By topic: partitions moved, by pair. */
  readonly byTopic: Map<number, Map<string, Set<number>>>;
  /** Pair of each moved partition. */
  readonly pairOf: Map<number, { from: number; to: number }>;
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
  const pairs = movements.byTopic.get(topic) ?? new Map<string, Set<number>>();
  movements.byTopic.set(topic, pairs);
  const partitions = pairs.get(pairKey(origin, to));
  if (partitions === undefined) pairs.set(pairKey(origin, to), new Set([partition]));
  else partitions.add(partition);
}

function forget(movements: PartitionMovements, topic: number, partition: number, pair: { from: number; to: number }): void {
  movements.pairOf.delete(partition);
  const pairs = movements.byTopic.get(topic);
  const partitions = pairs?.get(pairKey(pair.from, pair.to));
  partitions?.delete(partition);
  if (partitions?.size === 0) pairs?.delete(pairKey(pair.from, pair.to));
  if (pairs?.size === 0) movements.byTopic.delete(topic);
}

/** The partition to move instead: one of the topic that already went the other way, if there is one (the lowest), else the partition itself. */
export function partitionToMove(movements: PartitionMovements, topic: number, partition: number, from: number, to: number): number {
  const pairs = movements.byTopic.get(topic);
  if (pairs === undefined) return partition;
  const origin = movements.pairOf.get(partition)?.from ?? from;
  const reverse = pairs.get(pairKey(to, origin));
  if (reverse === undefined) return partition;
  let lowest = Infinity;
  for (const candidate of reverse) lowest = Math.min(lowest, candidate);
  return lowest;
}
