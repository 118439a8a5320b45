/** A query put together from its sources to what it selects (`LogicalPlanner.buildPersistentLogicalPlan`). */
import { flatMapStream } from '../operators/streams.ts';
import type { Row } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError, placeText } from '../syntax/sqlError.ts';
import { planAggregate } from './aggregation.ts';
import { synthesisedColumn } from './columnNames.ts';
import { overRow } from './columnResolution.ts';
import { expressionKey, rewrite } from './expressionTree.ts';
import { refuseMaps } from './formatChoice.ts';
import { joinStar, planJoins } from './joinPlan.ts';
import { checkJoinKey, checkPartitionKey, checkSourceKey } from './missingKey.ts';
import { rekeyRelation } from './partition.ts';
import type { PlanContext } from './planContext.ts';
import type { ItemResolution } from './projection.ts';
import { project, projectAll, selectExpressions } from './projection.ts';
import type { Relation } from './relation.ts';
import { filterRelation } from './relation.ts';
import { compileCondition } from './condition.ts';
import type { Column } from './schema.ts';
import { starNames } from './schema.ts';
import { relationOfSource } from './sourceRelation.ts';

/** The query up to some clause. */
interface Stage {
  readonly relation: Relation;
  readonly star: (source: string | null) => readonly string[];
  readonly resolve: (expression: Expression) => Expression;
  /** Throws where SELECT leaves out the key. */
  readonly checkKey: () => void;
}

/** The stream or table of a query's result; `sink` is the name of what it is written to, for messages. Throws SqlError where the query cannot be. */
export function planQuery(context: PlanContext, sink: string): Relation {
  const { analysis, functions } = context;
  const isJoin = analysis.sources.length > 1;
  const toRow = (expression: Expression) => overRow(expression, isJoin);
  let stage = sourceStage(context, sink);
  if (analysis.where)
    stage = {
      ...stage,
      relation: filterRelation(
        context.topology,
        stage.relation,
        'WhereFilter',
        compileCondition(toRow(analysis.where), stage.relation.schema, 'WHERE', functions),
      ),
    };
  if (analysis.partitionBy) stage = partitionStage(stage, analysis.partitionBy.map(toRow), context, sink);
  if (analysis.tableFunctions.length > 0) stage = flatMapStage(stage, toRow, context);
  const resolution: ItemResolution = {
    ...stage,
    schema: stage.relation.schema,
    resolve: (expression) => stage.resolve(expression),
    overRow: toRow,
    functions,
  };
  const selected = selectExpressions(analysis.select, resolution);
  const { query } = analysis;
  if (analysis.groupBy || analysis.isAggregating) {
    const having = analysis.having && toRow(analysis.having);
    const grouping = { by: analysis.groupBy?.map(toRow) ?? [], window: query.window, having, selected, emitsFinal: query.emit === 'FINAL' };
    if (query.emit === 'FINAL' && !query.window) throw finalWithoutWindow(stage, grouping.by, context);
    return planAggregate(stage.relation, grouping, sink, context);
  }
  if (query.window) throw new SqlError(`${placeText(query.window.at)}: WINDOW clause requires a GROUP BY clause.`);
  if (query.emit === 'FINAL') throw finalWithoutWindow(stage, [], context);
  if (analysis.having) throw new SqlError('HAVING clause requires a GROUP BY clause.');
  if (!context.isPersistent) return projectAll(stage.relation, selected, context);
  const projected = project(stage.relation, selected, context);
  stage.checkKey();
  return projected;
}

const finalWithoutWindow = (..._unused: readonly unknown[]): SqlError =>
  new SqlError('EMIT FINAL is only supported for windowed aggregations.');

function sourceStage(context: PlanContext, sink: string): Stage {
  const { analysis, config, parseTimestamp } = context;
  const [first] = analysis.sources;
  if (analysis.sources.length > 1) {
    const { relation, key } = planJoins(context);
    return {
      relation,
      star: (of) => joinStar(context, key, of),
      resolve: (e) => e,
      checkKey: () => checkJoinKey(sink, analysis.select, key),
    };
  }
  const options = { parseTimestamp, throwsOnInvalidTimestamp: config.throwsOnInvalidTimestamp };
  const relation = relationOfSource(context.topology, first!.source, 'KsqlTopic', options);
  return {
    relation,
    star: () => starNames(relation.schema),
    resolve: (e) => e,
    checkKey: () => checkSourceKey(sink, analysis.select, first!),
  };
}

function partitionStage(stage: Stage, by: readonly Expression[], context: PlanContext, sink: string): Stage {
  const { analysis } = context;
  const relation = rekeyRelation(stage.relation, by, context, { name: 'PartitionBy', keyFormat: null });
  relation.schema.key.forEach(refuseMaps);
  const keys = by.map(expressionKey);
  return {
    relation,
    star: (of) => (of !== null && analysis.sources.length > 1 ? stage.star(of) : starNames(relation.schema)),
    resolve: (expression) => {
      const at = keys.indexOf(expressionKey(expression));
      const name = relation.schema.key[at]?.name;
      return name === undefined ? expression : { kind: 'column', source: null, name, at: expression.at };
    },
    checkKey: () => checkPartitionKey(sink, analysis.select, analysis.partitionBy!),
  };
}

/** One row per element that table functions give; where there are several they go side by side, the shorter ones filled with null. */
function flatMapStage(stage: Stage, toRow: (expression: Expression) => Expression, { analysis, functions, topology }: PlanContext): Stage {
  const { relation } = stage;
  if (relation.kind === 'TABLE') throw new SqlError('Table source is not supported with table functions');
  const calls = analysis.tableFunctions.map((call) => toRow(call));
  const compiled = calls.map((call) => functions.table(call as Extract<Expression, { kind: 'call' }>, relation.schema.value));
  const added = compiled.map(({ type }, i): Column => ({ name: synthesisedColumn(i), type }));
  const expand = (row: Row, run: Run): Row[] => {
    const lists = compiled.map(({ evaluate }) => evaluate(row, run));
    const length = Math.max(0, ...lists.map((list) => list.length));
    return Array.from({ length }, (_row, i) => [...row, ...lists.map((list) => list[i] ?? null)]);
  };
  const names = new Map(calls.map((call, i) => [call, synthesisedColumn(i)]));
  let next = 0;
  return {
    ...stage,
    relation: {
      ...relation,
      schema: { ...relation.schema, value: [...relation.schema.value, ...added] },
      stream: flatMapStream(topology, relation.stream, 'FlatMap', expand),
    },
    resolve: (expression) =>
      rewrite(stage.resolve(expression), (part) => {
        if (part.kind !== 'call' || functions.kindOf(part.name) !== 'table') return null;
        return { kind: 'column', source: null, name: synthesisedColumn(next++ % names.size), at: part.at };
      }),
  };
}
