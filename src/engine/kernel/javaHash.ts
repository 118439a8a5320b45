/** Where Kafka's answer hangs on the order of a java.util.HashMap or HashSet: its hash of texts, and the order it gives its elements in. */

const smallestTable = 16;

/** Java's `String.hashCode`: over UTF-16 code units, in 32-bit signed arithmetic. */
export function javaTextHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/**
 * Places of elements with these hash codes, given in the order they were put in, in the order of a HashMap: buckets ascending, within a bucket as put
 * in. Tables begin with 16 buckets and double whenever they are more than three quarters full. An Integer is its own hash code.
 */
export function javaHashOrder(hashes: readonly number[]): number[] {
  let buckets = smallestTable;
  while (hashes.length > buckets * 0.75) buckets *= 2;
  const bucketOf = (hash: number) => (hash ^ (hash >>> 16)) & (buckets - 1);
  return hashes.map((_, place) => place).sort((a, b) => bucketOf(hashes[a]) - bucketOf(hashes[b]) || a - b);
}
