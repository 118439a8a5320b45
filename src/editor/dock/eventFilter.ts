/** Which kinds of events the list shows. Kept while the page lives, not longer: a filter forgotten from yesterday would hide things. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { RunEvent } from '../../workers/protocol.ts';
import { eventFamilies, eventLooks, type EventFamily } from './eventKinds.ts';

interface FilterState {
  /** Empty: all. */
  readonly families: ReadonlySet<EventFamily>;
}

const filterStore = createStore<FilterState>(() => ({ families: new Set() }));

/** Shows one kind beside those that are shown already, or takes it away again; without any all are shown. */
export function toggleFamily(family: EventFamily): void {
  const families = new Set(filterStore.getState().families);
  if (!families.delete(family)) families.add(family);
  filterStore.setState({ families });
}

export function showAllFamilies(): void {
  filterStore.setState({ families: new Set() });
}

/** The kinds that are shown; empty for all. */
export function useFamilies(): ReadonlySet<EventFamily> {
  return useStore(filterStore, (state) => state.families);
}

/** The last `most` events of these kinds, newest first. */
export function newestOf(events: readonly RunEvent[], families: ReadonlySet<EventFamily>, most: number): readonly RunEvent[] {
  const found: RunEvent[] = [];
  for (let index = events.length - 1; index >= 0 && found.length < most; index--) {
    const event = events[index]!;
    if (families.size === 0 || families.has(eventLooks[event.code].family)) found.push(event);
  }
  return found;
}

/** How many events there are of each kind that has any, in the order of the kinds. */
export function countFamilies(events: readonly RunEvent[]): readonly (readonly [EventFamily, number])[] {
  const counts = new Map<EventFamily, number>();
  for (const { code } of events) counts.set(eventLooks[code].family, (counts.get(eventLooks[code].family) ?? 0) + 1);
  return (Object.keys(eventFamilies) as EventFamily[]).flatMap((family) => {
    const count = counts.get(family) ?? 0;
    return count > 0 ? [[family, count] as const] : [];
  });
}
