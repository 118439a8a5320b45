/**
 * How many checks passed, failed and were skipped.
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 */

/** @type {Readonly<Tally>} */
export const nothing = { passed: 0, failed: 0, skipped: 0 };

/** @type {Readonly<Tally>} */
export const onePassed = { passed: 1, failed: 0, skipped: 0 };

/** @type {Readonly<Tally>} */
export const oneFailed = { passed: 0, failed: 1, skipped: 0 };

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return tallies.reduce(
    (total, each) => ({
      passed: total.passed + each.passed,
      failed: total.failed + each.failed,
      skipped: total.skipped + each.skipped,
    }),
    nothing,
  );
}

/** The one line that a run ends with. @param {Tally} tally */
export function line(tally) {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

/**
 * Counts Vitest's JSON report. A file that could not be loaded holds no test and is counted as one failure.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: unknown[] }[] }} report
 * @returns {Tally}
 */
export function tallyOfVitest(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Counts Playwright's JSON report. A flaky test, one that passed when it was tried again, has passed; without a second try there are none. Errors outside of
 * tests are failures too.
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors?: unknown[] }} report
 * @returns {Tally}
 */
export function tallyOfPlaywright({ stats, errors = [] }) {
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped };
}

/**
 * What a program's report and its exit status say together: a program that failed without a failed test (an error between tests, a crash
 * before the report was written) counts as one failure, and a program that reports no test at all has not tested anything.
 * @param {Tally | null} reported
 * @param {boolean} succeeded
 * @returns {Tally}
 */
export function settle(reported, succeeded) {
  if (reported === null) return oneFailed;
  return succeeded || reported.failed > 0 ? reported : sum([reported, oneFailed]);
}
