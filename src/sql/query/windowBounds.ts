/** Which windows a pull query asks for (`QueryFilterNode.WindowBoundsExtractor`). */
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { isWindowBound } from '../plan/schema.ts';
import { visit } from '../plan/expressionTree.ts';
import type { Comparison } from './predicates.ts';
import { invalidWhere } from './pullRules.ts';

/** Times between two ends in milliseconds; null where there is no end. */
export interface TimeRange {
  readonly from: number | null;
  readonly fromIncluded: boolean;
  readonly to: number | null;
  readonly toIncluded: boolean;
}

/** The windows whose start and end lie within these ranges. */
export interface WindowBounds {
  readonly start: TimeRange;
  readonly end: TimeRange;
}

const anyTime: TimeRange = { from: null, fromIncluded: true, to: null, toIncluded: true };

export const contains = ({ from, fromIncluded, to, toIncluded }: TimeRange, timeMs: number): boolean =>
  (from === null || timeMs > from || (fromIncluded && timeMs === from)) && (to === null || timeMs < to || (toIncluded && timeMs === to));

const mirrored: Readonly<Partial<Record<Comparison['operator'], Comparison['operator']>>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** The column of a comparison, preferring the right side, and what it is compared with as if the column stood left; null where neither side is one. */
export function columnSide({ operator, left, right }: Comparison) {
  if (right.kind === 'column') return { column: right, other: left, operator: mirrored[operator] ?? operator };
  return left.kind === 'column' ? { column: left, other: right, operator } : null;
}

type Kind = 'EQUAL' | 'LESS_THAN' | 'GREATER_THAN';
type Found = Partial<Record<Kind, { readonly timeMs: number; readonly included: boolean }>>;

function kindOf(operator: Comparison['operator']): Kind {
  if (operator === '=') return 'EQUAL';
  return operator.startsWith('<') ? 'LESS_THAN' : 'GREATER_THAN';
}

function rangeOf({ EQUAL: equal, LESS_THAN: upper, GREATER_THAN: lower }: Found): TimeRange {
  if (!upper && !lower) return equal ? { from: equal.timeMs, fromIncluded: true, to: equal.timeMs, toIncluded: true } : anyTime;
  return {
    from: lower ? lower.timeMs : null,
    fromIncluded: lower?.included ?? true,
    to: upper ? upper.timeMs : null,
    toIncluded: upper?.included ?? true,
  };
}

/**
 * The bounds that one alternative of a condition sets. Throws SqlError for a bound that is there twice or stands beside an equality.
 * @param timeOf the milliseconds that an expression without columns says; throws where it says none
 */
export function windowBoundsOf(disjunct: Expression, timeOf: (expression: Expression) => number): WindowBounds {
  const found: Record<string, Found> = { WINDOWSTART: {}, WINDOWEND: {} };
  visit(disjunct, (part) => {
    if (part.kind !== 'comparison') return undefined;
    const side = columnSide(part);
    if (!side || !isWindowBound(side.column.name)) return undefined;
    const { name } = side.column;
    const kind = kindOf(side.operator);
    const bounds = found[name]!;
    if (bounds[kind]) throw invalidWhere(`Duplicate \`${name}\` bounds on: ${kind}`, true);
    bounds[kind] = { timeMs: timeOf(side.other), included: part.operator.endsWith('=') };
    if (bounds.EQUAL && (bounds.LESS_THAN || bounds.GREATER_THAN))
      throw invalidWhere(`\`${formatExpression(part)}\` cannot be combined with other \`${name}\` bounds`, true);
    return undefined;
  });
  const bounds = { start: rangeOf(found.WINDOWSTART!), end: rangeOf(found.WINDOWEND!) };
  for (const { from, fromIncluded, to, toIncluded } of Object.values(bounds))
    if (from !== null && to !== null && (from > to || (from === to && !fromIncluded && !toIncluded)))
      throw new SqlError(`Invalid range: ${fromIncluded ? '[' : '('}${String(from)}..${String(to)}${toIncluded ? ']' : ')'}`);
  return bounds;
}
