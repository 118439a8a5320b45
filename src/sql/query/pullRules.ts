/** What a pull query cannot say (`PullQueryValidator`). */
import type { Analysis } from '../plan/analysis.ts';
import { columnsOf } from '../plan/expressionTree.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';

/** What every refusal of a pull query ends with. */
export const pullQueryHelp = ' See https://cnfl.io/queries for more info.\nAdd EMIT CHANGES if you intended to issue a push query.';

/** Columns that rows of a store do not have, because they tell of one record of a topic. */
export const isPlaceColumn = (name: string): boolean => name === 'ROWPARTITION' || name === 'ROWOFFSET';

/** The columns among those of expressions that are not there in a pull query, as ksqlDB lists them. */
export function placeColumnsOf(expressions: readonly Expression[]): string[] {
  return expressions.flatMap(columnsOf).flatMap(({ name }) => (isPlaceColumn(name) ? [`\`${name}\``] : []));
}

/** Settings that decide what pull queries may do. */
export interface PullSettings {
  /** `ksql.query.pull.table.scan.enabled`. */
  readonly tableScan: boolean;
  /** `ksql.query.pull.range.scan.enabled`. */
  readonly rangeScan: boolean;
  /** `ksql.query.pull.limit.clause.enabled`. */
  readonly limit: boolean;
}

/** The first clause that a pull query cannot have; null where it has none. */
function refusal({ query, select, where, groupBy, partitionBy, having, joins }: Analysis, settings: PullSettings): string | null {
  if (joins.length > 0) return "Pull queries don't support JOIN clauses.";
  if (query.window) return "Pull queries don't support WINDOW clauses.";
  if (groupBy) return "Pull queries don't support GROUP BY clauses.";
  if (partitionBy) return "Pull queries don't support PARTITION BY clauses.";
  if (having) return "Pull queries don't support HAVING clauses.";
  if (query.limit !== null && !settings.limit)
    return 'LIMIT clause in pull queries is currently disabled. You can enable them by setting ksql.query.pull.limit.clause.enabled=true.';
  if (query.limit !== null && query.limit < 0) return "Pull queries don't support negative integers in the LIMIT clause.";
  const selected = placeColumnsOf(select.flatMap((item) => (item.kind === 'single' ? [item.expression] : [])));
  if (selected.length > 0) return `Pull queries don't support the following columns in SELECT clauses: ${selected.join(', ')}\n`;
  const compared = placeColumnsOf(where ? [where] : []);
  if (compared.length > 0) return `Pull queries don't support the following columns in WHERE clauses: ${compared.join(', ')}\n`;
  return null;
}

/** Throws SqlError for what no pull query can do. */
export function checkPullQuery(analysis: Analysis, settings: PullSettings): void {
  const found = refusal(analysis, settings);
  if (found !== null) throw new SqlError(found + pullQueryHelp);
}

/** A condition that a pull query cannot have. */
export function invalidWhere(message: string, isWindowed: boolean): SqlError {
  const bounds = isWindowed
    ? '\n - (optionally) limits the time bounds of the windowed table.\n\t Bounds on [`WINDOWSTART`, `WINDOWEND`] are supported\n\t Supported operators are [EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL, LESS_THAN, LESS_THAN_OR_EQUAL]'
    : '';
  return new SqlError(
    `${message}. ${pullQueryHelp}\nPull queries require a WHERE clause that:\n - includes a key equality expression, e.g. \`SELECT * FROM X WHERE <key-column> = Y;\`.\n - in the case of a multi-column key, is a conjunction of equality expressions that cover all key columns.\n - to support range expressions, e.g.,  SELECT * FROM X WHERE <key-column> < Y;\`, range scans need to be enabled by setting ksql.query.pull.range.scan.enabled=true${bounds}\nIf more flexible queries are needed, , table scans can be enabled by setting ksql.query.pull.table.scan.enabled=true.`,
  );
}
