/** A topology as a picture: sub-topologies with their operators and stores, the topics between them, and how they hang together. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { PhysicalTopology, SubTopology, TopologyNode } from '../../sql/operators/structure.ts';

export type PartKind = 'source' | 'processor' | 'sink' | 'store' | 'topic' | 'internal';

export interface GraphPart {
  readonly id: string;
  readonly kind: PartKind;
  /** As people say it. */
  readonly title: string;
  /** Its name in Kafka Streams, or the topic's. */
  readonly name: string;
  /** The sub-topology it is part of; null for topics, which are between them. */
  readonly sub: number | null;
  /** What else there is to say of it, as pairs. */
  readonly facts: readonly (readonly [string, string])[];
}

export interface GraphLine {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Between an operator and its store, which is used both ways. */
  readonly isState: boolean;
}

export interface TopologyGraph {
  readonly parts: readonly GraphPart[];
  readonly lines: readonly GraphLine[];
  readonly subs: readonly { readonly id: string; readonly label: string; readonly number: number }[];
}

const named = /^(?:KSTREAM|KTABLE)-(.+?)-\d{10}$/;

/** `KSTREAM-KEY-SELECT-0000000002` as `Key select`, `KSTREAM-MAPVALUES-…` as `Map values`; other names are told as they are. */
export function operatorTitle(name: string): string {
  const words = named
    .exec(name)?.[1]
    ?.replaceAll('-', ' ')
    .toLowerCase()
    .replace(/^flatmap/, 'flat map')
    .replace(/^to(?=stream|table)/, 'to ')
    .replace(/(?<=\S)values\b/, ' values');
  return words === undefined ? name : words[0]!.toUpperCase() + words.slice(1);
}

const topicId = (name: string): string => `topic ${name}`;
const nodeId = (sub: number, name: string): string => `node ${sub} ${name}`;
const storeId = (store: number): string => `store ${store}`;

interface StoreWords {
  readonly name: string;
  readonly facts: GraphPart['facts'];
}

function operatorPart(
  { id }: SubTopology,
  { name, kind, topics, stores, successors }: TopologyNode,
  storeWords: readonly StoreWords[],
): GraphPart {
  const facts: [string, string][] = [];
  if (topics.length > 0) facts.push([kind === 'sink' ? 'Writes' : 'Reads', topics.join(', ')]);
  if (stores.length > 0) facts.push(['Stores', stores.map((at) => storeWords[at]?.name ?? String(at)).join(', ')]);
  if (successors.length > 0) facts.push(['Hands on to', successors.join(', ')]);
  return { id: nodeId(id, name), kind, title: operatorTitle(name), name, sub: id, facts };
}

/** Everything that is shown of a topology. `prefix` is what its internal topics' names begin with in the cluster. */
export function topologyGraph(
  { subTopologies, internalTopics }: PhysicalTopology,
  stores: readonly StoreWords[],
  prefix: string,
): TopologyGraph {
  const parts: GraphPart[] = [];
  const lines: GraphLine[] = [];
  const topics = new Set<string>();
  const line = (from: string, to: string, isState = false): void => void lines.push({ id: `${from} → ${to}`, from, to, isState });
  for (const sub of subTopologies) {
    for (const node of sub.nodes) {
      parts.push(operatorPart(sub, node, stores));
      const id = nodeId(sub.id, node.name);
      for (const topic of node.topics) {
        topics.add(topic);
        if (node.kind === 'sink') line(id, topicId(topic));
        else line(topicId(topic), id);
      }
      for (const successor of node.successors) line(id, nodeId(sub.id, successor));
      for (const store of node.stores) line(id, storeId(store), true);
    }
    for (const at of sub.stores) {
      const store = stores[at];
      parts.push({
        id: storeId(at),
        kind: 'store',
        title: store?.name ?? `Store ${at}`,
        name: store?.name ?? String(at),
        sub: sub.id,
        facts: store?.facts ?? [],
      });
    }
  }
  for (const topic of topics) {
    const internal = internalTopics.find(({ name }) => name === topic);
    const facts: [string, string][] =
      internal === undefined
        ? []
        : [
            ['Cleanup', internal.cleanupPolicy],
            ['In the cluster', `${prefix}-${topic}`],
          ];
    parts.push({ id: topicId(topic), kind: internal === undefined ? 'topic' : 'internal', title: topic, name: topic, sub: null, facts });
  }
  return { parts, lines, subs: subTopologies.map(({ id }) => ({ id: `sub ${id}`, label: `Sub-topology ${id}`, number: id })) };
}

/** Pixels: of the kinds of parts, and about a letter of their titles. */
const heights: Readonly<Record<PartKind, number>> = { source: 40, processor: 40, sink: 40, store: 32, topic: 32, internal: 32 };
const letterWidth = 7.4;
const leastWidth = 96;
const mostWidth = 280;
const besideTitle = 30;

const sizeOf = ({ kind, title }: GraphPart) => ({
  width: Math.min(mostWidth, Math.max(leastWidth, Math.ceil(title.length * letterWidth) + besideTitle)),
  height: heights[kind],
});

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.spacing.nodeNode': '16',
  'elk.spacing.edgeNode': '12',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.padding': '[top=4,left=4,bottom=4,right=4]',
};

/** The graph as elkjs takes it. */
export function elkGraph({ parts, lines, subs }: TopologyGraph): ElkNode {
  const child = (part: GraphPart): ElkNode => ({ id: part.id, ...sizeOf(part) });
  return {
    id: 'root',
    layoutOptions: options,
    children: [
      ...parts.filter(({ sub }) => sub === null).map(child),
      ...subs.map(({ id, number }) => ({
        id,
        layoutOptions: { 'elk.padding': '[top=28,left=12,bottom=12,right=12]' },
        children: parts.filter(({ sub }) => sub === number).map(child),
      })),
    ],
    edges: lines.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  };
}

export interface PlacedBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedGraph {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, PlacedBox>;
  /** Corners of each line from one end to the other. */
  readonly paths: ReadonlyMap<string, readonly { readonly x: number; readonly y: number }[]>;
}

/** What elkjs answers, all places counted from the corner of the whole. */
export function placed(root: ElkNode): PlacedGraph {
  const boxes = new Map<string, PlacedBox>();
  const visit = (node: ElkNode, left: number, top: number): void => {
    const { x = 0, y = 0, width = 0, height = 0 } = node;
    if (node !== root) boxes.set(node.id, { x: left + x, y: top + y, width, height });
    for (const one of node.children ?? []) visit(one, node === root ? 0 : left + x, node === root ? 0 : top + y);
  };
  visit(root, 0, 0);
  const paths = new Map(
    (root.edges ?? []).map(
      ({ id, sections }) =>
        [id, (sections ?? []).flatMap(({ startPoint, bendPoints, endPoint }) => [startPoint, ...(bendPoints ?? []), endPoint])] as const,
    ),
  );
  return { width: root.width ?? 0, height: root.height ?? 0, boxes, paths };
}
