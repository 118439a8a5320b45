/** Producer configs that contradict each other or the topics written to. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, isProducing, nodesWhere, numberOf, textOf, topicsOf } from './rule.ts';

function batching(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const batchSize = numberOf(context, node, 'batch.size');
  const lingerMs = numberOf(context, node, 'linger.ms');
  const findings: Finding[] = [];
  const warn = (config: string, code: string, message: string, remedy: string) =>
    findings.push(about(context, node, { severity: 'warning', code, message, remedy }, config));
  if (batchSize === 0 && lingerMs > 0 && node.config['linger.ms'] !== undefined) {
    warn(
      'linger.ms',
      'producer.linger-without-batches',
      `"${node.name}" waits ${lingerMs} ms for batches, but batch.size 0 switches batches off.`,
      'Raise batch.size, or set linger.ms to 0.',
    );
  }
  if (batchSize > numberOf(context, node, 'buffer.memory')) {
    warn(
      'batch.size',
      'producer.batch-larger-than-buffer',
      `One batch of "${node.name}" (${batchSize} bytes) does not fit into its buffer.memory.`,
      'Raise buffer.memory, or lower batch.size.',
    );
  }
  if (batchSize > numberOf(context, node, 'max.request.size')) {
    warn(
      'batch.size',
      'producer.batch-larger-than-request',
      `A full batch of "${node.name}" (${batchSize} bytes) is larger than max.request.size.`,
      'Raise max.request.size, or lower batch.size.',
    );
  }
  return findings;
}

function sizes(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const findings: Finding[] = [];
  const maxRequestSize = numberOf(context, node, 'max.request.size');
  const valueSizeBytes = numberOf(context, node, 'value.size.bytes');
  if (valueSizeBytes > maxRequestSize) {
    const message = `The values of "${node.name}" have ${valueSizeBytes} bytes, more than its max.request.size ${maxRequestSize}: every record is refused.`;
    findings.push(
      about(
        context,
        node,
        { severity: 'warning', code: 'producer.record-too-large', message, remedy: 'Raise max.request.size, or make the values smaller.' },
        'value.size.bytes',
      ),
    );
  }
  for (const topic of topicsOf(context, node, 'written')) {
    const maxMessageBytes = numberOf(context, topic, 'max.message.bytes');
    const batchBytes = Math.max(
      Math.min(numberOf(context, node, 'batch.size'), maxRequestSize),
      Number.isNaN(valueSizeBytes) ? 0 : Math.min(valueSizeBytes, maxRequestSize),
    );
    if (batchBytes > maxMessageBytes) {
      const message = `"${node.name}" sends batches of up to ${batchBytes} bytes, but "${topic.name}" accepts only ${maxMessageBytes}.`;
      findings.push(
        about(
          context,
          node,
          {
            severity: 'warning',
            code: 'producer.batch-larger-than-topic',
            message,
            remedy: `Raise max.message.bytes of "${topic.name}", or lower batch.size.`,
          },
          'batch.size',
        ),
      );
    }
  }
  return findings;
}

function acknowledgement(context: RuleContext, node: PipelineNode): readonly Finding[] {
  if (textOf(context, node, 'acks') !== '0') return [];
  const words = {
    message: `"${node.name}" sends with acks=0: it never hears whether a record was written.`,
    remedy: 'Use acks=all where records matter.',
  };
  return [about(context, node, { severity: 'info', code: 'producer.acks-0', ...words }, 'acks')];
}

export const producerRules: readonly Rule[] = [
  (context) =>
    nodesWhere(context, isProducing).flatMap((node) => [batching, sizes, acknowledgement].flatMap((rule) => rule(context, node))),
];
