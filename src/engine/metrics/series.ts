/**
 * Samples of every node over virtual time, at a fixed interval that doubles whenever the room is used up (pairs are then joined: the later
 * sample of each pair stays). Bounded memory, whatever the run's length.
 */
import { createLagMarks, type LagMarks } from './lag/marks.ts';

export const seriesQuantities = ['rate-in', 'rate-out', 'lag-records', 'lag-seconds', 'latency-p50-ms', 'latency-p99-ms'] as const;

export interface Series {
  /** What the trend of lag is measured from. */
  readonly lagMarks: LagMarks;
  intervalUs: number;
  nextUs: number;
  count: number;
  readonly capacity: number;
  readonly timesUs: Float64Array;
  /** By node, then quantity, then sample. NaN where there is no such number. */
  values: Float64Array[];
  /** Counts at the last sample, to get rates from: in and out by node. */
  lastIn: Float64Array;
  lastOut: Float64Array;
  lastUs: number;
  /** Latency buckets at the last sample, by node; null for nodes without latencies. */
  lastCounts: (Uint32Array | null)[];
}

export function createSeries(options: { nodes: number; durationUs: number; consumes: readonly boolean[]; buckets: number }): Series {
  const capacity = 1200;
  const intervalUs = Math.max(100_000, Math.min(1_000_000, Math.floor(options.durationUs / 600)));
  return {
    lagMarks: createLagMarks(),
    intervalUs,
    nextUs: intervalUs,
    count: 0,
    capacity,
    timesUs: new Float64Array(capacity),
    values: Array.from({ length: options.nodes * seriesQuantities.length }, () => new Float64Array(capacity)),
    lastIn: new Float64Array(options.nodes),
    lastOut: new Float64Array(options.nodes),
    lastUs: 0,
    lastCounts: options.consumes.map((consumes) => (consumes ? new Uint32Array(options.buckets) : null)),
  };
}

/** Makes room by keeping every second sample and doubling the interval. */
export function thinOut(series: Series): void {
  const kept = Math.floor(series.count / 2);
  for (let i = 0; i < kept; i++) series.timesUs[i] = series.timesUs[2 * i + 1]!;
  for (const values of series.values) for (let i = 0; i < kept; i++) values[i] = values[2 * i + 1]!;
  series.count = kept;
  series.intervalUs *= 2;
}
