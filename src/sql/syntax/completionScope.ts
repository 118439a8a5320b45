import type { TypeName } from './ast.ts';
import type { Catalogue } from './completions.ts';
import { canBeName, unquote } from './cursor.ts';
import { formatTypeName, formatName } from './formatExpression.ts';
import type { Token } from './lexer.ts';
import { parseTypeName } from './parse.ts';
import { SqlError } from './sqlError.ts';

/** A source that a statement names, and what it is called there. */
interface NamedSource {
  readonly name: string;
  readonly alias: string;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** What every source has besides its columns; those of windows are where the source is windowed, which the text does not say. */
const pseudoColumns: readonly Column[] = [
  { name: 'ROWTIME', type: 'BIGINT' },
  { name: 'ROWPARTITION', type: 'INTEGER' },
  { name: 'ROWOFFSET', type: 'BIGINT' },
  { name: 'WINDOWSTART', type: 'BIGINT' },
  { name: 'WINDOWEND', type: 'BIGINT' },
];

function nameOf(text: string, token: Token): string {
  const written = text.slice(token.start, token.end);
  return token.kind === 'backquotedIdentifier' || token.kind === 'quotedIdentifier' ? unquote(written) : written.toUpperCase();
}

const clauseWords = ['EMIT', 'PARTITION'];

/** The sources behind every FROM and JOIN of a statement, wherever in it; the statement need not be complete. */
export function sourcesInScope(text: string, statement: readonly Token[]): NamedSource[] {
  const found: NamedSource[] = [];
  statement.forEach(({ word, kind }, i) => {
    const name = statement[i + 1];
    if (kind !== 'keyword' || (word !== 'FROM' && word !== 'JOIN') || !name || !canBeName(name)) return;
    const next = statement[i + 2];
    const alias = next?.word === 'AS' ? statement[i + 3] : next;
    const isAlias = alias && canBeName(alias) && !clauseWords.includes(alias.word);
    found.push({ name: nameOf(text, name), alias: nameOf(text, isAlias ? alias : name) });
  });
  return found;
}

const columnsOf = (catalogue: Catalogue, name: string): readonly Column[] => {
  const source = catalogue.sources.find((one) => one.name === name);
  return source
    ? [...source.columns, ...pseudoColumns.filter((pseudo) => !source.columns.some((column) => column.name === pseudo.name))]
    : [];
};

/** The columns of sources; where there are several sources, qualified by what the source is called. */
export function columnsInScope(catalogue: Catalogue, sources: readonly NamedSource[]): (Column & { readonly source: string | null })[] {
  return sources.flatMap(({ name, alias }) =>
    columnsOf(catalogue, name).map((column) => ({ ...column, source: sources.length > 1 ? alias : null })),
  );
}

/** The columns that can be written into, if what stands before is `INSERT INTO target (…`; otherwise null. */
export function targetColumns(
  catalogue: Catalogue,
  { text, before }: { text: string; before: readonly Token[] },
): readonly Column[] | null {
  const [insert, , target, bracket] = before;
  if (insert?.word !== 'INSERT' || !target || bracket?.word !== '(' || before.some(({ word }) => word === ')')) return null;
  return catalogue.sources.find(({ name }) => name === nameOf(text, target))?.columns ?? [];
}

function typeOf(text: string): TypeName | null {
  try {
    return parseTypeName(text);
  } catch (error) {
    if (error instanceof SqlError) return null;
    throw error;
  }
}

interface Field extends Column {
  readonly kind: 'column' | 'field';
}

/** What can follow the point or the arrow that stands last: the columns of a source, or the fields of a struct that a path of names leads to. */
export function fieldsAt(
  catalogue: Catalogue,
  { text, statement, before }: { text: string; statement: readonly Token[]; before: readonly Token[] },
): readonly Field[] {
  const path = pathBefore(text, before);
  if (!path) return [];
  const sources = sourcesInScope(text, statement);
  const bySource = sources.find(({ alias }) => alias === path.names[0]);
  if (path.isQualified) {
    const columns = bySource ? columnsOf(catalogue, bySource.name) : [];
    return path.names.length === 1
      ? columns.map((column) => ({ ...column, kind: 'column' as const }))
      : fieldsOf(columns, path.names.slice(1));
  }
  return fieldsOf(columnsInScope(catalogue, sources), path.names);
}

/** The names that lead to the last point or arrow, outermost first. */
function pathBefore(text: string, before: readonly Token[]): { names: string[]; isQualified: boolean } | null {
  const names: string[] = [];
  let isQualified = false;
  for (let i = before.length - 1; i >= 1; i -= 2) {
    const { word } = before[i]!;
    const name = before[i - 1]!;
    if ((word !== '.' && word !== '->') || !canBeName(name)) break;
    names.unshift(nameOf(text, name));
    isQualified = word === '.';
  }
  return names.length > 0 ? { names, isQualified } : null;
}

function fieldsOf(columns: readonly Column[], path: readonly string[]): readonly Field[] {
  const column = columns.find(({ name }) => name === path[0]);
  let type = column ? typeOf(column.type) : null;
  for (const name of path.slice(1)) type = (type?.kind === 'struct' && type.fields.find((field) => field.name === name)?.type) || null;
  if (type?.kind !== 'struct') return [];
  return type.fields.map((field) => ({
    name: field.name,
    type: formatTypeName(field.type, (name) => formatName(name, 'asNeeded')),
    kind: 'field' as const,
  }));
}
