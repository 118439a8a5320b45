/** A document's stream processors as one script for ksqlDB. */
import type { PipelineDocument } from '../pipeline/document.ts';
import type { Finding } from '../pipeline/finding.ts';
import type { DataSource } from '../sql/plan/catalogue.ts';
import { formatName, formatString } from '../sql/syntax/formatExpression.ts';
import { typeText } from '../sql/types/typeText.ts';
import { planStreams, type PlannedStatement } from './plan.ts';

/** The CREATE STREAM or CREATE TABLE that declares a source of a topic, without its semicolon. */
export function declarationOf({ kind, name, schema, topic, keyFormat, valueFormat }: DataSource): string {
  const keyWord = kind === 'TABLE' ? ' PRIMARY KEY' : ' KEY';
  const column = (one: { readonly name: string; readonly type: DataSource['schema']['key'][number]['type'] }) =>
    `${formatName(one.name, 'asNeeded')} ${typeText(one.type)}`;
  const columns = [...schema.key.map((one) => column(one) + keyWord), ...schema.value.map(column)];
  const properties = [
    `KAFKA_TOPIC=${formatString(topic)}`,
    `KEY_FORMAT=${formatString(keyFormat.format)}`,
    `VALUE_FORMAT=${formatString(valueFormat.format)}`,
  ];
  return `CREATE ${kind} ${formatName(name, 'asNeeded')} (\n  ${columns.join(',\n  ')}\n) WITH (${properties.join(', ')})`;
}

const ended = (text: string): string => (text.endsWith(';') ? text : `${text};`);

/** With what was SET for it, which holds for it alone. */
function isolated({ text, settings }: PlannedStatement): string {
  const entries = Object.entries(settings);
  const set = entries.map(([name, value]) => `SET ${formatString(name)}=${formatString(value)};\n`).join('');
  const unset = entries.map(([name]) => `\nUNSET ${formatString(name)};`).join('');
  return set + ended(text) + unset;
}

/**
 * Declarations and queries in an order in which ksqlDB takes them: types and sources, streams that templates make, then each query after what it reads. Null where there is no
 * query; nodes that cannot run are left out, and the errors among the findings say so.
 */
export function ksqlScript(document: PipelineDocument): { readonly text: string | null; readonly findings: readonly Finding[] } {
  const { nodes, declarations, implicit, findings } = planStreams(document);
  const errors = findings.filter(({ severity, config }) => severity === 'error' && config !== 'operators');
  const queries = [...nodes.values()].filter(({ statement }) => statement !== null);
  if (queries.length === 0) return { text: null, findings: errors };
  const read = new Set(queries.flatMap(({ sourceTopics }) => sourceTopics));
  const parts = [
    ...declarations.map(isolated),
    ...implicit.filter(({ topic }) => read.has(topic)).map((source) => ended(declarationOf(source))),
    ...queries.flatMap(({ statement }) => (statement === null ? [] : [isolated(statement)])),
  ];
  return { text: `${parts.join('\n\n')}\n`, findings: errors };
}
