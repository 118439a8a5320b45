/** Pull queries of tables: one answer from what is in their stores now (`LogicalPlanner.buildQueryLogicalPlan`, `PullPhysicalPlanBuilder`). */
import type { Row } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import type { Analysis } from '../plan/analysis.ts';
import type { DataSource } from '../plan/catalogue.ts';
import type { MaterialisedRow } from '../plan/storedTable.ts';
import { overRow } from '../plan/columnResolution.ts';
import type { Functions, RowExpression } from '../plan/compile.ts';
import { compileCondition, timesOfTexts } from '../plan/condition.ts';
import { rewrite } from '../plan/expressionTree.ts';
import type { SelectExpression } from '../plan/projection.ts';
import { selectedType, selectExpressions } from '../plan/projection.ts';
import type { Column, Schema } from '../plan/schema.ts';
import { hasColumn, isWindowBound, schemaText, starNames, windowBounds } from '../plan/schema.ts';
import { processingSchema } from '../plan/sourceRelation.ts';
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlValue } from '../types/sqlType.ts';
import type { Computing } from '../plan/constants.ts';
import type { Lookup } from './lookup.ts';
import { lookupOf } from './lookup.ts';
import { rewriteCondition } from './predicates.ts';
import type { PullSettings } from './pullRules.ts';
import { checkPullQuery, isPlaceColumn, pullQueryHelp } from './pullRules.ts';
import type { ResultColumn } from './resultSchema.ts';

/** A pull query ready to be answered from rows of its table's stores, wherever they are. */
export interface PullPlan {
  readonly table: DataSource;
  readonly lookup: Lookup;
  readonly columns: readonly ResultColumn[];
  readonly limit: number | null;
  /** The result's row of a stored one; null where the condition does not hold. */
  readonly rowOf: (stored: MaterialisedRow, run: Run) => Row | null;
}

/** The row that expressions see (`processingSchema`): rows of stores have no place in a topic. */
function processingRow({ window }: DataSource, { key, value, timestampMs, window: of }: MaterialisedRow): Row {
  const bounds = window ? [of && BigInt(of.startMs), of && BigInt(of.endMs)] : [];
  return [...value, BigInt(timestampMs), null, null, ...key, ...bounds];
}

/** What ksqlDB's type check of conditions does not look into (`ExpressionTypeManager`). */
const unchecked: readonly Expression['kind'][] = ['like', 'between', 'in', 'isNull', 'not'];

/** Throws where a condition's type is wrong, with the condition in the message. */
function checkTypes(condition: Expression, schema: Schema, functions: Functions): void {
  const timed = timesOfTexts(condition);
  const checked = rewrite(timed, (part) => (unchecked.includes(part.kind) ? { kind: 'boolean', value: true, at: part.at } : null));
  try {
    compileCondition(checked, schema, 'WHERE', functions);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw new SqlError(`${error.message}\nStatement: ${formatExpression(condition)}`, error.at);
  }
}

function compiled(expression: Expression, schema: Schema, functions: Functions): RowExpression {
  try {
    return functions.compile(expression, schema.value);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    // The schema that expressions of pull queries see, without the columns of places, which are refused.
    const seen = schemaText({ ...schema, value: schema.value.filter(({ name }) => !isPlaceColumn(name)) });
    const text = formatExpression(expression);
    throw new SqlError(`Invalid expression: ${error.message}. expression: ${text}, schema:${seen}\nStatement: ${text}`, error.at);
  }
}

/** The columns of `*`: the key's, the window's bounds, headers, values. */
function starColumns({ schema, window, headers }: DataSource): ResultColumn[] {
  const isKey = true;
  return [
    ...schema.key.map((column) => ({ ...column, isKey })),
    ...(window ? windowBounds.map((column) => ({ ...column, isKey })) : []),
    ...headers.map((column) => ({ ...column, isKey: false })),
    ...schema.value.map((column) => ({ ...column, isKey: false })),
  ];
}

function columnsOf(selected: readonly SelectExpression[], schema: Schema, table: DataSource, functions: Functions): ResultColumn[] {
  return selected.map(({ alias, expression }) => ({
    name: alias,
    type: selectedType(expression, schema, functions),
    isKey: hasColumn(table.schema.key, alias) || isWindowBound(alias),
  }));
}

/** What SELECT names: all columns, or expressions over them. */
function projectionOf({ select }: Analysis, table: DataSource, functions: Functions) {
  const schema = processingSchema(table);
  const isStar = select.some(({ kind }) => kind === 'all');
  if (isStar && select.length > 1)
    throw new SqlError('Pull queries only support wildcards in the projects if they are the only expression');
  if (isStar) {
    const columns = starColumns(table);
    const at = columns.map(({ name }) => schema.value.findIndex((column: Column) => column.name === name));
    return { columns, project: (row: Row): Row => at.map((index) => row[index] ?? null) };
  }
  const selected = selectExpressions(select, {
    ...{ schema, functions, star: () => starNames(schema), resolve: (expression: Expression) => expression },
    overRow: (expression) => overRow(expression, false),
  });
  const evaluations = selected.map(({ expression }) => compiled(expression, schema, functions));
  const project = (row: Row, run: Run): SqlValue[] => evaluations.map(({ evaluate }) => evaluate(row, run));
  return { columns: columnsOf(selected, schema, table, functions), project };
}

/** That a table has no store to be asked (`PullPhysicalPlanBuilder.notMaterializedException`). */
function notQueryable(name: string): SqlError {
  return new SqlError(
    `The \`${name}\` table isn't queryable. To derive a queryable table, you can do 'CREATE TABLE QUERYABLE_${name} AS SELECT * FROM ${name}'.${pullQueryHelp}`,
  );
}

/** Whether a query keeps the rows of a table where they can be asked for: it is made by one, or read only for that. */
export const isMaterialised = ({ kind, isQueried, isReadOnly }: DataSource): boolean => kind === 'TABLE' && (isQueried || isReadOnly);

/** Makes a pull query of a table. Throws SqlError, in ksqlDB's words, for what pull queries cannot do. */
export function planPull(analysis: Analysis, settings: PullSettings, computing: Computing): PullPlan {
  checkPullQuery(analysis, settings);
  const table = analysis.sources[0]!.source;
  const { functions } = computing;
  const schema = processingSchema(table);
  const where = analysis.where && overRow(analysis.where, false);
  if (where) checkTypes(where, schema, functions);
  const condition = where && rewriteCondition(where);
  const lookup = lookupOf(condition, { ...computing, table, settings });
  const test = condition && compiled(condition, schema, functions);
  const { columns, project } = projectionOf(analysis, table, functions);
  if (!isMaterialised(table)) throw notQueryable(table.name);
  return {
    ...{ table, lookup, columns, limit: analysis.query.limit },
    rowOf: (stored, run) => {
      const row = processingRow(table, stored);
      return test && test.evaluate(row, run) !== true ? null : project(row, run);
    },
  };
}

/** The rows of the answer, as many as LIMIT lets through. */
export function answerPull({ rowOf, limit }: PullPlan, stored: Iterable<MaterialisedRow>, run: Run): Row[] {
  const rows: Row[] = [];
  for (const one of stored) {
    if (limit !== null && rows.length >= limit) break;
    const row = rowOf(one, run);
    if (row) rows.push(row);
  }
  return rows;
}
