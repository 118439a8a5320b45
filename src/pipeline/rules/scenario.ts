/** Faults and objectives: whether what they name exists and can do that. */
import { checkConfigValue } from '../configValues.ts';
import type { Fault, Objective, ObjectiveMetric, ObjectiveStatistic, PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import { pointer } from '../findings.ts';
import type { NodeRole } from '../kinds/definition.ts';
import { configDefinition, kindOf } from '../kinds/index.ts';
import { nearestName } from '../nearest.ts';
import type { Rule, RuleContext } from './rule.ts';
import { objectiveMetrics } from '../schema.ts';
import { isConsumer, numberOf, roleOf, textOf, topicsOf } from './rule.ts';

type Moments = ReadonlyMap<string, readonly number[]>;
type Words = Pick<Finding, 'severity' | 'code' | 'message' | 'remedy'>;

/** Which metrics the nodes of a role have. */
export const metricsByRole: Readonly<Record<NodeRole, readonly ObjectiveMetric[]>> = {
  producer: ['throughput.per.second', 'records.total', 'records.failed'],
  topic: ['throughput.per.second', 'records.total', 'records.expired'],
  processor: objectiveMetrics,
  sink: objectiveMetrics,
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
  utilisation: ['mean'],
  rebalances: ['total', 'last', 'max'],
};

function unknownNode(context: RuleContext, id: string, what: string): Words {
  const nearest = nearestName(
    id,
    context.document.nodes.map((node) => node.id),
  );
  const remedy = nearest === null ? 'Name the id of a node of this pipeline, or remove it.' : `Did you mean ${nearest}?`;
  return {
    severity: 'error',
    code: `${what}.unknown-node`,
    message: `A${what === 'objective' ? 'n' : ''} ${what} names the node "${id}", which does not exist.`,
    remedy,
  };
}

function faultWords(context: RuleContext, added: Moments, fault: Fault, node: PipelineNode): readonly Words[] {
  const { document } = context;
  const words: Words[] = [];
  if (fault.atMs > document.scenario.durationMs) {
    const message = `The fault ${fault.action} of "${node.name}" is planned for ${fault.atMs} ms, after the end of the scenario (${document.scenario.durationMs} ms): it never happens.`;
    words.push({ severity: 'warning', code: 'fault.after-the-end', message, remedy: 'Lengthen the scenario, or plan the fault earlier.' });
  }
  switch (fault.action) {
    case 'config.set':
      return [...words, ...configFaultWords(fault, node)];
    case 'member.add':
    case 'member.stop':
    case 'member.crash':
    case 'member.restart':
    case 'slow':
    case 'outage.start':
    case 'outage.end':
      if (isConsumer(node)) break;
      words.push({
        severity: 'error',
        code: 'fault.wrong-kind',
        message: `${fault.action} cannot happen to "${node.name}": it is a ${kindOf(node.kind).label.toLowerCase()}.`,
        remedy: 'Name a processor or a sink.',
      });
      return words;
  }
  if ('member' in fault) words.push(...memberWords(context, added, fault, node));
  return words;
}

/** When an action is planned for each node, sorted: thousands of faults on one node must not be compared with each other. */
function momentsOf(context: RuleContext, action: Fault['action']): Moments {
  const moments = new Map<string, number[]>();
  for (const fault of context.document.scenario.faults) {
    if (fault.action !== action) continue;
    const list = moments.get(fault.node) ?? [];
    list.push(fault.atMs);
    moments.set(fault.node, list);
  }
  for (const list of moments.values()) list.sort((a, b) => a - b);
  return moments;
}

/** How many of the sorted moments lie at or before `atMs`. */
function countUpTo(moments: readonly number[], atMs: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle]! <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Members count from 0; `member.add` makes the next number. */
function memberWords(
  context: RuleContext,
  added: Moments,
  fault: Extract<Fault, { member: number }>,
  node: PipelineNode,
): readonly Words[] {
  const members = numberOf(context, node, 'instances') + countUpTo(added.get(node.id) ?? [], fault.atMs);
  if (!(fault.member >= members)) return [];
  const message = `${fault.action} names member ${fault.member} of "${node.name}", which has the members 0 to ${members - 1} at that time.`;
  return [{ severity: 'error', code: 'fault.unknown-member', message, remedy: 'Name one of these, or add a member before.' }];
}

function configFaultWords(fault: Extract<Fault, { action: 'config.set' }>, node: PipelineNode): readonly Words[] {
  const row = configDefinition(node.kind, fault.config);
  if (row === undefined) {
    const nearest = nearestName(
      fault.config,
      kindOf(node.kind).config.map((candidate) => candidate.name),
    );
    const remedy = nearest === null ? 'Name one of the node’s configs.' : `Did you mean ${nearest}?`;
    return [
      {
        severity: 'error',
        code: 'fault.unknown-config',
        message: `"${node.name}" has no config "${fault.config.slice(0, 100)}" to set.`,
        remedy,
      },
    ];
  }
  const problem = checkConfigValue(row, fault.value);
  if (problem !== null)
    return [{ severity: 'error', code: problem.code, message: `A fault of "${node.name}": ${problem.message}`, remedy: problem.remedy }];
  if (row.live === true) return [];
  const message = `${row.name} of "${node.name}" cannot be changed while a run is on.`;
  return [{ severity: 'error', code: 'fault.not-live', message, remedy: 'Change the config itself instead.' }];
}

function faults(context: RuleContext): readonly Finding[] {
  const added = momentsOf(context, 'member.add');
  return context.document.scenario.faults.flatMap((fault, index) => {
    const node = context.nodes.get(fault.node);
    const words = node === undefined ? [unknownNode(context, fault.node, 'fault')] : faultWords(context, added, fault, node);
    const config = fault.action === 'config.set' ? { config: fault.config } : {};
    return words.map((entry): Finding => ({ ...entry, path: pointer('scenario', 'faults', index), node: fault.node, ...config }));
  });
}

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

/** A reader that is planned to be away longer than its topic keeps records loses some of them unread. */
function outagesBeyondRetention(context: RuleContext): readonly Finding[] {
  const { faults: planned, durationMs } = context.document.scenario;
  const ends = momentsOf(context, 'outage.end');
  return planned.flatMap((fault, index) => {
    const node = context.nodes.get(fault.node);
    if (fault.action !== 'outage.start' || node === undefined) return [];
    const nodeEnds = ends.get(node.id) ?? [];
    const lengthMs = Math.min(durationMs, nodeEnds[countUpTo(nodeEnds, fault.atMs)] ?? durationMs) - fault.atMs;
    return topicsOf(context, node, 'read').flatMap((topic): Finding[] => {
      const retentionMs = numberOf(context, topic, 'retention.ms');
      if (!(retentionMs >= 0 && retentionMs < lengthMs) || !textOf(context, topic, 'cleanup.policy').includes('delete')) return [];
      const message = `"${node.name}" is away for ${lengthMs} ms, but "${topic.name}" keeps records for ${retentionMs} ms: some may be deleted unread.`;
      return [
        {
          severity: 'warning',
          code: 'retention.shorter-than-outage',
          path: pointer('scenario', 'faults', index),
          node: topic.id,
          config: 'retention.ms',
          message,
          remedy: `Raise retention.ms of "${topic.name}" above the longest absence of its readers.`,
        },
      ];
    });
  });
}

export const scenarioRules: readonly Rule[] = [faults, objectives, outagesBeyondRetention];
