/** INSERT INTO … VALUES (`InsertValuesExecutor`, `GenericRecordFactory`). */
import type { TopicRecord } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import type { Expression, Statement, TypeName } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { Catalogue } from './catalogue.ts';
import { serdeOf } from './catalogue.ts';
import type { Functions } from './compile.ts';
import { hasColumn } from './schema.ts';

type InsertValues = Extract<Statement, { kind: 'insertValues' }>;

const at = { line: 1, column: 1 };

function typeName(type: SqlType): TypeName {
  switch (type.base) {
    case 'ARRAY':
      return { kind: 'array', item: typeName(type.item), at };
    case 'MAP':
      return { kind: 'map', key: typeName(type.key), value: typeName(type.value), at };
    case 'STRUCT':
      return { kind: 'struct', fields: type.fields.map((field) => ({ name: field.name, type: typeName(field.type) })), at };
    case 'DECIMAL':
      return { kind: 'simple', name: 'DECIMAL', parameters: [type.precision, type.scale], at };
    default:
      return { kind: 'simple', name: type.base, parameters: [], at };
  }
}

/** The record that a statement writes, and its topic. Throws SqlError where columns and values do not fit. */
export function insertedRecord(
  { target, columns, values }: InsertValues,
  { catalogue, functions, run }: { readonly catalogue: Catalogue; readonly functions: Functions; readonly run: Run },
): { readonly topic: string; readonly record: TopicRecord } {
  const source = catalogue.source(target);
  const { schema } = source;
  if (source.isReadOnly) throw new SqlError(`Cannot insert values into read-only ${source.kind.toLowerCase()}: ${target}`);
  if (source.window) throw new SqlError('Cannot insert values into windowed stream/table!');
  const header = columns.find((name) => hasColumn(source.headers, name));
  if (header !== undefined || (columns.length === 0 && source.headers.length > 0))
    throw new SqlError(`Cannot insert into HEADER columns: ${header ?? source.headers.map(({ name }) => name).join(', ')}`);
  const names = columns.length > 0 ? columns : [...schema.key, ...schema.value].map(({ name }) => name);
  if (names.length !== values.length)
    throw new SqlError(`Expected number columns and values to match: [${names.join(', ')}], [${String(values.length)} values]`);
  const unknown = names.find((name) => name !== 'ROWTIME' && !hasColumn([...schema.key, ...schema.value], name));
  if (unknown !== undefined) throw new SqlError(`Column name \`${unknown}\` does not exist.`);
  const valueOf = (name: string, type: SqlType): SqlValue => {
    const index = names.indexOf(name);
    return index < 0 ? null : coerced(values[index]!, type, functions, run);
  };
  const key = schema.key.map(({ name, type }) => valueOf(name, type));
  if (source.kind === 'TABLE' && key.every((part) => part === null))
    throw new SqlError(`Value for primary key column(s) ${schema.key.map(({ name }) => name).join(', ')} is required for tables`);
  const value = schema.value.map(({ name, type }) => valueOf(name, type));
  const isTombstone = source.kind === 'TABLE' && !schema.value.some(({ name }) => names.includes(name));
  const timestampMs = names.includes('ROWTIME') ? Number(valueOf('ROWTIME', { base: 'BIGINT' })) : run.wallClockMs;
  return {
    topic: source.topic,
    record: {
      key: key.length === 0 ? null : serdeOf(source.keyFormat, schema.key).serialise(key),
      value: isTombstone ? null : serdeOf(source.valueFormat, schema.value).serialise(value),
      ...{ timestampMs, window: null, headers: [] },
    },
  };
}

function coerced(expression: Expression, type: SqlType, functions: Functions, run: Run): SqlValue {
  return functions.compile({ kind: 'cast', operand: expression, type: typeName(type), at: expression.at }, []).evaluate([], run);
}
