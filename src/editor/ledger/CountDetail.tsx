import type { LedgerReport, LedgerRoute } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { CauseItem } from './CauseItem.tsx';
import { type Fate, fateWords } from './fates.ts';
import { FateSign } from './FateSign.tsx';
import { causesOf, countWords, differenceWords, type Names, routeName } from './routeWords.ts';

/** Causes listed; more are counted. */
const mostCauses = 50;

interface Properties {
  readonly ledger: LedgerReport;
  readonly route: LedgerRoute;
  readonly fate: Fate;
  readonly names: Names;
}

function absence(records: number, fate: Fate): string {
  if (records === 0) return 'There are none up to now.';
  return fateWords[fate].kind === 'trouble' && fate !== 'reordered' ? 'No cause is kept of them.' : '';
}

/** One count opened: what it means, and what led to it. */
export function CountDetail({ ledger, route, fate, names }: Properties) {
  const records = route[fate];
  const causes = causesOf(ledger, route, fate);
  const difference = differenceWords(causes, records);
  const { label, meaning } = fateWords[fate];
  return (
    <section className="lj-ledger-detail" aria-label={`${label}, ${routeName(route, names)}`}>
      <h3>
        <FateSign fate={fate} none={records === 0} /> {formatCount(records)} {label}
        <span className="lj-muted"> from {routeName(route, names)}</span>
      </h3>
      <p className="lj-muted">
        {meaning} {fate === 'duplicated' && records > 0 && `They came ${formatCount(route.extraDeliveries)} times too often in all.`}
      </p>
      {causes.length === 0 ? (
        <p className="lj-muted">{absence(records, fate)}</p>
      ) : (
        <ol className="lj-causes" aria-label="Causes">
          {causes.slice(0, mostCauses).map((cause) => (
            <CauseItem key={`${cause.node}/${cause.firstMs}/${cause.sentence}`} cause={cause} names={names} />
          ))}
        </ol>
      )}
      {causes.length > mostCauses && (
        <p className="lj-muted">
          And {formatCount(causes.length - mostCauses)} more causes with{' '}
          {countWords(causes.slice(mostCauses).reduce((sum, cause) => sum + cause.records, 0))}; the headless report has them all.
        </p>
      )}
      {difference !== null && <p className="lj-muted">{difference}</p>}
    </section>
  );
}
