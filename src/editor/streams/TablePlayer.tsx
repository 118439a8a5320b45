import { ChevronFirst, ChevronLast, Pause, Play, StepBack, StepForward } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { formatCount, formatInstant } from '../format/numbers.ts';
import { changesOf, tableAt, type ChangeKind, type ChangelogRecord, type TableRow } from './tablePlayer.ts';

const signs: Readonly<Record<ChangeKind, string>> = { inserted: '+', changed: '~', same: '=', deleted: '−', nothing: '·' };
const changeWords: Readonly<Record<ChangeKind, string>> = {
  inserted: 'row inserted',
  changed: 'row changed',
  same: 'same row again',
  deleted: 'row deleted',
  nothing: 'changes nothing',
};
const speeds = [
  { label: 'Slow', everyMs: 1_600 },
  { label: 'Usual', everyMs: 800 },
  { label: 'Fast', everyMs: 250 },
] as const;

function Sign({ kind }: { readonly kind: ChangeKind }) {
  return (
    <span className={`lj-change lj-change-${kind}`}>
      <span aria-hidden="true">{signs[kind]}</span> {changeWords[kind]}
    </span>
  );
}

/** Steps that come by themselves while it plays; it stops at the end. */
function usePlaying(count: number, everyMs: number) {
  const [read, setRead] = useState(Math.min(1, count));
  const [isPlaying, setPlaying] = useState(false);
  const plays = isPlaying && read < count;
  useEffect(() => {
    if (!plays) return undefined;
    const timer = setInterval(() => setRead((before) => Math.min(count, before + 1)), everyMs);
    return () => clearInterval(timer);
  }, [plays, count, everyMs]);
  const goTo = (to: number) => setRead(Math.min(count, Math.max(0, to)));
  const toggle = () => {
    if (!plays && read === count) setRead(0);
    setPlaying(!plays);
  };
  return { read, plays, goTo, toggle };
}

function Controls({
  read,
  count,
  plays,
  goTo,
  toggle,
  speed,
  onSpeed,
}: {
  readonly read: number;
  readonly count: number;
  readonly plays: boolean;
  readonly goTo: (to: number) => void;
  readonly toggle: () => void;
  readonly speed: number;
  readonly onSpeed: (speed: number) => void;
}) {
  const buttons = [
    { label: 'First record', Glyph: ChevronFirst, to: 0, disabled: read === 0 },
    { label: 'One record back', Glyph: StepBack, to: read - 1, disabled: read === 0 },
    { label: 'One record on', Glyph: StepForward, to: read + 1, disabled: read === count },
    { label: 'Last record', Glyph: ChevronLast, to: count, disabled: read === count },
  ];
  return (
    <div className="lj-duality-controls" role="group" aria-label="Play the changelog">
      <button type="button" className="lj-button" onClick={toggle}>
        {plays ? <Pause size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />} {plays ? 'Pause' : 'Play'}
      </button>
      {buttons.map(({ label, Glyph, to, disabled }) => (
        <button
          key={label}
          type="button"
          className="lj-icon-button lj-bordered"
          aria-label={label}
          title={label}
          disabled={disabled}
          onClick={() => goTo(to)}
        >
          <Glyph size={14} aria-hidden="true" />
        </button>
      ))}
      <span className="lj-numeral" role="status">
        {formatCount(read)} of {formatCount(count)} records
      </span>
      <select className="lj-select lj-small" aria-label="Speed" value={speed} onChange={(event) => onSpeed(Number(event.target.value))}>
        {speeds.map(({ label }, at) => (
          <option key={label} value={at}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

function Changelog({
  records,
  kinds,
  read,
  onGo,
}: {
  readonly records: readonly ChangelogRecord[];
  readonly kinds: readonly ChangeKind[];
  readonly read: number;
  readonly onGo: (to: number) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [read]);
  return (
    <ol className="lj-duality-log" ref={list} aria-label="Changelog">
      {records.map(({ key, columns, timestampMs, partition, offset }, at) => (
        <li
          key={`${partition} ${offset}`}
          aria-current={at === read - 1 ? 'step' : undefined}
          className={at < read ? undefined : 'lj-duality-ahead'}
        >
          <button
            type="button"
            onClick={() => onGo(at + 1)}
            title={`${formatInstant(timestampMs * 1_000)}, partition ${partition}, offset ${offset}`}
          >
            <span className="lj-numeral lj-muted">{offset}</span>
            <b className="lj-cut">{key ?? 'no key'}</b>
            <span className="lj-cut">{columns === null ? <i>null</i> : columns.join(' · ')}</span>
            {at < read && <Sign kind={kinds[at]!} />}
          </button>
        </li>
      ))}
    </ol>
  );
}

function Row({ row, columns }: { readonly row: TableRow; readonly columns: readonly string[] }) {
  return (
    <tr className={row.mark === null ? undefined : `lj-row-${row.mark}`}>
      <th scope="row">{row.key}</th>
      {columns.map((name, at) => (
        <td key={name} className={row.changed.includes(at) ? 'lj-cell-changed' : undefined}>
          {row.columns[at] ?? ''}
        </td>
      ))}
      <td className="lj-row-mark">{row.mark !== null && <Sign kind={row.mark} />}</td>
    </tr>
  );
}

/** Both sides of a table: the records that change it, and what it is after each. From any of its buttons arrows step, and Home and End go to the ends. */
export function TablePlayer({ records, columns }: { readonly records: readonly ChangelogRecord[]; readonly columns: readonly string[] }) {
  const [speed, setSpeed] = useState(1);
  const { read, plays, goTo, toggle } = usePlaying(records.length, speeds[speed]!.everyMs);
  const step = tableAt(records, read);
  const key = (event: KeyboardEvent) => {
    const to = { ArrowDown: read + 1, ArrowRight: read + 1, ArrowUp: read - 1, ArrowLeft: read - 1, Home: 0, End: records.length }[
      event.key
    ];
    if (event.target instanceof HTMLSelectElement || to === undefined) return;
    event.preventDefault();
    goTo(to);
  };
  return (
    // Its buttons have the focus; the frame hears the arrows for all of them.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className="lj-duality-player" aria-label="Stream and table" data-own-keys onKeyDown={key}>
      <Controls read={read} count={records.length} plays={plays} goTo={goTo} toggle={toggle} speed={speed} onSpeed={setSpeed} />
      <div className="lj-duality-sides">
        <div>
          <h3>Stream: every change</h3>
          <Changelog records={records} kinds={changesOf(records)} read={read} onGo={goTo} />
        </div>
        <div>
          <h3>
            Table: the last of each key{' '}
            <span className="lj-muted lj-numeral">{step.rows.filter(({ mark }) => mark !== 'deleted').length} rows</span>
          </h3>
          <div className="lj-duality-table">
            <table className="lj-table">
              <caption className="lj-visually-hidden">Table after {read} records</caption>
              <thead>
                <tr>
                  <th scope="col">Key</th>
                  {columns.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                  <th scope="col">
                    <span className="lj-visually-hidden">Change</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {step.rows.map((row) => (
                  <Row key={row.key} row={row} columns={columns} />
                ))}
              </tbody>
            </table>
            {step.rows.length === 0 && <p className="lj-muted">No row yet.</p>}
          </div>
        </div>
      </div>
    </section>
  );
}
