/** Values of a registry's schema as values of SQL types, and back (`ConnectDataTranslator`, `AvroSRSchemaDataTranslator`, `ProtobufSRSchemaDataTranslator`). */
import { fitDecimal } from '../../types/decimalType.ts';
import { doubleText } from '../../types/javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from '../../types/sqlType.ts';
import type { ConnectField, ConnectSchema, ConnectStruct } from './connectSchema.ts';
import { isDecimalSchema, precisionOf, scaleOf } from './connectSchema.ts';

export type Translate = (value: SqlValue) => SqlValue;

type Items = readonly SqlValue[];
type Entries = ReadonlyMap<SqlValue, SqlValue>;

/** The types of Connect that a SQL type is read from, as ksqlDB names both in messages. */
const readable: Readonly<Record<SqlType['base'], readonly [name: string, ...accepted: ConnectSchema['type'][]]>> = {
  BOOLEAN: ['boolean', 'BOOLEAN'],
  INTEGER: ['int32', 'INT32', 'INT16', 'INT8'],
  DATE: ['int32', 'INT32', 'INT16', 'INT8'],
  TIME: ['int32', 'INT32', 'INT16', 'INT8'],
  BIGINT: ['int64', 'INT64', 'INT32', 'INT16', 'INT8'],
  TIMESTAMP: ['int64', 'INT64', 'INT32', 'INT16', 'INT8'],
  DOUBLE: ['float64', 'FLOAT32', 'FLOAT64'],
  STRING: ['string', 'INT8', 'INT16', 'INT32', 'INT64', 'FLOAT32', 'FLOAT64', 'BOOLEAN', 'STRING'],
  BYTES: ['bytes', 'BYTES'],
  DECIMAL: ['bytes', 'BYTES'],
  ARRAY: ['array', 'ARRAY'],
  MAP: ['map', 'MAP'],
  STRUCT: ['struct', 'STRUCT'],
};

/** Nulls stay null. */
const given =
  (translate: (value: Exclude<SqlValue, null>) => SqlValue): Translate =>
  (value) =>
    value === null ? null : translate(value);

function textOf(schema: ConnectSchema): Translate {
  if (schema.type === 'FLOAT32' || schema.type === 'FLOAT64') return given((value) => doubleText(value as number));
  return given((value) => String(value as string | number | bigint | boolean));
}

function primitiveReader(type: SqlType, schema: ConnectSchema): Translate {
  switch (type.base) {
    case 'STRING':
      return textOf(schema);
    case 'BIGINT':
      return given((value) => BigInt(value as number | bigint));
    case 'INTEGER':
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      return given((value) => Number(value as number | bigint));
    case 'DECIMAL':
      return given((value) => fitDecimal(value as Decimal, type));
    default:
      return (value) => value;
  }
}

/** Makes values of a SQL type of the values of a schema. Throws where the type is not read from it, naming the path. */
export function reader(type: SqlType, schema: ConnectSchema, path = ''): Translate {
  const [name, ...accepted] = readable[type.base];
  if (!accepted.includes(schema.type) || (type.base === 'DECIMAL') !== isDecimalSchema(schema))
    throw new Error(`Cannot deserialize type ${schema.type.toLowerCase()} as type ${name} for path: ${path}`);
  if (type.base === 'ARRAY' && schema.type === 'ARRAY') {
    const item = reader(type.item, schema.item, `${path}->ARRAY`);
    return given((value) => (value as Items).map(item));
  }
  if (type.base === 'MAP' && schema.type === 'MAP') {
    const key = reader(type.key, schema.key, `${path}->MAP_KEY`);
    const item = reader(type.value, schema.value, `${path}->MAP_VAL`);
    return given((value) => new Map([...(value as Entries)].map(([name, each]): [SqlValue, SqlValue] => [key(name), item(each)])));
  }
  if (type.base === 'STRUCT' && schema.type === 'STRUCT') return structReader(type.fields, schema, path);
  return primitiveReader(type, schema);
}

/** Fields go by their name, else by their name in upper case; those that the schema has not are null, those that only it has are left out. */
export function structReader(
  fields: readonly { readonly name: string; readonly type: SqlType }[],
  schema: ConnectStruct,
  path = '',
): Translate {
  const readers = fields.map(() => null as { readonly at: number; readonly read: Translate } | null);
  schema.fields.forEach((field, at) => {
    const exact = fields.findIndex(({ name }) => name === field.name);
    const index = exact >= 0 ? exact : fields.findIndex(({ name }) => name === field.name.toUpperCase());
    if (index < 0) return;
    const { name, type } = fields[index]!;
    readers[index] = { at, read: reader(type, field.schema, `${path}->${name}`) };
  });
  return given((value) => readers.map((one) => (one ? one.read((value as Items)[one.at] ?? null) : null)));
}

/** Which of a row's fields a schema takes where names need not be the same: those of a schema that was made of the row are in its order. */
export type Naming = 'inOrder' | 'byName';

function primitiveWriter(schema: ConnectSchema): Translate {
  if (!isDecimalSchema(schema)) return (value) => value;
  const type = { base: 'DECIMAL', precision: precisionOf(schema), scale: scaleOf(schema) } as const;
  return given((value) => fitDecimal(value as Decimal, type));
}

/** Makes values of a schema of the values of a SQL type. Throws where the schema has no place for a field. */
export function writer(type: SqlType, schema: ConnectSchema, naming: Naming): Translate {
  if (type.base === 'ARRAY' && schema.type === 'ARRAY') {
    const item = writer(type.item, schema.item, naming);
    return given((value) => (value as Items).map(item));
  }
  if (type.base === 'MAP' && schema.type === 'MAP') {
    const item = writer(type.value, schema.value, naming);
    return given((value) => new Map([...(value as Entries)].map(([key, each]): [SqlValue, SqlValue] => [key, item(each)])));
  }
  if (type.base === 'STRUCT' && schema.type === 'STRUCT') return structWriter(type.fields, schema, naming);
  const write = primitiveWriter(schema);
  if (schema.isOptional || schema.type === 'MAP') return write;
  return (value) => {
    if (value === null && schema.defaultValue === undefined)
      throw new Error(`Invalid value: null used for required schema of type ${schema.type}`);
    return value === null ? schema.defaultValue! : write(value);
  };
}

/** What a field of a schema holds that the row has not: its default, or null. Throws where it may be neither. */
function missing({ name, schema }: ConnectField): SqlValue {
  if (schema.defaultValue !== undefined) return schema.defaultValue;
  if (schema.isOptional) return null;
  throw new Error(`Missing default value for required field: [${name}]. This field appears in the schema in Schema Registry`);
}

export function structWriter(
  fields: readonly { readonly name: string; readonly type: SqlType }[],
  schema: ConnectStruct,
  naming: Naming,
): Translate {
  if (naming === 'inOrder') {
    const writers = fields.map(({ type }, i) => writer(type, schema.fields[i]!.schema, naming));
    return given((value) => writers.map((write, i) => write((value as Items)[i] ?? null)));
  }
  const unknown = fields.find(({ name }) => !schema.fields.some((field) => field.name === name));
  if (unknown)
    return given(() => {
      throw new Error(`Schema from Schema Registry misses field with name: ${unknown.name}`);
    });
  const writers = schema.fields.map((field): Translate => {
    const at = fields.findIndex(({ name }) => name === field.name);
    if (at < 0) return () => missing(field);
    const write = writer(fields[at]!.type, field.schema, naming);
    return (value) => write((value as Items)[at] ?? null);
  });
  return given((value) => writers.map((write) => write(value)));
}
