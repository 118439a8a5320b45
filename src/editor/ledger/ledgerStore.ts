/** What a person looks at in the ledger. Nothing of it is part of the document. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Fate } from './fates.ts';

export type LedgerPart = 'routes' | 'readers' | 'senders';

interface LedgerView {
  readonly part: LedgerPart;
  /** The count whose causes are shown, by `routeKey`. */
  readonly chosen: { readonly route: string; readonly fate: Fate } | null;
}

const ledgerStore = createStore<LedgerView>(() => ({ part: 'routes', chosen: null }));

export function showPart(part: LedgerPart): void {
  ledgerStore.setState({ part });
}

export function chooseCount(route: string, fate: Fate): void {
  ledgerStore.setState({ chosen: { route, fate } });
}

/** A part of what is looked at. */
export function useLedgerView<T>(selector: (state: LedgerView) => T): T {
  return useStore(ledgerStore, selector);
}
