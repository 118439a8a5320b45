/** Damage to the stored log of a run, in words. */
import type { DamagedPartition } from '../../workers/protocol.ts';

/** `orders-1`, `orders-1 and orders-2`, `orders-1, orders-2 and 3 more partitions`. */
export function damagedNames(damage: readonly DamagedPartition[]): string {
  const names = damage.map(({ topic, partition }) => `${topic}-${partition}`);
  if (names.length <= 2) return names.join(' and ');
  return names.length === 3
    ? `${names[0]}, ${names[1]} and ${names[2]}`
    : `${names[0]}, ${names[1]} and ${names.length - 2} more partitions`;
}

/** What can still be read of a partition, and what cannot. */
export function readableWords({ logStartOffset, cutOffset, logEndOffset }: DamagedPartition): string {
  const lost = `${cutOffset} to ${logEndOffset - 1} cannot be read`;
  return cutOffset > logStartOffset ? `Offsets ${logStartOffset} to ${cutOffset - 1} can be read, ${lost}` : `Offsets ${lost}`;
}
