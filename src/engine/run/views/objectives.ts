/** Objectives judged by numbers of the run; an objective without a number does not pass. */
import type { Objective, ObjectiveMetric, ObjectiveStatistic } from '../../../pipeline/document.ts';
import { nodeLag, ownersOf } from '../../metrics/lag.ts';
import type { GroupReport, LatencySummary, LedgerReport, NodeReport, ObjectiveReport, TopicReport } from '../../report/report.ts';
import { seriesQuantities } from '../../metrics/series.ts';
import type { EngineContext } from '../state.ts';

interface Figures {
  readonly nodes: readonly NodeReport[];
  readonly groups: readonly GroupReport[];
  readonly topics: readonly TopicReport[];
  readonly ledger: LedgerReport;
}

export function objectiveReports(ctx: EngineContext, objectives: readonly Objective[], figures: Figures): ObjectiveReport[] {
  return objectives.map((objective) => {
    const value = valueOf(ctx, objective, figures);
    const pass = value !== null && !Number.isNaN(value) && holds(value, objective);
    const name = figures.nodes.find((node) => node.node === objective.node)?.name ?? objective.node;
    const found = value === null || Number.isNaN(value) ? 'the run gave no such number' : `it is ${amount(value, objective.metric)}`;
    return {
      id: objective.id,
      name: objective.name,
      node: objective.node,
      metric: objective.metric,
      statistic: objective.statistic,
      comparison: objective.comparison,
      limit: objective.value,
      value,
      pass,
      sentence: `${objective.metric} of ${name}, ${objective.statistic}, must be ${comparisonWords[objective.comparison]} ${amount(objective.value, objective.metric)}; ${found}.`,
    };
  });
}

function holds(value: number, { comparison, value: limit }: Objective): boolean {
  if (comparison === '<=') return value <= limit;
  return comparison === '>=' ? value >= limit : value === limit;
}

const comparisonWords = { '<=': 'at most', '>=': 'at least', '==': 'exactly' } as const;

const unitOf: Readonly<Record<ObjectiveMetric, string>> = {
  'lag.records': ' records',
  'lag.seconds': ' s',
  'latency.ms': ' ms',
  'end-to-end.latency.ms': ' ms',
  'throughput.per.second': '/s',
  'records.total': ' records',
  'records.expired': ' records',
  'records.failed': ' records',
  'records.kept': ' records',
  'records.lost': ' records',
  'records.duplicated': ' records',
  'records.reordered': ' records',
  'records.dead-lettered': ' records',
  'partitions.under-replicated': ' partitions',
  utilisation: '',
  rebalances: '',
};

/** A number with its unit, to three decimals. */
function amount(value: number, metric: ObjectiveMetric): string {
  return `${Math.round(value * 1000) / 1000}${unitOf[metric]}`;
}

function valueOf(ctx: EngineContext, objective: Objective, figures: Figures): number | null {
  const index = ctx.nodes.findIndex((node) => node.id === objective.node);
  const node = ctx.nodes[index];
  const report = figures.nodes[index];
  if (!node || !report) return null;
  const { metric, statistic } = objective;
  switch (metric) {
    case 'latency.ms':
      return latencyStatistic(report.latency, statistic);
    case 'end-to-end.latency.ms':
      return latencyStatistic(report.endToEnd, statistic);
    case 'lag.records':
    case 'lag.seconds':
      return node.group < 0 ? null : lagStatistic(ctx, index, metric, statistic);
    case 'throughput.per.second':
      return statistic === 'mean' ? report.ratePerSecondMean : seriesStatistic(ctx, index, 'rate-in', statistic);
    case 'records.total':
      return report.recordsIn;
    case 'records.failed':
      return report.failed;
    case 'records.expired':
      return report.expiredUnread;
    case 'records.duplicated':
    case 'records.reordered':
    case 'records.dead-lettered':
      return ledgerFigure(figures.ledger, objective);
    case 'records.kept':
    case 'records.lost':
    case 'partitions.under-replicated':
      return topicFigure(figures.topics, objective);
    case 'utilisation':
      return report.utilisation;
    case 'rebalances':
      return node.group < 0 ? null : figures.groups[node.group]!.rebalances;
  }
}

/** What the ledger knows of a node: of all sources and topics it reads; null in a run that keeps none. */
function ledgerFigure({ routes, paths }: LedgerReport, { node, metric }: Objective): number | null {
  if (metric === 'records.dead-lettered') return paths.find((path) => path.node === node)?.deadLettered ?? null;
  const own = routes.filter(({ sink }) => sink === node);
  const count = metric === 'records.duplicated' ? 'duplicated' : 'reordered';
  return own.length === 0 ? null : own.reduce((sum, route) => sum + route[count], 0);
}

/** What only topics have: what is in their logs, what is not there any more, and how they are copied. */
function topicFigure(topics: readonly TopicReport[], { node, metric }: Objective): number | null {
  const topic = topics.find((candidate) => candidate.node === node);
  if (!topic) return null;
  if (metric === 'records.kept') return topic.records;
  return metric === 'records.lost' ? topic.lostAcknowledged : topic.underReplicated;
}

function latencyStatistic(latency: LatencySummary | null, statistic: ObjectiveStatistic): number | null {
  if (!latency) return null;
  switch (statistic) {
    case 'mean':
      return latency.meanMs;
    case 'p50':
      return latency.p50Ms;
    case 'p95':
      return latency.p95Ms;
    case 'p99':
      return latency.p99Ms;
    case 'max':
      return latency.maxMs;
    default:
      return null;
  }
}

function lagStatistic(
  ctx: EngineContext,
  index: number,
  metric: 'lag.records' | 'lag.seconds',
  statistic: ObjectiveStatistic,
): number | null {
  const now = nodeLag(ctx, index, ownersOf(ctx, ctx.nodes[index]!.group));
  const last = metric === 'lag.records' ? now.records : now.seconds;
  if (statistic === 'last') return last;
  const metrics = ctx.metrics[index]!;
  if (statistic === 'max') return Math.max(last, metric === 'lag.records' ? metrics.lagRecordsMax : metrics.lagSecondsMax);
  if (statistic === 'mean') {
    if (metrics.lagSamples === 0) return null;
    return (metric === 'lag.records' ? metrics.lagRecordsSum : metrics.lagSecondsSum) / metrics.lagSamples;
  }
  return seriesStatistic(ctx, index, metric === 'lag.records' ? 'lag-records' : 'lag-seconds', statistic);
}

/** A statistic over the samples of one quantity. */
function seriesStatistic(
  ctx: EngineContext,
  index: number,
  quantity: (typeof seriesQuantities)[number],
  statistic: ObjectiveStatistic,
): number | null {
  const { series } = ctx;
  const values = series.values[index * seriesQuantities.length + seriesQuantities.indexOf(quantity)]!;
  const sorted = values.slice(0, series.count).filter((value) => !Number.isNaN(value));
  if (sorted.length === 0) return null;
  if (statistic === 'last') return sorted[sorted.length - 1]!;
  sorted.sort();
  switch (statistic) {
    case 'min':
      return sorted[0]!;
    case 'max':
      return sorted[sorted.length - 1]!;
    case 'mean':
      return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    case 'p50':
    case 'p95':
    case 'p99':
      return sorted[Math.max(0, Math.ceil((Number(statistic.slice(1)) / 100) * sorted.length) - 1)]!;
    default:
      return null;
  }
}
