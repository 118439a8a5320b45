/** ksqlDB's JSON format (`KsqlJsonDeserializer`, `KsqlJsonSerdeFactory`). */
import { base64Bytes, base64Text } from '../types/bytes.ts';
import { decimalText, parseDecimal, wholePart } from '../types/decimal.ts';
import { fitDecimal } from '../types/decimalType.ts';
import { doubleText } from '../types/javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from '../types/sqlType.ts';
import type { JsonNode } from './jsonText.ts';
import { fastReader, undecided } from './jsonReader.ts';
import { templateReader } from './jsonTemplate.ts';
import { jsonFieldsWriter, jsonWriter } from './jsonWriter.ts';
import { isJsonArray, isJsonNumber, isJsonObject, jsonText, parseJson } from './jsonText.ts';
import type { Column, Serde, SerdeOptions } from './serde.ts';
import { payloadText } from './serde.ts';

type Read = (node: JsonNode, type: SqlType) => SqlValue;

const misfit = (type: SqlType, node: JsonNode): Error =>
  new Error(`Can't convert type. requiredType: ${type.base}, value: ${jsonText(node)}`);

/** A whole number of a number's text or a text, its low bits kept as Java narrows; null where it is neither. */
function wholeNumber(node: JsonNode): bigint | null {
  if (isJsonNumber(node)) return wholePart(parseDecimal(node.number));
  return typeof node === 'string' && /^[+-]?\d+$/.test(node) ? BigInt(node) : null;
}

const whole =
  (convert: (value: bigint) => SqlValue): Read =>
  (node, type) => {
    const value = wholeNumber(node);
    if (value === null) throw misfit(type, node);
    return convert(value);
  };

/** A text out of anything: a number and a boolean as they are written, objects and arrays as JSON (`processString`). */
function readString(node: JsonNode): SqlValue {
  if (typeof node === 'string') return node;
  if (isJsonNumber(node)) return decimalNodeText(node.number);
  if (isJsonArray(node)) return `[${node.map((item) => (item === null ? 'null' : String(readString(item)))).join(', ')}]`;
  return jsonText(node);
}

/** As Jackson's `DecimalNode.asText` and `IntNode.asText`. */
function decimalNodeText(text: string): string {
  return /[.eE]/.test(text) ? decimalText(parseDecimal(text)) : text;
}

function readStruct(node: JsonNode, type: SqlType): SqlValue {
  if (!isJsonObject(node) || type.base !== 'STRUCT') throw misfit(type, node);
  return readFields(node, type.fields);
}

/** Members by the names of the fields, written so or else upper-cased; a missing one is null. */
function readFields(node: ReadonlyMap<string, JsonNode>, fields: readonly Column[]): readonly SqlValue[] {
  let upperCased: Map<string, JsonNode> | null = null;
  return fields.map(({ name, type }) => {
    let member = node.get(name);
    if (member === undefined) {
      upperCased ??= new Map([...node].map(([key, value]) => [key.toUpperCase(), value]));
      member = upperCased.get(name);
    }
    return readJson(member ?? null, type);
  });
}

const readers: Readonly<Record<SqlType['base'], Read>> = {
  BOOLEAN: (node, type) => {
    if (typeof node !== 'boolean') throw misfit(type, node);
    return node;
  },
  INTEGER: whole((value) => Number(BigInt.asIntN(32, value))),
  BIGINT: whole((value) => BigInt.asIntN(64, value)),
  DATE: whole(Number),
  TIME: whole((value) => {
    if (value < 0n || value > 86_400_000n)
      throw new Error('Time values must use number of milliseconds greater than 0 and less than 86400000.');
    return Number(value);
  }),
  TIMESTAMP: whole(Number),
  DOUBLE: (node, type) => {
    const text = isJsonNumber(node) ? node.number : node;
    if (typeof text !== 'string' || text.trim() === '' || (Number.isNaN(Number(text)) && text !== 'NaN')) throw misfit(type, node);
    return Number(text);
  },
  STRING: readString,
  BYTES: (node, type) => {
    if (typeof node !== 'string') throw misfit(type, node);
    return base64Bytes(node);
  },
  DECIMAL: (node, type) => {
    const value = isJsonNumber(node) ? parseDecimal(node.number) : typeof node === 'string' ? parseDecimal(node) : null;
    if (value === null || type.base !== 'DECIMAL') throw misfit(type, node);
    return fitDecimal(value, type);
  },
  ARRAY: (node, type) => {
    if (!isJsonArray(node) || type.base !== 'ARRAY') throw misfit(type, node);
    return node.map((item) => readJson(item, type.item));
  },
  MAP: (node, type) => {
    if (!isJsonObject(node) || type.base !== 'MAP') throw misfit(type, node);
    return new Map([...node].map(([key, value]): [SqlValue, SqlValue] => [key, readJson(value, type.value)]));
  },
  STRUCT: readStruct,
};

/** A node as a value of a type; null and what is missing are null. Throws where it cannot be one. */
function readJson(node: JsonNode, type: SqlType): SqlValue {
  return node === null ? null : readers[type.base](node, type);
}

/** A value as a node: numbers as Java writes them, BYTES as base64, times as numbers. */
export function jsonNode(value: SqlValue, type: SqlType): JsonNode {
  if (value === null) return null;
  switch (type.base) {
    case 'BOOLEAN':
      return value as boolean;
    case 'STRING':
      return value as string;
    case 'BYTES':
      return base64Text(value as Uint8Array);
    case 'DOUBLE': {
      const text = doubleText(value as number);
      return Number.isFinite(value as number) ? { number: text } : text;
    }
    case 'DECIMAL':
      return { number: decimalText(value as Decimal) };
    case 'ARRAY':
      return (value as readonly SqlValue[]).map((item) => jsonNode(item, type.item));
    case 'MAP': {
      const entries = [...(value as ReadonlyMap<SqlValue, SqlValue>)];
      return new Map(entries.map(([key, item]) => [String(key), jsonNode(item, type.value)]));
    }
    case 'STRUCT':
      return fieldNodes(value as readonly SqlValue[], type.fields);
    default:
      return { number: String(value as number | bigint) };
  }
}

const fieldNodes = (values: readonly SqlValue[], fields: readonly Column[]): JsonNode =>
  new Map(fields.map(({ name, type }, i) => [name, jsonNode(values[i] ?? null, type)]));

/** Rows as JSON: an object of the columns, or the value of a single one where it is unwrapped. */
export function jsonSerde({ columns, isUnwrapped }: SerdeOptions): Serde {
  const only = isUnwrapped && columns.length === 1 ? columns[0]! : null;
  const writeOne = only && jsonWriter(only.type);
  const writeRow = jsonFieldsWriter(columns);
  const read = fastReader(columns, isUnwrapped);
  const readAlike = only ? null : templateReader(columns);
  const readExactly = (text: string): readonly SqlValue[] | null => {
    const node = parseJson(text);
    if (only) return node === null ? null : [readJson(node, only.type)];
    if (node === null) return null;
    if (!isJsonObject(node)) throw new Error(`Can't convert type. requiredType: STRUCT, value: ${jsonText(node)}`);
    return readFields(node, columns);
  };
  return {
    serialise: (values) => {
      if (values === null) return null;
      if (!writeOne) return writeRow(values);
      const value = values[0] ?? null;
      return value === null ? null : writeOne(value);
    },
    deserialise: (payload) => {
      if (payload === null) return null;
      const text = payloadText(payload);
      const alike = readAlike ? readAlike(text) : undecided;
      if (alike !== undecided) return alike;
      const row = read(text);
      return row === undecided ? readExactly(text) : row;
    },
  };
}
