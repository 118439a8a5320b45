import type { Statement } from './ast.ts';
import { assertion, control, define, describe, list, print, set, undefine, unset } from './administrationParser.ts';
import type { Cursor } from './cursor.ts';
import { alter, create, drop, insert, type Unplaced } from './definitionParser.ts';
import { query } from './queryParser.ts';
import { unknownStatementMessage } from './syntaxMessages.ts';
import { isReserved } from './words.ts';

/** How a statement is read, by its first word. */
const statements: Readonly<Record<string, (cursor: Cursor) => Unplaced>> = {
  SELECT: (cursor) => ({ kind: 'query', query: query(cursor, 'alone') }),
  CREATE: create,
  INSERT: insert,
  DROP: drop,
  ALTER: alter,
  LIST: list,
  SHOW: list,
  DESCRIBE: describe,
  PRINT: print,
  EXPLAIN: explain,
  TERMINATE: control,
  PAUSE: control,
  RESUME: control,
  SET: set,
  UNSET: unset,
  DEFINE: define,
  UNDEFINE: undefine,
  ASSERT: assertion,
};

const firstWords = Object.keys(statements);

/** Of a statement, or of a query by its id. Words that begin a statement may be ids: what follows tells. */
function explain(cursor: Cursor): Unplaced {
  cursor.expect('EXPLAIN');
  const isId = cursor.ahead(1).word === ';' && !isReserved(cursor.token.word);
  const beginsStatement = firstWords.some((word) => cursor.is(word)) && !isId;
  if (beginsStatement) return { kind: 'explain', statement: cursor.nested(() => statement(cursor)), queryId: null };
  return { kind: 'explain', statement: null, queryId: cursor.name('query') };
}

/** The statement that must begin here, up to its semicolon. */
export function statement(cursor: Cursor): Statement {
  const { at } = cursor;
  const word = firstWords.find((first) => cursor.is(first));
  if (!word) throw cursor.error(unknownStatementMessage(cursor.textOf(cursor.token)));
  return { ...statements[word]!(cursor), at };
}
