/**
 * `npm test`: installs what is missing, a browser included, runs every check of the project, all of them even when one fails, and ends with
 * one line `N passed, N failed, N skipped`. The exit status is 1 when anything failed.
 */
import { requireNode } from './nodeVersion.js';

requireNode();

const { installIfMissing } = await import('./install.js');
installIfMissing();
const { browserVariable, provideBrowser } = await import('./browser.js');
const { readReport, removeReport, staticChecks, testChecks } = await import('./checks.js');
const { endAll, runScript } = await import('./runProgram.js');
const { line, oneFailed, onePassed, settle, sum } = await import('./tally.js');

/** @typedef {import('./checks.js').Check} Check */
/** @typedef {import('./tally.js').Tally} Tally */

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
}

const startedMs = Date.now();
const browser = await browserOrReason();
const lanes = await Promise.all([lane(staticChecks, 0), lane(staticChecks, 1)]);
const tallies = lanes.flat();
for (const check of testChecks) tallies.push(await runTests(check));

const total = sum(tallies);
heading(`All checks, ${seconds(Date.now() - startedMs)}`);
console.log(line(total));
process.exitCode = total.failed > 0 ? 1 : 0;

/** @returns {Promise<{ path: string } | { reason: string }>} */
async function browserOrReason() {
  try {
    return { path: await provideBrowser() };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Every second check, one after the other.
 * @param {readonly Check[]} checks
 * @param {0 | 1} parity
 */
async function lane(checks, parity) {
  /** @type {Tally[]} */
  const results = [];
  for (const check of checks.filter((_, index) => index % 2 === parity)) {
    const { succeeded, output, tookMs } = await runScript(check.script, { limitMs: check.limitMs });
    heading(`${check.title}: ${succeeded ? 'passed' : 'FAILED'}, ${seconds(tookMs)}`);
    if (!succeeded) console.log(`${output.trim()}\n\nAgain on its own: npm run ${check.script}`);
    results.push(succeeded ? onePassed : oneFailed);
  }
  return results;
}

/**
 * @param {Check} check
 * @returns {Promise<Tally>}
 */
async function runTests(check) {
  heading(check.title);
  if (check.needsBrowser && 'reason' in browser) {
    console.log(browser.reason);
    return oneFailed;
  }
  const { report, script, limitMs } = check;
  if (report) removeReport(report);
  const { succeeded } = await runScript(script, {
    parameters: report?.parameters ?? [],
    environment: { ...report?.environment, ...('path' in browser ? { [browserVariable]: browser.path } : {}) },
    limitMs,
    onOutput: (text) => process.stdout.write(text),
  });
  return settle(report ? readReport(report) : onePassed, succeeded);
}

/** @param {string} text */
function heading(text) {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(3, 100 - text.length))}`);
}

/** @param {number} timeMs */
function seconds(timeMs) {
  return `${(timeMs / 1000).toFixed(1)} s`;
}
