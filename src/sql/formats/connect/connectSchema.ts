/**
 * Kafka Connect's model of data (`org.apache.kafka.connect.data.Schema`), through which ksqlDB translates between its types and those of a
 * schema registry: every schema of Avro, Protocol Buffers or JSON Schema is one of these, and its values are values of this.
 */
import { decimalType } from '../../types/decimalType.ts';
import type { SqlType, SqlValue } from '../../types/sqlType.ts';
import { primitive } from '../../types/typeText.ts';

export type ConnectPrimitive = 'INT8' | 'INT16' | 'INT32' | 'INT64' | 'FLOAT32' | 'FLOAT64' | 'BOOLEAN' | 'STRING' | 'BYTES';

interface ConnectCommon {
  /** A logical type, or the name of a record; null where there is none. */
  readonly name: string | null;
  readonly isOptional: boolean;
  readonly parameters: Readonly<Record<string, string>>;
  /** The value where a writer has none; undefined where there is no default. */
  readonly defaultValue?: SqlValue;
}

export interface ConnectField {
  readonly name: string;
  readonly schema: ConnectSchema;
}

export interface ConnectStruct extends ConnectCommon {
  readonly type: 'STRUCT';
  readonly fields: readonly ConnectField[];
}

/**
 * A schema. Its values: INT8 to INT32 and floats are numbers, INT64 bigints, logical times numbers, logical decimals Decimals, BYTES bytes, arrays
 * arrays, maps Maps, structs arrays in the order of their fields.
 */
export type ConnectSchema =
  | (ConnectCommon & { readonly type: ConnectPrimitive })
  | (ConnectCommon & { readonly type: 'ARRAY'; readonly item: ConnectSchema })
  | (ConnectCommon & { readonly type: 'MAP'; readonly key: ConnectSchema; readonly value: ConnectSchema })
  | ConnectStruct;

export const logical = {
  date: 'org.apache.kafka.connect.data.Date',
  time: 'org.apache.kafka.connect.data.Time',
  timestamp: 'org.apache.kafka.connect.data.Timestamp',
  decimal: 'org.apache.kafka.connect.data.Decimal',
} as const;

/** Parameters of a logical decimal. */
export const scaleParameter = 'scale';
export const precisionParameter = 'connect.decimal.precision';
/** Precision of a decimal whose schema says none (`DecimalUtil.PRECISION_DEFAULT`). */
const defaultPrecision = 64;

export const plain = (isOptional: boolean, name: string | null = null): ConnectCommon => ({ name, isOptional, parameters: {} });

export const isDecimalSchema = ({ type, name }: ConnectSchema): boolean => type === 'BYTES' && name === logical.decimal;

export const decimalSchema = (precision: number | null, scale: number, isOptional: boolean): ConnectSchema => ({
  type: 'BYTES',
  name: logical.decimal,
  isOptional,
  parameters: { [scaleParameter]: String(scale), ...(precision === null ? {} : { [precisionParameter]: String(precision) }) },
});

export const scaleOf = ({ parameters }: ConnectSchema): number => Number(parameters[scaleParameter] ?? 0);
export const precisionOf = ({ parameters }: ConnectSchema): number => Number(parameters[precisionParameter] ?? defaultPrecision);

/** The Connect schema of a SQL type: optional, as everything of ksqlDB's is (`SqlToConnectTypeConverter`). */
export function connectOf(type: SqlType): ConnectSchema {
  switch (type.base) {
    case 'BOOLEAN':
    case 'STRING':
    case 'BYTES':
      return { ...plain(true), type: type.base };
    case 'INTEGER':
      return { ...plain(true), type: 'INT32' };
    case 'BIGINT':
      return { ...plain(true), type: 'INT64' };
    case 'DOUBLE':
      return { ...plain(true), type: 'FLOAT64' };
    case 'DATE':
      return { ...plain(true, logical.date), type: 'INT32' };
    case 'TIME':
      return { ...plain(true, logical.time), type: 'INT32' };
    case 'TIMESTAMP':
      return { ...plain(true, logical.timestamp), type: 'INT64' };
    case 'DECIMAL':
      return decimalSchema(type.precision, type.scale, true);
    case 'ARRAY':
      return { ...plain(true), type: 'ARRAY', item: connectOf(type.item) };
    case 'MAP':
      return { ...plain(true), type: 'MAP', key: connectOf(type.key), value: connectOf(type.value) };
    case 'STRUCT':
      return { ...plain(true), type: 'STRUCT', fields: type.fields.map((field) => ({ name: field.name, schema: connectOf(field.type) })) };
  }
}

/** Why a schema has no type of SQL. */
class Unsupported extends Error {}

function mapType(key: ConnectSchema, value: ConnectSchema, rename: (name: string) => string): SqlType {
  if (!['INT8', 'INT16', 'INT32', 'INT64', 'BOOLEAN', 'STRING'].includes(key.type))
    throw new Unsupported(`Unsupported type for map key: ${key.type}`);
  return { base: 'MAP', key: primitive.STRING, value: sqlTypeOf(value, rename) };
}

/**
 * The SQL type of a schema (`ConnectKsqlSchemaTranslator`). A field that has none is left out of its struct, as ksqlDB does (it logs it). Throws where
 * the schema itself has none.
 */
export function sqlTypeOf(schema: ConnectSchema, rename: (name: string) => string): SqlType {
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
      return primitive.INTEGER;
    case 'INT32':
      return schema.name === logical.time ? primitive.TIME : schema.name === logical.date ? primitive.DATE : primitive.INTEGER;
    case 'INT64':
      return schema.name === logical.timestamp ? primitive.TIMESTAMP : primitive.BIGINT;
    case 'FLOAT32':
    case 'FLOAT64':
      return primitive.DOUBLE;
    case 'BOOLEAN':
    case 'STRING':
      return primitive[schema.type];
    case 'BYTES':
      return isDecimalSchema(schema) ? decimalType(precisionOf(schema), scaleOf(schema)) : primitive.BYTES;
    case 'ARRAY':
      return { base: 'ARRAY', item: sqlTypeOf(schema.item, rename) };
    case 'MAP':
      return mapType(schema.key, schema.value, rename);
    case 'STRUCT':
      return { base: 'STRUCT', fields: columnsOf(schema, rename) };
  }
}

/** The columns of a struct, each under its renamed name. */
export function columnsOf(
  { fields }: ConnectStruct,
  rename: (name: string) => string,
): { readonly name: string; readonly type: SqlType }[] {
  return fields.flatMap(({ name, schema }) => {
    try {
      return [{ name: rename(name), type: sqlTypeOf(schema, rename) }];
    } catch (error) {
      if (error instanceof Unsupported) return [];
      throw error;
    }
  });
}
