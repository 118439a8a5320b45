import type { Place } from './ast.ts';

/** What is wrong with a text of SQL, and where; thrown by everything that reads, types or plans it. */
export class SqlError extends Error {
  /** Null where the fault is not of one place. */
  readonly at: Place | null;

  constructor(message: string, at: Place | null = null) {
    super(message);
    this.name = 'SqlError';
    this.at = at;
  }
}
