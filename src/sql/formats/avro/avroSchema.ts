/** Schemas of Apache Avro, read from their JSON (Avro specification, "Schema Declaration"; `org.apache.avro.Schema.Parser`). */
import type { JsonNode } from '../jsonText.ts';
import { isJsonArray, isJsonNumber, isJsonObject, jsonText, parseJson } from '../jsonText.ts';

export type AvroPrimitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

/** What stands beside a schema's own properties: logical types and what Connect notes. */
export type AvroProperties = ReadonlyMap<string, JsonNode>;

export interface AvroField {
  readonly name: string;
  readonly schema: AvroSchema;
  /** As written; undefined where there is no default. */
  readonly defaultValue: JsonNode | undefined;
}

interface Named {
  /** With its namespace. */
  readonly name: string;
  readonly properties: AvroProperties;
}

export interface AvroRecord extends Named {
  readonly type: 'record';
  /** Filled after the record was made known, since a field may be of the record's own type. */
  readonly fields: AvroField[];
}

export type AvroSchema =
  | { readonly type: AvroPrimitive; readonly properties: AvroProperties }
  | { readonly type: 'array'; readonly items: AvroSchema; readonly properties: AvroProperties }
  | { readonly type: 'map'; readonly values: AvroSchema; readonly properties: AvroProperties }
  | { readonly type: 'union'; readonly branches: readonly AvroSchema[]; readonly properties: AvroProperties }
  | AvroRecord
  | (Named & { readonly type: 'enum'; readonly symbols: readonly string[] })
  | (Named & { readonly type: 'fixed'; readonly size: number });

const primitives: ReadonlySet<string> = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);
const none: AvroProperties = new Map();

/** Said of a schema that is not one of Avro. */
export class AvroSchemaError extends Error {}

type Members = ReadonlyMap<string, JsonNode>;

/** Throws unless a name is a letter or underscore and then letters, digits and underscores. */
export function checkAvroName(name: string): void {
  if (name === '') throw new AvroSchemaError('Empty name');
  if (!/^[A-Za-z_]/.test(name)) throw new AvroSchemaError(`Illegal initial character: ${name}`);
  if (!/^\w*$/.test(name)) throw new AvroSchemaError(`Illegal character in: ${name}`);
}

class Parser {
  private readonly named = new Map<string, AvroSchema>();

  parse(node: JsonNode, namespace: string): AvroSchema {
    if (typeof node === 'string') return this.reference(node, namespace);
    if (node !== null && isJsonArray(node))
      return { type: 'union', branches: node.map((branch) => this.parse(branch, namespace)), properties: none };
    if (node === null || !isJsonObject(node)) throw new AvroSchemaError(`No type: ${jsonText(node)}`);
    const type = node.get('type');
    if (typeof type !== 'string') {
      if (type === undefined) throw new AvroSchemaError(`No type: ${jsonText(node)}`);
      return this.parse(type, namespace);
    }
    switch (type) {
      case 'record':
      case 'error':
        return this.record(node, namespace);
      case 'enum':
        return this.define(node, namespace, (named) => ({ ...named, type: 'enum', symbols: texts(node.get('symbols')) }));
      case 'fixed':
        return this.define(node, namespace, (named) => ({ ...named, type: 'fixed', size: numberOf(node.get('size')) }));
      case 'array':
        return { type, items: this.parse(required(node, 'items'), namespace), properties: node };
      case 'map':
        return { type, values: this.parse(required(node, 'values'), namespace), properties: node };
      default:
        return primitives.has(type) ? { type: type as AvroPrimitive, properties: node } : this.reference(type, namespace);
    }
  }

  private reference(name: string, namespace: string): AvroSchema {
    if (primitives.has(name)) return { type: name as AvroPrimitive, properties: none };
    const found = this.named.get(name.includes('.') || namespace === '' ? name : `${namespace}.${name}`) ?? this.named.get(name);
    if (!found)
      throw new AvroSchemaError(
        `"${name}" is not a defined name. The type of the field must be a defined name or a {"type": ...} expression.`,
      );
    return found;
  }

  private define<T extends AvroSchema>(node: Members, namespace: string, make: (named: Named) => T): T {
    const given = node.get('name');
    if (typeof given !== 'string') throw new AvroSchemaError('No name in schema');
    const own = node.get('namespace');
    const full = given.includes('.') ? given : [typeof own === 'string' ? own : namespace, given].filter((part) => part !== '').join('.');
    full.split('.').forEach(checkAvroName);
    if (this.named.has(full)) throw new AvroSchemaError(`Can't redefine: ${full}`);
    const made = make({ name: full, properties: node });
    this.named.set(full, made);
    return made;
  }

  private record(node: Members, namespace: string): AvroSchema {
    const made = this.define(node, namespace, (named): AvroRecord => ({ ...named, type: 'record', fields: [] }));
    const inner = made.name.split('.').slice(0, -1).join('.');
    const fields = node.get('fields') ?? null;
    if (fields === null || !isJsonArray(fields)) throw new AvroSchemaError(`Record has no fields: ${jsonText(node)}`);
    for (const field of fields) {
      const name = field !== null && isJsonObject(field) ? field.get('name') : undefined;
      if (field === null || !isJsonObject(field) || typeof name !== 'string')
        throw new AvroSchemaError(`No field name: ${jsonText(field)}`);
      checkAvroName(name);
      made.fields.push({ name, schema: this.parse(required(field, 'type'), inner), defaultValue: field.get('default') });
    }
    return made;
  }
}

function required(node: Members, name: string): JsonNode {
  const found = node.get(name);
  if (found === undefined) throw new AvroSchemaError(`No ${name}: ${jsonText(node)}`);
  return found;
}

const texts = (node: JsonNode | undefined): string[] =>
  node !== undefined && node !== null && isJsonArray(node) ? node.map((item) => String(item as string)) : [];

export const numberOf = (node: JsonNode | undefined): number =>
  node !== undefined && node !== null && isJsonNumber(node) ? Number(node.number) : 0;

/** A text property; null where there is none. */
export function textProperty({ properties }: AvroSchema, name: string): string | null {
  const found = properties.get(name);
  return typeof found === 'string' ? found : null;
}

/** Reads a schema. Throws an AvroSchemaError where it is none. */
export const parseAvroSchema = (text: string): AvroSchema => new Parser().parse(parseJson(text), '');
