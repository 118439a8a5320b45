/** INSERT INTO … VALUES (`InsertValuesExecutor`, `GenericRecordFactory`). */
import type { Payload } from '../formats/serde.ts';
import type { TopicRecord } from '../operators/row.ts';
import type { Statement } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlValue } from '../types/sqlType.ts';
import type { Catalogue, DataSource, SideFormat } from './catalogue.ts';
import { serdeOf } from './catalogue.ts';
import type { Computing } from './constants.ts';
import { resolved } from './constants.ts';
import type { Column } from './schema.ts';
import { hasColumn, isPseudoColumn, pseudoColumns } from './schema.ts';
import { writingNewest } from './schemaUse.ts';

type InsertValues = Extract<Statement, { kind: 'insertValues' }>;

interface Inserting extends Computing {
  readonly catalogue: Catalogue;
}

/** The record that a statement writes, and its topic. Throws SqlError where columns and values do not fit. */
export function insertedRecord(statement: InsertValues, inserting: Inserting): { readonly topic: string; readonly record: TopicRecord } {
  const { target, columns } = statement;
  const source = inserting.catalogue.sources.get(target);
  if (!source)
    throw new SqlError(`Cannot insert values into an unknown stream/table: \`${target}\`${inserting.catalogue.alternatives(target)}`);
  if (source.window) throw new SqlError('Cannot insert values into windowed stream/table!');
  if (source.isReadOnly) throw new SqlError(`Cannot insert values into read-only ${source.kind.toLowerCase()}: ${target}`);
  const header = columns.find((name) => hasColumn(source.headers, name));
  if (header !== undefined || (columns.length === 0 && source.headers.length > 0))
    throw new SqlError(`Cannot insert into HEADER columns: ${header ?? source.headers.map(({ name }) => name).join(', ')}`);
  try {
    return { topic: source.topic, record: recordOf(statement, source, inserting) };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw new SqlError(`Failed to insert values into '${target}'. ${error.message}`, error.at);
  }
}

/** The values by the columns' names (`GenericRecordFactory.resolveValues`). */
function valuesOf({ columns, values }: InsertValues, { schema }: DataSource, computing: Computing): Map<string, SqlValue> {
  const all: readonly Column[] = [...schema.key, ...schema.value];
  const names = columns.length > 0 ? columns : all.map(({ name }) => name);
  if (names.length !== values.length)
    throw new SqlError(
      `Expected a value for each column. Expected Columns: [${names.join(', ')}]. Got [${values.map((value) => formatExpression(value)).join(', ')}]`,
    );
  const found = new Map<string, SqlValue>();
  names.forEach((name, i) => {
    const column = [...all, ...pseudoColumns].find((one) => one.name === name);
    if (!column) throw new SqlError(`Column name \`${name}\` does not exist.`);
    if (isPseudoColumn(name) && name !== 'ROWTIME') throw new SqlError(`Inserting into column \`${name}\` is not allowed.`);
    found.set(name, resolved(values[i]!, column, 'insert value', computing));
  });
  return found;
}

/** Throws SqlError where a row cannot be written so. */
function written(side: 'key' | 'value', format: SideFormat, columns: readonly Column[], row: readonly SqlValue[]): Payload {
  try {
    return serdeOf(writingNewest(format), columns).serialise(row);
  } catch (error) {
    throw new SqlError(`Could not serialize ${side}: ${(error as Error).message}`);
  }
}

function recordOf(statement: InsertValues, source: DataSource, computing: Computing): TopicRecord {
  const { schema } = source;
  const values = valuesOf(statement, source, computing);
  const valueOf = ({ name }: Column): SqlValue => values.get(name) ?? null;
  const missing = schema.key.filter(({ name }) => !values.has(name)).map(({ name }) => name);
  if (source.kind === 'TABLE' && missing.length > 0)
    throw new SqlError(`Value for primary key column(s) ${missing.join(', ')} is required for tables`);
  const timestampMs = values.has('ROWTIME') ? Number(values.get('ROWTIME')) : computing.run.wallClockMs;
  return {
    key: schema.key.length === 0 ? null : written('key', source.keyFormat, schema.key, schema.key.map(valueOf)),
    value: written('value', source.valueFormat, schema.value, schema.value.map(valueOf)),
    ...{ timestampMs, window: null, headers: [] },
  };
}
