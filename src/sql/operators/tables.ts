/** Tables: changes that go on, and rows to be looked up (`KTableImpl`, `KTableSource`, `KTableFilter`, `KTableTransformValues`). */
import type { KeyIdentity, Row, RowWindow, SourceRecord, StoredRow, StreamRecord, TableChange } from './row.ts';
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
  /** The node that changes come from. */
  readonly node: string;
  /** Source nodes of the part of the structure that it is in. */
  readonly sources: readonly string[];
  /** The row of a key now, as the operators up to here would make it (`KTableValueGetter`). */
  readonly get: (key: WindowedKey, run: Run) => StoredRow | null;
  /** Numbers of the stores that `get` reads. Who looks up rows has to ask for them: a source is kept from then on (`valueGetterSupplier`). */
  readonly stores: () => readonly number[];
  /**
   * Has the row before come with each change, which a source that is not kept cannot give: `force` has it kept from then on, else it stays as it is. Whether
   * the row before comes now (`enableSendingOldValues`).
   */
  readonly sendOldRows: (force: boolean) => boolean;
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

const rowStore = (topology: Topology, name: string, sourceTopic?: string): Store<TableRow> =>
  topology.store<TableRow>({ name, kind: 'keyValue', retentionMs: null, ...(sourceTopic !== undefined && { sourceTopic }) });

export interface SourceTable {
  readonly identity: KeyIdentity;
  readonly node: string;
  /** The name of the store, should rows be kept. */
  readonly store: string;
  /** Whether rows are kept from the beginning, not only when someone looks them up. */
  readonly isKept: boolean;
  /** The topic whose records the table is, where it can stand for the changelog, and how its records are read. */
  readonly reused?: { readonly topic: string; readonly read: (record: SourceRecord, run: Run) => StreamRecord | null };
}

/**
 * A table of records: each replaces the row of its key, a record without a value removes it, one without a key is dropped.
 */
export function tableOfStream(
  topology: Topology,
  stream: Pick<Stream, 'records' | 'node' | 'sources'>,
  { identity, node, store: name, isKept, reused }: SourceTable,
): Table {
  const { structure } = topology;
  structure.processor(node, [stream.node]);
  let store: Store<TableRow> | null = null;
  const keep = (): Store<TableRow> => {
    if (store) return store;
    const kept = rowStore(topology, name, reused?.topic);
    structure.connectStores(node, [kept.number]);
    if (reused)
      topology.restoreBy(kept.number, (record, run) => {
        const made = reused.read(record, run);
        if (!made || made.key === null) return;
        const { key, window, value: row, timestampMs } = made;
        kept.restore(windowedIdentity(identity, { key, window }), row && { key, window, row, timestampMs }, run.state);
      });
    return (store = kept);
  };
  if (isKept) keep();
  const changes = new Outlet<TableChange>();
  stream.records.connect((record: StreamRecord, run) => {
    const { key, value, timestampMs, window, headers } = record;
    if (key === null) return run.log('Skipping record due to null key.');
    const change: TableChange = { key, timestampMs, window, headers, before: null, after: value };
    const before = store && put(store, windowedIdentity(identity, { key, window }), change, run);
    changes.emit({ ...change, before }, run);
  });
  return {
    ...{ changes, node, sources: stream.sources },
    get: (key, run) => keep().get(windowedIdentity(identity, key), run) ?? null,
    stores: () => [keep().number],
    sendOldRows: (force) => (force ? keep() : store) !== null,
  };
}

/** Where a row stands while it is mapped: what pseudo columns are taken from. */
export interface RowContext {
  readonly key: Row;
  readonly timestampMs: number;
  readonly window: RowWindow | null;
}

export interface TableMap {
  readonly node: string;
  readonly map: (row: Row, context: RowContext, run: Run) => Row;
  /** Where the rows are kept, so that the row before a change is the one that was there; null: they are made again when they are looked up. */
  readonly store: { readonly name: string; readonly identity: KeyIdentity } | null;
}

/** Other rows under the same keys. */
export function mapTable(topology: Topology, table: Table, { node, map, store: kept }: TableMap): Table {
  const store = kept && rowStore(topology, kept.name);
  topology.structure.processor(node, [table.node], store ? [store.number] : []);
  const changes = new Outlet<TableChange>();
  table.changes.connect((change, run) => {
    const context: RowContext = { key: change.key!, timestampMs: change.timestampMs, window: change.window };
    const after = change.after && map(change.after, context, run);
    const before = store
      ? put(store, windowedIdentity(kept!.identity, context), { ...change, after }, run)
      : change.before && map(change.before, context, run);
    changes.emit({ ...change, before, after }, run);
  });
  const { sources } = table;
  if (store)
    return {
      ...{ changes, node, sources },
      get: (key, run) => store.get(windowedIdentity(kept.identity, key), run) ?? null,
      stores: () => [store.number],
      sendOldRows: () => true,
    };
  const get = (key: WindowedKey, run: Run): StoredRow | null => {
    const found = table.get(key, run);
    return found && { row: map(found.row, { ...key, timestampMs: found.timestampMs }, run), timestampMs: found.timestampMs };
  };
  return { ...table, changes, node, get };
}

/** A node that does nothing by itself, as what it does is done by the one before or after it. */
export function passTable(topology: Topology, table: Table, node: string): Table {
  return { ...table, node: topology.structure.processor(node, [table.node]) };
}

/**
 * Rows for which the condition does not hold are as good as none. A change between none and none goes no further, where the row before is known; where it is
 * not, each row that does not pass is told as a tombstone.
 */
export function filterTable(topology: Topology, table: Table, node: string, holds: (row: Row, run: Run) => boolean): Table {
  topology.structure.processor(node, [table.node]);
  const changes = new Outlet<TableChange>();
  const kept = (row: Row | null, run: Run) => (row !== null && holds(row, run) ? row : null);
  let isOldKnown = table.sendOldRows(false);
  table.changes.connect((change, run) => {
    const after = kept(change.after, run);
    const before = isOldKnown ? kept(change.before, run) : null;
    if (!isOldKnown || before !== null || after !== null) changes.emit({ ...change, before, after }, run);
  });
  const get = (key: WindowedKey, run: Run): StoredRow | null => {
    const found = table.get(key, run);
    return found && kept(found.row, run) ? found : null;
  };
  const sendOldRows = (force: boolean): boolean => (isOldKnown ||= table.sendOldRows(force));
  return { ...table, changes, node, get, sendOldRows };
}

/** The changes of a table as a stream of its rows; a removed row is a record without a value. */
export function streamOfTable(topology: Topology, table: Table): Stream {
  const { structure } = topology;
  const node = structure.processor(structure.name('KTABLE-TOSTREAM-'), [table.node]);
  const records = new Outlet<StreamRecord>();
  table.changes.connect(({ key, after, timestampMs, window, headers }, run) =>
    records.emit({ key, value: after, timestampMs, window, headers }, run),
  );
  return { records, node, sources: table.sources, isRekeyed: false };
}
