import { expect, test } from 'vitest';
import { runSuite } from '../suite.ts';
import { checkAssignmentCase, type AssignmentCase } from './assignments.ts';
import { checkHashCase, type HashCase } from './hashing.ts';

function outcomeOf(cases: readonly (HashCase & AssignmentCase)[]): { passed: number; failures: readonly string[] } {
  const { passed, failures } = runSuite(
    {
      file: '',
      run(_, report) {
        for (const entry of cases)
          if (!checkHashCase(entry, report) && !checkAssignmentCase(entry, cases, report)) report.check(entry.id, 'not read', 'read');
      },
    },
    null,
  );
  return { passed, failures };
}

test('assignments are read from their words, the input of the case before included', () => {
  const cases = [
    { id: 'A1', title: 'Range: 1 topics x 5 partitions, C0,C1', expected: { C0: ['t0p0', 't0p1', 't0p2'], C1: ['t0p3', 't0p4'] } },
    { id: 'A2', title: 'RoundRobin: same input', expected: { C0: ['t0p0', 't0p2', 't0p4'], C1: ['t0p1', 't0p3'] } },
    { id: 'A3', title: 'Idle consumers', expected: { P2C5_idle: 3, P7C3_range: [3, 2, 2], P5C2_sticky: [3, 2] } },
  ];
  expect(outcomeOf(cases)).toEqual({ passed: 3, failures: [] });
});

test('the fewest partitions that keep up are found by running', () => {
  const expected = { t20_p10_c7: 3, t20_p6_c30: 4 };
  expect(outcomeOf([{ id: 'F1', title: 'Partition count rule', expected }])).toEqual({ passed: 1, failures: [] });
});

test('[PRO-4] batches without keys at a steady rate are of one size, and a partition is left after twice batch.size at most', () => {
  const expected = { after_fix: '10 KB batches only; partition switched after 20 KB (between 1x and 2x batch.size)' };
  const title = 'Uniform-sticky batch pattern: linger.ms=500, batch.size=16 KB, steady 20 KB/s keyless';
  expect(outcomeOf([{ id: 'K1', title, expected }])).toEqual({ passed: 1, failures: [] });
});

test('a partition is drawn in proportion to how much shorter its queue is than the longest', () => {
  const expected = { queues_1_4_4: [4, 1, 1], all_equal: 'uniform' };
  expect(outcomeOf([{ id: 'K2', title: 'adaptive partitioner weights', expected }])).toEqual({ passed: 1, failures: [] });
  const wrong = outcomeOf([{ id: 'K2', title: 'adaptive partitioner weights', expected: { queues_1_4_4: [4, 1, 2] } }]);
  expect(wrong.failures).toHaveLength(1);
});
