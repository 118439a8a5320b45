import type { SqlValue } from '../../types/sqlType.ts';
import { hashMapEntries, valueKey } from '../../types/values.ts';
import { strict, lenient, type Lambda, type ScalarFunction } from '../library.ts';

/** TRANSFORM, FILTER and REDUCE over arrays and maps (`udf.lambda`). */

type Items = readonly SqlValue[];
type Entries = ReadonlyMap<SqlValue, SqlValue>;

function holds(value: SqlValue): boolean {
  if (value === null) throw new Error('The lambda gives null where a boolean is needed.');
  return value as boolean;
}

/** A map of entries made anew. Throws for a null value and for a key that comes twice, as `Collectors.toMap` does. */
function collected(entries: readonly (readonly [SqlValue, SqlValue])[]): Entries {
  const keys = new Set<string>();
  for (const [key, value] of entries) {
    if (value === null) throw new Error('The lambda gives null as the value of a map.');
    if (keys.has(valueKey(key))) throw new Error(`Duplicate key ${String(key)}`);
    keys.add(valueKey(key));
  }
  return new Map(entries);
}

const transformMap = (map: Entries, key: Lambda, value: Lambda): Entries =>
  collected(hashMapEntries(map).map(([k, v]) => [key(k, v), value(k, v)] as const));

const filterMap = (map: Entries, keeps: Lambda): Entries => collected(hashMapEntries(map).filter(([k, v]) => holds(keeps(k, v))));

function reduceArray(items: Items | null, initial: SqlValue, step: Lambda): SqlValue {
  if (initial === null || items === null) return initial;
  return items.reduce<SqlValue>((state, item) => step(state, item), initial);
}

function reduceMap(map: Entries | null, initial: SqlValue, step: Lambda): SqlValue {
  if (initial === null || map === null) return initial;
  return hashMapEntries(map).reduce<SqlValue>((state, [key, value]) => step(state, key, value), initial);
}

export const lambdaFunctions: readonly ScalarFunction[] = [
  strict('transform', 'ARRAY<T> array, LAMBDA(T) => R function', 'ARRAY<R>', (items: Items, f: Lambda) => items.map((item) => f(item))),
  strict('transform', 'MAP<K, V> map, LAMBDA(K, V) => R biFunction1, LAMBDA(K, V) => T biFunction2', 'MAP<R, T>', transformMap),
  strict('filter', 'ARRAY<T> array, LAMBDA(T) => BOOLEAN function', 'ARRAY<T>', (items: Items, keeps: Lambda) =>
    items.filter((item) => holds(keeps(item))),
  ),
  strict('filter', 'MAP<K, V> map, LAMBDA(K, V) => BOOLEAN biFunction', 'MAP<K, V>', filterMap),
  lenient('reduce', 'ARRAY<T> list, S initialState, LAMBDA(S, T) => S biFunction', 'S', reduceArray),
  lenient('reduce', 'MAP<K, V> map, S initialState, LAMBDA(S, K, V) => S triFunction', 'S', reduceMap),
];
