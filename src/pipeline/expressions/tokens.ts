import { ParseError } from './syntax.ts';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly column: number }
  | { readonly kind: 'text'; readonly value: string; readonly text: string; readonly column: number }
  | { readonly kind: 'word' | 'symbol' | 'end'; readonly text: string; readonly column: number };

const symbols = ['==', '!=', '<>', '<=', '>=', '=', '<', '>', '+', '-', '*', '/', '%', '(', ')', '[', ']', ',', '.'];
const wordStart = /[\p{L}_$]/u;
const wordPart = /[\p{L}\p{N}_$]/u;
const numberPattern = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;

/** Writings people bring along from other languages, with what to write here. */
const foreign: readonly (readonly [string, string])[] = [
  ['&&', 'Write `and`.'],
  ['||', 'Write `or`, or concat(…) to join texts.'],
  ['!', 'Write `not`, or `!=` to compare.'],
  ['&', 'Write `and`.'],
  ['|', 'Write `or`.'],
  ['“', 'Use straight quotes: "text".'],
  ['”', 'Use straight quotes: "text".'],
  ['‘', "Use straight quotes: 'text'."],
  ['’', "Use straight quotes: 'text'."],
  ['`', 'Use straight quotes for texts, and value["odd name"] for odd field names.'],
  [';', 'One expression is enough; leave the semicolon out.'],
];

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Reads a quoted text that begins at `start`; a doubled quote or a backslash puts a quote inside. Throws ParseError. */
export function readQuoted(source: string, start: number): { readonly value: string; readonly end: number } {
  const quote = source[start]!;
  let value = '';
  for (let i = start + 1; i < source.length; i++) {
    const character = source[i]!;
    if (character === '\\' && i + 1 < source.length) {
      i++;
      value += escapes[source[i]!] ?? source[i]!;
    } else if (character === quote) {
      if (source[i + 1] !== quote) return { value, end: i + 1 };
      value += quote;
      i++;
    } else value += character;
  }
  throw new ParseError(start + 1, 'This text has no closing quote.', `Put a ${quote} at its end.`);
}

function wordEnd(source: string, start: number): number {
  let end = start;
  while (end < source.length) {
    const character = String.fromCodePoint(source.codePointAt(end)!);
    if (!wordPart.test(character)) break;
    end += character.length;
  }
  return end;
}

function readNumber(source: string, start: number): Token {
  numberPattern.lastIndex = start;
  const text = numberPattern.exec(source)![0];
  const value = Number(text);
  if (!Number.isFinite(value)) throw new ParseError(start + 1, `The number ${text} is too large.`, 'Use a number below 1e308.');
  const end = start + text.length;
  if (end < source.length && wordStart.test(source[end]!)) {
    throw new ParseError(
      start + 1,
      `"${source.slice(start, wordEnd(source, end))}" is neither a number nor a name.`,
      'Leave units out, and put texts in quotes.',
    );
  }
  return { kind: 'number', value, text, column: start + 1 };
}

function readToken(source: string, start: number): Token {
  const character = String.fromCodePoint(source.codePointAt(start)!);
  const column = start + 1;
  if (character === '"' || character === "'") {
    const { value, end } = readQuoted(source, start);
    return { kind: 'text', value, text: source.slice(start, end), column };
  }
  if (/\d/.test(character) || (character === '.' && /\d/.test(source[start + 1] ?? ''))) return readNumber(source, start);
  if (wordStart.test(character)) return { kind: 'word', text: source.slice(start, wordEnd(source, start)), column };
  const symbol = symbols.find((candidate) => source.startsWith(candidate, start));
  if (symbol) return { kind: 'symbol', text: symbol, column };
  const known = foreign.find(([text]) => source.startsWith(text, start));
  throw new ParseError(
    column,
    `"${known?.[0] ?? character}" is not part of an expression.`,
    known?.[1] ?? 'Remove it, or put texts in quotes.',
  );
}

/** Cuts an expression into tokens; the last one is `end`. Throws ParseError. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (at < source.length && /\s/.test(source[at]!)) at++;
    if (at >= source.length) break;
    // A dot before digits is a number only where a value may begin: `value.items.0` is a path.
    const previous = tokens.at(-1);
    const inPath = source[at] === '.' && previous !== undefined && (previous.kind === 'word' || previous.text === ']');
    const token: Token = inPath ? { kind: 'symbol', text: '.', column: at + 1 } : readToken(source, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', column: source.length + 1 });
  return tokens;
}
