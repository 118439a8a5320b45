/** The fingerprint: a rolling hash over the trace, two 32-bit lanes, equal wherever the run is equal. */
export interface Trace {
  lanes: Uint32Array;
}

/** A trace of nothing. */
export function createTrace(): Trace {
  return { lanes: Uint32Array.of(0x6c6f676a, 0x616d3031) };
}

/**
 * Mixes one event into the fingerprint: its time as low and high 32 bits, then kind, a and b reduced to 32 bits. The lanes take the words in
 * different combinations with different multipliers, so that what collides in one does not in the other. Every step is
 * a bijection of its lane for fixed input: nothing mixed before is ever lost.
 */
export function mix(trace: Trace, timeUs: number, kind: number, a: number, b: number): void {
  const lanes = trace.lanes;
  const low = timeUs | 0;
  // The first hour has no high word, and a division takes its time.
  const high = timeUs < 4294967296 ? 0 : Math.floor(timeUs / 4294967296) | 0;
  let x = lanes[0] ^ Math.imul(low, 0xcc9e2d51);
  let y = lanes[1] ^ Math.imul(high ^ kind, 0x85ebca6b) ^ low;
  x = Math.imul((x << 13) | (x >>> 19), 5) + 0x6546b64 + high;
  y = Math.imul((y << 11) | (y >>> 21), 0xc2b2ae35) ^ (y >>> 15);
  x = Math.imul(x ^ kind, 0x9e3779b1) ^ a;
  y = Math.imul(y ^ b, 0x27d4eb2f) + a;
  x = Math.imul((x << 15) | (x >>> 17), 0x165667b1) ^ b;
  y = Math.imul((y << 17) | (y >>> 15), 0x2545f491) ^ (y >>> 13);
  lanes[0] = x ^ (x >>> 16);
  lanes[1] = y;
}

/** 16 hexadecimal digits. */
export function fingerprintOf(trace: Trace): string {
  return hexadecimal(avalanche(trace.lanes[0])) + hexadecimal(avalanche(trace.lanes[1] ^ Math.imul(trace.lanes[0], 0x9e3779b1)));
}

function avalanche(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

function hexadecimal(word: number): string {
  return word.toString(16).padStart(8, '0');
}
