/** Aggregates per key and session (`KStreamSessionWindowAggregate`, `SessionWindows`). */
import type { Grouped, RowAggregator } from './aggregates.ts';
import { groupedInput, keptTable } from './aggregates.ts';
import type { Header, Row, TableChange } from './row.ts';
import type { Emission } from './windows.ts';
import type { Segments } from './retention.ts';
import { addToSegment, dropSegments, noSegments, removeFromSegment, segmentOf } from './retention.ts';
import type { Indexing, Store } from './store.ts';
import type { Stream } from './streams.ts';
import type { Table, TableRow, WindowedKey } from './tables.ts';
import { windowedIdentity } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

export interface SessionWindows {
  /** Records of one key that are no further apart belong to one session. */
  readonly gapMs: number;
  readonly graceMs: number;
  readonly retentionMs: number;
  /** As with windows of time: null where every update goes on. */
  readonly emitFinalEveryMs: number | null;
}

/** What the operator knows besides its rows. */
interface SessionMemory {
  streamTimeMs: number;
  nextEmitMs: number;
}

interface SessionIndex {
  /** Ids of the sessions of each key, in order of their end, then of their start. */
  readonly byKey: Map<string, string[]>;
  readonly segments: Segments;
}

const boundsOf = (id: string): readonly [startMs: number, endMs: number] => {
  const parts = id.split('\u0000');
  return [Number(parts.at(-2)), Number(parts.at(-1))];
};

function byEnd(a: string, b: string): number {
  const [[startA, endA], [startB, endB]] = [boundsOf(a), boundsOf(b)];
  return endA - endB || startA - startB;
}

/** The part of an id that is the key's. */
const keyOf = (id: string): string => id.slice(0, id.lastIndexOf('\u0000', id.lastIndexOf('\u0000') - 1));

const indexing = (retentionMs: number): Indexing<TableRow, SessionIndex> => ({
  initial: () => ({ byKey: new Map(), segments: noSegments() }),
  added: ({ byKey, segments }, id) => {
    const key = keyOf(id);
    byKey.set(key, [...(byKey.get(key) ?? []), id].sort(byEnd));
    addToSegment(segments, id, segmentOf(boundsOf(id)[1], retentionMs));
  },
  removed: ({ byKey, segments }, id) => {
    const key = keyOf(id);
    const rest = (byKey.get(key) ?? []).filter((one) => one !== id);
    if (rest.length > 0) byKey.set(key, rest);
    else byKey.delete(key);
    removeFromSegment(segments, id, segmentOf(boundsOf(id)[1], retentionMs));
  },
});

/**
 * One state per key and session. A record joins the sessions within the gap around it to one: they are taken out, which their tombstones tell, and the
 * joined one put in. A record whose session closed is dropped.
 */
export function aggregateSessions(
  topology: Topology,
  stream: Stream,
  aggregator: RowAggregator,
  grouped: Grouped,
  windows: SessionWindows,
): Table {
  const { identity } = grouped;
  const { gapMs, graceMs, emitFinalEveryMs } = windows;
  const { node, input } = groupedInput(topology, stream, grouped);
  const retentionMs = Math.max(windows.retentionMs, gapMs + graceMs);
  const store = topology.store<TableRow, SessionIndex>({ name: grouped.store, kind: 'session', retentionMs }, indexing(retentionMs));
  const memory = topology.memory<SessionMemory>({ survives: 'none' }, () => ({ streamTimeMs: -1, nextEmitMs: 0 }));
  const emission = topology.memory<Emission>({ survives: 'commit' }, () => ({ emittedMs: -1 }));
  const changes = new Outlet<TableChange>();
  topology.structure.processor(node, [input.node], [store.number]);
  input.records.connect((record, run) => {
    const { key, value, headers, timestampMs } = record;
    if (key === null || value === null) return run.log('Skipping record due to null key or value.');
    const known = memory(run);
    known.streamTimeMs = Math.max(known.streamTimeMs, timestampMs);
    const closedMs = known.streamTimeMs - graceMs - gapMs;
    const ids = store.index(run).byKey.get(identity(key)) ?? [];
    const near = ids.map((id) => ({ id, ...sessionOf(store, id, run) })).filter((one) => isNear(one, timestampMs, gapMs));
    const startMs = Math.min(timestampMs, ...near.map((one) => one.startMs));
    const endMs = Math.max(timestampMs, ...near.map((one) => one.endMs));
    if (endMs < closedMs) run.log('Skipping record for expired window.');
    else {
      const merged = near.reduce<Row | null>((row, one) => aggregator.merge(row, one.row, run), aggregator.initial());
      const isNew = startMs === endMs;
      const removed = isNew ? [] : near;
      const session: TableRow = {
        key,
        window: { startMs, endMs, kind: 'session' },
        row: aggregator.add(value, merged, run),
        timestampMs: endMs,
      };
      for (const { id } of removed) store.put(id, null, run);
      store.put(windowedIdentity(identity, session), session, run);
      if (emitFinalEveryMs === null) {
        for (const { window, row, endMs: end } of removed)
          changes.emit({ key, before: row, after: null, timestampMs: end, window, headers }, run);
        changes.emit({ key, before: null, after: session.row, timestampMs: endMs, window: session.window, headers }, run);
      }
    }
    if (emitFinalEveryMs !== null) emitClosed({ known, emission: emission(run), store, closedMs, headers }, emitFinalEveryMs, changes, run);
    dropSegments(store, { oldestMs: known.streamTimeMs - retentionMs, retentionMs }, run);
  });
  const get = (key: WindowedKey, run: Run): TableRow | null => (key.window && store.get(windowedIdentity(identity, key), run)) ?? null;
  return keptTable({ changes, node, sources: input.sources, get }, store.number);
}

type SessionStore = Store<TableRow, SessionIndex>;

function sessionOf(store: SessionStore, id: string, run: Run): Session {
  const session = store.get(id, run)!;
  const { startMs, endMs } = session.window!;
  return { ...session, startMs, endMs };
}

interface Session extends TableRow {
  readonly startMs: number;
  readonly endMs: number;
}

const isNear = ({ startMs, endMs }: Session, timestampMs: number, gapMs: number): boolean =>
  endMs >= timestampMs - gapMs && startMs <= timestampMs + gapMs;

interface Closing {
  readonly known: SessionMemory;
  readonly emission: Emission;
  readonly store: SessionStore;
  readonly closedMs: number;
  readonly headers: readonly Header[];
}

function emitClosed({ known, emission, store, closedMs, headers }: Closing, everyMs: number, changes: Outlet<TableChange>, run: Run): void {
  if (run.wallClockMs < known.nextEmitMs) return;
  known.nextEmitMs = run.wallClockMs + everyMs;
  if (emission.emittedMs !== -1 && emission.emittedMs >= closedMs) return;
  const from = Math.max(0, emission.emittedMs);
  if (closedMs - 1 < from) return;
  const closed = [...store.entries(run)].filter(([, { timestampMs }]) => timestampMs >= from && timestampMs < closedMs);
  closed.sort(([a], [b]) => byEnd(a, b) || (a < b ? -1 : 1));
  for (const [, { key, window, row, timestampMs }] of closed)
    changes.emit({ key, before: null, after: row, timestampMs, window, headers }, run);
  emission.emittedMs = closedMs;
}
