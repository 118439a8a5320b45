import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { LedgerRoute } from '../../workers/protocol.ts';
import { formatCount, formatShare } from '../format/numbers.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { type Fate, fateWords, partsOf, shownFates } from './fates.ts';
import { FateSign } from './FateSign.tsx';
import { chooseCount } from './ledgerStore.ts';
import { barWords, type Names, routeKey, routeName, stationsOf, sumWords } from './routeWords.ts';

function Bar({ route }: { readonly route: LedgerRoute }) {
  return (
    <div className="lj-route-bar" role="img" aria-label={barWords(route)}>
      {partsOf(route).map(({ fate, records }) => (
        <span
          key={fate}
          className={`lj-route-part lj-fate-${fateWords[fate].tone} lj-part-${fate}`}
          style={{ flexGrow: records }}
          title={`${formatCount(records)} ${fateWords[fate].label}, ${formatShare(records / route.made)}`}
        />
      ))}
    </div>
  );
}

function Counts({ route, name, chosen }: { readonly route: LedgerRoute; readonly name: string; readonly chosen: Fate | null }) {
  const shown = shownFates(route, chosen);
  const stop = Math.max(0, chosen === null ? 0 : shown.indexOf(chosen));
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[Math.min(buttons.length - 1, Math.max(0, to))]?.focus();
  };
  return (
    <div className="lj-route-counts" role="toolbar" aria-label={`What became of the records, ${name}`} data-own-keys onKeyDown={key}>
      {shown.map((fate, i) => (
        <button
          key={fate}
          type="button"
          className="lj-filter lj-route-count"
          aria-pressed={fate === chosen}
          tabIndex={i === stop ? 0 : -1}
          title={fateWords[fate].meaning}
          onClick={() => chooseCount(routeKey(route), fate)}
        >
          <FateSign fate={fate} none={route[fate] === 0} />
          {fate === 'reordered' ? 'of these reordered' : fateWords[fate].label} <b>{formatCount(route[fate])}</b>
        </button>
      ))}
    </div>
  );
}

function Sum({ route }: { readonly route: LedgerRoute }) {
  const { adds, words } = sumWords(route);
  if (route.made === 0) return <span className="lj-route-sum lj-muted">{words}</span>;
  const Glyph = adds ? CircleCheck : TriangleAlert;
  return (
    <span className={`lj-route-sum lj-numeral ${adds ? 'lj-muted' : 'lj-badge-breached'}`}>
      <Glyph size={13} aria-hidden="true" className={adds ? 'lj-fate-sign lj-fate-calm' : undefined} /> {words}
    </span>
  );
}

/** One source, one sink: where its records went through, whether they add up, and what became of them as a bar and as counts. */
export function RouteItem({ route, names, chosen }: { readonly route: LedgerRoute; readonly names: Names; readonly chosen: Fate | null }) {
  const edges = useDocument((state) => state.document.edges);
  return (
    <li className="lj-route">
      <div className="lj-route-head">
        <h3>
          {stationsOf(route, { edges }).map((station, i) => (
            <span key={station}>
              {i > 0 && <span className="lj-muted"> → </span>}
              {station === '…' ? (
                <span className="lj-muted">…</span>
              ) : (
                <button type="button" className="lj-link" onClick={() => viewStore.getState().select({ nodes: [station] })}>
                  {names.get(station) ?? station}
                </button>
              )}
            </span>
          ))}
        </h3>
        <Sum route={route} />
      </div>
      <Bar route={route} />
      <Counts route={route} name={routeName(route, names)} chosen={chosen} />
    </li>
  );
}
