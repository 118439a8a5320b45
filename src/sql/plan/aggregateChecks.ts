/** Which expressions may stand beside aggregates (`AggregateAnalyzer`). */
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Grouping } from './aggregation.ts';
import type { Functions } from './compile.ts';
import { expressionKey, visit } from './expressionTree.ts';
import { isWindowBound } from './schema.ts';

/** What an expression holds: columns outside of aggregates and of grouped expressions, and whether it calls an aggregate. */
interface Contents {
  readonly ungrouped: Expression[];
  aggregates: number;
}

function contentsOf(
  expression: Expression,
  { groups, functions, isWindowed }: { groups: ReadonlySet<string>; functions: Functions; isWindowed: boolean },
): Contents {
  const contents: Contents = { ungrouped: [], aggregates: 0 };
  const enter = (part: Expression, inside: string | null): void => {
    let now = inside;
    if (inside === null && groups.has(expressionKey(part))) return;
    if (part.kind === 'call') {
      const kind = functions.kindOf(part.name);
      if (kind === null) throw new SqlError(`Can't find any functions with the name '${part.name}'`, part.at);
      if (kind === 'aggregate') {
        if (inside !== null) throw new SqlError(`Aggregate functions can not be nested: ${inside}(${part.name}())`);
        contents.aggregates++;
        now = part.name;
      }
    }
    if (part.kind === 'column') {
      const isBound = isWindowed && isWindowBound(part.name);
      if (isBound && inside !== null) throw boundOutsideSelect(part);
      if (inside === null && !isBound) contents.ungrouped.push(part);
    }
    visit(part, (inner) => {
      if (inner === part) return undefined;
      enter(inner, now);
      return false;
    });
  };
  enter(expression, null);
  return contents;
}

function boundOutsideSelect(part: Expression): SqlError {
  return new SqlError(
    `Window bounds column ${formatExpression(part)} can only be used in the SELECT clause of windowed aggregations and can not be passed to aggregate functions.\nSee https://github.com/confluentinc/ksql/issues/4397`,
  );
}

/** Throws SqlError where SELECT or HAVING names what is neither grouped nor aggregated, where nothing is aggregated, or where a group is. */
export function checkAggregates({ by, selected, having, window }: Grouping, functions: Functions): void {
  const scope = { groups: new Set(by.map(expressionKey)), functions, isWindowed: window !== null };
  const selects = selected.map(({ expression }) => ({ expression, ...contentsOf(expression, scope) }));
  for (const expression of by) {
    visit(expression, (part) => {
      if (part.kind === 'call' && functions.kindOf(part.name) === null)
        throw new SqlError(`Can't find any functions with the name '${part.name}'`, part.at);
      if (part.kind === 'call' && functions.kindOf(part.name) === 'aggregate')
        throw new SqlError(`GROUP BY does not support aggregate functions: ${part.name} is an aggregate function.`);
      if (part.kind === 'column' && window && isWindowBound(part.name)) throw boundOutsideSelect(part);
      return undefined;
    });
  }
  const inHaving = having ? contentsOf(having, scope) : null;
  if (selects.every(({ aggregates }) => aggregates === 0) && !inHaving?.aggregates)
    throw new SqlError('GROUP BY requires aggregate functions in either the SELECT or HAVING clause.');
  const wrong = selects.filter(({ ungrouped }) => ungrouped.length > 0).map(({ expression }) => formatExpression(expression));
  if (wrong.length > 0)
    throw new SqlError(
      `Non-aggregate SELECT expression(s) not part of GROUP BY: ${wrong.join(', ')}\nEither add the column(s) to the GROUP BY or remove them from the SELECT.`,
    );
  if (inHaving && inHaving.ungrouped.length > 0)
    throw new SqlError(
      `Non-aggregate HAVING expression not part of GROUP BY: ${inHaving.ungrouped.map((e) => formatExpression(e)).join(', ')}\nConsider switching the HAVING clause to a WHERE clause before the GROUP BY.`,
    );
}
