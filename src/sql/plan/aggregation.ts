/** GROUP BY with its aggregates (`AggregateAnalyzer`, `AggregateNode`, `KudafAggregator`). */
import { refusedColumn } from '../formats/format.ts';
import type { RowAggregator } from '../operators/aggregates.ts';
import type { Row } from '../operators/row.ts';
import { mapTable, passTable } from '../operators/tables.ts';
import type { Run } from '../operators/topology.ts';
import type { Expression, Window } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlValue } from '../types/sqlType.ts';
import { typeText } from '../types/typeText.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import type { WindowInfo } from './catalogue.ts';
import { aggregateColumn } from './columnNames.ts';
import { AliasGenerator } from './columnNames.ts';
import type { Call, Functions, RowAggregate } from './compile.ts';
import { checkAggregates } from './aggregateChecks.ts';
import { compileCondition } from './condition.ts';
import { columnsOf, expressionKey, rewrite } from './expressionTree.ts';
import { refuseMaps, requireFormat } from './formatChoice.ts';
import type { Aggregating } from './grouping.ts';
import { groupedTable } from './grouping.ts';
import { missingKey } from './missingKey.ts';
import { keyFormatFor } from './partition.ts';
import type { PlanContext } from './planContext.ts';
import type { SelectExpression } from './projection.ts';
import { checkDuplicates, selectedType } from './projection.ts';
import type { Relation } from './relation.ts';
import { evaluateAll, filterRelation, mapRelation } from './relation.ts';
import type { Column, Schema } from './schema.ts';
import { isWindowBound, windowBounds } from './schema.ts';

export interface Grouping {
  readonly by: readonly Expression[];
  readonly window: Window | null;
  readonly having: Expression | null;
  readonly selected: readonly SelectExpression[];
  readonly emitsFinal: boolean;
}

/** What the aggregate of one query consists of. */
interface Parts {
  /** Columns of the source that are kept beside the aggregates. */
  readonly kept: readonly Column[];
  readonly calls: readonly Call[];
  /** An expression with each aggregate replaced by the column of its result; calls are met in order. */
  readonly replace: (expression: Expression) => Expression;
}

/** Groups a relation and aggregates each group; the result is a table of what SELECT names. */
export function planAggregate(relation: Relation, grouping: Grouping, sink: string, context: PlanContext): Relation {
  const { functions, config } = context;
  const { by, selected, having, window } = grouping;
  checkAggregates(grouping, functions);
  // Queries without a sink may aggregate all rows as one group.
  if (by.length === 0 && context.isPersistent) throw withoutGroupBy(selected, functions);
  const parts = partsOf(relation.schema, grouping, functions);
  const key = keyColumns(relation.schema, grouping, context, sink);
  key.forEach(refuseMaps);
  const aggregates = parts.calls.map((call) => functions.aggregate(call, relation.schema.value, config.settings));
  checkStates(aggregates, context);
  const aggregated = aggregate(relation, { aggregates, kept: parts.kept, key, grouping, calls: parts.calls }, context);
  const replaced = selected.map(({ alias, expression }) => ({ alias, expression: parts.replace(expression) }));
  checkAliases(replaced, aggregated.schema, functions);
  const condition = having && parts.replace(having);
  const filtered = condition
    ? filterRelation(
        context.topology,
        aggregated,
        'Aggregate-HavingFilter',
        havingCondition(condition, { aggregated, calls: parts.calls, functions }),
      )
    : aggregated;
  const groups = new Set(by.map(expressionKey));
  const values = replaced.filter(
    ({ alias, expression }) =>
      !context.isPersistent ||
      (!groups.has(expressionKey(expression)) && !(isBound(expression) && alias === (expression as { name: string }).name)),
  );
  const columns = values.map(({ alias, expression }): Column => ({
    name: alias,
    type: selectedType(expression, aggregated.schema, functions),
  }));
  if (columns.length === 0) throw new SqlError('The projection contains no value columns.');
  const evaluate = evaluateAll(values.map(({ expression }) => functions.compile(expression, aggregated.schema.value)));
  const windowInfo: WindowInfo | null = window && {
    type: window.kind,
    sizeMs: window.kind === 'SESSION' ? null : window.size.milliseconds,
  };
  const projected = mapRelation(context.topology, filtered, 'Aggregate-Project', { schema: { key, value: columns }, map: evaluate });
  return { ...projected, window: windowInfo };
}

/** Throws where the format of the leftmost source cannot hold the state of an aggregate, as a store would have to. */
function checkStates(aggregates: readonly RowAggregate[], { analysis }: PlanContext): void {
  const { format } = analysis.sources[0]!.source.valueFormat;
  const states = aggregates.map(({ stateType }, i): Column => ({ name: aggregateColumn(i), type: stateType }));
  if (format === 'KAFKA' || !refusedColumn(format, states)) return;
  throw new SqlError(
    'One of the functions used in the statement has an intermediate type that the value format can not handle. Please remove the function or change the format.',
  );
}

/** Throws where two items have one name, be one of them the key. */
function checkAliases(selected: readonly SelectExpression[], schema: Schema, functions: Functions): void {
  const columns = selected.map(({ alias, expression }): Column => ({ name: alias, type: selectedType(expression, schema, functions) }));
  checkDuplicates({ key: [], value: columns }, typeText);
}

/** HAVING over the results; a fault names aggregates as they were written. */
function havingCondition(
  condition: Expression,
  { aggregated, calls, functions }: { aggregated: Relation; calls: readonly Call[]; functions: Functions },
) {
  try {
    return compileCondition(condition, aggregated.schema, 'HAVING', functions);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const written = calls.reduceRight((text, call, i) => text.replaceAll(aggregateColumn(i), formatExpression(call)), error.message);
    throw new SqlError(written, error.at);
  }
}

const isBound = (expression: Expression): boolean => expression.kind === 'column' && isWindowBound(expression.name);

function withoutGroupBy(selected: readonly SelectExpression[], functions: Functions): SqlError {
  const calls = selected.flatMap(({ expression }) => aggregateCalls(expression, functions));
  return new SqlError(
    `CREATE TABLE AS SELECT statement does not support aggregate function [${calls.map((call) => formatExpression(call)).join(', ')}] without a GROUP BY clause.`,
  );
}

function aggregateCalls(expression: Expression, functions: Functions): Call[] {
  const calls: Call[] = [];
  rewrite(expression, (part) => {
    if (part.kind !== 'call' || functions.kindOf(part.name) !== 'aggregate') return null;
    calls.push(part);
    return part;
  });
  return calls;
}

function partsOf(schema: Schema, { by, selected, having, window }: Grouping, functions: Functions): Parts {
  const calls: Call[] = [];
  const expressions = [...selected.map(({ expression }) => expression), ...(having ? [having] : [])];
  for (const expression of expressions)
    for (const call of aggregateCalls(expression, functions)) calls.push(call.args.length > 0 ? call : countAll(call));
  const named = new Set([...by, ...expressions].flatMap(columnsOf).map(({ name }) => name));
  const kept = schema.value.filter(({ name }) => named.has(name) && !(window && isWindowBound(name)));
  let next = 0;
  const replace = (expression: Expression): Expression =>
    rewrite(expression, (part) => {
      if (part.kind !== 'call' || functions.kindOf(part.name) !== 'aggregate') return null;
      return { kind: 'column', source: null, name: aggregateColumn(next++), at: part.at };
    });
  return { kept, calls, replace };
}

/** COUNT(*) counts the rows' times. */
const countAll = (call: Call): Call => ({ ...call, args: [{ kind: 'column', source: null, name: 'ROWTIME', at: call.at }] });

/** The key of a group: what SELECT calls it, or the column's own name. */
function keyColumns(schema: Schema, { by, selected }: Grouping, { functions, isPersistent }: PlanContext, sink: string): Column[] {
  const missing = by.filter((expression) => !selected.some((one) => expressionKey(one.expression) === expressionKey(expression)));
  const names = new AliasGenerator([...schema.key, ...schema.value]);
  const key = by.map((expression): Column => {
    const aliases = selected.filter((one) => expressionKey(one.expression) === expressionKey(expression)).map(({ alias }) => alias);
    if (aliases.length > 1 && isPersistent)
      throw new SqlError(
        `The projection contains a key column more than once: ${aliases.map((alias) => `\`${alias}\``).join(' and ')}.\nEach key column must only be in the projection once. If you intended to copy the key into the value, then consider using the AS_VALUE function to indicate which key reference should be copied.`,
      );
    const name = aliases[0] ?? (expression.kind === 'column' ? expression.name : names.aliasFor(expression));
    return { name, type: selectedType(expression, schema, functions) };
  });
  if (missing.length > 0 && isPersistent)
    throw missingKey({ sink, what: 'grouping expression', keys: missing.map((e) => formatExpression(e)), all: true, isSynthetic: false });
  return key;
}

/** The table of kept columns, results of aggregates, and bounds of windows. */
function aggregate(relation: Relation, aggregating: Aggregating, context: PlanContext): Relation {
  const { aggregates, kept, key, grouping } = aggregating;
  const keptAt = kept.map(({ name }) => relation.schema.value.findIndex((column) => column.name === name));
  const aggregator = rowAggregator(aggregates, keptAt);
  const table = groupedTable(relation, aggregating, aggregator, context);
  const count = keptAt.length;
  const isWindowed = grouping.window !== null;
  const { structure } = context.topology;
  const results = mapTable(context.topology, table, {
    node: structure.name('KTABLE-TRANSFORMVALUES-', 'Aggregate-Aggregate-ToOutputSchema'),
    store: null,
    map: (state, { window }) => {
      const row = new Array<SqlValue>(columns.length);
      for (let i = 0; i < count; i++) row[i] = state[i]!;
      for (let i = count; i < state.length; i++) row[i] = aggregates[i - count]!.result(state[i]!);
      if (isWindowed) {
        row[state.length] = window && BigInt(window.startMs);
        row[state.length + 1] = window && BigInt(window.endMs);
      }
      return row;
    },
  });
  const bounded = isWindowed
    ? passTable(context.topology, results, structure.name('KTABLE-TRANSFORMVALUES-', 'Aggregate-Aggregate-WindowSelect'))
    : results;
  const columns = [
    ...kept,
    ...aggregates.map(({ type }, i): Column => ({ name: aggregateColumn(i), type })),
    ...(isWindowed ? windowBounds : []),
  ];
  const keyFormat = keyFormatFor(relation.keyFormat, key, requireFormat(context.config.defaultKeyFormat));
  return { kind: 'TABLE', table: bounded, isMaterialised: true, schema: { key, value: columns }, keyFormat, window: null };
}

/** State rows are the kept columns as the last row had them, then each aggregate's state. */
function rowAggregator(aggregates: readonly RowAggregate[], keptAt: readonly number[]): RowAggregator {
  const count = keptAt.length;
  const step =
    (apply: (one: RowAggregate, state: Row[number], row: Row, run: Run) => Row[number]) =>
    (row: Row, state: Row | null, run: Run): Row => {
      const next = new Array<SqlValue>(count + aggregates.length);
      for (let i = 0; i < count; i++) next[i] = row[keptAt[i]!]!;
      for (let i = count; i < next.length; i++) next[i] = apply(aggregates[i - count]!, state![i]!, row, run);
      return next;
    };
  return {
    initial: () => [...keptAt.map(() => null), ...aggregates.map((one) => one.initial())],
    add: step((one, state, row, run) => one.add(state, row, run)),
    undo: step((one, state, row, run) => (one.undo ? one.undo(state, row, run) : state)),
    merge: (left, right) => [
      ...keptAt.map((_at, i) => left![i] ?? right[i] ?? null),
      ...aggregates.map((one, i) => one.merge(left![count + i]!, right[count + i]!)),
    ],
  };
}
