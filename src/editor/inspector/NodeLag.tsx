import { useCallback } from 'react';
import type { GroupView } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { LagCauses } from '../groups/LagCauses.tsx';
import { drainsWords, lagOf, skewWords, trendWords, whyWords } from '../groups/lagWords.ts';
import { readGroup } from '../run/questions.ts';
import { useSession } from '../run/sessionStore.ts';
import { usePolled } from '../run/usePolled.ts';
import { viewStore } from '../stores/viewStore.ts';
import { type NumberRow, NumbersList } from './NumbersList.tsx';

function useGroupView(groupId: string): GroupView | null {
  const read = useCallback(() => readGroup(groupId), [groupId]);
  const view = usePolled(read);
  const isLoaded = useSession((state) => state.loaded !== null);
  return isLoaded && view?.groupId === groupId ? view : null;
}

/** Why what a node reads waits, in two words that lead to the whole sentence. */
export function NodeWhy({ node, groupId }: { readonly node: string; readonly groupId: string }) {
  const view = useGroupView(groupId);
  const words = view === null ? null : whyWords(view.lag, node);
  if (words === null) return <>nothing waits</>;
  return (
    <button type="button" className="lj-link" title="Explain it" onClick={() => viewStore.getState().setInspectorTab('explain')}>
      {words}
    </button>
  );
}

/** The lag of what a node reads, where it goes, and its causes. */
export function NodeLag({ node, groupId }: { readonly node: string; readonly groupId: string }) {
  const view = useGroupView(groupId);
  if (view === null) return null;
  const { figures } = lagOf(view.lag, node);
  const rows: readonly NumberRow[] = [
    ['Lag', `${formatCount(figures.records)} records`],
    ['Lag changes by', trendWords(figures)],
    ['Time to drain', drainsWords(figures)],
    ['Worst partition', skewWords(figures)],
  ];
  return (
    <section aria-label="Why records wait">
      <h3>Why records wait</h3>
      <NumbersList rows={rows} label="Lag" />
      <LagCauses groupId={groupId} report={view.lag} node={node} />
    </section>
  );
}
