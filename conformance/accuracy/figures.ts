/** Every figure a queueing case may expect, by its name in the data file. */
import type { SetUp } from './reading.ts';
import {
  courseOf,
  meanOf,
  ofMember,
  quantileOf,
  differencesMs,
  spreadWriteStarts,
  type Course,
  type Samples,
  type Window,
} from './samples.ts';

/** What a figure is taken from: one replication, measured. */
export interface Replication {
  readonly setUp: SetUp;
  /** Records of each stage. */
  readonly stages: readonly Samples[];
  readonly window: Window;
  /** Members of the group of the last stage that own no partition. */
  readonly idleConsumers: number;
}

interface Measured extends Replication {
  readonly sojournsMs: Float64Array;
  readonly waitsMs: Float64Array;
  /** Number in the system and number waiting, one course a server. */
  readonly inSystem: readonly Course[];
  readonly waiting: readonly Course[];
  readonly busy: readonly number[];
  readonly writes: number;
}

type Figure = (measured: Measured) => number | readonly number[];

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const means = (courses: readonly Course[]) => courses.map((course) => course.mean);
const stageMeanMs = ({ stages, window }: Measured, index: number) => {
  const samples = stages[index]!;
  return meanOf(differencesMs(samples, samples.sentUs, samples.endUs, window));
};
const endToEndMs = ({ stages, window }: Measured) => {
  const last = stages[stages.length - 1]!;
  return meanOf(differencesMs(last, last.originUs, last.endUs, window));
};

const figures: Readonly<Record<string, Figure>> = {
  utilisation: ({ busy }) => average(busy),
  per_partition_utilisation: ({ busy }) => [...busy],
  mean_sojourn_ms: ({ sojournsMs }) => meanOf(sojournsMs),
  mean_wait_ms: ({ waitsMs }) => meanOf(waitsMs),
  max_sojourn_ms: ({ sojournsMs }) => quantileOf(sojournsMs, 1),
  mean_in_system: ({ inSystem }) => average(means(inSystem)),
  mean_total_in_system: ({ inSystem }) => sum(means(inSystem)),
  mean_lag_waiting: ({ waiting }) => average(means(waiting)),
  mean_waiting: ({ waiting }) => average(means(waiting)),
  max_lag_waiting: ({ waiting }) => Math.max(...waiting.map((course) => course.max)),
  prob_idle: ({ inSystem }) => average(inSystem.map((course) => course.shares[0]!)),
  // Ends of services are whole microseconds, and starts are counted back from them: waits below one count as none.
  prob_wait: ({ waitsMs }) => waitsMs.filter((wait) => wait >= 0.001).length / waitsMs.length,
  // Of D/M/1, the part of the arrivals that find the server busy; waits below the clock's microsecond count as none.
  sigma: ({ waitsMs }) => waitsMs.filter((wait) => wait >= 0.001).length / waitsMs.length,
  // Of bulk service, the ratio of the geometric number waiting while the server is busy: its mean is r / (1 - r).
  root: ({ waiting, inSystem }) => {
    const whileBusy = average(means(waiting)) / (1 - average(inSystem.map((course) => course.shares[0]!)));
    return whileBusy / (1 + whileBusy);
  },
  mean_batch_size: ({ stages, writes }) => stages[stages.length - 1]!.count / writes,
  idle_consumers: ({ idleConsumers }) => idleConsumers,
  mean_end_to_end_ms: endToEndMs,
  end_to_end_kept_ms: endToEndMs,
  stage_sojourn_ms: (measured) => measured.stages.map((_, index) => stageMeanMs(measured, index)),
  stageA_sojourn_ms: (measured) => stageMeanMs(measured, 0),
  stageB_sojourn_ms: (measured) => stageMeanMs(measured, 1),
  output_rate_per_s: ({ stages, window }) => {
    const last = stages[stages.length - 1]!;
    let count = 0;
    for (let i = 0; i < last.count; i++) if (last.endUs[i]! > window.fromUs && last.endUs[i]! <= window.toUs) count++;
    return count / ((window.toUs - window.fromUs) / 1e6);
  },
};

/** The figure of a name, null when there is none. */
function figureOf(name: string): Figure | null {
  const own = figures[name];
  if (own) return own;
  const percentile = /^p(\d{2,3})_(sojourn|wait)_ms$/.exec(name);
  if (percentile) {
    const quantile = Number(`0.${percentile[1]!}`);
    return ({ sojournsMs, waitsMs }) => quantileOf(percentile[2] === 'wait' ? waitsMs : sojournsMs, quantile);
  }
  const atLeast = /^prob_at_least_(\d+)_in_system$/.exec(name);
  if (!atLeast) return null;
  const least = Number(atLeast[1]);
  return ({ inSystem }) =>
    average(inSystem.map((course) => course.shares.reduce((total, share, n) => (n >= least ? total + share : total), 0)));
}

export const isKnownFigure = (name: string): boolean => figureOf(name) !== null;

/** The named figures of one replication. */
export function measure(replication: Replication, names: readonly string[]): Map<string, number | readonly number[]> {
  const { stages, window, setUp } = replication;
  const last = stages[stages.length - 1]!;
  const writes = setUp.bulk > 0 ? spreadWriteStarts(last) : last.count;
  // Queues of the first stage: the only one of all cases but tandems, which ask for times alone.
  const first = stages[0]!;
  const members = [...new Set(first.member.subarray(0, first.count))].sort((a, b) => a - b);
  const servers = members.length === 1 ? [first] : members.map((member) => ofMember(first, member));
  // Members of a share group take from one queue.
  const parts = setUp.shares ? [first] : servers;
  const column = (values: Float64Array, count: number) => values.slice(0, count);
  const inSystem = parts.map(({ sentUs, endUs, count }) => courseOf(column(sentUs, count), column(endUs, count), window));
  const waiting = parts.map(({ sentUs, startUs, count }) => courseOf(column(sentUs, count), column(startUs, count), window));
  const measured: Measured = {
    ...replication,
    sojournsMs: differencesMs(first, first.sentUs, first.endUs, window),
    waitsMs: differencesMs(first, first.sentUs, first.startUs, window),
    inSystem,
    waiting,
    busy: setUp.shares
      ? servers.map(({ startUs, endUs, count }) => 1 - courseOf(column(startUs, count), column(endUs, count), window).shares[0]!)
      : inSystem.map((course) => 1 - course.shares[0]!),
    writes,
  };
  return new Map(names.map((name) => [name, figureOf(name)!(measured)]));
}
