/** Which source a column is of (`AstSanitizer`, `ColumnReferenceValidator`). */
import type { Expression } from '../syntax/ast.ts';
import { SqlError, placeText } from '../syntax/sqlError.ts';
import type { DataSource } from './catalogue.ts';
import { joinAlias, maybeSyntheticKey } from './columnNames.ts';
import type { ColumnReference } from './expressionTree.ts';
import { columnText, rewrite, visit } from './expressionTree.ts';
import type { Schema } from './schema.ts';
import { hasColumn, isPseudoColumn, isSystemColumn, isWindowBound } from './schema.ts';

export interface AnalysedSource {
  readonly alias: string;
  readonly source: DataSource;
  /** The columns that its rows have while they are processed. */
  readonly schema: Schema;
}

/** An expression over the columns that rows have while they are processed: in a join they are named after their source too. */
export function overRow(expression: Expression, isJoin: boolean): Expression {
  return rewrite(expression, (part) =>
    part.kind === 'column' && part.source !== null
      ? { ...part, source: null, name: isJoin ? joinAlias(part.source, part.name) : part.name }
      : null,
  );
}

const sourceHasColumn = ({ source, schema }: AnalysedSource, name: string): boolean =>
  isPseudoColumn(name) || (source.window !== null && isSystemColumn(name)) || hasColumn(schema.value, name);

/** Every column with its source, where it is one source's. */
export function qualify(expression: Expression, sources: readonly AnalysedSource[]): Expression {
  return rewrite(expression, (part) => {
    if (part.kind === 'lambda') checkLambda(part.params, sources);
    if (part.kind !== 'column') return null;
    if (part.source !== null) {
      if (!sources.some(({ alias }) => alias === part.source))
        throw new SqlError(`'${part.source}' is not a valid stream/table name or alias.`, part.at);
      return part;
    }
    const found = sources.filter((source) => sourceHasColumn(source, part.name));
    if (found.length > 1)
      throw new SqlError(
        `${placeText(part.at)}: Column '${part.name}' is ambiguous. Could be ${found
          .map(({ alias }) => `${alias}.${part.name}`)
          .sort()
          .join(' or ')}.`,
        part.at,
      );
    return found[0] ? { ...part, source: found[0].alias } : part;
  });
}

function checkLambda(params: readonly string[], sources: readonly AnalysedSource[]): void {
  const clash = params.find((param) => sources.some(({ source }) => hasColumn([...source.schema.key, ...source.schema.value], param)));
  if (clash !== undefined) throw new SqlError(`Lambda function argument can't be a column name: ${clash}`);
}

/** A clause, and what may be named in it besides the columns of sources. */
interface Clause {
  readonly name: string;
  /** The key that a join makes of an expression. */
  readonly maySynthetic: boolean;
  /** The bounds of the window of an aggregate. */
  readonly mayBounds: boolean;
}

/** Throws where a column is of no source. */
export function checkColumns(
  expression: Expression,
  { name: clause, maySynthetic, mayBounds }: Clause,
  sources: readonly AnalysedSource[],
): void {
  visit(expression, (part) => {
    if (part.kind !== 'column') return undefined;
    const { source, name } = part;
    const isKnown = sources.some((one) => (source === null || one.alias === source) && hasColumn(one.schema.value, name));
    const isAllowed =
      (source === null && maySynthetic && sources.length > 1 && maybeSyntheticKey(name)) || (mayBounds && isWindowBound(name));
    if (!isKnown && !isAllowed) throw unknownColumn(part, clause);
    return undefined;
  });
}

function unknownColumn(column: ColumnReference, clause: string): SqlError {
  const text = columnText(column);
  const end =
    clause === 'PARTITION BY' ? ` '${text}' must be a column in the source schema since PARTITION BY is applied on the input.` : '';
  return new SqlError(`${placeText(column.at)}: ${clause} column '${text}' cannot be resolved.${end}`, column.at);
}
