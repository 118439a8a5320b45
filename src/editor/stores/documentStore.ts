/**
 * The open document and its history. Documents are immutable and share structure, so a step of the history is the pair of documents before
 * and after it: undo restores the very object, layout included. One gesture is one step.
 */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PipelineDocument } from '../../pipeline/document.ts';
import { applyChange, type Change } from '../../pipeline/index.ts';

/** One undoable step, named for people (`Move orders`). */
export interface HistoryStep {
  readonly label: string;
  readonly before: PipelineDocument;
  readonly after: PipelineDocument;
  /** Edits of one gesture (a drag, typing in one field) carry the same text and become one step. */
  readonly gesture: string | null;
}

/** What can be taken back and done again. */
export interface DocumentHistory {
  readonly past: readonly Omit<HistoryStep, 'gesture'>[];
  readonly future: readonly Omit<HistoryStep, 'gesture'>[];
}

export interface DocumentState {
  readonly document: PipelineDocument;
  /** Key of the document in storage, also the run's key. */
  readonly key: string;
  readonly past: readonly HistoryStep[];
  readonly future: readonly HistoryStep[];
  /** Another tab writes this document; edits are refused until this tab takes over. */
  readonly readOnly: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Name of the step undo would take back, null without one. */
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
  /** Applies a change as one step; false when another tab writes or nothing changed. */
  apply(change: Change, label: string, options?: { readonly gesture?: string }): boolean;
  /** Ends the present gesture, so that the next edit begins a step of its own. */
  endGesture(): void;
  undo(): HistoryStep | null;
  redo(): HistoryStep | null;
  /** Replaces the document and its history; without one there is nothing to undo. */
  open(document: PipelineDocument, key: string, history?: DocumentHistory): void;
  setReadOnly(readOnly: boolean): void;
}

/** Steps kept; older ones are forgotten. */
const historyLength = 500;

/** A document with nothing in it, for the moment before one is opened. */
export const emptyDocument: PipelineDocument = {
  format: 'logjam/pipeline',
  version: 1,
  name: 'Untitled',
  description: '',
  nodes: [],
  edges: [],
  cluster: { config: {} },
  scenario: { seed: 1, durationMs: 300_000, faults: [], objectives: [] },
  layout: { positions: [] },
};

function derived(past: readonly HistoryStep[], future: readonly HistoryStep[]): Partial<DocumentState> {
  return {
    past,
    future,
    canUndo: past.length > 0,
    canRedo: future.length > 0,
    undoLabel: past.at(-1)?.label ?? null,
    redoLabel: future.at(-1)?.label ?? null,
  };
}

/** Makes a document store of its own; the editor has one, tests make more. */
export function createDocumentStore() {
  return createStore<DocumentState>((set, get) => ({
    document: emptyDocument,
    key: 'none',
    past: [],
    future: [],
    readOnly: false,
    canUndo: false,
    canRedo: false,
    undoLabel: null,
    redoLabel: null,
    apply(change, label, options) {
      const { document, past, readOnly } = get();
      if (readOnly) return false;
      const next = applyChange(document, change).document;
      if (next === document) return false;
      const gesture = options?.gesture ?? null;
      const last = past.at(-1);
      const merges = last !== undefined && gesture !== null && last.gesture === gesture;
      const step: HistoryStep = merges ? { ...last, after: next } : { label, before: document, after: next, gesture };
      const kept = merges ? past.slice(0, -1) : past.slice(-historyLength + 1);
      set({ document: next, ...derived([...kept, step], []) });
      return true;
    },
    endGesture() {
      const { past } = get();
      const last = past.at(-1);
      if (last !== undefined && last.gesture !== null) set({ past: [...past.slice(0, -1), { ...last, gesture: null }] });
    },
    undo() {
      const { past, future, readOnly } = get();
      const step = past.at(-1);
      if (readOnly || step === undefined) return null;
      set({ document: step.before, ...derived(past.slice(0, -1), [...future, { ...step, gesture: null }]) });
      return step;
    },
    redo() {
      const { past, future, readOnly } = get();
      const step = future.at(-1);
      if (readOnly || step === undefined) return null;
      set({ document: step.after, ...derived([...past, step], future.slice(0, -1)) });
      return step;
    },
    open(document, key, history = { past: [], future: [] }) {
      const steps = (of: DocumentHistory['past']) => of.map((step) => ({ ...step, gesture: null }));
      set({ document, key, ...derived(steps(history.past), steps(history.future)) });
    },
    setReadOnly(readOnly) {
      set({ readOnly });
    },
  }));
}

export const documentStore = createDocumentStore();

/** A field of the document's state; select narrowly, so that a component renders only when its part changes. */
export function useDocument<T>(selector: (state: DocumentState) => T): T {
  return useStore(documentStore, selector);
}
