/** What the last attempt to open a file found, for the dialog that shows it. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Finding } from '../../pipeline/finding.ts';

export interface OpenAttempt {
  readonly file: string;
  /** False: the file was refused and the open document is untouched. */
  readonly opened: boolean;
  readonly findings: readonly Finding[];
}

export const openStore = createStore<{ readonly attempt: OpenAttempt | null }>(() => ({ attempt: null }));

/** The last attempt. */
export function useOpenAttempt(): OpenAttempt | null {
  return useStore(openStore, (state) => state.attempt);
}
