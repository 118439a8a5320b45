import type { SqlType, SqlValue, StructField } from '../types/sqlType.ts';
import { typeText } from '../types/typeText.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { nullOnError } from './calls.ts';
import type { Typed } from './scope.ts';
import { coerceList } from './userList.ts';

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** How a part of an expression is compiled and printed. */
export interface Within {
  readonly compile: (expression: Expression) => Typed;
  readonly text: (expression: Expression) => string;
}

const hint = 'As a workaround, you may cast a NULL';
const issue = 'https://github.com/confluentinc/ksql/issues/4239';

/** ARRAY[…], its elements brought to one type. Throws a SqlError for an empty one and where all elements are NULL. */
export function arrayOf(node: Of<'array'>, within: Within): Typed {
  if (node.items.length === 0)
    throw new SqlError(`Array constructor cannot be empty. Please supply at least one element (see ${issue}).`, node.at);
  const { type, items } = coerceList(node.items, within);
  if (type === null)
    throw new SqlError(`Cannot construct an array with all NULL elements (see ${issue}). ${hint} value to the desired type.`, node.at);
  const evaluations = items.map((item) => nullOnError(item, 'array item').evaluate);
  return { type: { base: 'ARRAY', item: type }, evaluate: (row, context) => evaluations.map((evaluate) => evaluate(row, context)) };
}

/** MAP(k := v, …). Throws a SqlError for an empty one and where all keys or all values are NULL. */
export function mapOf(node: Of<'map'>, within: Within): Typed {
  if (node.entries.length === 0)
    throw new SqlError(`Map constructor cannot be empty. Please supply at least one key value pair (see ${issue}).`, node.at);
  const keys = coerceList(
    node.entries.map((entry) => entry.key),
    within,
  );
  if (keys.type === null)
    throw new SqlError(`Cannot construct a map with all NULL keys (see ${issue}). ${hint} key to the desired type.`, node.at);
  const values = coerceList(
    node.entries.map((entry) => entry.value),
    within,
  );
  if (values.type === null)
    throw new SqlError(`Cannot construct a map with all NULL values (see ${issue}). ${hint} value to the desired type.`, node.at);
  const entries = keys.items.map(
    (key, i) => [nullOnError(key, 'map key').evaluate, nullOnError(values.items[i]!, 'map value').evaluate] as const,
  );
  return {
    type: { base: 'MAP', key: keys.type, value: values.type },
    evaluate: (row, context) => new Map(entries.map(([key, value]) => [key(row, context), value(row, context)])),
  };
}

/** STRUCT(f := v, …). Throws a SqlError for two fields of one name and for a field that is NULL. */
export function structOf(node: Of<'struct'>, within: Within): Typed {
  const fields: StructField[] = [];
  const evaluations = node.fields.map(({ name, value }) => {
    const typed = within.compile(value);
    if (fields.some((field) => field.name === name))
      throw new SqlError(`Duplicate field names found in STRUCT: '${name}'. Give each field a name of its own.`, node.at);
    if (typed.type === null) throw new SqlError(`The type of field '${name}' is unknown. Cast its NULL to the desired type.`, node.at);
    fields.push({ name, type: typed.type });
    return nullOnError(typed, 'struct field').evaluate;
  });
  return { type: { base: 'STRUCT', fields }, evaluate: (row, context) => evaluations.map((evaluate) => evaluate(row, context)) };
}

/** base->name. Throws a SqlError where the base is no STRUCT or has no such field. */
export function field(node: Of<'field'>, base: Typed, text: Within['text']): Typed {
  if (base.type?.base !== 'STRUCT') {
    const type = base.type === null ? 'null' : typeText(base.type);
    throw new SqlError(`Expected STRUCT type, got: ${type}`, node.at);
  }
  const at = base.type.fields.findIndex((candidate) => candidate.name === node.name);
  if (at < 0) throw new SqlError(`Could not find field '${node.name}' in '${text(node.base)}'.`, node.at);
  return {
    type: base.type.fields[at]!.type,
    evaluate: (row, context) => {
      const struct = base.evaluate(row, context) as readonly SqlValue[] | null;
      return struct === null ? null : (struct[at] ?? null);
    },
  };
}

/** The element at a place that counts from 1, or from -1 at the end (`ArrayAccess`). */
function element(items: readonly SqlValue[], place: number): SqlValue {
  return items[place >= 0 ? place - 1 : items.length + place] ?? null;
}

function elementType(node: Of<'subscript'>, base: SqlType | null, text: Within['text']): SqlType {
  if (base?.base === 'ARRAY') return base.item;
  if (base?.base === 'MAP') return base.value;
  const arrow = base?.base === 'STRUCT' ? ` Use the dereference operator for STRUCTS: ${text(node.base)}->${text(node.index)}` : '';
  const type = base === null ? 'null' : typeText(base);
  throw new SqlError(`Subscript expression (${text(node)}) do not apply to ${type}.${arrow}`, node.at);
}

/** base[index] of an array or a map; null where there is nothing. Throws a SqlError for anything else. */
export function subscript(node: Of<'subscript'>, base: Typed, index: Typed, text: Within['text']): Typed {
  const type = elementType(node, base.type, text);
  const isArray = base.type!.base === 'ARRAY';
  return {
    type,
    evaluate: (row, context) => {
      const whole = base.evaluate(row, context);
      if (whole === null) return null;
      const at = index.evaluate(row, context);
      if (!isArray) return (whole as ReadonlyMap<SqlValue, SqlValue>).get(at) ?? null;
      if (at === null) throw new Error('null as the index of an array');
      return element(whole as readonly SqlValue[], Number(at));
    },
  };
}
