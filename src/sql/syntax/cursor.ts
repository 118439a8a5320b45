import type { Place } from './ast.ts';
import { tokenize, type Token } from './lexer.ts';
import { SqlError } from './sqlError.ts';
import { endOfTextMessage, expectedMessage, missingMessage, nearMessage, reservedMessage, syntaxError } from './syntaxMessages.ts';
import type { VariableUse } from './variables.ts';
import { byGrammar, isReserved } from './words.ts';

/** What a name stands for where one is expected; completions are chosen by it. */
export type NameRole = 'source' | 'column' | 'type' | 'field' | 'property' | 'topic' | 'query' | 'function' | 'connector' | 'new' | 'alias';

/** Tokens that are told by their shape, by the grammar's names. */
export type Shape = 'STRING' | 'INTEGER_VALUE' | 'DECIMAL_VALUE' | 'FLOATING_POINT_VALUE' | 'VARIABLE';

/** What could stand at one place. */
export interface Expectations {
  readonly words: Set<string>;
  readonly shapes: Set<Shape>;
  readonly names: Set<NameRole>;
}

/** What an error says of a name that was expected. */
const roleTexts: Readonly<Record<NameRole, string>> = {
  source: 'name of a stream or table',
  column: 'name of a column',
  type: 'type',
  field: 'name of a field',
  property: 'name of a property',
  topic: 'name of a topic',
  query: 'id of a query',
  function: 'name of a function',
  connector: 'name of a connector',
  new: 'name',
  alias: 'alias',
};

const nesting = 500;

/** A place in the tokens of a text, with all that was asked for there, so that an error can say it and completions can offer it. */
export class Cursor {
  readonly text: string;
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;
  readonly expectations: Expectations = { words: new Set(), shapes: new Set(), names: new Set() };
  /** Parameters of the lambdas around this place, outermost first. */
  readonly lambdaParameters: string[] = [];
  /** Names and aliases of the sources of the statement, and the places of all that is qualified by such a name. */
  readonly sources = new Set<string>();
  readonly qualifiers: { readonly name: string; readonly at: Place }[] = [];
  readonly variables: VariableUse[] = [];
  /** What is wrong in the statement though it can be read; ksqlDB tells it when the statement's turn comes. */
  problem: SqlError | null = null;
  /** Index of the token with which the operand read last began, with all that is hung on it. */
  lastPrimaryStart = -1;

  constructor(text: string, tokens: readonly Token[] = tokenize(text)) {
    this.text = text;
    this.tokens = tokens.filter(({ kind }) => kind !== 'comment' && kind !== 'directive');
  }

  get token(): Token {
    return this.tokens[this.index]!;
  }

  get position(): number {
    return this.index;
  }

  get at(): Place {
    const { line, column } = this.token;
    return { line, column };
  }

  /** The token so many further on; beyond the last one, the end. */
  ahead(count: number): Token {
    return this.tokens[Math.min(this.index + count, this.tokens.length - 1)]!;
  }

  previous(): Token {
    return this.tokens[Math.max(this.index - 1, 0)]!;
  }

  textOf({ start, end }: Token): string {
    return this.text.slice(start, end);
  }

  advance(): Token {
    const { token, expectations } = this;
    if (token.kind !== 'end') this.index++;
    expectations.words.clear();
    expectations.shapes.clear();
    expectations.names.clear();
    return token;
  }

  /** Whether the word or symbol stands here. */
  is(word: string): boolean {
    if (this.token.word === word && this.token.kind !== 'identifier') return true;
    this.expectations.words.add(word);
    return false;
  }

  accept(word: string): boolean {
    const found = this.is(word);
    if (found) this.advance();
    return found;
  }

  acceptAll(...words: readonly string[]): boolean {
    if (!this.accept(words[0]!)) return false;
    for (const word of words.slice(1)) this.expect(word);
    return true;
  }

  /** The first of the words that stands here, passed. */
  acceptOne<T extends string>(words: readonly T[]): T | null {
    return words.find((word) => this.accept(word)) ?? null;
  }

  expect(word: string): void {
    if (!this.accept(word)) throw this.unexpected();
  }

  /** As `expect`, where nothing else could stand: what is missing is named. */
  expectOnly(word: string): void {
    if (this.accept(word)) return;
    if (this.token.kind === 'end') throw this.unexpected();
    throw this.error(missingMessage(word, this.textOf(this.token)));
  }

  isShape(shape: Shape): boolean {
    const { kind } = this.token;
    const fits =
      (kind === 'string' && shape === 'STRING') ||
      (kind === 'integer' && shape === 'INTEGER_VALUE') ||
      (kind === 'decimal' && shape === 'DECIMAL_VALUE') ||
      (kind === 'float' && shape === 'FLOATING_POINT_VALUE') ||
      (kind === 'variable' && shape === 'VARIABLE');
    if (!fits) this.expectations.shapes.add(shape);
    return fits;
  }

  /** The value of the string that must stand here. */
  string(): string {
    if (!this.isShape('STRING')) throw this.unexpected();
    return unquote(this.textOf(this.advance()));
  }

  isName(role: NameRole): boolean {
    if (isName(this.token)) return true;
    this.expectations.names.add(role);
    return false;
  }

  /** The name that must stand here: upper-cased, or as it is within its quotes. */
  name(role: NameRole): string {
    if (!this.isName(role)) throw this.unexpected();
    const { kind } = this.token;
    if (kind === 'variable') return this.variable('name');
    const text = this.textOf(this.advance());
    return kind === 'quotedIdentifier' || kind === 'backquotedIdentifier' ? unquote(text) : text.toUpperCase();
  }

  /** The variable here, passed; its text stands for it until it is replaced. */
  variable(as: VariableUse['as']): string {
    this.variables.push({ start: this.token.start, at: this.at, as });
    return this.textOf(this.advance());
  }

  /** Runs what may nest; a text nested too deep is refused as ksqlDB does when its stack is used up. */
  nested<T>(parse: () => T): T {
    if (++this.depth > nesting)
      throw new SqlError(
        'Error processing statement: Statement is too large to parse. This may be caused by having too many nested expressions in the statement.',
        this.at,
      );
    const result = parse();
    this.depth--;
    return result;
  }

  /** Forgets what belongs to the statement that ends here. */
  endStatement(): void {
    this.problem = null;
    this.sources.clear();
    this.qualifiers.length = 0;
    this.variables.length = 0;
  }

  /** Remembers what is wrong here; the first of a statement counts. */
  defer(message: string, at: Place): void {
    this.problem ??= new SqlError(message, at);
  }

  /** As `defer`, worded as ksqlDB does what `AstBuilder` finds. */
  deferPrepare(message: string, at: Place): void {
    this.defer(`Failed to prepare statement: ${message}`, at);
  }

  /** Nothing that was asked for stands here. */
  unexpected(): SqlError {
    const { token, expectations } = this;
    if (token.kind === 'end') return this.error(endOfTextMessage(expectations.words.has(';')));
    const found = this.textOf(token);
    if (this.isOneTooMany()) return this.error(reservedMessage(found));
    if (expectations.names.size === 0) return this.error(expectedMessage(this.expectedList()));
    // An alias can be left out; any other name was needed.
    const nameNeeded = [...expectations.names].some((role) => role !== 'alias');
    return this.error(nameNeeded && isReserved(token.word) ? reservedMessage(found) : '');
  }

  /** None of several ways to go on begins with what stands here. */
  noWay(): SqlError {
    if (this.token.kind === 'end' || this.isOneTooMany()) return this.unexpected();
    return this.error(nearMessage(this.textOf(this.token), this.at));
  }

  /** Whether a reserved word stands here, and without it the text would go on. */
  private isOneTooMany(): boolean {
    const { words, names } = this.expectations;
    const next = this.ahead(1);
    return isReserved(this.token.word) && (words.has(next.word) || (names.size > 0 && isName(next)));
  }

  error(detail: string): SqlError {
    const { token } = this;
    const found = token.kind === 'end' ? '<EOF>' : this.textOf(token);
    return syntaxError(detail, this.at, { found, expected: this.expectedList() });
  }

  private expectedList(): string[] {
    const { words, shapes, names } = this.expectations;
    const keywords = [...words].sort(byGrammar).map((word) => `'${word}'`);
    return [...keywords, ...[...shapes].sort(), ...[...names].map((role) => roleTexts[role])];
  }
}

const isName = ({ kind, word }: Token): boolean =>
  kind === 'identifier' ||
  kind === 'backquotedIdentifier' ||
  kind === 'quotedIdentifier' ||
  kind === 'digitIdentifier' ||
  kind === 'variable' ||
  (kind === 'keyword' && !isReserved(word));

/** Whether a token can be read as a name. */
export const canBeName = isName;

/** A quoted text without its quotes; doubled quotes within are single ones. */
export function unquote(text: string): string {
  const quote = text[0]!;
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
