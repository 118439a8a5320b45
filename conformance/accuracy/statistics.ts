/** Random cases: seeds, means over runs with their intervals, and how they are compared and printed. */
import type { CaseReport, Seeds } from '../suite.ts';
import type { QueueingCase } from './reading.ts';

export interface Interval {
  readonly mean: number;
  /** Half width of the 99 % confidence interval, each run being one sample; 0 with a single run. */
  readonly halfWidth: number;
}

export interface Estimate extends Interval {
  readonly name: string;
}

/** Each case has seeds of its own: one unlucky stream of arrivals shall not tilt them all. */
export const firstSeed = (id: string, { first }: Seeds): number => (1_000 * Number(id.replace(/\D/g, '')) + first) >>> 0;

/** Records of each run: together twice what the case asks for. */
export const recordsOfRun = ({ min_records: wanted }: QueueingCase, { count }: Seeds): number =>
  Math.ceil((2 * (typeof wanted === 'number' ? wanted : 1_000_000)) / count);

/**
 * Part of the tolerance that the 99 % interval may take before it is enough. Were it all of it, one figure in a hundred would be off by chance, and more where a run of few long waits also looks
 * well known.
 */
export const intervalShare = 0.7;

/** The most runs of an experiment whose figures scatter, for each seed that was asked for. */
const runsPerSeedMost = 12;

/** Student's t at 99.5 % for 4 degrees of freedom and more, by interpolation in 1 / degrees (error below 0.01). */
function studentT(degrees: number): number {
  const normal = 2.5758;
  return normal + 4.95 / degrees + 9.5 / (degrees * degrees);
}

export function intervalOf(values: readonly number[]): Interval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const halfWidth = values.length < 2 ? 0 : studentT(values.length - 1) * Math.sqrt(squares / (values.length - 1) / values.length);
  return { mean, halfWidth };
}

/** Mean and standard deviation of single outcomes. */
export function spreadOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** How far off a figure may be, from a case's tolerance: its own words for percentiles and for variances come first. */
function allowedOf({ tolerance }: QueueingCase, name: string, expected: number): number {
  if (typeof tolerance === 'string') return 0;
  const { type, value, on = '' } = tolerance;
  const isSpread = /^(?:sd|variance)_|_sd_|_variance_/.test(name);
  const spread = isSpread ? /(?:variances?|sd)[^,;]*?([\d.]+) ?%/.exec(on)?.[1] : undefined;
  const percentile = /^p\d+_/.test(name) ? (/percentiles ([\d.]+)/.exec(on)?.[1] ?? value * 2) : undefined;
  const part = spread !== undefined ? Number(spread) / 100 : Number(percentile ?? value);
  return type === 'relative' ? Math.abs(expected) * part : part;
}

/** A set-up that can be run from any seed. */
export interface Experiment {
  /** What of the case's words is done how, for the printed line. */
  readonly way: string;
  /** Figures of one run. */
  figures(seed: number): Readonly<Record<string, number>>;
  /** Figures that come out of no run of a bearable length, with the reason. */
  readonly skipped?: Readonly<Record<string, string>>;
}

/** Whether one more run tells more: a figure's interval is too wide for its tolerance. */
function isVague(entry: QueueingCase, found: readonly Readonly<Record<string, number>>[]): boolean {
  return Object.entries(entry.expected).some(([name, value]) => {
    if (found[0]![name] === undefined) return false;
    const { halfWidth } = intervalOf(found.map((figures) => figures[name]!));
    return halfWidth > Math.max(1e-12, intervalShare * allowedOf(entry, name, Number(value)));
  });
}

/** Runs an experiment from every seed, and from those that follow while its figures scatter too much for their tolerances; prints each figure with its interval and compares it. */
export function checkExperiment(entry: QueueingCase, experiment: Experiment, report: CaseReport): void {
  const { seeds } = report;
  const started = performance.now();
  const runs: Readonly<Record<string, number>>[] = [];
  while (runs.length < seeds.count || (runs.length < seeds.count * runsPerSeedMost && isVague(entry, runs)))
    runs.push(experiment.figures(firstSeed(entry.id, seeds) + runs.length));
  console.log(`${entry.id} ${entry.model}: ${experiment.way}; ${runs.length} runs, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const failures: string[] = [];
  let passed = 0;
  for (const [name, value] of Object.entries(entry.expected)) {
    const reason = runs[0]![name] === undefined ? (experiment.skipped?.[name] ?? 'no figure of that name is measured yet') : null;
    if (reason !== null) {
      report.skip(`${entry.id} ${name}`, reason);
      continue;
    }
    const expected = Number(value);
    const { mean, halfWidth } = intervalOf(runs.map((figures) => figures[name]!));
    const allowed = allowedOf(entry, name, expected);
    const isClose = Math.abs(mean - expected) <= allowed;
    const off = expected === 0 ? '' : ` (${(((mean - expected) / expected) * 100).toFixed(3)} %)`;
    const line = `${name.padEnd(28)} ${mean.toPrecision(7)} ± ${halfWidth.toPrecision(3)}, expected ${expected} ± ${allowed.toPrecision(3)}${off}`;
    console.log(`  ${isClose ? 'ok  ' : 'FAIL'} ${line}`);
    if (isClose) passed++;
    else failures.push(`${entry.id} ${line}`);
  }
  report.add({ passed, failures });
}
