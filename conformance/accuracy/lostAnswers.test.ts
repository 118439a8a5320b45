import { expect, test } from 'vitest';
import { runSuite } from '../suite.ts';
import { checkLostAnswersCase, type LostAnswersCase } from './lostAnswers.ts';

test('[PRO-18] R06: 3 batches of 40 records whose acknowledgements are lost are doubled without idempotence, and not with it', () => {
  const suite = {
    file: '',
    run: (data: unknown, report: Parameters<typeof checkLostAnswersCase>[1]) => void checkLostAnswersCase(data as LostAnswersCase, report),
  };
  const expected = { idempotence_off: { duplicates: 120 }, idempotence_on: { duplicates: 0 } };
  const outcome = runSuite(suite, { id: 'R06', title: 'R06', expected });
  expect(outcome.failures).toEqual([]);
  expect(outcome.passed).toBe(1);
});
