import type { Place } from './ast.ts';
import { isKeyword } from './words.ts';

/**
 * Names and numbers as in ksqlDB's SqlBase.g4. A `digitIdentifier` is a name that begins with a digit, `variable` is `${name}`, a `directive` a comment that
 * begins with `--@`. `unrecognized` is one character that begins nothing, or a quote or comment that is never closed. `end` is behind the last.
 */
export type TokenKind =
  | 'keyword'
  | 'identifier'
  | 'digitIdentifier'
  | 'quotedIdentifier'
  | 'backquotedIdentifier'
  | 'variable'
  | 'string'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'symbol'
  | 'comment'
  | 'directive'
  | 'unrecognized'
  | 'end';

/** `start` and `end` are offsets into the text in UTF-16 units, `end` behind the last one. `word` is the upper-cased keyword, or the symbol. */
export interface Token extends Place {
  readonly kind: TokenKind;
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

// Sticky expressions for what has a shape; the longest match wins, and of two equally long ones the first rule of the grammar.
const wordShape = /[A-Za-z_][A-Za-z0-9_@]*/y;
const digitWordShape = /[0-9][A-Za-z0-9_@]+/y;
const floatShape = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+/y;
const decimalShape = /[0-9]+\.[0-9]*|\.[0-9]+/y;
const integerShape = /[0-9]+/y;
const variableShape = /\$\{[A-Za-z_][A-Za-z0-9_@]*\}/y;
const stringShape = /'(?:[^']|'')*'/y;
const quotedShape = /"(?:[^"]|"")*"/y;
const backquotedShape = /`(?:[^`]|``)*`/y;
/** Ends with its line. (The grammar lets an empty `--` take the next line with it; ksqlDB's CLI, which strips comments first, does not.) */
const lineCommentShape = /--[^\r\n]*/y;
const bracketedCommentShape = /\/\*[\s\S]*?\*\//y;
const unclosedCommentShape = /\/\*[\s\S]*/y;

const longSymbols = ['<>', '!=', '<=', '>=', '||', ':=', '->', '=>'];
const shortSymbols = '=<>+-*/%(),;.[]';

const length = (shape: RegExp, text: string, start: number): number => {
  shape.lastIndex = start;
  return shape.test(text) ? shape.lastIndex - start : 0;
};

type Found = readonly [kind: TokenKind, length: number];

function number(text: string, start: number): Found | null {
  const candidates: readonly Found[] = [
    ['integer', length(integerShape, text, start)],
    ['decimal', length(decimalShape, text, start)],
    ['float', length(floatShape, text, start)],
    ['digitIdentifier', length(digitWordShape, text, start)],
  ];
  let best: Found | null = null;
  for (const found of candidates) if (found[1] > (best?.[1] ?? 0)) best = found;
  return best;
}

function symbol(text: string, start: number): Found | null {
  if (longSymbols.includes(text.slice(start, start + 2))) return ['symbol', 2];
  return shortSymbols.includes(text[start]!) ? ['symbol', 1] : null;
}

function comment(text: string, start: number): Found | null {
  const line = length(lineCommentShape, text, start);
  if (line > 0) return [text[start + 2] === '@' ? 'directive' : 'comment', line];
  const bracketed = length(bracketedCommentShape, text, start);
  if (bracketed > 0) return ['comment', bracketed];
  const unclosed = length(unclosedCommentShape, text, start);
  return unclosed > 0 ? ['unrecognized', unclosed] : null;
}

const quotes: Readonly<Record<string, readonly [TokenKind, RegExp]>> = {
  "'": ['string', stringShape],
  '"': ['quotedIdentifier', quotedShape],
  '`': ['backquotedIdentifier', backquotedShape],
};

function quotedText(text: string, start: number): Found | null {
  const quote = quotes[text[start]!];
  if (!quote) return null;
  const size = length(quote[1], text, start);
  return size > 0 ? [quote[0], size] : ['unrecognized', text.length - start];
}

function tokenAt(text: string, start: number): Found {
  const code = text.charCodeAt(start);
  const word = length(wordShape, text, start);
  if (word > 0) return ['identifier', word];
  if ((code >= 48 && code <= 57) || code === 46) {
    const found = number(text, start);
    if (found) return found;
  }
  if (code === 36) {
    const variable = length(variableShape, text, start);
    if (variable > 0) return ['variable', variable];
  }
  // A whole character outside the basic plane, not half of one.
  return (
    comment(text, start) ?? quotedText(text, start) ?? symbol(text, start) ?? ['unrecognized', code >= 0xd800 && code < 0xdc00 ? 2 : 1]
  );
}

function wordOf(kind: TokenKind, text: string): string {
  if (kind === 'identifier') return text.toUpperCase();
  return kind === 'symbol' ? (text === '!=' ? '<>' : text) : '';
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** All tokens of a text with their places, comments included, white space not; the last is `end`. Never throws. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let line = 1;
  let lineStart = 0;
  const pass = (to: number) => {
    for (; position < to; position++)
      if (text.charCodeAt(position) === 10) {
        line++;
        lineStart = position + 1;
      }
  };
  while (position < text.length) {
    if (isSpace(text.charCodeAt(position))) {
      pass(position + 1);
      continue;
    }
    const [found, size] = tokenAt(text, position);
    const word = wordOf(found, text.slice(position, position + size));
    const kind = found === 'identifier' && isKeyword(word) ? 'keyword' : found;
    tokens.push({ kind, word, start: position, end: position + size, line, column: position - lineStart + 1 });
    pass(position + size);
  }
  tokens.push({ kind: 'end', word: '', start: position, end: position, line, column: position - lineStart + 1 });
  return tokens;
}
