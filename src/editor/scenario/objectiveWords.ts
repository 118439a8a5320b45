/** Objectives and what the run says of them in words, every number with its unit. */
import type { Objective, ObjectiveMetric, ObjectiveStatistic, PipelineDocument } from '../../pipeline/document.ts';
import type { RunReport } from '../run/questions.ts';
import { formatCount, formatMilliseconds, formatRate, formatSeconds, formatShare } from '../format/numbers.ts';

/** A metric as people say it, the unit its limit is typed in, and how many of that unit one of the metric's own is. */
interface MetricWords {
  readonly label: string;
  readonly unit: string;
  readonly perOwnUnit: number;
  readonly format: (value: number) => string;
  /** One number for the whole run, whatever the statistic is called. */
  readonly isCount?: true;
}

/** Every metric an objective may be about. */
export const metricWords: Readonly<Record<ObjectiveMetric, MetricWords>> = {
  'lag.records': { label: 'lag in records', unit: 'records', perOwnUnit: 1, format: (value) => `${formatCount(value)} records` },
  'lag.seconds': { label: 'lag', unit: 's', perOwnUnit: 1, format: formatSeconds },
  'latency.ms': { label: 'latency', unit: 'ms', perOwnUnit: 1, format: formatMilliseconds },
  'end-to-end.latency.ms': { label: 'end-to-end latency', unit: 'ms', perOwnUnit: 1, format: formatMilliseconds },
  'throughput.per.second': { label: 'throughput', unit: 'records/s', perOwnUnit: 1, format: formatRate },
  'records.total': { label: 'records', unit: 'records', perOwnUnit: 1, format: formatCount, isCount: true },
  'records.expired': { label: 'expired records', unit: 'records', perOwnUnit: 1, format: formatCount, isCount: true },
  'records.failed': { label: 'failed records', unit: 'records', perOwnUnit: 1, format: formatCount, isCount: true },
  'records.kept': { label: 'records in the log', unit: 'records', perOwnUnit: 1, format: formatCount },
  'records.lost': { label: 'acknowledged records lost', unit: 'records', perOwnUnit: 1, format: formatCount, isCount: true },
  'records.duplicated': { label: 'duplicated records', unit: 'records', perOwnUnit: 1, format: formatCount, isCount: true },
  'records.reordered': { label: 'reordered records', unit: 'records', perOwnUnit: 1, format: formatCount, isCount: true },
  'records.dead-lettered': { label: 'dead-lettered records', unit: 'records', perOwnUnit: 1, format: formatCount, isCount: true },
  'partitions.under-replicated': { label: 'under-replicated partitions', unit: 'partitions', perOwnUnit: 1, format: formatCount },
  utilisation: { label: 'utilisation', unit: '%', perOwnUnit: 100, format: formatShare },
  rebalances: { label: 'rebalances', unit: 'times', perOwnUnit: 1, format: formatCount, isCount: true },
};

/** Every statistic, as the forms offer it. */
export const statisticWords: Readonly<Record<ObjectiveStatistic, string>> = {
  mean: 'mean',
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  max: 'highest',
  min: 'lowest',
  last: 'at the end',
  total: 'in all',
};

/** What must be of the number and its limit. */
export const comparisonWords: Readonly<Record<Objective['comparison'], string>> = { '<=': 'at most', '>=': 'at least', '==': 'exactly' };

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** One sentence: `p99 end-to-end latency of shop UI must be at most 40 s`. */
export function objectiveSentence(document: PipelineDocument, objective: Objective): string {
  const { metric, statistic, comparison, value } = objective;
  const { label, format, isCount } = metricWords[metric];
  const node = document.nodes.find((candidate) => candidate.id === objective.node)?.name ?? objective.node;
  const when = isCount === true ? 'in all' : 'at the end';
  const subject =
    isCount === true || statistic === 'last'
      ? `${capitalised(label)} of ${node} ${when}`
      : `${percentile(statisticWords[statistic])} ${label} of ${node}`;
  return `${subject} must be ${comparisonWords[comparison]} ${format(value)}`;
}

/** `p99` stays small, `highest` begins the sentence. */
function percentile(words: string): string {
  return /^p\d/.test(words) ? words : capitalised(words);
}

/** How an objective stands: it holds or fails so far, does not hold yet but still can, or the run gave no number for it yet. */
export interface Verdict {
  readonly state: 'open' | 'holds' | 'waits' | 'fails';
  /** The number so far with its unit, or why there is none. */
  readonly value: string;
}

/** Whether time alone can still make it hold: what is only looked at in the end, and counts that grow. */
function canStillHold({ metric, statistic, comparison, value }: Objective, soFar: number): boolean {
  const grows = metricWords[metric].isCount === true || statistic === 'max';
  return statistic === 'last' || (grows && comparison !== '<=' && soFar < value);
}

const open: Verdict = { state: 'open', value: 'no number yet' };

/** The verdict of a report; one about another form of the objective, from before an edit, does not count. */
export function verdictOf(objective: Objective, report: RunReport | null): Verdict {
  const result = report?.objectives.find((candidate) => candidate.id === objective.id);
  if (report === null || report.virtualTimeMs === 0 || result === undefined || result.value === null) return open;
  const { metric, statistic, comparison, node } = result;
  const isSame =
    node === objective.node && metric === objective.metric && statistic === objective.statistic && comparison === objective.comparison;
  if (!isSame || result.limit !== objective.value || !Number.isFinite(result.value)) return open;
  const waits = report.outcome === 'running' && canStillHold(objective, result.value);
  return { state: result.pass ? 'holds' : waits ? 'waits' : 'fails', value: metricWords[objective.metric].format(result.value) };
}
