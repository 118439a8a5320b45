/** Objectives: whether what they name exists and can be measured. */
import type { Objective, ObjectiveMetric, ObjectiveStatistic, PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import { pointer } from '../findings.ts';
import type { NodeRole } from '../kinds/definition.ts';
import { kindOf } from '../kinds/index.ts';
import { objectiveMetrics } from '../schema.ts';
import type { Rule, RuleContext, Words } from './rule.ts';
import { roleOf, unknownNode } from './rule.ts';

/** What only logs have: records in them, acknowledged records that were lost, and partitions whose copies are not all in sync. */
const topicMetrics: readonly ObjectiveMetric[] = ['records.kept', 'records.lost', 'partitions.under-replicated'];
/** What only those have with whom records arrive, by identity: records they have more than once, or behind later ones of their key. */
const arrivalMetrics: readonly ObjectiveMetric[] = ['records.duplicated', 'records.reordered'];
const sinkMetrics = objectiveMetrics.filter((metric) => !topicMetrics.includes(metric));

/** Which metrics the nodes of a role have. */
export const metricsByRole: Readonly<Record<NodeRole, readonly ObjectiveMetric[]>> = {
  producer: ['throughput.per.second', 'records.total', 'records.failed'],
  topic: ['throughput.per.second', 'records.total', 'records.expired', ...topicMetrics],
  processor: sinkMetrics.filter((metric) => !arrivalMetrics.includes(metric)),
  sink: sinkMetrics,
};

const overTime: readonly ObjectiveStatistic[] = ['mean', 'p50', 'p95', 'p99', 'max', 'min', 'last'];

/** Which statistics make sense of a metric: counts have one number at the end, the others a course over time or over records. */
export const statisticsByMetric: Readonly<Record<ObjectiveMetric, readonly ObjectiveStatistic[]>> = {
  'lag.records': overTime,
  'lag.seconds': overTime,
  'latency.ms': ['mean', 'p50', 'p95', 'p99', 'max'],
  'end-to-end.latency.ms': ['mean', 'p50', 'p95', 'p99', 'max'],
  'throughput.per.second': ['mean', 'p50', 'p95', 'p99', 'max', 'min', 'last'],
  'records.total': ['total', 'last', 'max'],
  'records.expired': ['total', 'last', 'max'],
  'records.failed': ['total', 'last', 'max'],
  'records.kept': ['last'],
  'records.lost': ['total', 'last', 'max'],
  'records.duplicated': ['total', 'last', 'max'],
  'records.reordered': ['total', 'last', 'max'],
  'records.dead-lettered': ['total', 'last', 'max'],
  'partitions.under-replicated': ['last'],
  utilisation: ['mean'],
  rebalances: ['total', 'last', 'max'],
};

function objectiveWords(objective: Objective, node: PipelineNode): readonly Words[] {
  const metrics = metricsByRole[roleOf(node)];
  if (!metrics.includes(objective.metric)) {
    const message = `The objective "${objective.name}" asks for ${objective.metric} of "${node.name}", which a ${kindOf(node.kind).label.toLowerCase()} does not have.`;
    return [{ severity: 'error', code: 'objective.metric', message, remedy: `Choose one of ${metrics.join(', ')}.` }];
  }
  const statistics = statisticsByMetric[objective.metric];
  if (statistics.includes(objective.statistic)) return [];
  const message = `The objective "${objective.name}" asks for ${objective.statistic} of ${objective.metric}, which has no such statistic.`;
  return [{ severity: 'error', code: 'objective.statistic', message, remedy: `Choose one of ${statistics.join(', ')}.` }];
}

function objectives(context: RuleContext): readonly Finding[] {
  return context.document.scenario.objectives.flatMap((objective, index) => {
    const node = context.nodes.get(objective.node);
    const words = node === undefined ? [unknownNode(context, objective.node, 'objective')] : objectiveWords(objective, node);
    return words.map((entry): Finding => ({ ...entry, path: pointer('scenario', 'objectives', index), node: objective.node }));
  });
}

export const objectiveRules: readonly Rule[] = [objectives];
