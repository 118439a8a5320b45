import { expect, test } from 'vitest';
import { plainChecksum } from './plainChecksum.ts';

const plain = () => ({
  name: 'Müller',
  none: null,
  missing: undefined,
  flags: [true, false],
  rows: new Map<string, unknown>([['4711', [9_007_199_254_740_993n, -1n, 0.1]]]),
  seen: new Set([1, 2]),
  columns: new Float64Array([1, NaN, -0]),
});

test('[REC-5] a structured clone of plain data, whole numbers beyond 53 bits among it, has the same checksum', () => {
  expect(plainChecksum(structuredClone(plain()))).toBe(plainChecksum(plain()));
});

test.each([
  ['a whole number', 9_007_199_254_740_992n],
  ['its sign', -9_007_199_254_740_993n],
  ['its kind', '9007199254740993'],
])('[REC-5] %s that has changed is seen', (_what, other) => {
  const changed = { ...plain(), rows: new Map([['4711', [other, -1n, 0.1]]]) };
  expect(plainChecksum(changed)).not.toBe(plainChecksum(plain()));
});

test('[REC-5] what a clone would lose is refused', () => {
  expect(() => plainChecksum({ program: () => 1 })).toThrow('a function is no plain data');
});
