import type { SqlType, SqlValue } from '../../types/sqlType.ts';
import { primitive } from '../../types/typeText.ts';
import type { Aggregate, AggregateFunction } from '../library.ts';
import { aggregate, arrayType, structType } from './define.ts';

/**
 * EARLIEST_BY_OFFSET and LATEST_BY_OFFSET (`udaf.offset`). Each value is kept with a number that grows with every record, by which two
 * sessions that become one tell which value was first.
 */

type Stamped = readonly [bigint, SqlValue];

const stampedType = (type: SqlType): SqlType => structType(['SEQ', primitive.BIGINT], ['VAL', type]);

function earliest(type: SqlType, ignoreNulls: boolean): Aggregate {
  return {
    type,
    stateType: stampedType(type),
    initial: null,
    add: (state, [value = null], sequence = 0n) => state ?? (value === null && ignoreNulls ? null : [sequence, value]),
    merge: (first, second) => {
      if (first === null || second === null) return first ?? second;
      return (second as Stamped)[0] < (first as Stamped)[0] ? second : first;
    },
    result: (state) => (state === null ? null : (state as Stamped)[1]),
  };
}

function latest(type: SqlType, ignoreNulls: boolean): Aggregate {
  return {
    type,
    stateType: stampedType(type),
    initial: [-1n, null],
    add: (state, [value = null], sequence = 0n) => (value === null && ignoreNulls ? state : [sequence, value]),
    merge: (first, second) => {
      const [a, b] = [first as Stamped, second as Stamped];
      if (ignoreNulls && (a[1] === null) !== (b[1] === null)) return a[1] === null ? b : a;
      return a[0] > b[0] ? a : b;
    },
    result: (state) => (state as Stamped)[1],
  };
}

const bySequence = (a: Stamped, b: Stamped): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

/** Several values, the first or the last that there were. Throws for less than one. */
function several(type: SqlType, name: string, count: number, ignoreNulls: boolean): Aggregate {
  const isEarliest = name === 'earliest';
  if (count <= 0) throw new Error(`${name}N must be 1 or greater`);
  const kept = (values: readonly Stamped[]): readonly Stamped[] => (isEarliest ? values.slice(0, count) : values.slice(-count));
  return {
    type: arrayType(type),
    stateType: arrayType(stampedType(type)),
    initial: [],
    add: (state, [value = null], sequence = 0n) =>
      value === null && ignoreNulls ? state : kept([...(state as readonly Stamped[]), [sequence, value]]),
    merge: (first, second) => {
      const merged = [...(first as readonly Stamped[]), ...(second as readonly Stamped[])].sort(bySequence);
      return merged.slice(0, count);
    },
    result: (state) => (state as readonly Stamped[]).map(([, value]) => value),
  };
}

type Single = (type: SqlType, ignoreNulls: boolean) => Aggregate;

const signatures = (name: string, word: string, single: Single): readonly AggregateFunction[] => [
  aggregate(name, 'T val', 0, ([type]) => single(type!, true)),
  aggregate(name, 'T val, BOOLEAN ignoreNulls', 1, ([type], [ignore]) => single(type!, ignore as boolean)),
  aggregate(name, `T val, INT ${word}N`, 1, ([type], [count]) => several(type!, word, count as number, true)),
  aggregate(name, `T val, INT ${word}N, BOOLEAN ignoreNulls`, 2, ([type], [count, ignore]) =>
    several(type!, word, count as number, ignore as boolean),
  ),
];

export const offsetAggregates: readonly AggregateFunction[] = [
  ...signatures('EARLIEST_BY_OFFSET', 'earliest', earliest),
  ...signatures('LATEST_BY_OFFSET', 'latest', latest),
];
