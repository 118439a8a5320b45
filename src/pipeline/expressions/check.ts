import type { Expression } from './syntax.ts';

/** False when an expression can never be true: a number, a text or null, whatever the record holds. */
export function isCondition(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'boolean';
    case 'value':
      return expression.path.length > 0;
    case 'key':
    case 'timestamp':
    case 'partition':
    case 'offset':
    case 'negate':
    case 'arithmetic':
      return false;
    case 'call':
      return expression.name === 'contains' || expression.name === 'coalesce';
    default:
      return true;
  }
}

/** The expressions directly inside one. */
export function parts(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'not':
    case 'negate':
    case 'isNull':
    case 'like':
      return [expression.operand];
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return [expression.left, expression.right];
    case 'in':
      return [expression.operand, ...expression.choices];
    case 'call':
      return expression.arguments;
    default:
      return [];
  }
}

/** `partition` or `offset` when the expression asks for it, else null. */
export function positionUse(expression: Expression): 'partition' | 'offset' | null {
  if (expression.kind === 'partition' || expression.kind === 'offset') return expression.kind;
  for (const part of parts(expression)) {
    const use = positionUse(part);
    if (use) return use;
  }
  return null;
}
