/** Aggregates per key and session (`KStreamSessionWindowAggregate`, `SessionWindows`). */
import type { RowAggregator } from './aggregates.ts';
import type { Header, KeyIdentity, Row, RowWindow, TableChange } from './row.ts';
import type { Stream } from './streams.ts';
import type { Table } from './tables.ts';
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

interface Session {
  readonly key: Row;
  readonly startMs: number;
  readonly endMs: number;
  readonly row: Row;
}

interface SessionState {
  streamTimeMs: number;
  emittedMs: number;
  nextEmitMs: number;
  /** By key, in order of their end. */
  readonly sessions: Map<string, readonly Session[]>;
}

const windowOf = ({ startMs, endMs }: Session): RowWindow => ({ startMs, endMs, kind: 'session' });

/**
 * One state per key and session. A record joins the sessions within the gap around it to one: they are taken out, which their tombstones tell, and the
 * joined one put in. A record whose session closed is dropped.
 */
export function aggregateSessions(
  topology: Topology,
  stream: Stream,
  aggregator: RowAggregator,
  identity: KeyIdentity,
  windows: SessionWindows,
): Table {
  const store = topology.store<SessionState>(() => ({ streamTimeMs: -1, emittedMs: -1, nextEmitMs: 0, sessions: new Map() }));
  const changes = new Outlet<TableChange>();
  stream.connect((record, run) => {
    const { key, value, headers, timestampMs } = record;
    if (key === null || value === null) return run.log('Skipping record due to null key or value.');
    const state = store(run);
    state.streamTimeMs = Math.max(state.streamTimeMs, timestampMs);
    const closedMs = state.streamTimeMs - windows.graceMs - windows.gapMs;
    const id = identity(key);
    const sessions = state.sessions.get(id) ?? [];
    const near = sessions.filter(({ startMs, endMs }) => endMs >= timestampMs - windows.gapMs && startMs <= timestampMs + windows.gapMs);
    const joined = near.reduce<Session>(
      (all, { startMs, endMs, row }) => ({
        key,
        startMs: Math.min(all.startMs, startMs),
        endMs: Math.max(all.endMs, endMs),
        row: aggregator.merge(all.row, row),
      }),
      { key, startMs: timestampMs, endMs: timestampMs, row: aggregator.initial() },
    );
    if (joined.endMs < closedMs) run.log('Skipping record for expired window.');
    else {
      const isNew = joined.startMs === joined.endMs;
      const session: Session = { ...joined, row: aggregator.add(value, joined.row, run) };
      const rest = sessions.filter((old) => !near.includes(old));
      state.sessions.set(
        id,
        [...rest, session].sort((a, b) => a.endMs - b.endMs || a.startMs - b.startMs),
      );
      if (windows.emitFinalEveryMs === null) {
        const removed = isNew ? [] : near;
        for (const old of removed)
          changes.emit({ key, before: old.row, after: null, timestampMs: old.endMs, window: windowOf(old), headers }, run);
        changes.emit({ key, before: null, after: session.row, timestampMs: session.endMs, window: windowOf(session), headers }, run);
      }
    }
    if (windows.emitFinalEveryMs !== null) emitClosed({ state, closedMs, headers }, windows.emitFinalEveryMs, changes, run);
    forget(state, id, windows);
  });
  return {
    changes,
    get: ({ key, window }, run) => {
      const found = store(run)
        .sessions.get(identity(key))
        ?.find(({ startMs, endMs }) => startMs === window?.startMs && endMs === window.endMs);
      return found ? { row: found.row, timestampMs: found.endMs } : null;
    },
  };
}

function emitClosed(
  { state, closedMs, headers }: { state: SessionState; closedMs: number; headers: readonly Header[] },
  everyMs: number,
  changes: Outlet<TableChange>,
  run: Run,
): void {
  if (run.wallClockMs < state.nextEmitMs) return;
  state.nextEmitMs = run.wallClockMs + everyMs;
  if (state.emittedMs !== -1 && state.emittedMs >= closedMs) return;
  const from = Math.max(0, state.emittedMs);
  const closed = [...state.sessions].flatMap(([id, sessions]) =>
    sessions.filter(({ endMs }) => endMs >= from && endMs < closedMs).map((session) => ({ id, session })),
  );
  if (closedMs - 1 < from) return;
  closed.sort((a, b) => a.session.endMs - b.session.endMs || a.session.startMs - b.session.startMs || (a.id < b.id ? -1 : 1));
  for (const { session } of closed)
    changes.emit(
      { key: session.key, before: null, after: session.row, timestampMs: session.endMs, window: windowOf(session), headers },
      run,
    );
  state.emittedMs = closedMs;
}

function forget(state: SessionState, id: string, { retentionMs, gapMs, graceMs }: SessionWindows): void {
  const oldestMs = state.streamTimeMs - Math.max(retentionMs, gapMs + graceMs);
  const sessions = state.sessions.get(id);
  if (sessions && sessions.length > 1 && sessions[0]!.endMs < oldestMs)
    state.sessions.set(
      id,
      sessions.filter(({ endMs }) => endMs >= oldestMs),
    );
}
