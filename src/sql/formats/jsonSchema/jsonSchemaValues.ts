/** Values of Connect schemas as JSON (`JsonSchemaData.fromConnectData`, `toConnectData`). */
import { base64Bytes, base64Text } from '../../types/bytes.ts';
import { decimalText, parseDecimal, wholePart } from '../../types/decimal.ts';
import { doubleText } from '../../types/javaNumber.ts';
import type { Decimal, SqlValue } from '../../types/sqlType.ts';
import type { ConnectSchema } from '../connect/connectSchema.ts';
import { isDecimalSchema, logical } from '../connect/connectSchema.ts';
import type { JsonNode } from '../jsonText.ts';
import { isJsonArray, isJsonNumber, isJsonObject, jsonText } from '../jsonText.ts';

type Items = readonly SqlValue[];

const misfit = (node: JsonNode, { type }: ConnectSchema): Error => new Error(`JSON ${jsonText(node)} is no ${type} of its schema.`);

const isEntries = (schema: Extract<ConnectSchema, { type: 'MAP' }>): boolean => schema.key.type !== 'STRING' || schema.key.isOptional;

/** A node as a value. Throws where it is none of the schema. */
export function connectOfNode(node: JsonNode, schema: ConnectSchema): SqlValue {
  if (node === null) return schema.defaultValue ?? null;
  switch (schema.type) {
    case 'BOOLEAN':
      if (typeof node !== 'boolean') throw misfit(node, schema);
      return node;
    case 'STRING':
      if (typeof node === 'string') return node;
      if (isJsonArray(node) || isJsonObject(node)) throw misfit(node, schema);
      return isJsonNumber(node) ? node.number : String(node);
    case 'BYTES':
      return bytesOf(node, schema);
    case 'ARRAY':
      if (!isJsonArray(node)) throw misfit(node, schema);
      return node.map((item) => connectOfNode(item, schema.item));
    case 'MAP':
      return mapOf(node, schema);
    case 'STRUCT':
      if (!isJsonObject(node)) throw misfit(node, schema);
      return schema.fields.map((field) => connectOfNode(node.get(field.name) ?? null, field.schema));
    default:
      return numberOf(node, schema);
  }
}

function numberOf(node: JsonNode, schema: ConnectSchema): SqlValue {
  if (node === null || !isJsonNumber(node)) throw misfit(node, schema);
  if (schema.type === 'FLOAT32' || schema.type === 'FLOAT64') return Number(node.number);
  const whole = wholePart(parseDecimal(node.number));
  return schema.type === 'INT64' && schema.name !== logical.timestamp ? BigInt.asIntN(64, whole) : Number(whole);
}

function bytesOf(node: JsonNode, schema: ConnectSchema): SqlValue {
  if (isDecimalSchema(schema) && node !== null && isJsonNumber(node)) return parseDecimal(node.number);
  if (typeof node !== 'string') throw misfit(node, schema);
  return base64Bytes(node);
}

function mapOf(node: JsonNode, schema: Extract<ConnectSchema, { type: 'MAP' }>): SqlValue {
  if (node === null) return null;
  if (isJsonObject(node)) return new Map([...node].map(([key, value]): [SqlValue, SqlValue] => [key, connectOfNode(value, schema.value)]));
  if (!isJsonArray(node)) throw misfit(node, schema);
  return new Map(
    node.map((entry): [SqlValue, SqlValue] => {
      if (entry === null || !isJsonObject(entry)) throw misfit(entry, schema);
      return [connectOfNode(entry.get('key') ?? null, schema.key), connectOfNode(entry.get('value') ?? null, schema.value)];
    }),
  );
}

/** A value as a node. */
export function nodeOfConnect(value: SqlValue, schema: ConnectSchema): JsonNode {
  if (value === null) return null;
  switch (schema.type) {
    case 'BOOLEAN':
    case 'STRING':
      return value as boolean | string;
    case 'FLOAT32':
    case 'FLOAT64':
      return Number.isFinite(value as number) ? { number: doubleText(value as number) } : doubleText(value as number);
    case 'BYTES':
      return isDecimalSchema(schema) ? { number: decimalText(value as Decimal) } : base64Text(value as Uint8Array);
    case 'ARRAY':
      return (value as Items).map((item) => nodeOfConnect(item, schema.item));
    case 'MAP': {
      const entries = [...(value as ReadonlyMap<SqlValue, SqlValue>)].map(
        ([key, item]) => [nodeOfConnect(key, schema.key), nodeOfConnect(item, schema.value)] as const,
      );
      if (!isEntries(schema)) return new Map(entries.map(([key, item]) => [String(key as string), item]));
      return entries.map(
        ([key, item]) =>
          new Map<string, JsonNode>([
            ['key', key],
            ['value', item],
          ]),
      );
    }
    case 'STRUCT':
      return new Map(schema.fields.map((field, i) => [field.name, nodeOfConnect((value as Items)[i] ?? null, field.schema)]));
    default:
      return { number: String(value as number | bigint) };
  }
}
