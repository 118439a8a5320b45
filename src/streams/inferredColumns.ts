/** Which columns of SQL the fields of JSON are: told from a template, or from the values themselves. */
import type { Json } from '../pipeline/templates/json.ts';
import type { Generator, Scalar, TemplateNode } from '../pipeline/templates/template.ts';
import type { SqlType } from '../sql/types/sqlType.ts';

export interface InferredColumn {
  readonly name: string;
  readonly type: SqlType;
  /** Whether new values may come for ever: numbers in a row, ids, times. */
  readonly isUnbounded: boolean;
}

/** What is known of one field: null where nothing but null has been seen. */
interface Inferred {
  readonly type: SqlType | null;
  readonly isUnbounded: boolean;
}

const text: SqlType = { base: 'STRING' };
const nothing: Inferred = { type: null, isUnbounded: false };
const ofType = (type: SqlType, isUnbounded = false): Inferred => ({ type, isUnbounded });

function numberType(low: number, high: number): SqlType {
  if (!Number.isInteger(low) || !Number.isInteger(high)) return { base: 'DOUBLE' };
  return low >= -2_147_483_648 && high <= 2_147_483_647 ? { base: 'INTEGER' } : { base: 'BIGINT' };
}

function ofScalar(value: Scalar): Inferred {
  if (value === null) return nothing;
  if (typeof value === 'number') return ofType(numberType(value, value));
  return ofType(typeof value === 'boolean' ? { base: 'BOOLEAN' } : text);
}

const numbers: readonly SqlType['base'][] = ['INTEGER', 'BIGINT', 'DOUBLE'];

/** The narrowest type that holds both; anything can be read as a text. */
function unify(left: SqlType, right: SqlType): SqlType {
  if (left.base === 'STRUCT' && right.base === 'STRUCT') {
    const fields = merged([left.fields, right.fields].map((list) => list.map(({ name, type }) => ({ name, ...ofType(type) }))));
    return { base: 'STRUCT', fields: fields.map((field) => ({ name: field.name, type: field.type ?? text })) };
  }
  if (left.base === 'ARRAY' && right.base === 'ARRAY') return { base: 'ARRAY', item: unify(left.item, right.item) };
  if (left.base === right.base) return left;
  const [one, other] = [numbers.indexOf(left.base), numbers.indexOf(right.base)];
  return one < 0 || other < 0 ? text : { base: numbers[Math.max(one, other)] as 'INTEGER' | 'BIGINT' | 'DOUBLE' };
}

function unified(all: readonly Inferred[]): Inferred {
  return all.reduce((left, right) => {
    const type = left.type === null ? right.type : right.type === null ? left.type : unify(left.type, right.type);
    return { type, isUnbounded: left.isUnbounded || right.isUnbounded };
  }, nothing);
}

type Field = Inferred & { readonly name: string };

/** Fields of several objects, each once, in the order in which they are first seen. Names are columns' names: in capitals. */
function merged(objects: readonly (readonly Field[])[]): Field[] {
  const byName = new Map<string, Field>();
  for (const field of objects.flat()) {
    const name = field.name.toUpperCase();
    const seen = byName.get(name);
    byName.set(name, { ...(seen === undefined ? field : unified([seen, field])), name });
  }
  return [...byName.values()];
}

function structOf(fields: readonly Field[]): Inferred {
  if (fields.length === 0) return ofType(text);
  const isUnbounded = fields.some((field) => field.isUnbounded);
  return ofType({ base: 'STRUCT', fields: merged([fields]).map(({ name, type }) => ({ name, type: type ?? text })) }, isUnbounded);
}

const arrayOf = (items: readonly Inferred[]): Inferred => {
  const { type, isUnbounded } = unified(items);
  return ofType({ base: 'ARRAY', item: type ?? text }, isUnbounded);
};

function ofGenerator(generator: Generator): Inferred {
  switch (generator.kind) {
    case 'sequence':
    case 'timestamp':
      return ofType({ base: 'BIGINT' }, true);
    case 'key':
      return ofType(text);
    case 'uuid':
      return ofType(text, true);
    case 'integer':
      return ofType(numberType(generator.low, generator.high));
    case 'number':
      return ofType({ base: 'DOUBLE' });
    case 'oneOf':
      return unified(generator.choices.map(ofScalar));
  }
}

function ofNode(node: TemplateNode): Inferred {
  switch (node.kind) {
    case 'constant':
      return ofScalar(node.value);
    case 'slot':
      return ofGenerator(node.slot.generator);
    case 'text':
      return ofType(
        text,
        node.parts.some((part) => typeof part !== 'string' && ofGenerator(part.generator).isUnbounded),
      );
    case 'array':
      return arrayOf(node.items.map(ofNode));
    case 'object':
      return structOf(fieldsOf(node));
  }
}

const fieldsOf = ({ members }: Extract<TemplateNode, { kind: 'object' }>): Field[] =>
  members.map(({ name, value }) => ({ name, ...ofNode(value) }));

function ofJson(value: Json): Inferred {
  if (value === null || typeof value !== 'object') return ofScalar(value);
  if (Array.isArray(value)) return arrayOf((value as readonly Json[]).map(ofJson));
  return structOf(jsonFields(value as Readonly<Record<string, Json>>));
}

const jsonFields = (value: Readonly<Record<string, Json>>): Field[] =>
  Object.entries(value).map(([name, member]) => ({ name, ...ofJson(member) }));

const columns = (fields: readonly Field[]): InferredColumn[] =>
  fields.map(({ name, type, isUnbounded }) => ({ name, type: type ?? text, isUnbounded }));

/** The columns of values that a template makes; null where it makes no objects. */
export function columnsOfTemplate(root: TemplateNode): readonly InferredColumn[] | null {
  return root.kind === 'object' ? columns(merged([fieldsOf(root)])) : null;
}

/** The columns of JSON texts, null being no value; null where any of them is no object. */
export function columnsOfTexts(texts: readonly (string | null)[]): readonly InferredColumn[] | null {
  const objects: Field[][] = [];
  for (const one of texts) {
    if (one === null) continue;
    const value = readObject(one);
    if (value === null) return null;
    objects.push(jsonFields(value));
  }
  return objects.length === 0 ? null : columns(merged(objects));
}

function readObject(source: string): Readonly<Record<string, Json>> | null {
  try {
    const value = JSON.parse(source) as Json;
    return value === null || typeof value !== 'object' || Array.isArray(value) ? null : (value as Readonly<Record<string, Json>>);
  } catch {
    return null;
  }
}

/** Columns that all of several writers' values fit. */
export function mergedColumns(writers: readonly (readonly InferredColumn[])[]): readonly InferredColumn[] {
  return columns(merged(writers));
}
