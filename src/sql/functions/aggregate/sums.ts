import {
  addDecimals,
  compareDecimals,
  absDecimal,
  decimal,
  decimalText,
  powerOfTen,
  subtractDecimals,
  toPrecision,
} from '../../types/decimal.ts';
import { toInt64 } from '../../types/javaNumber.ts';
import type { Decimal, DecimalType, SqlType, SqlValue } from '../../types/sqlType.ts';
import { primitive } from '../../types/typeText.ts';
import { compareValues } from '../../types/values.ts';
import type { Aggregate, AggregateFunction } from '../library.ts';
import { aggregate, structType, type Items } from './define.ts';

/** COUNT, SUM, SUM_LIST, AVG, MIN, MAX (`udaf.count`, `sum`, `average`, `min`, `max`). */

/** Addition and its inverse over values of one numeric type, overflow as in Java. */
interface Arithmetic {
  readonly zero: SqlValue;
  readonly plus: (a: never, b: never) => SqlValue;
  readonly minus: (a: never, b: never) => SqlValue;
}

const integers: Arithmetic = { zero: 0, plus: (a: number, b: number) => (a + b) | 0, minus: (a: number, b: number) => (a - b) | 0 };
const bigints: Arithmetic = {
  zero: 0n,
  plus: (a: bigint, b: bigint) => toInt64(a + b),
  minus: (a: bigint, b: bigint) => toInt64(a - b),
};
const doubles: Arithmetic = { zero: 0, plus: (a: number, b: number) => a + b, minus: (a: number, b: number) => a - b };

function decimals({ precision, scale }: DecimalType): Arithmetic {
  const limit = decimal(powerOfTen(precision - scale));
  return {
    zero: decimal(0n),
    plus: (a: Decimal, b: Decimal) => {
      const sum = toPrecision(addDecimals(a, b), precision, 'halfUp');
      if (compareDecimals(absDecimal(sum), limit) < 0) return sum;
      throw new Error(
        `Numeric field overflow: A field with precision ${precision} and scale ${scale} must round to an absolute value less than 10^${precision - scale}. Got ${decimalText(sum)}`,
      );
    },
    minus: (a: Decimal, b: Decimal) => toPrecision(subtractDecimals(a, b), precision, 'halfUp'),
  };
}

type Operation = (a: SqlValue, b: SqlValue) => SqlValue;

function sum(type: SqlType, arithmetic: Arithmetic): Aggregate {
  const plus = arithmetic.plus as Operation;
  const minus = arithmetic.minus as Operation;
  return {
    type,
    stateType: type,
    initial: arithmetic.zero,
    add: (state, [value = null]) => (value === null ? state : plus(state, value)),
    undo: (state, [value = null]) => (value === null ? state : minus(state, value)),
    merge: plus,
    result: (state) => state,
  };
}

function sumOfLists(type: SqlType, arithmetic: Arithmetic): Aggregate {
  const plus = arithmetic.plus as Operation;
  const minus = arithmetic.minus as Operation;
  const total = (items: Items) => items.reduce((a, b) => (b === null ? a : plus(a, b)), arithmetic.zero);
  return {
    type,
    stateType: type,
    initial: arithmetic.zero,
    add: (state, [value = null]) => (value === null ? state : plus(state, total(value as Items))),
    undo: (state, [value = null]) => (value === null ? state : minus(state, total(value as Items))),
    merge: plus,
    result: (state) => state,
  };
}

type Average = readonly [SqlValue, bigint];

/** The state is the sum and how many there were; no value at all gives 0.0. */
function average(type: SqlType, arithmetic: Arithmetic): Aggregate {
  const plus = arithmetic.plus as Operation;
  const minus = arithmetic.minus as Operation;
  return {
    type: primitive.DOUBLE,
    stateType: structType(['SUM', type], ['COUNT', primitive.BIGINT]),
    initial: [arithmetic.zero, 0n],
    add: (state, [value = null]) => {
      const [total, count] = state as Average;
      return value === null ? state : [plus(total, value), count + 1n];
    },
    undo: (state, [value = null]) => {
      const [total, count] = state as Average;
      return value === null ? state : [minus(total, value), count - 1n];
    },
    merge: (first, second) => {
      const [a, b] = [first as Average, second as Average];
      return [plus(a[0], b[0]), a[1] + b[1]];
    },
    result: (state) => {
      const [total, count] = state as Average;
      return count === 0n ? 0 : Number(total) / Number(count);
    },
  };
}

const given = (args: Items): boolean => args.length === 0 || args[0] !== null;

const count: Aggregate = {
  type: primitive.BIGINT,
  stateType: primitive.BIGINT,
  initial: 0n,
  add: (state, args) => (given(args) ? (state as bigint) + 1n : state),
  undo: (state, args) => (given(args) ? (state as bigint) - 1n : state),
  merge: (first, second) => (first as bigint) + (second as bigint),
  result: (state) => state,
};

function extreme(type: SqlType, sign: 1 | -1): Aggregate {
  const better = (current: SqlValue, state: SqlValue): SqlValue => {
    if (current === null) return state;
    if (state === null) return current;
    return compareValues(current, state) * sign > 0 ? current : state;
  };
  return {
    type,
    stateType: type,
    initial: null,
    add: (state, [value = null]) => better(value, state),
    merge: better,
    result: (state) => state,
  };
}

const numbers = [
  ['INT', primitive.INTEGER, integers],
  ['BIGINT', primitive.BIGINT, bigints],
  ['DOUBLE', primitive.DOUBLE, doubles],
] as const;

const comparables = ['INT', 'BIGINT', 'DOUBLE', 'DECIMAL', 'DATE', 'TIME', 'TIMESTAMP', 'VARCHAR', 'BYTES'];

export const sumFunctions: readonly AggregateFunction[] = [
  aggregate('COUNT', '', 0, () => count),
  aggregate('COUNT', 'T val', 0, () => count),
  ...numbers.map(([name, type, arithmetic]) => aggregate('SUM', `${name} val`, 0, () => sum(type, arithmetic))),
  aggregate('SUM', 'DECIMAL val', 0, ([type]) => sum(type!, decimals(type as DecimalType))),
  ...numbers.map(([name, type, arithmetic]) => aggregate('sum_list', `ARRAY<${name}> val`, 0, () => sumOfLists(type, arithmetic))),
  ...numbers.map(([name, type, arithmetic]) => aggregate('avg', `${name} val`, 0, () => average(type, arithmetic))),
  ...comparables.map((name) => aggregate('MIN', `${name} val`, 0, ([type]) => extreme(type!, -1))),
  ...comparables.map((name) => aggregate('MAX', `${name} val`, 0, ([type]) => extreme(type!, 1))),
];
