/** Tables that every instance has as a whole, so that a stream meets them by any key (`GlobalKTableImpl`, `KStreamGlobalKTable`). */
import type { KeyIdentity, Row, SourceRecord, StoredRow, StreamRecord } from './row.ts';
import type { Stream } from './streams.ts';
import { passStream } from './streams.ts';
import type { JoinRows } from './tableJoin.ts';
import type { TableRow } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

export interface GlobalTable {
  readonly get: (key: Row, run: Run) => StoredRow | null;
}

/**
 * The table of a topic's records of all partitions; `read` gives null for what is skipped. Its store has no changelog: it is filled from the topic. Whoever
 * runs tasks gives all tasks of an instance one and the same store.
 */
export function globalTable(
  topology: Topology,
  topic: string,
  read: (record: SourceRecord, run: Run) => StreamRecord | null,
  { identity, store: name }: { readonly identity: KeyIdentity; readonly store: string | null },
): GlobalTable {
  const { structure } = topology;
  const storeName = name ?? structure.storeName(`${topic}-`);
  const store = topology.store<TableRow>({ name: storeName, kind: 'keyValue', retentionMs: null, sourceTopic: topic, isGlobal: true });
  structure.global(structure.name('KSTREAM-SOURCE-'), structure.name('KTABLE-SOURCE-'), topic, store.number);
  const take = (record: SourceRecord, run: Run): void => {
    const made = read(record, run);
    if (!made) return;
    const { key, value: row, timestampMs, window } = made;
    if (key === null) return run.log('Skipping record due to null key.');
    store.restore(identity(key), row && { key, window, row, timestampMs }, run.state);
  };
  topology.source(topic).connect(take);
  topology.restoreBy(store.number, take);
  return { get: (key, run) => store.get(identity(key), run) ?? null };
}

export interface GlobalJoin {
  /** Null: Kafka Streams' name. */
  readonly name: string | null;
  /** The table's key that a record means; null where it means none. */
  readonly keyOf: (record: StreamRecord, run: Run) => Row | null;
  /** Also where the table has no row. */
  readonly keepsLeft: boolean;
  readonly join: JoinRows;
}

/** Joins each record of a stream with the row that it means at that moment; nothing has to be partitioned alike (`KStreamImpl.globalTableJoin`). */
export function joinStreamGlobal(
  topology: Topology,
  stream: Stream,
  table: GlobalTable,
  { name, keyOf, keepsLeft, join }: GlobalJoin,
): Stream {
  const node = topology.structure.name('KSTREAM-LEFTJOIN-', name);
  const records = new Outlet<StreamRecord>();
  stream.records.connect((record, run) => {
    const key = record.value && keyOf(record, run);
    if (record.value === null || (key === null && !keepsLeft)) return run.log('Skipping record due to null join key or value.');
    const found = key && table.get(key, run);
    if (found || keepsLeft) records.emit({ ...record, value: join(record.key, record.value, found?.row ?? null) }, run);
  });
  return { ...passStream(topology, stream, node), records };
}
