/** The picture of event time against arrival: which windows there are, when each opens and closes, and what came too late. */
import { windowStarts } from '../../sql/operators/windows.ts';
import type { QueryWindow } from './queryWindow.ts';
import type { TriedStep } from './sandbox.ts';

export interface LaneWindow {
  readonly key: string;
  readonly startMs: number;
  /** Exclusive for windows of time, the last record's time for sessions. */
  readonly endMs: number;
  /** When the stream's time reaches this, the window takes nothing more. */
  readonly closesMs: number;
  /** Which record opened it, by its place in the order of arrival. */
  readonly openedAt: number;
  /** Which record moved the stream's time so far that it closed; null while it is open. */
  readonly closedAt: number | null;
  /** How many records it took, and how many came too late for it. */
  readonly records: number;
  readonly late: number;
}

/** At which record a window closed: the first after which the stream's time has reached its end and the grace. */
function closing(steps: readonly TriedStep[], closesMs: number, from: number): number | null {
  const at = steps.findIndex(({ streamTimeMs }, i) => i >= from && streamTimeMs >= closesMs);
  return at < 0 ? null : at;
}

function timeWindows(steps: readonly TriedStep[], window: Extract<QueryWindow, { kind: 'time' }>): LaneWindow[] {
  const found = new Map<number, { openedAt: number; records: number; late: number }>();
  steps.forEach(({ record, streamTimeMs }, at) => {
    for (const startMs of windowStarts(record.timestampMs, window)) {
      const isLate = startMs + window.sizeMs <= streamTimeMs - window.graceMs;
      const known = found.get(startMs) ?? { openedAt: at, records: 0, late: 0 };
      found.set(startMs, { ...known, records: known.records + (isLate ? 0 : 1), late: known.late + (isLate ? 1 : 0) });
    }
  });
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([startMs, counts]) => {
      const endMs = startMs + window.sizeMs;
      const closesMs = endMs + window.graceMs;
      return { key: String(startMs), startMs, endMs, closesMs, ...counts, closedAt: closing(steps, closesMs, 0) };
    });
}

/** Sessions are told by what the query wrote: a tombstone takes one away that became part of a longer one. */
function sessionWindows(steps: readonly TriedStep[], { gapMs, graceMs }: Extract<QueryWindow, { kind: 'session' }>): LaneWindow[] {
  const found = new Map<string, LaneWindow>();
  steps.forEach(({ written }, at) => {
    for (const { key, value, window } of written) {
      if (window === null) continue;
      const id = `${String(key)} ${window.startMs} ${window.endMs}`;
      if (value === null) {
        found.delete(id);
        continue;
      }
      const inside = steps
        .slice(0, at + 1)
        .filter(({ record, late }) => late === 'no' && record.timestampMs >= window.startMs && record.timestampMs <= window.endMs);
      const closesMs = window.endMs + gapMs + graceMs + 1;
      found.set(id, {
        key: id,
        startMs: window.startMs,
        endMs: window.endMs,
        closesMs,
        openedAt: at,
        closedAt: closing(steps, closesMs, at),
        records: inside.length,
        late: 0,
      });
    }
  });
  return [...found.values()].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** The windows of a query after some records, the earliest first; none where it has no windows or joins within a time. */
export function laneWindows(steps: readonly TriedStep[], window: QueryWindow | null): readonly LaneWindow[] {
  if (window?.kind === 'time') return timeWindows(steps, window);
  if (window?.kind === 'session') return sessionWindows(steps, window);
  return [];
}

/** Both ends of the axis of event time, milliseconds, with room for dragging. */
export function laneSpan(steps: readonly TriedStep[], windows: readonly LaneWindow[]): { readonly fromMs: number; readonly toMs: number } {
  const times = steps.map(({ record }) => record.timestampMs);
  const first = Math.min(...times, ...windows.map(({ startMs }) => startMs));
  const last = Math.max(...times, ...windows.map(({ endMs }) => endMs));
  const room = Math.max(1_000, (last - first) * 0.08);
  return { fromMs: Math.max(0, Math.floor(first - room)), toMs: Math.ceil(last + room) };
}

/** Before which event time a record comes wholly too late while the stream's time is this; null where that does not follow from it. */
export function takesUntil(window: QueryWindow, streamTimeMs: number): number | null {
  switch (window.kind) {
    case 'time':
      return Math.max(0, (Math.floor((streamTimeMs - window.graceMs - window.sizeMs) / window.advanceMs) + 1) * window.advanceMs);
    case 'session':
      return Math.max(0, streamTimeMs - window.graceMs - window.gapMs);
    case 'join':
      return null;
  }
}

/** Rows for bars so that none covers another: each in the first row that is free at its start. */
export function stackRows(windows: readonly LaneWindow[]): number[] {
  const ends: number[] = [];
  return windows.map(({ startMs, endMs }) => {
    const free = ends.findIndex((end) => end <= startMs);
    const row = free < 0 ? ends.length : free;
    ends[row] = Math.max(endMs, startMs + 1);
    return row;
  });
}

/** Steps of an axis that has about as many marks: 1, 2 or 5 times a power of ten. */
export function axisMarks(fromMs: number, toMs: number, about: number): number[] {
  const rough = Math.max(1, (toMs - fromMs) / Math.max(1, about));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  const marks: number[] = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) marks.push(at);
  return marks;
}

/** Records with one at another place in the order of arrival. */
export function moved<T>(records: readonly T[], from: number, to: number): T[] {
  const rest = records.filter((_one, at) => at !== from);
  rest.splice(Math.min(rest.length, Math.max(0, to)), 0, records[from]!);
  return rest;
}
