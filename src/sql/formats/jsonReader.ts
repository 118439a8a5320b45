/**
 * Rows out of JSON texts by the language's own parser, which is several times as fast as one that keeps the digits of numbers. It is used where nothing is
 * lost by it: what it cannot tell exactly (`undecided`) is left to the reader that keeps them.
 */
import { base64Bytes } from '../types/bytes.ts';
import { parseDecimal } from '../types/decimal.ts';
import { fitDecimal } from '../types/decimalType.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { Column } from './serde.ts';

/** Said where the exact reader has to read the text. */
export const undecided: unique symbol = Symbol('undecided');
type Undecided = typeof undecided;

/** Reads what `JSON.parse` made; null and undefined never get here. */
type Read = (value: unknown) => SqlValue | Undecided;
type Members = Readonly<Record<string, unknown>>;

/** With fewer digits than this a double holds a number exactly enough to write it again. */
const longNumber = /[0-9.]{16}/;
/** Names that `JSON.parse` puts before all others, whatever their order in the text. */
const arrayIndex = /^\d+$/;

const wholeNumber =
  (convert: (value: number) => SqlValue): Read =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) ? convert(value) : undecided;

const text: Read = (value) => (typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : undecided);

/** A reader of a type's values. */
function readerOf(type: SqlType): Read {
  switch (type.base) {
    case 'BOOLEAN':
      return (value) => (typeof value === 'boolean' ? value : undecided);
    case 'INTEGER':
      // Java narrows; -0 is 0.
      return wholeNumber((value) => value | 0);
    case 'BIGINT':
      return wholeNumber(BigInt);
    case 'DATE':
    case 'TIMESTAMP':
      return wholeNumber((value) => value + 0);
    case 'DOUBLE':
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undecided);
    case 'STRING':
      return text;
    case 'BYTES':
      return (value) => (typeof value === 'string' ? base64Bytes(value) : undecided);
    case 'DECIMAL':
      return (value) =>
        typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? fitDecimal(parseDecimal(String(value)), type) : undecided;
    case 'ARRAY':
      return arrayReader(readerOf(type.item));
    case 'MAP':
      return mapReader(readerOf(type.value));
    case 'STRUCT': {
      const read = fieldsReader(type.fields);
      return (value) => (typeof value === 'object' && !Array.isArray(value) ? read(value as Members) : undecided);
    }
    case 'TIME':
      return () => undecided;
  }
}

function arrayReader(item: Read): Read {
  return (value) => {
    if (!Array.isArray(value)) return undecided;
    const items: SqlValue[] = [];
    for (const each of value as readonly unknown[]) {
      const read = each === null ? null : item(each);
      if (read === undecided) return undecided;
      items.push(read);
    }
    return items;
  };
}

function mapReader(item: Read): Read {
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) return undecided;
    const entries = new Map<SqlValue, SqlValue>();
    for (const [name, each] of Object.entries(value as Members)) {
      const read = each === null ? null : item(each);
      if (read === undecided || arrayIndex.test(name)) return undecided;
      entries.set(name, read);
    }
    return entries;
  };
}

/** The member whose name is this one in upper case, the last of several. */
function memberInAnyCase(members: Members, name: string, upper: Map<string, string>): unknown {
  let found: unknown;
  for (const key in members) {
    let upperCased = upper.get(key);
    if (upperCased === undefined) {
      upperCased = key.toUpperCase();
      // Names of members are few; a map with names without end is read as it is.
      if (upper.size < 1000) upper.set(key, upperCased);
    }
    if (upperCased === name) found = members[key];
  }
  return found;
}

/** Reads the members of an object by the names of the fields, else by these names in upper case; what is missing is null. */
function fieldsReader(fields: readonly Column[]): (members: Members) => readonly SqlValue[] | Undecided {
  const names = fields.map(({ name }) => name);
  const readers = fields.map(({ type }) => readerOf(type));
  const inherited = names.map((name) => name in Object.prototype);
  const upper = new Map<string, string>();
  return (members) => {
    const values: SqlValue[] = [];
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      let member = inherited[i] && !Object.hasOwn(members, name) ? undefined : members[name];
      if (member === undefined) member = memberInAnyCase(members, name, upper);
      const value = member === undefined || member === null ? null : readers[i]!(member);
      if (value === undecided) return undecided;
      values.push(value);
    }
    return values;
  };
}

/** Whether a text may hold a number with more digits than a double keeps; whole ones are found when they are read. */
function mayLoseDigits(text: string): boolean {
  return (text.includes('.') || text.includes('e-') || text.includes('E-')) && longNumber.test(text);
}

function parsed(payload: string): unknown {
  if (mayLoseDigits(payload)) return undecided;
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    // The exact reader says what is wrong.
    return undecided;
  }
}

/** A reader of rows that stand in an object, or of a single value. */
export function fastReader(columns: readonly Column[], isUnwrapped: boolean): (payload: string) => readonly SqlValue[] | null | Undecided {
  if (isUnwrapped && columns.length === 1) {
    const read = readerOf(columns[0]!.type);
    return (payload) => {
      const value = parsed(payload);
      if (value === undecided || value === null) return value;
      const one = read(value);
      return one === undecided ? undecided : [one];
    };
  }
  const read = fieldsReader(columns);
  return (payload) => {
    const value = parsed(payload);
    if (value === undecided || value === null) return value;
    return typeof value === 'object' && !Array.isArray(value) ? read(value as Members) : undecided;
  };
}
