/** Where records come from: sources, and stream processors with the results and the internal records that they make. Paths begin at a root, and are numbered in this order. */
import type { TopologyNode } from './topology.ts';

export interface Root {
  /** Index of its node. */
  readonly node: number;
  readonly kind: 'producer' | 'results' | 'internal';
}

/** Number of the root that a source's records have, or the results of a stream processor; -1 for a node that makes none. */
export function rootOfNode({ nodes }: { readonly nodes: readonly TopologyNode[] }, id: string): number {
  return rootsOf(nodes).findIndex(({ node, kind }) => nodes[node]!.node.id === id && kind !== 'internal');
}

/** Producers in the order of the document, then two roots for each stream processor. */
export function rootsOf(nodes: readonly Pick<TopologyNode, 'index' | 'role' | 'streams'>[]): Root[] {
  const producers = nodes.filter(({ role }) => role === 'producer').map(({ index }): Root => ({ node: index, kind: 'producer' }));
  const streams = nodes.filter((node) => node.streams !== null);
  return [
    ...producers,
    ...streams.flatMap(({ index }): Root[] => [
      { node: index, kind: 'results' },
      { node: index, kind: 'internal' },
    ]),
  ];
}
