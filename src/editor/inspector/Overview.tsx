import { kindOf } from '../../pipeline/kinds/index.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useSlow, useStatus } from '../stores/liveStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { formatBytes, formatClock, formatCount } from '../format/numbers.ts';
import { DamageReport } from '../run/DamageReport.tsx';
import { LagBadge } from './LagBadge.tsx';
import { StorageRows } from './StorageRows.tsx';

/** The run as a whole, with nothing selected: every node with its state, and the fingerprint. */
export function Overview() {
  const nodes = useDocument((state) => state.document.nodes);
  const slow = useSlow((state) => state.nodes);
  const events = useStatus((status) => status.events);
  const fingerprint = useStatus((status) => status.fingerprint);
  const storage = useStatus((status) => status.storage);
  if (slow.size === 0) return <p className="lj-muted">Nothing has run yet. Press Space to play.</p>;
  return (
    <>
      <table className="lj-table">
        <caption className="lj-visually-hidden">Every node now</caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Rate</th>
            <th scope="col">Behind by</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => {
            const numbers = slow.get(node.id);
            if (numbers === undefined) return null;
            // What a producer makes may wait in its buffer: its rate is what it writes, as on the canvas.
            const reads = numbers.rateIn > 0 && kindOf(node.kind).role !== 'producer';
            return (
              <tr key={node.id}>
                <th scope="row">
                  <button type="button" className="lj-link" onClick={() => viewStore.getState().select({ nodes: [node.id] })}>
                    {node.name}
                  </button>
                </th>
                <td>{reads ? numbers.text.rateIn : numbers.text.rateOut}</td>
                <td>{Number.isFinite(numbers.lagSeconds) ? <LagBadge slow={numbers} /> : ''}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <dl className="lj-numbers">
        <dt>Events executed</dt>
        <dd>{formatCount(events)}</dd>
        <dt>In this browser</dt>
        <dd>
          {formatBytes(storage.bytes)}, {storage.state}
          {storage.savedUs >= 0 && ` up to ${formatClock(storage.savedUs)}`}
        </dd>
        <StorageRows />
        <dt>Fingerprint</dt>
        <dd>
          <code>{fingerprint === '' ? '–' : fingerprint.slice(0, 16)}</code>
        </dd>
      </dl>
      <DamageReport />
      {storage.detail !== '' && storage.state !== 'stored' && storage.state !== 'writing' && storage.state !== 'damaged' && (
        <p className="lj-problem">{storage.detail}</p>
      )}
    </>
  );
}
