/** The order in which several sources are joined (`JoinTree`). */
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { AnalysedSource } from './columnResolution.ts';
import type { ColumnReference } from './expressionTree.ts';
import { expressionKey } from './expressionTree.ts';
import type { JoinInfo } from './joinCriteria.ts';
import { flipJoin } from './joinCriteria.ts';

export type JoinNode =
  | { readonly kind: 'leaf'; readonly source: AnalysedSource }
  | { readonly kind: 'join'; readonly left: JoinNode; readonly right: JoinNode; readonly info: JoinInfo };

export type InnerJoinNode = Extract<JoinNode, { kind: 'join' }>;

const contains = (node: JoinNode, source: AnalysedSource): boolean =>
  node.kind === 'leaf' ? node.source === source : contains(node.left, source) || contains(node.right, source);

/** Joins one source after the other to what there is. Throws SqlError where neither or both sides of a join are in it already. */
export function joinTreeOf(joins: readonly JoinInfo[]): JoinNode {
  return joins.reduce<JoinNode>(
    (root, join) => {
      const hasLeft = contains(root, join.left.source);
      const hasRight = contains(root, join.right.source);
      if (hasLeft && hasRight)
        throw new SqlError(
          `Cannot perform circular join - both ${join.right.source.alias} and ${join.left.source.alias} are already included in the current join tree`,
        );
      if (hasLeft) return { kind: 'join', left: root, right: { kind: 'leaf', source: join.right.source }, info: join };
      if (hasRight) return { kind: 'join', left: root, right: { kind: 'leaf', source: join.left.source }, info: flipJoin(join) };
      throw new SqlError('Cannot build JOIN tree; neither source in the join is the FROM source or included in a previous JOIN');
    },
    { kind: 'leaf', source: joins[0]!.left.source },
  );
}

/** Expressions that are equal to the key of what a node gives. */
export function equivalentKeys(node: JoinNode): ReadonlyMap<string, Expression> {
  if (node.kind === 'leaf' || node.info.type === 'OUTER') return new Map();
  const own = new Map([node.info.left.expression, node.info.right.expression].map((e) => [expressionKey(e), e]));
  const meets = (keys: ReadonlyMap<string, Expression>) => [...keys.keys()].some((key) => own.has(key));
  const sides = [equivalentKeys(node.left), equivalentKeys(node.right)].filter(meets);
  return new Map([...own, ...sides.flatMap((keys) => [...keys])]);
}

/** Columns of sources that can be the key of what a node gives, the leftmost first. */
export function viableKeys(node: JoinNode): ColumnReference[] {
  if (node.kind === 'leaf' || node.info.type === 'OUTER') return [];
  const equivalent = equivalentKeys(node);
  const { left, right } = node.info;
  const all = [...viableKeys(node.left), left.expression, ...viableKeys(node.right), right.expression];
  const columns = all.filter((e): e is ColumnReference => e.kind === 'column');
  return columns.filter(
    (e, i) => equivalent.has(expressionKey(e)) && columns.findIndex((other) => expressionKey(other) === expressionKey(e)) === i,
  );
}
