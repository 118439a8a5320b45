import { RefreshCw, RotateCcw } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { Catalogue, DataSource } from '../../sql/plan/catalogue.ts';
import type { NodePlan } from '../../streams/plan.ts';
import { formatMilliseconds } from '../format/numbers.ts';
import { moved } from './lane.ts';
import { LaneChart } from './LaneChart.tsx';
import { LaneResults } from './LaneResults.tsx';
import { recordWords } from './laneWords.ts';
import { windowOf, windowsAt, type QueryWindow } from './queryWindow.ts';
import { sampleRecords } from './sampleRecords.ts';
import { readSources } from './readSources.ts';
import { tryRecords, type TriedRecord } from './sandbox.ts';
import { sourceOfTopic } from './sourceRecords.ts';
import { useAsked } from './useAsked.ts';

/** More would not be told apart. */
const mostRecords = 24;

function sourcesOf({ sourceTopics }: NodePlan, catalogue: Catalogue): DataSource[] {
  return sourceTopics.flatMap((topic) => sourceOfTopic(catalogue, topic) ?? []);
}

function windowWords(window: QueryWindow | null): string {
  switch (window?.kind) {
    case 'time':
      return `${window.advanceMs === window.sizeMs ? 'Tumbling' : 'Hopping'} windows of ${formatMilliseconds(window.sizeMs)}${window.advanceMs === window.sizeMs ? '' : `, a new one every ${formatMilliseconds(window.advanceMs)}`}, grace ${formatMilliseconds(window.graceMs)}.`;
    case 'session':
      return `Sessions that end after ${formatMilliseconds(window.gapMs)} without a record, grace ${formatMilliseconds(window.graceMs)}.`;
    case 'join':
      return `Records that are at most ${formatMilliseconds(window.beforeMs)} before and ${formatMilliseconds(window.afterMs)} after are joined, grace ${formatMilliseconds(window.graceMs)}.`;
    case undefined:
      return 'The query has no windows: no record comes too late for it.';
  }
}

interface TryProperties {
  readonly plan: NodePlan;
  readonly sources: readonly DataSource[];
  readonly given: readonly TriedRecord[];
  /** Nothing has run: the records are made up. */
  readonly made: boolean;
  readonly window: QueryWindow | null;
  readonly onRead: () => void;
}

/** The records as they were given, as they have been moved since, and what the node makes of them. */
function Try({ plan, sources, given, made, window, onRead }: TryProperties) {
  const [records, setRecords] = useState(given);
  const [chosen, setChosen] = useState(0);
  const tried = useMemo(() => tryRecords(plan.topology, records, (timeMs) => windowsAt(window, timeMs)), [plan, records, window]);
  const column = sources.find(({ timestamp }) => timestamp !== null)?.timestamp?.column ?? null;
  const setTime = (at: number, timestampMs: number) => {
    setRecords((before) =>
      before.map((record, i) => (i === at ? { ...record, timestampMs: Math.max(0, Math.round(timestampMs)) } : record)),
    );
  };
  const setOrder = (from: number, to: number) => {
    const place = Math.min(records.length - 1, Math.max(0, to));
    setRecords((before) => moved(before, from, place));
    setChosen(place);
  };
  return (
    <>
      <p className="lj-streams-words">
        {made ? (
          <b>Sample records: the sources hold none yet. </b>
        ) : (
          `The last ${records.length} records of ${plan.sourceTopics.join(' and ')}. `
        )}
        {windowWords(window)}{' '}
        <span className="lj-muted">
          {column === null ? 'Drag a record, or use the arrows; the run is not touched.' : `The time of a record is its column ${column}.`}
        </span>
        <span className="lj-streams-tools">
          <button type="button" className="lj-button lj-code-button" disabled={records === given} onClick={() => setRecords(given)}>
            <RotateCcw size={13} aria-hidden="true" /> As they were
          </button>
          <button type="button" className="lj-button lj-code-button" onClick={onRead}>
            <RefreshCw size={13} aria-hidden="true" /> Read again
          </button>
        </span>
      </p>
      <div className="lj-lane">
        <LaneChart
          steps={tried.steps}
          window={window}
          sources={sources}
          chosen={chosen}
          onChoose={setChosen}
          onTime={setTime}
          onOrder={setOrder}
        />
        <LaneResults steps={tried.steps} plan={plan} chosen={chosen} words={recordWords(tried.steps, chosen, window, sources)} />
      </div>
    </>
  );
}

/** Event time against arrival, tried out over a node's own records with the node's own operators. */
export function EventTime({ plan, catalogue }: { readonly plan: NodePlan; readonly catalogue: Catalogue }) {
  const sources = useMemo(() => sourcesOf(plan, catalogue), [plan, catalogue]);
  const window = useMemo(() => windowOf(plan), [plan]);
  const ask = useCallback(() => readSources(plan.sourceTopics, catalogue, mostRecords), [plan.sourceTopics, catalogue]);
  const { asked, again } = useAsked(ask);
  const given = useMemo(() => {
    if (asked.kind !== 'there') return null;
    return asked.answer.length > 0 ? asked.answer : sampleRecords(sources, window);
  }, [asked, sources, window]);
  if (asked.kind === 'failed') return <p className="lj-problem">{asked.reason}</p>;
  if (given === null) return <p role="status">Reading the last records of {plan.sourceTopics.join(' and ')} …</p>;
  if (given.length === 0) return <p className="lj-muted">Nothing is known of the topics that this node reads.</p>;
  const made = asked.kind === 'there' && asked.answer.length === 0;
  return (
    <Try key={given.map(({ id }) => id).join()} plan={plan} sources={sources} given={given} made={made} window={window} onRead={again} />
  );
}
