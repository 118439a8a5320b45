/** Whether the document is stored, and who writes it. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SavedState, TabRole } from '../../persistence/index.ts';

export interface SavedStatus {
  readonly saved: SavedState;
  readonly role: TabRole;
}

export const savedStore = createStore<SavedStatus>(() => ({ saved: { state: 'saved' }, role: 'writer' }));

/** A part of the saved state. */
export function useSaved<T>(selector: (state: SavedStatus) => T): T {
  return useStore(savedStore, selector);
}
