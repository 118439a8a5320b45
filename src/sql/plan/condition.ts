/** Conditions of WHERE and HAVING (`FilterTypeValidator`, `StatementRewriteForMagicPseudoTimestamp`). */
import { CoercionError } from '../expressions/userList.ts';
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { parseTimestamp } from '../types/calendar.ts';
import { typeText } from '../types/typeText.ts';
import type { Functions, RowExpression } from './compile.ts';
import { rewrite } from './expressionTree.ts';
import type { Schema } from './schema.ts';

const times = new Set(['ROWTIME', 'WINDOWSTART', 'WINDOWEND']);
const isTime = (expression: Expression): boolean => expression.kind === 'column' && times.has(expression.name);

/** A text that is compared with a time of the row stands for that time. */
function timeOfText(expression: Expression): Expression {
  if (expression.kind !== 'string') return expression;
  const { at } = expression;
  try {
    return { kind: 'bigint', value: BigInt(parseTimestamp(expression.value)), at };
  } catch (error) {
    throw new SqlError((error as Error).message, at);
  }
}

/** A condition in which texts that are compared with a time of the row have become times. */
export function timesOfTexts(expression: Expression): Expression {
  return rewrite(expression, (part) => {
    if (part.kind === 'between' && isTime(part.operand)) return { ...part, low: timeOfText(part.low), high: timeOfText(part.high) };
    if (part.kind !== 'comparison') return null;
    if (isTime(part.left)) return { ...part, right: timeOfText(part.right) };
    return isTime(part.right) ? { ...part, left: timeOfText(part.left) } : null;
  });
}

/** A condition over a row. Throws SqlError unless it is a BOOLEAN. */
export function compileCondition(
  expression: Expression,
  { value }: Schema,
  clause: 'WHERE' | 'HAVING',
  functions: Functions,
): RowExpression {
  const timed = timesOfTexts(expression);
  let compiled: RowExpression;
  try {
    compiled = functions.compile(timed, value);
  } catch (error) {
    // ksqlDB finds these when it makes code of the condition (`CodeGenRunner`), the others when it types it.
    if (error instanceof CoercionError) throw new SqlError(`Invalid Predicate: ${error.message}`, error.at);
    if (error instanceof SqlError) throw new SqlError(`Error in ${clause} expression: ${error.message}`, error.at);
    throw error;
  }
  if (compiled.type?.base === 'BOOLEAN') return compiled;
  const type = compiled.type ? typeText(compiled.type) : 'null';
  throw new SqlError(
    `Type error in ${clause} expression: Should evaluate to boolean but is ${formatExpression(expression)} (${type}) instead.`,
  );
}
