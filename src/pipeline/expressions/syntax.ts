/** The expression language of conditions, map fields and keys, as plain data. Evaluated by `engine/values`. */

/** What every parser of small texts answers when the text is wrong. Lines and columns count from 1; single-line texts have line 1. */
export interface ParseFailure {
  readonly ok: false;
  readonly line: number;
  readonly column: number;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** One sentence: what to do. */
  readonly remedy: string;
}

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** The functions, with the fewest and the most arguments each takes. */
export const expressionFunctions = {
  upper: [1, 1],
  lower: [1, 1],
  length: [1, 1],
  concat: [1, 50],
  coalesce: [1, 50],
  round: [1, 2],
  floor: [1, 1],
  abs: [1, 1],
  substring: [2, 3],
  contains: [2, 2],
} as const satisfies Record<string, readonly [number, number]>;

export type FunctionName = keyof typeof expressionFunctions;

export type Expression =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'key' }
  /** Milliseconds, as Kafka counts record timestamps. */
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'partition' }
  | { readonly kind: 'offset' }
  /** The value (empty path), or a field of it. Numbers in brackets are kept as their digits. */
  | { readonly kind: 'value'; readonly path: readonly string[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'compare'; readonly operator: ComparisonOperator; readonly left: Expression; readonly right: Expression }
  /** `= null` and `!= null`: the only comparisons that null takes part in. */
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean }
  | { readonly kind: 'arithmetic'; readonly operator: ArithmeticOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'in'; readonly operand: Expression; readonly choices: readonly Expression[]; readonly negated: boolean }
  /** `%` stands for any text, `_` for one character. */
  | { readonly kind: 'like'; readonly operand: Expression; readonly pattern: string; readonly negated: boolean }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly arguments: readonly Expression[] };

/** Longest expression accepted, in UTF-16 units; the configs that hold one have the same limit. */
export const expressionLengthMax = 4_000;

/** A failure at a column of line 1, or of the line given. */
export function failure(column: number, message: string, remedy: string, line = 1): ParseFailure {
  return { ok: false, line, column, message, remedy };
}

/** Thrown inside a parser and turned into its answer at the door; never leaves this folder's or the templates' public functions. */
export class ParseError extends Error {
  readonly column: number;
  readonly remedy: string;
  constructor(column: number, message: string, remedy: string) {
    super(message);
    this.column = column;
    this.remedy = remedy;
  }
}

/** Runs a parser and turns its ParseError into a failure value; a bug stays an exception. */
export function attempt<T>(parse: () => T): T | ParseFailure {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) return failure(error.column, error.message, error.remedy);
    throw error;
  }
}
