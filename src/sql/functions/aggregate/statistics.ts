import { toInt64 } from '../../types/javaNumber.ts';
import type { SqlType, SqlValue } from '../../types/sqlType.ts';
import { primitive } from '../../types/typeText.ts';
import type { Aggregate, AggregateFunction } from '../library.ts';
import { aggregate, structType } from './define.ts';

/** STDDEV_SAMP (which gives the variance, as ksqlDB does), STDDEV_SAMPLE and CORRELATION (`udaf.stddev`, `udaf.correlation`). */

/** Sum, count and the sum of squares of differences. Whole sums are kept as bigint, as Java's integers of their width. */
type Deviation = readonly [SqlValue, bigint, number];

interface Kind {
  readonly type: SqlType;
  readonly isWhole: boolean;
  readonly wrap: (sum: bigint) => SqlValue;
}

const kinds: Readonly<Record<string, Kind>> = {
  BIGINT: { type: primitive.BIGINT, isWhole: true, wrap: toInt64 },
  INT: { type: primitive.INTEGER, isWhole: true, wrap: (sum) => Number(BigInt.asIntN(32, sum)) },
  DOUBLE: { type: primitive.DOUBLE, isWhole: false, wrap: (sum) => Number(sum) },
};

const whole = (value: SqlValue): bigint => BigInt(value as number | bigint);

function combined({ isWhole, wrap }: Kind, a: SqlValue, b: SqlValue, sign: 1 | -1): SqlValue {
  if (!isWhole) return (a as number) + sign * (b as number);
  return wrap(whole(a) + BigInt(sign) * whole(b));
}

function delta({ isWhole }: Kind, [sum, count]: Deviation, value: SqlValue): number {
  if (!isWhole) return (value as number) * (Number(count) + 1) - ((sum as number) + (value as number));
  return Number(toInt64(whole(value) * (count + 1n) - (whole(sum) + whole(value))));
}

/** The difference of two means; STDDEV_SAMP divides whole numbers as such. */
function meanDifference({ isWhole }: Kind, a: Deviation, b: Deviation, exact: boolean): number {
  if (isWhole && !exact) return Number(whole(a[0]) / a[1] - whole(b[0]) / b[1]);
  return Number(a[0]) / Number(a[1]) - Number(b[0]) / Number(b[1]);
}

function deviation(kind: Kind, exact: boolean): Aggregate {
  return {
    type: primitive.DOUBLE,
    stateType: structType(['SUM', kind.type], ['COUNT', primitive.BIGINT], ['M2', primitive.DOUBLE]),
    initial: [kind.wrap(0n), 0n, 0],
    add: (state, [value = null]) => {
      if (value === null) return state;
      const [sum, count, squares] = state as Deviation;
      const next = Number(count) + 1;
      const d = delta(kind, state as Deviation, value);
      return [combined(kind, sum, value, 1), count + 1n, (next > 1 ? (d * d) / (next * (next - 1)) : 0) + squares];
    },
    undo: (state, [value = null]) => {
      if (value === null) return state;
      const [sum, count, squares] = state as Deviation;
      const next = Number(count) - 1;
      const d = delta(kind, state as Deviation, value);
      return [combined(kind, sum, value, -1), count - 1n, squares - (next > 0 ? (d * d) / (next * (next + 1)) : 0)];
    },
    merge: (first, second) => {
      const [a, b] = [first as Deviation, second as Deviation];
      const count = a[1] + b[1];
      const sum = combined(kind, a[0], b[0], 1);
      if (a[1] === 0n || b[1] === 0n) return [sum, count, a[2] + b[2]];
      const d = meanDifference(kind, a, b, exact);
      return [sum, count, a[2] + b[2] + (Number(a[1]) * Number(b[1]) * d * d) / Number(count)];
    },
    result: (state) => {
      const [, count, squares] = state as Deviation;
      if (count < 2n) return 0;
      const variance = squares / (Number(count) - 1);
      return exact ? Math.sqrt(variance) : variance;
    },
  };
}

/** Sums of x, y, x², y², xy, and how many there were. */
type Moments = readonly [number, number, number, number, number, bigint];

function moved(state: SqlValue, [left, right]: readonly SqlValue[], sign: 1 | -1): SqlValue {
  if (left === null || right === null) return state;
  const [x, y] = [Number(left), Number(right)];
  const [sumX, sumY, squaresX, squaresY, products, count] = state as Moments;
  return [
    sumX + sign * x,
    sumY + sign * y,
    squaresX + sign * (x * x),
    squaresY + sign * (y * y),
    products + sign * (x * y),
    count + BigInt(sign),
  ];
}

const correlation: Aggregate = {
  type: primitive.DOUBLE,
  stateType: structType(
    ...['X_SUM', 'Y_SUM', 'X_SQUARED_SUM', 'Y_SQUARED_SUM', 'XY_SUM'].map((name) => [name, primitive.DOUBLE] as const),
    ['COUNT', primitive.BIGINT],
  ),
  initial: [0, 0, 0, 0, 0, 0n],
  add: (state, args) => moved(state, args, 1),
  undo: (state, args) => moved(state, args, -1),
  merge: (first, second) => {
    const [a, b] = [first as Moments, second as Moments];
    return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5]];
  },
  result: (state) => {
    const [sumX, sumY, squaresX, squaresY, products, bigCount] = state as Moments;
    const count = Number(bigCount);
    const spread = (count * squaresX - sumX * sumX) * (count * squaresY - sumY * sumY);
    return (count * products - sumX * sumY) / Math.sqrt(spread);
  },
};

const names = Object.keys(kinds);

export const statisticsAggregates: readonly AggregateFunction[] = [
  ...names.map((name) => aggregate('STDDEV_SAMP', `${name} val`, 0, () => deviation(kinds[name]!, false))),
  ...names.map((name) => aggregate('STDDEV_SAMPLE', `${name} val`, 0, () => deviation(kinds[name]!, true))),
  ...names.map((name) => aggregate('correlation', `${name} x, ${name} y`, 0, () => correlation)),
];
