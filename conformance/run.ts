/**
 * `npm run conformance [-- FILTER] [--data DIR] [--seeds N] [--first-seed N]`: runs every suite on its file of the conformance data, which is read where
 * it lies. Random cases are run from N seeds (10), counted from the first one (0).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Seeds, SuiteOutcome } from './suite.ts';
import { runSuite, usualSeeds } from './suite.ts';
import { suites } from './suites.ts';

const failuresShown = 5;

interface Options {
  filter: string;
  data: string;
  seeds: Seeds;
}

const usage = 'Usage: npm run conformance -- [FILTER] [--data DIR] [--seeds N] [--first-seed N]';

/** Options may be written `--name value` or `--name=value`. */
function parseArguments(args: readonly string[]): Options {
  const options: Options = { filter: '', data: process.env.LOGJAM_CONFORMANCE ?? '../shared/conformance', seeds: usualSeeds };
  const rest = args.flatMap((arg) => (/^--[^=]+=/.test(arg) ? [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] : [arg]));
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i]!;
    if (!arg.startsWith('-')) {
      options.filter = arg;
      continue;
    }
    const value = rest[++i];
    if (value === undefined) throw new Error(`${arg} needs a value. ${usage}`);
    if (arg === '--data') options.data = value;
    else if (arg === '--seeds') options.seeds = { ...options.seeds, count: wholeNumber(arg, value, 2) };
    else if (arg === '--first-seed') options.seeds = { ...options.seeds, first: wholeNumber(arg, value, 0) };
    else throw new Error(`Unknown option ${arg}. ${usage}`);
  }
  return { ...options, data: resolve(options.data) };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > 1e9)
    throw new Error(`${name} must be a whole number from ${least} on, not "${text}"`);
  return value;
}

function runFile(suite: (typeof suites)[number], folder: string, seeds: Seeds): SuiteOutcome {
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
  return runSuite(suite, data, seeds);
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
  const { filter, data, seeds } = parseArguments(process.argv.slice(2));
  const chosen = suites.filter((suite) => suite.file.includes(filter));
  if (chosen.length === 0) {
    console.error(`No suite's file contains "${filter}". There are: ${suites.map((suite) => suite.file).join(', ')}`);
    return 2;
  }
  const outcomes = chosen.map((suite) => runFile(suite, data, seeds));
  printTable(outcomes);
  const count = (of: (outcome: SuiteOutcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const failed = count((outcome) => outcome.failures.length);
  const passed = count((outcome) => outcome.passed);
  const skipped = count((outcome) => countSkipped(outcome.skipped));
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = main();
