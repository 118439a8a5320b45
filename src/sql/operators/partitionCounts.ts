/** How many partitions internal topics have and how many tasks there are (`RepartitionTopics`, `CopartitionedTopicsEnforcer`, `ChangelogTopics`). */
import type { InternalTopic, PhysicalTopology, SubTopology } from './structure.ts';

export interface PartitionCounts {
  readonly kind: 'counts';
  /** By sub-topology: one task for each partition of its topics. */
  readonly tasks: readonly number[];
  /** By the name of the internal topic. */
  readonly internal: ReadonlyMap<string, number>;
}

/** Topics that are read together have unequal numbers of partitions, or a topic is not there; in Kafka Streams' words. */
export interface UncountableTopology {
  readonly kind: 'refused';
  readonly message: string;
  readonly topics: readonly string[];
}

const refused = (message: string, topics: readonly string[]): UncountableTopology => ({ kind: 'refused', message, topics });

/** @param partitionsOf how many partitions a topic that is not internal has; null where there is none */
export function partitionCounts(
  physical: PhysicalTopology,
  partitionsOf: (topic: string) => number | null,
): PartitionCounts | UncountableTopology {
  const repartitions = physical.internalTopics.filter(({ kind }) => kind === 'repartition').map(({ name }) => name);
  const external = physical.subTopologies.flatMap(({ sources }) => sources).filter((topic) => !repartitions.includes(topic));
  const missing = external.find((topic) => partitionsOf(topic) === null);
  if (missing !== undefined) return refused(`No partition count found for source topic ${missing}, but it should have been.`, [missing]);
  const counts = new Map(external.map((topic) => [topic, partitionsOf(topic)!]));
  countRepartitions(physical.subTopologies, repartitions, counts);
  for (const group of physical.copartitioned) {
    const fault = enforce(group, new Set(repartitions), counts);
    if (fault) return fault;
  }
  const tasks: number[] = [];
  for (const { id, sources } of physical.subTopologies) tasks[id] = Math.max(...sources.map((topic) => counts.get(topic)!));
  const taskOf = ({ store }: InternalTopic): number => tasks[physical.subTopologies.find(({ stores }) => stores.includes(store!))!.id]!;
  const internal = physical.internalTopics.map((topic) => [topic.name, counts.get(topic.name) ?? taskOf(topic)] as const);
  return { kind: 'counts', tasks, internal: new Map(internal) };
}

/** A repartition topic has as many partitions as the largest topic of what writes it, which may be internal itself. */
function countRepartitions(subTopologies: readonly SubTopology[], repartitions: readonly string[], counts: Map<string, number>): void {
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const topic of repartitions) {
      if (counts.has(topic)) continue;
      const upstream = subTopologies.filter(({ sinks }) => sinks.includes(topic)).flatMap(({ sources }) => sources);
      const known = upstream.flatMap((source) => counts.get(source) ?? []);
      if (known.length === 0) continue;
      counts.set(topic, Math.max(...known));
      isDone = false;
    }
  }
}

/** Topics that are read together: those that are not internal have to be equal, and the others get their number, or the largest of theirs. */
function enforce(group: readonly string[], repartitions: ReadonlySet<string>, counts: Map<string, number>): UncountableTopology | null {
  const external = group.filter((topic) => !repartitions.has(topic));
  const internal = group.filter((topic) => repartitions.has(topic));
  const sizes = new Set(external.map((topic) => counts.get(topic)!));
  if (sizes.size > 1) {
    const listed = [...external].sort().map((topic) => `${topic}=${String(counts.get(topic))}`);
    return refused(`Invalid topology: Topics not co-partitioned: [{${listed.join(', ')}}]`, external);
  }
  const [size = Math.max(...internal.map((topic) => counts.get(topic)!))] = sizes;
  for (const topic of internal) counts.set(topic, size);
  return null;
}
