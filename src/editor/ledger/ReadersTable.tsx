import type { LedgerReport } from '../../workers/protocol.ts';
import { CountsTable } from './CountsTable.tsx';
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
  return <CountsTable caption="What became of every record, by reader" heading="Reader" columns={shown} rows={paths} names={names} />;
}
