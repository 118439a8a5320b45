import type { Expression, Place, When } from './ast.ts';
import { canBeName, unquote, type Cursor } from './cursor.ts';
import { formatExpression } from './formatExpression.ts';
import { acceptTimeUnit, isNumber, literal } from './literalParser.ts';
import { placeText } from './sqlError.ts';
import { typeName } from './typeParser.ts';

/** How what stands inside brackets is read; given, so that this file need not know the one that calls it. */
export interface Inner {
  readonly expression: (cursor: Cursor) => Expression;
  readonly valueExpression: (cursor: Cursor) => Expression;
}

/** An operand with all that is hung on it: indexes and fields. */
export function primaryExpression(cursor: Cursor, inner: Inner): Expression {
  const start = cursor.position;
  const { at } = cursor;
  let base = operand(cursor, inner);
  for (;;) {
    if (cursor.accept('[')) {
      const index = inner.valueExpression(cursor);
      cursor.expect(']');
      base = { kind: 'subscript', base, index, at };
    } else if (cursor.is('->') && cursor.ahead(1).word !== '*') {
      cursor.advance();
      base = { kind: 'field', base, name: cursor.name('field'), at };
    } else {
      cursor.lastPrimaryStart = start;
      return base;
    }
  }
}

function operand(cursor: Cursor, inner: Inner): Expression {
  const { at } = cursor;
  if (cursor.is('CASE')) return caseExpression(cursor, inner);
  if (cursor.is('CAST')) return cast(cursor, inner);
  const constructed = constructor(cursor, inner);
  if (constructed) return constructed;
  if (cursor.accept('(')) {
    const bracketed = inner.expression(cursor);
    cursor.expectOnly(')');
    return bracketed;
  }
  if (isLiteral(cursor)) return literal(cursor);
  if (!cursor.isName('column')) throw cursor.noWay();
  const next = cursor.ahead(1);
  if (next.kind === 'string') return typedLiteral(cursor);
  if (next.word === '(') return call(cursor, inner, at);
  return columnReference(cursor, at);
}

function isLiteral(cursor: Cursor): boolean {
  const words = cursor.is('NULL') || cursor.is('TRUE') || cursor.is('FALSE');
  const next = cursor.ahead(1);
  const isValue = cursor.isShape('VARIABLE') && next.word !== '.' && next.word !== '(' && next.kind !== 'string';
  return words || isValue || cursor.isShape('STRING') || isNumber(cursor);
}

/** Only decimals can be written so, and only with their type's name in quotes, because the word alone is reserved. */
function typedLiteral(cursor: Cursor): Expression {
  const { at } = cursor;
  const type = cursor.name('column');
  const text = unquote(cursor.textOf(cursor.advance()));
  if (type !== 'DECIMAL') cursor.deferPrepare(`Unknown type: ${type}, location:Optional[${placeText(at)}]`, at);
  return { kind: 'decimal', text, at };
}

function columnReference(cursor: Cursor, at: Place): Expression {
  const first = cursor.name('column');
  if (!cursor.accept('.')) {
    const kind = cursor.lambdaParameters.includes(first) ? 'lambdaVariable' : 'column';
    return kind === 'column' ? { kind, source: null, name: first, at } : { kind, name: first, at };
  }
  cursor.qualifiers.push({ name: first, at });
  return { kind: 'column', source: first, name: cursor.name('field'), at };
}

function caseExpression(cursor: Cursor, inner: Inner): Expression {
  const { at } = cursor;
  cursor.expect('CASE');
  const operand = cursor.is('WHEN') ? null : inner.valueExpression(cursor);
  const whens: When[] = [];
  do {
    cursor.expect('WHEN');
    const when = inner.expression(cursor);
    cursor.expect('THEN');
    whens.push({ when, then: inner.expression(cursor) });
  } while (cursor.is('WHEN'));
  const otherwise = cursor.accept('ELSE') ? inner.expression(cursor) : null;
  cursor.expect('END');
  return operand ? { kind: 'simpleCase', operand, whens, otherwise, at } : { kind: 'searchedCase', whens, otherwise, at };
}

function cast(cursor: Cursor, inner: Inner): Expression {
  const { at } = cursor;
  cursor.expect('CAST');
  cursor.expect('(');
  const operand = inner.expression(cursor);
  cursor.expect('AS');
  const type = typeName(cursor);
  cursor.expect(')');
  return { kind: 'cast', operand, type, at };
}

/** ARRAY[…], MAP(…) and STRUCT(…); these words are names elsewhere. */
function constructor(cursor: Cursor, inner: Inner): Expression | null {
  const { at } = cursor;
  const next = cursor.ahead(1).word;
  if (cursor.is('ARRAY') && next === '[') {
    cursor.acceptAll('ARRAY', '[');
    return { kind: 'array', items: listUntil(cursor, ']', () => inner.expression(cursor)), at };
  }
  if (cursor.is('MAP') && next === '(') {
    cursor.acceptAll('MAP', '(');
    const entries = listUntil(cursor, ')', () => {
      const key = inner.expression(cursor);
      cursor.expect(':=');
      return { key, value: inner.expression(cursor) };
    });
    refuseEqualKeys(cursor, entries);
    return { kind: 'map', entries, at };
  }
  if (cursor.is('STRUCT') && next === '(' && (canBeName(cursor.ahead(2)) || cursor.ahead(2).word === ')')) {
    cursor.acceptAll('STRUCT', '(');
    const fields = listUntil(cursor, ')', () => {
      const name = cursor.name('new');
      cursor.expect(':=');
      return { name, value: inner.expression(cursor) };
    });
    return { kind: 'struct', fields, at };
  }
  return null;
}

function listUntil<T>(cursor: Cursor, end: string, item: () => T): T[] {
  const items: T[] = [];
  if (cursor.accept(end)) return items;
  do items.push(item());
  while (cursor.accept(','));
  cursor.expect(end);
  return items;
}

function refuseEqualKeys(cursor: Cursor, entries: readonly { readonly key: Expression; readonly value: Expression }[]): void {
  const seen = new Map<string, Expression>();
  for (const { key, value } of entries) {
    const text = formatExpression(key);
    const before = seen.get(text);
    if (before) {
      const pairs = [before, value].map((one) => `${text}=${formatExpression(one)}`);
      cursor.deferPrepare(`Multiple entries with same key: ${pairs[1]} and ${pairs[0]}`, key.at);
    }
    seen.set(text, value);
  }
}

function call(cursor: Cursor, inner: Inner, at: Place): Expression {
  const name = cursor.name('column').toUpperCase();
  cursor.expect('(');
  if (cursor.accept('*')) {
    cursor.expect(')');
    return { kind: 'call', name, args: [], at };
  }
  let lambdas = 0;
  const args = listUntil(cursor, ')', () => {
    // Lambdas are the last arguments, and never the first.
    if (lambdas > 0 || (cursor.previous().word === ',' && atLambda(cursor))) {
      if (!atLambda(cursor)) throw cursor.noWay();
      lambdas++;
      return lambda(cursor, inner);
    }
    return argument(cursor, inner);
  });
  return { kind: 'call', name, args, at };
}

/** A unit of time is an argument where the word cannot be a name: in the plural, and MILLISECOND. */
function argument(cursor: Cursor, inner: Inner): Expression {
  const { at } = cursor;
  const unit = canBeName(cursor.token) ? null : acceptTimeUnit(cursor);
  return unit ? { kind: 'interval', value: 1n, unit, at } : inner.expression(cursor);
}

/** Whether `x =>` or `(x, y) =>` stands here. */
function atLambda(cursor: Cursor): boolean {
  if (canBeName(cursor.token)) return cursor.ahead(1).word === '=>';
  if (cursor.token.word !== '(') return false;
  let i = 1;
  for (; canBeName(cursor.ahead(i)) && cursor.ahead(i + 1).word === ','; i += 2);
  return canBeName(cursor.ahead(i)) && cursor.ahead(i + 1).word === ')' && cursor.ahead(i + 2).word === '=>';
}

function lambda(cursor: Cursor, inner: Inner): Expression {
  const { at } = cursor;
  const params: string[] = [];
  if (cursor.accept('(')) {
    do params.push(cursor.name('new'));
    while (cursor.accept(','));
    cursor.expect(')');
  } else params.push(cursor.name('new'));
  cursor.expect('=>');
  const outside = cursor.lambdaParameters.length;
  cursor.lambdaParameters.push(...params);
  const body = inner.expression(cursor);
  cursor.lambdaParameters.length = outside;
  return { kind: 'lambda', params, body, at };
}
