import type { ComparisonOperator, Expression, Place } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { placeText } from './sqlError.ts';
import { primaryExpression, type Inner } from './primaryExpression.ts';

/**
 * Expressions by binding, from weakest to strongest: OR, AND, NOT, one predicate (a comparison, BETWEEN, IN, LIKE, IS; they do not chain), `||`, `+ -`,
 * `* / %`, sign, AT TIME ZONE. As in ksqlDB, what is joined by an operator stands where the operator does.
 */
export function expression(cursor: Cursor): Expression {
  return cursor.nested(() => disjunction(cursor));
}

const inner: Inner = { expression, valueExpression };

function disjunction(cursor: Cursor): Expression {
  let left = conjunction(cursor);
  for (let { at } = cursor; cursor.accept('OR'); { at } = cursor)
    left = { kind: 'logical', operator: 'OR', left, right: conjunction(cursor), at };
  return left;
}

function conjunction(cursor: Cursor): Expression {
  let left = negation(cursor);
  for (let { at } = cursor; cursor.accept('AND'); { at } = cursor)
    left = { kind: 'logical', operator: 'AND', left, right: negation(cursor), at };
  return left;
}

function negation(cursor: Cursor): Expression {
  const { at } = cursor;
  return cursor.accept('NOT') ? { kind: 'not', operand: cursor.nested(() => negation(cursor)), at } : predicated(cursor);
}

const comparisons = ['=', '<>', '<=', '<', '>=', '>'] as const;

function predicated(cursor: Cursor): Expression {
  const start = cursor.at;
  const operand = valueExpression(cursor);
  const { at } = cursor;
  const operator = cursor.acceptOne(comparisons);
  if (operator) return { kind: 'comparison', operator, left: operand, right: valueExpression(cursor), at };
  if (cursor.accept('IS')) return isPredicate(cursor, operand, start);
  const negated = cursor.accept('NOT');
  if (cursor.accept('BETWEEN')) return between(cursor, operand, { negated, at: start });
  if (cursor.accept('IN')) return { kind: 'in', operand, list: parenthesizedList(cursor), negated, at: start };
  if (cursor.accept('LIKE')) return like(cursor, operand, { negated, at: start });
  if (negated) throw cursor.unexpected();
  return operand;
}

function isPredicate(cursor: Cursor, operand: Expression, at: Place): Expression {
  const negated = cursor.accept('NOT');
  if (cursor.accept('NULL')) return { kind: 'isNull', operand, negated, at };
  cursor.expect('DISTINCT');
  cursor.expect('FROM');
  const operator: ComparisonOperator = negated ? 'IS NOT DISTINCT FROM' : 'IS DISTINCT FROM';
  return { kind: 'comparison', operator, left: operand, right: valueExpression(cursor), at };
}

function between(cursor: Cursor, operand: Expression, { negated, at }: { negated: boolean; at: Place }): Expression {
  const low = valueExpression(cursor);
  cursor.expect('AND');
  return { kind: 'between', operand, low, high: valueExpression(cursor), negated, at };
}

function like(cursor: Cursor, operand: Expression, { negated, at }: { negated: boolean; at: Place }): Expression {
  const pattern = valueExpression(cursor);
  let escape: string | null = null;
  if (cursor.accept('ESCAPE')) {
    const place = cursor.at;
    escape = cursor.string();
    if (escape.length !== 1) cursor.deferPrepare(`${placeText(place)}: Expected single character escape but got: ${escape}`, place);
  }
  return { kind: 'like', operand, pattern, escape, negated, at };
}

function parenthesizedList(cursor: Cursor): Expression[] {
  cursor.expect('(');
  const list = [expression(cursor)];
  while (cursor.accept(',')) list.push(expression(cursor));
  cursor.expect(')');
  return list;
}

/** What can be compared, grouped by and inserted: an expression without predicates on its outside. */
export function valueExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    let left = sum(cursor);
    for (let { at } = cursor; cursor.accept('||'); { at } = cursor) left = { kind: 'call', name: 'CONCAT', args: [left, sum(cursor)], at };
    return left;
  });
}

function sum(cursor: Cursor): Expression {
  let left = product(cursor);
  for (;;) {
    const { at } = cursor;
    const operator = cursor.acceptOne(['+', '-'] as const);
    if (!operator) return left;
    left = { kind: 'arithmetic', operator, left, right: product(cursor), at };
  }
}

function product(cursor: Cursor): Expression {
  let left = signed(cursor);
  for (;;) {
    const { at } = cursor;
    const operator = cursor.acceptOne(['*', '/', '%'] as const);
    if (!operator) return left;
    left = { kind: 'arithmetic', operator, left, right: signed(cursor), at };
  }
}

function signed(cursor: Cursor): Expression {
  const { at } = cursor;
  const next = cursor.ahead(1).kind;
  // A minus before a number is the number's.
  const isLiteral = cursor.token.word === '-' && (next === 'integer' || next === 'decimal' || next === 'float');
  const operator = isLiteral ? null : cursor.acceptOne(['-', '+'] as const);
  if (operator) return { kind: 'unary', operator, operand: cursor.nested(() => signed(cursor)), at };
  const operand = primaryExpression(cursor, inner);
  timeZone(cursor);
  return operand;
}

/** The grammar has it, ksqlDB's AstBuilder does not build it. */
function timeZone(cursor: Cursor): void {
  for (let { at } = cursor; cursor.acceptAll('AT', 'TIME', 'ZONE'); { at } = cursor) {
    cursor.string();
    cursor.deferPrepare('not yet implemented', at);
  }
}
