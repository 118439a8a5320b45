/** What a persistent query has to select so that its result has a key (`PlanNode.validateKeyPresent`). */
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { AnalysedItem } from './analysis.ts';
import type { AnalysedSource } from './columnResolution.ts';
import { joinAlias } from './columnNames.ts';
import type { JoinKey } from './joinPlan.ts';
import { selects } from './joinPlan.ts';

const listed = (texts: readonly string[], word: string): string =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)!}`;

interface Missing {
  readonly sink: string;
  /** What the keys are: "key column", "grouping expression", … */
  readonly what: string;
  readonly keys: readonly string[];
  /** Whether all are needed or any one. */
  readonly all: boolean;
  readonly isSynthetic: boolean;
}

export function missingKey({ sink, what, keys, all, isSynthetic }: Missing): SqlError {
  const example = all ? keys.join(', ') : keys[0]!;
  const documentation = isSynthetic ? 'See https://cnfl.io/2LV7ouS.' : '';
  const reason = isSynthetic
    ? `\n${keys[0]!} was added as a synthetic key column because the join criteria did not match any source column. This expression must be included in the projection and may be aliased. `
    : '';
  return new SqlError(
    `Key${all && keys.length > 1 ? 's' : ''} missing from projection (ie, SELECT). ${documentation}\nThe query used to build \`${sink}\` must include the ${what}${keys.length === 1 ? '' : 's'} ${listed(keys, all ? 'and' : 'or')} in its projection (eg, SELECT ${example}...).${reason}`,
  );
}

/** Throws unless SELECT has the key's columns of its only source. */
export function checkSourceKey(sink: string, select: readonly AnalysedItem[], { alias, source }: AnalysedSource): void {
  const { key } = source.schema;
  const isThere = ({ name }: { readonly name: string }) =>
    [alias, null].some((from) => selects(select, { kind: 'column', source: from, name, at: { line: 1, column: 1 } }));
  if (key.every(isThere)) return;
  throw missingKey({ sink, what: 'key column', keys: key.map(({ name }) => name), all: true, isSynthetic: false });
}

/** Throws unless SELECT has all expressions of PARTITION BY. */
export function checkPartitionKey(sink: string, select: readonly AnalysedItem[], by: readonly Expression[]): void {
  if (by.some(({ kind }) => kind === 'null') || by.every((expression) => selects(select, expression))) return;
  throw missingKey({ sink, what: 'partitioning expression', keys: by.map((e) => formatExpression(e)), all: true, isSynthetic: false });
}

/** Throws unless SELECT has one of the columns that the joined rows can be keyed by, or all of those of a foreign-key join. */
export function checkJoinKey(sink: string, select: readonly AnalysedItem[], key: JoinKey): void {
  const at = { line: 1, column: 1 };
  if (key.kind === 'foreign') return checkForeignKey(select, key.left);
  const viable: Expression[] = key.kind === 'column' ? [...key.viable] : [{ kind: 'column', source: null, name: key.name, at }];
  const aliased =
    key.kind === 'column'
      ? key.viable.map(({ source, name }): Expression => ({ kind: 'column', source: null, name: joinAlias(source!, name), at }))
      : [];
  if ([...viable, ...aliased].some((expression) => selects(select, expression))) return;
  throw missingKey({
    sink,
    what: 'join expression',
    keys: viable.map((e) => formatExpression(e)),
    all: false,
    isSynthetic: key.kind === 'synthetic',
  });
}

function checkForeignKey(select: readonly AnalysedItem[], { alias, source }: AnalysedSource): void {
  const at = { line: 1, column: 1 };
  const missing = source.schema.key.filter(({ name }) => !selects(select, { kind: 'column', source: alias, name, at }));
  if (missing.length === 0) return;
  const columns = missing.length === 1 ? 'column' : 'columns';
  throw new SqlError(
    `Primary key ${columns} missing in projection. For foreign-key table-table joins, the projection must include all primary key columns from the left input table (\`${alias}\`). Missing ${columns}: ${missing.map(({ name }) => `\`${name}\``).join(', ')}.`,
  );
}
