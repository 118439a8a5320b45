import { base64Text, compareBytes } from './bytes.ts';
import { dateText, timeText, timestampText } from './calendar.ts';
import { compareDecimals, decimalScientificText } from './decimal.ts';
import { doubleText } from './javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from './sqlType.ts';

export const isDecimal = (value: SqlValue): value is Decimal => typeof value === 'object' && value !== null && 'unscaled' in value;

/**
 * A text that two values share exactly when Java's `equals` says so: decimals with their scale, arrays and structs part by part, maps
 * whatever their order. Serves as key of sets and maps of values.
 */
export function valueKey(value: SqlValue): string {
  if (value === null) return '∅';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}L`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
      return String(value);
    default:
      return structuredKey(value);
  }
}

function structuredKey(value: Exclude<SqlValue, null | string | bigint | number | boolean>): string {
  if (value instanceof Uint8Array) return `b${base64Text(value)}`;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<SqlValue, SqlValue>)].map(([key, item]) => `${valueKey(key)}=${valueKey(item)}`);
    return `{${entries.sort().join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly SqlValue[]).map(valueKey).join(',')}]`;
  const number = value as Decimal;
  return `${number.unscaled}d${number.scale}`;
}

/** Java's `Objects.equals` of two values of one type. */
export function equalValues(a: SqlValue, b: SqlValue): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  return valueKey(a) === valueKey(b);
}

/** -1, 0 or 1 for two numbers as `Double.compare` orders them: -0.0 before 0.0, NaN last. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b && a !== 0) return 0;
  return Object.is(a, b) ? 0 : Number.isNaN(b) || Object.is(a, -0) ? -1 : 1;
}

/** The natural order of two values of one type that Java has an order for (`Comparable`). Throws for arrays, maps and structs. */
export function compareValues(a: SqlValue, b: SqlValue): number {
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (isDecimal(a) && isDecimal(b)) return compareDecimals(a, b);
  if (typeof a === 'object' || typeof b === 'object') throw new Error('Values of this type have no order.');
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `String.hashCode`. */
export function stringHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

function keyHash(key: SqlValue): number {
  if (typeof key === 'string') return stringHash(key);
  if (typeof key === 'number' && Number.isInteger(key)) return key | 0;
  if (typeof key === 'boolean') return key ? 1231 : 1237;
  if (typeof key === 'bigint') return Number(BigInt.asIntN(32, key ^ (BigInt.asUintN(64, key) >> 32n)));
  return 0;
}

/**
 * The entries of a map in the order in which a Java `HashMap` made for this many gives them, since functions show that order; ksqlDB makes its
 * maps of the size they are read with.
 * @param capacity how many places the map begins with; 16 where none are asked for
 */
export function hashMapEntries(map: ReadonlyMap<SqlValue, SqlValue>, capacity = 1): [SqlValue, SqlValue][] {
  let size = capacity;
  while (map.size > Math.floor(size * 0.75)) size *= 2;
  const bucket = (key: SqlValue) => {
    const hash = keyHash(key);
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  return [...map].sort(([a], [b]) => bucket(a) - bucket(b));
}

/** A value as Java's `toString` prints it: `[1, 2]`, `{A=1}`, `Struct{F=1}`, 1.0E10. */
export function javaText(value: SqlValue, type: SqlType): string {
  if (value === null) return 'null';
  switch (type.base) {
    case 'DOUBLE':
      return doubleText(value as number);
    case 'DECIMAL':
      return decimalScientificText(value as Decimal);
    case 'DATE':
      return dateText(value as number);
    case 'TIME':
      return timeText(value as number);
    case 'TIMESTAMP':
      return timestampText(value as number)
        .replace('T', ' ')
        .replace(/0+$/, '')
        .replace(/\.$/, '.0');
    case 'ARRAY':
      return `[${(value as readonly SqlValue[]).map((item) => javaText(item, type.item)).join(', ')}]`;
    case 'MAP': {
      const entries = hashMapEntries(value as ReadonlyMap<SqlValue, SqlValue>);
      return `{${entries.map(([key, item]) => `${javaText(key, type.key)}=${javaText(item, type.value)}`).join(', ')}}`;
    }
    case 'STRUCT': {
      const parts = type.fields.map(({ name, type: part }, i) => [name, part, (value as readonly SqlValue[])[i] ?? null] as const);
      const given = parts.filter(([, , item]) => item !== null);
      return `Struct{${given.map(([name, part, item]) => `${name}=${javaText(item, part)}`).join(',')}}`;
    }
    default:
      return String(value);
  }
}
