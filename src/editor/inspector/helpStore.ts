/** Which config the help line at the inspector's foot speaks of. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { ConfigDefinition } from '../../pipeline/index.ts';

const helpStore = createStore<{ readonly row: ConfigDefinition | null }>(() => ({ row: null }));

/** Shows the help of a config. */
export function showHelp(row: ConfigDefinition | null): void {
  helpStore.setState({ row });
}

/** The config being explained. */
export function useHelp(): ConfigDefinition | null {
  return useStore(helpStore, (state) => state.row);
}
