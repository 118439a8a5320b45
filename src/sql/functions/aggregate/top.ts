import type { SqlType, SqlValue } from '../../types/sqlType.ts';
import { compareValues, equalValues } from '../../types/values.ts';
import type { Aggregate, AggregateFunction } from '../library.ts';
import { aggregate, arrayType, structType, type Items } from './define.ts';

/** TOPK and TOPKDISTINCT (`udaf.topk`, `udaf.topkdistinct`): the greatest values, the greatest first; those that came first among equal ones. */

const descending =
  (sortedBy: (item: SqlValue) => SqlValue) =>
  (a: SqlValue, b: SqlValue): number =>
    compareValues(sortedBy(b), sortedBy(a));

/** The greatest `k`; with further columns each is a struct of the value and those. */
function top(types: readonly SqlType[], k: number): Aggregate {
  const columns = types.slice(1);
  const [first] = types as readonly [SqlType];
  const item = columns.length === 0 ? first : structType(['sort_col', first], ...columns.map((type, i) => [`col${i}`, type] as const));
  const sortedBy = columns.length === 0 ? (value: SqlValue) => value : (value: SqlValue) => (value as Items)[0]!;
  const order = descending(sortedBy);
  return {
    type: arrayType(item),
    stateType: arrayType(item),
    initial: [],
    add: (state, args) => {
      const items = state as Items;
      const value = args[0]!;
      if (value === null) return items;
      const isFull = items.length === k;
      if (isFull && compareValues(value, sortedBy(items.at(-1)!)) <= 0) return items;
      const next = columns.length === 0 ? value : args.slice(0, types.length);
      return [...(isFull ? items.slice(0, -1) : items), next].sort(order);
    },
    merge: (one, two) => [...(one as Items), ...(two as Items)].sort(order).slice(0, k),
    result: (state) => state,
  };
}

function topDistinct(type: SqlType, k: number): Aggregate {
  const order = descending((value) => value);
  const added = (items: Items, value: SqlValue): Items => {
    const isFull = items.length === k;
    if (isFull && compareValues(value, items.at(-1)!) <= 0) return items;
    if (items.some((item) => equalValues(item, value))) return items;
    return [...(isFull ? items.slice(0, -1) : items), value].sort(order);
  };
  return {
    type: arrayType(type),
    stateType: arrayType(type),
    initial: [],
    add: (state, [value = null]) => (value === null ? state : added(state as Items, value)),
    merge: (first, second) => (second as Items).reduce<Items>(added, first as Items),
    result: (state) => state,
  };
}

const comparables = ['INT', 'BIGINT', 'DOUBLE', 'VARCHAR', 'DECIMAL', 'DATE', 'TIME', 'TIMESTAMP', 'BYTES'];

export const topAggregates: readonly AggregateFunction[] = [
  ...comparables
    .slice(0, 4)
    .map((name) => aggregate('TOPK', `${name} val, ANY... others, INT k`, 1, (types, [k]) => top(types, k as number))),
  ...comparables.map((name) => aggregate('TOPKDISTINCT', `${name} val, INT k`, 1, ([type], [k]) => topDistinct(type!, k as number))),
];
