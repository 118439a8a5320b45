/** Planned faults of a topic's partitions: elections, reassignments, growth. */
import type { NodeFault, PipelineNode } from '../document.ts';
import { kindOf } from '../kinds/index.ts';
import { unknownBroker } from './clusterFaults.ts';
import { countUpTo } from './moments.ts';
import { writtenPerSecond } from './rates.ts';
import type { RuleContext, Words } from './rule.ts';
import { counted, numberOf, roleOf, textOf, writersOf } from './rule.ts';

export type PartitionFault = Extract<NodeFault, { action: 'leader.unclean' | 'partition.reassign' | 'partitions.add' }>;

type Reassignment = Extract<PartitionFault, { action: 'partition.reassign' }>;

interface Steps {
  /** When partitions are added, sorted. */
  readonly moments: readonly number[];
  /** How many were added up to and with each of these moments. */
  readonly sums: readonly number[];
}

/** What the scenario adds to each topic, by its id. */
export type Growth = ReadonlyMap<string, Steps>;

const partitionsMax = 10_000;

/** What the scenario adds to each topic. */
export function partitionsAdded(context: RuleContext): Growth {
  const byTopic = new Map<string, Extract<PartitionFault, { count: number }>[]>();
  for (const fault of context.document.scenario.faults) {
    if (fault.action !== 'partitions.add') continue;
    const list = byTopic.get(fault.node) ?? [];
    list.push(fault);
    byTopic.set(fault.node, list);
  }
  return new Map(
    [...byTopic].map(([id, list]) => {
      const inTime = list.sort((a, b) => a.atMs - b.atMs);
      let sum = 0;
      return [id, { moments: inTime.map(({ atMs }) => atMs), sums: inTime.map(({ count }) => (sum += count)) }];
    }),
  );
}

/** How many partitions a topic has at a moment of the scenario. */
export function partitionsAt(context: RuleContext, growth: Growth, topic: PipelineNode, atMs: number): number {
  const steps = growth.get(topic.id);
  const done = steps === undefined ? 0 : countUpTo(steps.moments, atMs);
  return numberOf(context, topic, 'partitions') + (done === 0 ? 0 : steps!.sums[done - 1]!);
}

/** Kafka's ReplicationControlManager.validateManualPartitionAssignment. */
function assignmentWords(context: RuleContext, fault: Reassignment): readonly Words[] {
  const seen = new Set<number>();
  for (const broker of fault.replicas) {
    const unknown = unknownBroker(context, broker, fault.action);
    if (unknown !== null) return [unknown];
    if (seen.has(broker)) {
      const message = `The manual partition assignment includes the broker ${broker} more than once.`;
      return [{ severity: 'error', code: 'fault.replica-twice', message, remedy: 'Name every broker once.' }];
    }
    seen.add(broker);
  }
  return [];
}

/**
 * What is written to a partition also goes to its followers in sync, and counts for the leader's limit although it is never held back (KafkaApis.sizeOfThrottledPartitions).
 * Only what is beyond that lets the new replica catch up. Sizes after compression are not known here; then nothing is said.
 */
function throttleWords(context: RuleContext, growth: Growth, topic: PipelineNode, fault: Reassignment): readonly Words[] {
  const limit = fault.throttleBytesPerSecond;
  const unsized = writersOf(context, topic).some(
    (node) => textOf(context, node, 'compression.type') !== 'none' || numberOf(context, node, 'value.null.share') > 0,
  );
  if (limit === 0 || unsized || !['producer', 'uncompressed'].includes(textOf(context, topic, 'compression.type'))) return [];
  const written = writtenPerSecond(context, topic).bytes / partitionsAt(context, growth, topic, fault.atMs);
  const copies = numberOf(context, topic, 'replication.factor');
  const needed = written * copies;
  if (!(written > 0 && limit <= needed)) return [];
  const about = `bytes a second, but about ${Math.round(written)} are written to it`;
  const message =
    limit <= written || copies === 1
      ? `The move of partition ${fault.partition} of "${topic.name}" may take ${limit} ${about}: a replica that is added never catches up, and the move does not end.`
      : `The move of partition ${fault.partition} of "${topic.name}" may take ${limit} ${about}, and what goes to its ${counted(copies - 1, 'follower')} counts as well: a replica that is added never catches up, and the move does not end.`;
  const remedy = `Set the throttle well above ${Math.round(needed)} bytes a second, or to 0 for none.`;
  return [{ severity: 'warning', code: 'fault.move-never-ends', message, remedy }];
}

/** Keyed records go to murmur2(key) modulo the number of partitions, so that more partitions send most keys elsewhere. */
function growthWords(context: RuleContext, growth: Growth, topic: PipelineNode, fault: PartitionFault): readonly Words[] {
  const after = partitionsAt(context, growth, topic, fault.atMs);
  if (after > partitionsMax) {
    const message = `"${topic.name}" would have ${after} partitions; at most ${partitionsMax} are simulated.`;
    return [{ severity: 'error', code: 'fault.too-many-partitions', message, remedy: 'Add fewer.' }];
  }
  if (!writersOf(context, topic).some((node) => node.kind !== 'producer' || textOf(context, node, 'key.shape') !== 'none')) return [];
  const message = `With ${counted(after, 'partition')} most keys of "${topic.name}" go to another partition than before: their order across that moment is not kept.`;
  return [{ severity: 'info', code: 'fault.keys-move', message, remedy: 'Nothing needs to be done, if you mean to show this.' }];
}

/** What can be said of a fault of one topic without running it. */
export function partitionFaultWords(context: RuleContext, growth: Growth, fault: PartitionFault, node: PipelineNode): readonly Words[] {
  if (roleOf(node) !== 'topic') {
    const message = `${fault.action} cannot happen to "${node.name}": it is a ${kindOf(node.kind).label.toLowerCase()}.`;
    return [{ severity: 'error', code: 'fault.wrong-kind', message, remedy: 'Name a topic.' }];
  }
  if (fault.action === 'partitions.add') return growthWords(context, growth, node, fault);
  const partitions = partitionsAt(context, growth, node, fault.atMs);
  if (fault.partition >= partitions) {
    const message = `${fault.action} names partition ${fault.partition} of "${node.name}", which has the partitions 0 to ${partitions - 1} at that time.`;
    return [{ severity: 'error', code: 'fault.unknown-partition', message, remedy: 'Name one of these, or add partitions before.' }];
  }
  if (fault.action !== 'partition.reassign') return [];
  const refused = assignmentWords(context, fault);
  return refused.length > 0 ? refused : throttleWords(context, growth, node, fault);
}
