import type { ColumnConstraint, Property, Statement, TableElement, TypeName } from './ast.ts';
import { formatExpression, formatName, formatString, formatTypeName } from './formatExpression.ts';
import { formatDuration, formatQuery } from './formatQuery.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

const name = (text: string): string => formatName(text, 'asNeeded');
const type = (one: TypeName): string => formatTypeName(one, name);

const property = ({ name: named, value }: Property): string =>
  `${/^[A-Z_][A-Z0-9_]*$/.test(named) ? name(named) : formatString(named)}=${formatExpression(value)}`;
const byName = (one: Property, other: Property): number => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);

/** Sorted by name, as ksqlDB does. */
const withProperties = (properties: readonly Property[]): string =>
  properties.length === 0 ? '' : ` WITH (${[...properties].sort(byName).map(property).join(', ')})`;

function constraintText(constraint: ColumnConstraint): string {
  if (constraint === null) return '';
  return typeof constraint === 'string' ? ` ${constraint}` : ` HEADER(${formatString(constraint.header)})`;
}

/** Columns as they stand in the bracket of a CREATE: also how ksqlDB writes a schema. */
export const formatColumns = (elements: readonly TableElement[]): string =>
  elements.map((element) => `${name(element.name)} ${type(element.type)}${constraintText(element.constraint)}`).join(', ');

const when = (condition: boolean, text: string): string => (condition ? text : '');
const queryOrAll = (statement: Of<'terminate' | 'pause' | 'resume'>): string =>
  `${statement.kind.toUpperCase()} ${statement.queryId === null ? 'ALL' : name(statement.queryId)}`;
const extended = (isExtended: boolean): string => when(isExtended, ' EXTENDED');

function describe({ what, name: named, extended: isExtended }: Of<'describe'>): string {
  const words = what === 'source' ? '' : ` ${what.toUpperCase()}`;
  return `DESCRIBE${words}${named === null ? '' : ` ${what === 'function' ? named : name(named)}`}${extended(isExtended)}`;
}

/** How each kind of statement is written, without its semicolon. */
const forms: { readonly [K in Statement['kind']]: (statement: Of<K>) => string } = {
  query: ({ query }) => formatQuery(query),
  createSource: (made) => {
    const start = `CREATE ${when(made.orReplace, 'OR REPLACE ')}${when(made.readOnly, 'SOURCE ')}${made.source} ${when(made.ifNotExists, 'IF NOT EXISTS ')}`;
    return start + name(made.name) + when(made.elements.length > 0, ` (${formatColumns(made.elements)})`) + withProperties(made.properties);
  },
  createAsSelect: (made) => {
    const start = `CREATE ${when(made.orReplace, 'OR REPLACE ')}${made.source} ${when(made.ifNotExists, 'IF NOT EXISTS ')}${name(made.name)}`;
    return `${start}${withProperties(made.properties)} AS ${formatQuery(made.query)}`;
  },
  createConnector: (made) =>
    `CREATE ${made.connector} CONNECTOR ${when(made.ifNotExists, 'IF NOT EXISTS ')}${name(made.name)}${withProperties(made.properties)}`,
  createType: (made) => `CREATE TYPE ${when(made.ifNotExists, 'IF NOT EXISTS ')}${name(made.name)} AS ${type(made.type)}`,
  drop: (dropped) =>
    `DROP ${dropped.source} ${when(dropped.ifExists, 'IF EXISTS ')}${name(dropped.name)}${when(dropped.deleteTopic, ' DELETE TOPIC')}`,
  dropConnector: (dropped) => `DROP CONNECTOR ${when(dropped.ifExists, 'IF EXISTS ')}${name(dropped.name)}`,
  dropType: (dropped) => `DROP TYPE ${when(dropped.ifExists, 'IF EXISTS ')}${name(dropped.name)}`,
  alterSource: ({ source, name: named, columns }) =>
    `ALTER ${source} ${name(named)}\n${columns.map((column) => `ADD COLUMN ${name(column.name)} ${type(column.type)}`).join(',\n')}`,
  insertSelect: ({ target, properties, query }) => `INSERT INTO ${name(target)}${withProperties(properties)} ${formatQuery(query)}`,
  insertValues: ({ target, columns, values }) =>
    `INSERT INTO ${name(target)} ${when(columns.length > 0, `(${columns.map(name).join(', ')}) `)}VALUES (${values.map((value) => formatExpression(value, 'asNeeded')).join(', ')})`,
  list: ({ what, all, extended: isExtended, scope }) =>
    `SHOW ${when(all, 'ALL ')}${scope === null ? '' : `${scope} `}${what}${extended(isExtended)}`,
  describe,
  explain: ({ statement, queryId }) => `EXPLAIN\n${statement ? formatStatement(statement) : name(queryId ?? '')}`,
  terminate: queryOrAll,
  pause: queryOrAll,
  resume: queryOrAll,
  set: ({ property: named, value }) => `SET ${formatString(named)}=${formatString(value)}`,
  alterSystem: ({ property: named, value }) => `ALTER SYSTEM ${formatString(named)}=${formatString(value)}`,
  unset: ({ property: named }) => `UNSET ${formatString(named)}`,
  define: ({ variable, value }) => `DEFINE ${variable}=${formatString(value)}`,
  undefine: ({ variable }) => `UNDEFINE ${variable}`,
  print: ({ topic, fromBeginning, interval, limit }) =>
    `PRINT ${formatString(topic)}${when(fromBeginning, ' FROM BEGINNING')}${interval === null ? '' : ` INTERVAL ${interval}`}${limit === null ? '' : ` LIMIT ${limit}`}`,
  assertTopic: ({ topic, exists, properties, timeout }) =>
    `ASSERT ${when(!exists, 'NOT EXISTS ')}TOPIC ${formatString(topic)}${withProperties(properties)}${timeout ? ` TIMEOUT ${formatDuration(timeout)}` : ''}`,
  assertSchema: ({ subject, id, exists, timeout }) => {
    const which = `${subject === null ? '' : ` SUBJECT ${formatString(subject)}`}${id === null ? '' : ` ID ${id}`}`;
    return `ASSERT ${when(!exists, 'NOT EXISTS ')}SCHEMA${which}${timeout ? ` TIMEOUT ${formatDuration(timeout)}` : ''}`;
  },
};

/** A statement as text in ksqlDB's form (SqlFormatter), without its semicolon. It reads as the same statement again. */
export function formatStatement(statement: Statement): string {
  return (forms[statement.kind] as (statement: Statement) => string)(statement);
}
