import {
  addDecimals,
  digits,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  remainderOfDecimals,
  setScale,
  subtractDecimals,
  toPrecision,
} from '../types/decimal.ts';
import { asDecimalType, decimalResultType } from '../types/decimalType.ts';
import { castFunction } from '../types/casts.ts';
import { toInt64 } from '../types/javaNumber.ts';
import type { Decimal, DecimalType, SqlType, SqlValue } from '../types/sqlType.ts';
import { castsImplicitly, isNumeric, primitive, typeText } from '../types/typeText.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Evaluation, Typed } from './scope.ts';

type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** The type of an operation's result (`Operator.resultType`). Throws a SqlError for types that cannot be computed with. */
function resultType(operator: ArithmeticOperator, left: SqlType | null, right: SqlType | null): SqlType {
  if (left === null || right === null) {
    const [a, b] = [left, right].map((type) => (type === null ? 'null' : typeText(type)));
    throw new SqlError(`Arithmetic on types ${a} and ${b} are not supported.`);
  }
  if (operator === '+' && left.base === 'STRING' && right.base === 'STRING') return primitive.STRING;
  if (isNumeric(left.base) && isNumeric(right.base)) {
    const wider = castsImplicitly(left.base, right.base) ? right : left;
    return wider.base === 'DECIMAL' ? decimalResultType(operator, asDecimalType(left), asDecimalType(right)) : wider;
  }
  throw new SqlError(`Unsupported arithmetic types. ${left.base} ${right.base}`);
}

const needed = <T extends SqlValue>(value: T): Exclude<T, null> => {
  if (value === null) throw new Error('null where a value is needed for arithmetic');
  return value as Exclude<T, null>;
};

const integers: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => (a + b) | 0,
  '-': (a, b) => (a - b) | 0,
  '*': (a, b) => Math.imul(a, b),
  '/': (a, b) => {
    if (b === 0) throw new Error('/ by zero');
    return (a / b) | 0;
  },
  '%': (a, b) => {
    if (b === 0) throw new Error('/ by zero');
    return (a % b) + 0;
  },
};

const bigints: Readonly<Record<ArithmeticOperator, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => toInt64(a + b),
  '-': (a, b) => toInt64(a - b),
  '*': (a, b) => toInt64(a * b),
  '/': (a, b) => {
    if (b === 0n) throw new Error('/ by zero');
    return toInt64(a / b);
  },
  '%': (a, b) => {
    if (b === 0n) throw new Error('/ by zero');
    return a % b;
  },
};

const doubles: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function decimals(operator: ArithmeticOperator, type: DecimalType): (a: Decimal, b: Decimal) => Decimal {
  const compute: Record<ArithmeticOperator, (a: Decimal, b: Decimal) => Decimal> = {
    '+': addDecimals,
    '-': subtractDecimals,
    '*': multiplyDecimals,
    '/': (a, b) => divideDecimals(a, b, type.scale),
    '%': remainderOfDecimals,
  };
  return (a, b) => {
    const result = compute[operator](a, b);
    const rounded = digits(result.unscaled) > type.precision ? toPrecision(result, type.precision, 'unnecessary') : result;
    return setScale(rounded, type.scale);
  };
}

function operation(operator: ArithmeticOperator, type: SqlType): (a: never, b: never) => SqlValue {
  switch (type.base) {
    case 'DECIMAL':
      return decimals(operator, type);
    case 'DOUBLE':
      return doubles[operator];
    case 'BIGINT':
      return bigints[operator];
    default:
      return integers[operator];
  }
}

/** A binary operation. Throws a SqlError for types that cannot be computed with; a null operand throws when it is computed. */
export function arithmetic(operator: ArithmeticOperator, left: Typed, right: Typed): Typed {
  const type = resultType(operator, left.type, right.type);
  if (type.base === 'STRING') {
    // Java joins texts, and a null among them reads "null".
    return { type, evaluate: (row, context) => String(left.evaluate(row, context)) + String(right.evaluate(row, context)) };
  }
  const toLeft = castFunction(left.type, type.base === 'DECIMAL' ? asDecimalType(left.type!) : type);
  const toRight = castFunction(right.type, type.base === 'DECIMAL' ? asDecimalType(right.type!) : type);
  const compute = operation(operator, type) as (a: SqlValue, b: SqlValue) => SqlValue;
  return {
    type,
    evaluate: (row, context) => compute(needed(toLeft(left.evaluate(row, context))), needed(toRight(right.evaluate(row, context)))),
  };
}

function negation(type: SqlType): (value: never) => SqlValue {
  switch (type.base) {
    case 'DECIMAL':
      return (value: Decimal) => toPrecision(negateDecimal(value), type.precision, 'unnecessary');
    case 'DOUBLE':
      return (value: number) => -value;
    case 'BIGINT':
      return (value: bigint) => toInt64(-value);
    case 'INTEGER':
      return (value: number) => -value | 0;
    default:
      throw new SqlError(`Negation on unsupported type: ${typeText(type)}`);
  }
}

/** A sign before an expression. Throws a SqlError where it is no number. */
export function signed(operator: '-' | '+', operand: Typed): Typed {
  if (operand.type === null) throw new SqlError('A sign stands before NULL. Cast it to a number.');
  if (operator === '+' && isNumeric(operand.type.base))
    return { type: operand.type, evaluate: (row, context) => needed(operand.evaluate(row, context)) };
  const negate = negation(operand.type) as (value: SqlValue) => SqlValue;
  const evaluate: Evaluation = (row, context) => negate(needed(operand.evaluate(row, context)));
  return { type: operand.type, evaluate };
}
