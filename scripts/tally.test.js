import { describe, expect, test } from 'vitest';
import { line, oneFailed, onePassed, settle, sum, tallyOfPlaywright, tallyOfVitest } from './tally.js';

describe('tally', () => {
  test('sums and prints one line', () => {
    expect(line(sum([onePassed, oneFailed, { passed: 10, failed: 0, skipped: 2 }]))).toBe('11 passed, 1 failed, 2 skipped');
    expect(line(sum([]))).toBe('0 passed, 0 failed, 0 skipped');
  });

  test("Vitest's report: a file that could not be loaded counts as one failure", () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [
        { status: 'passed', assertionResults: [{}, {}] },
        { status: 'failed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [] },
      ],
    };
    expect(tallyOfVitest(report)).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  test("Playwright's report: a flaky test has passed at its second try, errors outside of tests are failures", () => {
    const report = { stats: { expected: 7, unexpected: 1, flaky: 1, skipped: 3 }, errors: [{}] };
    expect(tallyOfPlaywright(report)).toEqual({ passed: 8, failed: 2, skipped: 3 });
  });

  test('a program that failed is never counted as green', () => {
    const green = { passed: 3, failed: 0, skipped: 0 };
    expect(settle(green, true)).toEqual(green);
    expect(settle(green, false)).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(settle({ passed: 3, failed: 2, skipped: 0 }, false)).toEqual({ passed: 3, failed: 2, skipped: 0 });
    expect(settle(null, true)).toEqual(oneFailed);
  });
});
