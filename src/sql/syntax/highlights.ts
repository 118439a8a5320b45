import { tokenize, type Token, type TokenKind } from './lexer.ts';
import { isReserved } from './words.ts';

/** How a part of a text is to be shown. */
export type HighlightKind =
  'keyword' | 'name' | 'function' | 'string' | 'number' | 'operator' | 'punctuation' | 'variable' | 'comment' | 'error';

/** Offsets in UTF-16 units, `end` behind the last one. */
export interface Highlight {
  readonly kind: HighlightKind;
  readonly start: number;
  readonly end: number;
}

const byKind: Readonly<Record<Exclude<TokenKind, 'keyword' | 'identifier' | 'symbol' | 'end'>, HighlightKind>> = {
  digitIdentifier: 'name',
  quotedIdentifier: 'name',
  backquotedIdentifier: 'name',
  variable: 'variable',
  string: 'string',
  integer: 'number',
  decimal: 'number',
  float: 'number',
  comment: 'comment',
  directive: 'comment',
  unrecognized: 'error',
};

/** A word is a name behind a point or arrow, and a function before a bracket; a free word elsewhere is most likely the grammar's. */
function wordKind({ kind, word }: Token, before: string | undefined, after: string | undefined): HighlightKind {
  if (before === '.' || before === '->') return 'name';
  if (kind === 'keyword' && isReserved(word)) return 'keyword';
  const isWindow = word === 'SESSION' || word === 'HEADER';
  if (after === '(' && !isWindow) return 'function';
  return kind === 'keyword' ? 'keyword' : 'name';
}

/** All of a text but its white space, in its order, by how it is to be shown; a text that cannot be read too. */
export function highlightsOf(text: string): Highlight[] {
  const tokens = tokenize(text).slice(0, -1);
  return tokens.map((token, i) => {
    const { kind, word, start, end } = token;
    if (kind === 'keyword' || kind === 'identifier') return { kind: wordKind(token, tokens[i - 1]?.word, tokens[i + 1]?.word), start, end };
    if (kind === 'symbol') return { kind: '(),;.[]'.includes(word) ? 'punctuation' : 'operator', start, end };
    return { kind: byKind[kind as keyof typeof byKind], start, end };
  });
}
