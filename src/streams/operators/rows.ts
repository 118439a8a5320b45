/** A stream or table on its way through a chain, with the columns of its rows. */
import type { Row } from '../../sql/operators/row.ts';
import { mapStream } from '../../sql/operators/streams.ts';
import { mapTable } from '../../sql/operators/tables.ts';
import type { Run, Topology } from '../../sql/operators/topology.ts';
import type { DataSource } from '../../sql/plan/catalogue.ts';
import type { Functions, RowExpression } from '../../sql/plan/compile.ts';
import type { PlanConfig } from '../../sql/plan/planConfig.ts';
import type { Relation } from '../../sql/plan/relation.ts';
import { pseudoColumns, windowBounds, type Column, type Schema } from '../../sql/plan/schema.ts';
import type { ParseTimestamp } from '../../sql/plan/timestamps.ts';
import type { Expression, Place } from '../../sql/syntax/ast.ts';
import { SqlError } from '../../sql/syntax/sqlError.ts';
import type { SqlType } from '../../sql/types/sqlType.ts';
import { typeText } from '../../sql/types/typeText.ts';

/** What is at hand while a chain is compiled. */
export interface ChainContext {
  readonly topology: Topology;
  readonly functions: Functions;
  readonly config: PlanConfig;
  readonly parseTimestamp: ParseTimestamp;
  /** What is known of a topic's records. Throws SqlError where nothing is. */
  readonly sourceOf: (topic: string, at: Place) => DataSource;
}

/**
 * Rows are the fields that operators make and sinks write, then what goes with them: time, partition and offset, the key's columns, and the bounds of the key's window.
 */
export interface Rows {
  readonly relation: Relation;
  /** How many of the row's columns are fields, and how many follow before the key's. */
  readonly fields: number;
  readonly pseudo: number;
  /** How long after their end its windows take records; null where there are none. */
  readonly graceMs: number | null;
}

export type StreamRows = Rows & { readonly relation: Extract<Relation, { kind: 'STREAM' }> };
export type TableRows = Rows & { readonly relation: Extract<Relation, { kind: 'TABLE' }> };

export const isStream = (rows: Rows): rows is StreamRows => rows.relation.kind === 'STREAM';
export const isTable = (rows: Rows): rows is TableRows => rows.relation.kind === 'TABLE';
/** Columns of rows, which may be of a table that is no part of the tasks. */
export type Shaped = Pick<Rows, 'fields' | 'pseudo'> & { readonly relation: { readonly schema: Schema } };

export const fieldsOf = ({ relation, fields }: Shaped): readonly Column[] => relation.schema.value.slice(0, fields);

/** Columns of what an aggregate or a join makes: its fields, the pseudo columns, the key, and bounds where there are windows. */
export const columnsWith = (fields: readonly Column[], key: readonly Column[], isWindowed: boolean): Column[] => [
  ...fields,
  ...pseudoColumns,
  ...key,
  ...(isWindowed ? windowBounds : []),
];

/** An expression over the columns of rows. Throws SqlError where it has no type. */
export function compiled(
  { functions }: ChainContext,
  expression: Expression,
  columns: readonly Column[],
): RowExpression & { readonly type: SqlType } {
  const { type, evaluate } = functions.compile(expression, columns);
  if (type === null) throw new SqlError('NULL has no type: cast it to one.', expression.at);
  return { type, evaluate };
}

/** A condition over the columns of rows. */
export function condition(context: ChainContext, expression: Expression, { relation }: Rows): (row: Row, run: Run) => boolean {
  const { type, evaluate } = compiled(context, expression, relation.schema.value);
  if (type.base !== 'BOOLEAN') throw new SqlError(`A condition has to be BOOLEAN, but this is ${typeText(type)}.`, expression.at);
  return (row, run) => evaluate(row, run) === true;
}

/** Other fields, with what goes with the row as it was. */
export function withFields(context: ChainContext, rows: Rows, fields: readonly Column[], make: (row: Row, run: Run) => Row): Rows {
  const { topology } = context;
  const { relation } = rows;
  const schema = { key: relation.schema.key, value: [...fields, ...relation.schema.value.slice(rows.fields)] };
  const map = (row: Row, run: Run): Row => [...make(row, run), ...row.slice(rows.fields)];
  const shape = { fields: fields.length, pseudo: rows.pseudo, graceMs: rows.graceMs };
  if (relation.kind === 'STREAM') {
    const stream = mapStream(topology, relation.stream, topology.structure.name('KSTREAM-MAPVALUES-'), (row, _record, run) =>
      map(row, run),
    );
    return { ...shape, relation: { ...relation, schema, stream } };
  }
  const node = topology.structure.name('KTABLE-MAPVALUES-');
  const table = mapTable(topology, relation.table, { node, store: null, map: (row, _context, run) => map(row, run) });
  return { ...shape, relation: { ...relation, schema, table } };
}

/** Throws with the place of an operator or of a part of it. */
export function refuse(message: string, at: Place): never {
  throw new SqlError(message, at);
}
