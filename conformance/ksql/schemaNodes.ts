/** Records of cases in the formats of a registry: JSON by the newest schema of the topic, as ksqlDB's tests write and read it (`SpecToConnectConverter`). */
import { bareProtobufSerde } from '../../src/sql/formats/registered.ts';
import { ByteReader, ByteWriter } from '../../src/sql/formats/byteStream.ts';
import type { ConnectSchema } from '../../src/sql/formats/connect/connectSchema.ts';
import { isDecimalSchema, logical, precisionOf, scaleOf } from '../../src/sql/formats/connect/connectSchema.ts';
import { jsonNode, jsonSerde } from '../../src/sql/formats/json.ts';
import type { JsonNode } from '../../src/sql/formats/jsonText.ts';
import { isJsonArray, isJsonNumber, isJsonObject, jsonText } from '../../src/sql/formats/jsonText.ts';
import { schemaCodec } from '../../src/sql/formats/registry/schemaCodec.ts';
import { SchemaRegistry } from '../../src/sql/formats/registry/schemaRegistry.ts';
import { subjectOf } from '../../src/sql/formats/registry/schemaRegistry.ts';
import type { Column, Payload, SchemaUse } from '../../src/sql/formats/serde.ts';
import { base64Bytes, base64Text } from '../../src/sql/types/bytes.ts';
import { decimalText, parseDecimal } from '../../src/sql/types/decimal.ts';
import { fitDecimal } from '../../src/sql/types/decimalType.ts';
import { doubleText } from '../../src/sql/types/javaNumber.ts';
import type { Decimal, SqlValue } from '../../src/sql/types/sqlType.ts';
import { Catalogue } from '../../src/sql/plan/catalogue.ts';
import { sourceOfStatement } from '../../src/sql/plan/createSource.ts';
import { planConfig } from '../../src/sql/plan/planConfig.ts';
import { resolveType } from '../../src/sql/plan/typeNames.ts';
import { parseStatements, prepareStatement } from '../../src/sql/syntax/parse.ts';
import type { KsqlCase } from './cases.ts';
import type { DoubleNode } from './compare.ts';

const doubleNode = (number: string, isDouble: boolean): DoubleNode => ({ number, isDouble });

/** Where Java's `HashMap` of sixteen places has a key: topics get their ids in the order in which one lists them. */
function place(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 16)) & 15;
}

/** The registry as a case finds it: with the schemas of its topics and of those that its statements declare. */
export function registerTopics({ topics, statements, properties }: KsqlCase, registry: SchemaRegistry): void {
  const own = new SchemaRegistry();
  for (const { name, key, value } of topics) {
    if (key) own.register(subjectOf(name, true), key, key.id ?? undefined);
    if (value) own.register(subjectOf(name, false), value, value.id ?? undefined);
  }
  const names = new Set([...topics.map(({ name }) => name), ...declaredTopics(statements, properties, own)]);
  for (const name of [...names].sort((a, b) => place(a) - place(b)))
    for (const isKey of [true, false]) {
      const subject = subjectOf(name, isKey);
      const id = own.latest(subject);
      const topic = topics.find((one) => one.name === name);
      const given = (isKey ? topic?.key : topic?.value)?.id ?? undefined;
      if (id !== null) registry.register(subject, own.schema(id), given);
    }
}

/** The topics of the statements that declare sources; their schemas are in the registry then. What cannot be executed is told when the case runs. */
function declaredTopics(statements: readonly string[], properties: KsqlCase['properties'], registry: SchemaRegistry): string[] {
  const catalogue = new Catalogue(registry);
  const names: string[] = [];
  for (const text of statements) {
    try {
      for (const parsed of parseStatements(text)) {
        const statement = prepareStatement(parsed);
        if (statement.kind === 'createType') catalogue.types.set(statement.name, resolveType(statement.type, catalogue.types));
        if (statement.kind !== 'createSource') continue;
        names.push(sourceOfStatement({ ...statement, orReplace: true, readOnly: false }, catalogue, planConfig(properties)).topic);
      }
    } catch {
      continue;
    }
  }
  return names;
}

const asText = (node: JsonNode): string =>
  node !== null && isJsonNumber(node) ? node.number : typeof node === 'string' ? node : jsonText(node);

/** Null and undefined are left to the schema's default. */
function valueOf(node: JsonNode, schema: ConnectSchema): SqlValue {
  if (node === null) return null;
  switch (schema.type) {
    case 'BOOLEAN':
      return asText(node).toLowerCase() === 'true';
    case 'STRING':
      return asText(node);
    case 'BYTES':
      if (!isDecimalSchema(schema)) return base64Bytes(asText(node));
      return fitDecimal(parseDecimal(asText(node)), { base: 'DECIMAL', precision: precisionOf(schema), scale: scaleOf(schema) });
    case 'INT64':
      return schema.name === logical.timestamp ? Number(asText(node)) : BigInt(asText(node));
    case 'ARRAY':
      return isJsonArray(node) ? node.map((item) => valueOf(item, schema.item)) : null;
    case 'MAP':
      return isJsonObject(node) ? new Map([...node].map(([key, item]) => [valueOf(key, schema.key), valueOf(item, schema.value)])) : null;
    case 'STRUCT': {
      const members = new Map(isJsonObject(node) ? [...node].map(([name, member]) => [name.toUpperCase(), member]) : []);
      return schema.fields.map((field) => valueOf(members.get(field.name.toUpperCase()) ?? null, field.schema));
    }
    default:
      return Number(asText(node));
  }
}

function nodeOf(value: SqlValue, schema: ConnectSchema): JsonNode {
  if (value === null) return null;
  switch (schema.type) {
    case 'BOOLEAN':
    case 'STRING':
      return value as boolean | string;
    case 'BYTES':
      return isDecimalSchema(schema) ? { number: decimalText(value as Decimal) } : base64Text(value as Uint8Array);
    case 'FLOAT32':
    case 'FLOAT64':
      return Number.isFinite(value as number)
        ? doubleNode(doubleText(value as number), schema.type === 'FLOAT64')
        : doubleText(value as number);
    case 'ARRAY':
      return (value as readonly SqlValue[]).map((item) => nodeOf(item, schema.item));
    case 'MAP':
      return new Map(
        [...(value as ReadonlyMap<SqlValue, SqlValue>)].map(([key, item]) => [String(key as string), nodeOf(item, schema.value)]),
      );
    case 'STRUCT':
      return new Map(schema.fields.map((field, i) => [field.name, nodeOf((value as readonly SqlValue[])[i] ?? null, field.schema)]));
    default:
      return { number: String(value as number | bigint) };
  }
}

/** A record's side with the id of its topic's newest schema. Throws where the topic has none. */
export function schemaPayload(node: JsonNode, use: SchemaUse): Payload {
  const id = use.registry.latest(use.subject);
  if (id === null) throw new Error(`The registry has no schema for ${use.subject}.`);
  const codec = schemaCodec(use.registry.schema(id), use);
  const out = new ByteWriter();
  out.byte(0);
  out.int32BigEndian(id);
  codec.write(valueOf(node, codec.schema), out);
  return out.finish();
}

/** What a payload says by the schema whose id it begins with. */
export function schemaNode(payload: Uint8Array, use: SchemaUse): JsonNode {
  const bytes = new ByteReader(payload);
  bytes.byte();
  const codec = schemaCodec(use.registry.schema(bytes.int32BigEndian()), { ...use, fullName: null });
  const { value, schema } = codec.read(bytes);
  return nodeOf(value, schema);
}

/** Messages of Protocol Buffers that both sides know the columns of. */
export const bareProtobuf = {
  write: (node: JsonNode, columns: readonly Column[], schema: SchemaUse | undefined): Payload => {
    const options = { columns, isUnwrapped: false, delimiter: ',', ...(schema && { schema }) };
    return bareProtobufSerde(options).serialise(jsonSerde(options).deserialise(jsonText(node)));
  },
  read: (payload: Payload, columns: readonly Column[], schema: SchemaUse | undefined): JsonNode => {
    const row = bareProtobufSerde({ columns, isUnwrapped: false, delimiter: ',', ...(schema && { schema }) }).deserialise(payload);
    return row && new Map(columns.map(({ name, type }, i) => [name, jsonNode(row[i] ?? null, type)]));
  },
};
