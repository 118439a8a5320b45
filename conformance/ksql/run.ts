/**
 * `npm run conformance:ksql [-- FILE] [--filter TEXT] [--failures N]`: runs ksqlDB's functional tests, one JSON object a line, plain or gzipped. Prints how
 * many pass of each category, and of those that need nothing but JSON, KAFKA and DELIMITED rows (core). FILTER is a part of a case's id, category or tags.
 * Cases that fail for a reason knownGaps.ts lists count as skipped, with the reason; one that passes although it is listed counts as failed, so that the list
 * stays true.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { caseOfLine } from './cases.ts';
import type { KsqlCase } from './cases.ts';
import { knownGap } from './knownGaps.ts';
import { runRestCase } from './restCase.ts';
import { runCase } from './runCase.ts';

const usage = 'Usage: npm run conformance:ksql -- [FILE] [--filter TEXT] [--failures N]';

interface Options {
  file: string;
  filter: string;
  failures: number;
}

function parseArguments(args: readonly string[]): Options {
  const folder = process.env.LOGJAM_CONFORMANCE ?? '../shared/conformance';
  const options: Options = { file: join(folder, 'ksql/qtt-open.jsonl.gz'), filter: '', failures: 5 };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-')) options.file = arg;
    else if (arg === '--filter') options.filter = args[++i] ?? '';
    else if (arg === '--failures') options.failures = Number(args[++i]);
    else throw new Error(`Unknown option ${arg}. ${usage}`);
  }
  if (!Number.isInteger(options.failures) || options.failures < 0) throw new Error(`--failures must be a whole number. ${usage}`);
  return { ...options, file: resolve(options.file) };
}

const supported = new Set(['JSON', 'JSON_SR', 'KAFKA', 'DELIMITED', 'NONE', 'FOO']);

/** Why a case is not run; null where it is. */
function skipReason({ formats }: KsqlCase): string | null {
  const missing = formats.find((format) => !supported.has(format));
  return missing === undefined ? null : `format ${missing} is not there`;
}

interface Count {
  passed: number;
  failed: number;
  skipped: number;
  corePassed: number;
  core: number;
}

const emptyCount = (): Count => ({ passed: 0, failed: 0, skipped: 0, corePassed: 0, core: 0 });

function readCases(file: string): KsqlCase[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(caseOfLine);
}

function table(counts: ReadonlyMap<string, Count>): void {
  const width = Math.max(8, ...[...counts.keys()].map((name) => name.length));
  console.log(`${'category'.padEnd(width)}  passed  of  skipped  core passed  of`);
  for (const [name, { passed, failed, skipped, corePassed, core }] of counts)
    console.log(
      `${name.padEnd(width)}  ${String(passed).padStart(6)} ${String(passed + failed).padStart(3)}  ${String(skipped).padStart(7)}  ${String(corePassed).padStart(11)} ${String(core).padStart(3)}`,
    );
}

interface Result {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped or what went wrong. */
  readonly text: string;
}

function resultOf(one: KsqlCase): Result {
  const reason = skipReason(one);
  if (reason !== null) return { outcome: 'skipped', text: reason };
  const failure = one.suite === 'rqtt' ? runRestCase(one) : runCase(one);
  const gap = knownGap(one.id);
  if (failure === null) {
    if (gap === null) return { outcome: 'passed', text: '' };
    return { outcome: 'failed', text: `passes, although knownGaps.ts lists it: ${gap}. Take it off the list.` };
  }
  return gap === null ? { outcome: 'failed', text: failure } : { outcome: 'skipped', text: gap };
}

/** Runs the cases and prints what came of them; whether none failed. */
function runAll(cases: readonly KsqlCase[], failures: number): boolean {
  const counts = new Map<string, Count>();
  const total = emptyCount();
  const reasons = new Map<string, number>();
  for (const one of cases) {
    const { outcome, text } = resultOf(one);
    if (outcome === 'skipped') reasons.set(text, (reasons.get(text) ?? 0) + 1);
    if (outcome === 'failed' && total.failed < failures) console.log(`FAILED ${one.id}${one.isCore ? ' (core)' : ''}\n  ${text}`);
    const count = counts.get(one.category) ?? emptyCount();
    counts.set(one.category, count);
    for (const each of [count, total]) {
      each[outcome]++;
      if (!one.isCore) continue;
      each.core++;
      if (outcome === 'passed') each.corePassed++;
    }
  }
  table(new Map([...[...counts].sort(([a], [b]) => (a < b ? -1 : 1)), ['total', total]]));
  for (const [reason, count] of reasons) console.log(`skipped ${String(count)}: ${reason}`);
  console.log(`\n${String(total.passed)} passed, ${String(total.failed)} failed, ${String(total.skipped)} skipped`);
  return total.failed === 0;
}

function main(): number {
  const { file, filter, failures } = parseArguments(process.argv.slice(2));
  if (!existsSync(file)) {
    console.log(`Skipped: there is no ${file}. Set LOGJAM_CONFORMANCE to the folder that holds ksql/qtt-open.jsonl.gz.`);
    console.log('0 passed, 0 failed, 1 skipped');
    return 0;
  }
  const isMeant = ({ id, category, tags }: KsqlCase) => `${id} ${category} ${tags.join(' ')}`.toLowerCase().includes(filter.toLowerCase());
  return runAll(readCases(file).filter(isMeant), failures) ? 0 : 1;
}

process.exitCode = main();
