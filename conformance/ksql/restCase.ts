/**
 * Executes one case as ksqlDB's runner over REST does (`RestTestExecutor`): statements up to the first SELECT, then inputs, then each SELECT. What would be
 * in Kafka is in memory.
 */
import type { ActivePush } from '../../src/sql/query/memoryServer.ts';
import { MemoryServer } from '../../src/sql/query/memoryServer.ts';
import { RefusedStatement } from '../../src/sql/query/refusedStatement.ts';
import type { Answer } from '../../src/sql/query/session.ts';
import type { KsqlCase } from './cases.ts';
import { CaseTopics } from './caseTopics.ts';
import { functions, library, parseTimestamp } from './functions.ts';
import { answersMismatch } from './restAnswers.ts';
import { registerTopics } from './schemaNodes.ts';

/** How the server of ksqlDB's tests is set up. */
const serverSettings = { 'auto.offset.reset': 'earliest', 'ksql.query.push.v2.enabled': 'true' };

export type CaseAnswer = Exclude<Answer, { kind: 'push' | 'nothing' }>;

const isQuery = (statement: string): boolean => /^\s*SELECT\b/i.test(statement);

class RestRun {
  readonly server: MemoryServer;
  private readonly topics: CaseTopics;

  constructor(one: KsqlCase) {
    const settings = { ...serverSettings, ...one.properties };
    this.server = new MemoryServer({ functions, library, parseTimestamp, settings, nowMs: 1_750_000_000_000 });
    this.topics = new CaseTopics(this.server.topics);
    registerTopics(one, this.server.planner.catalogue.registry);
  }

  execute({ statements, inputs, rest }: KsqlCase): CaseAnswer[] {
    const first = statements.findIndex(isQuery);
    const administration = first < 0 ? statements : statements.slice(0, first);
    const queries = first < 0 ? [] : statements.slice(first);
    const answers = this.server.execute(administration.join('\n')).flatMap(ended);
    this.topics.note(this.server.planner.catalogue);
    const waiting = rest.waitsForPush ? queries.flatMap((text) => this.ask(text, 'latest')) : [];
    for (const input of inputs) {
      const record = this.topics.recordOf(input);
      if (record) this.server.produce(input.topic, record);
    }
    const asked = rest.waitsForPush ? waiting : queries.flatMap((text) => this.ask(text, 'earliest'));
    return [...answers, ...asked.flatMap(ended)];
  }

  private ask(text: string, from: 'earliest' | 'latest'): (Answer | ActivePush)[] {
    return this.server.execute(text).map((answer) => (answer.kind === 'push' ? this.server.begin(answer.plan, from) : answer));
  }

  mismatch(one: KsqlCase): string | null {
    return this.topics.mismatch(one);
  }
}

/** What is there to compare; throws where a push query is not over. */
function ended(answer: Answer | ActivePush): CaseAnswer[] {
  if (!('offer' in answer)) return answer.kind === 'nothing' || answer.kind === 'push' ? [] : [answer];
  const { plan, rows, isOver } = answer;
  if (!isOver()) throw new Error(`a push query has only ${String(rows.length)} rows`);
  return [{ kind: 'rows', queryId: plan.id, columns: plan.columns, rows, finalMessage: 'Limit Reached' }];
}

const errorType = (error: RefusedStatement): string => (error.stage === 'push' ? 'KsqlErrorMessage' : 'KsqlStatementErrorMessage');

function errorMismatch({ type, message }: NonNullable<KsqlCase['rest']['error']>, error: unknown): string | null {
  if (!(error instanceof RefusedStatement)) return `should have been refused: ${message ?? ''}\n    thrown ${String(error)}`;
  if (type !== null && !type.endsWith(`.${errorType(error)}`)) return `should have been refused as ${type}, not ${errorType(error)}`;
  if (error.message.includes((message ?? '').replaceAll('\r\n', '\n'))) return null;
  return `refused with another message\n    expected ${message ?? ''}\n    found    ${error.message}`;
}

/** Null where the case passes, else what is wrong. */
export function runRestCase(one: KsqlCase): string | null {
  const run = new RestRun(one);
  try {
    const answers = run.execute(one);
    if (one.rest.error) return `should have been refused: ${one.rest.error.message ?? ''}`;
    const mismatch = answersMismatch(one.rest.answers, answers) ?? run.mismatch(one);
    return mismatch === null || run.server.logs.length === 0
      ? mismatch
      : `${mismatch}\n    log: ${run.server.logs.slice(0, 3).join(' | ')}`;
  } catch (error) {
    if (one.rest.error) return errorMismatch(one.rest.error, error);
    return error instanceof RefusedStatement ? `${error.stage}: ${error.message}` : (error as Error).message;
  }
}
