/** A topology as Kafka Streams prints it (`InternalTopologyBuilder.describe`, `TopologyDescription.toString`). */
import type { StoreInfo } from '../operators/store.ts';
import type { SubTopology, TopologyNode } from '../operators/structure.ts';
import type { Topology } from '../operators/topology.ts';
import { stringHash } from '../types/values.ts';

/** A node while its description is put together. */
interface Described {
  readonly node: TopologyNode;
  /** Itself and what has been joined below it so far. */
  size: number;
  readonly successors: Described[];
  readonly predecessors: Described[];
}

/** Nodes with more below them come first. */
const compare = (a: Described, b: Described): number => b.size - a.size || (a.node.name < b.node.name ? -1 : 1);

/** Puts a node where it belongs by the sizes of now, which may grow later: as in a `TreeSet`, the others stay where they are. */
function insert(nodes: Described[], added: Described): void {
  const at = nodes.findIndex((other) => compare(added, other) < 0);
  nodes.splice(at < 0 ? nodes.length : at, 0, added);
}

/** Names in the order in which a `HashMap` that grew with them lists them, which the order of neighbours follows from. */
function inHashOrder(names: readonly string[]): string[] {
  let size = 16;
  while (names.length > size * 0.75) size *= 2;
  const bucket = (name: string) => {
    const hash = stringHash(name);
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  return [...names].sort((a, b) => bucket(a) - bucket(b));
}

function grow(node: Described, by: number): void {
  node.size += by;
  for (const predecessor of node.predecessors) grow(predecessor, by);
}

function described({ nodes }: SubTopology): Described[] {
  const all = new Map(nodes.map((node): [string, Described] => [node.name, { node, size: 1, successors: [], predecessors: [] }]));
  for (const name of inHashOrder([...all.keys()])) {
    const one = all.get(name)!;
    for (const predecessorName of one.node.predecessors) {
      const predecessor = all.get(predecessorName)!;
      insert(one.predecessors, predecessor);
      insert(predecessor.successors, one);
      grow(predecessor, one.size);
    }
  }
  return [...all.values()].sort(compare);
}

const listed = (nodes: readonly Described[]): string => (nodes.length === 0 ? 'none' : nodes.map(({ node }) => node.name).join(', '));

function linesOf({ node, successors, predecessors }: Described, stores: readonly StoreInfo[]): string[] {
  const after = `      --> ${listed(successors)}`;
  const before = `      <-- ${listed(predecessors)}`;
  switch (node.kind) {
    case 'source':
      return [`    Source: ${node.name} (topics: [${[...node.topics].sort().join(', ')}])`, after];
    case 'sink':
      return [`    Sink: ${node.name} (topic: ${node.topics.join(', ')})`, before];
    case 'processor': {
      const names = node.stores.map((store) => stores[store]!.name).sort();
      return [`    Processor: ${node.name} (stores: [${names.join(', ')}])`, after, before];
    }
  }
}

export function topologyText(topology: Topology): string {
  const parts = topology.describe().subTopologies.map((part) => {
    const lines = described(part).flatMap((one) => linesOf(one, topology.stores));
    return `  Sub-topology: ${String(part.id)}\n${lines.join('\n')}\n\n`;
  });
  return `Topologies:\n ${parts.join('')}`;
}
