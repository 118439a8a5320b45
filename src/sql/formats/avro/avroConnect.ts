/** Avro's schemas as Connect's, and back (`io.confluent.connect.avro.AvroData`, ksqlDB's `AvroSchemas`). */
import type { SqlValue } from '../../types/sqlType.ts';
import type { ConnectField, ConnectSchema, ConnectStruct } from '../connect/connectSchema.ts';
import { decimalSchema, isDecimalSchema, logical, plain, precisionOf, precisionParameter, scaleOf } from '../connect/connectSchema.ts';
import type { JsonNode } from '../jsonText.ts';
import { isJsonNumber } from '../jsonText.ts';
import type { AvroField, AvroRecord, AvroSchema } from './avroSchema.ts';
import { checkAvroName, numberOf, textProperty } from './avroSchema.ts';

/** The name of the struct that stands for a union of more than a type and null. */
const unionName = 'io.confluent.connect.avro.Union';
const mapEntry = 'MapEntry';
const mapEntryNamespace = 'io.confluent.connect.avro';

/** Whether an array's elements are entries of a map whose keys are not plain texts. */
export const isMapEntry = (items: AvroSchema): items is AvroRecord =>
  items.type === 'record' &&
  (items.name === `${mapEntryNamespace}.${mapEntry}` || textProperty(items, 'connect.internal.type') === mapEntry);

/** The type of a union of one type and null; null for other unions. */
export function nullableBranch(schema: AvroSchema): AvroSchema | null {
  if (schema.type !== 'union' || schema.branches.length !== 2) return null;
  const isNull = schema.branches.map(({ type }) => type === 'null');
  return isNull[0] === isNull[1] ? null : schema.branches[isNull[0] ? 1 : 0]!;
}

const integers: Readonly<Record<string, 'INT8' | 'INT16'>> = { int8: 'INT8', int16: 'INT16' };

/** The Connect schema of a schema. Throws for a record that holds itself, which no SQL type is. */
export function connectOfAvro(schema: AvroSchema, isOptional = false, within: readonly AvroSchema[] = []): ConnectSchema {
  const named = plain(isOptional, textProperty(schema, 'connect.name'));
  switch (schema.type) {
    case 'boolean':
      return { ...named, type: 'BOOLEAN' };
    case 'int':
      return intSchema(schema, isOptional);
    case 'long':
      return { ...named, type: 'INT64', name: textProperty(schema, 'logicalType') === 'timestamp-millis' ? logical.timestamp : named.name };
    case 'float':
      return { ...named, type: 'FLOAT32' };
    case 'double':
      return { ...named, type: 'FLOAT64' };
    case 'string':
      return { ...named, type: 'STRING' };
    case 'enum':
      return { ...named, type: 'STRING', name: schema.name };
    case 'bytes':
    case 'fixed':
      return bytesSchema(schema, isOptional);
    case 'array':
      return arraySchema(schema, isOptional, within);
    case 'map':
      return { ...named, type: 'MAP', key: { ...plain(false), type: 'STRING' }, value: connectOfAvro(schema.values, false, within) };
    case 'record':
      return recordSchema(schema, isOptional, within);
    case 'union':
      return unionSchema(schema, isOptional, within);
    case 'null':
      throw new Error('Standalone null schemas are not supported by this converter');
  }
}

function intSchema(schema: AvroSchema, isOptional: boolean): ConnectSchema {
  const logicalType = textProperty(schema, 'logicalType');
  if (logicalType === 'date') return { ...plain(isOptional, logical.date), type: 'INT32' };
  if (logicalType === 'time-millis') return { ...plain(isOptional, logical.time), type: 'INT32' };
  const type = logicalType === null ? integers[textProperty(schema, 'connect.type') ?? ''] : undefined;
  return { ...plain(isOptional, textProperty(schema, 'connect.name')), type: type ?? 'INT32' };
}

export const isDecimal = (schema: AvroSchema): boolean => textProperty(schema, 'logicalType') === 'decimal';
export const decimalScale = ({ properties }: AvroSchema): number => numberOf(properties.get('scale'));

function bytesSchema(schema: AvroSchema, isOptional: boolean): ConnectSchema {
  if (!isDecimal(schema)) return { ...plain(isOptional, textProperty(schema, 'connect.name')), type: 'BYTES' };
  const precision = schema.properties.get('precision') ?? null;
  return decimalSchema(precision !== null && isJsonNumber(precision) ? Number(precision.number) : null, decimalScale(schema), isOptional);
}

function arraySchema({ items }: Extract<AvroSchema, { type: 'array' }>, isOptional: boolean, within: readonly AvroSchema[]): ConnectSchema {
  if (!isMapEntry(items)) return { ...plain(isOptional), type: 'ARRAY', item: connectOfAvro(items, false, within) };
  const part = (name: string) => items.fields.find((field) => field.name === name);
  const [key, value] = [part('key'), part('value')];
  if (!key || !value || items.fields.length !== 2)
    throw new Error('Found map encoded as array of key-value pairs, but array elements do not match the expected format.');
  return {
    ...plain(isOptional),
    type: 'MAP',
    key: connectOfAvro(key.schema, false, within),
    value: connectOfAvro(value.schema, false, within),
  };
}

function recordSchema(schema: AvroRecord, isOptional: boolean, within: readonly AvroSchema[]): ConnectSchema {
  if (within.includes(schema)) throw new Error(`Record ${schema.name} holds itself. ksqlDB has no type for it.`);
  const inner = [...within, schema];
  return {
    ...plain(isOptional, textProperty(schema, 'connect.name') ?? schema.name),
    type: 'STRUCT',
    fields: schema.fields.map((field): ConnectField => {
      const made = connectOfAvro(field.schema, false, inner);
      const defaultValue = defaultOf(field, made);
      return { name: field.name, schema: defaultValue === undefined ? made : { ...made, defaultValue } };
    }),
  };
}

/** A field's default as a value; undefined where there is none, or one that is null or has parts. */
function defaultOf({ defaultValue }: AvroField, { type }: ConnectSchema): SqlValue | undefined {
  if (defaultValue === undefined || defaultValue === null) return undefined;
  if (typeof defaultValue === 'string' || typeof defaultValue === 'boolean') return defaultValue;
  if (!isJsonNumber(defaultValue)) return undefined;
  return type === 'INT64' ? BigInt(defaultValue.number) : Number(defaultValue.number);
}

const memberName = (schema: AvroSchema): string => ('name' in schema ? schema.name.split('.').at(-1)! : schema.type);

function unionSchema(schema: Extract<AvroSchema, { type: 'union' }>, isOptional: boolean, within: readonly AvroSchema[]): ConnectSchema {
  const nullable = nullableBranch(schema);
  if (nullable) return connectOfAvro(nullable, true, within);
  const members = schema.branches.filter(({ type }) => type !== 'null');
  return {
    ...plain(isOptional || members.length < schema.branches.length, unionName),
    type: 'STRUCT',
    fields: members.map((member) => ({ name: memberName(member), schema: connectOfAvro(member, true, within) })),
  };
}

/** A schema with names that Avro can take: structs and maps are named after where they stand (`AvroSchemas.getAvroCompatibleConnectSchema`). */
export function avroCompatible(schema: ConnectSchema, path: string, isRoot = true): ConnectSchema {
  const isOptional = schema.isOptional && !isRoot;
  switch (schema.type) {
    case 'STRUCT':
      return {
        ...schema,
        isOptional,
        name: schema.name ?? path,
        fields: schema.fields.map(({ name, schema: part }) => ({
          name: name.replaceAll('.', '_'),
          schema: avroCompatible(part, `${path}_${name}`, false),
        })),
      } satisfies ConnectStruct;
    case 'ARRAY':
      return { ...schema, isOptional, item: avroCompatible(schema.item, path, false) };
    case 'MAP':
      return {
        ...schema,
        isOptional,
        name: path,
        key: avroCompatible(schema.key, `${path}_MapKey`, false),
        value: avroCompatible(schema.value, `${path}_MapValue`, false),
      };
    default:
      return isRoot ? { ...schema, isOptional } : schema;
  }
}

const numberNode = (value: number): JsonNode => ({ number: String(value) });
const members = (...entries: readonly (readonly [string, JsonNode])[]): JsonNode => new Map(entries);

const primitiveNames: Readonly<Record<string, string>> = {
  INT8: 'int',
  INT16: 'int',
  INT32: 'int',
  INT64: 'long',
  FLOAT32: 'float',
  FLOAT64: 'double',
  BOOLEAN: 'boolean',
  STRING: 'string',
  BYTES: 'bytes',
};
const logicalTypes: Readonly<Record<string, string>> = {
  [logical.date]: 'date',
  [logical.time]: 'time-millis',
  [logical.timestamp]: 'timestamp-millis',
};

/** The Avro schema of a Connect schema, as JSON (`AvroData.fromConnectSchema`), within a namespace. Throws for names that Avro does not take. */
export function avroOf(schema: ConnectSchema, namespace = ''): JsonNode {
  const made = withoutNull(schema, namespace);
  return schema.isOptional ? ['null', made] : made;
}

const namespaceOf = (fullName: string): string => fullName.split('.').slice(0, -1).join('.');

/** Name and namespace, which is not said again within itself. */
function nameParts(fullName: string, outer: string): readonly (readonly [string, JsonNode])[] {
  const parts = fullName.split('.');
  parts.forEach(checkAvroName);
  const namespace = namespaceOf(fullName);
  return [['name', parts.at(-1)!], ...(namespace === outer ? [] : [['namespace', namespace] as const])];
}

function fieldNode({ name, schema }: ConnectField, namespace: string): JsonNode {
  checkAvroName(name);
  return members(['name', name], ['type', avroOf(schema, namespace)], ...(schema.isOptional ? [['default', null] as const] : []));
}

function withoutNull(schema: ConnectSchema, namespace: string): JsonNode {
  switch (schema.type) {
    case 'ARRAY':
      return members(['type', 'array'], ['items', avroOf(schema.item, namespace)]);
    case 'MAP':
      return mapNode(schema, namespace);
    case 'STRUCT': {
      const name = schema.name ?? 'ConnectDefault';
      return members(
        ['type', 'record'],
        ...nameParts(name, namespace),
        ['fields', schema.fields.map((field) => fieldNode(field, namespaceOf(name)))],
        ['connect.name', schema.name],
      );
    }
    default:
      return primitiveNode(schema);
  }
}

/** A map of texts that are always there is Avro's; any other one is an array of entries. */
function mapNode({ name, key, value }: Extract<ConnectSchema, { type: 'MAP' }>, namespace: string): JsonNode {
  if (key.type === 'STRING' && !key.isOptional) return members(['type', 'map'], ['values', avroOf(value, namespace)]);
  const own = name ?? `${mapEntryNamespace}.${mapEntry}`;
  const inner = namespaceOf(own);
  const entry = members(
    ['type', 'record'],
    ...nameParts(own, namespace),
    ['fields', [fieldNode({ name: 'key', schema: key }, inner), fieldNode({ name: 'value', schema: value }, inner)]],
    ['connect.internal.type', mapEntry],
  );
  return members(['type', 'array'], ['items', entry]);
}

function primitiveNode(schema: ConnectSchema): JsonNode {
  const type = primitiveNames[schema.type]!;
  if (isDecimalSchema(schema)) {
    const [precision, scale] = [precisionOf(schema), scaleOf(schema)];
    return members(
      ['type', type],
      ['scale', numberNode(scale)],
      ['precision', numberNode(precision)],
      ['connect.parameters', members(['scale', String(scale)], [precisionParameter, String(precision)])],
      ['connect.name', logical.decimal],
      ['logicalType', 'decimal'],
    );
  }
  const logicalType = schema.name === null ? undefined : logicalTypes[schema.name];
  return logicalType === undefined ? type : members(['type', type], ['connect.name', schema.name], ['logicalType', logicalType]);
}
