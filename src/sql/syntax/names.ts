import type { Cursor } from './cursor.ts';
import { placeText } from './sqlError.ts';

/** The name of a stream or table: what a topic may be called (ParserUtil.getSourceName). */
export function sourceName(cursor: Cursor, role: 'source' | 'new'): string {
  const { at } = cursor;
  const name = cursor.name(role);
  const isVariable = name.startsWith('${');
  if (!isVariable && !/^[a-zA-Z0-9_-]*$/.test(name))
    cursor.defer(`Illegal argument at ${placeText(at)}. Source names may only contain alphanumeric values, '_' or '-'. Got: '${name}'`, at);
  return name;
}

/** The name of a topic or a subject: a text, or a name whose letters are kept as written. */
export function resourceName(cursor: Cursor): string {
  if (cursor.isShape('STRING')) return cursor.string();
  if (!cursor.isName('topic')) throw cursor.noWay();
  const { token } = cursor;
  const name = cursor.name('topic');
  const isQuoted = token.kind === 'quotedIdentifier' || token.kind === 'backquotedIdentifier';
  return isQuoted ? name : cursor.textOf(token);
}

export const ifNotExists = (cursor: Cursor): boolean =>
  cursor.is('IF') && cursor.ahead(1).word === 'NOT' && cursor.acceptAll('IF', 'NOT', 'EXISTS');
export const ifExists = (cursor: Cursor): boolean =>
  cursor.is('IF') && cursor.ahead(1).word === 'EXISTS' && cursor.acceptAll('IF', 'EXISTS');
