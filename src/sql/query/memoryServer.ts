/**
 * A server whose topics and stores are in memory, of one partition each: a record goes through all queries that read its topic before the next. For tests of
 * sessions, and for ksqlDB's own.
 */
import type { FunctionLibrary } from '../functions/library.ts';
import type { SourceRecord, TopicRecord } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import { emptyState } from '../operators/topology.ts';
import type { Functions } from '../plan/compile.ts';
import type { DataSource } from '../plan/catalogue.ts';
import type { PersistentQuery } from '../plan/planner.ts';
import { Planner } from '../plan/planner.ts';
import type { MaterialisedRow } from '../plan/storedTable.ts';
import type { ParseTimestamp } from '../plan/timestamps.ts';
import type { SqlType } from '../types/sqlType.ts';
import type { QueryChange, QueryHost } from './host.ts';
import type { Lookup } from './lookup.ts';
import { inStoreOrder, materialise, readRows } from './materialised.ts';
import type { PushPlan, PushRow } from './pushPlan.ts';
import { isDone } from './pushPlan.ts';
import type { Answer } from './session.ts';
import { Session } from './session.ts';

export interface ServerOptions {
  readonly functions: (types: ReadonlyMap<string, SqlType>) => Functions;
  readonly library: FunctionLibrary;
  readonly parseTimestamp: ParseTimestamp;
  readonly settings: Readonly<Record<string, string>>;
  /** The clock, milliseconds since 1970. */
  readonly nowMs: number;
}

/** A push query that has been begun, and what it has answered so far. */
export interface ActivePush {
  readonly plan: PushPlan;
  readonly rows: readonly PushRow[];
  readonly isOver: () => boolean;
  readonly offer: (topic: string, record: SourceRecord) => void;
}

/** A query that runs, with its state. */
interface Running {
  readonly query: PersistentQuery;
  readonly run: Run;
  isPaused: boolean;
  /** Records that came while it was paused. */
  readonly waiting: { readonly topic: string; readonly record: SourceRecord }[];
}

/** Takes what waits through a query, unless it is paused. */
function work({ query, run, isPaused, waiting }: Running): void {
  while (!isPaused && waiting.length > 0) {
    const { topic, record } = waiting.shift()!;
    query.topology.process(topic, record, run);
  }
}

export class MemoryServer {
  readonly topics = new Map<string, TopicRecord[]>();
  readonly planner: Planner;
  readonly logs: string[] = [];
  readonly schemas = new Set<string>();
  private readonly session: Session;
  private readonly running = new Map<string, Running>();
  private readonly pushes: ActivePush[] = [];
  private readonly run: Omit<Run, 'state'>;

  constructor({ functions, library, parseTimestamp, settings, nowMs }: ServerOptions) {
    this.run = {
      wallClockMs: nowMs,
      write: (topic, record) => this.produce(topic, record),
      log: (message) => this.logs.push(message),
      random: () => 0.5,
      now: () => nowMs,
    };
    const insert = (topic: string, record: TopicRecord) => this.produce(topic, record);
    this.planner = new Planner({ functions, parseTimestamp, insert, run: { ...this.run, state: emptyState() } });
    this.session = new Session({
      ...{ planner: this.planner, library, parseTimestamp, host: this.host(parseTimestamp) },
      functions: functions(this.planner.catalogue.types),
      settings: new Map(Object.entries(settings)),
    });
  }

  /** Executes statements; those that make sources make their topics. */
  execute(text: string): Answer[] {
    return this.session.execute(text);
  }

  recordsOf(topic: string): SourceRecord[] {
    return this.topic(topic).map((record, offset) => ({ ...record, partition: 0, offset }));
  }

  produce(topic: string, record: TopicRecord): void {
    const records = this.topic(topic);
    const placed: SourceRecord = { ...record, partition: 0, offset: records.length };
    records.push(record);
    for (const one of this.running.values())
      if (one.query.sourceTopics.includes(topic)) {
        one.waiting.push({ topic, record: placed });
        work(one);
      }
    for (const { plan, offer } of this.pushes) if (plan.sourceTopics.includes(topic)) offer(topic, placed);
  }

  /** Begins a push query, from the records that are there or from the next one on. */
  begin(plan: PushPlan, from: 'earliest' | 'latest'): ActivePush {
    const state = plan.initialState();
    const rows: PushRow[] = [];
    const push: ActivePush = {
      ...{ plan, rows, isOver: () => isDone(plan, state) },
      offer: (topic, record) => rows.push(...plan.offer(state, topic, record, this.run)),
    };
    if (from === 'earliest') for (const { topic, record } of this.oldestFirst(plan.sourceTopics)) push.offer(topic, record);
    this.pushes.push(push);
    return push;
  }

  private topic(name: string): TopicRecord[] {
    const records = this.topics.get(name) ?? [];
    this.topics.set(name, records);
    return records;
  }

  private host(parseTimestamp: ParseTimestamp): QueryHost {
    return {
      topics: () => this.topicNames().map((name) => ({ name, partitions: 1, replicas: 1 })),
      readersOf: (topic) => {
        const readers = this.planner.queries.filter(({ sourceTopics }) => sourceTopics.includes(topic)).length;
        return { consumers: readers, groups: readers };
      },
      rowsOf: (table, lookup) => this.rowsOf(table, lookup, parseTimestamp),
      recordsOf: (topic) => this.recordsOf(topic),
      deleteTopic: (topic) => this.topics.delete(topic),
      queryChanged: (id, change) => this.changed(id, change),
      hasSchema: (subject, id) => this.schemas.has(`${subject ?? ''}#${String(id ?? '')}`),
      run: this.run,
    };
  }

  private topicNames(): string[] {
    return [...new Set([...this.topics.keys(), ...[...this.planner.catalogue.sources.values()].map(({ topic }) => topic)])];
  }

  private changed(id: string, change: QueryChange): void {
    const query = this.planner.queries.find((one) => one.id === id);
    if (change === 'started' && query) this.start(query);
    if (change === 'terminated') {
      this.running.delete(id);
      const push = this.pushes.findIndex(({ plan }) => plan.id === id);
      if (push >= 0) this.pushes.splice(push, 1);
    }
    const running = this.running.get(id);
    if (!running || (change !== 'paused' && change !== 'resumed')) return;
    running.isPaused = change === 'paused';
    work(running);
  }

  /** A query that has begun reads its topics from their beginning. */
  private start(query: PersistentQuery): void {
    const run: Run = { ...this.run, state: query.topology.initialState() };
    const running: Running = { query, run, isPaused: false, waiting: [...this.oldestFirst(query.sourceTopics)] };
    this.running.set(query.id, running);
    work(running);
  }

  /** The rows of a table as the query that makes it keeps them, else as its topic has them. */
  private rowsOf(table: DataSource, lookup: Lookup, parseTimestamp: ParseTimestamp): MaterialisedRow[] {
    const maker = [...this.running.values()].find(({ query }) => query.sink.name === table.name && query.stored);
    if (maker) return readRows(table, lookup, inStoreOrder(table, maker.query.stored!.rows(maker.run)));
    const options = { parseTimestamp, throwsOnInvalidTimestamp: false };
    return readRows(table, lookup, materialise(table, this.recordsOf(table.topic), options, this.run));
  }

  /** The records of topics as a task takes them: of the first ones that it has not taken yet always the oldest (`PartitionGroup`). */
  private *oldestFirst(topics: readonly string[]): Generator<{ readonly topic: string; readonly record: SourceRecord }> {
    const waiting = topics.map((topic) => ({ topic, records: this.recordsOf(topic), next: 0 }));
    const timeOf = ({ records, next }: (typeof waiting)[number]) => records[next]?.timestampMs ?? Infinity;
    for (;;) {
      const [first] = [...waiting].sort((a, b) => timeOf(a) - timeOf(b));
      const record = first?.records[first.next];
      if (!first || !record) return;
      first.next++;
      yield { topic: first.topic, record };
    }
  }
}
