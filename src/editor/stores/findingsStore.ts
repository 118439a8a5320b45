/** What validation and lint say about the open document, a moment after each edit. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PipelineDocument } from '../../pipeline/document.ts';
import type { Finding } from '../../pipeline/finding.ts';
import { documentStore } from './documentStore.ts';

export interface FindingsState {
  readonly all: readonly Finding[];
  readonly byNode: ReadonlyMap<string, readonly Finding[]>;
  readonly byEdge: ReadonlyMap<string, readonly Finding[]>;
}

export const findingsStore = createStore<FindingsState>(() => ({ all: [], byNode: new Map(), byEdge: new Map() }));

function grouped(findings: readonly Finding[], key: (finding: Finding) => string | undefined): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const id = key(finding);
    if (id === undefined) continue;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** Publishes findings, grouped by place. */
export function publishFindings(all: readonly Finding[]): void {
  findingsStore.setState({ all, byNode: grouped(all, (finding) => finding.node), byEdge: grouped(all, (finding) => finding.edge) });
}

const delayMs = 120;

type Validate = (document: PipelineDocument) => readonly Finding[];

/**
 * Validates after each edit, once typing pauses. `more` says what else there is to say about a document: null, or the whole check, which comes by and by, since the code of SQL
 * is loaded only for documents that have it. Returns the function that ends it.
 */
export function watchFindings(validate: Validate, more: (document: PipelineDocument) => Promise<Validate> | null = () => null): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let whole: Validate | null = null;
  const run = () => {
    const { document } = documentStore.getState();
    const loading = whole === null ? more(document) : null;
    publishFindings((whole ?? validate)(document));
    void loading?.then((loaded) => {
      whole = loaded;
      publishFindings(loaded(documentStore.getState().document));
    });
  };
  run();
  const unsubscribe = documentStore.subscribe((state, before) => {
    if (state.document === before.document) return;
    clearTimeout(timer);
    timer = setTimeout(run, delayMs);
  });
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}

/** A part of the findings. */
export function useFindings<T>(selector: (state: FindingsState) => T): T {
  return useStore(findingsStore, selector);
}
