import { expect, test } from 'vitest';
import { matchRank } from './matchRank.ts';

test('the start of a label beats a word, a word beats a part, a part beats a keyword', () => {
  const ranks = [
    matchRank('play', 'Play', []),
    matchRank('theme', 'Light theme', []),
    matchRank('ight', 'Light theme', []),
    matchRank('night', 'Dark theme', ['night']),
    matchRank('dkt', 'Dark theme', []),
  ];
  expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  expect(new Set(ranks).size).toBe(ranks.length);
});

test('every word of the query must be found', () => {
  expect(matchRank('light zebra', 'Light theme', [])).toBe(0);
  expect(matchRank('', 'Anything', [])).toBeGreaterThan(0);
});
