/** Topic configs that Kafka refuses, that surprise, or that the simulation does not play through yet. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, nodesWhere, numberOf, roleOf, textOf } from './rule.ts';

function replication(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const factor = numberOf(context, node, 'replication.factor');
  const minimum = numberOf(context, node, 'min.insync.replicas');
  const brokers = Number(context.cluster['brokers']);
  const findings: Finding[] = [];
  if (factor > brokers) {
    const message = `The topic "${node.name}" wants ${factor} copies of each partition on ${brokers} broker${brokers === 1 ? '' : 's'}; Kafka refuses that.`;
    const words = { message, remedy: `Set replication.factor to ${brokers} or less, or add brokers.` };
    findings.push(about(context, node, { severity: 'error', code: 'topic.replication-factor', ...words }, 'replication.factor'));
  } else if (factor > 1) {
    const words = {
      message: `The ${factor} copies of "${node.name}" are simulated as one for now.`,
      remedy: 'Nothing needs to be done: exports carry the true number.',
    };
    findings.push(about(context, node, { severity: 'info', code: 'topic.replication-not-simulated', ...words }, 'replication.factor'));
  }
  if (minimum > factor) {
    // Kafka's broker takes min(replication factor, min.insync.replicas) as the limit (Partition.effectiveMinIsr, KIP-966), so nothing is refused, but the wish is not met.
    const message = `min.insync.replicas of "${node.name}" is ${minimum}, but there are only ${factor} copies; Kafka then takes ${factor} as the minimum.`;
    const words = { message, remedy: `Set min.insync.replicas to at most ${factor}, or raise replication.factor.` };
    findings.push(about(context, node, { severity: 'warning', code: 'topic.min-insync-replicas', ...words }, 'min.insync.replicas'));
  } else if (minimum === factor && factor > 1) {
    const words = {
      message: `With ${factor} copies and min.insync.replicas ${minimum}, one broker down stops every write with acks=all to "${node.name}".`,
      remedy: `Set min.insync.replicas to ${factor - 1}.`,
    };
    findings.push(about(context, node, { severity: 'warning', code: 'topic.no-spare-replica', ...words }, 'min.insync.replicas'));
  }
  return findings;
}

function log(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const findings: Finding[] = [];
  const segmentBytes = numberOf(context, node, 'segment.bytes');
  const maxMessageBytes = numberOf(context, node, 'max.message.bytes');
  if (textOf(context, node, 'cleanup.policy') !== 'delete') {
    const words = {
      message: `The topic "${node.name}" is compacted; the simulation keeps all its records for now.`,
      remedy: 'Nothing needs to be done: exports carry the policy.',
    };
    findings.push(about(context, node, { severity: 'info', code: 'topic.compaction-not-simulated', ...words }, 'cleanup.policy'));
  }
  if (segmentBytes < 1_048_576) {
    const words = {
      message: `segment.bytes of "${node.name}" is ${segmentBytes}; Kafka 4 refuses less than 1048576.`,
      remedy: 'Raise it before you export; the simulation takes it.',
    };
    findings.push(about(context, node, { severity: 'info', code: 'topic.small-segments', ...words }, 'segment.bytes'));
  }
  if (maxMessageBytes > segmentBytes) {
    const words = {
      message: `"${node.name}" accepts batches of ${maxMessageBytes} bytes, but a segment holds only ${segmentBytes}; larger batches are refused.`,
      remedy: 'Raise segment.bytes, or lower max.message.bytes.',
    };
    findings.push(
      about(
        context,
        node,
        { severity: segmentBytes < 1_048_576 ? 'info' : 'warning', code: 'topic.batch-larger-than-segment', ...words },
        'max.message.bytes',
      ),
    );
  }
  return findings;
}

export const topicRules: readonly Rule[] = [
  (context) =>
    nodesWhere(context, (node) => roleOf(node) === 'topic').flatMap((node) => [...replication(context, node), ...log(context, node)]),
];
