/** Aggregates per key, of a stream (`KStreamAggregate`) and of a table (`KTableRepartitionMap`, `KTableAggregate`). */
import type { KeyForm, KeyIdentity, Row, StoredRow, StreamRecord, TableChange } from './row.ts';
import type { Store } from './store.ts';
import type { Stream } from './streams.ts';
import { repartitionStream } from './streams.ts';
import type { NodePrefix } from './structure.ts';
import type { Table, TableRow, WindowedKey } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

/** An aggregate over rows (`KudafAggregator`): its state is a row too, so it is plain data. */
export interface RowAggregator {
  /** The state before the first row; null where the first row itself is the state, as in a reduction. */
  readonly initial: () => Row | null;
  readonly add: (row: Row, state: Row | null, run: Run) => Row;
  /** Takes a row back that was added; only where all functions can. */
  readonly undo?: (row: Row, state: Row, run: Run) => Row;
  /** Joins the states of two sessions. */
  readonly merge: (left: Row | null, right: Row, run: Run) => Row;
}

/** Combines the rows of a group to one, two at a time (`Reducer`); `undo` takes one back, for tables. */
export function reducer(reduce: (state: Row, row: Row, run: Run) => Row, undo?: (state: Row, row: Row, run: Run) => Row): RowAggregator {
  return {
    initial: () => null,
    add: (row, state, run) => (state ? reduce(state, row, run) : row),
    merge: (left, right, run) => (left ? reduce(left, right, run) : right),
    ...(undo && { undo: (row: Row, state: Row, run: Run) => undo(state, row, run) }),
  };
}

/** Groups of one key, and where their aggregates are kept. */
export interface Grouped extends KeyForm {
  readonly store: string;
  /** The name of the internal topic, should rows have to move to be with their group; null: the store's. */
  readonly repartition: string | null;
  /** What the node is named after; Kafka Streams' aggregates where it is left out. */
  readonly prefix?: NodePrefix;
}

/** The node that aggregates a stream, and its records where those of a group are together (`GroupedStreamAggregateBuilder`). */
export function groupedInput(
  topology: Topology,
  stream: Stream,
  { payload, store, repartition, prefix = 'KSTREAM-AGGREGATE-' }: Grouped,
): { readonly node: string; readonly input: Stream } {
  const node = topology.structure.name(prefix);
  if (!stream.isRekeyed) return { node, input: stream };
  return { node, input: repartitionStream(topology, stream, { payload, name: repartition ?? store, keepsNullKeys: false }) };
}

const storeOf = (topology: Topology, name: string): Store<TableRow> =>
  topology.store<TableRow>({ name, kind: 'keyValue', retentionMs: null });

const getter =
  (store: Store<TableRow>, identity: KeyIdentity) =>
  ({ key }: WindowedKey, run: Run): StoredRow | null =>
    store.get(identity(key), run) ?? null;

/** One state per key, which each record of the key is added to; records without a key are dropped. */
export function aggregateStream(topology: Topology, stream: Stream, aggregator: RowAggregator, grouped: Grouped): Table {
  const { identity } = grouped;
  const { node, input } = groupedInput(topology, stream, grouped);
  const store = storeOf(topology, grouped.store);
  topology.structure.processor(node, [input.node], [store.number]);
  const changes = new Outlet<TableChange>();
  input.records.connect((record: StreamRecord, run) => {
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
  return keptTable({ changes, node, sources: input.sources, get: getter(store, identity) }, store.number);
}

/** A table that is kept in one store. */
export const keptTable = (table: Pick<Table, 'changes' | 'node' | 'sources' | 'get'>, store: number): Table => ({
  ...table,
  stores: () => [store],
  sendOldRows: () => true,
});

/** A table by other keys, before it is aggregated. */
export interface GroupedTable {
  readonly changes: Outlet<TableChange>;
  readonly node: string;
}

/** Rows under another key: the row before the change leaves its old group, the one after it enters its new one, in this order, or both in one change. */
export function regroupTable(
  topology: Topology,
  table: Table,
  node: string,
  { keyOf, identity }: { readonly keyOf: (row: Row, run: Run) => Row | null; readonly identity: KeyIdentity },
): GroupedTable {
  table.sendOldRows(true);
  topology.structure.processor(node, [table.node]);
  const changes = new Outlet<TableChange>();
  table.changes.connect((change, run) => {
    const oldKey = change.before && keyOf(change.before, run);
    const newKey = change.after && keyOf(change.after, run);
    if (oldKey && newKey && identity(oldKey) === identity(newKey)) return changes.emit({ ...change, key: oldKey }, run);
    if (oldKey) changes.emit({ ...change, key: oldKey, after: null }, run);
    if (newKey) changes.emit({ ...change, key: newKey, before: null }, run);
  });
  return { changes, node };
}

/** One state per group, which rows are taken out of and added to once they are in the partition of the group (`KGroupedTableImpl.doAggregate`). */
export function aggregateTable(
  topology: Topology,
  regrouped: GroupedTable,
  aggregator: RowAggregator,
  { identity, payload, store: storeName, repartition, prefix = 'KTABLE-AGGREGATE-' }: Grouped,
): Table {
  const { structure } = topology;
  const [sink, source] = [structure.name('KSTREAM-SINK-'), structure.name('KSTREAM-SOURCE-')];
  const node = structure.name(prefix);
  const topic = `${repartition ?? storeName}-repartition`;
  const channel = topology.channel<TableChange>({ name: topic, partitionKey: ({ key }) => payload(key) });
  regrouped.changes.connect(channel.send);
  structure.sink(sink, topic, [regrouped.node]);
  structure.source(source, topic);
  const store = storeOf(topology, storeName);
  structure.processor(node, [source], [store.number]);
  const changes = new Outlet<TableChange>();
  channel.outlet.connect((change, run) => {
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
  return keptTable({ changes, node, sources: [source], get: getter(store, identity) }, store.number);
}
