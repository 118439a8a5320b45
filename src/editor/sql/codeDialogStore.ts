/** Which config is open in the dialog for texts. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { viewStore } from '../stores/viewStore.ts';

interface CodeField {
  readonly node: string;
  readonly config: string;
}

const codeFieldStore = createStore<{ readonly field: CodeField | null }>(() => ({ field: null }));

/** Opens a config's text in the large dialog. */
export function enlarge(node: string, config: string): void {
  codeFieldStore.setState({ field: { node, config } });
  viewStore.getState().show('code');
}

export const useCodeField = (): CodeField | null => useStore(codeFieldStore, ({ field }) => field);
