/** A stream or a table while a query is put together, with its columns (`SchemaKStream`, `SchemaKTable`). */
import { identityOf, keyFormOf } from './keyIdentity.ts';
import type { KeyForm, KeyIdentity, Row } from '../operators/row.ts';
import type { Stream } from '../operators/streams.ts';
import { filterStream, mapStream } from '../operators/streams.ts';
import type { Table } from '../operators/tables.ts';
import { filterTable, mapTable } from '../operators/tables.ts';
import type { Run } from '../operators/topology.ts';
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
} & ({ readonly kind: 'STREAM'; readonly stream: Stream } | { readonly kind: 'TABLE'; readonly table: Table });

export const keyIdentityOf = ({ schema }: Pick<Relation, 'schema'>): KeyIdentity => identityOf(schema.key);
export const relationKeyForm = ({ schema, keyFormat }: Pick<Relation, 'schema' | 'keyFormat'>): KeyForm => keyFormOf(schema.key, keyFormat);

/** Other columns in the value, each row made from the one before. */
export function mapRelation(relation: Relation, schema: Schema, map: (row: Row, run: Run) => Row): Relation {
  if (relation.kind === 'STREAM') return { ...relation, schema, stream: mapStream(relation.stream, (row, _record, run) => map(row, run)) };
  return { ...relation, schema, table: mapTable(relation.table, (row, _context, run) => map(row, run)) };
}

export function filterRelation(relation: Relation, condition: RowExpression): Relation {
  const holds = (row: Row, run: Run) => condition.evaluate(row, run) === true;
  if (relation.kind === 'STREAM') return { ...relation, stream: filterStream(relation.stream, holds) };
  return { ...relation, table: filterTable(relation.table, holds) };
}

/** All values of one row. */
export const evaluateAll =
  (expressions: readonly RowExpression[]) =>
  (row: Row, run: Run): SqlValue[] =>
    expressions.map((expression) => expression.evaluate(row, run));
