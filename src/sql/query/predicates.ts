/** The condition of a pull query as a list of alternatives (`PullQueryRewriter`, `LogicRewriter`). */
import { timesOfTexts } from '../plan/condition.ts';
import { rewrite } from '../plan/expressionTree.ts';
import type { Expression } from '../syntax/ast.ts';

type Logical = Extract<Expression, { kind: 'logical' }>;
export type Comparison = Extract<Expression, { kind: 'comparison' }>;

const logical = (operator: Logical['operator'], left: Expression, right: Expression, { at }: Expression): Logical => ({
  ...{ kind: 'logical', operator, left, right, at },
});

const negation = (operand: Expression): Expression => ({ kind: 'not', operand, at: operand.at });

/** BETWEEN as two comparisons, IN as one for each element; a predicate with NOT in it as the negation of the one without. */
function simplify(expression: Expression): Expression {
  return rewrite(expression, (part) => {
    if ((part.kind === 'between' || part.kind === 'in' || part.kind === 'like') && part.negated)
      return negation(simplify({ ...part, negated: false }));
    if (part.kind === 'between') {
      const { operand, at } = part;
      const low: Comparison = { kind: 'comparison', operator: '>=', left: operand, right: part.low, at };
      return logical('AND', low, { ...low, operator: '<=', right: part.high }, part);
    }
    if (part.kind !== 'in') return null;
    const { operand, at } = part;
    return part.list
      .map((right): Expression => ({ kind: 'comparison', operator: '=', left: operand, right, at }))
      .reduceRight((rest, comparison) => logical('OR', comparison, rest, part));
  });
}

/**
 * Negations moved down to comparisons, columns and booleans. As in ksqlDB (`LogicRewriter.NotPropagator`), a negation that meets anything else, LIKE
 * for one, is lost.
 */
function pushNegations(expression: Expression, isNegated: boolean): Expression {
  switch (expression.kind) {
    case 'not':
      return pushNegations(expression.operand, !isNegated);
    case 'logical': {
      const flipped = expression.operator === 'AND' ? 'OR' : 'AND';
      const left = pushNegations(expression.left, isNegated);
      return logical(isNegated ? flipped : expression.operator, left, pushNegations(expression.right, isNegated), expression);
    }
    case 'comparison':
    case 'column':
    case 'boolean':
      return isNegated ? negation(expression) : expression;
    default:
      return expression;
  }
}

/** ORs of ANDs: an AND over an OR becomes an OR of ANDs. */
function distribute(expression: Expression): Expression {
  if (expression.kind !== 'logical') return expression;
  const left = distribute(expression.left);
  const right = distribute(expression.right);
  if (expression.operator === 'OR') return logical('OR', left, right, expression);
  const both = (a: Expression, b: Expression) => distribute(logical('AND', a, b, expression));
  if (left.kind === 'logical' && left.operator === 'OR') return logical('OR', both(left.left, right), both(left.right, right), expression);
  if (right.kind === 'logical' && right.operator === 'OR')
    return logical('OR', both(left, right.left), both(left, right.right), expression);
  return logical('AND', left, right, expression);
}

/** A condition as an OR of ANDs of comparisons. Texts that are compared with a time of the row have become times. */
export const rewriteCondition = (condition: Expression): Expression => distribute(pushNegations(simplify(timesOfTexts(condition)), false));

/** The alternatives of a rewritten condition, in order. */
export function disjunctsOf(condition: Expression): Expression[] {
  if (condition.kind !== 'logical' || condition.operator === 'AND') return [condition];
  return [...disjunctsOf(condition.left), ...disjunctsOf(condition.right)];
}
