/** What is wrong or doubtful about a query that can be planned: unequal partitions, groups without an end, divisions that never work. */
import type { PipelineNode } from '../pipeline/document.ts';
import { effectiveConfig } from '../pipeline/effectiveConfig.ts';
import type { Finding } from '../pipeline/finding.ts';
import { builtInFunctions } from '../sql/functions/builtIn.ts';
import { analyse, type Analysis } from '../sql/plan/analysis.ts';
import { bindFunctions } from '../sql/plan/boundFunctions.ts';
import { columnsOf, visit } from '../sql/plan/expressionTree.ts';
import type { JoinInfo, JoinSide } from '../sql/plan/joinCriteria.ts';
import type { Expression } from '../sql/syntax/ast.ts';
import { formatExpression } from '../sql/syntax/formatExpression.ts';
import type { PersistentStatement, ReadStatement } from './nodeStatements.ts';
import type { Planning } from './planning.ts';
import { findingAt } from './streamsFindings.ts';

type Find = (
  at: { readonly line: number; readonly column: number } | null,
  words: Pick<Finding, 'severity' | 'code' | 'message' | 'remedy'>,
) => Finding;

/** Findings about a query that has been planned before, so that it can be analysed again. */
export function queryHints(planning: Planning, node: PipelineNode, { statement }: ReadStatement<PersistentStatement>): Finding[] {
  const { document, planner } = planning;
  const analysis = analyse(statement.query, planner.catalogue, bindFunctions(builtInFunctions, planner.catalogue.types), true);
  const find: Find = (at, words) => findingAt(document, node, at, words);
  return [...unequalPartitions(planning, analysis, find), ...divisions(statement, find), ...endlessGroups(planning, analysis, find)];
}

const isKey = ({ source: { source }, expression }: JoinSide): boolean =>
  expression.kind === 'column' && source.schema.key.length === 1 && source.schema.key[0]!.name === expression.name;

/** Two tables joined on a foreign key find each other by messages, whatever their partitions (KIP-213). */
const isForeignKey = ({ left, right }: JoinInfo): boolean =>
  left.source.source.kind === 'TABLE' && right.source.source.kind === 'TABLE' && !isKey(left);

/** `JoinNode.ensureMatchingPartitionCounts`, which asks for equal counts even where a side is repartitioned. */
function unequalPartitions({ document }: Planning, { joins, query }: Analysis, find: Find): Finding[] {
  const partitionsOf = ({ source: { source } }: JoinSide): number | null => {
    const topic = document.nodes.find(({ kind, name }) => kind === 'topic' && name === source.topic);
    return topic === undefined ? null : Number(effectiveConfig(topic)['partitions']);
  };
  return joins.flatMap((join, index) => {
    const [left, right] = [partitionsOf(join.left), partitionsOf(join.right)];
    if (left === null || right === null || left === right || isForeignKey(join)) return [];
    const [one, other] = [join.left.source.alias, join.right.source.alias];
    const message = `Can't join ${one} with ${other} since the number of partitions don't match. ${one} partitions = ${left}; ${other} partitions = ${right}. Please repartition either one so that the number of partitions match.`;
    const remedy = `Give both topics as many partitions, or write one of the two to a topic of ${Math.max(left, right)} partitions first.`;
    return [find(query.joins[index]!.at, { severity: 'error', code: 'sql.unequal-partitions', message, remedy })];
  });
}

function isZero(expression: Expression): boolean {
  if (expression.kind === 'integer' || expression.kind === 'double') return expression.value === 0;
  return expression.kind === 'decimal' && Number(expression.text) === 0;
}

/** Every expression that a statement names, outermost first. */
function expressionsOf({ query }: PersistentStatement): Expression[] {
  const selected = query.select.flatMap((item) => (item.kind === 'single' ? [item.expression] : []));
  const others = [query.where, query.having, ...(query.groupBy ?? []), ...(query.partitionBy ?? []), ...query.joins.map(({ on }) => on)];
  return [...selected, ...others.filter((expression) => expression !== null)];
}

function divisions(statement: PersistentStatement, find: Find): Finding[] {
  const findings: Finding[] = [];
  for (const expression of expressionsOf(statement))
    visit(expression, (part) => {
      if (part.kind !== 'arithmetic' || (part.operator !== '/' && part.operator !== '%') || !isZero(part.right)) return undefined;
      const message = `${formatExpression(part)} divides by zero: each record gives null and a line in the processing log.`;
      findings.push(find(part.at, { severity: 'warning', code: 'sql.division-by-zero', message, remedy: 'Divide by something else.' }));
      return undefined;
    });
  return findings;
}

/** Groups of a stream without a window are kept for ever: where new ones never end to come, so does the table never end to grow. */
function endlessGroups({ implicit }: Planning, { sources, groupBy, query }: Analysis, find: Find): Finding[] {
  if (groupBy === null || query.window !== null || sources.some(({ source }) => source.kind === 'TABLE')) return [];
  const endless = groupBy.flatMap(columnsOf).find(({ source: alias, name }) => {
    const topic = sources.find((one) => one.alias === alias)?.source.topic;
    return [...implicit.values()].some(({ source, unbounded }) => source.topic === topic && unbounded.has(name));
  });
  if (endless === undefined) return [];
  const message = `Every record may bring a new ${endless.name}: the table has a row for each and grows for ever.`;
  const remedy = 'Group by something that comes again, or add a WINDOW, whose rows go when its retention is over.';
  return [find(endless.at, { severity: 'info', code: 'sql.endless-groups', message, remedy })];
}
