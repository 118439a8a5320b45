import type { SqlType, SqlValue } from '../types/sqlType.ts';
import { primitive, sameType, typeText } from '../types/typeText.ts';
import { valueKey } from '../types/values.ts';
import type { Expression, When } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { comparison } from './comparison.ts';
import { likeTest } from './like.ts';
import type { Typed } from './scope.ts';
import type { Within } from './structured.ts';
import { coerceList } from './userList.ts';

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** A boolean that is not null; Java unboxes it, and null throws. */
function unboxed(value: SqlValue): boolean {
  if (value === null) throw new Error('null where a boolean is needed');
  return value as boolean;
}

function checkBoolean(operand: Typed, operator: string): void {
  if (operand.type !== null && operand.type.base !== 'BOOLEAN')
    throw new SqlError(`${operator} takes booleans, not ${typeText(operand.type)}. Compare the value with something.`);
}

export function logical(operator: 'AND' | 'OR', left: Typed, right: Typed): Typed {
  checkBoolean(left, operator);
  checkBoolean(right, operator);
  const stopsAt = operator === 'OR';
  return {
    type: primitive.BOOLEAN,
    evaluate: (row, context) => (unboxed(left.evaluate(row, context)) === stopsAt ? stopsAt : unboxed(right.evaluate(row, context))),
  };
}

export function not(operand: Typed): Typed {
  checkBoolean(operand, 'NOT');
  return { type: primitive.BOOLEAN, evaluate: (row, context) => !unboxed(operand.evaluate(row, context)) };
}

/** [NOT] BETWEEN: two comparisons, both ends included. Throws a SqlError where the types cannot be compared. */
export function between(node: Of<'between'>, { compile, text }: Within): Typed {
  const value = compile(node.operand);
  const low = comparison({ operator: '>=', left: node.operand, right: node.low }, value, compile(node.low), text);
  const high = comparison({ operator: '<=', left: node.operand, right: node.high }, value, compile(node.high), text);
  return {
    type: primitive.BOOLEAN,
    evaluate: (row, context) => ((low.evaluate(row, context) && high.evaluate(row, context)) as boolean) !== node.negated,
  };
}

/** [NOT] LIKE. Throws a SqlError where a side is no text. */
export function like(node: Of<'like'>, { compile, text }: Within): Typed {
  const value = compile(node.operand);
  const pattern = compile(node.pattern);
  for (const [side, part] of [
    [value, node.operand],
    [pattern, node.pattern],
  ] as const)
    if (side.type !== null && side.type.base !== 'STRING')
      throw new SqlError(`LIKE takes texts, and ${text(part)} is ${typeText(side.type)}. Cast it to STRING.`, node.at);
  const test = likeTest(node.escape);
  return {
    type: primitive.BOOLEAN,
    evaluate: (row, context) => {
      const given = value.evaluate(row, context);
      const wanted = pattern.evaluate(row, context);
      if (given === null || wanted === null) throw new Error('null where LIKE needs a text');
      return test(given as string, wanted as string) !== node.negated;
    },
  };
}

/** [NOT] IN: the list is brought to one type with the operand; null is never in a list. Throws a SqlError where there is no such type. */
export function inList(node: Of<'in'>, within: Within): Typed {
  const listed = node.list.filter((item) => item.kind !== 'null');
  const { items } = coerceList([node.operand, ...listed], within);
  const [operand, ...rest] = items as [Typed, ...Typed[]];
  return {
    type: primitive.BOOLEAN,
    evaluate: (row, context) => {
      const value = operand.evaluate(row, context);
      if (value === null) return node.negated;
      const key = valueKey(value);
      const found = rest.some((item) => {
        const candidate = item.evaluate(row, context);
        return candidate !== null && valueKey(candidate) === key;
      });
      return found !== node.negated;
    },
  };
}

function checkWhen(when: Typed, expression: Expression, text: Within['text']): void {
  if (when.type?.base === 'BOOLEAN') return;
  const type = when.type === null ? 'null' : typeText(when.type);
  throw new SqlError(`WHEN operand type should be boolean.\nType for '${text(expression)}' is ${type}`, expression.at);
}

function typeOfThens(whens: readonly (When & { readonly result: Typed })[], text: Within['text']): SqlType | null {
  let type: SqlType | null = null;
  for (const { when, then, result } of whens) {
    if (result.type === null) continue;
    if (type !== null && !sameType(type, result.type))
      throw new SqlError(
        `Invalid Case expression. Type for all 'THEN' clauses should be the same.\nTHEN expression 'WHEN ${text(when)} THEN ${text(then)}' has type: ${typeText(result.type)}.\nPrevious THEN expression(s) type: ${typeText(type)}.`,
        then.at,
      );
    type = result.type;
  }
  return type;
}

/** CASE WHEN … THEN … ELSE … END. Throws a SqlError where the branches are not of one type. */
export function caseOf(whens: readonly When[], otherwise: Expression | null, { compile, text }: Within): Typed {
  const branches = whens.map((branch) => {
    const condition = compile(branch.when);
    checkWhen(condition, branch.when, text);
    return { ...branch, condition, result: compile(branch.then) };
  });
  const thenType = typeOfThens(branches, text);
  const rest = otherwise === null ? null : compile(otherwise);
  const restType = rest?.type ?? null;
  if (thenType !== null && restType !== null && !sameType(thenType, restType))
    throw new SqlError(
      `Invalid Case expression. Type for the default clause should be the same as for 'THEN' clauses.\nTHEN type: ${typeText(thenType)}.\nDEFAULT type: ${typeText(restType)}.`,
      otherwise!.at,
    );
  const type = thenType ?? restType;
  if (type === null) throw new SqlError('Invalid Case expression. All case branches have NULL type');
  return {
    type,
    evaluate: (row, context) => {
      for (const { condition, result } of branches) if (unboxed(condition.evaluate(row, context))) return result.evaluate(row, context);
      return rest === null ? null : rest.evaluate(row, context);
    },
  };
}
