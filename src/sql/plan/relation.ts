/** A stream or a table while a query is put together, with its columns (`SchemaKStream`, `SchemaKTable`). */
import { identityOf, keyFormOf } from './keyIdentity.ts';
import type { KeyForm, Row } from '../operators/row.ts';
import type { Stream } from '../operators/streams.ts';
import { filterStream, mapStream, peekNode } from '../operators/streams.ts';
import type { Table } from '../operators/tables.ts';
import { filterTable, mapTable, passTable } from '../operators/tables.ts';
import type { Run, Topology } from '../operators/topology.ts';
import type { SqlValue } from '../types/sqlType.ts';
import type { SideFormat, WindowInfo } from './catalogue.ts';
import type { RowExpression } from './compile.ts';
import type { Schema } from './schema.ts';

export type Relation = {
  readonly schema: Schema;
  /** How keys would be written were they written here. */
  readonly keyFormat: SideFormat;
  /** The windows of its keys. */
  readonly window: WindowInfo | null;
} & ({ readonly kind: 'STREAM'; readonly stream: Stream } | TableRelation);

interface TableRelation {
  readonly kind: 'TABLE';
  readonly table: Table;
  /** Whether its rows can be made of a store (`KTableHolder.getMaterializationBuilder`). */
  readonly isMaterialised: boolean;
}

export const relationKeyForm = ({ schema, keyFormat }: Pick<Relation, 'schema' | 'keyFormat'>): KeyForm => keyFormOf(schema.key, keyFormat);

/** Other columns in the value, each row made from the one before, in the step of that name (`StreamSelectBuilder`, `TableSelectBuilder`). */
export function mapRelation(
  topology: Topology,
  relation: Relation,
  name: string,
  { schema, map }: { readonly schema: Schema; readonly map: (row: Row, run: Run) => Row },
): Relation {
  const { structure } = topology;
  if (relation.kind === 'STREAM') {
    peekNode(topology, relation.stream);
    return { ...relation, schema, stream: mapStream(topology, relation.stream, name, (row, _record, run) => map(row, run)) };
  }
  const node = structure.name('KTABLE-TRANSFORMVALUES-', name);
  return {
    ...relation,
    schema,
    table: mapTable(topology, relation.table, { node, store: null, map: (row, _context, run) => map(row, run) }),
  };
}

/** The same for the last step of a query, which keeps a table's rows where no step before does. */
export function projectRelation(
  topology: Topology,
  relation: Relation,
  name: string,
  { schema, map }: { readonly schema: Schema; readonly map: (row: Row, run: Run) => Row },
): Relation {
  if (relation.kind === 'STREAM' || relation.isMaterialised) return mapRelation(topology, relation, name, { schema, map });
  const node = topology.structure.name('KTABLE-TRANSFORMVALUES-');
  const store = { name: `${name}-Last`, identity: identityOf(schema.key) };
  const table = mapTable(topology, relation.table, { node, store, map: (row, _context, run) => map(row, run) });
  return { ...relation, schema, table, isMaterialised: true };
}

/** Rows for which a condition holds, in the step of that name (`StreamFilterBuilder`, `TableFilterBuilder`). */
export function filterRelation(topology: Topology, relation: Relation, name: string, condition: RowExpression): Relation {
  const { structure } = topology;
  const holds = (row: Row, run: Run) => condition.evaluate(row, run) === true;
  if (relation.kind === 'STREAM') {
    peekNode(topology, relation.stream);
    return { ...relation, stream: filterStream(topology, relation.stream, name, holds) };
  }
  const applied = passTable(topology, relation.table, structure.name('KTABLE-TRANSFORMVALUES-', `${name}-ApplyPredicate`));
  const filtered = filterTable(topology, applied, structure.name('KTABLE-FILTER-', `${name}-Filter`), holds);
  return { ...relation, table: passTable(topology, filtered, structure.name('KTABLE-MAPVALUES-', `${name}-PostProcess`)) };
}

/** All values of one row. */
export const evaluateAll =
  (expressions: readonly RowExpression[]) =>
  (row: Row, run: Run): SqlValue[] =>
    expressions.map((expression) => expression.evaluate(row, run));
