import type { LedgerSend } from '../../workers/protocol.ts';
import { CountsTable } from './CountsTable.tsx';
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
  return <CountsTable caption="What became of what each sender sent" heading="Sender" columns={columns} rows={sends} names={names} />;
}
