/** Planned pauses, resumes and seeks: whether the node has a consumer that can do that, and the partition is there. */
import type { NodeFault, PipelineNode } from '../document.ts';
import { partitionsAt, type Growth } from './partitionFaults.ts';
import { type RuleContext, textOf, topicsOf, type Words } from './rule.ts';

export type ReadingFault = Extract<NodeFault, { action: 'consumer.pause' | 'consumer.resume' | 'consumer.seek' }>;

/** What can be said of it without running it, but for its member. */
export function readingTargetWords(context: RuleContext, growth: Growth, fault: ReadingFault, node: PipelineNode): readonly Words[] {
  const { action, partition, atMs } = fault;
  if (textOf(context, node, 'group.protocol') === 'share') {
    const message = `${action} cannot happen to "${node.name}": a share consumer has no positions, and cannot be paused.`;
    return [{ severity: 'error', code: 'fault.share-group', message, remedy: 'Name a node of a consumer group.' }];
  }
  if (action === 'consumer.seek' && textOf(context, node, 'processing.guarantee') === 'exactly_once_v2') {
    const message = `consumer.seek cannot happen to "${node.name}": with processing.guarantee=exactly_once_v2 its positions belong to the transactions of Kafka Streams.`;
    return [{ severity: 'error', code: 'fault.seek-in-transaction', message, remedy: 'Stop its members and use offsets.reset.' }];
  }
  if (action === 'consumer.seek' && (fault.to === 'offset' || fault.to === 'timestamp') && fault.value === undefined) {
    const message = `consumer.seek of "${node.name}" to ${fault.to} has no value.`;
    const remedy = fault.to === 'timestamp' ? 'Set value to a moment in ms.' : 'Set value to an offset.';
    return [{ severity: 'error', code: 'fault.no-value', message, remedy }];
  }
  if (partition === undefined) return [];
  const most = Math.max(0, ...topicsOf(context, node, 'read').map((topic) => partitionsAt(context, growth, topic, atMs)));
  if (most === 0 || partition < most) return [];
  const message = `${action} names partition ${partition} of what "${node.name}" reads, which has the partitions 0 to ${most - 1} at that time.`;
  return [{ severity: 'error', code: 'fault.unknown-partition', message, remedy: 'Name one of these, or leave partition out for all.' }];
}
