/** Which schema of the registry a source's keys or values are written with (`SourcePropertiesUtil`, `SchemaRegisterInjector`). */
import type { FormatName, FormatProperty } from '../formats/format.ts';
import { formatOf } from '../formats/format.ts';
import { schemaOfColumns } from '../formats/registered.ts';
import { fullNames, schemaCodec } from '../formats/registry/schemaCodec.ts';
import type { RegisteredSchema, SchemaRegistry } from '../formats/registry/schemaRegistry.ts';
import { subjectOf } from '../formats/registry/schemaRegistry.ts';
import type { SchemaUse } from '../formats/serde.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SideFormat } from './catalogue.ts';
import type { FormatRequest } from './formatChoice.ts';
import type { Column } from './schema.ts';

/** The side of a source that a schema is for. */
export interface SchemaPlace {
  readonly registry: SchemaRegistry;
  readonly topic: string;
  /** The source's name, after which Avro's keys are called. */
  readonly source: string;
  readonly isKey: boolean;
}

const word = (isKey: boolean): string => (isKey ? 'KEY' : 'VALUE');

function checkProperties(format: FormatName, { fullName, schemaId }: FormatRequest, isKey: boolean): void {
  const { properties } = formatOf(format)!;
  if (schemaId !== null && !properties.includes('schemaId'))
    throw new SqlError(
      `${word(isKey)}_FORMAT should support schema inference when ${word(isKey)}_SCHEMA_ID is provided. Current format is ${format}.`,
    );
  const name: FormatProperty = 'fullSchemaName';
  if (fullName === null) return;
  if (!properties.includes(name)) throw new SqlError(`${format} does not support the following configs: [${name}]`);
  if (fullName.trim() === '') throw new SqlError(`${name} cannot be empty. Format configuration: {${name}=${fullName.trim()}}`);
}

/** `MY_SOURCE` as MySource: the name of the record of its keys (`AvroFormat.getKeySchemaName`). */
function avroKeyName(source: string): string {
  const camel = source
    .split('_')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('');
  return `io.confluent.ksql.avro_schemas.${camel}Key`;
}

/** A side with the schema that it is to use; the format alone where it has none. Throws SqlError for properties that the format does not know. */
export function withSchema(side: SideFormat, request: FormatRequest, place: SchemaPlace, inherited: SideFormat | null = null): SideFormat {
  const { format } = side;
  checkProperties(format, request, place.isKey);
  const { schemaType, properties } = formatOf(format)!;
  const nullable = properties.includes('nullableRepresentation') ? request.nullable : 'none';
  if (schemaType === null && nullable === 'none') return side;
  const inheritedName = inherited?.format === format && format === 'PROTOBUF' ? (inherited.schema?.fullName ?? null) : null;
  const ownName = format === 'AVRO' && place.isKey ? avroKeyName(place.source) : inheritedName;
  const subject = subjectOf(place.topic, place.isKey);
  return {
    ...side,
    schema: {
      ...{ registry: place.registry, subject, id: request.schemaId, writesNewest: false },
      ...{ fullName: request.fullName ?? ownName, nullable },
    },
  };
}

/** The same with the newest schema of the subject where there is one, which INSERT VALUES writes with PROTOBUF (`InsertValuesExecutor`). */
export function writingNewest(side: SideFormat): SideFormat {
  return side.schema && side.format === 'PROTOBUF' ? { ...side, schema: { ...side.schema, writesNewest: true } } : side;
}

function schemaOfSide({ format, wrapping }: SideFormat, columns: readonly Column[], use: SchemaUse): RegisteredSchema {
  try {
    return schemaOfColumns(formatOf(format)!.schemaType!, { columns, isUnwrapped: wrapping === 'UNWRAP_SINGLES' }, use);
  } catch (error) {
    throw new SqlError(`Could not register schema for topic: ${(error as Error).message}`);
  }
}

/**
 * Registers the schema of a side's columns, or the one that it was told to use, under the subject of its topic; what is there already is left, unless a
 * query writes the topic. Throws SqlError for columns that the format cannot say, and where the id that was named is not the one the schema gets.
 */
export function registerSchema(side: SideFormat, columns: readonly Column[], isQueried: boolean): void {
  const { schema: use, format } = side;
  const type = formatOf(format)!.schemaType;
  if (!use || type === null || columns.length === 0) return;
  const { registry, subject, id } = use;
  if (id === null) {
    const made = schemaOfSide(side, columns, use);
    if (isQueried || registry.latest(subject) === null) registry.register(subject, made);
    return;
  }
  const fetched = registry.schema(id);
  if (fetched.type !== type)
    throw new SqlError(
      `Format and fetched schema type using schema id ${String(id)} are different. Format: [${format}], Fetched schema type: [${fetched.type}].`,
    );
  registry.register(subject, fetched, id);
}

/** The name of the record or message that a source keeps which was made of a schema with an id. */
export function nameInSchema(use: SchemaUse): string | null {
  if (use.id === null) return use.fullName;
  return use.fullName ?? schemaCodec(use.registry.schema(use.id), use).name;
}

/** Throws where a schema has several messages and none was named. */
export function checkSingle(schema: RegisteredSchema, { fullName }: SchemaUse, isKey: boolean): void {
  const names = fullNames(schema);
  if (fullName !== null || names.length < 2) return;
  throw new SqlError(
    `${isKey ? 'Key' : 'Value'} schema has multiple schema definitions. \n\n${names.map((name) => `- ${name}`).join('\n')}\n\nPlease specify a schema full name in the WITH clause using ${word(isKey)}_SCHEMA_FULL_NAME`,
  );
}
