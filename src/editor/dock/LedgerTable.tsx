import { formatCount } from '../format/numbers.ts';
import { readReport } from '../run/questions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { usePolled } from '../run/usePolled.ts';

const columns = [
  ['produced', 'Produced', 'Records of the topics it reads'],
  ['markers', 'Markers', 'Ends of transactions in these topics: no records, but readers step over them'],
  ['processed', 'Processed', 'Delivered once'],
  ['processedAgain', 'Again', 'Processed a second time, after a crash or a rebalance'],
  ['filtered', 'Filtered', 'Read and dropped by the condition'],
  ['failed', 'Failed', 'Given up after an error'],
  ['expiredUnread', 'Expired', 'Deleted by retention before they were read'],
  ['skippedByReset', 'Skipped', 'Passed over when offsets were reset'],
  ['steppedOver', 'Stepped over', 'Offsets without a record to read: compacted away, aborted, or transaction markers'],
  ['lost', 'Lost', 'Cut off with a leader before they were read, acknowledged or not: the next leader did not have them'],
  ['underWay', 'Under way', 'Still in the log or in work'],
] as const;

/** What became of every record, per reader. */
export function LedgerTable() {
  const report = usePolled(readReport);
  const nodes = useDocument((state) => state.document.nodes);
  if (report === null) return <p className="lj-muted">The ledger is kept while the run runs. Press Space to play.</p>;
  return (
    <table className="lj-table lj-ledger">
      <caption className="lj-visually-hidden">What became of every record</caption>
      <thead>
        <tr>
          <th scope="col">Reader</th>
          {columns.map(([field, label, help]) => (
            <th key={field} scope="col" title={help}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {report.ledger.paths.map((path) => (
          <tr key={path.node}>
            <th scope="row">
              <button type="button" className="lj-link" onClick={() => viewStore.getState().select({ nodes: [path.node] })}>
                {nodes.find((node) => node.id === path.node)?.name ?? path.node}
              </button>
            </th>
            {columns.map(([field]) => (
              <td key={field} className={path[field] === 0 ? 'lj-muted' : undefined}>
                {formatCount(path[field])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
