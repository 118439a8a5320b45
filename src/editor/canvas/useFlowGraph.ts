import { applyNodeChanges, type EdgeChange, type NodeChange } from '@xyflow/react';
import { useCallback, useState, type MouseEvent } from 'react';
import type { PipelineDocument } from '../../pipeline/document.ts';
import { documentStore, useDocument } from '../stores/documentStore.ts';
import { useView, viewStore, type Selection } from '../stores/viewStore.ts';
import { flowEdgesOf, flowNodesOf, type FlowEdge, type FlowNode } from './flowNodes.ts';

function withSelection<T extends { readonly id: string; readonly selected?: boolean }>(elements: T[], ids: readonly string[]): T[] {
  const chosen = new Set(ids);
  let changed = false;
  const marked = elements.map((element) => {
    const selected = chosen.has(element.id);
    if ((element.selected ?? false) === selected) return element;
    changed = true;
    return { ...element, selected };
  });
  return changed ? marked : elements;
}

interface SelectChange {
  readonly id: string;
  readonly selected: boolean;
}

function isSelect(change: { readonly type: string }): change is { readonly type: 'select' } & SelectChange {
  return change.type === 'select';
}

function chosenAfter(ids: readonly string[], changes: readonly SelectChange[]): readonly string[] {
  const chosen = new Set(ids);
  for (const { id, selected } of changes) {
    if (selected) chosen.add(id);
    else chosen.delete(id);
  }
  return [...chosen];
}

/** What React Flow says was selected or not goes to the view store, which is where the selection lives. */
function passSelection(of: 'nodes' | 'edges', changes: readonly SelectChange[]): void {
  if (changes.length === 0) return;
  const { selection, select } = viewStore.getState();
  // What undo took away may still be called selected; React Flow, which no longer knows it, will not say otherwise.
  const there = new Set(documentStore.getState().document[of].map((element) => element.id));
  const next = chosenAfter(selection[of], changes).filter((id) => there.has(id));
  const same = next.length === selection[of].length && next.every((id) => selection[of].includes(id));
  if (!same) select({ ...selection, [of]: next });
}

interface Graph {
  readonly document: PipelineDocument;
  readonly selection: Selection;
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
}

function graphOf(document: PipelineDocument, selection: Selection, former: Graph | null): Graph {
  const same = former?.document === document;
  const nodes = same ? former.nodes : flowNodesOf(document, former?.nodes ?? []);
  const edges = same ? former.edges : flowEdgesOf(document, former?.edges ?? []);
  return { document, selection, nodes: withSelection(nodes, selection.nodes), edges: withSelection(edges, selection.edges) };
}

/**
 * The document and the selection as React Flow's controlled graph. Drags and measurements live here until the gesture ends; the document is
 * changed by `dropNodes` alone. Nothing of a run passes through here.
 */
export function useFlowGraph() {
  const document = useDocument((state) => state.document);
  const selection = useView((state) => state.selection);
  const [held, setGraph] = useState(() => graphOf(document, selection, null));
  let graph = held;
  if (held.document !== document || held.selection !== selection) {
    graph = graphOf(document, selection, held);
    setGraph(graph);
  }

  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
    passSelection('nodes', changes.filter(isSelect));
    const kept = changes.filter((change) => change.type === 'position' || change.type === 'dimensions');
    if (kept.length > 0) setGraph((former) => ({ ...former, nodes: applyNodeChanges(kept, former.nodes) }));
  }, []);

  // A marquee means nodes; React Flow would add every wire that touches one. A wire is selected by a click on itself.
  const onEdgesChange = useCallback((changes: EdgeChange<FlowEdge>[]) => {
    passSelection(
      'edges',
      changes.filter(isSelect).filter((change) => !change.selected),
    );
  }, []);
  const onEdgeClick = useCallback((event: MouseEvent, edge: FlowEdge) => {
    const { selection: before, select } = viewStore.getState();
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    select(more ? { ...before, edges: [...new Set([...before.edges, edge.id])] } : { edges: [edge.id] });
  }, []);

  return { nodes: graph.nodes, edges: graph.edges, onNodesChange, onEdgesChange, onEdgeClick };
}
