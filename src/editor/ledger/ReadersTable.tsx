import type { LedgerReport } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { viewStore } from '../stores/viewStore.ts';
import type { Names } from './routeWords.ts';

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
  ['deadLettered', 'Dead-lettered', 'Failed at every attempt and sent to a dead letter topic; among the processed ones'],
  ['deduplicated', 'Deduplicated', 'Known by their ids and left out; among the processed ones'],
  ['archived', 'Archived', 'Given up by a share group: rejected, or delivered as often as allowed'],
  ['underWay', 'Under way', 'Still in the log or in work'],
] as const;

/** Shown only where there are such. */
const rare: readonly string[] = ['deadLettered', 'deduplicated', 'archived'];

/** What became of every record of the topics each reader reads. */
export function ReadersTable({ paths, names }: { readonly paths: LedgerReport['paths']; readonly names: Names }) {
  const shown = columns.filter(([field]) => !rare.includes(field) || paths.some((path) => path[field] > 0));
  return (
    <table className="lj-table lj-ledger-table">
      <caption className="lj-visually-hidden">What became of every record, by reader</caption>
      <thead>
        <tr>
          <th scope="col">Reader</th>
          {shown.map(([field, label, help]) => (
            <th key={field} scope="col" title={help}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {paths.map((path) => (
          <tr key={path.node}>
            <th scope="row">
              <button type="button" className="lj-link" onClick={() => viewStore.getState().select({ nodes: [path.node] })}>
                {names.get(path.node) ?? path.node}
              </button>
            </th>
            {shown.map(([field]) => (
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
