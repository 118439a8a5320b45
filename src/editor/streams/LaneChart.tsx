import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { DataSource } from '../../sql/plan/catalogue.ts';
import { formatMilliseconds } from '../format/numbers.ts';
import { axisMarks, laneSpan, laneWindows, stackRows, takesUntil, type LaneWindow } from './lane.ts';
import { recordName, sourceOf, timeWords } from './laneWords.ts';
import type { QueryWindow } from './queryWindow.ts';
import { keyText } from './rowWords.ts';
import type { TriedStep } from './sandbox.ts';

const rowPx = 19;
const axisPx = 20;
const barPx = 17;
const namesPx = 92;
const rightPx = 12;

interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly x: (timeMs: number) => number;
  readonly msPerPx: number;
}

function scaleOf(steps: readonly TriedStep[], windows: readonly LaneWindow[], width: number): Scale {
  const { fromMs, toMs } = laneSpan(steps, windows);
  const inner = Math.max(1, width - namesPx - rightPx);
  return { fromMs, toMs, msPerPx: (toMs - fromMs) / inner, x: (timeMs) => namesPx + (inner * (timeMs - fromMs)) / (toMs - fromMs) };
}

function Axis({ scale, width, height }: { readonly scale: Scale; readonly width: number; readonly height: number }) {
  return (
    <g className="lj-lane-axis" aria-hidden="true">
      {axisMarks(scale.fromMs, scale.toMs, (width - namesPx) / 90).map((at) => (
        <g key={at}>
          <line x1={scale.x(at)} x2={scale.x(at)} y1={axisPx - 4} y2={height} />
          <text x={scale.x(at)} y={12} textAnchor="middle">
            {formatMilliseconds(at)}
          </text>
        </g>
      ))}
      <text x={0} y={12}>
        event time →
      </text>
    </g>
  );
}

/** Bars of the windows: how long each is, how many records it took, whether it is closed. */
function Windows({
  windows,
  rows,
  scale,
}: {
  readonly windows: readonly LaneWindow[];
  readonly rows: readonly number[];
  readonly scale: Scale;
}) {
  return (
    <g role="list" aria-label="Windows">
      {windows.map(({ key, startMs, endMs, closesMs, closedAt, records, late }, i) => {
        const left = scale.x(startMs);
        const right = Math.max(left + 4, scale.x(endMs));
        const y = axisPx + rows[i]! * barPx;
        const grace = Math.min(scale.x(scale.toMs), scale.x(closesMs));
        const words = `${records}${late > 0 ? `, ${late} late` : ''}${closedAt === null ? '' : ' ■'}`;
        const state = closedAt === null ? 'open' : `closed by record ${closedAt + 1}`;
        return (
          <g
            key={key}
            role="listitem"
            aria-label={`Window ${formatMilliseconds(startMs)} to ${formatMilliseconds(endMs)}: ${records} records, ${late} too late, ${state}`}
          >
            <title>{`[${formatMilliseconds(startMs)}, ${formatMilliseconds(endMs)}), ${state}`}</title>
            <rect
              className={closedAt === null ? 'lj-lane-window' : 'lj-lane-window lj-lane-closed'}
              x={left + 1}
              y={y + 2}
              width={Math.max(3, right - left - 2)}
              height={barPx - 5}
              rx={3}
            />
            {grace > right && <line className="lj-lane-grace" x1={right} x2={grace} y1={y + barPx / 2 - 1} y2={y + barPx / 2 - 1} />}
            {right - left > 8 * words.length && (
              <text x={(left + right) / 2} y={y + barPx - 6} textAnchor="middle">
                {words}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** Where a record would come too late, row by row, and the line of the stream's time. */
function StreamTime({
  steps,
  window,
  scale,
  top,
}: {
  readonly steps: readonly TriedStep[];
  readonly window: QueryWindow | null;
  readonly scale: Scale;
  readonly top: number;
}) {
  const known = steps.map(({ streamTimeMs }) => Math.max(scale.fromMs, streamTimeMs));
  const path = known.map((timeMs, i) => `${i === 0 ? 'M' : 'L'}${scale.x(timeMs)} ${top + i * rowPx} V${top + (i + 1) * rowPx}`).join(' ');
  return (
    <g aria-hidden="true">
      {known.map((timeMs, i) => {
        const until = window === null ? null : takesUntil(window, timeMs);
        const right = until === null ? namesPx : scale.x(Math.min(scale.toMs, until));
        return right > namesPx ? (
          <rect key={i} className="lj-lane-late" x={namesPx} y={top + i * rowPx} width={right - namesPx} height={rowPx} />
        ) : null;
      })}
      <path className="lj-lane-stream" d={path} />
    </g>
  );
}

interface RecordProperties {
  readonly step: TriedStep;
  readonly at: number;
  readonly sources: readonly DataSource[];
  readonly scale: Scale;
  readonly y: number;
  readonly isChosen: boolean;
  readonly onPointer: (event: PointerEvent, at: number) => void;
  readonly onKey: (event: KeyboardEvent, at: number) => void;
  readonly onFocus: () => void;
}

/** One record: a circle of the first source, a square of the others; a cross where it came too late. */
function LaneRecord({ step, at, sources, scale, y, isChosen, onPointer, onKey, onFocus }: RecordProperties) {
  const { record, late } = step;
  const x = scale.x(record.timestampMs);
  const isFirst = sources.length < 2 || sources[0]!.topic === record.topic;
  const key = keyText(sourceOf(sources, record.topic), record.key) ?? 'no key';
  return (
    <g
      className={`lj-lane-record lj-lane-record-${late}${isChosen ? ' lj-lane-chosen' : ''}`}
      data-record={at}
      role="slider"
      tabIndex={isChosen ? 0 : -1}
      aria-label={recordName(step, at, sources)}
      aria-valuenow={record.timestampMs}
      aria-valuemin={0}
      aria-valuemax={scale.toMs}
      aria-valuetext={timeWords(step)}
      onPointerDown={(event) => onPointer(event, at)}
      onKeyDown={(event) => onKey(event, at)}
      onFocus={onFocus}
    >
      <title>{`${recordName(step, at, sources)}: ${timeWords(step)}`}</title>
      <rect className="lj-lane-row" x={0} y={y} width={scale.x(scale.toMs) + rightPx} height={rowPx} />
      <text x={4} y={y + 14}>
        {at + 1}. {key.length > 10 ? `${key.slice(0, 9)}…` : key}
      </text>
      {isFirst ? (
        <circle cx={x} cy={y + rowPx / 2} r={6} />
      ) : (
        <rect className="lj-lane-square" x={x - 6} y={y + rowPx / 2 - 6} width={12} height={12} rx={2} />
      )}
      {late !== 'no' && <path className="lj-lane-cross" d={`M${x - 4} ${y + rowPx / 2 - 4} l8 8 m0 -8 l-8 8`} />}
    </g>
  );
}

interface Properties {
  readonly steps: readonly TriedStep[];
  readonly window: QueryWindow | null;
  readonly sources: readonly DataSource[];
  readonly chosen: number;
  readonly onChoose: (at: number) => void;
  readonly onTime: (at: number, timestampMs: number) => void;
  readonly onOrder: (from: number, to: number) => void;
}

/** The element's width as it is now. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(280, Math.floor(entry!.contentRect.width))));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

/** Records by event time, one row each in the order of arrival; they can be dragged both ways. */
export function LaneChart({ steps, window, sources, chosen, onChoose, onTime, onOrder }: Properties) {
  const { element, width } = useWidth();
  const [held, setHeld] = useState<Scale | null>(null);
  const drag = useRef<{ readonly at: number; readonly x: number; readonly y: number; readonly timeMs: number; order: number } | null>(null);
  const windows = laneWindows(steps, window);
  const rows = stackRows(windows);
  // While a record is held, the axis stands still.
  const scale = held ?? scaleOf(steps, windows, width);
  const top = axisPx + (windows.length === 0 ? 0 : (Math.max(...rows) + 1) * barPx) + 4;
  const height = top + steps.length * rowPx + 4;
  const focusRecord = (at: number) => element.current?.querySelector<SVGElement>(`[data-record="${at}"]`)?.focus();
  const choose = (at: number) => {
    const place = Math.min(steps.length - 1, Math.max(0, at));
    onChoose(place);
    requestAnimationFrame(() => focusRecord(place));
  };
  const stepMs = Math.max(1, Math.round((scale.toMs - scale.fromMs) / 100));
  const key = (event: KeyboardEvent, at: number) => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (by === 0 && to === undefined) return;
    event.preventDefault();
    if (by !== 0) onTime(at, steps[at]!.record.timestampMs + by * stepMs * (event.shiftKey ? 10 : 1));
    else if (event.shiftKey) {
      onOrder(at, to!);
      requestAnimationFrame(() => focusRecord(Math.min(steps.length - 1, Math.max(0, to!))));
    } else choose(to!);
  };
  const pointer = (event: PointerEvent, at: number) => {
    drag.current = { at, x: event.clientX, y: event.clientY, timeMs: steps[at]!.record.timestampMs, order: at };
    setHeld(scale);
    onChoose(at);
    event.currentTarget.ownerDocument.getSelection()?.removeAllRanges();
    element.current?.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const held = drag.current;
    if (held === null) return;
    const order = Math.min(steps.length - 1, Math.max(0, held.at + Math.round((event.clientY - held.y) / rowPx)));
    onTime(held.order, held.timeMs + (event.clientX - held.x) * scale.msPerPx);
    if (order !== held.order) onOrder(held.order, order);
    held.order = order;
  };
  const release = () => {
    if (drag.current !== null) focusRecord(drag.current.order);
    drag.current = null;
    setHeld(null);
  };
  return (
    <div className="lj-lane-chart" ref={element} onPointerMove={move} onPointerUp={release} onPointerCancel={release}>
      <svg
        width={width}
        height={height}
        role="group"
        aria-label="Records by event time and arrival; left and right move a record in time, Shift with up and down in the order of arrival"
        data-own-keys
      >
        <StreamTime steps={steps} window={window} scale={scale} top={top} />
        <Axis scale={scale} width={width} height={height} />
        <Windows windows={windows} rows={rows} scale={scale} />
        {steps.map((step, at) => (
          <LaneRecord
            key={step.record.id}
            step={step}
            at={at}
            sources={sources}
            scale={scale}
            y={top + at * rowPx}
            isChosen={at === chosen}
            onPointer={pointer}
            onKey={key}
            onFocus={() => onChoose(at)}
          />
        ))}
      </svg>
      <p className="lj-muted lj-lane-legend">
        <span className="lj-lane-key lj-lane-key-stream" aria-hidden="true" /> the stream&rsquo;s time
        {window !== null && (
          <>
            <span className="lj-lane-key lj-lane-key-late" aria-hidden="true" /> too late here
            <span className="lj-lane-key lj-lane-key-grace" aria-hidden="true" /> grace
          </>
        )}
        {windows.length > 0 && ' ■ closed window'}
      </p>
    </div>
  );
}
