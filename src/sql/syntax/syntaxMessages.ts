import type { Place } from './ast.ts';
import { SqlError, type Mismatch } from './sqlError.ts';

/**
 * The words in which ksqlDB tells syntax errors (SyntaxErrorValidator and ParsingException over ANTLR's messages). Where ANTLR lists more than three tokens,
 * ksqlDB says nothing of them; they are in the error's `mismatch` all the same.
 */
export function syntaxError(detail: string, at: Place, mismatch: Mismatch): SqlError {
  return new SqlError(`line ${at.line}:${at.column}: Syntax Error\n${detail}`, at, mismatch);
}

export const nearMessage = (found: string, { line, column }: Place): string =>
  `Syntax error at or near '${found}' at line ${line}:${column}`;

export const missingMessage = (word: string, found: string): string => `missing '${word}' at '${found}'`;

export const reservedMessage = (found: string): string =>
  `"${found}" is a reserved keyword and it can't be used as an identifier. You can use it as an identifier by escaping it as '${found}' `;

export function endOfTextMessage(semicolonExpected: boolean): string {
  return `Syntax error at or near "<EOF>"\n${semicolonExpected ? "';'" : "'}', ']', or ')'"} is missing`;
}

export function expectedMessage(expected: readonly string[]): string {
  if (expected.length === 0 || expected.length > 3) return '';
  return `Expecting ${expected.length === 1 ? expected[0] : `{${expected.join(', ')}}`}`;
}

const commands = [
  'SELECT',
  'CREATE',
  'INSERT',
  'DESCRIBE',
  'PRINT',
  'EXPLAIN',
  'SHOW',
  'LIST',
  'TERMINATE',
  'PAUSE',
  'RESUME',
  'DROP',
  'SET',
  'DEFINE',
  'UNDEFINE',
  'UNSET',
  'ASSERT',
  'ALTER',
] as const;

/** How many letters have to be added, taken away or changed. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[to.length]!;
}

/** The statement that begins most like what was found is named with it. */
export function unknownStatementMessage(found: string): string {
  const upper = found.toUpperCase();
  let nearest: string = commands[0];
  for (const command of commands) if (editDistance(command, upper) < editDistance(nearest, upper)) nearest = command;
  return `Unknown statement '${found}'\nDid you mean '${nearest}'?`;
}
