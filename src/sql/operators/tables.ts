/** Tables: changes that go on, and rows to be looked up (`KTableImpl`, `KTableSource`, `KTableFilter`, `KTableTransformValues`). */
import type { KeyIdentity, Row, RowWindow, StoredRow, TableChange } from './row.ts';
import type { Store } from './store.ts';
import type { Stream } from './streams.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

/** What a row of a table is found by. */
export interface WindowedKey {
  readonly key: Row;
  readonly window: RowWindow | null;
}

export interface Table {
  readonly changes: Outlet<TableChange>;
  /** The row of a key now, as the operators up to here would make it (`KTableValueGetter`). */
  readonly get: (key: WindowedKey, run: Run) => StoredRow | null;
}

/** An entry of a store of rows, found by `windowedIdentity`. */
export interface TableRow extends StoredRow, WindowedKey {}

/** A key with its window, as stores find it: windows of time by their start alone, sessions by both ends (`WindowKeySchema`, `SessionKeySchema`). */
export function windowedIdentity(identity: KeyIdentity, { key, window }: WindowedKey): string {
  if (window === null) return identity(key);
  const start = `${identity(key)}\u0000${String(window.startMs)}`;
  return window.kind === 'time' ? start : `${start}\u0000${String(window.endMs)}`;
}

/** Writes a row, a null row takes it out; the row that was there. */
function put(store: Store<TableRow>, id: string, { key, window, after, timestampMs }: TableChange, run: Run): Row | null {
  const before = store.get(id, run)?.row ?? null;
  store.put(id, after && { key: key!, window, row: after, timestampMs }, run);
  return before;
}

/**
 * A table of a topic's records: each replaces the row of its key, a record without a value removes it, one without a key is dropped.
 */
export function tableOfStream(topology: Topology, stream: Stream, identity: KeyIdentity, storeName: string): Table {
  const store = topology.store<TableRow>({ name: storeName, kind: 'keyValue', retentionMs: null });
  const changes = new Outlet<TableChange>();
  stream.connect((record, run) => {
    const { key, value, timestampMs, window, headers } = record;
    if (key === null) return run.log('Skipping record due to null key.');
    const change: TableChange = { key, timestampMs, window, headers, before: null, after: value };
    const before = put(store, windowedIdentity(identity, { key, window }), change, run);
    changes.emit({ ...change, before }, run);
  });
  return { changes, get: (key, run) => store.get(windowedIdentity(identity, key), run) ?? null };
}

/** Keeps a table's rows, so that the row before a change is the one that was there (`KTableTransformValues` with a store). */
export function materialise(topology: Topology, table: Table, identity: KeyIdentity, storeName: string): Table {
  const store = topology.store<TableRow>({ name: storeName, kind: 'keyValue', retentionMs: null });
  const changes = new Outlet<TableChange>();
  table.changes.connect((change, run) => {
    const before = put(store, windowedIdentity(identity, { key: change.key!, window: change.window }), change, run);
    changes.emit({ ...change, before }, run);
  });
  return { changes, get: (key, run) => store.get(windowedIdentity(identity, key), run) ?? null };
}

/** Rows for which the condition does not hold are as good as none; a change between none and none goes no further. */
export function filterTable(table: Table, holds: (row: Row, run: Run) => boolean): Table {
  const changes = new Outlet<TableChange>();
  const kept = (row: Row | null, run: Run) => (row !== null && holds(row, run) ? row : null);
  table.changes.connect((change, run) => {
    const after = kept(change.after, run);
    const before = kept(change.before, run);
    if (before !== null || after !== null) changes.emit({ ...change, before, after }, run);
  });
  return {
    changes,
    get: (key, run) => {
      const found = table.get(key, run);
      return found && kept(found.row, run) ? found : null;
    },
  };
}

/** Where a row stands while it is mapped: what pseudo columns are taken from. */
export interface RowContext {
  readonly key: Row;
  readonly timestampMs: number;
  readonly window: RowWindow | null;
}

/** Other rows under the same keys. */
export function mapTable(table: Table, map: (row: Row, context: RowContext, run: Run) => Row): Table {
  const changes = new Outlet<TableChange>();
  table.changes.connect((change, run) => {
    const context: RowContext = { key: change.key!, timestampMs: change.timestampMs, window: change.window };
    const after = change.after && map(change.after, context, run);
    const before = change.before && map(change.before, context, run);
    changes.emit({ ...change, before, after }, run);
  });
  return {
    changes,
    get: (key, run) => {
      const found = table.get(key, run);
      return found && { row: map(found.row, { ...key, timestampMs: found.timestampMs }, run), timestampMs: found.timestampMs };
    },
  };
}

/** The changes of a table as a stream of its rows; a removed row is a record without a value. */
export function streamOfTable(table: Table): Stream {
  const stream: Stream = new Outlet();
  table.changes.connect(({ key, after, timestampMs, window, headers }, run) =>
    stream.emit({ key, value: after, timestampMs, window, headers }, run),
  );
  return stream;
}
