import { describe, expect, test } from 'vitest';
import { createStream, nextBelow, nextUint32, nextUniform } from './random.ts';

/** xoshiro128** in arbitrary precision, from the authors' description, as an independent reference. */
function reference(words: bigint[]): bigint {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const result = (rotate((words[1] * 5n) & mask, 7n) * 9n) & mask;
  const t = (words[1] << 9n) & mask;
  words[2] ^= words[0];
  words[3] ^= words[1];
  words[1] ^= words[2];
  words[0] ^= words[3];
  words[2] ^= t;
  words[3] = rotate(words[3], 11n);
  return result;
}

describe('random streams', () => {
  test('[KER-4] the generator is xoshiro128**', () => {
    const stream = createStream(42, 'producer:orders');
    const words = [...stream.words].map(BigInt);
    for (let i = 0; i < 1000; i++) expect(BigInt(nextUint32(stream))).toBe(reference(words));
  });

  test('[KER-4] a stream depends on seed and name alone, and every bit of both counts', () => {
    const first = (seed: number, name: string) => nextUint32(createStream(seed, name));
    expect(first(1, 'a')).toBe(first(1, 'a'));
    const values = [
      first(1, 'a'),
      first(2, 'a'),
      first(1 + 2 ** 32, 'a'),
      first(1, 'b'),
      first(1, 'aa'),
      first(1, ''),
      first(1, 'ab'),
      first(1, 'ba'),
    ];
    expect(new Set(values).size).toBe(values.length);
  });

  test('[KER-4] uniforms are in [0, 1) with mean 1/2, across neighbouring seeds too', () => {
    let along = 0;
    let across = 0;
    const stream = createStream(7, 'u');
    for (let i = 0; i < 20000; i++) {
      const u = nextUniform(stream);
      expect(u >= 0 && u < 1).toBe(true);
      along += u;
      across += nextUniform(createStream(i, 'u'));
    }
    expect(along / 20000).toBeCloseTo(0.5, 1.8);
    expect(Math.abs(across / 20000 - 0.5)).toBeLessThan(0.01);
  });

  test('[KER-4] nextBelow covers its range evenly and refuses nonsense', () => {
    const stream = createStream(3, 'below');
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 70000; i++) counts[nextBelow(stream, 7)]++;
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(500);
    expect(nextBelow(stream, 1)).toBe(0);
    for (const bound of [0, -1, 1.5, NaN, 2 ** 33]) expect(() => nextBelow(stream, bound)).toThrow('bound');
  });
});
