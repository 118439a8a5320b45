import type { Topology } from '../../../sql/operators/topology.ts';
export interface TopologyNode { readonly name: string; readonly kind: 'source' | 'processor' | 'sink'; readonly topics: readonly string[]; readonly stores: readonly number[]; readonly successors: readonly string[]; readonly predecessors: readonly string[] }
export interface SubTopology { readonly id: number; readonly sources: readonly string[]; readonly sinks: readonly string[]; readonly stores: readonly number[]; readonly nodes: readonly TopologyNode[] }
export interface InternalTopic { readonly name: string; readonly kind: 'repartition' | 'changelog'; readonly channel?: number; readonly store?: number; readonly cleanupPolicy: string; readonly retentionMs: number | null }
export interface PhysicalTopology { readonly subTopologies: readonly SubTopology[]; readonly internalTopics: readonly InternalTopic[] }
export function describeTopology(topology: Topology): PhysicalTopology {
  const sources = [...topology.sources.keys()];
  const channels = topology.channels.map(({ name }) => name);
  const stores = topology.stores.map((_, i) => i);
  const internalTopics: InternalTopic[] = [
    ...channels.map((name, channel): InternalTopic => ({ name, kind: 'repartition', channel, cleanupPolicy: 'delete', retentionMs: null })),
    ...topology.stores.map(({ name, retentionMs }, store): InternalTopic => ({ name: `${name}-changelog`, kind: 'changelog', store, cleanupPolicy: 'compact', retentionMs })),
  ];
  const subTopologies: SubTopology[] = channels.length === 0
    ? [{ id: 0, sources, sinks: [], stores, nodes: [] }]
    : [{ id: 0, sources, sinks: channels, stores: [], nodes: [] }, { id: 1, sources: channels, sinks: [], stores, nodes: [] }];
  return { subTopologies, internalTopics };
}
