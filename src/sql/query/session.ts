/** A session with a server: statements in their order, each answered (`KsqlResource`, `StreamedQueryResource`, `QueryExecutor`). */
import type { FunctionLibrary } from '../functions/library.ts';
import type { Row } from '../operators/row.ts';
import { analyse } from '../plan/analysis.ts';
import type { Functions } from '../plan/compile.ts';
import type { Planner } from '../plan/planner.ts';
import type { ParseTimestamp } from '../plan/timestamps.ts';
import type { Query, Statement } from '../syntax/ast.ts';
import { parseStatements, prepareStatement } from '../syntax/parse.ts';
import { SqlError } from '../syntax/sqlError.ts';
import * as administration from './administration.ts';
import type { AnsweredRows } from './answerJson.ts';
import * as definitions from './definitions.ts';
import { describeOne, listQueries, listSources, listTopics } from './descriptions.ts';
import type { Entity } from './entities.ts';
import { explain } from './explain.ts';
import { describeFunction, listFunctions } from './functionDescriptions.ts';
import type { QueryHost } from './host.ts';
import { answerPull, planPull } from './pullPlan.ts';
import type { PullSettings } from './pullRules.ts';
import { checkPullQuery } from './pullRules.ts';
import type { PushPlan, PushRow } from './pushPlan.ts';
import { isDone, isScalableQuery, planPush } from './pushPlan.ts';
import { RefusedStatement } from './refusedStatement.ts';
import type { Prepared, SessionState } from './sessionState.ts';
import { allSettings, configOf, runOf, settingOf } from './sessionState.ts';

/** What one statement answers. */
export type Answer =
  | { readonly kind: 'entity'; readonly entity: Entity }
  /** INSERT … VALUES, SET and the like say nothing. */
  | { readonly kind: 'nothing' }
  | (AnsweredRows & { readonly kind: 'rows' })
  /** A query that goes on: whoever asked has to offer it the records of its sources. */
  | { readonly kind: 'push'; readonly plan: PushPlan };

export interface SessionOptions {
  readonly planner: Planner;
  readonly functions: Functions;
  readonly library: FunctionLibrary;
  readonly parseTimestamp: ParseTimestamp;
  readonly host: QueryHost;
  /** Settings that the server was started with. */
  readonly settings?: ReadonlyMap<string, string>;
}

type Executor<K extends Statement['kind']> = (state: SessionState, prepared: Prepared<K>) => Entity | null;

const lists: Readonly<Partial<Record<Prepared<'list'>['statement']['what'], Executor<'list'>>>> = {
  STREAMS: (state, { statement, text }) => listSources(state, 'STREAM', text, statement),
  TABLES: (state, { statement, text }) => listSources(state, 'TABLE', text, statement),
  TOPICS: listTopics,
  QUERIES: (state, { statement, text }) => listQueries(state, text, statement.extended),
  FUNCTIONS: listFunctions,
  PROPERTIES: administration.listProperties,
  TYPES: administration.listTypes,
  VARIABLES: administration.listVariables,
};

const noConnect = (): never => {
  throw new SqlError(
    'There is no Kafka Connect here that could run connectors. Read from and write to topics with streams and tables instead.',
  );
};

const list: Executor<'list'> = (state, prepared) => (lists[prepared.statement.what] ?? noConnect)(state, prepared);

const describe: Executor<'describe'> = (state, prepared) => {
  const { what, extended } = prepared.statement;
  switch (what) {
    case 'source':
      return describeOne(state, prepared);
    case 'streams':
    case 'tables':
      return listSources(state, what === 'streams' ? 'STREAM' : 'TABLE', prepared.text, { described: true, extended });
    case 'function':
      return describeFunction(state, prepared);
    case 'connector':
      return noConnect();
  }
};

const insertValues: Executor<'insertValues'> = (state, { statement }) => {
  if (settingOf(state, 'ksql.insert.into.values.enabled') === 'false')
    throw new SqlError(
      "The server has disabled INSERT INTO ... VALUES functionality. To enable it, restart your ksqlDB server with 'ksql.insert.into.values.enabled'=true",
    );
  state.planner.execute(statement, configOf(state));
  return null;
};

const executors: { readonly [K in Exclude<Statement['kind'], 'query' | 'print'>]: Executor<K> } = {
  createSource: definitions.createSource,
  createAsSelect: definitions.createAsSelect,
  insertSelect: definitions.insertSelect,
  insertValues,
  createType: definitions.createType,
  dropType: definitions.dropType,
  drop: definitions.drop,
  alterSource: definitions.alterSource,
  terminate: definitions.control,
  pause: definitions.control,
  resume: definitions.control,
  list,
  describe,
  explain,
  set: administration.set,
  unset: administration.unset,
  define: administration.define,
  undefine: administration.undefine,
  assertTopic: administration.assertTopic,
  assertSchema: administration.assertSchema,
  alterSystem: (state, { statement, text }) => {
    administration.set(state, { statement: { ...statement, kind: 'set' }, text });
    return definitions.commandStatus(state, text, `cluster/${statement.property}/alter`, `System property ${statement.property} was set.`);
  },
  createConnector: noConnect,
  dropConnector: noConnect,
};

/** What pull queries may do in a session. */
function pullSettings(state: SessionState): PullSettings {
  const isOn = (name: string) => settingOf(state, `ksql.query.pull.${name}.enabled`)?.toLowerCase() !== 'false';
  return { tableScan: isOn('table.scan'), rangeScan: isOn('range.scan'), limit: isOn('limit.clause') };
}

export class Session {
  private readonly state: SessionState;

  constructor({ planner, functions, library, parseTimestamp, host, settings = new Map<string, string>() }: SessionOptions) {
    this.state = {
      ...{ planner, functions, library, parseTimestamp, host, serverSettings: settings },
      ...{ settings: new Map<string, string>(), variables: new Map<string, string>(), sourceTexts: new Map<string, string>() },
      ...{ queries: [], pushes: new Set<string>(), commands: 0, transients: 0 },
    };
  }

  /**
   * Executes the statements of a text one after the other. Throws RefusedStatement at the first that cannot be; those before it have been executed,
   * unless the text as a whole cannot be read.
   */
  execute(text: string): Answer[] {
    let parsed;
    try {
      parsed = parseStatements(text);
    } catch (error) {
      throw refused(error, text, 'parse');
    }
    return parsed.map((one): Answer => {
      let statement: Statement;
      try {
        statement = prepareStatement(one, this.state.variables);
      } catch (error) {
        throw refused(error, one.text, 'prepare');
      }
      const isPush = statement.kind === 'query' && statement.query.emit !== null;
      try {
        return this.answer(statement, one.text);
      } catch (error) {
        throw refused(error, one.text, isPush ? 'push' : 'execute');
      }
    });
  }

  private answer(statement: Statement, text: string): Answer {
    if (statement.kind === 'query') return statement.query.emit === null ? this.pull(statement.query) : this.push(statement.query);
    if (statement.kind === 'print')
      throw new SqlError('PRINT is not answered here. Look at the topic itself, or SELECT from a stream over it.');
    const executor = executors[statement.kind] as (state: SessionState, prepared: { statement: Statement; text: string }) => Entity | null;
    const entity = executor(this.state, { statement, text });
    return entity ? { kind: 'entity', entity } : { kind: 'nothing' };
  }

  private transientId(source: string): string {
    return `transient_${source}_${String(++this.state.transients)}`;
  }

  private pull(query: Query): Answer {
    const { state } = this;
    const { planner, functions, host } = state;
    const analysis = analyse(query, planner.catalogue, functions, false);
    const settings = pullSettings(state);
    const { source } = analysis.sources[0]!;
    if (source.kind === 'STREAM') {
      checkPullQuery(analysis, settings);
      return this.pullStream(query);
    }
    const run = runOf(state);
    const plan = planPull(analysis, settings, { functions, run });
    const rows = answerPull(plan, host.rowsOf(plan.table, plan.lookup), run);
    const queryId = `query_${String(++state.transients)}`;
    return { kind: 'rows', queryId, columns: plan.columns, rows: rows.map(untouched), finalMessage: null };
  }

  /** A pull query of a stream is a push query over what its topic has now. */
  private pullStream(query: Query): Answer {
    const { state } = this;
    if (settingOf(state, 'ksql.query.pull.stream.enabled') === 'false')
      throw new SqlError(
        "Pull queries on streams are disabled. To create a push query on the stream, add EMIT CHANGES to the end. To enable pull queries on streams, set the ksql.query.pull.stream.enabled config to 'true'.",
      );
    const plan = planPush(query, this.transientId(query.from.name), {
      ...state,
      catalogue: state.planner.catalogue,
      config: configOf(state),
    });
    const pushed = plan.initialState();
    const rows = plan.sourceTopics.flatMap((topic) =>
      state.host.recordsOf(topic).flatMap((record) => plan.offer(pushed, topic, record, state.host.run)),
    );
    const finalMessage = isDone(plan, pushed) ? 'Limit Reached' : 'Query Completed';
    return { kind: 'rows', queryId: plan.id, columns: plan.columns, rows, finalMessage };
  }

  private push(query: Query): Answer {
    const { state } = this;
    const { planner } = state;
    const writers = planner.queries.filter(({ sink }) => sink.name === query.from.name).length;
    const isScalable = isScalableQuery(query, { writers, settings: allSettings(state) });
    const id = isScalable ? `SCALABLE_PUSH_QUERY_${String(++state.transients)}` : this.transientId(query.from.name);
    const plan = planPush(query, id, { ...state, catalogue: planner.catalogue, config: configOf(state) }, isScalable);
    state.pushes.add(id);
    return { kind: 'push', plan };
  }
}

const untouched = (columns: Row): PushRow => ({ columns, isTombstone: false });

/** A fault as the server tells it; what is no fault of a statement stays as it is. */
function refused(error: unknown, text: string, stage: 'parse' | 'prepare' | 'execute' | 'push'): unknown {
  if (!(error instanceof SqlError)) return error;
  return new RefusedStatement(error, text, stage);
}
