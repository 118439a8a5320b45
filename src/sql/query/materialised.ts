/** Rows of materialised tables, as hosts keep them, and the ones of them that a lookup reads (`KsMaterializedTable`, `KsMaterializedWindowTable`). */
import type { SourceRecord } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import { Topology } from '../operators/topology.ts';
import { streamOfTable, windowedIdentity } from '../operators/tables.ts';
import type { DataSource } from '../plan/catalogue.ts';
import { identityOf } from '../plan/keyIdentity.ts';
import { relationOfSource } from '../plan/sourceRelation.ts';
import type { SourceOptions } from '../plan/sourceRelation.ts';
import type { MaterialisedRow } from '../plan/storedTable.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Lookup, RangeOperator } from './lookup.ts';
import type { WindowBounds } from './windowBounds.ts';
import { contains } from './windowBounds.ts';

/** Rows of a store that a partition of a table has, in the order of their keys' bytes, windows by time. */
export function inStoreOrder(table: DataSource, rows: Iterable<MaterialisedRow>): MaterialisedRow[] {
  const identity = identityOf(table.schema.key);
  const keyed = [...rows].map((row) => ({ row, id: identity(row.key) }));
  const start = ({ row }: (typeof keyed)[number]) => row.window?.startMs ?? 0;
  return keyed.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : start(a) - start(b))).map(({ row }) => row);
}

const within = ({ window }: MaterialisedRow, bounds: WindowBounds | null): boolean =>
  bounds === null || window === null || (contains(bounds.start, window.startMs) && contains(bounds.end, window.endMs));

const inRange: Readonly<Record<RangeOperator, (id: string, bound: string) => boolean>> = {
  '<': (id, bound) => id < bound,
  '<=': (id, bound) => id <= bound,
  '>': (id, bound) => id > bound,
  '>=': (id, bound) => id >= bound,
};

/**
 * The rows that a lookup reads: for keys one key after the other, else in the store's order. Throws SqlError where all sessions are asked for, which
 * ksqlDB cannot.
 * @param rows those of one partition, in its store's order
 */
export function readRows(table: DataSource, lookup: Lookup, rows: readonly MaterialisedRow[]): MaterialisedRow[] {
  const identity = identityOf(table.schema.key);
  switch (lookup.kind) {
    case 'keys': {
      const seen = new Set<string>();
      return lookup.keys.flatMap(({ key, bounds }) => {
        const id = identity(key);
        const constraint = `${id} ${JSON.stringify(bounds)}`;
        if (seen.has(constraint)) return [];
        seen.add(constraint);
        return rows.filter((row) => identity(row.key) === id && within(row, bounds));
      });
    }
    case 'range': {
      const bound = identity(lookup.key);
      return rows.filter((row) => inRange[lookup.operator](identity(row.key), bound));
    }
    case 'scan':
      if (table.window?.type === 'SESSION') throw new SqlError('Table scan unsupported on session tables');
      return [...rows];
  }
}

/** The rows of a table whose topic holds these records: the last of each key, and window. Records that do not fit are left out. */
export function materialise(
  table: DataSource,
  records: Iterable<SourceRecord>,
  options: SourceOptions,
  run: Omit<Run, 'state'>,
): MaterialisedRow[] {
  const topology = new Topology();
  const relation = relationOfSource(topology, table, 'KsqlTopic', options);
  const identity = identityOf(table.schema.key);
  const rows = new Map<string, MaterialisedRow>();
  const stream = relation.kind === 'TABLE' ? streamOfTable(topology, relation.table) : relation.stream;
  const width = table.schema.value.length + table.headers.length;
  stream.records.connect(({ key, value, timestampMs, window }) => {
    const id = windowedIdentity(identity, { key: key!, window });
    rows.delete(id);
    if (value) rows.set(id, { key: key!, value: value.slice(0, width), timestampMs, window });
  });
  const running: Run = { ...run, state: topology.initialState() };
  for (const record of records) topology.process(table.topic, record, running);
  return inStoreOrder(table, rows.values());
}
