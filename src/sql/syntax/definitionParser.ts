import type { ColumnConstraint, Expression, Place, Property, SourceKind, Statement, TableElement, TypeName } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { valueExpression } from './expressionParser.ts';
import { formatExpression } from './formatExpression.ts';
import { literal } from './literalParser.ts';
import { ifExists, ifNotExists, sourceName } from './names.ts';
import { query } from './queryParser.ts';
import { placeText } from './sqlError.ts';
import { typeName } from './typeParser.ts';
import { typedProperties, type PropertyOwner } from './withProperties.ts';
import { quoted } from './words.ts';

/** The properties after WITH, or none. */
export function withProperties(cursor: Cursor): Property[] {
  return cursor.accept('WITH') ? properties(cursor) : [];
}

function properties(cursor: Cursor): Property[] {
  const found: Property[] = [];
  cursor.expect('(');
  do {
    const { at } = cursor;
    const name = cursor.isShape('STRING') ? cursor.string() : cursor.name('property');
    cursor.expect('=');
    const value = literal(cursor);
    const before = found.find((property) => property.name === name);
    if (before) {
      const pairs = [before.value, value].map((one) => `${name}=${formatExpression(one)}`);
      cursor.deferPrepare(`Multiple entries with same key: ${pairs[1]} and ${pairs[0]}`, at);
    }
    found.push({ name, value, at });
  } while (cursor.accept(','));
  cursor.expect(')');
  return found;
}

/** The properties after WITH of the owner's kind, or none; what is wrong with them is told when the statement's turn comes. */
function ownProperties(cursor: Cursor, owner: PropertyOwner, written: readonly Property[], at: Place): readonly Property[] {
  const { properties: found, problem } = typedProperties(owner, written);
  const hasVariables = written.some(({ value }) => value.kind === 'string' && value.value.startsWith('${'));
  if (problem && !hasVariables) cursor.deferPrepare(problem.message, problem.at ?? at);
  return found;
}

function constraint(cursor: Cursor): ColumnConstraint {
  if (cursor.acceptAll('PRIMARY', 'KEY')) return 'PRIMARY KEY';
  if (cursor.accept('KEY')) return 'KEY';
  if (cursor.accept('HEADERS')) return 'HEADERS';
  if (!cursor.acceptAll('HEADER', '(')) return null;
  const header = cursor.string().trim();
  cursor.expect(')');
  // As in ksqlDB, an empty name asks for all headers.
  return header === '' ? 'HEADERS' : { header };
}

/** The columns in the bracket here. */
export function tableElements(cursor: Cursor): TableElement[] {
  const elements: TableElement[] = [];
  cursor.expect('(');
  do {
    const { at } = cursor;
    const name = cursor.name('new');
    elements.push({ name, type: typeName(cursor), constraint: constraint(cursor), at });
  } while (cursor.accept(','));
  cursor.expect(')');
  const names = elements.map(({ name }) => name);
  const twice = elements.filter(({ name }, i) => names.indexOf(name) === i && names.lastIndexOf(name) > i);
  if (twice.length > 0) cursor.deferPrepare(`Duplicate column names: ${twice.map(({ name }) => quoted(name)).join(', ')}`, twice[0]!.at);
  return elements;
}

/** Streams have keys, tables primary keys (CreateStream, CreateTable). */
function refuseWrongKey(cursor: Cursor, source: SourceKind, elements: readonly TableElement[]): void {
  const [wrong, right] = source === 'STREAM' ? ['PRIMARY KEY', 'KEY'] : ['KEY', 'PRIMARY KEY'];
  const column = elements.find((element) => element.constraint === wrong);
  if (!column) return;
  const place = `${placeText(column.at)}: Column ${quoted(column.name)} is a '${wrong}' column: please use '${right}' for ${source.toLowerCase()}s.`;
  const why =
    'Tables have PRIMARY KEYs, which are unique and NON NULL.\nStreams have KEYs, which have no uniqueness or NON NULL constraints.';
  cursor.defer(`${place}\n${why}`, column.at);
}

type WithoutPlace<S> = S extends Statement ? Omit<S, 'at'> : never;
/** A statement without its place, which is that of its first word. */
export type Unplaced = WithoutPlace<Statement>;

export function create(cursor: Cursor): Unplaced {
  const { at } = cursor;
  cursor.expect('CREATE');
  if (cursor.accept('TYPE')) return createType(cursor);
  const orReplace = cursor.acceptAll('OR', 'REPLACE');
  if (!orReplace && cursor.accept('SINK')) return createConnector(cursor, 'SINK');
  const readOnly = cursor.accept('SOURCE');
  if (!orReplace && readOnly && cursor.is('CONNECTOR')) return createConnector(cursor, 'SOURCE');
  const source = cursor.acceptOne(['STREAM', 'TABLE'] as const);
  if (!source) throw cursor.noWay();
  const start = { source, orReplace, ifNotExists: ifNotExists(cursor), name: sourceName(cursor, 'new') };
  const elements = cursor.is('(') ? tableElements(cursor) : [];
  const written = withProperties(cursor);
  if (!readOnly && elements.length === 0 && cursor.accept('AS'))
    return createAs(cursor, { ...start, properties: ownProperties(cursor, 'createAs', written, at) });
  const found = ownProperties(cursor, 'create', written, at);
  refuseWrongKey(cursor, source, elements);
  return { kind: 'createSource', ...start, readOnly, elements, properties: found };
}

type AsSelect = Omit<Extract<Unplaced, { readonly kind: 'createAsSelect' }>, 'kind' | 'query'>;

function createAs(cursor: Cursor, start: AsSelect): Unplaced {
  const { at } = cursor;
  const selected = query(cursor, 'persistent');
  if (selected.limit !== null) cursor.deferPrepare(`CREATE ${start.source} AS SELECT statements don't support LIMIT clause.`, at);
  return { kind: 'createAsSelect', ...start, query: selected };
}

function createType(cursor: Cursor): Unplaced {
  const notExists = ifNotExists(cursor);
  const name = cursor.name('new');
  cursor.expect('AS');
  return { kind: 'createType', name, ifNotExists: notExists, type: typeName(cursor) };
}

function createConnector(cursor: Cursor, connector: 'SOURCE' | 'SINK'): Unplaced {
  cursor.expect('CONNECTOR');
  const notExists = ifNotExists(cursor);
  const name = cursor.name('new');
  cursor.expect('WITH');
  return { kind: 'createConnector', connector, name, ifNotExists: notExists, properties: properties(cursor) };
}

export function drop(cursor: Cursor): Unplaced {
  cursor.expect('DROP');
  if (cursor.accept('TYPE')) return { kind: 'dropType', ifExists: ifExists(cursor), name: cursor.name('type') };
  if (cursor.accept('CONNECTOR')) return { kind: 'dropConnector', ifExists: ifExists(cursor), name: cursor.name('connector') };
  const source = cursor.acceptOne(['STREAM', 'TABLE'] as const);
  if (!source) throw cursor.noWay();
  const exists = ifExists(cursor);
  return { kind: 'drop', source, ifExists: exists, name: sourceName(cursor, 'source'), deleteTopic: cursor.acceptAll('DELETE', 'TOPIC') };
}

export function alter(cursor: Cursor): Unplaced {
  cursor.expect('ALTER');
  if (cursor.accept('SYSTEM')) {
    const property = cursor.string();
    cursor.expect('=');
    return { kind: 'alterSystem', property, value: cursor.string() };
  }
  const source = cursor.acceptOne(['STREAM', 'TABLE'] as const);
  if (!source) throw cursor.noWay();
  const name = sourceName(cursor, 'source');
  const columns: { name: string; type: TypeName }[] = [];
  do {
    cursor.expect('ADD');
    // COLUMN is a name as well: `ADD COLUMN INT` adds a column of that name.
    if (cursor.is('COLUMN') && !endsOption(cursor)) cursor.accept('COLUMN');
    columns.push({ name: cursor.name('new'), type: typeName(cursor) });
  } while (cursor.accept(','));
  return { kind: 'alterSource', source, name, columns };
}

const endsOption = (cursor: Cursor): boolean => [',', ';', '('].includes(cursor.ahead(2).word);

/** The values in the bracket here. */
function values(cursor: Cursor): Expression[] {
  const found: Expression[] = [];
  cursor.expect('(');
  if (cursor.accept(')')) return found;
  do found.push(valueExpression(cursor));
  while (cursor.accept(','));
  cursor.expect(')');
  return found;
}

export function insert(cursor: Cursor): Unplaced {
  cursor.expect('INSERT');
  cursor.expect('INTO');
  const target = sourceName(cursor, 'source');
  if (cursor.is('WITH') || cursor.is('SELECT')) {
    const { at } = cursor;
    const found = ownProperties(cursor, 'insert', withProperties(cursor), at);
    return { kind: 'insertSelect', target, properties: found, query: query(cursor, 'persistent') };
  }
  const columns: string[] = [];
  if (cursor.accept('(')) {
    do columns.push(cursor.name('column'));
    while (cursor.accept(','));
    cursor.expect(')');
  }
  cursor.expect('VALUES');
  const { at } = cursor;
  const found = values(cursor);
  if (found.length === 0) cursor.deferPrepare('Expected some values for INSERT INTO statement.', at);
  if (columns.length > 0 && columns.length !== found.length)
    cursor.deferPrepare(`Expected number columns and values to match: ${columns.length}, ${found.length}`, at);
  return { kind: 'insertValues', target, columns, values: found };
}
