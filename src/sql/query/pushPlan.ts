/** Queries that go on: EMIT CHANGES over streams and tables, and pull queries of streams (`buildTransientQuery`, `TransientQueryQueue`). */
import type { Row, SourceRecord, StreamRecord } from '../operators/row.ts';
import { streamOfTable } from '../operators/tables.ts';
import type { Run, TopologyState } from '../operators/topology.ts';
import { Topology } from '../operators/topology.ts';
import { analyse } from '../plan/analysis.ts';
import type { Catalogue } from '../plan/catalogue.ts';
import type { Functions } from '../plan/compile.ts';
import type { PlanConfig } from '../plan/planConfig.ts';
import { planQuery } from '../plan/queryPlan.ts';
import type { Relation } from '../plan/relation.ts';
import { isWindowBound } from '../plan/schema.ts';
import type { ParseTimestamp } from '../plan/timestamps.ts';
import type { Query } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { placeColumnsOf } from './pullRules.ts';
import type { ResultColumn } from './resultSchema.ts';

/** One row of the answer. A tombstone tells that a table has a row no longer: it has the key's columns alone. */
export interface PushRow {
  readonly columns: Row;
  readonly isTombstone: boolean;
}

/** What a query that goes on has come to; plain data. */
export interface PushState {
  readonly topology: TopologyState;
  /** How many rows have been answered. */
  answered: number;
}

export interface PushPlan {
  readonly id: string;
  readonly columns: readonly ResultColumn[];
  /** After so many rows the query is over; null: never. */
  readonly limit: number | null;
  /** The topics that it reads, in the order in which it names them. */
  readonly sourceTopics: readonly string[];
  readonly topology: Topology;
  /** Whether it takes rows from the query that writes its source, from now on, instead of reading a topic (push queries v2). */
  readonly isScalable: boolean;
  readonly initialState: () => PushState;
  /** The rows that one record of a source leads to, at most as many as LIMIT leaves. */
  readonly offer: (state: PushState, topic: string, record: SourceRecord, run: Omit<Run, 'state'>) => PushRow[];
}

/** What is at hand to plan such a query. */
export interface PushContext {
  readonly catalogue: Catalogue;
  readonly functions: Functions;
  readonly config: PlanConfig;
  readonly parseTimestamp: ParseTimestamp;
}

export const isDone = ({ limit }: PushPlan, { answered }: PushState): boolean => limit !== null && answered >= limit;

/**
 * A row of the result; null for what is not answered: null rows of streams, and in push queries v2 whatever has no key or no row
 * (`ScalablePushConsumer.handleRow`). The key's columns of a tombstone are known by their names (`TombstoneFactory`).
 */
function rowReader({ kind, schema }: Relation, isScalable: boolean): (record: StreamRecord) => PushRow | null {
  const keyAt = schema.value.map(({ name }) => schema.key.findIndex((column) => column.name === name));
  return ({ key, value, window }) => {
    if (isScalable && key === null && schema.key.length > 0) return null;
    if (value) return { columns: value, isTombstone: false };
    if (kind === 'STREAM' || isScalable) return null;
    const columns = schema.value.map(({ name }, i) => {
      if (keyAt[i]! >= 0) return key?.[keyAt[i]!] ?? null;
      if (!window || !isWindowBound(name)) return null;
      return BigInt(name === 'WINDOWSTART' ? window.startMs : window.endMs);
    });
    return { columns, isTombstone: true };
  };
}

/**
 * Makes a query whose rows go to whoever asked. Throws SqlError where it cannot be.
 * @param isScalable whether it is a push query v2; SELECT can then have a `*` alone only
 */
export function planPush(query: Query, id: string, context: PushContext, isScalable = false): PushPlan {
  const analysis = analyse(query, context.catalogue, context.functions, false);
  if (isScalable && query.select.length > 1 && query.select.some(({ kind }) => kind === 'all'))
    throw new SqlError('Scalable push queries only support wildcards in the projects if they are the only expression');
  const topology = new Topology();
  const relation = planQuery({ ...context, topology, analysis, isPersistent: false }, id);
  let answered: PushRow[] = [];
  const rowOf = rowReader(relation, isScalable);
  const stream = relation.kind === 'STREAM' ? relation.stream : streamOfTable(topology, relation.table);
  const { structure } = topology;
  structure.processor(structure.name(relation.kind === 'STREAM' ? 'KSTREAM-PROCESSOR-' : 'KSTREAM-FOREACH-'), [stream.node]);
  stream.records.connect((record) => {
    const row = rowOf(record);
    if (row) answered.push(row);
  });
  const { limit } = query;
  return {
    ...{ id, limit, topology, isScalable },
    columns: relation.schema.value.map((column) => ({ ...column, isKey: false })),
    sourceTopics: [...new Set(analysis.sources.map(({ source }) => source.topic))],
    initialState: () => ({ topology: topology.initialState(), answered: 0 }),
    offer: (state, topic, record, run) => {
      answered = [];
      if (limit !== null && state.answered >= limit) return answered;
      topology.process(topic, record, { ...run, state: state.topology });
      const rows = limit === null ? answered : answered.slice(0, limit - state.answered);
      state.answered += rows.length;
      return rows;
    },
  };
}

/** Whether rows of a query can be had from the query that writes its only source (`ScalablePushUtil.isScalablePushQuery`). */
export function isScalableQuery(
  { emit, groupBy, window, having, partitionBy, joins, select, where }: Query,
  { writers, settings }: { readonly writers: number; readonly settings: ReadonlyMap<string, string> },
): boolean {
  const from = settings.get('auto.offset.reset') ?? settings.get('ksql.streams.auto.offset.reset') ?? 'latest';
  const isPlain = emit === 'CHANGES' && !groupBy && !window && !having && !partitionBy && joins.length === 0;
  const named = select.flatMap((item) => (item.kind === 'single' ? [item.expression] : []));
  const needsPlaces = placeColumnsOf([...named, ...(where ? [where] : [])]).length > 0;
  return settings.get('ksql.query.push.v2.enabled') === 'true' && from === 'latest' && isPlain && writers === 1 && !needsPlaces;
}
