import { parseDate, parseTime, parseTimestamp, dayMs } from '../types/calendar.ts';
import { decimal } from '../types/decimal.ts';
import { decimalOfDouble } from '../types/javaNumber.ts';
import type { SqlBase, SqlType, SqlValue } from '../types/sqlType.ts';
import { isNumeric, isTime, primitive, typeText } from '../types/typeText.ts';
import { compareValues, equalValues } from '../types/values.ts';
import type { ComparisonOperator, Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Typed } from './scope.ts';

/** ksqlDB's names of comparisons (`ComparisonExpression.Type`). */
export const comparisonNames: Readonly<Record<ComparisonOperator, string>> = {
  '=': 'EQUAL',
  '<>': 'NOT_EQUAL',
  '<': 'LESS_THAN',
  '<=': 'LESS_THAN_OR_EQUAL',
  '>': 'GREATER_THAN',
  '>=': 'GREATER_THAN_OR_EQUAL',
  'IS DISTINCT FROM': 'IS_DISTINCT_FROM',
  'IS NOT DISTINCT FROM': 'IS_NOT_DISTINCT_FROM',
};

const isEquality = (operator: ComparisonOperator): boolean => !['<', '<=', '>', '>='].includes(operator);

/** Whether two types can be compared so (`ComparisonUtil`). */
function comparable(left: SqlBase, operator: ComparisonOperator, right: SqlBase): boolean {
  if (isNumeric(left)) return isNumeric(right);
  switch (left) {
    case 'STRING':
      return right === 'STRING' || isTime(right);
    case 'TIME':
      return right === 'TIME' || right === 'STRING';
    case 'DATE':
    case 'TIMESTAMP':
      return right === 'DATE' || right === 'TIMESTAMP' || right === 'STRING';
    case 'BYTES':
      return right === 'BYTES';
    default:
      return left === right && isEquality(operator);
  }
}

type Reading = (value: SqlValue) => SqlValue;
const asIs: Reading = (value) => value;

function asDecimal(type: SqlType): Reading {
  if (type.base === 'DECIMAL') return asIs;
  return type.base === 'DOUBLE' ? (value) => decimalOfDouble(value as number) : (value) => decimal(BigInt(value as number | bigint));
}

function asMoment(type: SqlType, moment: 'TIME' | 'DATE' | 'TIMESTAMP'): Reading {
  if (type.base === 'STRING') {
    const parse = moment === 'TIME' ? parseTime : moment === 'DATE' ? parseDate : parseTimestamp;
    return (value) => parse(value as string);
  }
  return type.base === 'DATE' && moment === 'TIMESTAMP' ? (value) => (value as number) * dayMs : asIs;
}

/** How a value of one side is read so that both compare: decimals exactly, mixed numbers as doubles or 64-bit integers. */
function reading(type: SqlType, other: SqlType): Reading {
  const bases = [type.base, other.base];
  if (bases.includes('DECIMAL')) return asDecimal(type);
  for (const moment of ['TIME', 'TIMESTAMP', 'DATE'] as const) if (bases.includes(moment)) return asMoment(type, moment);
  if (type.base === other.base) return asIs;
  if (bases.includes('DOUBLE')) return (value) => Number(value);
  return (value) => BigInt(value as number | bigint);
}

const signTests: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  'IS NOT DISTINCT FROM': (order) => order === 0,
  '<>': (order) => order !== 0,
  'IS DISTINCT FROM': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const doubleTests: Readonly<Record<ComparisonOperator, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  'IS NOT DISTINCT FROM': (a, b) => a === b,
  '<>': (a, b) => a < b || a > b,
  'IS DISTINCT FROM': (a, b) => a < b || a > b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Compares two values that are not null and were read alike. */
function comparer(operator: ComparisonOperator, left: SqlType, right: SqlType): (a: SqlValue, b: SqlValue) => boolean {
  if (['BOOLEAN', 'ARRAY', 'MAP', 'STRUCT'].includes(left.base)) {
    const wanted = operator === '=' || operator === 'IS NOT DISTINCT FROM';
    return (a, b) => equalValues(a, b) === wanted;
  }
  const bases = [left.base, right.base];
  if (bases.includes('DOUBLE') && !bases.includes('DECIMAL')) {
    return doubleTests[operator] as (a: SqlValue, b: SqlValue) => boolean;
  }
  const test = signTests[operator];
  return (a, b) => test(compareValues(a, b));
}

/** What a comparison gives where at least one side is null. */
function withNull(operator: ComparisonOperator, a: SqlValue, b: SqlValue): boolean {
  if (operator === 'IS DISTINCT FROM') return (a === null) !== (b === null);
  return operator === 'IS NOT DISTINCT FROM' && a === null && b === null;
}

const typeName = (type: SqlType | null) => type?.base ?? 'NULL';

/**
 * A comparison; with null it is false, save for [NOT] DISTINCT FROM. Throws a SqlError where the types cannot be compared so.
 * @param text prints an expression for messages
 */
export function comparison(
  node: { readonly operator: ComparisonOperator; readonly left: Expression; readonly right: Expression },
  left: Typed,
  right: Typed,
  text: (expression: Expression) => string,
): Typed {
  const { operator } = node;
  const [leftType, rightType] = [left.type, right.type];
  if (leftType === null || rightType === null)
    throw new SqlError(
      `Comparison with NULL not supported: ${typeName(leftType)} ${operator} ${typeName(rightType)}\nUse 'IS NULL' or 'IS NOT NULL' instead.`,
    );
  if (!comparable(leftType.base, operator, rightType.base))
    throw new SqlError(
      `Cannot compare ${text(node.left)} (${typeText(leftType)}) to ${text(node.right)} (${typeText(rightType)}) with ${comparisonNames[operator]}.`,
    );
  const readLeft = reading(leftType, rightType);
  const readRight = reading(rightType, leftType);
  const compare = comparer(operator, leftType, rightType);
  return {
    type: primitive.BOOLEAN,
    evaluate: (row, context) => {
      const a = left.evaluate(row, context);
      const b = right.evaluate(row, context);
      return a === null || b === null ? withNull(operator, a, b) : compare(readLeft(a), readRight(b));
    },
  };
}
