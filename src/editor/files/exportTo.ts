/** Opens the export dialog on a target. */
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { viewStore } from '../stores/viewStore.ts';
import type { ExportTargetId } from './exports.ts';

const exportStore = createStore<{ readonly target: ExportTargetId }>(() => ({ target: 'kafka-topics' }));

/** Shows the files of a target, to look at, copy or save. */
export function exportTo(target: ExportTargetId): void {
  exportStore.setState({ target });
  viewStore.getState().show('export');
}

/** The target being shown. */
export function useExportTarget(): ExportTargetId {
  return useStore(exportStore, (state) => state.target);
}
