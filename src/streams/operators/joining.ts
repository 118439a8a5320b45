/** Joins of a chain with another stream or table (`KStream.join`, `KTable.join`, `leftJoin`, `outerJoin`). */
import { joinForeignKey } from '../../sql/operators/foreignKeyJoin.ts';
import { joinStreamGlobal, type GlobalTable } from '../../sql/operators/globalTable.ts';
import type { Row } from '../../sql/operators/row.ts';
import { joinStreams } from '../../sql/operators/streamJoin.ts';
import { joinStreamTable, joinTables, type JoinRows } from '../../sql/operators/tableJoin.ts';
import { identityOf, keyFormOf } from '../../sql/plan/keyIdentity.ts';
import { pseudoColumns, type Column, type Schema } from '../../sql/plan/schema.ts';
import type { Expression, Place } from '../../sql/syntax/ast.ts';
import { typeText } from '../../sql/types/typeText.ts';
import type { ChainJoin } from './chain.ts';
import { newKey, rekeyed } from './keys.ts';
import {
  columnsWith,
  compiled,
  fieldsOf,
  isStream,
  refuse,
  type ChainContext,
  type Rows,
  type Shaped,
  type StreamRows,
  type TableRows,
} from './rows.ts';

interface Joining {
  readonly operator: ChainJoin & { readonly at: Place };
  readonly right: Rows;
  /** The other side's name, which its columns get where this side has one of that name. */
  readonly name: string;
}

/** Joins a chain so far with the other side. Throws SqlError where they cannot be. */
export function joined(context: ChainContext, rows: Rows, joining: Joining): Rows {
  const { operator, right } = joining;
  if (rows.relation.window !== null || right.relation.window !== null)
    refuse('Joins of windowed tables are not there in a chain: write them in SQL.', operator.at);
  if (isStream(rows)) {
    const left = keyedBy(context, rows, operator.on, operator.at);
    checkKeys(left.relation.schema.key, right, operator);
    return isStream(right) ? twoStreams(context, left, right, joining) : streamAndTable(context, left, right as TableRows, joining);
  }
  if (isStream(right))
    refuse(`A table cannot be joined with the stream ${joining.name}: begin with the stream and join the table.`, operator.at);
  if (operator.within !== null) refuse('Tables are joined without a window: leave out within.', operator.at);
  return operator.on === null
    ? twoTables(context, rows as TableRows, right as TableRows, joining)
    : byForeignKey(context, rows as TableRows, right as TableRows, joining);
}

function keyedBy(context: ChainContext, rows: StreamRows, on: Expression | null, at: Place): StreamRows {
  if (on === null) return rows;
  return rekeyed(
    context,
    rows,
    newKey(context, rows, [{ expression: on, name: null }], () => 'ROWKEY'),
    at,
  );
}

function checkKeys(key: readonly Column[], right: Shaped, { other }: ChainJoin): void {
  const text = (columns: readonly Column[]) => columns.map(({ type }) => typeText(type)).join(', ');
  const [left, of] = [text(key), text(right.relation.schema.key)];
  if (key.length === 0 || left !== of)
    refuse(
      `Keys are joined, and they differ: ${left || 'none'} here, ${of || 'none'} of ${other.topic}. Write on, or selectKey before.`,
      other.at,
    );
}

interface Shape {
  readonly schema: Schema;
  readonly join: JoinRows;
  readonly fields: number;
}

/** Fields of both sides under the left side's key, at the later time of both. */
function shapeOf(left: Rows, right: Shaped, name: string): Shape {
  const [of, others] = [fieldsOf(left), fieldsOf(right)];
  const renamed = others.map((column): Column =>
    of.some((one) => one.name === column.name) ? { ...column, name: `${name}_${column.name}` } : column,
  );
  const fields = [...of, ...renamed];
  const { key } = left.relation.schema;
  const timeAt = ({ relation, fields: count, pseudo }: Shaped) =>
    relation.schema.value.findIndex((column, i) => i >= count && i < count + pseudo && column.name === 'ROWTIME');
  const [leftTime, rightTime] = [timeAt(left), timeAt(right)];
  const nothing = { left: of.map(() => null), right: others.map(() => null), key: key.map(() => null) };
  const later = (one: Row | null, other: Row | null): bigint => {
    const times = [one?.[leftTime], other?.[rightTime]].flatMap((time) => (typeof time === 'bigint' ? [time] : []));
    return times.reduce((latest, time) => (time > latest ? time : latest), 0n);
  };
  return {
    schema: { key, value: columnsWith(fields, key, false) },
    fields: fields.length,
    join: (keyRow, l, r) => [
      ...(l?.slice(0, of.length) ?? nothing.left),
      ...(r?.slice(0, others.length) ?? nothing.right),
      later(l, r),
      null,
      null,
      ...(keyRow ?? nothing.key),
    ],
  };
}

const keepsLeft = ({ type }: ChainJoin): boolean => type !== 'INNER';

function streamAndTable({ topology }: ChainContext, left: StreamRows, right: TableRows, { operator, name }: Joining): Rows {
  if (operator.within !== null) refuse('A stream meets the row that a table has at that moment: leave out within.', operator.at);
  if (operator.type === 'OUTER') refuse('A stream and a table have no outer join: a change of the table makes nothing.', operator.at);
  const { schema, join, fields } = shapeOf(left, right, name);
  const { payload } = keyFormOf(left.relation.schema.key, left.relation.keyFormat);
  const stream = joinStreamTable(topology, left.relation.stream, right.relation.table, {
    name: null,
    keepsLeft: keepsLeft(operator),
    join,
    payload,
  });
  return { relation: { ...left.relation, schema, stream }, fields, pseudo: pseudoColumns.length, graceMs: null };
}

/** Joins a stream with a table that every instance has: by the stream's key, or by what `on` says of it. Throws SqlError where they cannot be. */
export function joinedGlobally(
  context: ChainContext,
  rows: Rows,
  { operator, right, table, name }: Omit<Joining, 'right'> & { readonly right: Shaped; readonly table: GlobalTable },
): Rows {
  const { on, other, within, type, at } = operator;
  if (!isStream(rows)) return refuse(`A table cannot be joined with the global table ${other.topic}: only streams can.`, at);
  if (rows.relation.window !== null) refuse('Joins of windowed tables are not there in a chain: write them in SQL.', at);
  if (within !== null) refuse('A stream meets the row that a table has at that moment: leave out within.', at);
  if (type === 'OUTER') refuse('A stream and a global table have no outer join: a change of the table makes nothing.', at);
  const key = on === null ? null : compiled(context, on, rows.relation.schema.value);
  checkKeys(key === null ? rows.relation.schema.key : [{ name: 'ROWKEY', type: key.type }], right, operator);
  const { schema, join, fields } = shapeOf(rows, right, name);
  const stream = joinStreamGlobal(context.topology, rows.relation.stream, table, {
    name: null,
    keyOf: ({ key: own, value }, run) => {
      if (key === null) return own;
      const found = key.evaluate(value!, run);
      return found === null ? null : [found];
    },
    keepsLeft: keepsLeft(operator),
    join,
  });
  return { relation: { ...rows.relation, schema, stream }, fields, pseudo: pseudoColumns.length, graceMs: null };
}

function twoStreams({ topology }: ChainContext, left: StreamRows, right: StreamRows, { operator, name }: Joining): Rows {
  const { within, type } = operator;
  if (within === null)
    refuse(
      `${operator.other.topic} is a stream: say within which time records meet (within 10 seconds), or read it as a table (join table ${operator.other.topic}).`,
      operator.at,
    );
  const { schema, join, fields } = shapeOf(left, right, name);
  const stream = joinStreams(topology, left.relation.stream, right.relation.stream, {
    windows: { beforeMs: within.beforeMs, afterMs: within.afterMs, graceMs: within.graceMs ?? 0, waitsForClose: true },
    ...{ keepsLeft: keepsLeft(operator), keepsRight: type === 'OUTER', join, name: null },
    form: keyFormOf(left.relation.schema.key, left.relation.keyFormat),
  });
  return { relation: { ...left.relation, schema, stream }, fields, pseudo: pseudoColumns.length, graceMs: null };
}

function twoTables({ topology }: ChainContext, left: TableRows, right: TableRows, { operator, name }: Joining): Rows {
  checkKeys(left.relation.schema.key, right, operator);
  const { schema, join, fields } = shapeOf(left, right, name);
  const table = joinTables(topology, left.relation.table, right.relation.table, {
    keepsLeft: keepsLeft(operator),
    keepsRight: operator.type === 'OUTER',
    join,
  });
  return { relation: { ...left.relation, schema, table }, fields, pseudo: pseudoColumns.length, graceMs: null };
}

/** Rows of the left table name the key of the right one (KIP-213). */
function byForeignKey(context: ChainContext, left: TableRows, right: TableRows, { operator, name }: Joining): Rows {
  const { on, other, type } = operator;
  if (type === 'OUTER') refuse('A foreign key has no outer join: write join or leftJoin.', operator.at);
  const foreign = compiled(context, on!, left.relation.schema.value);
  checkKeys([{ name: 'ROWKEY', type: foreign.type }], right, { ...operator, other });
  const { schema, join, fields } = shapeOf(left, right, name);
  const formOf = ({ relation }: Rows) => keyFormOf(relation.schema.key, relation.keyFormat);
  const table = joinForeignKey(context.topology, left.relation.table, right.relation.table, {
    keepsLeft: type === 'LEFT',
    foreignKey: (row, run) => {
      const value = foreign.evaluate(row, run);
      return value === null ? null : [value];
    },
    ...{ join, left: formOf(left), right: formOf(right) },
    version: identityOf([...left.relation.schema.value, { name: '', type: { base: 'STRING' } }]),
  });
  return { relation: { ...left.relation, schema, table }, fields, pseudo: pseudoColumns.length, graceMs: null };
}
