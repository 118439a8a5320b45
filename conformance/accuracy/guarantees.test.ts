import { expect, test } from 'vitest';
import { everything, usualSeeds } from '../suite.ts';
import { checkGuaranteeCase } from './guarantees.ts';

test('a crash in an open transaction repeats calls outside, and nothing that committed readers see', () => {
  const checked: unknown[] = [];
  const report = {
    seeds: usualSeeds,
    share: everything,
    check: (_: string, actual: unknown) => checked.push(actual),
    skip: () => {},
    add: () => {},
  };
  expect(checkGuaranteeCase({ id: 'D05', title: '', expected: {} }, report)).toBe(true);
  expect(checkGuaranteeCase({ id: 'D06', title: '', expected: {} }, report)).toBe(false);
  expect(checked).toEqual([
    {
      downstream_read_committed: { lost: 0, duplicates: 0 },
      downstream_read_uncommitted: { extra_records: 200 },
      http_side_effects_duplicated: 200,
    },
  ]);
});
