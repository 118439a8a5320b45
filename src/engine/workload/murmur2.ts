const multiplier = 0x5bd1e995;
const seed = 0x9747b28c;

/** 32-bit MurmurHash2 of the first `length` bytes, signed, as Kafka's `Utils.murmur2` (blocks of four bytes are read little-endian). */
export function murmur2(bytes: Uint8Array, length: number = bytes.length): number {
  let hash = seed ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let block = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    block = Math.imul(block, multiplier);
    block ^= block >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(block, multiplier);
  }
  const rest = length - whole;
  if (rest === 3) hash ^= bytes[whole + 2] << 16;
  if (rest >= 2) hash ^= bytes[whole + 1] << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[whole], multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}

/** Kafka's `Utils.toPositive`: the sign bit is cleared, which is not the absolute value. */
export function toPositive(hash: number): number {
  return hash & 0x7fffffff;
}

/** Partition of a serialised key, as `BuiltInPartitioner.partitionForKey`. */
export function partitionForKey(bytes: Uint8Array, partitions: number): number {
  return toPositive(murmur2(bytes)) % partitions;
}
