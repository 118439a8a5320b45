/** Which stream processor a person looks at, and how. Nothing of it is part of the document. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { isStreams } from '../../pipeline/index.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';

export const streamsViews = [
  { id: 'topology', label: 'Topology' },
  { id: 'time', label: 'Event time' },
  { id: 'table', label: 'Stream and table' },
  { id: 'tasks', label: 'Tasks' },
  { id: 'stores', label: 'State stores' },
  { id: 'query', label: 'Queries' },
] as const;

export type StreamsView = (typeof streamsViews)[number]['id'];

interface StreamsChoice {
  readonly view: StreamsView;
  /** Node id; one that is not planned counts as none. */
  readonly node: string | null;
}

const streamsStore = createStore<StreamsChoice>(() => ({ view: 'topology', node: null }));

export const chooseStreamsView = (view: StreamsView): void => streamsStore.setState({ view });
export const chooseStreamsNode = (node: string): void => streamsStore.setState({ node });

export function useStreamsChoice<T>(selector: (state: StreamsChoice) => T): T {
  return useStore(streamsStore, selector);
}

/** The node to be shown: the chosen one while it is there, else the first. */
export function shownNode(nodes: readonly string[], chosen: string | null): string | null {
  return chosen !== null && nodes.includes(chosen) ? chosen : (nodes[0] ?? null);
}

/** Who selects a stream processor looks at it. */
function follow([node]: readonly string[]): void {
  const { nodes } = documentStore.getState().document;
  if (nodes.some((one) => one.id === node && isStreams(one))) chooseStreamsNode(node!);
}

follow(viewStore.getState().selection.nodes);
viewStore.subscribe(({ selection }, before) => {
  if (selection !== before.selection && selection.nodes.length === 1) follow(selection.nodes);
});
