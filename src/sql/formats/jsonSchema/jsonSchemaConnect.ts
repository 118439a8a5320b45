/** JSON Schema as Connect's schemas, and back (`io.confluent.connect.json.JsonSchemaData`). */
import type { ConnectField, ConnectSchema, ConnectStruct } from '../connect/connectSchema.ts';
import { isDecimalSchema, logical, plain } from '../connect/connectSchema.ts';
import type { JsonNode } from '../jsonText.ts';
import { isJsonArray, isJsonNumber, isJsonObject, jsonText } from '../jsonText.ts';

type Members = ReadonlyMap<string, JsonNode>;

const numberTypes: Readonly<Record<string, 'INT8' | 'INT16' | 'INT32' | 'INT64' | 'FLOAT32' | 'FLOAT64' | 'BYTES'>> = {
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float32: 'FLOAT32',
  float64: 'FLOAT64',
  bytes: 'BYTES',
};

const membersOf = (node: JsonNode | undefined): Members => (node !== undefined && node !== null && isJsonObject(node) ? node : new Map());
const textOf = (node: JsonNode | undefined): string | null => (typeof node === 'string' ? node : null);

/** The Connect schema of a JSON schema. Throws for what Connect has no type for. */
export function connectOfJsonSchema(node: JsonNode, isOptional = false): ConnectSchema {
  if (node === null || !isJsonObject(node)) throw new Error(`Unsupported schema type ${jsonText(node)}`);
  const alternatives = node.get('oneOf') ?? node.get('anyOf');
  if (alternatives !== undefined && alternatives !== null && isJsonArray(alternatives)) return unionSchema(alternatives, isOptional);
  const parameters = Object.fromEntries(
    [...membersOf(node.get('connect.parameters'))].map(([name, value]) => [name, String(value as string)]),
  );
  const common = { name: textOf(node.get('title')), isOptional, parameters };
  const connectType = textOf(node.get('connect.type')) ?? '';
  switch (typeOf(node)) {
    case 'boolean':
      return { ...common, type: 'BOOLEAN' };
    case 'integer':
      return { ...common, type: numberTypes[connectType] ?? 'INT64' };
    case 'number':
      return { ...common, type: numberTypes[connectType] ?? 'FLOAT64' };
    case 'string':
      return { ...common, type: connectType === 'bytes' ? 'BYTES' : 'STRING' };
    case 'array':
      return arraySchema(node, connectType, common);
    case 'object':
      if (connectType === 'map')
        return {
          ...common,
          type: 'MAP',
          key: { ...plain(false), type: 'STRING' },
          value: connectOfJsonSchema(node.get('additionalProperties') ?? null),
        };
      return { ...common, type: 'STRUCT', fields: fieldsOf(node) };
    default:
      throw new Error(`Unsupported schema type ${jsonText(node)}`);
  }
}

function typeOf(node: Members): string | null {
  if (node.has('enum') || node.has('const')) return 'string';
  return textOf(node.get('type')) ?? (node.has('properties') ? 'object' : null);
}

function arraySchema(node: Members, connectType: string, common: ReturnType<typeof plain>): ConnectSchema {
  const items = node.get('items');
  if (items === undefined) throw new Error('Array schema did not specify the items type');
  if (connectType !== 'map') return { ...common, type: 'ARRAY', item: connectOfJsonSchema(items) };
  const entry = membersOf(membersOf(items).get('properties'));
  return {
    ...common,
    type: 'MAP',
    key: connectOfJsonSchema(entry.get('key') ?? null),
    value: connectOfJsonSchema(entry.get('value') ?? null),
  };
}

function indexOf(node: JsonNode): number | null {
  const index = membersOf(node).get('connect.index') ?? null;
  return index !== null && isJsonNumber(index) ? Number(index.number) : null;
}

/** Fields by the index that Connect notes, else in the order in which they are written. */
function fieldsOf(node: Members): ConnectField[] {
  const properties = [...membersOf(node.get('properties'))].map(([name, schema], i) => ({ name, schema, at: indexOf(schema) ?? i }));
  return properties.sort((a, b) => a.at - b.at).map(({ name, schema }) => ({ name, schema: connectOfJsonSchema(schema) }));
}

function unionSchema(alternatives: readonly JsonNode[], isOptional: boolean): ConnectSchema {
  const given = alternatives.filter((one) => textOf(membersOf(one).get('type')) !== 'null');
  const hasNull = given.length < alternatives.length;
  if (given.length === 1 && alternatives.length <= 2) return connectOfJsonSchema(given[0]!, isOptional || hasNull);
  const name = 'io.confluent.connect.json.OneOf';
  return {
    ...plain(isOptional || hasNull, name),
    type: 'STRUCT',
    fields: given.map((one, i) => ({ name: `${name}.field.${String(i)}`, schema: connectOfJsonSchema(one, true) })),
  };
}

const members = (...entries: readonly (readonly [string, JsonNode])[]): Map<string, JsonNode> => new Map(entries);

const jsonTypes: Readonly<Record<string, readonly [type: string, connectType: string | null]>> = {
  INT8: ['integer', 'int8'],
  INT16: ['integer', 'int16'],
  INT32: ['integer', 'int32'],
  INT64: ['integer', 'int64'],
  FLOAT32: ['number', 'float32'],
  FLOAT64: ['number', 'float64'],
  BOOLEAN: ['boolean', null],
  STRING: ['string', null],
  BYTES: ['string', 'bytes'],
};

/** The JSON schema of a Connect schema; `index` is its place among the fields of a struct. */
export function jsonSchemaOf(schema: ConnectSchema, index: number | null = null): JsonNode {
  const place: (readonly [string, JsonNode])[] = index === null ? [] : [['connect.index', { number: String(index) }]];
  const made = withoutNull(schema);
  if (!schema.isOptional) return new Map([...made, ...place]);
  return members(...place, ['oneOf', [members(['type', 'null']), made]]);
}

function structNode({ fields }: ConnectStruct): Map<string, JsonNode> {
  return members(['type', 'object'], ['properties', new Map(fields.map(({ name, schema }, i) => [name, jsonSchemaOf(schema, i)]))]);
}

function withoutNull(schema: ConnectSchema): Map<string, JsonNode> {
  switch (schema.type) {
    case 'ARRAY':
      return members(['type', 'array'], ['items', jsonSchemaOf(schema.item)]);
    case 'MAP':
      return mapNode(schema);
    case 'STRUCT':
      return structNode(schema);
    default: {
      const [type, connectType] = isDecimalSchema(schema) ? ['number', 'bytes'] : jsonTypes[schema.type]!;
      const node = members(['type', type]);
      if (connectType !== null) node.set('connect.type', connectType);
      if (schema.name !== null) node.set('title', schema.name);
      if (Object.values<string | null>(logical).includes(schema.name)) node.set('connect.version', { number: '1' });
      if (Object.keys(schema.parameters).length > 0) node.set('connect.parameters', new Map(Object.entries(schema.parameters)));
      return node;
    }
  }
}

/** A map whose keys are always texts is an object; any other one is a list of entries. */
function mapNode({ key, value }: Extract<ConnectSchema, { type: 'MAP' }>): Map<string, JsonNode> {
  if (key.type === 'STRING' && !key.isOptional)
    return members(['type', 'object'], ['connect.type', 'map'], ['additionalProperties', jsonSchemaOf(value)]);
  const entry = members(['type', 'object'], ['properties', members(['key', jsonSchemaOf(key, 0)], ['value', jsonSchemaOf(value, 1)])]);
  return members(['type', 'array'], ['connect.type', 'map'], ['items', entry]);
}
