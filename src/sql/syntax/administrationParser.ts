import { canBeName, type Cursor } from './cursor.ts';
import { withProperties, type Unplaced } from './definitionParser.ts';
import { duration, integerFor, literal } from './literalParser.ts';
import { resourceName, sourceName } from './names.ts';

type Listing = Omit<Extract<Unplaced, { readonly kind: 'list' }>, 'kind'>;

const listing = (what: Listing['what'], more: Partial<Listing> = {}): Unplaced => ({
  kind: 'list',
  what,
  all: false,
  extended: false,
  scope: null,
  ...more,
});

export function list(cursor: Cursor): Unplaced {
  if (!cursor.acceptOne(['LIST', 'SHOW'])) throw cursor.unexpected();
  const plain = cursor.acceptOne(['PROPERTIES', 'FUNCTIONS', 'TYPES', 'VARIABLES'] as const);
  if (plain) return listing(plain);
  const extensible = cursor.acceptOne(['STREAMS', 'TABLES', 'QUERIES'] as const);
  if (extensible) return listing(extensible, { extended: cursor.accept('EXTENDED') });
  const scope = cursor.acceptOne(['SOURCE', 'SINK'] as const);
  if (cursor.accept('CONNECTORS')) return listing('CONNECTORS', { scope });
  if (scope) throw cursor.unexpected();
  if (cursor.acceptAll('CONNECTOR', 'PLUGINS')) return listing('CONNECTOR PLUGINS');
  const all = cursor.accept('ALL');
  if (!cursor.accept('TOPICS')) throw cursor.noWay();
  return listing('TOPICS', { all, extended: cursor.accept('EXTENDED') });
}

export function describe(cursor: Cursor): Unplaced {
  cursor.expect('DESCRIBE');
  const kind = 'describe';
  if (cursor.accept('STREAMS')) return { kind, what: 'streams', name: null, extended: cursor.accept('EXTENDED') };
  if (cursor.accept('CONNECTOR')) return { kind, what: 'connector', name: cursor.name('connector'), extended: false };
  // FUNCTION and TABLES are names of sources as well.
  if (cursor.is('FUNCTION') && canBeName(cursor.ahead(1))) {
    cursor.advance();
    return { kind, what: 'function', name: cursor.textOf(cursor.advance()), extended: false };
  }
  if (cursor.accept('TABLES')) return { kind, what: 'tables', name: null, extended: cursor.accept('EXTENDED') };
  if (!cursor.isName('source')) throw cursor.noWay();
  return { kind, what: 'source', name: sourceName(cursor, 'source'), extended: cursor.accept('EXTENDED') };
}

export function print(cursor: Cursor): Unplaced {
  cursor.expect('PRINT');
  return {
    kind: 'print',
    topic: resourceName(cursor),
    fromBeginning: cursor.acceptAll('FROM', 'BEGINNING'),
    interval: cursor.acceptOne(['INTERVAL', 'SAMPLE']) ? integerFor(cursor, 'INTERVAL') : null,
    limit: cursor.accept('LIMIT') ? integerFor(cursor, 'LIMIT') : null,
  };
}

/** TERMINATE, PAUSE and RESUME. */
export function control(cursor: Cursor): Unplaced {
  const kind = cursor.advance().word.toLowerCase() as 'terminate' | 'pause' | 'resume';
  return { kind, queryId: cursor.accept('ALL') ? null : cursor.name('query') };
}

export function set(cursor: Cursor): Unplaced {
  cursor.expect('SET');
  const property = cursor.string();
  cursor.expect('=');
  return { kind: 'set', property, value: cursor.string() };
}

export function unset(cursor: Cursor): Unplaced {
  cursor.expect('UNSET');
  return { kind: 'unset', property: cursor.string() };
}

/** A variable's name: any word without quotes, reserved ones too, as written. */
function variableName(cursor: Cursor): string {
  const { kind } = cursor.token;
  if (kind !== 'identifier' && kind !== 'keyword') {
    cursor.isName('new');
    throw cursor.unexpected();
  }
  return cursor.textOf(cursor.advance());
}

export function define(cursor: Cursor): Unplaced {
  cursor.expect('DEFINE');
  const variable = variableName(cursor);
  cursor.expect('=');
  return { kind: 'define', variable, value: cursor.string() };
}

export function undefine(cursor: Cursor): Unplaced {
  cursor.expect('UNDEFINE');
  return { kind: 'undefine', variable: variableName(cursor) };
}

export function assertion(cursor: Cursor): Unplaced {
  cursor.expect('ASSERT');
  const exists = !cursor.acceptAll('NOT', 'EXISTS');
  if (cursor.accept('TOPIC')) {
    const topic = resourceName(cursor);
    return { kind: 'assertTopic', topic, exists, properties: withProperties(cursor), timeout: timeout(cursor) };
  }
  if (!cursor.accept('SCHEMA')) throw cursor.noWay();
  const { at } = cursor;
  const subject = cursor.accept('SUBJECT') ? resourceName(cursor) : null;
  const id = cursor.accept('ID') ? schemaId(cursor) : null;
  if (subject === null && id === null) cursor.deferPrepare('ASSERT SCHEMA statements much include a subject name or an id', at);
  return { kind: 'assertSchema', subject, id, exists, timeout: timeout(cursor) };
}

function schemaId(cursor: Cursor): number {
  const { at } = cursor;
  const value = literal(cursor);
  if (value.kind === 'integer') return value.value;
  cursor.deferPrepare('ID must be an integer', at);
  return 0;
}

const timeout = (cursor: Cursor) => (cursor.accept('TIMEOUT') ? duration(cursor) : null);
