import type { Place } from './ast.ts';

/** What the text had at the place of a syntax error, and everything that could have stood there instead. */
export interface Mismatch {
  readonly found: string;
  readonly expected: readonly string[];
}

/** What is wrong with a text of SQL, and where; thrown by everything that reads, types or plans it. */
export class SqlError extends Error {
  /** Null where the fault is not of one place. */
  readonly at: Place | null;
  /** Null unless the text itself cannot be read. */
  readonly mismatch: Mismatch | null;

  constructor(message: string, at: Place | null = null, mismatch: Mismatch | null = null) {
    super(message);
    this.name = 'SqlError';
    this.at = at;
    this.mismatch = mismatch;
  }
}

/** As ksqlDB's NodeLocation writes a place. */
export const placeText = (at: Place): string => `Line: ${at.line}, Col: ${at.column}`;
