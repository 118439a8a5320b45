import { describe, expect, test } from 'vitest';
import type { ConfigValue } from '../../pipeline/document.ts';
import { hashBase } from '../kernel/hash.ts';
import { compileKeyChoice, fillKeys, keyAtSequence } from './keyChoice.ts';
import { createKeyTable } from './keys.ts';

const defaults = { 'key.prefix': 'k', 'key.count': 20, 'key.zipf.exponent': 1.1, 'key.hot.share': 0.4, 'key.list': ['a', 'b*3', 'c*0.5'] };
const choiceOf = (settings: Record<string, ConfigValue>, seed = 1) =>
  compileKeyChoice(createKeyTable(), { ...defaults, ...settings }, hashBase(seed, 'source/keys', 0));

/** Chi-square of the counts of 200,000 keys against the chances given, degrees of freedom one less than chances. */
function chiSquare(settings: Record<string, ConfigValue>, chances: readonly number[], from = 0): number {
  const choice = choiceOf(settings);
  const keys = new Int32Array(200_000);
  fillKeys(choice, from, keys, keys.length);
  const first = keys.reduce((least, key) => Math.min(least, key), Infinity);
  const counts = new Float64Array(chances.length);
  for (const key of keys) counts[key - first]++;
  const sum = chances.reduce((a, b) => a + b, 0);
  return counts.reduce((total, count, i) => {
    const expected = (chances[i] / sum) * keys.length;
    return total + (count - expected) ** 2 / expected;
  }, 0);
}

const shapes = ['none', 'sequential', 'uniform', 'zipf', 'hot', 'list'];

describe('keys that follow from the record number', () => {
  // 43.8 is the point a chi-square of 19 degrees of freedom exceeds once in a thousand, 13.8 that of 2.
  test('[WRK-10] every shape has the chances it says, from any number on', () => {
    const even = Array.from({ length: 20 }, () => 1);
    for (const from of [0, 1_000_000_007]) {
      expect(chiSquare({ 'key.shape': 'uniform' }, even, from)).toBeLessThan(43.8);
      const zipf = even.map((_, i) => (i + 1) ** -1.1);
      expect(chiSquare({ 'key.shape': 'zipf' }, zipf, from)).toBeLessThan(43.8);
      const hot = even.map((_, i) => (i === 0 ? 0.4 : 0.6 / 19));
      expect(chiSquare({ 'key.shape': 'hot' }, hot, from)).toBeLessThan(43.8);
      expect(chiSquare({ 'key.shape': 'list' }, [1, 3, 0.5], from)).toBeLessThan(13.8);
    }
  });

  test('[WRK-10] many keys: even over halves and over neighbours, all within the range', () => {
    const count = 2 ** 30;
    const choice = choiceOf({ 'key.shape': 'uniform', 'key.count': count });
    const keys = new Int32Array(100_000);
    fillKeys(choice, 0, keys, keys.length);
    const { first } = choice as { first: number };
    const cells = new Float64Array(16);
    let odd = 0;
    for (const key of keys) {
      const position = key - first;
      expect(position >= 0 && position < count).toBe(true);
      cells[Math.floor(position / (count / 16))]++;
      odd += position & 1;
    }
    for (const cell of cells) expect(Math.abs(cell - 6250)).toBeLessThan(300);
    expect(Math.abs(odd - 50_000)).toBeLessThan(600);
  });

  test('[WRK-10] the key of a record does not depend on where a chunk begins', () => {
    for (const shape of shapes) {
      for (const count of [1, 7, 100_000]) {
        const choice = choiceOf({ 'key.shape': shape, 'key.count': count });
        const keys = new Int32Array(300);
        fillKeys(choice, 4_000_000_000, keys, 300);
        const pieces = new Int32Array(300);
        for (let at = 0; at < 300; at += 37) fillKeys(choice, 4_000_000_000 + at, pieces.subarray(at), Math.min(37, 300 - at));
        expect(pieces).toEqual(keys);
        expect(Array.from(keys, (_, i) => keyAtSequence(choice, 4_000_000_000 + i))).toEqual([...keys]);
      }
    }
  });

  test('[WRK-10] another seed gives other keys', () => {
    const of = (seed: number) => Array.from({ length: 100 }, (_, n) => keyAtSequence(choiceOf({ 'key.shape': 'uniform' }, seed), n));
    expect(of(1)).toEqual(of(1));
    expect(of(1).filter((key, n) => key === of(2)[n]).length).toBeLessThan(20);
  });
});
