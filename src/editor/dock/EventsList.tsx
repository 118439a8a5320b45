import { useMemo } from 'react';
import type { RunEvent } from '../../workers/protocol.ts';
import { formatClock, formatCount } from '../format/numbers.ts';
import { runTo } from '../run/session.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useEvents } from '../stores/liveStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { countFamilies, newestOf, showAllFamilies, toggleFamily, useFamilies } from './eventFilter.ts';
import { eventFamilies, eventLooks, type EventFamily } from './eventKinds.ts';

const mostRows = 500;

/** The kinds there are events of; a press shows only those that are pressed. */
function Filters({ events, families }: { readonly events: readonly RunEvent[]; readonly families: ReadonlySet<EventFamily> }) {
  const counts = useMemo(() => countFamilies(events), [events]);
  return (
    <div className="lj-event-filters" role="group" aria-label="Show only">
      <button type="button" className="lj-filter" aria-pressed={families.size === 0} onClick={showAllFamilies}>
        All <span className="lj-count">{formatCount(events.length)}</span>
      </button>
      {counts.map(([family, count]) => (
        <button key={family} type="button" className="lj-filter" aria-pressed={families.has(family)} onClick={() => toggleFamily(family)}>
          {eventFamilies[family]} <span className="lj-count">{formatCount(count)}</span>
        </button>
      ))}
    </div>
  );
}

function Row({ event }: { readonly event: RunEvent }) {
  const look = eventLooks[event.code];
  const node = useDocument((state) => state.document.nodes.find(({ id }) => id === event.node));
  return (
    <tr>
      <td>
        <button type="button" className="lj-link lj-numeral" title="Run to this moment" onClick={() => void runTo(event.timeUs)}>
          {formatClock(event.timeUs)}
        </button>
      </td>
      <td>
        <span className={`lj-mark-sign lj-mark-${look.shape} lj-tone-${look.tone}`} aria-hidden="true" /> {look.label}
      </td>
      <td>
        {node !== undefined && (
          <button type="button" className="lj-link" onClick={() => viewStore.getState().select({ nodes: [node.id] })}>
            {node.name}
          </button>
        )}
      </td>
      <td>{event.text}</td>
    </tr>
  );
}

/** Notable events, newest first. The time leads back to the moment, the name to the node. */
export function EventsList() {
  const events = useEvents((state) => state.events);
  const families = useFamilies();
  const shown = useMemo(() => newestOf(events, families, mostRows), [events, families]);
  if (events.length === 0) return <p className="lj-muted">Nothing notable has happened yet.</p>;
  return (
    <>
      <Filters events={events} families={families} />
      {shown.length === 0 ? (
        <p className="lj-muted">Nothing of these kinds has happened in this run yet.</p>
      ) : (
        <table className="lj-table lj-events">
          <caption className="lj-visually-hidden">Events, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">What</th>
              <th scope="col">Where</th>
              <th scope="col">In words</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((event, index) => (
              <Row key={shown.length - index} event={event} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
