/** Walking and rewriting expressions (`ExpressionTreeRewriter`, `TraversalExpressionVisitor`). */
import type { Expression } from '../syntax/ast.ts';

type Rewrite = (expression: Expression) => Expression;

/** The expression with each direct part rewritten. */
function mapParts(e: Expression, f: Rewrite): Expression {
  switch (e.kind) {
    case 'field':
      return { ...e, base: f(e.base) };
    case 'subscript':
      return { ...e, base: f(e.base), index: f(e.index) };
    case 'call':
      return { ...e, args: e.args.map(f) };
    case 'lambda':
      return { ...e, body: f(e.body) };
    case 'array':
      return { ...e, items: e.items.map(f) };
    case 'map':
      return { ...e, entries: e.entries.map(({ key, value }) => ({ key: f(key), value: f(value) })) };
    case 'struct':
      return { ...e, fields: e.fields.map(({ name, value }) => ({ name, value: f(value) })) };
    case 'unary':
    case 'not':
    case 'isNull':
    case 'cast':
      return { ...e, operand: f(e.operand) };
    default:
      return mapCombination(e, f);
  }
}

function mapCombination(e: Expression, f: Rewrite): Expression {
  switch (e.kind) {
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return { ...e, left: f(e.left), right: f(e.right) };
    case 'between':
      return { ...e, operand: f(e.operand), low: f(e.low), high: f(e.high) };
    case 'like':
      return { ...e, operand: f(e.operand), pattern: f(e.pattern) };
    case 'in':
      return { ...e, operand: f(e.operand), list: e.list.map(f) };
    case 'searchedCase':
      return { ...e, whens: e.whens.map(({ when, then }) => ({ when: f(when), then: f(then) })), otherwise: e.otherwise && f(e.otherwise) };
    case 'simpleCase':
      return {
        ...e,
        operand: f(e.operand),
        whens: e.whens.map(({ when, then }) => ({ when: f(when), then: f(then) })),
        otherwise: e.otherwise && f(e.otherwise),
      };
    default:
      return e;
  }
}

/** Rewrites from the outside in: where `f` gives an expression it stands for the whole, else the parts are rewritten. */
export function rewrite(expression: Expression, f: (expression: Expression) => Expression | null): Expression {
  return f(expression) ?? mapParts(expression, (part) => rewrite(part, f));
}

/** Calls `f` with the expression and everything inside, outside first; where `f` gives false, not with what is inside. */
export function visit(expression: Expression, f: (expression: Expression) => boolean | undefined): void {
  if (f(expression) === false) return;
  mapParts(expression, (part) => {
    visit(part, f);
    return part;
  });
}

/** Equal for expressions that say the same, wherever they stand. */
export function expressionKey(expression: Expression): string {
  return JSON.stringify(expression, (name, value: unknown) =>
    name === 'at' ? undefined : typeof value === 'bigint' ? `${String(value)}n` : value,
  );
}

export type ColumnReference = Extract<Expression, { kind: 'column' }>;

/** The columns that an expression names, in order, each as often as it is named. */
export function columnsOf(expression: Expression): ColumnReference[] {
  const columns: ColumnReference[] = [];
  visit(expression, (part) => {
    if (part.kind === 'column') columns.push(part);
    return undefined;
  });
  return columns;
}

export const columnText = ({ source, name }: ColumnReference): string => (source === null ? name : `${source}.${name}`);
