/** What is joined with what, and on which expressions (`Analyzer.visitJoinedSource`, `JoinInfo`). */
import type { Expression, Join } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { AnalysedSource } from './columnResolution.ts';
import { checkColumns } from './columnResolution.ts';
import { columnsOf } from './expressionTree.ts';

export interface JoinSide {
  readonly source: AnalysedSource;
  readonly expression: Expression;
}

export interface JoinInfo {
  readonly type: Join['type'];
  readonly left: JoinSide;
  readonly right: JoinSide;
  readonly within: Join['within'];
  /** Whether the criterion names the sides the other way round. */
  readonly isFlipped: boolean;
}

export const flipJoin = (join: JoinInfo): JoinInfo => ({ ...join, left: join.right, right: join.left, isFlipped: !join.isFlipped });

/** Reads one JOIN; its expression has been resolved. Throws SqlError unless it is an equality of one source with another. */
export function joinOf(join: Join, on: Expression, sources: readonly AnalysedSource[]): JoinInfo {
  if (on.kind !== 'comparison') throw unsupported(on);
  if (on.operator !== '=') throw new SqlError('Only equality join criteria is supported.');
  const known = sources.slice(0, sources.findIndex(({ alias }) => alias === join.right.alias) + 1);
  const sideOf = (expression: Expression): JoinSide => {
    checkColumns(expression, { name: 'JOIN ON', maySynthetic: false, mayBounds: false }, known);
    const aliases = [...new Set(columnsOf(expression).map(({ source }) => source))];
    const source = aliases.length === 1 ? sources.find(({ alias }) => alias === aliases[0]) : undefined;
    if (!source)
      throw new SqlError(
        `Invalid comparison expression '${formatExpression(expression)}' in join '${formatExpression(on)}'. Each side of the join comparision must contain references from exactly one source.`,
      );
    return { source, expression };
  };
  const left = sideOf(on.left);
  const right = sideOf(on.right);
  if (left.source === right.source)
    throw new SqlError(
      `Each side of the join must reference exactly one source and not the same source. Left side references \`${left.source.alias}\` and right references \`${right.source.alias}\``,
    );
  checkWindows(left.source, right.source);
  if (left.source.alias !== join.right.alias && right.source.alias !== join.right.alias)
    throw new SqlError(
      `A join criteria is expected to reference the source (\`${join.right.alias}\`) in the FROM clause, instead the right source references \`${right.source.alias}\` and the left source references \`${left.source.alias}\``,
    );
  const info: JoinInfo = { type: join.type, left, right, within: join.within, isFlipped: false };
  return right.source === sources[0] ? flipJoin(info) : info;
}

function unsupported(on: Expression): SqlError {
  const isEquality = (e: Expression) => e.kind === 'comparison' && e.operator === '=';
  if (on.kind === 'logical' && isEquality(on.left) && isEquality(on.right))
    return new SqlError(`Invalid join condition: joins on multiple conditions are not yet supported. Got ${formatExpression(on)}.`);
  return new SqlError(`Unsupported join expression: ${formatExpression(on)}`);
}

function checkWindows(left: AnalysedSource, right: AnalysedSource): void {
  const [leftType, rightType] = [left, right].map(({ source }) => source.window?.type ?? null);
  if ((leftType === null) !== (rightType === null))
    throw new SqlError(
      `Can not join windowed source to non-windowed source.\n\`${left.alias}\` is ${leftType ?? 'not'} windowed\n\`${right.alias}\` is ${rightType ?? 'not'} windowed`,
    );
  if ((leftType === 'SESSION') === (rightType === 'SESSION')) return;
  throw new SqlError(
    `Incompatible windowed sources.\nLeft source: ${leftType!}\nRight source: ${rightType!}\nSession windowed sources can only be joined to other session windowed sources, and may still not result in expected behaviour as session bounds must be an exact match for the join to work\nHopping and tumbling windowed sources can only be joined to other hopping and tumbling windowed sources`,
  );
}
