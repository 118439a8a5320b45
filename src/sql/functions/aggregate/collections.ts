import { parseInteger } from '../../types/javaNumber.ts';
import type { SqlType, SqlValue } from '../../types/sqlType.ts';
import { primitive } from '../../types/typeText.ts';
import { equalValues, valueKey } from '../../types/values.ts';
import type { Aggregate, AggregateFunction, AggregateProperties } from '../library.ts';
import { aggregate, arrayType, structType, type Items } from './define.ts';

/** COLLECT_LIST, COLLECT_SET, HISTOGRAM, ATTR, COUNT_DISTINCT (`udaf.array`, `map`, `attr`, `count`). */

const has = (items: Items, value: SqlValue): boolean => items.some((item) => equalValues(item, value));

/** How many values are kept at most (`ksql.functions.<name>.limit`); without a limit, or with a negative one, all. */
function limitOf(name: string, properties: AggregateProperties): number {
  const text = properties[`ksql.functions.${name}.limit`];
  const limit = text === undefined ? -1 : parseInteger(text);
  return limit < 0 ? Infinity : limit;
}

function collectList(item: SqlType, limit: number): Aggregate {
  return {
    type: arrayType(item),
    stateType: arrayType(item),
    initial: [],
    add: (state, [value = null]) => ((state as Items).length < limit ? [...(state as Items), value] : state),
    undo: (state, [value = null]) => {
      const items = state as Items;
      const at = items.findLastIndex((candidate) => equalValues(candidate, value));
      return at < 0 ? items : items.toSpliced(at, 1);
    },
    merge: (first, second) => [...(first as Items), ...(second as Items)].slice(0, limit),
    result: (state) => state,
  };
}

function collectSet(item: SqlType, limit: number): Aggregate {
  const add = (items: Items, value: SqlValue): Items => (items.length >= limit || has(items, value) ? items : [...items, value]);
  return {
    type: arrayType(item),
    stateType: arrayType(item),
    initial: [],
    add: (state, [value = null]) => add(state as Items, value),
    merge: (first, second) => (second as Items).reduce<Items>(add, first as Items),
    result: (state) => state,
  };
}

const histogramLimit = 1000;
type Counts = ReadonlyMap<SqlValue, bigint>;

function counted(counts: Counts, value: SqlValue, by: bigint): Counts {
  const known = counts.get(value);
  if (known === undefined && counts.size >= histogramLimit) return counts;
  return new Map(counts).set(value, (known ?? 0n) + by);
}

const histogram: Aggregate = {
  type: { base: 'MAP', key: primitive.STRING, value: primitive.BIGINT },
  stateType: { base: 'MAP', key: primitive.STRING, value: primitive.BIGINT },
  initial: new Map(),
  add: (state, [value = null]) => counted(state as Counts, value, 1n),
  undo: (state, [value = null]) => {
    const counts = new Map(state as Counts);
    const left = counts.get(value);
    if (left === undefined) throw new Error('A value is taken out of a histogram that it is not in.');
    if (left > 1n) counts.set(value, left - 1n);
    else counts.delete(value);
    return counts;
  },
  merge: (first, second) => [...(second as Counts)].reduce((counts, [value, by]) => counted(counts, value, by), first as Counts),
  result: (state) => state,
};

type Entry = readonly [SqlValue, number];

function updated(entries: readonly Entry[], value: SqlValue, by: number): readonly Entry[] {
  const at = entries.findIndex(([known]) => equalValues(known, value));
  if (at < 0) return by > 0 ? [...entries, [value, by]] : entries;
  return entries.with(at, [entries[at]![0], Math.max(0, entries[at]![1] + by)]);
}

/** The value that all rows of a group have; null where they have several. */
function attribute(type: SqlType): Aggregate {
  return {
    type,
    stateType: arrayType(structType(['VALUE', type], ['COUNT', primitive.INTEGER])),
    initial: [],
    add: (state, [value = null]) => updated(state as readonly Entry[], value, 1),
    undo: (state, [value = null]) => updated(state as readonly Entry[], value, -1),
    merge: (first, second) =>
      (second as readonly Entry[]).reduce<readonly Entry[]>(
        (entries, [value, by]) => updated(entries, value, by),
        first as readonly Entry[],
      ),
    result: (state) => {
      const present = (state as readonly Entry[]).filter(([, count]) => count > 0);
      return present.length === 1 ? present[0]![0] : null;
    },
  };
}

/** How many different values there were. ksqlDB estimates it to less than 1 % (HyperLogLog); this counts them. */
const countDistinct: Aggregate = {
  type: primitive.BIGINT,
  stateType: arrayType(primitive.STRING),
  initial: [],
  add: (state, [value = null]) => {
    const seen = state as readonly string[];
    return value === null || seen.includes(valueKey(value)) ? seen : [...seen, valueKey(value)];
  },
  merge: (first, second) => [...new Set([...(first as readonly string[]), ...(second as readonly string[])])],
  result: (state) => BigInt((state as readonly string[]).length),
};

export const collectionAggregates: readonly AggregateFunction[] = [
  aggregate('collect_list', 'T val', 0, ([type], _, properties = {}) => collectList(type!, limitOf('collect_list', properties))),
  aggregate('collect_set', 'T val', 0, ([type], _, properties = {}) => collectSet(type!, limitOf('collect_set', properties))),
  aggregate('histogram', 'VARCHAR val', 0, () => histogram),
  aggregate('ATTR', 'T val', 0, ([type]) => attribute(type!)),
  aggregate('COUNT_DISTINCT', 'T val', 0, () => countDistinct),
];
