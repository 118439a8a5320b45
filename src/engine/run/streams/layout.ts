/** Stream processors of a document laid out for a run: their internal topics with partitions as Kafka Streams sets them, and what each task reads. */
import type { PipelineDocument } from '../../../pipeline/document.ts';
import type { InternalTopic, PhysicalTopology } from '../../../sql/operators/structure.ts';
import type { NodePlan } from '../../../streams/nodePlan.ts';
import { planStreams } from '../../../streams/plan.ts';
import type { StreamsLayout, TaskGroup, TopicRole } from '../../streams/program.ts';
import type { Settings } from '../configs.ts';

/** A topic with its partitions, as far as this module needs to know it. */
interface KnownTopic {
  readonly name: string;
  readonly partitionCount: number;
}

/** An internal topic of a node, as it will be created. */
export interface LaidOutTopic extends KnownTopic {
  readonly settings: Settings;
}

export interface LaidOut {
  readonly layout: StreamsLayout;
  /** In the order of `StreamsLayout`'s indexes behind those of the topics given. */
  readonly topics: readonly LaidOutTopic[];
  /** Indexes of internal topics that it reads, and of all of them. */
  readonly reads: readonly number[];
  readonly internals: readonly number[];
}

/** A node's plan, and what its text alone does not say. */
interface PlannedNode {
  readonly plan: NodePlan;
  /** Topics of tables; empty where the node says itself where reading begins. */
  readonly tables: readonly string[];
}

/** The plans of a document's stream processors by node id. ksqlDB reads tables from the beginning unless it is told where to begin (`SourceBuilderUtils.getAutoOffsetReset`). */
export function plansOf(document: PipelineDocument): ReadonlyMap<string, PlannedNode> {
  const { nodes, catalogue } = planStreams(document);
  const tables = [...catalogue.sources.values()].flatMap(({ kind, topic }) => (kind === 'TABLE' ? [topic] : []));
  const planned = document.nodes.flatMap(({ id, config }): [string, PlannedNode][] => {
    const plan = nodes.get(id);
    return plan === undefined ? [] : [[id, { plan, tables: Object.hasOwn(config, 'auto.offset.reset') ? [] : tables }]];
  });
  return new Map(planned);
}

/** Lays a node out; `topics` are those there are so far, by index. */
export function layOut({ plan, tables }: PlannedNode, settings: Settings, topics: readonly KnownTopic[]): LaidOut {
  const { topology, applicationId, physical } = plan;
  const internals = physical.internalTopics;
  const partitions = internalPartitions(physical, topics);
  const first = topics.length;
  const made = internals.map((topic) => ({
    name: `${applicationId}-${topic.name}`,
    partitionCount: partitions.get(topic.name)!,
    settings: internalSettings(topic, settings),
  }));
  const indexOf = (name: string): number => {
    const internal = internals.findIndex((topic) => topic.name === name);
    return internal >= 0 ? first + internal : topics.findIndex((topic) => topic.name === name);
  };
  const countOf = (index: number): number => (index < first ? topics[index]! : made[index - first]!).partitionCount;
  const groups = physical.subTopologies.map(({ id, sources, stores }): TaskGroup => {
    const read = sources.map(indexOf);
    return { id, topics: read, partitions: Math.max(0, ...read.map(countOf)), stores };
  });
  const channelAt = (channel: number): number =>
    first + internals.findIndex((topic) => topic.kind === 'repartition' && topic.channel === channel);
  const layout: StreamsLayout = {
    applicationId,
    topology,
    groups,
    roles: rolesOf(physical, indexOf),
    sinks: new Map(plan.sinkTopics.map((name) => [name, topics.findIndex((topic) => topic.name === name)])),
    channels: topology.channels.map((_, channel) => channelAt(channel)),
    ...changelogsOf(plan, physical, indexOf),
    globals: physical.globals.map(({ topic, store }) => ({ topic: indexOf(topic), store })),
    earliestTopics: [...tables.map(indexOf).filter((index) => index >= 0), ...made.map((_, i) => first + i)],
    isPersistent: settings['default.dsl.store'] !== 'in_memory',
  };
  const reads = [...new Set(groups.flatMap((group) => group.topics))].filter((index) => index >= first);
  return { layout, topics: made, reads, internals: made.map((_, i) => first + i) };
}

function rolesOf({ subTopologies, internalTopics }: PhysicalTopology, indexOf: (name: string) => number): Map<number, TopicRole> {
  const roles = new Map<number, TopicRole>();
  for (const name of subTopologies.flatMap(({ sources }) => sources)) {
    const internal = internalTopics.find((topic) => topic.name === name);
    roles.set(indexOf(name), internal?.channel === undefined ? { kind: 'source', name } : { kind: 'channel', channel: internal.channel });
  }
  return roles;
}

function changelogsOf({ topology }: NodePlan, { internalTopics }: PhysicalTopology, indexOf: (name: string) => number) {
  const isSource: boolean[] = [];
  // A table's store that is filled from its topic has that for a changelog (`topology.optimization`: `reuse.ktable.source.topics`).
  const changelogs = topology.stores.map(({ sourceTopic }, store) => {
    const topic = internalTopics.find((each) => each.kind === 'changelog' && each.store === store);
    const source = topic === undefined ? sourceTopic : undefined;
    isSource.push(source !== undefined);
    const name = topic?.name ?? source;
    return name === undefined ? -1 : indexOf(name);
  });
  return { changelogs, isSource };
}

/**
 * Partitions of internal topics (`RepartitionTopics.setRepartitionSourceTopicPartitionCount`, `ChangelogTopics`): a repartition topic has as many as the topic with the most that its writers read, a
 * changelog as many as there are tasks.
 */
function internalPartitions(
  { subTopologies, internalTopics, copartitioned }: PhysicalTopology,
  topics: readonly KnownTopic[],
): Map<string, number> {
  const counts = new Map<string, number>(topics.map(({ name, partitionCount }) => [name, partitionCount]));
  const repartitions = internalTopics.filter(({ kind }) => kind === 'repartition');
  for (let left = repartitions.length; left > 0;) {
    const before = left;
    for (const { name } of repartitions) {
      if (counts.has(name)) continue;
      const writers = subTopologies.filter(({ sinks }) => sinks.includes(name));
      const known = writers.flatMap(({ sources }) => sources).flatMap((source) => counts.get(source) ?? []);
      if (known.length === 0) continue;
      counts.set(name, Math.max(...known));
      left--;
    }
    if (left === before) throw new Error(`internal topics ${repartitions.map(({ name }) => name).join(', ')} go round in a circle`);
  }
  // Topics that are read together have equally many partitions: those of the application follow the others, or else the most (CopartitionedTopicsEnforcer).
  for (const together of copartitioned) {
    const own = together.filter((name) => repartitions.some((topic) => topic.name === name));
    const others = together.filter((name) => !own.includes(name));
    const count = Math.max(1, ...(others.length > 0 ? others : own).map((name) => counts.get(name) ?? 1));
    for (const name of own) counts.set(name, count);
  }
  for (const { name, kind, store } of internalTopics) {
    if (kind !== 'changelog') continue;
    const group = subTopologies.find(({ stores }) => stores.includes(store!));
    counts.set(name, Math.max(1, ...(group?.sources ?? []).map((source) => counts.get(source)!)));
  }
  return counts;
}

/** Configs of an internal topic (`InternalTopicConfig`, `RepartitionTopicConfig`, `WindowedChangelogTopicConfig`); the rest are a broker's defaults. */
function internalSettings({ kind, cleanupPolicy, retentionMs }: InternalTopic, settings: Settings): Settings {
  const factor = Number(settings['replication.factor'] ?? -1);
  return {
    'replication.factor': factor < 0 ? 1 : factor,
    'min.insync.replicas': 1,
    // RepartitionTopicConfig has small segments, so that what is purged is deleted soon.
    'segment.bytes': kind === 'repartition' ? 52_428_800 : 1_073_741_824,
    'segment.ms': 604_800_000,
    'segment.index.bytes': 10_485_760,
    'index.interval.bytes': 4_096,
    'retention.ms': retentionMs ?? -1,
    'retention.bytes': -1,
    'message.timestamp.type': 'CreateTime',
    'max.message.bytes': 1_048_588,
    'cleanup.policy': cleanupPolicy,
    'compression.type': 'producer',
  };
}
