import type { TypeName } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { integerFor } from './literalParser.ts';

function parameters(cursor: Cursor): number[] {
  if (!cursor.accept('(')) return [];
  const found: number[] = [];
  do {
    if (cursor.accept('STRING')) continue;
    if (!cursor.isShape('INTEGER_VALUE')) throw cursor.unexpected();
    found.push(Number(cursor.textOf(cursor.advance())));
  } while (cursor.accept(','));
  cursor.expect(')');
  return found;
}

function structFields(cursor: Cursor): { name: string; type: TypeName }[] {
  const fields: { name: string; type: TypeName }[] = [];
  if (cursor.accept('>')) return fields;
  do fields.push({ name: cursor.name('new'), type: typeName(cursor) });
  while (cursor.accept(','));
  cursor.expect('>');
  return fields;
}

function item(cursor: Cursor): TypeName {
  const { at } = cursor;
  // Words that are names elsewhere: only what follows tells.
  const opens = (word: string, bracket: string) => cursor.is(word) && cursor.ahead(1).word === bracket;
  if (opens('ARRAY', '<')) {
    cursor.acceptAll('ARRAY', '<');
    const of = typeName(cursor);
    cursor.expect('>');
    return { kind: 'array', item: of, at };
  }
  if (opens('MAP', '<')) {
    cursor.acceptAll('MAP', '<');
    const key = typeName(cursor);
    cursor.expect(',');
    const value = typeName(cursor);
    cursor.expect('>');
    return { kind: 'map', key, value, at };
  }
  if (opens('STRUCT', '<')) {
    cursor.acceptAll('STRUCT', '<');
    return { kind: 'struct', fields: structFields(cursor), at };
  }
  if (cursor.acceptAll('DECIMAL', '(')) {
    const precision = integerFor(cursor, 'DECIMAL(PRECISION)');
    cursor.expect(',');
    const scale = integerFor(cursor, 'DECIMAL(SCALE)');
    cursor.expect(')');
    return { kind: 'simple', name: 'DECIMAL', parameters: [precision, scale], at };
  }
  if (!cursor.isName('type')) throw cursor.noWay();
  return { kind: 'simple', name: cursor.name('type'), parameters: parameters(cursor), at };
}

/** The type that must stand here. `T ARRAY` is ARRAY<T>. */
export function typeName(cursor: Cursor): TypeName {
  return cursor.nested(() => {
    let type = item(cursor);
    while (cursor.accept('ARRAY')) type = { kind: 'array', item: type, at: type.at };
    return type;
  });
}
