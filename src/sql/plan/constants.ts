/** Values that statements write down, brought to the type of what they are for (`GenericExpressionResolver`, `DefaultSqlValueCoercer.STRICT`). */
import type { Functions } from './compile.ts';
import { columnsOf } from './expressionTree.ts';
import type { Run } from '../operators/topology.ts';
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { castFunction } from '../types/casts.ts';
import { coerceLiteral, commonType } from '../types/coercion.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import { typeText } from '../types/typeText.ts';
import { javaText } from '../types/values.ts';

/** What is at hand where expressions are computed that name no columns. */
export interface Computing {
  readonly functions: Functions;
  readonly run: Run;
}

const parts = ['ARRAY', 'MAP', 'STRUCT'];

/** A value as another type has it; undefined where it cannot be brought there without a cast. */
export function coerced(value: SqlValue, from: SqlType | null, to: SqlType): SqlValue | undefined {
  if (value === null || from === null) return null;
  try {
    if (parts.includes(from.base)) return commonType(from, to, false) === null ? undefined : castFunction(from, to)(value);
    return from.base !== to.base && commonType(from, to, false) === null ? undefined : coerceLiteral(value, from, to);
  } catch {
    return undefined;
  }
}

/** The value of an expression that names no columns, with its type. Faults throw SqlError. */
export function computed(
  expression: Expression,
  operation: string,
  { functions, run }: Computing,
): { type: SqlType | null; value: SqlValue } {
  if (columnsOf(expression).length > 0) throw new SqlError(`Unsupported column reference in ${operation}: ${formatExpression(expression)}`);
  const { type, evaluate } = functions.compile(expression, []);
  const log = (message: string): never => {
    throw new SqlError(message, expression.at);
  };
  return { type, value: evaluate([], { ...run, log }) };
}

const timeForms: Readonly<Record<string, string>> = {
  TIMESTAMP: '. Timestamp format must be yyyy-mm-ddThh:mm:ss[.S]',
  TIME: '. Time format must be hh:mm:ss[.S]',
  DATE: '. Date format must be yyyy-mm-dd',
};

/** The value of an expression for a column. Throws SqlError where it is of no type that goes there. */
export function resolved(
  expression: Expression,
  column: { readonly name: string; readonly type: SqlType },
  operation: string,
  computing: Computing,
): SqlValue {
  const { type, value } = computed(expression, operation, computing);
  const found = coerced(value, type, column.type);
  if (found !== undefined) return found;
  const form = type?.base === 'STRING' ? (timeForms[column.type.base] ?? '') : '';
  throw new SqlError(
    `Expected type ${typeText(column.type)} for field \`${column.name}\` but got ${type!.base}(${javaText(value, type!)})${form}`,
    expression.at,
  );
}
