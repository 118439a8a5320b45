import { Info } from 'lucide-react';
import { useMemo } from 'react';
import type { LedgerReport } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { readLedger } from '../run/questions.ts';
import { useSession } from '../run/sessionStore.ts';
import { usePolled } from '../run/usePolled.ts';
import { useDocument } from '../stores/documentStore.ts';
import { CountDetail } from './CountDetail.tsx';
import { type LedgerPart, showPart, useLedgerView } from './ledgerStore.ts';
import { ReadersTable } from './ReadersTable.tsx';
import { RouteItem } from './RouteItem.tsx';
import { type Names, namesOf, routeKey } from './routeWords.ts';
import { SendersTable } from './SendersTable.tsx';
import './ledger.css';

const parts: readonly (readonly [LedgerPart, string, string])[] = [
  ['routes', 'Source to sink', 'What became of the records each source made, at each sink they may come to'],
  ['readers', 'By reader', 'What became of the records of the topics each node reads'],
  ['senders', 'By sender', 'What became of the records each node sent'],
];

function Bar({ ledger, part }: { readonly ledger: LedgerReport; readonly part: LedgerPart }) {
  const { forgottenUpTo } = ledger;
  return (
    <div className="lj-ledger-bar">
      <div className="lj-row" role="group" aria-label="Ledger by">
        {parts.map(([id, label, help]) => (
          <button key={id} type="button" className="lj-filter" aria-pressed={part === id} title={help} onClick={() => showPart(id)}>
            {label}
          </button>
        ))}
      </div>
      {forgottenUpTo > 0 && (
        <p className="lj-muted lj-ledger-forgotten">
          <Info size={13} aria-hidden="true" /> The first {formatCount(forgottenUpTo)} records of each source are no longer known one by
          one, for want of memory: what still comes of them counts as a delivery too many.
        </p>
      )}
    </div>
  );
}

function Routes({ ledger, names }: { readonly ledger: LedgerReport; readonly names: Names }) {
  const chosen = useLedgerView((view) => view.chosen);
  const route = chosen === null ? undefined : ledger.routes.find((candidate) => routeKey(candidate) === chosen.route);
  if (ledger.routes.length === 0) {
    return (
      <p className="lj-muted">No producer leads to a sink yet, or to a processor that sends nothing on: there is nothing to account for.</p>
    );
  }
  return (
    <div className="lj-ledger-sides">
      <ul className="lj-routes" aria-label="Routes from source to sink">
        {ledger.routes.map((each) => (
          <RouteItem key={routeKey(each)} route={each} names={names} chosen={each === route && chosen !== null ? chosen.fate : null} />
        ))}
      </ul>
      <div className="lj-ledger-side">
        {route === undefined || chosen === null ? (
          <p className="lj-muted">Choose a count to see what it means, what led to it, and which records it counts.</p>
        ) : (
          <CountDetail key={chosen.route} ledger={ledger} route={route} fate={chosen.fate} names={names} />
        )}
      </div>
    </div>
  );
}

/** What became of every record, from each source to each sink, and why. */
export function LedgerTab() {
  const ledger = usePolled(readLedger);
  const loaded = useSession((state) => state.loaded !== null);
  const part = useLedgerView((view) => view.part);
  const document = useDocument((state) => state.document);
  const names = useMemo(() => namesOf(document), [document]);
  if (ledger === null || !loaded) {
    return <p className="lj-muted">What becomes of every record, and why, is told here once the run has begun. Press Space to play.</p>;
  }
  return (
    <div className="lj-ledger">
      <Bar ledger={ledger} part={part} />
      {part === 'routes' && <Routes ledger={ledger} names={names} />}
      {part === 'readers' && <ReadersTable paths={ledger.paths} names={names} />}
      {part === 'senders' && <SendersTable sends={ledger.sends} names={names} />}
    </div>
  );
}
