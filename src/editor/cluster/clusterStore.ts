/** What a person looks at in the cluster view: the chosen partition, and how much of its offsets. Nothing of it is part of the document. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { viewStore } from '../stores/viewStore.ts';
import type { AxisSpan } from './replicaAxis.ts';

export interface PartitionPlace {
  /** Empty for topics that Kafka itself makes: the drawing has no node for them. */
  readonly topicNode: string;
  readonly partition: number;
}

interface ClusterState {
  readonly chosen: PartitionPlace | null;
  /** Topic whose selection does not narrow the view: it was selected by choosing one of its partitions here, or all topics were asked for. */
  readonly unfiltered: string | null;
  readonly span: AxisSpan;
}

export const clusterStore = createStore<ClusterState>(() => ({ chosen: null, unfiltered: null, span: 'whole' }));

/** Opens a partition's detail and selects its topic, where that is a node. What is listed stays as it was, so that nothing moves under the pointer. */
export function choosePartition(chosen: PartitionPlace): void {
  if (chosen.topicNode === '') {
    clusterStore.setState({ chosen });
    return;
  }
  const { nodes } = viewStore.getState().selection;
  const isNarrowed = nodes.length === 1 && nodes[0] === chosen.topicNode && clusterStore.getState().unfiltered !== chosen.topicNode;
  clusterStore.setState({ chosen, ...(isNarrowed ? {} : { unfiltered: chosen.topicNode }) });
  viewStore.getState().select({ nodes: [chosen.topicNode] });
}

/** Lists only the selected topic, or all of them although one is selected. */
export function narrowTo(topicNode: string, only: boolean): void {
  clusterStore.setState({ unfiltered: only ? null : topicNode });
}

export function showSpan(span: AxisSpan): void {
  clusterStore.setState({ span });
}

/** A part of what is looked at. */
export function useCluster<T>(selector: (state: ClusterState) => T): T {
  return useStore(clusterStore, selector);
}

// Another selection on the canvas narrows the view again.
viewStore.subscribe(({ selection }, before) => {
  const { unfiltered } = clusterStore.getState();
  if (selection !== before.selection && unfiltered !== null && !selection.nodes.includes(unfiltered))
    clusterStore.setState({ unfiltered: null });
});
