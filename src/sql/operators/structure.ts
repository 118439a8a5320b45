/**
 * Which nodes a topology has, under Kafka Streams' names, and the sub-topologies that they fall into (`InternalStreamsBuilder`, `InternalTopologyBuilder`).
 * Nodes are numbered in the order in which operators are put together, some numbers are passed over for nodes that have a name of their own.
 */
import type { StoreInfo } from './store.ts';

export interface TopologyNode {
  readonly name: string;
  readonly kind: 'source' | 'processor' | 'sink';
  /** What a source reads and a sink writes. */
  readonly topics: readonly string[];
  /** Numbers of the stores that a processor reaches. */
  readonly stores: readonly number[];
  readonly successors: readonly string[];
  readonly predecessors: readonly string[];
}

/** Nodes that are joined by records or stores without a topic in between: what one task runs. */
export interface SubTopology {
  readonly id: number;
  /** Topics, internal ones by their name without the application's id. */
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  readonly stores: readonly number[];
  readonly nodes: readonly TopologyNode[];
}

export interface InternalTopic {
  /** Without the application's id. */
  readonly name: string;
  readonly kind: 'repartition' | 'changelog';
  readonly channel?: number;
  readonly store?: number;
  readonly cleanupPolicy: 'compact' | 'delete' | 'compact,delete';
  /** Null: for ever. */
  readonly retentionMs: number | null;
}

export interface PhysicalTopology {
  readonly subTopologies: readonly SubTopology[];
  /** Tables that every instance has as a whole; no task runs them. */
  readonly globals: readonly { readonly topic: string; readonly store: number }[];
  readonly internalTopics: readonly InternalTopic[];
  /** Topics that have to have equally many partitions, as a task reads the same partition of each. */
  readonly copartitioned: readonly (readonly string[])[];
}

interface Node {
  readonly name: string;
  readonly kind: TopologyNode['kind'];
  readonly topics: readonly string[];
  readonly stores: Set<number>;
  readonly predecessors: Set<string>;
  readonly successors: Set<string>;
  readonly isGlobal: boolean;
}

/** Names that nodes are made of; the number of the node follows. */
export type NodePrefix = `KSTREAM-${string}-` | `KTABLE-${string}-`;

export class Structure {
  private nextNumber = 0;
  private readonly nodes = new Map<string, Node>();
  private readonly copartitioned: (readonly string[])[] = [];
  private readonly globals: { readonly topic: string; readonly store: number }[] = [];

  /** The next name of that prefix, which is not used where the node has a name of its own (`NamedInternal.orElseGenerateWithPrefix`). */
  name(prefix: NodePrefix, own: string | null = null): string {
    const name = prefix + this.number();
    return own ?? name;
  }

  /** The name of a store without one of its own. */
  storeName(prefix: string): string {
    return `${prefix}STATE-STORE-${this.number()}`;
  }

  /** Passes over a number, where Kafka Streams makes a name that it does not use. */
  skip(): void {
    this.nextNumber++;
  }

  source(name: string, topic: string): string {
    return this.add({ name, kind: 'source', topics: [topic], predecessors: [], stores: [] });
  }

  processor(name: string, predecessors: readonly string[], stores: readonly number[] = []): string {
    return this.add({ name, kind: 'processor', topics: [], predecessors, stores });
  }

  sink(name: string, topic: string, predecessors: readonly string[]): string {
    return this.add({ name, kind: 'sink', topics: [topic], predecessors, stores: [] });
  }

  /** A table that every instance has as a whole (`addGlobalStore`). */
  global(source: string, processor: string, topic: string, store: number): void {
    this.add({ name: source, kind: 'source', topics: [topic], predecessors: [], stores: [], isGlobal: true });
    this.add({ name: processor, kind: 'processor', topics: [], predecessors: [source], stores: [store], isGlobal: true });
    this.globals.push({ topic, store });
  }

  connectStores(processor: string, stores: readonly number[]): void {
    for (const store of stores) this.node(processor).stores.add(store);
  }

  /** Notes that topics of these source nodes are read together. */
  copartition(sources: readonly string[]): void {
    this.copartitioned.push(sources);
  }

  describe(stores: readonly StoreInfo[], channels: readonly { readonly name: string }[]): PhysicalTopology {
    const groups = this.groups();
    const subTopologies = groups
      .map((nodes, id) => subTopology(id, nodes))
      .filter((_one, id) => !groups[id]!.some((node) => node.isGlobal));
    const changelogs = stores.flatMap((info, store): InternalTopic[] =>
      info.isGlobal === true || info.sourceTopic !== undefined ? [] : [changelogOf(info, store)],
    );
    const repartitions = channels.map(({ name }, channel): InternalTopic => ({
      name,
      kind: 'repartition',
      channel,
      cleanupPolicy: 'delete',
      retentionMs: null,
    }));
    const copartitioned = this.copartitioned.map((sources) => [...new Set(sources.flatMap((source) => this.node(source).topics))]);
    return { subTopologies, globals: [...this.globals], internalTopics: [...repartitions, ...changelogs], copartitioned };
  }

  private number(): string {
    return String(this.nextNumber++).padStart(10, '0');
  }

  private node(name: string): Node {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`topology has no node ${name}`);
    return node;
  }

  private add({ name, kind, topics, predecessors, stores, isGlobal = false }: Added): string {
    if (this.nodes.has(name)) throw new Error(`Processor ${name} is already added.`);
    this.nodes.set(name, {
      ...{ name, kind, topics, isGlobal },
      stores: new Set(stores),
      predecessors: new Set(predecessors),
      successors: new Set(),
    });
    for (const predecessor of predecessors) this.node(predecessor).successors.add(name);
    return name;
  }

  /** Nodes by sub-topology, numbered by the first node of each in the order in which they were added (`makeNodeGroups`). */
  private groups(): Node[][] {
    const found: Node[][] = [];
    const seen = new Set<Node>();
    const users = new Map<number, Node[]>();
    for (const node of this.nodes.values()) for (const store of node.stores) users.set(store, [...(users.get(store) ?? []), node]);
    const near = (node: Node): Node[] => [
      ...[...node.predecessors, ...node.successors].map((name) => this.node(name)),
      ...[...node.stores].flatMap((store) => users.get(store)!),
    ];
    for (const first of this.nodes.values()) {
      if (seen.has(first)) continue;
      const group = new Set([first]);
      for (const node of group) for (const other of near(node)) group.add(other);
      for (const node of group) seen.add(node);
      found.push([...this.nodes.values()].filter((node) => group.has(node)));
    }
    return found;
  }
}

interface Added {
  readonly name: string;
  readonly kind: TopologyNode['kind'];
  readonly topics: readonly string[];
  readonly predecessors: readonly string[];
  readonly stores: readonly number[];
  readonly isGlobal?: boolean;
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

function subTopology(id: number, nodes: readonly Node[]): SubTopology {
  const topics = (kind: TopologyNode['kind']) => unique(nodes.filter((node) => node.kind === kind).flatMap((node) => node.topics));
  return {
    id,
    sources: topics('source'),
    sinks: topics('sink'),
    stores: unique(nodes.flatMap((node) => [...node.stores])).sort((a, b) => a - b),
    nodes: nodes.map(({ name, kind, topics: of, stores, successors, predecessors }) => ({
      ...{ name, kind, topics: of },
      stores: [...stores],
      successors: [...successors],
      predecessors: [...predecessors],
    })),
  };
}

/** How much longer a changelog of windows keeps than the store (`windowstore.changelog.additional.retention.ms`). */
const additionalRetentionMs = 86_400_000;

/** Stores of all records of a window are not compacted, as records of one key and time are not one another's (`StreamJoinedStoreFactory`). */
const policies = {
  keyValue: 'compact',
  list: 'compact',
  subscription: 'compact',
  suppress: 'compact',
  window: 'compact,delete',
  session: 'compact,delete',
  join: 'delete',
} as const satisfies Record<StoreInfo['kind'], InternalTopic['cleanupPolicy']>;

function changelogOf({ name, kind, retentionMs }: StoreInfo, store: number): InternalTopic {
  return {
    ...{ name: `${name}-changelog`, kind: 'changelog', store },
    cleanupPolicy: policies[kind],
    retentionMs: retentionMs === null ? null : retentionMs + additionalRetentionMs,
  };
}
