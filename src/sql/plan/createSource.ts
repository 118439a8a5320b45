/** CREATE STREAM and CREATE TABLE over a topic (`CreateSourceFactory`, `TableElements`). */
import type { Statement, TableElement } from '../syntax/ast.ts';
import { SqlError, placeText } from '../syntax/sqlError.ts';
import type { SqlType } from '../types/sqlType.ts';
import type { SchemaPlace } from './schemaUse.ts';
import type { Catalogue, DataSource, HeaderColumn, SideFormat } from './catalogue.ts';
import { formatOf } from '../formats/format.ts';
import type { FormatRequest } from './formatChoice.ts';
import { keySide, requireFormat, valueSide } from './formatChoice.ts';
import type { PlanConfig } from './planConfig.ts';
import type { Column } from './schema.ts';
import { isSystemColumn } from './schema.ts';
import { typeText } from '../types/typeText.ts';
import { inferredColumns } from './schemaInference.ts';
import { nameInSchema, registerSchema, withSchema } from './schemaUse.ts';
import { SourceProperties } from './sourceProperties.ts';
import { checkTimestampColumn } from './timestamps.ts';
import { resolveType } from './typeNames.ts';

type CreateSource = Extract<Statement, { kind: 'createSource' }>;

const headersType = 'ARRAY<STRUCT<`KEY` STRING, `VALUE` BYTES>>';

interface Elements {
  readonly key: Column[];
  readonly value: Column[];
  readonly headers: HeaderColumn[];
}

/** The source that a statement describes. Throws SqlError where the statement cannot be. */
export function sourceOfStatement(statement: CreateSource, catalogue: Catalogue, config: PlanConfig): DataSource {
  const { name, source: kind, elements, orReplace, readOnly } = statement;
  const properties = new SourceProperties(statement.properties);
  const topic = properties.topic;
  if (topic === null) throw new SqlError('Missing required property "KAFKA_TOPIC" which has no default value.');
  const keyName = requireFormat(properties.key.format ?? config.defaultKeyFormat);
  const valueName = properties.value.format ?? config.defaultValueFormat;
  if (valueName === null)
    throw new SqlError(
      "Statement is missing the 'VALUE_FORMAT' property from the WITH clause. Either provide one or set a default via the 'ksql.persistence.default.format.value' config.",
    );
  const valueFormat = requireFormat(valueName);
  const written = columnsOf(elements, kind, catalogue.types);
  const { headers } = written;
  const place = { registry: catalogue.registry, topic, source: name };
  const keyOf = (columns: readonly Column[]) => keySide(keyName, columns, properties.key);
  const valueOf = (columns: readonly Column[]) => valueSide(valueFormat, columns, properties.value, null, config.wrapsSingleValues);
  const keys = sideOf(written.key, formatOf(keyName)!.schemaType !== null, keyOf, properties.key, { ...place, isKey: true });
  const values = sideOf(written.value, formatOf(valueFormat)!.schemaType !== null, valueOf, properties.value, { ...place, isKey: false });
  const { columns: key } = keys;
  const { columns: value } = values;
  if (key.length + value.length + headers.length === 0) throw new SqlError('No columns supplied.');
  checkExisting(statement, catalogue);
  if (kind === 'TABLE' && key.length === 0) throw new SqlError('Tables require a PRIMARY KEY. Please define the PRIMARY KEY.');
  if (orReplace && (readOnly || catalogue.sources.get(name)?.isReadOnly)) {
    const what = kind.toLowerCase();
    throw new SqlError(`Cannot add ${what} '${name}': CREATE OR REPLACE is not supported on source ${what}s.`);
  }
  if (properties.window && key.length === 0) throw new SqlError('Windowed sources require a key column.');
  checkTimestampColumn(properties.timestamp, [...key, ...value]);
  registerSchema(keys.side, key, false);
  registerSchema(values.side, value, false);
  return {
    ...{ kind, name, schema: { key, value }, headers, topic, keyFormat: keys.side, valueFormat: values.side },
    ...{ window: properties.window, timestamp: properties.timestamp, isReadOnly: readOnly, isQueried: false },
  };
}

interface Side {
  readonly columns: readonly Column[];
  readonly side: SideFormat;
}

/** One column, for how a side with a single one is wrapped before it is known which it is. */
const single: readonly Column[] = [{ name: 'ROWKEY', type: { base: 'STRING' } }];

/** Columns of one side, written or, where none are and the format has schemas, those of the schema in the registry. */
function sideOf(
  written: readonly Column[],
  infers: boolean,
  make: (columns: readonly Column[]) => SideFormat,
  request: FormatRequest,
  place: SchemaPlace,
): Side {
  const word = place.isKey ? 'KEY' : 'VALUE';
  // How a single inferred column stands has to be known before it is; a value of several is refused with WRAP_SINGLE_VALUE once they are.
  const isInferred = written.length === 0 && infers;
  const ofWritten = make(isInferred && (place.isKey || request.wrapsSingle !== null) ? single : written);
  const side = withSchema(ofWritten, request, place);
  if (side.schema && request.schemaId !== null && written.length > 0)
    throw new SqlError(`Table elements and ${word}_SCHEMA_ID cannot both exist for create statement.`);
  if (!isInferred) return { columns: written, side };
  const columns = inferredColumns(side, place);
  const made = withSchema(make(columns), request, place);
  const schema = made.schema && { ...made.schema, fullName: nameInSchema(made.schema) };
  return { columns, side: { ...made, ...(schema && { schema }) } };
}

function checkExisting({ name, source, orReplace, ifNotExists }: CreateSource, catalogue: Catalogue): void {
  const existing = catalogue.sources.get(name);
  if (!existing || orReplace || ifNotExists) return;
  throw new SqlError(`Cannot add ${source.toLowerCase()} '${name}': A ${existing.kind.toLowerCase()} with the same name already exists`);
}

function columnsOf(elements: readonly TableElement[], kind: 'STREAM' | 'TABLE', types: ReadonlyMap<string, SqlType>): Elements {
  const columns: Elements = { key: [], value: [], headers: [] };
  for (const element of elements) {
    const { name, constraint, at } = element;
    if (isSystemColumn(name)) throw new SqlError(`'${name}' is a reserved column name. You cannot use it as a name for a column.`);
    const type = resolveType(element.type, types);
    if (constraint === 'KEY' && kind === 'TABLE')
      throw new SqlError(`${placeText(at)}: Column \`${name}\` is a 'KEY' column: please use 'PRIMARY KEY' for tables.`, at);
    if (constraint === 'PRIMARY KEY' && kind === 'STREAM')
      throw new SqlError(`${placeText(at)}: Column \`${name}\` is a 'PRIMARY KEY' column: please use 'KEY' for streams.`, at);
    if (constraint === null) columns.value.push({ name, type });
    else if (constraint === 'KEY' || constraint === 'PRIMARY KEY') columns.key.push({ name, type });
    else columns.headers.push(headerColumn(name, type, constraint));
  }
  checkDuplicates(columns);
  return columns;
}

function headerColumn(name: string, type: SqlType, constraint: 'HEADERS' | { readonly header: string }): HeaderColumn {
  if (constraint !== 'HEADERS') {
    if (type.base !== 'BYTES')
      throw new SqlError(`Invalid type for HEADER('${constraint.header}') column: expected BYTES, got ${typeText(type)}`);
    return { name, type, header: constraint.header };
  }
  if (typeText(type) !== headersType) throw new SqlError(`Invalid type for HEADERS column: expected ${headersType}, got ${typeText(type)}`);
  return { name, type, header: null };
}

function checkDuplicates({ key, value, headers }: Elements): void {
  const names = [...key, ...value, ...headers].map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new SqlError(`Duplicate column names: ${twice}`);
}
