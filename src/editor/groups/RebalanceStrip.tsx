import type { KeyboardEvent } from 'react';
import type { GroupView } from '../../workers/protocol.ts';
import { formatMoment } from '../format/numbers.ts';
import { chooseRebalance, useGroupChoice } from './groupStore.ts';
import { rebalancePlace, rebalanceWords } from './groupWords.ts';

/** Arrow keys go from one rebalance to the next. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const bars = [...event.currentTarget.querySelectorAll('button')];
  const next = bars[bars.indexOf(document.activeElement as HTMLButtonElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** The latest rebalances on an axis of time: when, how long, why, and how many partitions stood still in them. */
export function RebalanceStrip({ view }: { readonly view: GroupView }) {
  const { rebalances, rebalancesBegun, timeUs } = view;
  const chosenUs = useGroupChoice((state) => state.rebalanceUs);
  const chosen = rebalances.find(({ startUs }) => startUs === chosenUs) ?? rebalances.at(-1);
  // All of them, while none has been left out.
  const fromUs = rebalancesBegun > rebalances.length ? rebalances[0]!.startUs : 0;
  return (
    <section className="lj-rebalances" aria-label="Rebalances">
      <span className="lj-rebalances-title">
        Rebalances <b className="lj-numeral">{rebalancesBegun}</b>
      </span>
      <span className="lj-muted lj-numeral">{formatMoment(fromUs)}</span>
      {/* Keys are heard here for all bars, which are buttons. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className="lj-rebalance-track" onKeyDown={walk}>
        {rebalances.map((rebalance) => {
          const { left, width } = rebalancePlace(rebalance, { fromUs, nowUs: timeUs });
          const words = rebalanceWords(rebalance, timeUs);
          return (
            <button
              key={rebalance.startUs}
              type="button"
              className="lj-rebalance"
              data-on={rebalance.endUs === null || undefined}
              data-stopped={rebalance.stopped > 0 || undefined}
              aria-pressed={rebalance === chosen}
              aria-label={words}
              title={words}
              tabIndex={rebalance === chosen ? 0 : -1}
              style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
              onClick={() => chooseRebalance(rebalance.startUs)}
              onFocus={() => chooseRebalance(rebalance.startUs)}
            />
          );
        })}
      </div>
      <span className="lj-muted lj-numeral">{formatMoment(timeUs)}</span>
      <p className="lj-rebalance-words lj-numeral">{chosen === undefined ? 'No rebalance yet.' : `${rebalanceWords(chosen, timeUs)}.`}</p>
    </section>
  );
}
