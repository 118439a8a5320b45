import { absDecimal, compareDecimals, decimal, decimalText, digits, exactDecimal, powerOfTen, setScale, toPrecision } from './decimal.ts';
import type { Decimal, DecimalType, SqlType } from './sqlType.ts';
import { SqlError } from '../syntax/sqlError.ts';

/** A DECIMAL type, its limits checked (`SqlDecimal.validateParameters`). Throws a SqlError that says which limit. */
export function decimalType(precision: number, scale: number): DecimalType {
  if (precision <= 0) throw new SqlError(`DECIMAL precision must be >= 1: DECIMAL(${precision},${scale})`);
  if (scale < 0) throw new SqlError(`DECIMAL scale must be >= 0: DECIMAL(${precision},${scale})`);
  if (precision < scale) throw new SqlError(`DECIMAL precision must be >= scale: DECIMAL(${precision},${scale})`);
  return { base: 'DECIMAL', precision, scale };
}

/** The DECIMAL that holds every value of a type (`DecimalUtil.toSqlDecimal`). Throws for what is not exact. */
export function asDecimalType(type: SqlType): DecimalType {
  if (type.base === 'DECIMAL') return type;
  if (type.base === 'INTEGER') return decimalType(10, 0);
  if (type.base === 'BIGINT') return decimalType(19, 0);
  throw new SqlError(`Cannot convert ${type.base} to DECIMAL.`);
}

/** The narrowest DECIMAL that holds the values of both (`DecimalUtil.widen`). */
export function widen(a: SqlType, b: SqlType): DecimalType {
  const left = asDecimalType(a);
  const right = asDecimalType(b);
  const scale = Math.max(left.scale, right.scale);
  return decimalType(Math.max(left.precision - left.scale, right.precision - right.scale) + scale, scale);
}

/** The type of a literal as written (`DecimalUtil.fromValue`): below 1 the zero before the point counts. */
export function decimalTypeOf(value: Decimal): DecimalType {
  const positive = value.scale < 0 ? setScale(value, 0) : value;
  if (compareDecimals(absDecimal(positive), decimal(1n)) < 0) return decimalType(positive.scale + 1, positive.scale);
  return decimalType(digits(positive.unscaled), positive.scale);
}

/** The type of an operation's result (`SqlDecimal.add` and its kin). */
export function decimalResultType(operator: '+' | '-' | '*' | '/' | '%', left: DecimalType, right: DecimalType): DecimalType {
  const scale = Math.max(left.scale, right.scale);
  const leftWhole = left.precision - left.scale;
  const rightWhole = right.precision - right.scale;
  switch (operator) {
    case '+':
    case '-':
      return decimalType(scale + Math.max(leftWhole, rightWhole) + 1, scale);
    case '*':
      return decimalType(left.precision + right.precision + 1, left.scale + right.scale);
    case '/': {
      const quotientScale = Math.max(6, left.scale + right.precision + 1);
      return decimalType(leftWhole + right.scale + quotientScale, quotientScale);
    }
    case '%':
      return decimalType(Math.min(leftWhole, rightWhole) + scale, scale);
  }
}

function checkFits(value: Decimal, { precision, scale }: DecimalType): void {
  const whole = precision - scale;
  if (compareDecimals(absDecimal(value), decimal(powerOfTen(whole))) >= 0)
    throw new Error(
      `Numeric field overflow: A field with precision ${precision} and scale ${scale} must round to an absolute value less than 10^${whole}. Got ${decimalText(value)}`,
    );
}

/** A value brought to a type, rounded half up (`DecimalUtil.cast`). Throws where it has too many digits before the point. */
export function castDecimal(value: Decimal, to: DecimalType): Decimal {
  if (value.scale === to.scale && digits(value.unscaled) === to.precision) return value;
  checkFits(value, to);
  return setScale(value, to.scale, 'halfUp');
}

/** A whole number of a type; digits beyond its precision are an error. */
export function castWhole(value: bigint, to: DecimalType): Decimal {
  const rounded = toPrecision(decimal(value), to.precision, 'halfUp');
  checkFits(rounded, to);
  return setScale(rounded, to.scale);
}

/** A double's exact value, rounded half up to the precision and then to the scale. */
export function castDouble(value: number, to: DecimalType): Decimal {
  const rounded = toPrecision(exactDecimal(value), to.precision, 'halfUp');
  checkFits(rounded, to);
  return setScale(rounded, to.scale, 'halfUp');
}

/** A value of a type that loses no digit on the way (`DecimalUtil.ensureFit`). Throws a SqlError where it would. */
export function fitDecimal(value: Decimal, to: DecimalType): Decimal {
  checkFits(value, to);
  try {
    return setScale(value, to.scale);
  } catch {
    throw new SqlError(
      `Cannot fit decimal '${decimalText(value)}' into DECIMAL(${to.precision}, ${to.scale}) without rounding. (Requires ${digits(value.unscaled)},${value.scale})`,
    );
  }
}
