/** What a query says, with its columns resolved (`AstSanitizer`, `Analyzer`, `ColumnReferenceValidator`). */
import type { AliasedSource, Expression, Query, SelectItem } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Catalogue } from './catalogue.ts';
import { AliasGenerator, joinAlias } from './columnNames.ts';
import type { AnalysedSource } from './columnResolution.ts';
import { checkColumns, qualify } from './columnResolution.ts';
import type { Call, Functions } from './compile.ts';
import { visit } from './expressionTree.ts';
import type { JoinInfo } from './joinCriteria.ts';
import { joinOf } from './joinCriteria.ts';
import { isPseudoColumn, pseudoColumns, windowBounds } from './schema.ts';
import { processingSchema } from './sourceRelation.ts';

/** An item of SELECT; an expression always has a name. */
export type AnalysedItem =
  Exclude<SelectItem, { kind: 'single' }> | { readonly kind: 'single'; readonly expression: Expression; readonly alias: string };

export interface Analysis {
  readonly query: Query;
  /** In the order that the query names them. */
  readonly sources: readonly AnalysedSource[];
  readonly select: readonly AnalysedItem[];
  readonly where: Expression | null;
  readonly groupBy: readonly Expression[] | null;
  readonly partitionBy: readonly Expression[] | null;
  readonly having: Expression | null;
  readonly joins: readonly JoinInfo[];
  readonly tableFunctions: readonly Call[];
  /** Whether SELECT calls aggregate functions. */
  readonly isAggregating: boolean;
}

/** The sources of a query by their alias. Throws where one is missing or named twice. */
function sourcesOf({ from, joins }: Query, catalogue: Catalogue): AnalysedSource[] {
  const sources: AnalysedSource[] = [];
  for (const { name, alias } of [from, ...joins.map(({ right }): AliasedSource => right)]) {
    const source = catalogue.source(name);
    if (sources.some((one) => one.source.name === name))
      throw new SqlError(
        sources.length > 1
          ? `N-way joins do not support multiple occurrences of the same source. Source: '${name}'.`
          : `Can not join '${name}' to '${name}': self joins are not yet supported.`,
      );
    sources.push({ alias, source, schema: processingSchema(source) });
  }
  return sources;
}

/** Items of SELECT, each with a name: the column's own, or one that no column has (`AstSanitizer.visitSingleColumn`). */
function nameItems(items: readonly SelectItem[], sources: readonly AnalysedSource[]): AnalysedItem[] {
  const names = new AliasGenerator(sources.flatMap(({ source }) => [...source.schema.key, ...source.schema.value, ...source.headers]));
  const all = sources.flatMap(({ source }) => [...source.schema.key, ...source.schema.value, ...source.headers].map(({ name }) => name));
  const isClashing = (name: string) => sources.length > 1 && (isPseudoColumn(name) || all.indexOf(name) !== all.lastIndexOf(name));
  return items.map((item) => {
    if (item.kind === 'all') return item;
    if (item.kind === 'structAll') return { ...item, base: qualify(item.base, sources) };
    const expression = qualify(item.expression, sources);
    if (item.alias !== null) return { kind: 'single', expression, alias: item.alias };
    if (expression.kind !== 'column') return { kind: 'single', expression, alias: names.aliasFor(expression) };
    const { source, name } = expression;
    return { kind: 'single', expression, alias: source !== null && isClashing(name) ? joinAlias(source, name) : name };
  });
}

/** Names that stand for what every source has cannot be given to columns of a result. */
function checkReserved({ expression, alias }: Extract<AnalysedItem, { kind: 'single' }>, isPersistent: boolean): void {
  const reserved = [...pseudoColumns, ...windowBounds].find(({ name }) => name === alias.toUpperCase());
  if (!reserved) return;
  const isItself = expression.kind === 'column' && expression.name.toUpperCase() === alias.toUpperCase();
  if (!isItself) throw new SqlError(`\`${reserved.name}\` is a reserved column name. You cannot use it as an alias for a column.`);
  if (isPersistent) throw new SqlError(`Reserved column name in select: \`${reserved.name}\`. Please remove or alias the column.`);
}

/** Calls of table functions in an item, none inside another or in CASE (`Analyzer.TableFunctionVisitor`). */
function tableFunctionsOf(expression: Expression, isAggregating: boolean, functions: Functions): Call[] {
  const calls: Call[] = [];
  const enter = (part: Expression, outer: Call | null, inCase: Expression | null): void => {
    let call = outer;
    if (part.kind === 'call' && functions.kindOf(part.name) === 'table') {
      if (outer) throw new SqlError(`Table functions cannot be nested: ${outer.name}(${part.name}())`);
      if (isAggregating) throw new SqlError('Table functions cannot be used with aggregations.');
      if (inCase) throw new SqlError(`Table functions cannot be used in CASE: ${formatExpression(inCase)}`);
      calls.push(part);
      call = part;
    }
    const nowInCase = part.kind === 'searchedCase' ? part : inCase;
    visit(part, (inner) => {
      if (inner === part) return undefined;
      enter(inner, call, nowInCase);
      return false;
    });
  };
  enter(expression, null, null);
  return calls;
}

function callsAggregate(expression: Expression, functions: Functions): boolean {
  let found = false;
  visit(expression, (part) => {
    if (part.kind === 'call' && functions.kindOf(part.name) === 'aggregate') found = true;
    return undefined;
  });
  return found;
}

/** Formats that hold one column cannot hold what joins and groups keep. */
function checkFormats(sources: readonly AnalysedSource[], isGrouping: boolean): void {
  const kafka = sources.filter(({ source }) => source.valueFormat.format === 'KAFKA').map(({ alias }) => alias);
  if (kafka.length === 0 || (sources.length === 1 && !isGrouping)) return;
  const what = sources.length > 1 ? 'JOIN' : 'GROUP BY';
  throw new SqlError(
    `Source(s) ${kafka.join(', ')} are using the 'KAFKA' value format. This format does not yet support ${what}.\nThe KAFKA format is primarily intended for use as a key format. It can be used as a value format, but can not be used in any operation that requires a repartition or changelog topic.`,
  );
}

/** Resolves a query. Throws SqlError, named as ksqlDB names it, where it does not fit its sources. */
export function analyse(query: Query, catalogue: Catalogue, functions: Functions, isPersistent: boolean): Analysis {
  const sources = sourcesOf(query, catalogue);
  const resolve = (expression: Expression) => qualify(expression, sources);
  const joins = query.joins.map((join) => joinOf(join, resolve(join.on), sources));
  const select = nameItems(query.select, sources);
  const singles = select.flatMap((item) => (item.kind === 'single' ? [item] : []));
  for (const item of singles) checkReserved(item, isPersistent);
  const isAggregating = singles.some(({ expression }) => callsAggregate(expression, functions));
  const groupBy = query.groupBy?.map(resolve) ?? null;
  const isGrouping = groupBy !== null || isAggregating;
  const where = query.where && resolve(query.where);
  const partitionBy = query.partitionBy?.map(resolve) ?? null;
  const having = query.having && resolve(query.having);
  const clauses: readonly (readonly [string, readonly Expression[]])[] = [
    ['WHERE', where ? [where] : []],
    ['GROUP BY', groupBy ?? []],
    ['PARTITION BY', partitionBy ?? []],
    ['HAVING', having ? [having] : []],
    ['SELECT', singles.map(({ expression }) => expression)],
  ];
  for (const [name, expressions] of clauses)
    for (const expression of expressions)
      checkColumns(expression, { name, maySynthetic: name === 'SELECT' && !isGrouping, mayBounds: query.window !== null }, sources);
  const tableFunctions = singles.flatMap(({ expression }) => tableFunctionsOf(expression, isGrouping, functions));
  checkFormats(sources, groupBy !== null);
  return { ...{ query, sources, select, where, groupBy, partitionBy, having, joins }, tableFunctions, isAggregating };
}
