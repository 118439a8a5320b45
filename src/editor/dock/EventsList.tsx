import { formatClock } from '../format/numbers.ts';
import { runTo } from '../run/session.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useEvents } from '../stores/liveStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { eventLooks } from './eventKinds.ts';

const mostRows = 500;

/** Notable events, newest first. The time leads back to the moment, the name to the node. */
export function EventsList() {
  const events = useEvents((state) => state.events);
  const nodes = useDocument((state) => state.document.nodes);
  if (events.length === 0) return <p className="lj-muted">Nothing notable has happened yet.</p>;
  return (
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
        {events
          .slice(-mostRows)
          .toReversed()
          .map((event, index) => {
            const look = eventLooks[event.code];
            const node = nodes.find((candidate) => candidate.id === event.node);
            return (
              <tr key={events.length - index}>
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
          })}
      </tbody>
    </table>
  );
}
