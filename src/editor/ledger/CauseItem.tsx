import { History, ScrollText } from 'lucide-react';
import { useState } from 'react';
import type { LedgerCause } from '../../workers/protocol.ts';
import { formatInstant } from '../format/numbers.ts';
import { runTo } from '../run/session.ts';
import { viewStore } from '../stores/viewStore.ts';
import { countWords, type Names, rangeWords } from './routeWords.ts';

/** Ranges shown before all are asked for. */
const fewRanges = 4;

function showRecords({ topicNode, partition, from, to }: LedgerCause['offsets'][number]): void {
  const view = viewStore.getState();
  view.browse(topicNode, partition, from, to);
  view.openInspector();
}

function Ranges({ cause, names }: { readonly cause: LedgerCause; readonly names: Names }) {
  const [all, setAll] = useState(false);
  const { offsets, sequences, recordsLeftOut } = cause;
  const count = offsets.length + sequences.length;
  const most = all ? count : fewRanges;
  return (
    <ul className="lj-cause-ranges" aria-label="Which records">
      {offsets.slice(0, most).map((range) => {
        const place = `${range.topic}-${range.partition}`;
        const words = rangeWords('offset', range);
        return (
          <li key={`${place}/${range.from}`}>
            <span className="lj-numeral">
              <code>{place}</code> {words}
            </span>
            <button
              type="button"
              className="lj-button lj-button-small"
              aria-label={`Show records, ${place} ${words}`}
              onClick={() => showRecords(range)}
            >
              <ScrollText size={13} aria-hidden="true" /> Show records
            </button>
          </li>
        );
      })}
      {sequences.slice(0, Math.max(0, most - offsets.length)).map((range) => (
        <li key={`${range.source}/${range.from}`}>
          <span className="lj-numeral">
            {rangeWords('record', range)} of {names.get(range.source) ?? range.source}
          </span>
        </li>
      ))}
      {count > most && (
        <li>
          <button type="button" className="lj-link" onClick={() => setAll(true)}>
            Show all {count} ranges
          </button>
        </li>
      )}
      {recordsLeftOut > 0 && <li className="lj-muted">And {countWords(recordsLeftOut)} more, of which only the count is kept.</li>}
    </ul>
  );
}

/** What happened, when, where, and to which records. */
export function CauseItem({ cause, names }: { readonly cause: LedgerCause; readonly names: Names }) {
  const moment = formatInstant(cause.countedMs * 1000);
  return (
    <li className="lj-cause">
      <p>{cause.sentence}</p>
      <div className="lj-cause-facts">
        <span className="lj-muted lj-numeral">
          {countWords(cause.records)} at{' '}
          <button type="button" className="lj-link" onClick={() => viewStore.getState().select({ nodes: [cause.node] })}>
            {names.get(cause.node) ?? cause.node}
          </button>
        </span>
        <button
          type="button"
          className="lj-button lj-button-small"
          aria-label={`Go to the moment ${moment}`}
          title="Run to the moment from which on they are counted, backwards too"
          onClick={() => void runTo(Math.round(cause.countedMs * 1000))}
        >
          <History size={13} aria-hidden="true" /> Go to the moment <span className="lj-muted lj-numeral">{moment}</span>
        </button>
      </div>
      <Ranges cause={cause} names={names} />
    </li>
  );
}
