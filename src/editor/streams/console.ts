/** Questions to a pipeline in SQL: a session over its streams and tables, answered from the records of their topics. */
import type { PipelineDocument } from '../../pipeline/document.ts';
import { effectiveConfig } from '../../pipeline/index.ts';
import { builtInFunctions } from '../../sql/functions/builtIn.ts';
import { parseMoment } from '../../sql/functions/time/parse.ts';
import { utc } from '../../sql/functions/time/zones.ts';
import type { SourceRecord } from '../../sql/operators/row.ts';
import { emptyState, type Run } from '../../sql/operators/topology.ts';
import { bindFunctions } from '../../sql/plan/boundFunctions.ts';
import { Planner } from '../../sql/plan/planner.ts';
import type { QueryHost } from '../../sql/query/host.ts';
import { materialise, readRows } from '../../sql/query/materialised.ts';
import { Session, type Answer } from '../../sql/query/session.ts';
import { parseStatements } from '../../sql/syntax/parse.ts';
import type { Statement } from '../../sql/syntax/ast.ts';
import { SqlError } from '../../sql/syntax/sqlError.ts';
import type { StreamsPlan } from '../../streams/plan.ts';

/** Records of topics by their names. */
export type TopicRecords = ReadonlyMap<string, readonly SourceRecord[]>;

export interface Console {
  /** Topics whose records the statements of a text are answered from. Throws SqlError where the text cannot be read. */
  readonly topicsOf: (text: string) => readonly string[];
  /** Answers all statements of a text at a moment, milliseconds of virtual time. Throws an Error with ksqlDB's words at the first that is refused. */
  readonly ask: (text: string, records: TopicRecords, nowMs: number) => Answer[];
  /** The query's id in the pipeline by the name of its result. */
  readonly queryIds: ReadonlyMap<string, string>;
}

const parseTimestamp = (text: string, pattern: string): number => parseMoment(pattern, text, utc);

/** What only asks, or sets what asking goes by. */
const allowed: ReadonlySet<Statement['kind']> = new Set([
  'query',
  'list',
  'describe',
  'explain',
  'set',
  'unset',
  'define',
  'undefine',
  'assertTopic',
  'assertSchema',
]);

function readStatements(text: string): Statement[] {
  return parseStatements(text).map(({ statement, at }) => {
    if (!allowed.has(statement.kind))
      throw new SqlError(
        'Here statements only ask. What makes streams and tables stands in the text of an SQL node, and records come from producers.',
        at,
      );
    return statement;
  });
}

/** A session over what the pipeline has. */
export function openConsole(plan: StreamsPlan, document: PipelineDocument): Console {
  let records: TopicRecords = new Map();
  let nowMs = 0;
  const run: Omit<Run, 'state'> = {
    get wallClockMs() {
      return nowMs;
    },
    write: () => undefined,
    log: () => undefined,
    random: () => 0.5,
    now: () => nowMs,
  };
  const planner = new Planner({
    functions: (types) => bindFunctions(builtInFunctions, types),
    parseTimestamp,
    insert: () => undefined,
    run: { ...run, state: emptyState() },
  });
  const options = { parseTimestamp, throwsOnInvalidTimestamp: false };
  const recordsOf = (topic: string): readonly SourceRecord[] => records.get(topic) ?? [];
  const topics = document.nodes.filter(({ kind }) => kind === 'topic');
  const host: QueryHost = {
    topics: () =>
      topics.map((node) => {
        const config = effectiveConfig(node);
        return { name: node.name, partitions: Number(config['partitions']), replicas: Math.max(1, Number(config['replication.factor'])) };
      }),
    readersOf: (topic) => {
      const readers = [...plan.nodes.values()].filter(({ sourceTopics }) => sourceTopics.includes(topic)).length;
      return { consumers: readers, groups: readers };
    },
    rowsOf: (table, lookup) => readRows(table, lookup, materialise(table, recordsOf(table.topic), options, run)),
    recordsOf,
    deleteTopic: () => undefined,
    queryChanged: () => undefined,
    hasSchema: () => false,
    run,
  };
  const session = new Session({
    ...{ planner, library: builtInFunctions, parseTimestamp, host },
    functions: bindFunctions(builtInFunctions, planner.catalogue.types),
  });
  const made = new Set(
    [...plan.nodes.values()]
      .filter(({ queryId, statement }) => statement !== null && !queryId.startsWith('INSERTQUERY'))
      .map(({ sink }) => sink.name),
  );
  for (const [name, type] of plan.catalogue.types) planner.catalogue.types.set(name, type);
  for (const [name, source] of plan.catalogue.sources) if (!made.has(name)) planner.catalogue.sources.set(name, source);
  for (const { statement } of plan.nodes.values()) if (statement !== null) session.execute(`${statement.text.replace(/;\s*$/, '')};`);
  return {
    topicsOf: (text) => {
      const sources = readStatements(text).flatMap((statement) =>
        statement.kind === 'query' ? [statement.query.from.name, ...statement.query.joins.map(({ right }) => right.name)] : [],
      );
      return [...new Set(sources.flatMap((name) => planner.catalogue.sources.get(name)?.topic ?? []))];
    },
    ask: (text, given, atMs) => {
      readStatements(text);
      records = given;
      nowMs = atMs;
      return session.execute(text);
    },
    queryIds: new Map([...plan.nodes.values()].map(({ sink, queryId }) => [sink.name, queryId])),
  };
}
