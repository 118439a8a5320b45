/** What a session answers, as tables. */
import type { Entity, FieldInfo, SchemaInfo, SourceDescription } from '../../sql/query/entities.ts';
import type { PushRow } from '../../sql/query/pushPlan.ts';
import type { ResultColumn } from '../../sql/query/resultSchema.ts';
import { typeText } from '../../sql/types/typeText.ts';
import { cellText } from './rowWords.ts';

export interface AnswerTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A schema as SQL writes it. */
function schemaText({ type, fields, memberSchema, parameters }: SchemaInfo): string {
  if (parameters) return `DECIMAL(${parameters.precision}, ${parameters.scale})`;
  if (type === 'STRUCT') return `STRUCT<${(fields ?? []).map(({ name, schema }) => `${name} ${schemaText(schema)}`).join(', ')}>`;
  if (type === 'ARRAY') return `ARRAY<${schemaText(memberSchema!)}>`;
  return type === 'MAP' ? `MAP<STRING, ${schemaText(memberSchema!)}>` : type;
}

const fieldRow = ({ name, schema, fieldType }: FieldInfo): readonly string[] => [
  name,
  schemaText(schema),
  fieldType === 'KEY' ? 'key' : (fieldType?.toLowerCase() ?? ''),
];

const sourceTable = ({ name, type, topic, keyFormat, valueFormat, windowType, fields }: SourceDescription): AnswerTable => ({
  title: `${type === 'STREAM' ? 'Stream' : 'Table'} ${name} over ${topic}, key ${keyFormat}, value ${valueFormat}${windowType ? `, windows ${windowType}` : ''}`,
  columns: ['Column', 'Type', ''],
  rows: fields.map(fieldRow),
});

const sourceList = (
  title: string,
  sources: readonly {
    readonly name: string;
    readonly topic: string;
    readonly keyFormat: string;
    readonly valueFormat: string;
    readonly isWindowed: boolean;
  }[],
): AnswerTable => ({
  title,
  columns: ['Name', 'Topic', 'Key format', 'Value format', 'Windowed'],
  rows: sources.map(({ name, topic, keyFormat, valueFormat, isWindowed }) => [
    name,
    topic,
    keyFormat,
    valueFormat,
    isWindowed ? 'yes' : 'no',
  ]),
});

type Of<K extends Entity['@type']> = Extract<Entity, { readonly '@type': K }>;
type Ids = ReadonlyMap<string, string>;

/** How each kind of answer is shown. */
const tables: { readonly [K in Entity['@type']]: (entity: Of<K>, ids: Ids) => readonly AnswerTable[] } = {
  currentStatus: ({ commandStatus }) => [{ title: commandStatus.message, columns: [], rows: [] }],
  warning_entity: ({ message }) => [{ title: message, columns: [], rows: [] }],
  terminate_query: ({ queryId }) => [{ title: `Query ${queryId} was terminated.`, columns: [], rows: [] }],
  streams: ({ streams }) => [sourceList('Streams', streams)],
  tables: ({ tables: found }) => [sourceList('Tables', found)],
  queries: ({ queries }, ids) => [
    {
      title: 'Queries',
      columns: ['Query', 'Writes', 'State', 'Statement'],
      rows: queries.map(({ id, sinks, state, queryString }) => [ids.get(sinks[0] ?? '') ?? id, sinks.join(', '), state, queryString]),
    },
  ],
  query_descriptions: ({ queryDescriptions }, ids) =>
    queryDescriptions.map((one) => ({
      title: `Query ${ids.get(one.sinks[0] ?? '') ?? one.id}`,
      columns: ['Column', 'Type', ''],
      rows: one.fields.map(fieldRow),
    })),
  kafka_topics: ({ topics }) => [
    {
      title: 'Topics',
      columns: ['Name', 'Partitions', 'Replicas'],
      rows: topics.map(({ name, replicaInfo }) => [name, String(replicaInfo.length), String(replicaInfo[0] ?? 0)]),
    },
  ],
  kafka_topics_extended: ({ topics }) => [
    {
      title: 'Topics',
      columns: ['Name', 'Partitions', 'Replicas', 'Consumers', 'Groups'],
      rows: topics.map(({ name, replicaInfo, consumerCount, consumerGroupCount }) => [
        name,
        String(replicaInfo.length),
        String(replicaInfo[0] ?? 0),
        String(consumerCount),
        String(consumerGroupCount),
      ]),
    },
  ],
  properties: ({ properties }) => [
    { title: 'Properties', columns: ['Name', 'Value'], rows: properties.map(({ name, value }) => [name, value]) },
  ],
  function_names: ({ functions }) => [
    {
      title: 'Functions',
      columns: ['Name', 'Kind', 'Category'],
      rows: functions.map(({ name, type, category }) => [name, type.toLowerCase(), category]),
    },
  ],
  describe_function: ({ name, type, functions }) => [
    {
      title: `${name}, ${type.toLowerCase()} function`,
      columns: ['Arguments', 'Returns'],
      rows: functions.map(({ arguments: args, returnType }) => [
        args.map((one) => `${one.type}${one.isVariadic ? '…' : ''} ${one.name}`.trim()).join(', '),
        returnType,
      ]),
    },
  ],
  type_list: ({ types }) => [
    { title: 'Types', columns: ['Name', 'Type'], rows: Object.entries(types).map(([name, schema]) => [name, schemaText(schema)]) },
  ],
  variables: ({ variables }) => [
    { title: 'Variables', columns: ['Name', 'Value'], rows: variables.map(({ name, value }) => [name, value]) },
  ],
  sourceDescription: ({ sourceDescription }) => [sourceTable(sourceDescription)],
  source_descriptions: ({ sourceDescriptions }) => sourceDescriptions.map(sourceTable),
  queryDescription: ({ queryDescription }, ids) => [
    {
      title: `Query ${ids.get(queryDescription.sinks[0] ?? '') ?? queryDescription.id}`,
      columns: ['Column', 'Type', ''],
      rows: queryDescription.fields.map(fieldRow),
    },
    { title: 'Topology', columns: [], rows: queryDescription.topology === '' ? [] : [[queryDescription.topology]] },
  ],
  assert_topic: ({ topicName, exists }) => [
    { title: `Topic ${topicName} ${exists ? 'exists' : 'does not exist'}, as asserted.`, columns: [], rows: [] },
  ],
  assert_schema: ({ subject, exists }) => [
    { title: `Schema ${subject ?? ''} ${exists ? 'exists' : 'does not exist'}, as asserted.`, columns: [], rows: [] },
  ],
};

/** The tables of an answer that is no rows. `ids` are the pipeline's ids of its queries by the names of their results. */
export function entityTables(entity: Entity, ids: Ids): readonly AnswerTable[] {
  const show = tables[entity['@type']] as (entity: Entity, ids: Ids) => readonly AnswerTable[];
  return [...show(entity, ids), ...entity.warnings.map((warning) => ({ title: warning, columns: [], rows: [] }))];
}

/** Rows of a query as texts; a row of a table that is gone says so by a sign before its key. */
export function rowCells(columns: readonly ResultColumn[], { columns: row, isTombstone }: PushRow): readonly string[] {
  return row.map((value, i) => (isTombstone && value === null ? '' : cellText(value, columns[i]!.type)));
}

export const columnTitles = (columns: readonly ResultColumn[]): readonly string[] =>
  columns.map(({ name, type }) => `${name} ${typeText(type, false)}`);
