import type { SourceKind } from './ast.ts';
import { Cursor, type Expectations, type NameRole } from './cursor.ts';
import { formatName } from './formatExpression.ts';
import { tokenize, type Token } from './lexer.ts';
import { columnsInScope, fieldsAt, sourcesInScope, targetColumns } from './completionScope.ts';
import { SqlError } from './sqlError.ts';
import { statement } from './statementParser.ts';
import { propertyNames } from './withProperties.ts';

/** What is known where a text is written: names as they are, without quotes. Types are written as in SQL. */
export interface Catalogue {
  readonly sources: readonly {
    readonly name: string;
    readonly kind: SourceKind;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
  readonly functions: readonly { readonly name: string; readonly detail: string }[];
  readonly topics: readonly string[];
  /** Names of types that the user made. */
  readonly types: readonly string[];
}

export type CompletionKind = 'keyword' | 'source' | 'column' | 'field' | 'function' | 'type' | 'property' | 'topic' | 'parameter';

export interface Completion {
  readonly kind: CompletionKind;
  /** What is put in the place of what is written, with quotes where the name needs them. */
  readonly text: string;
  /** A column's type, a source's kind, a function's arguments; may be empty. */
  readonly detail: string;
}

export interface Completions {
  /** The part of the text that a completion replaces: offsets in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
}

const baseTypes = 'ARRAY BIGINT BOOLEAN BYTES DATE DECIMAL DOUBLE INTEGER MAP STRING STRUCT TIME TIMESTAMP VARCHAR'.split(' ');

const isWord = ({ kind }: Token): boolean =>
  kind === 'identifier' ||
  kind === 'keyword' ||
  kind === 'digitIdentifier' ||
  kind === 'backquotedIdentifier' ||
  kind === 'quotedIdentifier';

/** The tokens of the statement around an offset, comments left out; the last is an end. */
function statementAround(tokens: readonly Token[], offset: number): readonly Token[] {
  const code = tokens.filter(({ kind }) => kind !== 'comment' && kind !== 'directive');
  const ends = code.map(({ word }, i) => (word === ';' ? i : -1)).filter((i) => i >= 0);
  const start = ends.findLast((i) => code[i]!.end <= offset) ?? -1;
  const end = ends.find((i) => code[i]!.end > offset) ?? code.length;
  return code.slice(start + 1, end);
}

/** A cursor that has read the tokens up to where the text no longer goes on, or null if it cannot be read so far. */
function readUpTo(text: string, before: readonly Token[], at: number): Cursor | null {
  const { line, column } = before.at(-1) ?? { line: 1, column: 1 };
  const cursor = new Cursor(text, [...before, { kind: 'end', word: '', start: at, end: at, line, column }]);
  try {
    statement(cursor);
    cursor.is(';');
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
  return cursor.token.kind === 'end' ? cursor : null;
}

const named = (kind: CompletionKind, name: string, detail = ''): Completion => ({ kind, text: formatName(name, 'asNeeded'), detail });

interface Around {
  readonly catalogue: Catalogue;
  readonly statement: readonly Token[];
  readonly before: readonly Token[];
  readonly text: string;
  readonly lambdaParameters: readonly string[];
}

function columnCompletions({ catalogue, statement: tokens, before, text, lambdaParameters }: Around): Completion[] {
  const inserted = targetColumns(catalogue, { text, before });
  if (inserted) return inserted.map(({ name, type }) => named('column', name, type));
  const columns = columnsInScope(catalogue, sourcesInScope(text, tokens));
  return [
    ...lambdaParameters.map((name) => named('parameter', name)),
    ...columns.map(({ name, source, type }) => {
      const column = formatName(name, 'asNeeded');
      return { kind: 'column' as const, text: source === null ? column : `${formatName(source, 'asNeeded')}.${column}`, detail: type };
    }),
    ...catalogue.functions.map(({ name, detail }) => named('function', name, detail)),
  ];
}

/** What can stand for each kind of name; those for new names can only be made up. */
const byRole: Readonly<Record<NameRole, (around: Around) => Completion[]>> = {
  source: ({ catalogue }) => catalogue.sources.map(({ name, kind }) => named('source', name, kind)),
  column: columnCompletions,
  type: ({ catalogue }) => [
    ...catalogue.types.map((name) => named('type', name)),
    ...baseTypes.map((text) => ({ kind: 'type' as const, text, detail: '' })),
  ],
  field: ({ catalogue, statement: tokens, before, text }) =>
    fieldsAt(catalogue, { text, statement: tokens, before }).map(({ name, type, kind }) => named(kind, name, type)),
  property: () => propertyNames.map((name) => named('property', name)),
  topic: ({ catalogue }) => catalogue.topics.map((name) => ({ kind: 'topic', text: `'${name}'`, detail: '' })),
  function: ({ catalogue }) => catalogue.functions.map(({ name, detail }) => named('function', name, detail)),
  query: () => [],
  connector: () => [],
  new: () => [],
  alias: () => [],
};

function expected({ words, names }: Expectations, around: Around): Completion[] {
  const found = [...names].flatMap((role) => byRole[role](around));
  const keywords = [...words].filter((word) => /^[A-Z]+$/.test(word)).sort();
  return [...found, ...keywords.map((text) => ({ kind: 'keyword' as const, text, detail: '' }))];
}

/** Whether a comment is closed where it ends, so that what follows is outside. */
const endsBefore = ({ kind, end }: Token, text: string, offset: number): boolean =>
  kind === 'comment' && end === offset && text.startsWith('*/', end - 2);

/**
 * What can be written at a place: exactly what the grammar takes there, names first, by what the text before it in its statement says and what sources the whole
 * statement names. Nothing within strings and comments, and where the text before cannot be read.
 *
 * @param offset UTF-16 units from the beginning; a word that it stands in or behind is replaced
 */
export function completionsAt(text: string, offset: number, catalogue: Catalogue): Completions {
  const tokens = tokenize(text);
  const touched = tokens.find(({ start, end }) => start < offset && offset <= end);
  const word = touched && isWord(touched) ? touched : null;
  const from = word?.start ?? offset;
  const to = word?.end ?? offset;
  const statementTokens = statementAround(tokens, from);
  const before = statementTokens.filter(({ end }) => end <= from && end > 0);
  const isFree = word || !touched || (touched.kind === 'symbol' && touched.end === offset) || endsBefore(touched, text, offset);
  const cursor = isFree ? readUpTo(text, before, from) : null;
  if (!cursor) return { from, to, items: [] };
  const { expectations, lambdaParameters } = cursor;
  const prefix = text.slice(from, offset).toUpperCase();
  const seen = new Set<string>();
  const items = expected(expectations, { catalogue, statement: statementTokens, before, text, lambdaParameters }).filter((item) => {
    const isNew = !seen.has(item.text);
    seen.add(item.text);
    return isNew && matches(item.text, prefix);
  });
  return { from, to, items };
}

/** By the name or, where it is qualified, by its last part. Quotes do not count. */
function matches(text: string, prefix: string): boolean {
  const bare = prefix.replace(/^[`"]/, '');
  const plain = text.replaceAll('`', '').toUpperCase();
  return plain.startsWith(bare) || plain.slice(plain.lastIndexOf('.') + 1).startsWith(bare);
}
