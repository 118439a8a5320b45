import { Plus } from 'lucide-react';
import { kindOf, nodeKindNames, type NodeKind } from '../../pipeline/kinds/index.ts';
import { addNode } from '../document/edits.ts';
import { freePlace } from '../document/places.ts';
import { canvasHandle } from '../stores/canvasHandle.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { announce } from '../toasts/toastStore.ts';
import type { Action } from './action.ts';

/** Adds a node in the middle of what is seen, where no other stands, and selects it. */
export function addInView(kind: NodeKind): void {
  const { document, readOnly } = documentStore.getState();
  if (readOnly) return;
  const centre = canvasHandle.current?.centre() ?? { x: 0, y: 0 };
  const id = addNode(kind, freePlace(document, { x: centre.x - 104, y: centre.y - 48 }));
  viewStore.getState().select({ nodes: [id] });
  const name = documentStore.getState().document.nodes.at(-1)?.name ?? '';
  announce(`Added ${kindOf(kind).label} ${name}.`);
  // The canvas draws the new node in the next frame; only then can it take the focus.
  requestAnimationFrame(() => requestAnimationFrame(() => canvasHandle.current?.focusNode(id)));
}

/** One command a kind of node. */
export const addActions: readonly Action[] = nodeKindNames.map((kind) => ({
  id: `add.${kind}`,
  group: 'Add',
  label: `Add ${kindOf(kind).label}`,
  keywords: ['node', 'part', kindOf(kind).family, kindOf(kind).summary],
  icon: Plus,
  predicate: () => !documentStore.getState().readOnly,
  perform: () => addInView(kind),
}));
