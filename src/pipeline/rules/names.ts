/** Names of topics: Kafka's rules (org.apache.kafka.common.internals.Topic), and the names Kafka keeps for itself. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, isConsumer, nodesWhere, roleOf, textOf } from './rule.ts';

function isTopic(node: PipelineNode): boolean {
  return roleOf(node) === 'topic';
}

/** Why Kafka would refuse the name of a topic, as a whole sentence; null when it would not. The editor asks while a name is typed. */
export function topicNameRefusal(name: string): string | null {
  if (name === '') return 'A topic needs a name.';
  if (name === '.' || name === '..') return `A topic cannot be called "${name}".`;
  if (name.length > 249) return `The topic's name has ${name.length} characters; Kafka allows 249.`;
  return /^[a-zA-Z0-9._-]+$/.test(name) ? null : `The topic name "${name.slice(0, 100)}" has characters that Kafka refuses.`;
}

function refusedName(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const message = topicNameRefusal(node.name);
  if (message !== null) {
    return [
      about(context, node, { severity: 'error', code: 'topic.name', message, remedy: 'Use letters, digits, ".", "_" and "-" only.' }),
    ];
  }
  if (!['__consumer_offsets', '__transaction_state', '__share_group_state'].includes(node.name)) return [];
  const words = { message: `"${node.name}" is a topic Kafka keeps for itself.`, remedy: 'Choose another name.' };
  return [about(context, node, { severity: 'error', code: 'topic.internal-name', ...words })];
}

/** Two topics of one name are one topic in Kafka; names that differ only in "." and "_" collide in Kafka's metrics and are refused by kafka-topics. */
function collisions(context: RuleContext): readonly Finding[] {
  const byName = new Map<string, PipelineNode>();
  const byMetric = new Map<string, PipelineNode>();
  const findings: Finding[] = [];
  for (const node of nodesWhere(context, isTopic)) {
    const metric = node.name.replaceAll('.', '_');
    const twin = byMetric.get(metric);
    if (byName.has(node.name)) {
      const words = { message: `Two topics are called "${node.name}".`, remedy: 'Rename one, or wire both sides to one topic.' };
      findings.push(about(context, node, { severity: 'error', code: 'topic.duplicate-name', ...words }));
    } else if (twin !== undefined) {
      const message = `The names "${node.name}" and "${twin.name}" are the same in Kafka's metrics, where "." becomes "_".`;
      findings.push(
        about(context, node, {
          severity: 'warning',
          code: 'topic.colliding-name',
          message,
          remedy: 'Use either "." or "_" in topic names, not both.',
        }),
      );
    }
    byName.set(node.name, node);
    if (twin === undefined) byMetric.set(metric, node);
  }
  return findings;
}

/** Nodes that are no topics may share a name, but `--set` and reports can then not tell them apart. */
function sharedNames(context: RuleContext): readonly Finding[] {
  const seen = new Set<string>();
  return nodesWhere(context, (node) => !isTopic(node)).flatMap((node) => {
    const isShared = seen.has(node.name);
    seen.add(node.name);
    if (!isShared) return [];
    const sharesGroup = isConsumer(node) && textOf(context, node, 'group.id') === '';
    const message = `Two nodes are called "${node.name}"${sharesGroup ? ', and a consumer group without a group.id is named after its node' : ''}.`;
    const words = { message, remedy: 'Give them different names, so that reports and groups can tell them apart.' };
    return [about(context, node, { severity: 'warning', code: 'node.duplicate-name', ...words })];
  });
}

export const nameRules: readonly Rule[] = [
  (context) => nodesWhere(context, isTopic).flatMap((node) => refusedName(context, node)),
  collisions,
  sharedNames,
];
