/** Aggregates per key and window of time (`KStreamWindowAggregate`, `TimeWindows`). */
import type { Grouped, RowAggregator } from './aggregates.ts';
import { groupedInput, keptTable } from './aggregates.ts';
import type { Header, RowWindow, TableChange } from './row.ts';
import type { Segments } from './retention.ts';
import { addToSegment, dropSegments, noSegments, removeFromSegment, segmentOf } from './retention.ts';
import type { Indexing, Store } from './store.ts';
import type { Stream } from './streams.ts';
import type { Table, TableRow, WindowedKey } from './tables.ts';
import { windowedIdentity } from './tables.ts';
import type { Run, Topology } from './topology.ts';
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

/** What the operator knows besides its rows. */
interface WindowMemory {
  /** The latest time of a record so far; -1 before the first. */
  streamTimeMs: number;
  nextEmitMs: number;
}

/** Up to where windows have been emitted as closed; -1 before the first time. It is committed with the offsets (`processorMetadataForKey`). */
export interface Emission {
  emittedMs: number;
}

/** What a window store finds its rows by. */
interface WindowIndex {
  /** The latest start of a window that was written; -1 before the first. */
  latestMs: number;
  /** Ids by the start of their window. */
  readonly byStart: Map<number, Set<string>>;
  readonly segments: Segments;
}

const indexing = (retentionMs: number): Indexing<TableRow, WindowIndex> => ({
  initial: () => ({ latestMs: -1, byStart: new Map(), segments: noSegments() }),
  added: (index, id, { window }) => {
    const { startMs } = window!;
    index.latestMs = Math.max(index.latestMs, startMs);
    const ids = index.byStart.get(startMs) ?? new Set();
    index.byStart.set(startMs, ids.add(id));
    addToSegment(index.segments, id, segmentOf(startMs, retentionMs));
  },
  removed: (index, id, { window }) => {
    const ids = index.byStart.get(window!.startMs);
    ids?.delete(id);
    if (ids?.size === 0) index.byStart.delete(window!.startMs);
    removeFromSegment(index.segments, id, segmentOf(window!.startMs, retentionMs));
  },
});

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
  grouped: Grouped,
  windows: TimeWindows,
): Table {
  const { identity } = grouped;
  const { node, input } = groupedInput(topology, stream, grouped);
  const retentionMs = Math.max(windows.retentionMs, windows.sizeMs + windows.graceMs);
  const store = topology.store<TableRow, WindowIndex>({ name: grouped.store, kind: 'window', retentionMs }, indexing(retentionMs));
  const memory = topology.memory<WindowMemory>({ survives: 'none' }, () => ({ streamTimeMs: -1, nextEmitMs: 0 }));
  const emission = topology.memory<Emission>({ survives: 'commit' }, () => ({ emittedMs: -1 }));
  const changes = new Outlet<TableChange>();
  topology.structure.processor(node, [input.node], [store.number]);
  input.records.connect((record, run) => {
    const { key, value, headers } = record;
    if (key === null || value === null) return run.log('Skipping record due to null key or value.');
    const known = memory(run);
    known.streamTimeMs = Math.max(known.streamTimeMs, record.timestampMs);
    const closedMs = known.streamTimeMs - windows.graceMs;
    for (const startMs of windowStarts(record.timestampMs, windows)) {
      if (startMs + windows.sizeMs <= closedMs) {
        run.log('Skipping record for expired window.');
        continue;
      }
      const window = windowAt(startMs, windows);
      const id = windowedIdentity(identity, { key, window });
      const old = store.get(id, run);
      const before = old?.row ?? aggregator.initial();
      const after = aggregator.add(value, before, run);
      const timestampMs = Math.max(record.timestampMs, old?.timestampMs ?? record.timestampMs);
      store.put(id, { key, window, row: after, timestampMs }, run);
      if (windows.emitFinalEveryMs === null) changes.emit({ key, before, after, timestampMs, window, headers }, run);
    }
    if (windows.emitFinalEveryMs !== null) emitClosed({ known, emission: emission(run), store, closedMs, headers }, windows, changes, run);
    dropSegments(store, { oldestMs: known.streamTimeMs - retentionMs, retentionMs }, run);
  });
  const get = (key: WindowedKey, run: Run): TableRow | null => {
    if (!key.window || key.window.startMs <= store.index(run).latestMs - retentionMs) return null;
    return store.get(windowedIdentity(identity, key), run) ?? null;
  };
  return keptTable({ changes, node, sources: input.sources, get }, store.number);
}

interface Closing {
  readonly known: WindowMemory;
  readonly emission: Emission;
  readonly store: Store<TableRow, WindowIndex>;
  readonly closedMs: number;
  readonly headers: readonly Header[];
}

/** Emits windows that closed since the last time, by start and key (`AbstractKStreamTimeWindowAggregateProcessor.maybeForwardFinalResult`). */
function emitClosed(
  { known, emission, store, closedMs, headers }: Closing,
  windows: TimeWindows,
  changes: Outlet<TableChange>,
  run: Run,
): void {
  if (run.wallClockMs < known.nextEmitMs) return;
  known.nextEmitMs = run.wallClockMs + windows.emitFinalEveryMs!;
  if (emission.emittedMs >= closedMs && emission.emittedMs !== -1) return;
  const to = closedMs - windows.sizeMs;
  if (to < 0) return;
  const { byStart, latestMs } = store.index(run);
  const afterLast = emission.emittedMs === -1 ? 0 : Math.max(0, emission.emittedMs - windows.sizeMs) + 1;
  // A window that the store no longer keeps when it is looked for is never emitted.
  const from = Math.max(afterLast, latestMs - windows.retentionMs);
  for (const startMs of [...byStart.keys()].filter((start) => start >= from && start <= to).sort((a, b) => a - b))
    for (const id of [...byStart.get(startMs)!].sort()) {
      const { key, window, row, timestampMs } = store.get(id, run)!;
      changes.emit({ key, before: null, after: row, timestampMs, window, headers }, run);
    }
  emission.emittedMs = closedMs;
}
