/** Lists and descriptions of streams, tables, queries and topics (`ListSourceExecutor`, `ListQueriesExecutor`, `ListTopicsExecutor`, `ExplainExecutor`). */
import type { DataSource } from '../plan/catalogue.ts';
import type { SourceKind } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { madeFrom } from './definitions.ts';
import type { Entity, QueryDescription, RunningQueryInfo, SourceDescription, SourceInfo } from './entities.ts';
import { fieldsOf } from './schemaInfo.ts';
import type { Prepared, RunningQuery, SessionState } from './sessionState.ts';
import { about } from './sessionState.ts';
import { topologyText } from './topologyText.ts';

function sourcesOfKind({ planner }: SessionState, kind: SourceKind): DataSource[] {
  const found = [...planner.catalogue.sources.values()].filter((source) => source.kind === kind);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const stateOf = ({ isPaused }: RunningQuery) => (isPaused ? 'PAUSED' : 'RUNNING');

function queryInfo({ planner }: SessionState, query: RunningQuery): RunningQueryInfo {
  const { id, text, sink, kind } = query;
  const topic = planner.catalogue.sources.get(sink)?.topic;
  const state = stateOf(query);
  return {
    ...{ id, queryString: text, queryType: 'PERSISTENT', statusCount: { [state]: 1 }, state: `${state}:1` },
    sinks: kind === 'source' ? [] : [sink],
    sinkKafkaTopics: kind === 'source' || topic === undefined ? [] : [topic],
  };
}

const sourceInfo = ({ kind, name, topic, keyFormat, valueFormat, window }: DataSource): SourceInfo => ({
  ...{ type: kind, name, topic, keyFormat: keyFormat.format, valueFormat: valueFormat.format, isWindowed: window !== null },
});

function describeSource(state: SessionState, source: DataSource, extended: boolean): SourceDescription {
  const { name, kind, topic, keyFormat, valueFormat, window, timestamp } = source;
  const infos = (isWanted: (query: RunningQuery) => boolean) => state.queries.filter(isWanted).map((query) => queryInfo(state, query));
  const known = state.host.topics().find((one) => one.name === topic);
  return {
    ...{ name, type: kind, topic, extended, windowType: window?.type ?? null, timestamp: timestamp?.column ?? '' },
    readQueries: infos(({ sources }) => sources.includes(name)),
    writeQueries: infos((query) => query.kind !== 'source' && query.sink === name),
    fields: fieldsOf(source),
    ...{ keyFormat: keyFormat.format, valueFormat: valueFormat.format },
    ...{ partitions: known?.partitions ?? 0, replication: known?.replicas ?? 0 },
    statement: state.sourceTexts.get(name) ?? '',
    sourceConstraints: madeFrom(state, name),
  };
}

const missingTopics = (state: SessionState, sources: readonly DataSource[]): string[] => {
  const known = new Set(state.host.topics().map(({ name }) => name));
  return sources
    .filter(({ topic }) => !known.has(topic))
    .map(({ topic }) => `Error from Kafka: Failed to describe Kafka Topic(s): [${topic}]`);
};

/** All streams or tables: a line each, or all that there is to know. */
export function listSources(state: SessionState, kind: SourceKind, text: string, { described = false, extended = false } = {}): Entity {
  const sources = sourcesOfKind(state, kind);
  if (described || extended)
    return {
      ...{ '@type': 'source_descriptions', ...about(text, missingTopics(state, sources)) },
      sourceDescriptions: sources.map((source) => describeSource(state, source, extended)),
    };
  const infos = sources.map(sourceInfo);
  return kind === 'STREAM' ? { '@type': 'streams', ...about(text), streams: infos } : { '@type': 'tables', ...about(text), tables: infos };
}

/** DESCRIBE of one source. Throws SqlError where there is none. */
export function describeOne(state: SessionState, { statement, text }: Prepared<'describe'>): Entity {
  const name = statement.name!;
  const source = state.planner.catalogue.sources.get(name);
  if (!source)
    throw new SqlError(`Could not find STREAM/TABLE '${name}' in the Metastore${state.planner.catalogue.alternatives(name)}`, statement.at);
  return {
    ...{ '@type': 'sourceDescription', ...about(text, missingTopics(state, [source])) },
    sourceDescription: describeSource(state, source, statement.extended),
  };
}

/** What is told of a persistent query. */
export function describeQuery(state: SessionState, query: RunningQuery): QueryDescription {
  const { id, text, sources, kind, sink } = query;
  const source = state.planner.catalogue.source(sink);
  const topology = state.planner.queries.find((one) => one.id === id)?.topology;
  return {
    ...{ id, statementText: text, windowType: source.window?.type ?? null, fields: fieldsOf(source), sources, queryType: 'PERSISTENT' },
    sinks: kind === 'source' ? [] : [sink],
    topology: topology ? topologyText(topology) : '',
    state: stateOf(query),
  };
}

export function listQueries(state: SessionState, text: string, isExtended: boolean): Entity {
  if (!isExtended) return { '@type': 'queries', ...about(text), queries: state.queries.map((query) => queryInfo(state, query)) };
  return {
    ...{ '@type': 'query_descriptions', ...about(text) },
    queryDescriptions: state.queries.map((query) => describeQuery(state, query)),
  };
}

/** Topics that SHOW TOPICS leaves out unless ALL is asked for (`ksql.hidden.topics`). */
const hidden = [/^_confluent/, /^__/, /^_schemas$/, /^connect-(configs|offsets|status|statuses)$/];

export function listTopics({ host }: SessionState, { statement, text }: Prepared<'list'>): Entity {
  const topics = host
    .topics()
    .filter(({ name }) => statement.all || !hidden.some((pattern) => pattern.test(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, partitions, replicas }) => ({ name, replicaInfo: Array.from({ length: partitions }, () => replicas) }));
  if (!statement.extended) return { '@type': 'kafka_topics', ...about(text), topics };
  const extended = topics.map((topic) => {
    const { consumers, groups } = host.readersOf(topic.name);
    return { ...topic, consumerCount: consumers, consumerGroupCount: groups };
  });
  return { '@type': 'kafka_topics_extended', ...about(text), topics: extended };
}
