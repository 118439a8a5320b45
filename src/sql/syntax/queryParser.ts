import type { AliasedSource, Expression, Join, Query, SelectItem, Window, Within } from './ast.ts';
import { canBeName, type Cursor } from './cursor.ts';
import { expression, valueExpression } from './expressionParser.ts';
import { duration, integerFor } from './literalParser.ts';
import { sourceName } from './names.ts';

function selectItem(cursor: Cursor): SelectItem {
  const { at, position } = cursor;
  if (cursor.accept('*')) return { kind: 'all', source: null, at };
  if (canBeName(cursor.token) && cursor.ahead(1).word === '.' && cursor.ahead(2).word === '*') {
    const source = cursor.name('source');
    cursor.qualifiers.push({ name: source, at });
    cursor.acceptAll('.', '*');
    return { kind: 'all', source, at };
  }
  const selected = expression(cursor);
  if (cursor.is('->')) {
    // What stands before `->*` is one operand, as before any `->`.
    if (cursor.lastPrimaryStart !== position) throw cursor.noWay();
    cursor.acceptAll('->', '*');
    return { kind: 'structAll', base: selected, at };
  }
  return { kind: 'single', expression: selected, alias: alias(cursor), at };
}

function alias(cursor: Cursor): string | null {
  return cursor.accept('AS') || cursor.isName('alias') ? cursor.name('new') : null;
}

/** EMIT and PARTITION are names as well; what follows tells. A text that ends with one is most likely not complete. */
function beginsClause(cursor: Cursor): boolean {
  const { word, kind } = cursor.ahead(1);
  if (cursor.is('EMIT')) return word === 'CHANGES' || word === 'FINAL' || kind === 'end';
  return cursor.is('PARTITION') && (word === 'BY' || kind === 'end');
}

function aliasedSource(cursor: Cursor): AliasedSource {
  const { at } = cursor;
  const name = sourceName(cursor, 'source');
  const isAliased = !beginsClause(cursor) && (cursor.accept('AS') || cursor.isName('alias'));
  const aliasName = isAliased ? sourceName(cursor, 'new') : name;
  cursor.sources.add(name).add(aliasName);
  return { name, alias: aliasName, at };
}

function joinType(cursor: Cursor): Join['type'] | null {
  if (cursor.accept('JOIN')) return 'INNER';
  const type = cursor.acceptOne(['INNER', 'LEFT', 'RIGHT', 'FULL'] as const);
  if (!type) return null;
  if (type !== 'INNER') cursor.accept('OUTER');
  cursor.expect('JOIN');
  return type === 'FULL' ? 'OUTER' : type;
}

const grace = (cursor: Cursor) => (cursor.acceptAll('GRACE', 'PERIOD') ? duration(cursor) : null);

function within(cursor: Cursor): Within | null {
  const { at } = cursor;
  if (!cursor.accept('WITHIN')) return null;
  if (!cursor.accept('(')) {
    const size = duration(cursor);
    return { before: size, after: size, grace: grace(cursor), at };
  }
  const before = duration(cursor);
  cursor.expect(',');
  const after = duration(cursor);
  cursor.expect(')');
  return { before, after, grace: grace(cursor), at };
}

function joins(cursor: Cursor): Join[] {
  const found: Join[] = [];
  for (;;) {
    const { at } = cursor;
    const type = joinType(cursor);
    if (!type) return found;
    const right = aliasedSource(cursor);
    const window = within(cursor);
    cursor.expect('ON');
    found.push({ type, right, within: window, on: expression(cursor), at });
  }
}

/** Retention and grace period, in this order, and the bracket that ends the window. */
function windowEnd(cursor: Cursor): Pick<Window, 'retention' | 'grace'> {
  let comma = cursor.accept(',');
  const retention = comma && cursor.accept('RETENTION') ? duration(cursor) : null;
  if (retention) comma = cursor.accept(',');
  const period = comma ? grace(cursor) : null;
  if (comma && !period) throw cursor.unexpected();
  cursor.expect(')');
  return { retention, grace: period };
}

function window(cursor: Cursor): Window | null {
  if (!cursor.accept('WINDOW')) return null;
  // A window may be named; nothing refers to the name.
  if (cursor.token.kind === 'identifier') cursor.advance();
  const { at } = cursor;
  const kind = cursor.acceptOne(['TUMBLING', 'HOPPING', 'SESSION'] as const);
  if (!kind) throw cursor.noWay();
  cursor.expect('(');
  if (kind === 'SESSION') return { kind, gap: duration(cursor), ...windowEnd(cursor), at };
  cursor.expect('SIZE');
  const size = duration(cursor);
  if (kind === 'TUMBLING') return { kind, size, ...windowEnd(cursor), at };
  cursor.expect(',');
  cursor.expect('ADVANCE');
  cursor.expect('BY');
  return { kind, size, advance: duration(cursor), ...windowEnd(cursor), at };
}

/** Expressions after GROUP BY or PARTITION BY: bare, or all of them in one pair of brackets. */
function expressions(cursor: Cursor): Expression[] {
  if (isBracketedList(cursor)) {
    cursor.expect('(');
    const list = cursor.is(')') ? [] : valueList(cursor);
    cursor.expect(')');
    return list;
  }
  return valueList(cursor);
}

/** Whether the bracket here holds several expressions or none, so that it is no bracket around one operand. */
function isBracketedList(cursor: Cursor): boolean {
  if (cursor.token.word !== '(') return false;
  if (cursor.ahead(1).word === ')') return true;
  for (let i = 1, depth = 1; cursor.ahead(i).kind !== 'end'; i++) {
    const { word } = cursor.ahead(i);
    if (word === '(' || word === '[') depth++;
    if (word === ')' || word === ']') depth--;
    if (depth === 0) return false;
    if (depth === 1 && word === ',') return true;
  }
  return false;
}

function valueList(cursor: Cursor): Expression[] {
  const list = [valueExpression(cursor)];
  while (cursor.accept(',')) list.push(valueExpression(cursor));
  return list;
}

export type QueryUse = 'persistent' | 'alone';

/** The query that begins with the SELECT here. */
export function query(cursor: Cursor, use: QueryUse): Query {
  const { at } = cursor;
  cursor.expect('SELECT');
  const select = [selectItem(cursor)];
  while (cursor.accept(',')) select.push(selectItem(cursor));
  cursor.expect('FROM');
  const from = aliasedSource(cursor);
  const found = {
    select,
    from,
    joins: joins(cursor),
    window: window(cursor),
    where: cursor.accept('WHERE') ? expression(cursor) : null,
    groupBy: cursor.acceptAll('GROUP', 'BY') ? expressions(cursor) : null,
    partitionBy: cursor.acceptAll('PARTITION', 'BY') ? expressions(cursor) : null,
    having: cursor.accept('HAVING') ? expression(cursor) : null,
    emit: emit(cursor, use),
    limit: cursor.accept('LIMIT') ? integerFor(cursor, 'LIMIT') : null,
  };
  return { ...found, at };
}

function emit(cursor: Cursor, use: QueryUse): Query['emit'] {
  if (!cursor.accept('EMIT')) return use === 'persistent' ? 'CHANGES' : null;
  const what = cursor.acceptOne(['CHANGES', 'FINAL'] as const);
  if (!what) throw cursor.unexpected();
  return what;
}
