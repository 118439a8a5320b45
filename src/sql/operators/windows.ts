/** Aggregates per key and window of time (`KStreamWindowAggregate`, `TimeWindows`). */
import type { RowAggregator } from './aggregates.ts';
import type { Header, KeyIdentity, Row, RowWindow, TableChange } from './row.ts';
import type { Stream } from './streams.ts';
import type { Table, WindowedKey } from './tables.ts';
import type { Run, StoreOf, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

/** Windows of `sizeMs`, a new one every `advanceMs`; tumbling where both are equal. */
export interface TimeWindows {
  readonly sizeMs: number;
  readonly advanceMs: number;
  /** How long after its end a window still takes records, by the time of the stream. */
  readonly graceMs: number;
  /** How long rows are kept for looking up. */
  readonly retentionMs: number;
  /** Null: every update goes on. Else windows go on once, when they close, looked for at most every so many milliseconds of the clock. */
  readonly emitFinalEveryMs: number | null;
}

interface WindowState {
  /** The latest time of a record so far; -1 before the first. */
  streamTimeMs: number;
  /** Up to where windows have been emitted as closed; -1 before the first time. */
  emittedMs: number;
  nextEmitMs: number;
  /** The latest start of a window that was written. */
  storedMs: number;
  /** By start of the window, then by key. */
  readonly windows: Map<number, Map<string, { readonly key: Row; readonly row: Row; readonly timestampMs: number }>>;
}

/** The starts of the windows that a time falls into, the earliest first. */
export function windowStarts(timestampMs: number, { sizeMs, advanceMs }: Pick<TimeWindows, 'sizeMs' | 'advanceMs'>): number[] {
  const starts: number[] = [];
  const earliest = Math.floor(Math.max(0, timestampMs - sizeMs + advanceMs) / advanceMs) * advanceMs;
  for (let start = earliest; start <= timestampMs; start += advanceMs) starts.push(start);
  return starts;
}

const windowAt = (startMs: number, { sizeMs }: TimeWindows): RowWindow => ({ startMs, endMs: startMs + sizeMs, kind: 'time' });

/** One state per key and window. A record goes into each of its windows that is not closed: end + grace after the time of the stream. */
export function aggregateWindows(
  topology: Topology,
  stream: Stream,
  aggregator: RowAggregator,
  identity: KeyIdentity,
  windows: TimeWindows,
): Table {
  const store = topology.store<WindowState>(() => ({ streamTimeMs: -1, emittedMs: -1, nextEmitMs: 0, storedMs: -1, windows: new Map() }));
  const changes = new Outlet<TableChange>();
  stream.connect((record, run) => {
    const { key, value, headers } = record;
    if (key === null || value === null) return run.log('Skipping record due to null key or value.');
    const state = store(run);
    state.streamTimeMs = Math.max(state.streamTimeMs, record.timestampMs);
    const closedMs = state.streamTimeMs - windows.graceMs;
    for (const startMs of windowStarts(record.timestampMs, windows)) {
      if (startMs + windows.sizeMs <= closedMs) {
        run.log('Skipping record for expired window.');
        continue;
      }
      const rows = state.windows.get(startMs) ?? new Map<string, never>();
      state.windows.set(startMs, rows);
      const id = identity(key);
      const old = rows.get(id);
      const before = old?.row ?? aggregator.initial();
      const after = aggregator.add(value, before, run);
      const timestampMs = Math.max(record.timestampMs, old?.timestampMs ?? record.timestampMs);
      rows.set(id, { key, row: after, timestampMs });
      state.storedMs = Math.max(state.storedMs, startMs);
      if (windows.emitFinalEveryMs === null)
        changes.emit({ key, before, after, timestampMs, window: windowAt(startMs, windows), headers }, run);
    }
    if (windows.emitFinalEveryMs !== null) emitClosed({ state, closedMs, headers }, windows, changes, run);
    forget(state, windows);
  });
  return { changes, get: windowGetter(store, identity) };
}

/** The row of a key in a window. */
const windowGetter =
  (store: StoreOf<WindowState>, identity: KeyIdentity) =>
  ({ key, window }: WindowedKey, run: Run) =>
    (window && store(run).windows.get(window.startMs)?.get(identity(key))) ?? null;

/** Emits windows that closed since the last time, by start and key (`AbstractKStreamTimeWindowAggregateProcessor.maybeForwardFinalResult`). */
function emitClosed(
  { state, closedMs, headers }: { state: WindowState; closedMs: number; headers: readonly Header[] },
  windows: TimeWindows,
  changes: Outlet<TableChange>,
  run: Run,
): void {
  if (run.wallClockMs < state.nextEmitMs) return;
  state.nextEmitMs = run.wallClockMs + windows.emitFinalEveryMs!;
  if (state.emittedMs >= closedMs && state.emittedMs !== -1) return;
  const to = closedMs - windows.sizeMs;
  if (to < 0) return;
  const afterLast = state.emittedMs === -1 ? 0 : Math.max(0, state.emittedMs - windows.sizeMs) + 1;
  // A window that the store no longer keeps when it is looked for is never emitted.
  const from = Math.max(afterLast, state.storedMs - windows.retentionMs);
  for (const startMs of [...state.windows.keys()].filter((start) => start >= from && start <= to).sort((a, b) => a - b)) {
    const rows = [...state.windows.get(startMs)!].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, { key, row, timestampMs }] of rows)
      changes.emit({ key, before: null, after: row, timestampMs, window: windowAt(startMs, windows), headers }, run);
  }
  state.emittedMs = closedMs;
}

/** Windows beyond the retention are gone. */
function forget(state: WindowState, { retentionMs, sizeMs, graceMs }: TimeWindows): void {
  const oldestMs = state.streamTimeMs - Math.max(retentionMs, sizeMs + graceMs);
  for (const startMs of state.windows.keys()) if (startMs < oldestMs) state.windows.delete(startMs);
}
