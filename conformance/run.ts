/** `npm run conformance [-- FILTER] [--data DIR]`: runs every suite on its file of the conformance data, which is read where it lies. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SuiteOutcome } from './suite.ts';
import { runSuite } from './suite.ts';
import { suites } from './suites.ts';

const failuresShown = 5;

function parseArguments(args: readonly string[]): { filter: string; data: string } {
  let filter = '';
  let data = process.env.LOGJAM_CONFORMANCE ?? '../shared/conformance';
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--data') {
      const next = args[++i];
      if (next === undefined) throw new Error('--data needs a folder: npm run conformance -- --data DIR');
      data = next;
    } else if (arg.startsWith('--data=')) data = arg.slice('--data='.length);
    else if (arg.startsWith('-')) throw new Error(`Unknown option ${arg}. Usage: npm run conformance -- [FILTER] [--data DIR]`);
    else filter = arg;
  }
  return { filter, data: resolve(data) };
}

function runFile(suite: (typeof suites)[number], folder: string): SuiteOutcome {
  const path = join(folder, suite.file);
  if (!existsSync(path)) {
    const reason = `${path} is not there; set --data or LOGJAM_CONFORMANCE`;
    return { file: suite.file, passed: 0, skipped: [{ reason, count: 1 }], failures: [] };
  }
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { file: suite.file, passed: 0, skipped: [], failures: [`${path} is no JSON: ${String(error)}`] };
  }
  return runSuite(suite, data);
}

function countSkipped(skipped: SuiteOutcome['skipped']): number {
  return skipped.reduce((sum, { count }) => sum + count, 0);
}

function printTable(outcomes: readonly SuiteOutcome[]): void {
  const width = Math.max(4, ...outcomes.map((outcome) => outcome.file.length));
  console.log(`${'file'.padEnd(width)}  passed   total`);
  for (const { file, passed, failures, skipped } of outcomes) {
    const total = passed + failures.length;
    const note = skipped.length > 0 ? `  (${countSkipped(skipped)} skipped)` : '';
    console.log(`${file.padEnd(width)}  ${String(passed).padStart(6)}  ${String(total).padStart(6)}${note}`);
  }
  for (const { file, skipped, failures } of outcomes) {
    for (const { reason, count } of skipped) console.log(`skipped ${file}: ${reason}${count > 1 ? ` (${count} cases)` : ''}`);
    for (const failure of failures.slice(0, failuresShown)) console.log(`FAILED  ${file}: ${failure}`);
    if (failures.length > failuresShown) console.log(`        … and ${failures.length - failuresShown} more in ${file}`);
  }
}

function main(): number {
  const { filter, data } = parseArguments(process.argv.slice(2));
  const chosen = suites.filter((suite) => suite.file.includes(filter));
  if (chosen.length === 0) {
    console.error(`No suite's file contains "${filter}". There are: ${suites.map((suite) => suite.file).join(', ')}`);
    return 2;
  }
  const outcomes = chosen.map((suite) => runFile(suite, data));
  printTable(outcomes);
  const count = (of: (outcome: SuiteOutcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const failed = count((outcome) => outcome.failures.length);
  const passed = count((outcome) => outcome.passed);
  const skipped = count((outcome) => countSkipped(outcome.skipped));
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = main();
