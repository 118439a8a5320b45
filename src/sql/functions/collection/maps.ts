import type { SqlValue } from '../../types/sqlType.ts';
import { compareValues, hashMapEntries } from '../../types/values.ts';
import { lenient, strict, type ScalarFunction } from '../library.ts';

/** Functions of maps (`udf.map`, `Entries`). What they list comes in the order of a Java HashMap, which is what ksqlDB keeps maps in. */

type Entries = ReadonlyMap<SqlValue, SqlValue>;

function asMap(keys: readonly SqlValue[], values: readonly SqlValue[]): SqlValue {
  return new Map(keys.map((key, i) => [key, values[i] ?? null]));
}

function union(left: Entries | null, right: Entries | null): SqlValue {
  return left === null && right === null ? null : new Map([...(left ?? []), ...(right ?? [])]);
}

function entries(map: Entries, sorted: boolean): SqlValue {
  const listed = hashMapEntries(map);
  return sorted ? listed.sort(([a], [b]) => compareValues(a, b)) : listed;
}

export const mapFunctions: readonly ScalarFunction[] = [
  strict('AS_MAP', 'ARRAY<VARCHAR> keys, ARRAY<T> values', 'MAP<VARCHAR, T>', asMap),
  ...['INT', 'BIGINT', 'DOUBLE', 'BOOLEAN', 'VARCHAR'].map((type) =>
    strict('ENTRIES', `MAP<VARCHAR, ${type}> map, BOOLEAN sorted`, `ARRAY<STRUCT<K VARCHAR, V ${type}>>`, entries),
  ),
  strict('map_keys', 'MAP<VARCHAR, T> input', 'ARRAY<VARCHAR>', (map: Entries) => hashMapEntries(map).map(([key]) => key)),
  strict('map_values', 'MAP<VARCHAR, T> input', 'ARRAY<T>', (map: Entries) => hashMapEntries(map).map(([, value]) => value)),
  lenient('map_union', 'MAP<VARCHAR, T> map1, MAP<VARCHAR, T> map2', 'MAP<VARCHAR, T>', union),
];
