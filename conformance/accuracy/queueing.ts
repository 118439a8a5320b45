/** Queueing cases: run, compare, print. */
import type { CaseReport } from '../suite.ts';
import { isKnownFigure } from './figures.ts';
import { readSetUp, type QueueingCase, type SetUp } from './reading.ts';
import { replicateUntil, type Outcome } from './replications.ts';
import { firstSeed, intervalShare, type Estimate } from './statistics.ts';

interface Expectation {
  readonly name: string;
  readonly value: number;
  /** Largest allowed distance, in the figure's unit. */
  readonly allowed: number;
}

/** Fewest times a rare state must be met for its probability to be worth comparing. */
const meetingsMin = 200;
const recordsDefault = 1_000_000;
const replicationsMost = 80;

/** Expected numbers with how far off they may be: means as said, percentiles as said or twice that. */
function expectationsOf(entry: QueueingCase): Expectation[] {
  const { tolerance } = entry;
  const { type, value, on = '' } = typeof tolerance === 'string' ? { type: 'absolute' as const, value: 0 } : tolerance;
  const percentiles = Number(/percentiles ([\d.]+)/.exec(on)?.[1] ?? value * 2);
  return Object.entries(entry.expected).flatMap(([name, expected]) => {
    if (!isKnownFigure(name)) return [];
    const list = Array.isArray(expected) ? (expected as number[]) : null;
    const part = /^p\d+_/.test(name) ? percentiles : value;
    // A count has no tolerance.
    const allowed = (of: number) => (/^idle_consumers$/.test(name) ? 0 : type === 'relative' ? Math.abs(of) * part : part);
    if (list) return list.map((of, place) => ({ name: `${name}[${place}]`, value: of, allowed: allowed(of) }));
    return [{ name, value: Number(expected), allowed: allowed(Number(expected)) }];
  });
}

/** The expectation of an estimate; a list of estimates may stand against one number. */
const expectationOf = (expectations: readonly Expectation[], name: string) =>
  expectations.find((expectation) => expectation.name === name || expectation.name === name.replace(/\[\d+\]$/, ''));

function namesToMeasure(entry: QueueingCase, records: number, report: CaseReport): string[] {
  return Object.keys(entry.expected).filter((name) => {
    if (!isKnownFigure(name)) {
      report.skip(`${entry.id} ${name}`, 'no figure of that name is measured yet');
      return false;
    }
    const rare = name.startsWith('prob_') && Number(entry.expected[name]) * records < meetingsMin;
    if (rare) report.skip(`${entry.id} ${name}`, `${Number(entry.expected[name])} is too rare to be met in a run of a bearable length`);
    return !rare;
  });
}

/** Runs one case; a case that is not understood is skipped with the reason. */
export function checkQueueingCase(entry: QueueingCase, cases: readonly QueueingCase[], report: CaseReport): void {
  const setUp = readSetUp(entry, cases);
  if (typeof setUp === 'string')
    return report.skip(
      `${entry.id} ${entry.title}`,
      entry.group === 'streams' ? 'belongs to stream operators, which come later' : `${setUp}: no node of a pipeline does that yet`,
    );
  const wanted = typeof entry.min_records === 'number' ? entry.min_records : recordsDefault;
  const names = namesToMeasure(entry, wanted * 8, report);
  const expectations = expectationsOf(entry);
  // A seed of its own for each case: one unlucky stream of arrivals shall not tilt them all.
  const seed = firstSeed(entry.id, report.seeds);
  const outcome = runCase(setUp, { names, wanted, expectations, seed, least: report.seeds.count });
  console.log(`${entry.id} ${entry.model}: ${outcome.records} records, ${outcome.replications} runs, ${speed(outcome)}`);
  let passed = 0;
  const failures: string[] = [];
  for (const estimate of outcome.estimates) {
    const expectation = expectationOf(expectations, estimate.name)!;
    const isClose = Math.abs(estimate.mean - expectation.value) <= expectation.allowed;
    const line = sentence(estimate, expectation);
    console.log(`  ${isClose ? 'ok  ' : 'FAIL'} ${line}`);
    if (isClose) passed++;
    else failures.push(`${entry.id} ${line}`);
  }
  report.add({ passed, failures });
}

function runCase(
  setUp: SetUp,
  options: { names: readonly string[]; wanted: number; expectations: readonly Expectation[]; seed: number; least: number },
): Outcome {
  const { names, wanted, expectations, seed, least } = options;
  // Nothing is random: one run says it all.
  const isRandom = setUp.arrivals === 'poisson' || setUp.stages.some((stage) => stage.configs['service.time.distribution'] !== 'constant');
  if (!isRandom) return replicateUntil(setUp, { names, seed, records: wanted, least: 1, most: 1, isEnough: () => true });
  const records = Math.max(50_000, Math.ceil((wanted * 2) / least / setUp.erlangArrivals / 100) * 100) * setUp.erlangArrivals;
  const isEnough = (estimates: readonly Estimate[]) =>
    estimates.every(
      (estimate) => estimate.halfWidth <= Math.max(1e-12, intervalShare * expectationOf(expectations, estimate.name)!.allowed),
    );
  return replicateUntil(setUp, { names, seed, records, least, most: Math.max(least, replicationsMost), isEnough });
}

const digits = (value: number) => (value === 0 ? '0' : value.toPrecision(7));

function sentence({ name, mean, halfWidth }: Estimate, { value, allowed }: Expectation): string {
  const off = value === 0 ? '' : ` (${(((mean - value) / value) * 100).toFixed(3)} %)`;
  return `${name.padEnd(28)} ${digits(mean)} ± ${halfWidth.toPrecision(3)}, expected ${digits(value)} ± ${allowed.toPrecision(3)}${off}`;
}

const speed = ({ events, records, seconds }: Outcome) =>
  `${seconds.toFixed(1)} s, ${(events / seconds / 1e6).toFixed(2)} M events/s, ${(records / seconds / 1e6).toFixed(2)} M records/s`;
