import { describe, expect, test } from 'vitest';
import { newDocument } from '../../pipeline/index.ts';
import type { GuaranteeMatrix, GuaranteeRow } from '../../workers/protocol.ts';
import { bySink, conditionWords, toneOf, totalOf, verdictWords } from './matrixWords.ts';

const counts = { expected: 4000, once: 4000, duplicated: 0, lost: 0, reordered: 0 };
const row = (change: Partial<GuaranteeRow>): GuaranteeRow => ({
  node: 'a',
  name: 'accounts',
  guarantee: 'exactly-once',
  ...counts,
  extraDeliveries: 0,
  p50Ms: 20,
  p99Ms: 90,
  perSecond: 33,
  verdict: '',
  ...change,
});

describe('the guarantee matrix in words', () => {
  test('[MATX-2] a verdict says what went wrong with how many records, the worst first', () => {
    expect(verdictWords(counts)).toBe('Each once, in order');
    expect(verdictWords({ ...counts, once: 3958, lost: 42 })).toBe('42 lost (1.1 %)');
    expect(verdictWords({ ...counts, lost: 2, duplicated: 1000, reordered: 7 })).toBe(
      '2 lost (0.05 %), 1,000 more than once (25 %), 7 out of order',
    );
    expect(verdictWords({ ...counts, expected: 0, once: 0 })).toBe('Nothing came through');
  });

  test('[MATX-2] loss is worse than repetition or another order, and those than neither', () => {
    expect(toneOf(counts)).toBe('calm');
    expect(toneOf({ ...counts, reordered: 1 })).toBe('rising');
    expect(toneOf({ ...counts, duplicated: 1 })).toBe('rising');
    expect(toneOf({ ...counts, duplicated: 1, lost: 1 })).toBe('breached');
    expect(toneOf({ ...counts, expected: 0 })).toBe('breached');
  });

  test('[MATX-2] a guarantee is judged by all sinks together', () => {
    const rows = [
      row({ lost: 3, once: 3997 }),
      row({ guarantee: 'at-least-once', duplicated: 9 }),
      row({ node: 'b', name: 'audit', expected: 100, once: 99, lost: 1 }),
    ];
    const matrix: GuaranteeMatrix = { name: 'x', seeds: [1], durationMs: 1, rows };
    expect(totalOf(matrix, 'exactly-once')).toEqual({ expected: 4100, once: 4096, duplicated: 0, lost: 4, reordered: 0 });
    expect(totalOf(matrix, 'at-most-once')).toBeNull();
    expect(bySink(matrix).map(({ name, rows: mine }) => [name, mine.length])).toEqual([
      ['accounts', 2],
      ['audit', 1],
    ]);
  });

  test('[MATX-3] seeds, faults and time are said', () => {
    const document = newDocument();
    const scenario = { ...document.scenario, seed: 5, durationMs: 120_000 };
    expect(conditionWords({ ...document, scenario }, 1)).toBe('Seed 5, no faults, 2 min of virtual time');
    expect(conditionWords({ ...document, scenario: { ...scenario, faults: [{ atMs: 1, action: 'controller.loss' }] } }, 3)).toBe(
      'Seeds 5 to 7, 1 fault, 2 min of virtual time',
    );
  });
});
