import { useId, useState, type KeyboardEvent } from 'react';
import type { FollowRequest, RecordJourney } from '../../workers/protocol.ts';
import { formatCount, formatInstant } from '../format/numbers.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { stopFollowing, useFollowed } from './followStore.ts';
import { journeyRows, type JourneyRow, longestStage, spanOf, stageWords } from './journeyWords.ts';
import './follow.css';

/** Both ends of the picture, microseconds. */
interface Scale {
  readonly fromUs: number;
  readonly toUs: number;
}

function scaleOf(journey: RecordJourney, rows: readonly JourneyRow[]): Scale {
  const ends = rows.flatMap(({ stages }) => stages.map(({ toUs }) => toUs));
  return { fromUs: journey.madeUs, toUs: Math.max(journey.madeUs + 1, ...ends) };
}

function Bars({ row, scale }: { readonly row: JourneyRow; readonly scale: Scale }) {
  const width = scale.toUs - scale.fromUs;
  return (
    <span className="lj-way-track" aria-hidden="true">
      {row.stages.map(({ kind, fromUs, toUs }) => {
        const { at, works, label } = stageWords[kind];
        return (
          <span
            key={`${kind} ${fromUs}`}
            className={`lj-way-stage lj-way-${at}${works ? '' : ' lj-way-waits'}`}
            style={{ left: `${(100 * (fromUs - scale.fromUs)) / width}%`, width: `${(100 * (toUs - fromUs)) / width}%` }}
            title={`${label}, ${spanOf(fromUs, toUs)}`}
          />
        );
      })}
    </span>
  );
}

/** What a row's time went to, one line a stage. */
function Stages({ row, scale }: { readonly row: JourneyRow; readonly scale: Scale }) {
  return (
    <section className="lj-way-detail" aria-label="Stages">
      <p>
        <b>{row.title}</b> {row.notes.join(' · ')}
      </p>
      {row.stages.length === 0 ? (
        <p className="lj-muted">No time was spent here.</p>
      ) : (
        <table className="lj-table">
          <caption className="lj-visually-hidden">Stages of {row.title}</caption>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">After</th>
              <th scope="col">Took</th>
            </tr>
          </thead>
          <tbody>
            {row.stages.map(({ kind, fromUs, toUs }) => {
              const { label, help, at, works } = stageWords[kind];
              return (
                <tr key={`${kind} ${fromUs}`} title={help}>
                  <th scope="row">
                    <span className={`lj-way-key lj-way-${at}${works ? '' : ' lj-way-waits'}`} aria-hidden="true" />
                    {label}
                    <small className="lj-muted lj-way-help">{help}</small>
                  </th>
                  <td>{spanOf(scale.fromUs, fromUs)}</td>
                  <td>
                    <b>{spanOf(fromUs, toUs)}</b>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The waterfall: one row a copy or delivery, of which one is chosen; the arrows go through them, and its node is selected on the canvas. */
function Waterfall({
  rows,
  scale,
  chosen,
  onChoose,
}: {
  rows: readonly JourneyRow[];
  scale: Scale;
  chosen: number;
  onChoose: (row: number) => void;
}) {
  const id = useId();
  const choose = (row: number) => {
    onChoose(row);
    viewStore.getState().select({ nodes: [rows[row]!.node] });
    document.getElementById(`${id}-${row}`)?.scrollIntoView({ block: 'nearest' });
  };
  const key = (event: KeyboardEvent) => {
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(Math.min(rows.length - 1, Math.max(0, to)));
  };
  return (
    <div
      className="lj-way"
      role="listbox"
      aria-label="Way of the record"
      tabIndex={0}
      data-own-keys
      aria-activedescendant={`${id}-${chosen}`}
      onKeyDown={key}
    >
      {rows.map((row, index) => {
        const last = row.stages.at(-1);
        const took = last === undefined ? '0 s' : spanOf(row.stages[0]!.fromUs, last.toUs);
        return (
          // The list itself has the focus and hears the keys.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={row.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            tabIndex={-1}
            className={`lj-way-row${row.isTrouble ? ' lj-way-trouble' : ''}`}
            title={row.notes.join(' · ')}
            onClick={() => choose(index)}
          >
            <span className="lj-way-title" style={{ paddingLeft: 10 * row.depth }}>
              {row.isTrouble && <span aria-hidden="true">⚠ </span>}
              {row.title}
              <span className="lj-visually-hidden">, {row.notes.join(', ')}, </span>
            </span>
            <Bars row={row} scale={scale} />
            <span className="lj-numeral lj-way-took">{took}</span>
          </div>
        );
      })}
    </div>
  );
}

/** Row of the record that was asked for; the first one when it was asked for by its number. */
function askedRow(rows: readonly JourneyRow[], request: FollowRequest): number {
  if ('source' in request) return 0;
  const end = `-${request.partition}@${request.offset}`;
  return Math.max(
    0,
    rows.findIndex(({ node, title }) => node === request.topicNode && title.endsWith(end)),
  );
}

function Journey({ journey, note, request }: { journey: RecordJourney; note: string | null; request: FollowRequest }) {
  const nodes = useDocument((state) => state.document.nodes);
  const nameOf = (id: string): string => nodes.find((node) => node.id === id)?.name ?? id;
  const rows = journeyRows(journey, nameOf);
  const [picked, setPicked] = useState<number | null>(null);
  const chosen = Math.min(picked ?? askedRow(rows, request), rows.length - 1);
  const scale = scaleOf(journey, rows);
  const longest = longestStage(journey, nameOf);
  return (
    <>
      <p className="lj-way-words">
        <b>
          Record {formatCount(journey.sequence)} of {nameOf(journey.source)}
        </b>
        , made at {formatInstant(journey.madeUs)}. {longest ?? 'No reader has had it yet, or they began behind it.'}{' '}
        {journey.complete ? 'Everybody who reads it has done with it.' : `Not done everywhere at ${formatInstant(journey.untilUs)}.`} {note}
      </p>
      <div className="lj-way-body">
        <div className="lj-way-picture">
          <Waterfall rows={rows} scale={scale} chosen={chosen} onChoose={setPicked} />
          <p className="lj-muted lj-way-legend">
            <span className="lj-way-key lj-way-sender" aria-hidden="true" /> at the sender
            <span className="lj-way-key lj-way-broker" aria-hidden="true" /> at the brokers
            <span className="lj-way-key lj-way-reader" aria-hidden="true" /> at the reader
            <span className="lj-way-key lj-way-reader lj-way-waits" aria-hidden="true" /> striped: it waits
          </p>
        </div>
        <Stages row={rows[chosen]!} scale={scale} />
      </div>
    </>
  );
}

/** The way of one record, from its producer to everybody who reads it. */
export function FollowTab() {
  const followed = useFollowed();
  switch (followed.kind) {
    case 'nothing':
      return (
        <p className="lj-muted">
          Follow one record from its producer to every sink: select a topic, open Records, open a record, and choose Follow this record.
        </p>
      );
    case 'stopped':
      return <p role="status">{followed.reason}</p>;
    case 'under-way':
      return (
        <div className="lj-row">
          <p role="status">Making the run again to follow the record …</p>
          <progress aria-label="Following" value={followed.progress} />
          <button type="button" className="lj-button" onClick={stopFollowing}>
            Stop
          </button>
        </div>
      );
    case 'followed':
      return <Journey key={JSON.stringify(followed.request)} journey={followed.journey} note={followed.note} request={followed.request} />;
  }
}
