/**
 * Which records have been seen, told by the source that made them (`root`) and their number there (`sequence`): a bit for each number in chunks that are made when they are
 * first needed and become a marker when they are full. A set of everything a source ever sent costs a marker for each 4,096 records, one with gaps half a
 * kilobyte for each such range. Plain data.
 */
export interface IdentitySet {
  /** By root, then by `sequence / 4096`: null where nothing is seen, `full` where everything is. */
  readonly chunks: (Chunk | 'full' | null)[][];
  /** Identities in the set. */
  size: number;
}

/** The bits, and behind them how many of them are set. */
type Chunk = Uint32Array;

const chunkShift = 12;
const chunkBits = 1 << chunkShift;
const countAt = chunkBits / 32;

export function createIdentitySet(roots: number): IdentitySet {
  return { chunks: Array.from({ length: roots }, () => []), size: 0 };
}

/** Adds an identity; false when it was there already. `sequence` is an integer from 0 of 32 bits at most. */
export function addIdentity(set: IdentitySet, root: number, sequence: number): boolean {
  const chunks = set.chunks[root]!;
  const number = sequence >>> chunkShift;
  let chunk = number < chunks.length ? chunks[number]! : null;
  if (chunk === 'full') return false;
  if (chunk === null) {
    while (chunks.length <= number) chunks.push(null);
    chunk = new Uint32Array(countAt + 1);
    chunks[number] = chunk;
  }
  const bit = sequence & (chunkBits - 1);
  const mask = 1 << (bit & 31);
  if ((chunk[bit >>> 5]! & mask) !== 0) return false;
  chunk[bit >>> 5]! |= mask;
  set.size++;
  if (++chunk[countAt]! === chunkBits) chunks[number] = 'full';
  return true;
}

export function hasIdentity(set: IdentitySet, root: number, sequence: number): boolean {
  const chunks = set.chunks[root]!;
  const number = sequence >>> chunkShift;
  const chunk = number < chunks.length ? chunks[number]! : null;
  if (chunk === null || chunk === 'full') return chunk === 'full';
  const bit = sequence & (chunkBits - 1);
  return (chunk[bit >>> 5]! & (1 << (bit & 31))) !== 0;
}
