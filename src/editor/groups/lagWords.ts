/** What is said of a lag: figures as words, causes as short names. The sentences are the run's own. */
import type { LagCause, LagCauseKind, LagFigure, LagFigures, LagReport } from '../../workers/protocol.ts';
import { formatBytes, formatCount, formatMilliseconds, formatRate, formatSeconds } from '../format/numbers.ts';

/** A cause in two or three words. */
export const causeNames: Readonly<Record<LagCauseKind, string>> = {
  offline: 'partition offline',
  unreachable: 'connection cut',
  'open-transaction': 'open transaction',
  'below-min-isr': 'too few replicas in sync',
  'no-coordinator': 'no coordinator',
  'no-member': 'no member up',
  'silent-member': 'member gone, not noticed',
  rebalance: 'rebalance',
  'no-owner': 'nobody owns it',
  paused: 'reading paused',
  outage: 'outage',
  'no-memory': 'output not taken',
  'long-poll': 'too long at one poll',
  retries: 'failing services',
  'rate-limit': 'rate limit',
  'hot-key': 'hot key',
  'hot-partition': 'hot partition',
  'pool-order': 'order within the pool',
  'too-few-partitions': 'too few partitions',
  'slow-service': 'slow service',
  'catching-up': 'catching up',
  quota: 'quota',
  'fetch-bound': 'slow fetches',
  'fetch-min-bytes': 'fetch.min.bytes',
  sleeping: 'sleeps between polls',
  'not-due': 'retries not due',
  'between-polls': 'time between polls',
  earliest: 'began at the earliest',
  'after-absence': 'nobody read',
  'after-outage': 'after an outage',
  'after-pause': 'after a pause',
  'after-seek': 'reads again',
  'share-locks': 'locked by who is gone',
  'share-window': 'window of locks full',
};

/** `+412/s`, `−1.2 k/s`; a dash before there is a trend. */
export function trendWords({ trendPerSecond }: Pick<LagFigures, 'trendPerSecond'>): string {
  if (trendPerSecond === null) return '–';
  if (Math.abs(trendPerSecond) < 0.5) return 'steady';
  return `${trendPerSecond > 0 ? '+' : '−'}${formatRate(Math.abs(trendPerSecond))}`;
}

export function drainsWords({ drains, drainSeconds }: Pick<LagFigures, 'drains' | 'drainSeconds'>): string {
  if (drains === 'yes') return formatSeconds(drainSeconds ?? NaN);
  return { nothing: 'nothing to drain', never: 'never at this rate', unknown: '–' }[drains];
}

/** `3.9 × an even share`; a dash where there is nothing to compare. */
export function skewWords({ skew }: Pick<LagFigures, 'skew'>): string {
  return skew === 0 ? '–' : `${skew.toFixed(skew < 10 ? 1 : 0)} × an even share`;
}

export function figureWords({ value, unit }: LagFigure): string {
  switch (unit) {
    case 'records/s':
      return formatRate(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case 's':
      return formatSeconds(value);
    case 'ms':
      return formatMilliseconds(value);
    case '%':
      return `${value.toFixed(value < 10 ? 1 : 0)} %`;
    default:
      return formatCount(value);
  }
}

/** What there is to say of one node of the group, or of all of it: its figures, its causes, what has none. */
export function lagOf(report: LagReport, node: string | null): { readonly figures: LagFigures; readonly causes: readonly LagCause[] } {
  const own = node === null ? undefined : report.nodes.find((candidate) => candidate.node === node);
  return { figures: own ?? report, causes: own === undefined ? report.causes : own.causes.flatMap((place) => report.causes[place] ?? []) };
}

/** In a few words: `hot key`, `slow service and 2 more`; null where nothing waits. */
export function whyWords(report: LagReport, node: string | null): string | null {
  const { causes } = lagOf(report, node);
  const [first] = causes;
  if (first === undefined) return report.noCause === null ? null : 'no cause found';
  return causes.length === 1 ? causeNames[first.kind] : `${causeNames[first.kind]} and ${causes.length - 1} more`;
}

/** Of one partition, by its place among those of the group: `+412/s, never at this rate; 3.9 × an even share; hot key`. */
export function lagTitle({ partitions, causes }: LagReport, place: number): string {
  const partition = partitions[place];
  if (partition === undefined || partition.records === 0) return 'No lag';
  const why = partition.causes.flatMap((cause) => causes[cause] ?? []).map(({ kind }) => causeNames[kind]);
  return [`${trendWords(partition)}, ${drainsWords(partition)}`, skewWords(partition), ...why].join('; ');
}
