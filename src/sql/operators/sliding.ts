/**
 * Aggregates over sliding windows (`KStreamSlidingWindowAggregate`, KIP-450): for each record one window that ends with it, and one that begins just after it
 * once a later record falls into that. Both bounds belong to a window.
 */
import type { Grouped, RowAggregator } from './aggregates.ts';
import { groupedInput, keptTable } from './aggregates.ts';
import type { Segments } from './retention.ts';
import { addToSegment, dropSegments, noSegments, removeFromSegment, segmentOf } from './retention.ts';
import type { KeyIdentity, Row, RowWindow, StreamRecord, TableChange } from './row.ts';
import type { Indexing, Store } from './store.ts';
import type { Stream } from './streams.ts';
import type { Table, TableRow, WindowedKey } from './tables.ts';
import { windowedIdentity } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';
import type { Emission } from './windows.ts';

export interface SlidingWindows {
  /** How far apart records of one window can be. */
  readonly differenceMs: number;
  readonly graceMs: number;
  /** As with windows of time: null where every update goes on. */
  readonly emitFinalEveryMs: number | null;
}

/** Windows by their key, in order of their starts. */
interface SlidingIndex {
  readonly byKey: Map<string, number[]>;
  readonly segments: Segments;
}

type SlidingStore = Store<TableRow, SlidingIndex>;

const keyOf = (id: string): string => id.slice(0, id.lastIndexOf('\u0000'));

const indexing = (retentionMs: number): Indexing<TableRow, SlidingIndex> => ({
  initial: () => ({ byKey: new Map(), segments: noSegments() }),
  added: ({ byKey, segments }, id, { window }) => {
    const starts = byKey.get(keyOf(id)) ?? [];
    starts.splice(starts.findLastIndex((start) => start < window!.startMs) + 1, 0, window!.startMs);
    byKey.set(keyOf(id), starts);
    addToSegment(segments, id, segmentOf(window!.startMs, retentionMs));
  },
  removed: ({ byKey, segments }, id, { window }) => {
    const rest = (byKey.get(keyOf(id)) ?? []).filter((start) => start !== window!.startMs);
    if (rest.length > 0) byKey.set(keyOf(id), rest);
    else byKey.delete(keyOf(id));
    removeFromSegment(segments, id, segmentOf(window!.startMs, retentionMs));
  },
});

/** A window's state and the latest time of its records. */
type Held = Pick<TableRow, 'row' | 'timestampMs'>;
/** The same, where there may be no row yet. */
interface Begun {
  readonly row: Row | null;
  readonly timestampMs: number;
}

interface SlidingMemory {
  streamTimeMs: number;
  nextEmitMs: number;
}

/** One state per key and sliding window. */
export function aggregateSliding(
  topology: Topology,
  stream: Stream,
  aggregator: RowAggregator,
  grouped: Grouped,
  windows: SlidingWindows,
): Table {
  const { identity } = grouped;
  const { node, input } = groupedInput(topology, stream, grouped);
  const retentionMs = windows.graceMs + 2 * windows.differenceMs;
  const store: SlidingStore = topology.store({ name: grouped.store, kind: 'window', retentionMs }, indexing(retentionMs));
  const memory = topology.memory<SlidingMemory>({ survives: 'none' }, () => ({ streamTimeMs: -1, nextEmitMs: 0 }));
  const emission = topology.memory<Emission>({ survives: 'commit' }, () => ({ emittedMs: -1 }));
  topology.structure.processor(node, [input.node], [store.number]);
  const changes = new Outlet<TableChange>();
  const { differenceMs } = windows;
  input.records.connect((record, run) => {
    const { key, value, timestampMs } = record;
    if (key === null || value === null) return run.log('Skipping record due to null key or value.');
    const known = memory(run);
    known.streamTimeMs = Math.max(known.streamTimeMs, timestampMs);
    const closedMs = known.streamTimeMs - windows.graceMs;
    if (timestampMs + differenceMs < closedMs) return run.log('Skipping record for expired window.');
    const step = new Step({ store, changes, aggregator, identity, windows }, { record, key, value, closedMs }, run);
    if (timestampMs < differenceMs) return step.early();
    step.usual();
    if (windows.emitFinalEveryMs !== null) emitClosed({ store, changes, windows, known, emission: emission(run) }, record, closedMs, run);
    dropSegments(store, { oldestMs: known.streamTimeMs - retentionMs, retentionMs }, run);
  });
  const get = (key: WindowedKey, run: Run): TableRow | null => (key.window && store.get(windowedIdentity(identity, key), run)) ?? null;
  return keptTable({ changes, node, sources: input.sources, get }, store.number);
}

interface Program {
  readonly store: SlidingStore;
  readonly changes: Outlet<TableChange>;
  readonly aggregator: RowAggregator;
  readonly identity: KeyIdentity;
  readonly windows: SlidingWindows;
}

interface Given {
  readonly record: StreamRecord;
  readonly key: Row;
  readonly value: Row;
  /** Windows that end before take no records. */
  readonly closedMs: number;
}

/** What one record does to the windows of its key. */
class Step {
  private readonly program: Program;
  private readonly given: Given;
  private readonly run: Run;

  constructor(program: Program, given: Given, run: Run) {
    this.program = program;
    this.given = given;
    this.run = run;
  }

  /** A record that can be the end of a window: its windows are gone through from the latest on (`processReverse`). */
  usual(): void {
    const { timestampMs } = this.given.record;
    const { differenceMs } = this.program.windows;
    const starts = this.starts(Math.max(0, timestampMs - 2 * differenceMs)).reverse();
    let right: Held | null = null;
    let left: Held | null = null;
    let previousMs: number | null = null;
    const seen = new Set<number>();
    for (const startMs of starts) {
      const held = this.held(startMs);
      const endMs = startMs + differenceMs;
      seen.add(startMs);
      if (startMs === timestampMs + 1) continue;
      if (endMs < timestampMs) {
        [left, previousMs] = [held, held.timestampMs];
        break;
      }
      if (endMs > timestampMs) right ??= held;
      this.update(startMs, held);
      if (endMs > timestampMs) continue;
      // The window that ends with this record is there already; had it a record of this time, all others are too.
      if (held.timestampMs >= timestampMs) return;
      previousMs = held.timestampMs;
    }
    if (previousMs !== null && !seen.has(previousMs + 1) && previousMs + 1 + differenceMs >= timestampMs) this.begin(previousMs + 1);
    if (!seen.has(timestampMs - differenceMs)) {
      const isEmpty = previousMs === null || timestampMs - differenceMs > previousMs;
      this.begin(timestampMs - differenceMs, isEmpty ? null : left);
    }
    this.after(right, seen);
  }

  /** A record so early that its window would begin before 0: all such share the window that begins at 0 (`processEarly`). */
  early(): void {
    const { timestampMs } = this.given.record;
    let combined: Held | null = null;
    let right: Held | null = null;
    let previousMs: number | null = null;
    const seen = new Set<number>();
    for (const startMs of this.starts(0)) {
      const held = this.held(startMs);
      seen.add(startMs);
      if (startMs === 0) {
        combined = held;
        if (held.timestampMs < timestampMs) previousMs = held.timestampMs;
      } else if (startMs <= timestampMs) {
        right = held;
        this.update(startMs, held);
      }
    }
    if (!right && combined && combined.timestampMs > timestampMs) right = combined;
    this.after(right, seen);
    if (previousMs !== null && !seen.has(previousMs + 1)) this.begin(previousMs + 1);
    if (combined) this.update(0, combined);
    else this.begin(0);
  }

  /** Starts of the windows of the key from some time on, up to the one that begins just after the record. */
  private starts(fromMs: number): number[] {
    const { store, identity } = this.program;
    const { key, record } = this.given;
    const all = store.index(this.run).byKey.get(identity(key)) ?? [];
    return all.filter((start) => start >= fromMs && start <= record.timestampMs + 1);
  }

  private window(startMs: number): RowWindow {
    return { startMs, endMs: startMs + this.program.windows.differenceMs, kind: 'time' };
  }

  private id(startMs: number): string {
    return windowedIdentity(this.program.identity, { key: this.given.key, window: this.window(startMs) });
  }

  private held(startMs: number): Held {
    return this.program.store.get(this.id(startMs), this.run)!;
  }

  /** A new window with this record, and with what another one holds. */
  private begin(startMs: number, from: Held | null = null): void {
    this.update(startMs, { row: from?.row ?? this.program.aggregator.initial(), timestampMs: this.given.record.timestampMs });
  }

  /** The window that begins just after this record, where a later record falls into it. */
  private after(right: Held | null, seen: ReadonlySet<number>): void {
    const { timestampMs } = this.given.record;
    if (right && right.timestampMs > timestampMs && !seen.has(timestampMs + 1)) this.write(timestampMs + 1, null, right);
  }

  private update(startMs: number, { row: before, timestampMs }: Begun): void {
    const { program, given, run } = this;
    if (startMs + program.windows.differenceMs < given.closedMs) return run.log('Skipping record for expired window.');
    const row = program.aggregator.add(given.value, before, run);
    this.write(startMs, before, { row, timestampMs: before ? Math.max(given.record.timestampMs, timestampMs) : given.record.timestampMs });
  }

  private write(startMs: number, before: Row | null, { row, timestampMs }: Held): void {
    const { store, changes, windows } = this.program;
    const { key, record } = this.given;
    const window = this.window(startMs);
    store.put(this.id(startMs), { key, window, row, timestampMs }, this.run);
    if (windows.emitFinalEveryMs === null)
      changes.emit({ key, window, before, after: row, timestampMs, headers: record.headers }, this.run);
  }
}

interface Closing {
  readonly store: SlidingStore;
  readonly changes: Outlet<TableChange>;
  readonly windows: SlidingWindows;
  readonly known: SlidingMemory;
  readonly emission: Emission;
}

/** Emits windows that closed since the last time, by start and key. */
function emitClosed({ store, changes, windows, known, emission }: Closing, { headers }: StreamRecord, closedMs: number, run: Run): void {
  if (run.wallClockMs < known.nextEmitMs) return;
  known.nextEmitMs = run.wallClockMs + windows.emitFinalEveryMs!;
  const to = closedMs - windows.differenceMs - 1;
  if ((emission.emittedMs !== -1 && emission.emittedMs >= closedMs) || to < 0) return;
  const from = emission.emittedMs === -1 ? 0 : Math.max(0, emission.emittedMs - windows.differenceMs);
  const closed = [...store.entries(run)].filter(([, { window }]) => window!.startMs >= from && window!.startMs <= to);
  closed.sort(([a, one], [b, other]) => one.window!.startMs - other.window!.startMs || (a < b ? -1 : 1));
  for (const [, { key, window, row, timestampMs }] of closed)
    changes.emit({ key, window, before: null, after: row, timestampMs, headers }, run);
  emission.emittedMs = closedMs;
}
