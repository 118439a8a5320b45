/** What cannot be joined (`LogicalPlanner.verifyJoin`). */
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Functions } from './compile.ts';
import type { AnalysedSource } from './columnResolution.ts';
import { overRow } from './columnResolution.ts';
import type { JoinInfo } from './joinCriteria.ts';
import type { InnerJoinNode, JoinNode } from './joinTree.ts';
import type { Relation } from './relation.ts';
import { typeText } from '../types/typeText.ts';

const typeNames = { INNER: '[INNER] JOIN', LEFT: 'LEFT [OUTER] JOIN', RIGHT: 'RIGHT [OUTER] JOIN', OUTER: '[FULL] OUTER JOIN' } as const;

/** The criterion as it was written, though the sides may have been exchanged. */
function criterion({ left, right, isFlipped }: JoinInfo): string {
  const [first, second] = isFlipped ? [right, left] : [left, right];
  return `${formatExpression(first.expression)} = ${formatExpression(second.expression)}`;
}

/** Whether an expression is anything but the whole key of the source that it is of. */
function isNoKey(expression: Expression, node: JoinNode): boolean {
  if (expression.kind !== 'column') return true;
  const source = leaves(node).find(({ alias }) => alias === expression.source);
  const key = source?.source.schema.key ?? [];
  return key.length !== 1 || key[0]!.name !== expression.name;
}

const leaves = (node: JoinNode): readonly AnalysedSource[] =>
  node.kind === 'leaf' ? [node.source] : [...leaves(node.left), ...leaves(node.right)];

export const isTable = (node: JoinNode): boolean => leaves(node).every(({ source }) => source.kind === 'TABLE');

/** Whether a join that can be is of two tables on a foreign key. */
export const isForeignJoin = ({ left, right, info }: InnerJoinNode): boolean =>
  isTable(left) && isTable(right) && isNoKey(info.left.expression, left);

/** Whether two tables are joined on a foreign key. Throws SqlError where what is joined, or how, cannot be. */
export function checkJoin(node: InnerJoinNode, left: Relation, right: Relation, functions: Functions): boolean {
  const { info } = node;
  if (left.kind === 'STREAM') {
    if (right.kind === 'TABLE') checkStreamTable(node);
    else if (!info.within)
      throw new SqlError(
        `${left.kind}-STREAM joins must have a WITHIN clause specified. None was provided. To learn about how to specify a WITHIN clause with a stream-stream join, please visit: https://docs.confluent.io/current/ksql/docs/syntax-reference.html#create-stream-as-select`.replace(
          'STREAM-STREAM',
          'Stream-Stream',
        ),
      );
    checkTypes(node, left, right, functions);
    return false;
  }
  if (right.kind === 'STREAM')
    throw new SqlError(
      `Invalid join order: table-stream joins are not supported; only stream-table joins. Got ${info.left.source.source.name} ${typeNames[info.type]} ${info.right.source.source.name}.`,
    );
  if (isNoKey(info.right.expression, node.right))
    throw new SqlError(
      `Invalid join condition: table-table joins require to join on the primary key of the right input table. Got ${criterion(info)}.`,
    );
  if (info.within)
    throw new SqlError(
      'A window definition was provided for a Table-Table join. These joins are not windowed. Please drop the window definition (i.e. the WITHIN clause) and try to execute your Table-Table join again.',
    );
  const isForeign = isNoKey(info.left.expression, node.left);
  if (isForeign && node.left.kind === 'join')
    throw new SqlError(
      `Invalid join condition: foreign-key table-table joins are not supported as part of n-way joins. Got ${criterion(info)}.`,
    );
  checkTypes(node, left, right, functions);
  if (isForeign && info.right.source.source.window)
    throw new SqlError('Foreign-key table-table joins are not supported on windowed tables.');
  return isForeign;
}

function checkStreamTable(node: InnerJoinNode): void {
  const { info } = node;
  if (info.type === 'RIGHT' || info.type === 'OUTER')
    throw new SqlError(
      `Invalid join type: ${info.type === 'RIGHT' ? 'RIGHT OUTER' : 'full-outer'} join not supported for stream-table join. Got ${info.left.source.source.name} ${typeNames[info.type]} ${info.right.source.source.name}.`,
    );
  if (isNoKey(info.right.expression, node.right))
    throw new SqlError(`Invalid join condition: stream-table joins require to join on the table's primary key. Got ${criterion(info)}.`);
  if (info.within)
    throw new SqlError(
      'A window definition was provided for a Stream-Table join. These joins are not windowed. Please drop the window definition (ie. the WITHIN clause) and try to execute your join again.',
    );
}

function checkTypes(
  { info, left: leftNode, right: rightNode }: InnerJoinNode,
  left: Relation,
  right: Relation,
  functions: Functions,
): void {
  const typeOf = (expression: Expression, node: JoinNode, { schema }: Relation): string => {
    const { type } = functions.compile(overRow(expression, node.kind === 'join'), schema.value);
    return type ? typeText(type) : 'null';
  };
  const leftType = typeOf(info.left.expression, leftNode, left);
  const rightType = typeOf(info.right.expression, rightNode, right);
  if (leftType === rightType) return;
  const parts = [`${formatExpression(info.left.expression)}{${leftType}}`, `${formatExpression(info.right.expression)}{${rightType}}`];
  if (info.isFlipped) parts.reverse();
  throw new SqlError(`Invalid join condition: types don't match. Got ${parts.join(' = ')}.`);
}

/**
 * Throws SqlError where sides of a join have unequal numbers of partitions, as far as statements say how many there are; a foreign-key join finds rows
 * wherever they are (`JoinNode.ensureMatchingPartitionCounts`).
 */
export function checkPartitions(node: JoinNode, partitions: ReadonlyMap<string, number>): void {
  if (node.kind === 'leaf') return;
  const [left, right] = [node.left, node.right].map((side) => partitions.get(lastSource(side).source.topic));
  if (!isForeignJoin(node) && left !== undefined && right !== undefined && left !== right) {
    const [leftName, rightName] = [node.left, node.right].map((side) => `\`${leaves(side)[0]!.alias}\``) as [string, string];
    throw new SqlError(
      `Can't join ${leftName} with ${rightName} since the number of partitions don't match. ${leftName} partitions = ${String(left)}; ${rightName} partitions = ${String(right)}. Please repartition either one so that the number of partitions match.`,
    );
  }
  checkPartitions(node.left, partitions);
  checkPartitions(node.right, partitions);
}

/** The source whose number of partitions what is joined has: that of the right side. */
const lastSource = (node: JoinNode): AnalysedSource => (node.kind === 'leaf' ? node.source : lastSource(node.right));
