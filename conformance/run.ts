/**
 * `npm run conformance [-- FILTER] [--data DIR] [--seeds N] [--first-seed N]`: runs every suite on its file of the conformance data, which is read where
 * it lies. Random cases are run from N seeds (10), counted from the first one (0).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { joinOutcomes, processCount, startHelper } from './processes.ts';
import type { Seeds, Share, SuiteOutcome } from './suite.ts';
import { everything, runSuite, usualSeeds } from './suite.ts';
import { suites } from './suites.ts';

const failuresShown = 5;

interface Options {
  filter: string;
  data: string;
  seeds: Seeds;
  /** Set in a process that another one has started for a part of the work: then the outcomes go to a file. */
  share: Share | null;
  outcomes: string;
}

const usage = 'Usage: npm run conformance -- [FILTER] [--data DIR] [--seeds N] [--first-seed N]';

/** Options may be written `--name value` or `--name=value`. */
function parseArguments(args: readonly string[]): Options {
  const options: Options = {
    filter: '',
    data: process.env.LOGJAM_CONFORMANCE ?? '../shared/conformance',
    seeds: usualSeeds,
    share: null,
    outcomes: '',
  };
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
    else if (arg === '--share') options.share = { index: Number(value.split('/')[0]), of: Number(value.split('/')[1]) };
    else if (arg === '--outcomes') options.outcomes = value;
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

function runFile(suite: (typeof suites)[number], folder: string, seeds: Seeds, share: Share): SuiteOutcome {
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
  return runSuite(suite, data, seeds, share);
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

async function main(): Promise<number> {
  const { filter, data, seeds, share, outcomes: outcomesFile } = parseArguments(process.argv.slice(2));
  const chosen = suites.filter((suite) => suite.file.includes(filter));
  if (chosen.length === 0) {
    console.error(`No suite's file contains "${filter}". There are: ${suites.map((suite) => suite.file).join(', ')}`);
    return 2;
  }
  if (share !== null) {
    // A file that is not there is told of once, by the process that runs everything.
    const shared = chosen.filter(({ file, isShared }) => isShared === true && existsSync(join(data, file)));
    const own = shared.map((suite) => runFile(suite, data, seeds, share));
    writeFileSync(outcomesFile, JSON.stringify(own));
    return 0;
  }
  const of = chosen.some(({ isShared }) => isShared === true) ? processCount() : 1;
  const helpers = Array.from({ length: of - 1 }, (_, i) => startHelper(process.argv.slice(2), { index: i + 1, of }));
  const own = chosen.map((suite) => runFile(suite, data, seeds, of > 1 ? { index: 0, of } : everything));
  const outcomes = joinOutcomes([...own, ...(await Promise.all(helpers.map((helper) => helper.outcomes()))).flat()]);
  printTable(outcomes);
  const count = (of: (outcome: SuiteOutcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const failed = count((outcome) => outcome.failures.length);
  const passed = count((outcome) => outcome.passed);
  const skipped = count((outcome) => countSkipped(outcome.skipped));
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = await main();
