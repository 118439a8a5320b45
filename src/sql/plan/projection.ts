/** SELECT of queries without aggregates (`FinalProjectNode`, `SelectionUtil`). */
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlType } from '../types/sqlType.ts';
import type { AnalysedItem } from './analysis.ts';
import type { Functions } from './compile.ts';
import { columnsOf } from './expressionTree.ts';
import type { PlanContext } from './planContext.ts';
import type { Relation } from './relation.ts';
import { evaluateAll, projectRelation } from './relation.ts';
import type { Column, Schema } from './schema.ts';
import { hasColumn, isPseudoColumn, isWindowBound } from './schema.ts';

/** An expression over a row, and the column that it becomes. */
export interface SelectExpression {
  readonly alias: string;
  readonly expression: Expression;
}

/** How items of SELECT are read at some place of a query. */
export interface ItemResolution {
  readonly schema: Schema;
  /** The names that `*` or `source.*` stands for. */
  readonly star: (source: string | null) => readonly string[];
  /** An item's expression over the row, already without sources; the item's index tells table functions apart. */
  readonly resolve: (expression: Expression, index: number) => Expression;
  /** Takes the sources off columns. */
  readonly overRow: (expression: Expression) => Expression;
  readonly functions: Functions;
}

const column = (name: string): Expression => ({ kind: 'column', source: null, name, at: { line: 1, column: 1 } });

/** All expressions that SELECT stands for. */
export function selectExpressions(items: readonly AnalysedItem[], resolution: ItemResolution): SelectExpression[] {
  const { schema, star, resolve, overRow, functions } = resolution;
  return items.flatMap((item, i): SelectExpression[] => {
    if (item.kind === 'all') return star(item.source).map((name) => ({ alias: name, expression: column(name) }));
    if (item.kind === 'single') return [{ alias: item.alias, expression: resolve(overRow(item.expression), i) }];
    const base = resolve(overRow(item.base), i);
    const type = functions.compile(base, schema.value).type;
    if (type?.base !== 'STRUCT') throw new SqlError(`Column ${columnsOf(base)[0]?.name ?? ''} is not a STRUCT type.`, item.at);
    return type.fields.map(({ name }) => ({ alias: name, expression: { kind: 'field', base, name, at: item.at } }));
  });
}

/** The type of what is selected. Throws where it is NULL. */
export function selectedType(expression: Expression, schema: Schema, functions: Functions): SqlType {
  const { type } = functions.compile(expression, schema.value);
  if (type === null)
    throw new SqlError("Can't infer a type of null. Please explicitly cast it to a required type, e.g. CAST(null AS VARCHAR).");
  return type;
}

/** Throws where two columns of a result have one name. */
export function checkDuplicates({ key, value }: Schema, typeText: (type: SqlType) => string): void {
  for (const [what, columns] of [['key', key] as const, ['value', value] as const]) {
    const twice = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) !== i);
    if (twice) throw new SqlError(`Duplicate ${what} columns found in schema: \`${twice.name}\` ${typeText(twice.type)}`);
  }
}

/** Throws where a key column is selected twice. */
function checkKeyOnce(name: string, aliases: readonly string[]): void {
  if (aliases.length < 2) return;
  const sorted = [...aliases].sort();
  const list = `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)!}`;
  throw new SqlError(
    `The projection contains a key column (\`${name}\`) more than once, aliased as: ${list}.\nEach key column must only be in the projection once. If you intended to copy the key into the value, then consider using the AS_VALUE function to indicate which key reference should be copied.`,
  );
}

function checkResolved(selected: readonly SelectExpression[], schema: Schema): void {
  for (const { expression } of selected)
    for (const { name, at } of columnsOf(expression))
      if (!hasColumn(schema.value, name)) throw new SqlError(`Column '${name}' cannot be resolved.`, at);
}

/** The rows of a query whose result goes to whoever asked for it: all columns that SELECT names, in its order (`FinalProjectNode`, without a sink). */
export function projectAll(relation: Relation, selected: readonly SelectExpression[], { functions, topology }: PlanContext): Relation {
  const { schema } = relation;
  checkResolved(selected, schema);
  const value = selected.map(({ alias, expression }): Column => ({ name: alias, type: selectedType(expression, schema, functions) }));
  const evaluate = evaluateAll(selected.map(({ expression }) => functions.compile(expression, schema.value)));
  return projectRelation(topology, relation, 'Project', { schema: { key: schema.key, value }, map: evaluate });
}

/** The rows that SELECT makes: columns of the key leave the value and may change their name, bounds of windows leave it where they keep theirs. */
export function project(relation: Relation, selected: readonly SelectExpression[], { functions, topology, config }: PlanContext): Relation {
  const { schema } = relation;
  checkResolved(selected, schema);
  const aliasesOf = (name: string) => [
    ...new Set(selected.filter(({ expression }) => expression.kind === 'column' && expression.name === name).map(({ alias }) => alias)),
  ];
  for (const { name } of schema.key) checkKeyOnce(name, aliasesOf(name));
  const key: Column[] = schema.key.map((one) => ({ name: aliasesOf(one.name)[0] ?? one.name, type: one.type }));
  const values = selected.filter(({ alias, expression }) => {
    if (expression.kind !== 'column') return true;
    return !hasColumn(schema.key, expression.name) && !(isWindowBound(expression.name) && alias === expression.name);
  });
  const columns = values.map(({ alias, expression }): Column => ({ name: alias, type: selectedType(expression, schema, functions) }));
  if (columns.filter(({ name }) => !isPseudoColumn(name)).length === 0) throw new SqlError('The projection contains no value columns.');
  const evaluate = evaluateAll(values.map(({ expression }) => functions.compile(expression, schema.value)));
  // ksqlDB's planner to be names the step otherwise (`LogicalToPhysicalPlanTranslator`).
  const name = config.settings['ksql.new.query.planner.enabled'] === 'true' ? 'SELECT' : 'Project';
  return projectRelation(topology, relation, name, { schema: { key, value: columns }, map: evaluate });
}
