/** The rows of a query's result where a task keeps them, for those who ask for rows (`KsMaterialization`, `KTableHolder.getMaterializationBuilder`). */
import type { Row, RowWindow } from '../operators/row.ts';
import type { Table, TableRow, WindowedKey } from '../operators/tables.ts';
import { windowedIdentity } from '../operators/tables.ts';
import type { Run } from '../operators/topology.ts';
import type { DataSource } from './catalogue.ts';
import { serdeOf } from './catalogue.ts';
import { identityOf } from './keyIdentity.ts';
import type { Relation } from './relation.ts';

/** A row as those who ask for it get it. */
export interface MaterialisedRow {
  readonly key: Row;
  /** The columns of the value, then those that hold headers. */
  readonly value: Row;
  readonly timestampMs: number;
  readonly window: RowWindow | null;
}

export interface StoredTable {
  /** Numbers of the stores that rows are made of. */
  readonly stores: readonly number[];
  /** The rows that the run's state has, in no order. */
  readonly rows: (run: Run) => Iterable<MaterialisedRow>;
  /** The row of one key, and window; null where there is none. */
  readonly row: (key: WindowedKey, run: Run) => MaterialisedRow | null;
}

/** Values as the format of a store gives them back: Protocol Buffers know no null of a scalar. */
function inFormat({ valueFormat, schema }: DataSource): (value: Row) => Row {
  if (!valueFormat.format.startsWith('PROTOBUF')) return (value) => value;
  const { serialise, deserialise } = serdeOf({ ...valueFormat, format: 'PROTOBUF_NOSR' }, schema.value);
  return (value) => deserialise(serialise(value)) ?? value;
}

/** Keys that stores have entries of, each once. */
function* keysIn(stores: readonly number[], identity: (key: WindowedKey) => string, { state }: Run): Generator<WindowedKey> {
  const seen = new Set<string>();
  for (const store of stores)
    for (const entry of state.stores[store]!.values() as Iterable<TableRow>) {
      const id = identity(entry);
      if (seen.has(id)) continue;
      seen.add(id);
      yield entry;
    }
}

/** The rows of a table that a query makes, in the form of its sink. */
export function storedTable(table: Table, { schema }: Relation, sink: DataSource): StoredTable {
  const stores = table.stores();
  const at = sink.schema.value.map(({ name }) => schema.value.findIndex((column) => column.name === name));
  const stored = inFormat(sink);
  const keyIdentity = identityOf(sink.schema.key);
  const identity = (key: WindowedKey) => windowedIdentity(keyIdentity, key);
  const row = ({ key, window }: WindowedKey, run: Run): MaterialisedRow | null => {
    const found = table.get({ key, window }, run);
    return found && { key, window, value: stored(at.map((index) => found.row[index] ?? null)), timestampMs: found.timestampMs };
  };
  return {
    ...{ stores, row },
    *rows(run) {
      for (const key of keysIn(stores, identity, run)) {
        const found = row(key, run);
        if (found) yield found;
      }
    },
  };
}
