/** Which group a person looks at. Nothing of it is part of the document. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { groupIdOf, type PipelineDocument } from '../../pipeline/index.ts';
import { documentStore, useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';

interface GroupChoice {
  /** Group id; one that is not in the document counts as none. */
  readonly chosen: string | null;
  /** Start of the rebalance whose words are shown; null: the last one. */
  readonly rebalanceUs: number | null;
  /** The partition a cause of lag has led to; `request` goes up each time. */
  readonly partition: { readonly topicNode: string; readonly partition: number; readonly request: number } | null;
}

export const groupStore = createStore<GroupChoice>(() => ({ chosen: null, rebalanceUs: null, partition: null }));

export function chooseGroup(chosen: string): void {
  groupStore.setState({ chosen, rebalanceUs: null, partition: null });
}

export function chooseRebalance(rebalanceUs: number): void {
  groupStore.setState({ rebalanceUs });
}

/** Opens the dock at a group. */
export function showGroup(groupId: string): void {
  chooseGroup(groupId);
  viewStore.getState().setDockTab('groups');
}

/** Opens the dock at a partition of a group. */
export function showPartition(groupId: string, { topicNode, partition }: { readonly topicNode: string; readonly partition: number }): void {
  const request = (groupStore.getState().partition?.request ?? 0) + 1;
  showGroup(groupId);
  groupStore.setState({ partition: { topicNode, partition, request } });
}

export function useGroupChoice<T>(selector: (state: GroupChoice) => T): T {
  return useStore(groupStore, selector);
}

/** Ids of the document's groups in the order of its nodes. */
export function groupIdsOf({ nodes }: PipelineDocument): readonly string[] {
  return [...new Set(nodes.map(groupIdOf).filter((id) => id !== null))];
}

/** The group to be shown: the chosen one while the document has it, else its first. */
export function shownGroup(groups: readonly string[], chosen: string | null): string | null {
  return chosen !== null && groups.includes(chosen) ? chosen : (groups[0] ?? null);
}

/** Ids joined, so that another document with the same groups renders nothing anew. */
export function useGroupIds(): readonly string[] {
  const joined = useDocument((state) => groupIdsOf(state.document).join('\n'));
  return joined === '' ? [] : joined.split('\n');
}

// Who selects a node that consumes looks at its group.
viewStore.subscribe(({ selection }, before) => {
  if (selection === before.selection || selection.nodes.length !== 1) return;
  const node = documentStore.getState().document.nodes.find(({ id }) => id === selection.nodes[0]);
  const groupId = node === undefined ? null : groupIdOf(node);
  if (groupId !== null && groupId !== groupStore.getState().chosen) chooseGroup(groupId);
});
