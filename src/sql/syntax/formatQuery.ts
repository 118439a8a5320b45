import type { AliasedSource, Duration, Expression, Join, Query, SelectItem, Window, Within } from './ast.ts';
import { formatExpression, formatName } from './formatExpression.ts';

const name = (text: string): string => formatName(text, 'asNeeded');
const expression = (one: Expression): string => formatExpression(one, 'asNeeded');
const list = (expressions: readonly Expression[]): string => (expressions.length === 0 ? '()' : expressions.map(expression).join(', '));

export const formatDuration = ({ value, unit }: Duration): string => `${value} ${unit}`;

function selectItem(item: SelectItem): string {
  switch (item.kind) {
    case 'all':
      return item.source === null ? '*' : `${name(item.source)}.*`;
    case 'structAll':
      return `${expression(item.base)}->*`;
    case 'single':
      return expression(item.expression) + (item.alias === null ? '' : ` ${name(item.alias)}`);
  }
}

const source = ({ name: named, alias }: AliasedSource): string => `${name(named)} ${name(alias)}`;

const sameLength = (one: Duration, other: Duration): boolean => one.value === other.value && one.unit === other.unit;

function formatWithin({ before, after, grace }: Within): string {
  const size = sameLength(before, after) ? formatDuration(before) : `(${formatDuration(before)}, ${formatDuration(after)})`;
  return ` WITHIN ${size}${grace ? ` GRACE PERIOD ${formatDuration(grace)}` : ''}`;
}

const joinTexts: Readonly<Record<Join['type'], string>> = { INNER: 'INNER', LEFT: 'LEFT OUTER', RIGHT: 'RIGHT OUTER', OUTER: 'FULL OUTER' };

const join = ({ type, right, within, on }: Join): string =>
  `\n${joinTexts[type]} JOIN ${source(right)}${within ? formatWithin(within) : ''} ON (${expression(on)})`;

function windowSize(window: Window): string {
  if (window.kind === 'SESSION') return formatDuration(window.gap);
  const size = `SIZE ${formatDuration(window.size)}`;
  return window.kind === 'HOPPING' ? `${size} , ADVANCE BY ${formatDuration(window.advance)}` : size;
}

function formatWindow(window: Window): string {
  const { kind, retention, grace } = window;
  const ends = `${retention ? ` , RETENTION ${formatDuration(retention)}` : ''}${grace ? ` , GRACE PERIOD ${formatDuration(grace)}` : ''}`;
  return `WINDOW ${kind} ( ${windowSize(window)}${ends} ) `;
}

/** A query as ksqlDB writes it (SqlFormatter): a clause a line, every source with its alias. */
export function formatQuery(query: Query): string {
  const { select, from, joins, window, where, groupBy, partitionBy, having, emit, limit } = query;
  const items = select.map(selectItem);
  return [
    items.length > 1 ? `SELECT${items.map((item) => `\n  ${item}`).join(',')}` : `SELECT ${items.join('')}`,
    `FROM ${source(from)}${joins.map(join).join('')}`,
    window && formatWindow(window),
    where && `WHERE ${expression(where)}`,
    groupBy && `GROUP BY ${list(groupBy)}`,
    partitionBy && `PARTITION BY ${list(partitionBy)}`,
    having && `HAVING ${expression(having)}`,
    emit && `EMIT ${emit}`,
    limit === null ? null : `LIMIT ${limit}`,
  ]
    .filter((line) => line !== null)
    .join('\n');
}
