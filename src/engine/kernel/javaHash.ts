/** Where Kafka's answer hangs on the order of a java.util.HashMap or HashSet: its hash of texts, and the order it gives its elements in. */

const smallestTable = 16;

/** Java's `String.hashCode`: over UTF-16 code units, in 32-bit signed arithmetic. */
export function javaTextHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Buckets of a table that has held up to `count` elements: 16, doubled whenever it is more than three quarters full. */
export function javaTableSize(count: number): number {
  let size = smallestTable;
  while (count > size * 0.75) size *= 2;
  return size;
}

/** Bucket of an element with this hash code. `buckets` is a power of two. */
export function javaBucketOf(hash: number, buckets: number): number {
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}

/**
 * Places of elements with these hash codes, given in the order they were put in, in the order of a HashMap: buckets ascending, within a bucket as put
 * in. An Integer is its own hash code.
 */
export function javaHashOrder(hashes: readonly number[]): number[] {
  const buckets = javaTableSize(hashes.length);
  return hashes.map((_, place) => place).sort((a, b) => javaBucketOf(hashes[a], buckets) - javaBucketOf(hashes[b], buckets) || a - b);
}
