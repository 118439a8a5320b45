/** Saves a while after the last edit, one save at a time, always the newest document. */
import type { PipelineDocument } from '../pipeline/document.ts';
import { troubleOf, type StorageTrouble } from './repository.ts';

export type SavedState =
  | { readonly state: 'saved' | 'saving' | 'unsaved' }
  | { readonly state: 'failed'; readonly trouble: StorageTrouble; readonly detail: string };

export interface Autosave {
  /** Takes note of a new document. */
  note(key: string, document: PipelineDocument): void;
  /** Saves now what waits; resolves when it is stored or has failed. */
  flush(): Promise<void>;
  dispose(): void;
}

export interface AutosaveOptions {
  readonly save: (key: string, document: PipelineDocument) => Promise<void>;
  readonly onState: (state: SavedState) => void;
  readonly delayMs?: number;
}

const defaultDelayMs = 300;
const retryMs = 5_000;

/** Makes an autosave. A failed save is tried again every few seconds and with every edit; the document stays in memory meanwhile. */
export function createAutosave({ save, onState, delayMs = defaultDelayMs }: AutosaveOptions): Autosave {
  let waiting: { readonly key: string; readonly document: PipelineDocument } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> | null = null;

  const later = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), ms);
  };
  const saveWaiting = async () => {
    while (waiting !== null) {
      const taken = waiting;
      waiting = null;
      onState({ state: 'saving' });
      try {
        await save(taken.key, taken.document);
      } catch (error) {
        waiting ??= taken;
        onState({ state: 'failed', trouble: troubleOf(error), detail: error instanceof Error ? error.message : String(error) });
        later(retryMs);
        return;
      }
      if (waiting === null) onState({ state: 'saved' });
    }
  };
  const run = (): Promise<void> => {
    clearTimeout(timer);
    saving ??= saveWaiting().finally(() => (saving = null));
    return saving;
  };
  return {
    note(key, document) {
      waiting = { key, document };
      onState({ state: 'unsaved' });
      later(delayMs);
    },
    flush: run,
    dispose: () => clearTimeout(timer),
  };
}
