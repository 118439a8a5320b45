import type { Expression, Place } from '../../sql/syntax/ast.ts';
import { Cursor, unquote } from '../../sql/syntax/cursor.ts';
import { expression } from '../../sql/syntax/expressionParser.ts';
import type { Token } from '../../sql/syntax/lexer.ts';
import { SqlError } from '../../sql/syntax/sqlError.ts';

/** Milliseconds of the units of time, in the singular. */
const unitsMs: Readonly<Record<string, number>> = {
  millisecond: 1,
  ms: 1,
  second: 1_000,
  s: 1_000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  h: 3_600_000,
  day: 86_400_000,
  d: 86_400_000,
};
const unitWords = ['milliseconds', 'seconds', 'minutes', 'hours', 'days'];

/** Reads one line of a chain: words, names of topics, lengths of time, and SQL's expressions. Everything throws SqlError, at its place, with what could have stood there. */
export class LineReader {
  private readonly text: string;
  private readonly line: number;
  private index = 0;
  /** What has been asked for at this place. */
  private readonly expected = new Set<string>();

  constructor(text: string, line: number) {
    this.text = text;
    this.line = line;
    this.skip();
  }

  get at(): Place {
    return { line: this.line, column: this.index + 1 };
  }

  get isEnd(): boolean {
    return this.index >= this.text.length;
  }

  private skip(): void {
    const rest = this.text.slice(this.index);
    const space = /^\s*(?:(?:#|--).*$)?/.exec(rest)![0].length;
    this.index += space;
  }

  private advance(length: number): void {
    this.index += length;
    this.expected.clear();
    this.skip();
  }

  /** The word here as it is written; null where none stands. */
  peekWord(): string | null {
    return /^[A-Za-z_]\w*/.exec(this.text.slice(this.index))?.[0] ?? null;
  }

  /** Passes the word, in any case, or the symbol. */
  accept(word: string): boolean {
    const isWord = /\w/.test(word);
    const found = isWord ? this.peekWord()?.toLowerCase() === word.toLowerCase() : this.text.startsWith(word, this.index);
    if (found) this.advance(word.length);
    else this.expected.add(word);
    return found;
  }

  expect(word: string): void {
    if (!this.accept(word)) throw this.unexpected();
  }

  /** One of the words, as the list has it. */
  oneOf<T extends string>(words: readonly T[]): T {
    const found = words.find((word) => this.accept(word));
    if (found === undefined) throw this.unexpected();
    return found;
  }

  /** The name of a topic or of a stream or table, as it is written; one with other characters stands in quotes. */
  topic(): string {
    const found = /^(?:[A-Za-z0-9._-]+|"(?:[^"]|"")+"|`(?:[^`]|``)+`)/.exec(this.text.slice(this.index))?.[0];
    if (found === undefined) throw this.missing('name of a topic');
    this.advance(found.length);
    return /^["`]/.test(found) ? unquote(found) : found;
  }

  /** The name of a column, in capitals unless it is quoted. */
  column(): string {
    const found = /^(?:[A-Za-z_]\w*|"(?:[^"]|"")+"|`(?:[^`]|``)+`)/.exec(this.text.slice(this.index))?.[0];
    if (found === undefined) throw this.missing('name of a column');
    this.advance(found.length);
    return /^["`]/.test(found) ? unquote(found) : found.toUpperCase();
  }

  /** `as name`; null where it is not there. */
  alias(): string | null {
    return this.accept('as') ? this.column() : null;
  }

  /** A length of time in milliseconds: `5 seconds`. */
  duration(): number {
    const [number] = /^\d+(?:\.\d+)?/.exec(this.text.slice(this.index)) ?? [];
    if (number === undefined) throw this.missing('length of time such as 5 seconds');
    this.advance(number.length);
    const unit = this.peekWord();
    const unitMs = unit === null ? undefined : (unitsMs[unit.toLowerCase()] ?? unitsMs[unit.toLowerCase().replace(/s$/, '')]);
    if (unitMs === undefined) {
      unitWords.forEach((word) => this.expected.add(word));
      throw this.unexpected();
    }
    this.advance(unit!.length);
    return Math.round(Number(number) * unitMs);
  }

  /** An expression of SQL, as far as it goes. */
  expression(): Expression {
    // Lines and blanks before it, so that its places are those of the whole text.
    const before = '\n'.repeat(this.line - 1) + ' '.repeat(this.index);
    const cursor = new Cursor(before + this.text.slice(this.index));
    if (cursor.token.kind === 'end') throw this.missing('expression');
    const found = expression(cursor);
    if (cursor.problem) throw cursor.problem;
    const after: Token = cursor.token;
    const next = after.kind === 'end' ? this.text.length : after.start - before.length + this.index;
    this.advance(next - this.index);
    return found;
  }

  /** Throws unless the line ends here. */
  end(): void {
    if (!this.isEnd) throw this.missing('end of the line');
  }

  private missing(what: string): SqlError {
    this.expected.add(what);
    return this.unexpected();
  }

  /** Nothing that was asked for stands here. */
  unexpected(): SqlError {
    const found = this.isEnd ? 'the end of the line' : (/^(?:\w+|\S)/.exec(this.text.slice(this.index))?.[0] ?? '');
    const expected = [...this.expected];
    const message = this.isEnd ? 'The line ends too early.' : `'${found}' cannot stand here.`;
    return new SqlError(message, this.at, { found, expected });
  }
}
