import { decimalScientificText } from '../../types/decimal.ts';
import { doubleText } from '../../types/javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from '../../types/sqlType.ts';
import { compareValues, valueKey } from '../../types/values.ts';
import { bound, lenient, strict, type ScalarFunction } from '../library.ts';

/** Functions of arrays (`udf.array`, `udf.list`). */

type Items = readonly SqlValue[];

const distinct = (items: Items): SqlValue[] => {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = valueKey(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

const keysOf = (items: Items): ReadonlySet<string> => new Set(items.map(valueKey));

function except(left: Items, right: Items): SqlValue[] {
  const taken = keysOf(right);
  return distinct(left).filter((item) => !taken.has(valueKey(item)));
}

function intersect(left: Items, right: Items): SqlValue[] {
  const kept = keysOf(right);
  return distinct(left).filter((item) => kept.has(valueKey(item)));
}

const remove = (items: Items | null, victim: SqlValue): SqlValue => {
  const key = valueKey(victim);
  return items === null ? null : items.filter((item) => valueKey(item) !== key);
};

/** The item that comes last in one direction, nulls left out; null where there is none. */
function extreme(items: Items, sign: 1 | -1): SqlValue {
  let best: SqlValue = null;
  for (const item of items) if (item !== null && (best === null || compareValues(item, best) * sign > 0)) best = item;
  return best;
}

/** Sorted, nulls at the end either way; null for a direction that is none. */
function sorted(items: Items, direction = 'ASC'): SqlValue {
  const upper = direction.toUpperCase();
  const sign = ['ASC', 'ASCENDING'].includes(upper) ? 1 : ['DESC', 'DESCENDING'].includes(upper) ? -1 : 0;
  if (sign === 0) return null;
  return [...items].sort((a, b) => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : sign * compareValues(a, b)));
}

const joinable = ['BOOLEAN', 'INTEGER', 'BIGINT', 'DOUBLE', 'DECIMAL', 'STRING'];

function itemText(item: SqlValue, type: SqlType): string {
  if (item === null) return 'null';
  if (!joinable.includes(type.base)) throw new Error(`error: hit element of type ${type.base} which is currently not supported`);
  if (type.base === 'DOUBLE') return doubleText(item as number);
  return type.base === 'DECIMAL' ? decimalScientificText(item as Decimal) : String(item);
}

const join = (parameters: string): ScalarFunction =>
  bound('ARRAY_JOIN', parameters, 'VARCHAR', ([type]) => ([items, delimiter]) => {
    if (items === null) return null;
    const item = type?.base === 'ARRAY' ? type.item : null;
    const between = delimiter === undefined ? ',' : ((delimiter ?? '') as string);
    return (items as Items).map((value) => (item === null ? 'null' : itemText(value, item))).join(between);
  });

function slice(items: Items, from: number | null, to: number | null): SqlValue {
  const start = from === null ? 0 : from - 1;
  const end = to ?? items.length;
  if (start < 0 || end > items.length) return null;
  if (start > end) throw new Error(`fromIndex(${start}) > toIndex(${end})`);
  return items.slice(start, end);
}

function series<T extends number | bigint>(start: T, end: T, step: number, plus: (value: T, step: number) => T): T[] {
  if (step === 0) throw new Error('GENERATE_SERIES step cannot be zero');
  const length = Number(end) - Number(start);
  if ((length > 0 && step < 0) || (length < 0 && step > 0)) throw new Error('GENERATE_SERIES step has wrong sign');
  const values: T[] = [];
  for (let value = start, left = 1 + Math.trunc(length / step); left > 0; left--, value = plus(value, step)) values.push(value);
  return values;
}

const direction = (start: number | bigint, end: number | bigint): number => (end > start ? 1 : -1);
const integers = (start: number, end: number, step = direction(start, end)) => series(start, end, step, (value, by) => value + by);
const bigints = (start: bigint, end: bigint, step = direction(start, end)) => series(start, end, step, (value, by) => value + BigInt(by));

export const arrayFunctions: readonly ScalarFunction[] = [
  lenient('array_concat', 'ARRAY<T> left, ARRAY<T> right', 'ARRAY<T>', (left: Items | null, right: Items | null) =>
    left === null && right === null ? null : [...(left ?? []), ...(right ?? [])],
  ),
  lenient(
    'ARRAY_CONTAINS',
    'ARRAY<T> array, T val',
    'BOOLEAN',
    (items: Items | null, value: SqlValue) => items !== null && keysOf(items).has(valueKey(value)),
  ),
  strict('array_distinct', 'ARRAY<T> input', 'ARRAY<T>', distinct),
  strict('array_except', 'ARRAY<T> left, ARRAY<T> right', 'ARRAY<T>', except),
  strict('array_intersect', 'ARRAY<T> left, ARRAY<T> right', 'ARRAY<T>', intersect),
  join('ARRAY<T> array'),
  join('ARRAY<T> array, VARCHAR delimiter'),
  strict('ARRAY_LENGTH', 'ARRAY<T> array', 'INT', (items: Items) => items.length),
  strict('array_max', 'ARRAY<T> input', 'T', (items: Items) => extreme(items, 1)),
  strict('array_min', 'ARRAY<T> input', 'T', (items: Items) => extreme(items, -1)),
  lenient('array_remove', 'ARRAY<T> array, T victim', 'ARRAY<T>', remove),
  strict('array_sort', 'ARRAY<T> input', 'ARRAY<T>', sorted),
  strict('array_sort', 'ARRAY<T> input, VARCHAR direction', 'ARRAY<T>', sorted),
  strict('array_union', 'ARRAY<T> left, ARRAY<T> right', 'ARRAY<T>', (left: Items, right: Items) => distinct([...left, ...right])),
  strict('GENERATE_SERIES', 'INT start, INT end', 'ARRAY<INT>', integers),
  strict('GENERATE_SERIES', 'INT start, INT end, INT step', 'ARRAY<INT>', integers),
  strict('GENERATE_SERIES', 'BIGINT start, BIGINT end', 'ARRAY<BIGINT>', bigints),
  strict('GENERATE_SERIES', 'BIGINT start, BIGINT end, INT step', 'ARRAY<BIGINT>', bigints),
  lenient('slice', 'ARRAY<T> in, INT from, INT to', 'ARRAY<T>', (items: Items | null, from: number | null, to: number | null) =>
    items === null ? null : slice(items, from, to),
  ),
];
