/** Names of stream processors, told from the node alone, so that everybody who shows a group or an internal topic says the same. */
import type { PipelineNode } from './document.ts';

const comments = /--[^\n]*|\/\*[\s\S]*?\*\//g;
const name = '(`(?:[^`]|``)+`|"(?:[^"]|"")+"|\\w+)';
const creation = new RegExp(
  `\\bCREATE\\s+(?:OR\\s+REPLACE\\s+)?(STREAM|TABLE)\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?${name}\\s*(?:WITH\\s*\\([^)]*\\)\\s*)?AS\\b`,
  'i',
);

const unquoted = (text: string): string => (/^[`"]/.test(text) ? text.slice(1, -1) : text.toUpperCase());

/**
 * The id of a SQL node's query as ksqlDB makes it (`CSAS_RESULT_3`, QueryIdUtil), but with the number of the node where ksqlDB has that of the command, so that no other
 * statement changes it. A text without a query that creates something is taken for an INSERT INTO.
 */
export function queryIdOf(node: PipelineNode): string {
  const text = String(node.config['sql'] ?? '');
  const created = creation.exec(text.replaceAll(/'(?:[^']|'')*'/g, "''").replaceAll(comments, ' '));
  const number = /\d+$/.exec(node.id)?.[0] ?? node.id;
  if (created === null) return `INSERTQUERY_${number}`;
  return `${created[1]!.toUpperCase() === 'STREAM' ? 'CSAS' : 'CTAS'}_${unquoted(created[2]!)}_${number}`;
}

/** The application.id of a stream processor, which is its group's id too; null for every other kind. */
export function applicationIdOf(node: PipelineNode): string | null {
  if (node.kind !== 'sql' && node.kind !== 'operators') return null;
  const own = node.config['application.id'];
  if (typeof own === 'string' && own !== '') return own;
  if (node.kind === 'operators') return node.name;
  return `_confluent-ksql-default_query_${queryIdOf(node)}`;
}
