import { absDecimal, decimalToNumber, setScale, type Rounding } from '../../types/decimal.ts';
import { decimalType, widen } from '../../types/decimalType.ts';
import { decimalOfDouble, doubleToBigint, toInt64 } from '../../types/javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from '../../types/sqlType.ts';
import { compareValues } from '../../types/values.ts';
import { lenient, strict, valueType, type ScalarFunction } from '../library.ts';
import type { Argument } from '../parameter.ts';

/** ABS, CEIL, FLOOR, ROUND, TRUNC, SIGN, GREATEST, LEAST (`udf.math`): numbers of every kind, exact where they are. */

const sameDecimal = (args: readonly Argument[]): SqlType => valueType(args[0])!;

/** What is left of a DECIMAL without its digits after the point. */
function wholeDecimal(args: readonly Argument[]): SqlType {
  const type = sameDecimal(args);
  return type.base === 'DECIMAL' ? decimalType(type.precision - type.scale, 0) : type;
}

/** Half away from zero for what is above zero, towards it below: halves go up. */
const roundedUp = (value: Decimal, places: number): Decimal => setScale(value, places, value.unscaled > 0n ? 'halfUp' : 'halfDown');
const cutOff = (value: Decimal, places: number): Decimal => setScale(value, places, 'down');

const toWhole =
  (rounding: Rounding) =>
  (value: Decimal): Decimal =>
    setScale(setScale(value, 0, rounding), value.scale);

type ToPlaces = (value: Decimal, places: number) => Decimal;

/** ROUND and TRUNC: a whole number without places, the same type with them. */
function toPlaces(name: string, ofDouble: (value: number) => bigint, ofDecimal: ToPlaces): readonly ScalarFunction[] {
  return [
    strict(name, 'BIGINT val', 'BIGINT', (value: bigint) => value),
    strict(name, 'INT val', 'BIGINT', (value: number) => BigInt(value)),
    strict(name, 'DOUBLE val', 'BIGINT', ofDouble),
    strict(name, 'DOUBLE val, INT decimalPlaces', 'DOUBLE', (value: number, places: number) =>
      decimalToNumber(ofDecimal(decimalOfDouble(value), places)),
    ),
    strict(name, 'DECIMAL val', wholeDecimal, (value: Decimal) => ofDecimal(value, 0)),
    strict(name, 'DECIMAL val, INT decimalPlaces', sameDecimal, (value: Decimal, places: number) =>
      setScale(ofDecimal(value, places), value.scale),
    ),
  ];
}

function wholes(name: string, ofDouble: (value: number) => number, rounding: Rounding): readonly ScalarFunction[] {
  return [
    strict(name, 'INT val', 'INT', (value: number) => value),
    strict(name, 'BIGINT val', 'BIGINT', (value: bigint) => value),
    strict(name, 'DOUBLE val', 'DOUBLE', ofDouble),
    strict(name, 'DECIMAL val', sameDecimal, toWhole(rounding)),
  ];
}

const widest = (args: readonly Argument[]): SqlType =>
  args
    .map(valueType)
    .filter((type) => type !== null)
    .reduce((a, b) => widen(a, b));

/** The greatest or least of its arguments, nulls left out; the first of equal ones. */
function extreme(name: string, sign: 1 | -1): readonly ScalarFunction[] {
  const best = (...values: SqlValue[]): SqlValue =>
    values.reduce((a, b) => (a === null ? b : b === null || compareValues(a, b) * sign >= 0 ? a : b), null);
  return ['INT', 'BIGINT', 'DOUBLE', 'VARCHAR', 'BYTES', 'DATE', 'TIME', 'TIMESTAMP', 'DECIMAL'].map((type) =>
    lenient(name, `${type} val, ${type}... vals`, type === 'DECIMAL' ? widest : type, best),
  );
}

export const roundingFunctions: readonly ScalarFunction[] = [
  strict('Abs', 'INT val', 'INT', (value: number) => Math.abs(value) | 0),
  strict('Abs', 'BIGINT val', 'BIGINT', (value: bigint) => toInt64(value < 0n ? -value : value)),
  strict('Abs', 'DOUBLE val', 'DOUBLE', (value: number) => Math.abs(value)),
  strict('Abs', 'DECIMAL val', sameDecimal, absDecimal),
  ...wholes('Ceil', Math.ceil, 'ceiling'),
  ...wholes('Floor', Math.floor, 'floor'),
  ...toPlaces('Round', (value) => doubleToBigint(Math.floor(value) + (value - Math.floor(value) >= 0.5 ? 1 : 0)), roundedUp),
  ...toPlaces('trunc', doubleToBigint, cutOff),
  strict('sign', 'INT value', 'INT', (value: number) => Math.sign(value) + 0),
  strict('sign', 'BIGINT value', 'INT', (value: bigint) => (value > 0n ? 1 : value < 0n ? -1 : 0)),
  strict('sign', 'DOUBLE value', 'INT', (value: number) => (value > 0 ? 1 : value < 0 ? -1 : 0)),
  ...extreme('greatest', 1),
  ...extreme('least', -1),
];
