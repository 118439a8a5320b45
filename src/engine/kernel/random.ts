/** One named stream per component, so that adding a component leaves the draws of all others alone. Four 32-bit words (xoshiro128**). */
export interface RandomStream {
  words: Uint32Array;
}

/**
 * The stream of a name under a seed. Seed (a double; its low and high halves count) and name are hashed to a 64-bit start, and a
 * splitmix-like sequence from there gives the four words, so that neighbouring seeds and names give unrelated streams.
 */
export function createStream(seed: number, name: string): RandomStream {
  let low = scramble((seed | 0) ^ 0x9e3779b9);
  let high = scramble((Math.floor(seed / 4294967296) | 0) ^ 0x7f4a7c15 ^ low);
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    low = scramble(Math.imul(low ^ code, 0x01000193) + 0x6d2b79f5);
    high = scramble(Math.imul(high ^ (code + i), 0x85ebca6b) ^ low);
  }
  const words = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    low = (low + 0x9e3779b9) | 0;
    high = (high + 0x3c6ef372 + i) | 0;
    words[i] = scramble(low ^ scramble(high));
  }
  // The all-zero state is the one fixed point of the generator.
  if ((words[0] | words[1] | words[2] | words[3]) === 0) words[0] = 1;
  return { words };
}

/** 32 random bits as an unsigned integer (xoshiro128** by Blackman and Vigna). */
export function nextUint32(stream: RandomStream): number {
  const words = stream.words;
  const s0 = words[0] | 0;
  const s1 = words[1] | 0;
  const s2 = (words[2] ^ s0) | 0;
  const s3 = (words[3] ^ s1) | 0;
  words[0] = s0 ^ s3;
  words[1] = s1 ^ s2;
  words[2] = s2 ^ (s1 << 9);
  words[3] = (s3 << 11) | (s3 >>> 21);
  const times5 = Math.imul(s1, 5);
  return Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
}

/** In [0, 1), 32 random bits. */
export function nextUniform(stream: RandomStream): number {
  return nextUint32(stream) * 2.3283064365386963e-10;
}

/** An integer in [0, bound), without modulo bias: draws above the largest multiple of `bound` are taken again. `bound` in 1..2^32. */
export function nextBelow(stream: RandomStream, bound: number): number {
  if (!(bound >= 1 && bound <= 4294967296) || Math.floor(bound) !== bound) {
    throw new Error(`random: the bound must be an integer from 1 to 4294967296, it is ${bound}`);
  }
  const limit = 4294967296 - (4294967296 % bound);
  let draw = nextUint32(stream);
  while (draw >= limit) draw = nextUint32(stream);
  return draw % bound;
}

/** A bijection of 32 bits with full avalanche (the finaliser of MurmurHash3). */
function scramble(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
