/** Planned faults of nodes: whether what they name exists and can do that. Those of the cluster are in `clusterFaults.ts`. */
import { checkConfigValue } from '../configValues.ts';
import type { Fault, NodeFault, PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import { pointer } from '../findings.ts';
import { configDefinition, kindOf } from '../kinds/index.ts';
import { nearestName } from '../nearest.ts';
import { clusterFaultWords } from './clusterFaults.ts';
import { readingTargetWords } from './readingFaults.ts';
import { countUpTo, momentsOf, type Moments } from './moments.ts';
import { partitionFaultWords, partitionsAdded, type Growth } from './partitionFaults.ts';
import type { Rule, RuleContext, Words } from './rule.ts';
import { isConsumer, numberOf, textOf, unknownNode } from './rule.ts';

interface Plan {
  /** When members are added. */
  readonly added: Moments;
  /** When topics get partitions. */
  readonly growth: Growth;
}

function nodeFaultWords(context: RuleContext, plan: Plan, fault: NodeFault, node: PipelineNode): readonly Words[] {
  switch (fault.action) {
    case 'config.set':
      return configFaultWords(fault, node);
    case 'offsets.reset':
      return isConsumer(node) ? offsetsResetWords(context, fault, node) : wrongKind(fault, node);
    case 'consumer.pause':
    case 'consumer.resume':
    case 'consumer.seek':
      return isConsumer(node) ? readingWords(context, plan, fault, node) : wrongKind(fault, node);
    case 'leader.unclean':
    case 'partition.reassign':
    case 'partitions.add':
      return partitionFaultWords(context, plan.growth, fault, node);
    case 'member.add':
    case 'member.stop':
    case 'member.crash':
    case 'member.restart':
    case 'slow':
    case 'outage.start':
    case 'outage.end':
      if (isConsumer(node)) return 'member' in fault ? memberWords(context, plan.added, fault, node) : [];
      return wrongKind(fault, node);
  }
}

function wrongKind(fault: NodeFault, node: PipelineNode): readonly Words[] {
  const message = `${fault.action} cannot happen to "${node.name}": it is a ${kindOf(node.kind).label.toLowerCase()}.`;
  return [{ severity: 'error', code: 'fault.wrong-kind', message, remedy: 'Name a processor or a sink.' }];
}

function readingWords(
  context: RuleContext,
  plan: Plan,
  fault: Extract<Fault, { action: 'consumer.pause' | 'consumer.resume' | 'consumer.seek' }>,
  node: PipelineNode,
): readonly Words[] {
  const { action, atMs, member } = fault;
  const unknown = member === undefined ? [] : memberWords(context, plan.added, { action, atMs, member }, node);
  return unknown.length > 0 ? unknown : readingTargetWords(context, plan.growth, fault, node);
}

function offsetsResetWords(context: RuleContext, fault: Extract<Fault, { action: 'offsets.reset' }>, node: PipelineNode): readonly Words[] {
  if (textOf(context, node, 'group.protocol') === 'share') {
    const message = `offsets.reset cannot happen to "${node.name}": a share group has no committed offsets.`;
    return [{ severity: 'error', code: 'fault.share-group', message, remedy: 'Name a node of a consumer group.' }];
  }
  if (fault.to === 'earliest' || fault.to === 'latest' || fault.value !== undefined) return [];
  const message = `offsets.reset of "${node.name}" to ${fault.to} has no value.`;
  const remedy = fault.to === 'timestamp' ? 'Set value to a moment in ms.' : 'Set value to a number of offsets.';
  return [{ severity: 'error', code: 'fault.no-value', message, remedy }];
}

/** Members count from 0; `member.add` makes the next number. */
function memberWords(
  context: RuleContext,
  added: Moments,
  fault: { readonly action: string; readonly atMs: number; readonly member: number },
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
    const message = `"${node.name}" has no config "${fault.config.slice(0, 100)}" to set.`;
    return [{ severity: 'error', code: 'fault.unknown-config', message, remedy }];
  }
  const problem = checkConfigValue(row, fault.value);
  if (problem !== null)
    return [{ severity: 'error', code: problem.code, message: `A fault of "${node.name}": ${problem.message}`, remedy: problem.remedy }];
  if (row.live === true) return [];
  const message = `${row.name} of "${node.name}" cannot be changed while a run is on.`;
  return [{ severity: 'error', code: 'fault.not-live', message, remedy: 'Change the config itself instead.' }];
}

function afterTheEnd(context: RuleContext, fault: Fault, node: PipelineNode | undefined): readonly Words[] {
  const { durationMs } = context.document.scenario;
  if (fault.atMs <= durationMs) return [];
  const whose = node === undefined ? '' : ` of "${node.name}"`;
  const message = `The fault ${fault.action}${whose} is planned for ${fault.atMs} ms, after the end of the scenario (${durationMs} ms): it never happens.`;
  return [{ severity: 'warning', code: 'fault.after-the-end', message, remedy: 'Lengthen the scenario, or plan the fault earlier.' }];
}

function faults(context: RuleContext): readonly Finding[] {
  const plan: Plan = { added: momentsOf(context, ['member.add']), growth: partitionsAdded(context) };
  return context.document.scenario.faults.flatMap((fault, index) => {
    const place = { path: pointer('scenario', 'faults', index), ...(fault.node === undefined ? {} : { node: fault.node }) };
    const config = fault.action === 'config.set' ? { config: fault.config } : {};
    const node = fault.node === undefined ? undefined : context.nodes.get(fault.node);
    let words: readonly Words[];
    if (fault.node === undefined) words = clusterFaultWords(context, fault);
    else words = node === undefined ? [unknownNode(context, fault.node, 'fault')] : nodeFaultWords(context, plan, fault, node);
    const late = fault.node !== undefined && node === undefined ? [] : afterTheEnd(context, fault, node);
    return [...late, ...words].map((entry): Finding => ({ ...entry, ...place, ...config }));
  });
}

export const faultRules: readonly Rule[] = [faults];
