/**
 * Randomness without state: a 32-bit number that follows from where it is asked for. The mixing steps are the multiply-xorshift kind, constants
 * from the published low-bias search "hash-prospector" (Chris Wellons, 2018, public domain).
 */
function scramble(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/** A number for (base, sequence), unsigned. `base` comes from `hashBase`. */
export function hashAt(base: number, sequence: number): number {
  return scramble(scramble(sequence ^ base) + base) >>> 0;
}

/** The base of one stream of numbers: run's seed, name of who asks (FNV-1a over its UTF-16), and which of its numbers. */
export function hashBase(seed: number, name: string, index: number): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return scramble(scramble(scramble(seed) ^ h) + Math.imul(index + 1, 0x9e3779b1)) >>> 0;
}
