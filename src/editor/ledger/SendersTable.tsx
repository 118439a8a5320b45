import type { LedgerSend } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { viewStore } from '../stores/viewStore.ts';
import type { Names } from './routeWords.ts';

const columns = [
  ['sent', 'Sent', 'Records given to its client, one sent to two topics counting twice'],
  ['acknowledged', 'Acknowledged', 'The client was told that they are written'],
  ['givenUp', 'Given up', 'Refused, too large, or out of time (delivery.timeout.ms, max.block.ms)'],
  ['forgotten', 'Forgotten', 'The client crashed with them'],
  ['underWay', 'Under way', 'Waiting in the client, on the way, or unanswered'],
  ['writtenUnknown', 'Written, unknown', 'Of those given up and forgotten: written all the same'],
  ['writtenAgain', 'Written again', 'Written once more by a client that did not know that they were written'],
] as const;

/** What became of what each producing node sent. */
export function SendersTable({ sends, names }: { readonly sends: readonly LedgerSend[]; readonly names: Names }) {
  return (
    <table className="lj-table lj-ledger-table">
      <caption className="lj-visually-hidden">What became of what each sender sent</caption>
      <thead>
        <tr>
          <th scope="col">Sender</th>
          {columns.map(([field, label, help]) => (
            <th key={field} scope="col" title={help}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sends.map((send) => (
          <tr key={send.node}>
            <th scope="row">
              <button type="button" className="lj-link" onClick={() => viewStore.getState().select({ nodes: [send.node] })}>
                {names.get(send.node) ?? send.node}
              </button>
            </th>
            {columns.map(([field]) => (
              <td key={field} className={send[field] === 0 ? 'lj-muted' : undefined}>
                {formatCount(send[field])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
