/**
 * `npm run conformance:ksql [-- FILE] [--plans] [--filter TEXT] [--failures N]`: runs ksqlDB's functional tests, one JSON object a line, plain or gzipped. Prints how
 * many pass of each category, and of those that need nothing but JSON, KAFKA and DELIMITED rows (core). FILTER is a part of a case's id, category or tags.
 * Cases that fail for a reason knownGaps.ts lists count as skipped, with the reason; one that passes although it is listed counts as failed, so that the list
 * stays true. With --plans no records are processed: the topologies are compared with those that ksqlDB saved, of the file qtt-plans… beside FILE.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { caseOfLine } from './cases.ts';
import type { KsqlCase } from './cases.ts';
import { knownGap } from './knownGaps.ts';
import type { SavedPlan } from './plans.ts';
import { planMismatch, planQueryId } from './plans.ts';
import { runRestCase } from './restCase.ts';
import { planCase, runCase } from './runCase.ts';

const usage = 'Usage: npm run conformance:ksql -- [FILE] [--plans] [--filter TEXT] [--failures N]';

interface Options {
  file: string;
  filter: string;
  failures: number;
  isOfPlans: boolean;
}

function parseArguments(args: readonly string[]): Options {
  const folder = process.env.LOGJAM_CONFORMANCE ?? '../shared/conformance';
  const options: Options = { file: join(folder, 'ksql/qtt-open.jsonl.gz'), filter: '', failures: 5, isOfPlans: false };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-')) options.file = arg;
    else if (arg === '--plans') options.isOfPlans = true;
    else if (arg === '--filter') options.filter = args[++i] ?? '';
    else if (arg === '--failures') options.failures = Number(args[++i]);
    else throw new Error(`Unknown option ${arg}. ${usage}`);
  }
  if (!Number.isInteger(options.failures) || options.failures < 0) throw new Error(`--failures must be a whole number. ${usage}`);
  return { ...options, file: resolve(options.file) };
}

interface Count {
  passed: number;
  failed: number;
  skipped: number;
  corePassed: number;
  core: number;
}

const emptyCount = (): Count => ({ passed: 0, failed: 0, skipped: 0, corePassed: 0, core: 0 });

function readLines(file: string): string[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter((line) => line.trim() !== '');
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

function caseResult(one: KsqlCase): Result {
  const failure = one.suite === 'rqtt' ? runRestCase(one) : runCase(one);
  const gap = knownGap(one.id);
  if (failure === null) {
    if (gap === null) return { outcome: 'passed', text: '' };
    return { outcome: 'failed', text: `passes, although knownGaps.ts lists it: ${gap}. Take it off the list.` };
  }
  return gap === null ? { outcome: 'failed', text: failure } : { outcome: 'skipped', text: gap };
}

/** Compares the topology of the query that the plan is of, for cases that have a plan. */
function planResult(one: KsqlCase, plans: ReadonlyMap<string, SavedPlan>): Result {
  const plan = plans.get(one.id);
  if (!plan) return { outcome: 'skipped', text: 'there is no plan' };
  const queries = planCase(one);
  if (typeof queries === 'string') return { outcome: 'failed', text: queries };
  const query = queries.find(({ id }) => id === planQueryId(plan)) ?? queries.at(-1);
  const failure = query ? planMismatch(plan, query) : 'no persistent query';
  return failure === null ? { outcome: 'passed', text: '' } : { outcome: 'failed', text: failure };
}

/** Runs the cases and prints what came of them; whether none failed. */
function runAll(cases: readonly KsqlCase[], failures: number, resultOf: (one: KsqlCase) => Result): boolean {
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
  const { file, filter, failures, isOfPlans } = parseArguments(process.argv.slice(2));
  if (!existsSync(file)) {
    console.log(`Skipped: there is no ${file}. Set LOGJAM_CONFORMANCE to the folder that holds ksql/qtt-open.jsonl.gz.`);
    console.log('0 passed, 0 failed, 1 skipped');
    return 0;
  }
  const isMeant = ({ id, category, tags }: KsqlCase) => `${id} ${category} ${tags.join(' ')}`.toLowerCase().includes(filter.toLowerCase());
  const cases = readLines(file).map(caseOfLine).filter(isMeant);
  if (!isOfPlans) return runAll(cases, failures, caseResult) ? 0 : 1;
  const plansFile = join(dirname(file), basename(file).replace('qtt', 'qtt-plans'));
  const saved = new Map(
    readLines(plansFile)
      .map((line) => JSON.parse(line) as SavedPlan)
      .map((plan) => [plan.id, plan]),
  );
  return runAll(cases, failures, (one) => planResult(one, saved)) ? 0 : 1;
}

process.exitCode = main();
