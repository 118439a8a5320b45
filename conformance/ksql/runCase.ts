/** Executes one case as ksqlDB's own runner does (`TestExecutor`), with statements planned and queries run by src/sql. */
import { SchemaRegistry } from '../../src/sql/formats/registry/schemaRegistry.ts';
import type { TopicRecord } from '../../src/sql/operators/row.ts';
import type { Run } from '../../src/sql/operators/topology.ts';
import { emptyState } from '../../src/sql/operators/topology.ts';
import { planConfig } from '../../src/sql/plan/planConfig.ts';
import type { PersistentQuery } from '../../src/sql/plan/planner.ts';
import { Planner } from '../../src/sql/plan/planner.ts';
import { parseStatements, prepareStatement } from '../../src/sql/syntax/parse.ts';
import type { KsqlCase } from './cases.ts';
import { CaseTopics } from './caseTopics.ts';
import { checkPost } from './postConditions.ts';
import { functions, parseTimestamp } from './functions.ts';
import { registerTopics } from './schemaNodes.ts';

/** Which part of a case failed: what is expected of a parse error is not the same as of one while records are processed. */
type Phase = 'parse' | 'plan' | 'process';

interface Failed {
  readonly phase: Phase;
  readonly message: string;
  /** The statement's text, which ksqlDB puts behind its message. */
  readonly statement: string;
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class CaseRun {
  private readonly topics = new CaseTopics();
  readonly logs: string[] = [];
  private readonly one: KsqlCase;
  readonly planner: Planner;
  private readonly run: Omit<Run, 'state'> = {
    wallClockMs: 0,
    write: (topic, record) => this.topics.of(topic).push(record),
    log: (message) => this.logs.push(message),
    random: () => 0.5,
    // Some day of this century, as the clock of functions; that of the operators stands at 0.
    now: () => 1_750_000_000_000,
  };

  constructor(one: KsqlCase) {
    this.one = one;
    const run: Run = { ...this.run, state: emptyState() };
    const registry = new SchemaRegistry();
    registerTopics(one, registry);
    this.planner = new Planner({
      registry,
      functions,
      parseTimestamp,
      insert: (topic, record) => this.topics.of(topic).push(record),
      run: { ...run, wallClockMs: run.now() },
    });
  }

  /** The message and phase of what was thrown; null where all went well. */
  execute(isProcessed = true): Failed | null {
    let phase: Phase = 'parse';
    let statement = this.one.statements.at(-1) ?? '';
    try {
      const parsed = parseStatements(this.one.statements.join('\n'));
      const config = planConfig(this.one.properties);
      for (const each of parsed) {
        statement = each.text;
        phase = 'parse';
        const prepared = prepareStatement(each);
        phase = 'plan';
        this.planner.execute(prepared, config);
        this.topics.note(this.planner.catalogue);
      }
      phase = 'process';
      if (isProcessed) this.process();
      return null;
    } catch (error) {
      return { phase, message: errorText(error), statement };
    }
  }

  private process(): void {
    const inputs = this.one.inputs.map((input) => ({ topic: input.topic, record: this.topics.recordOf(input) }));
    for (const { topic, record } of inputs) if (record) this.topics.of(topic).push(record);
    const piped = new Set(this.one.inputs.map(({ topic }) => topic));
    for (const query of this.planner.queries) {
      const feed = feeder(query, this.run);
      for (const { topic, record } of inputs) if (record && query.sourceTopics.includes(topic)) feed(topic, record);
      for (const topic of query.sourceTopics) if (!piped.has(topic)) for (const record of [...this.topics.of(topic)]) feed(topic, record);
    }
  }

  /** What is wrong with the topics and sources that the case names; null where nothing is. */
  mismatch(): string | null {
    return this.topics.mismatch(this.one) ?? checkPost(this.one.post, this.planner);
  }
}

function feeder(query: PersistentQuery, run: Omit<Run, 'state'>): (topic: string, record: TopicRecord) => void {
  const offsets = new Map<string, number>();
  const running: Run = { ...run, state: query.topology.initialState() };
  return (topic, record) => {
    const offset = offsets.get(topic) ?? 0;
    offsets.set(topic, offset + 1);
    query.topology.process(topic, { ...record, partition: 0, offset }, running);
  };
}

/** How ksqlDB's message begins where a statement could not be prepared. */
const preparing = 'Failed to prepare statement: ';

function checkException({ type, message }: NonNullable<KsqlCase['expectedException']>, failed: Failed | null): string | null {
  if (!failed) return `should have failed: ${message ?? type ?? ''}`;
  const isParse = type?.endsWith('ParseFailedException') ?? false;
  if (isParse && failed.phase !== 'parse') return `should not have parsed; failed later: ${failed.message}`;
  const found = [failed.message, preparing + failed.message, `${failed.message}\nStatement: ${failed.statement}`];
  if (failed.phase === 'process' && type?.endsWith('StreamsException')) found.push('Exception caught in process');
  const wanted = (message ?? '').replaceAll('\r\n', '\n');
  return found.some((one) => one.includes(wanted))
    ? null
    : `failed with another message\n    expected ${wanted}\n    found    ${failed.message}`;
}

/** Null where the case passes, else what is wrong. */
export function runCase(one: KsqlCase): string | null {
  const run = new CaseRun(one);
  const failed = run.execute();
  if (one.expectedException) return checkException(one.expectedException, failed);
  if (failed) return `${failed.phase}: ${failed.message}`;
  if (run.planner.queries.length === 0) return 'no persistent query';
  const mismatch = run.mismatch();
  return mismatch === null || run.logs.length === 0 ? mismatch : `${mismatch}\n    log: ${run.logs.slice(0, 3).join(' | ')}`;
}

/** The queries of a case's statements, without any records, or what is wrong with the statements. */
export function planCase(one: KsqlCase): readonly PersistentQuery[] | string {
  const run = new CaseRun(one);
  const failed = run.execute(false);
  return failed ? `${failed.phase}: ${failed.message}` : run.planner.queries;
}
