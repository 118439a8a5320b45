import {
  ClipboardPaste,
  Copy,
  CopyPlus,
  Pencil,
  Redo2,
  Scissors,
  SquareDashedMousePointer,
  SquareMousePointer,
  Trash2,
  Undo2,
} from 'lucide-react';
import { copySelection, cutSelection, duplicateSelection, pasteFromClipboard } from '../document/clipboard.ts';
import { removeElements } from '../document/edits.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { announce, toast } from '../toasts/toastStore.ts';
import type { Action } from './action.ts';

const selection = () => viewStore.getState().selection;
const hasNodes = () => selection().nodes.length > 0;
const hasAny = () => hasNodes() || selection().edges.length > 0;
const writable = () => !documentStore.getState().readOnly;

/** Keeps only what still exists selected. */
function trimSelection(): void {
  const { document } = documentStore.getState();
  const nodes = selection().nodes.filter((id) => document.nodes.some((node) => node.id === id));
  const edges = selection().edges.filter((id) => document.edges.some((edge) => edge.id === id));
  viewStore.getState().select({ nodes, edges });
}

function undo(): void {
  const step = documentStore.getState().undo();
  if (step === null) return;
  trimSelection();
  announce(`Undone: ${step.label}`);
}

function redo(): void {
  const step = documentStore.getState().redo();
  if (step === null) return;
  trimSelection();
  announce(`Done again: ${step.label}`);
}

function removeSelected(): void {
  const { nodes, edges } = selection();
  removeElements({ nodes, edges });
  trimSelection();
  toast(`${documentStore.getState().undoLabel ?? 'Deleted'}.`, { action: { label: 'Undo', perform: undo } });
}

function selectAll(): void {
  const { document } = documentStore.getState();
  viewStore.getState().select({ nodes: document.nodes.map((node) => node.id), edges: document.edges.map((edge) => edge.id) });
}

/** What changes the document. */
export const editActions: readonly Action[] = [
  {
    id: 'edit.undo',
    group: 'Edit',
    label: () => ['Undo', documentStore.getState().undoLabel].filter(Boolean).join(': '),
    icon: Undo2,
    shortcuts: ['Mod+Z'],
    predicate: () => documentStore.getState().canUndo && writable(),
    perform: undo,
  },
  {
    id: 'edit.redo',
    group: 'Edit',
    label: () => ['Redo', documentStore.getState().redoLabel].filter(Boolean).join(': '),
    icon: Redo2,
    shortcuts: ['Mod+Shift+Z', 'Mod+Y'],
    predicate: () => documentStore.getState().canRedo && writable(),
    perform: redo,
  },
  { id: 'edit.copy', group: 'Edit', label: 'Copy', icon: Copy, shortcuts: ['Mod+C'], predicate: hasNodes, perform: copySelection },
  {
    id: 'edit.cut',
    group: 'Edit',
    label: 'Cut',
    icon: Scissors,
    shortcuts: ['Mod+X'],
    predicate: () => hasNodes() && writable(),
    perform: cutSelection,
  },
  {
    id: 'edit.paste',
    group: 'Edit',
    label: 'Paste',
    icon: ClipboardPaste,
    shortcuts: ['Mod+V'],
    predicate: writable,
    perform: pasteFromClipboard,
  },
  {
    id: 'edit.duplicate',
    group: 'Edit',
    label: 'Duplicate',
    icon: CopyPlus,
    shortcuts: ['Mod+D'],
    predicate: () => hasNodes() && writable(),
    perform: duplicateSelection,
  },
  { id: 'edit.selectAll', group: 'Edit', label: 'Select all', icon: SquareMousePointer, shortcuts: ['Mod+A'], perform: selectAll },
  {
    id: 'edit.deselect',
    group: 'Edit',
    label: 'Select nothing',
    keywords: ['deselect', 'clear'],
    icon: SquareDashedMousePointer,
    shortcuts: ['Escape'],
    predicate: hasAny,
    perform: () => viewStore.getState().select({}),
  },
  {
    id: 'edit.delete',
    group: 'Edit',
    label: 'Delete',
    keywords: ['remove'],
    icon: Trash2,
    shortcuts: ['Delete', 'Backspace'],
    predicate: () => hasAny() && writable(),
    perform: removeSelected,
  },
  {
    id: 'edit.rename',
    group: 'Edit',
    label: 'Rename',
    keywords: ['name'],
    icon: Pencil,
    shortcuts: ['F2'],
    predicate: () => selection().nodes.length === 1 && writable(),
    perform: () => viewStore.getState().rename(selection().nodes[0] ?? null),
  },
];
