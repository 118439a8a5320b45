/** Aggregates per key, of a stream (`KStreamAggregate`) and of a table (`KTableRepartitionMap`, `KTableAggregate`). */
import type { KeyForm, KeyIdentity, Row, StoredRow, StreamRecord, TableChange } from './row.ts';
import type { Store } from './store.ts';
import type { Stream } from './streams.ts';
import type { Table, TableRow, WindowedKey } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

/** An aggregate over rows (`KudafAggregator`): its state is a row too, so it is plain data. */
export interface RowAggregator {
  readonly initial: () => Row;
  readonly add: (row: Row, state: Row, run: Run) => Row;
  /** Takes a row back that was added; only where all functions can. */
  readonly undo?: (row: Row, state: Row, run: Run) => Row;
  /** Joins the states of two sessions. */
  readonly merge: (left: Row, right: Row) => Row;
}

/** What a table of aggregates is kept in. */
export interface AggregateStore {
  readonly identity: KeyIdentity;
  readonly name: string;
}

const storeOf = (topology: Topology, name: string): Store<TableRow> =>
  topology.store<TableRow>({ name, kind: 'keyValue', retentionMs: null });

const getter =
  (store: Store<TableRow>, identity: KeyIdentity) =>
  ({ key }: WindowedKey, run: Run): StoredRow | null =>
    store.get(identity(key), run) ?? null;

/** One state per key, which each record of the key is added to; records without a key are dropped. */
export function aggregateStream(topology: Topology, stream: Stream, aggregator: RowAggregator, { identity, name }: AggregateStore): Table {
  const store = storeOf(topology, name);
  const changes = new Outlet<TableChange>();
  stream.connect((record: StreamRecord, run) => {
    const { key, value } = record;
    if (key === null || value === null) return run.log('Skipping record due to null key or value.');
    const id = identity(key);
    const old = store.get(id, run);
    const before = old?.row ?? aggregator.initial();
    const after = aggregator.add(value, before, run);
    const timestampMs = Math.max(record.timestampMs, old?.timestampMs ?? record.timestampMs);
    store.put(id, { key, window: null, row: after, timestampMs }, run);
    changes.emit({ key, before, after, timestampMs, window: null, headers: record.headers }, run);
  });
  return { changes, get: getter(store, identity) };
}

/** Rows under another key, through the internal topic of that name: the row before the change leaves its old group, the one after it enters its new one, in this order, or both in one change. */
export function regroupTable(
  topology: Topology,
  table: Table,
  keyOf: (row: Row, run: Run) => Row | null,
  { identity, payload, name }: KeyForm & { readonly name: string },
): Outlet<TableChange> {
  const channel = topology.channel<TableChange>({ name, partitionKey: ({ key }) => payload(key) });
  table.changes.connect((change, run) => {
    const oldKey = change.before && keyOf(change.before, run);
    const newKey = change.after && keyOf(change.after, run);
    if (oldKey && newKey && identity(oldKey) === identity(newKey)) return channel.send({ ...change, key: oldKey }, run);
    if (oldKey) channel.send({ ...change, key: oldKey, after: null }, run);
    if (newKey) channel.send({ ...change, key: newKey, before: null }, run);
  });
  return channel.outlet;
}

/** One state per group, which rows are taken out of and added to. */
export function aggregateTable(
  topology: Topology,
  regrouped: Outlet<TableChange>,
  aggregator: RowAggregator,
  { identity, name }: AggregateStore,
): Table {
  const store = storeOf(topology, name);
  const changes = new Outlet<TableChange>();
  regrouped.connect((change, run) => {
    const key = change.key!;
    const id = identity(key);
    const old = store.get(id, run);
    let state = old?.row ?? null;
    if (change.before && state && aggregator.undo) state = aggregator.undo(change.before, state, run);
    if (change.after) state = aggregator.add(change.after, state ?? aggregator.initial(), run);
    const timestampMs = Math.max(change.timestampMs, old?.timestampMs ?? change.timestampMs);
    if (state) store.put(id, { key, window: null, row: state, timestampMs }, run);
    changes.emit({ ...change, key, before: old?.row ?? null, after: state, timestampMs }, run);
  });
  return { changes, get: getter(store, identity) };
}
