/** Executes one case as ksqlDB's own runner does (`TestExecutor`), with statements planned and queries run by src/sql. */
import type { JsonNode } from '../../src/sql/formats/jsonText.ts';
import { isJsonNumber, jsonText, parseJson } from '../../src/sql/formats/jsonText.ts';
import { jsonNode } from '../../src/sql/formats/json.ts';
import type { Column, Payload } from '../../src/sql/formats/serde.ts';
import { payloadText } from '../../src/sql/formats/serde.ts';
import type { TopicRecord } from '../../src/sql/operators/row.ts';
import type { Run } from '../../src/sql/operators/topology.ts';
import { emptyState } from '../../src/sql/operators/topology.ts';
import type { DataSource, SideFormat } from '../../src/sql/plan/catalogue.ts';
import { serdeOf } from '../../src/sql/plan/catalogue.ts';
import { planConfig } from '../../src/sql/plan/planConfig.ts';
import type { PersistentQuery } from '../../src/sql/plan/planner.ts';
import { Planner } from '../../src/sql/plan/planner.ts';
import { parseStatements, prepareStatement } from '../../src/sql/syntax/parse.ts';
import { kafkaNode } from './kafkaNode.ts';
import type { CaseRecord, KsqlCase } from './cases.ts';
import { matches } from './compare.ts';
import { checkPost } from './postConditions.ts';
import { functions, parseTimestamp } from './functions.ts';

/** Which part of a case failed: what is expected of a parse error is not the same as of one while records are processed. */
type Phase = 'parse' | 'plan' | 'process';

interface Failed {
  readonly phase: Phase;
  readonly message: string;
  /** The statement's text, which ksqlDB puts behind its message. */
  readonly statement: string;
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One side of a record as it stands in a topic. */
function payloadOf(node: JsonNode, { format }: SideFormat, columns: readonly Column[]): Payload {
  if (node === null || format === 'NONE') return null;
  if (format.startsWith('JSON')) return jsonText(node);
  if (format === 'DELIMITED') return typeof node === 'string' ? node : isJsonNumber(node) ? node.number : jsonText(node);
  return kafkaNode.write(node, columns);
}

/** One side of a record as expectations name it. */
function nodeOf(payload: Payload, side: SideFormat, columns: readonly Column[]): JsonNode {
  if (payload === null || side.format === 'NONE') return null;
  if (side.format.startsWith('JSON')) return parseJson(payloadText(payload));
  if (side.format === 'DELIMITED') return payloadText(payload);
  const [value] = serdeOf(side, columns).deserialise(payload) ?? [null];
  return jsonNode(value ?? null, columns[0]!.type);
}

/** The last source of each topic, also of those that were dropped. */
type TopicFormats = Map<string, DataSource>;

class CaseRun {
  private readonly topics = new Map<string, TopicRecord[]>();
  private readonly formats: TopicFormats = new Map();
  readonly logs: string[] = [];
  private readonly one: KsqlCase;
  readonly planner: Planner;
  private readonly run: Omit<Run, 'state'> = {
    wallClockMs: 0,
    write: (topic, record) => this.topic(topic).push(record),
    log: (message) => this.logs.push(message),
    random: () => 0.5,
    // Some day of this century, as the clock of functions; that of the operators stands at 0.
    now: () => 1_750_000_000_000,
  };

  constructor(one: KsqlCase) {
    this.one = one;
    const run: Run = { ...this.run, state: emptyState() };
    this.planner = new Planner({
      functions,
      parseTimestamp,
      insert: (topic, record) => this.topic(topic).push(record),
      run: { ...run, wallClockMs: run.now() },
    });
  }

  private topic(name: string): TopicRecord[] {
    const records = this.topics.get(name) ?? [];
    this.topics.set(name, records);
    return records;
  }

  /** The message and phase of what was thrown; null where all went well. */
  execute(): Failed | null {
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
        for (const source of this.planner.catalogue.sources.values()) this.formats.set(source.topic, source);
      }
      phase = 'process';
      this.process();
      return null;
    } catch (error) {
      return { phase, message: errorText(error), statement };
    }
  }

  private process(): void {
    const inputs = this.one.inputs.map((input) => ({ topic: input.topic, record: this.recordOf(input) }));
    for (const { topic, record } of inputs) if (record) this.topic(topic).push(record);
    const piped = new Set(this.one.inputs.map(({ topic }) => topic));
    for (const query of this.planner.queries) {
      const feed = feeder(query, this.run);
      for (const { topic, record } of inputs) if (record && query.sourceTopics.includes(topic)) feed(topic, record);
      for (const topic of query.sourceTopics) if (!piped.has(topic)) for (const record of [...this.topic(topic)]) feed(topic, record);
    }
  }

  private recordOf({ topic, key, value, timestampMs, window, headers }: CaseRecord): TopicRecord | null {
    const source = this.formats.get(topic);
    if (!source) return null;
    return {
      key: payloadOf(key, source.keyFormat, source.schema.key),
      value: payloadOf(value, source.valueFormat, source.schema.value),
      ...{ timestampMs: timestampMs ?? 0, window, headers },
    };
  }

  /** What is wrong with the topics that the case names; null where nothing is. */
  mismatch(): string | null {
    const isExact = this.one.properties['use.exact.numeric.comparison'] !== 'false';
    for (const topic of new Set(this.one.outputs.map((output) => output.topic))) {
      const expected = this.one.outputs.filter((output) => output.topic === topic);
      const source = this.formats.get(topic);
      if (!source) return `no source writes topic ${topic}`;
      const actual = (this.topics.get(topic) ?? []).map((record) => shown(record, source));
      const at = expected.findIndex((one, i) => !actual[i] || !sameRecord(one, actual[i], isExact));
      if (at >= 0 || expected.length !== actual.length) {
        const index = at < 0 ? expected.length : at;
        const counts = expected.length === actual.length ? '' : ` (${String(expected.length)} expected, ${String(actual.length)} there)`;
        return `${topic} record ${String(index)}${counts}\n    expected ${recordText(expected[index])}\n    found    ${recordText(actual[index])}`;
      }
    }
    return checkPost(this.one.post, this.planner);
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

function shown(record: TopicRecord, source: DataSource): CaseRecord {
  return {
    topic: source.topic,
    key: nodeOf(record.key, source.keyFormat, source.schema.key),
    value: nodeOf(record.value, source.valueFormat, source.schema.value),
    ...{ timestampMs: record.timestampMs, window: record.window, headers: record.headers },
  };
}

function sameRecord(expected: CaseRecord, actual: CaseRecord, isExact: boolean): boolean {
  if (expected.timestampMs !== null && expected.timestampMs !== actual.timestampMs) return false;
  if (JSON.stringify(expected.headers) !== JSON.stringify(actual.headers)) return false;
  const [wanted, found] = [expected.window, actual.window];
  if ((wanted === null) !== (found === null)) return false;
  if (wanted && found && (wanted.startMs !== found.startMs || wanted.endMs !== found.endMs || wanted.kind !== found.kind)) return false;
  return matches(expected.key, actual.key, isExact) && matches(expected.value, actual.value, isExact);
}

function recordText(record: CaseRecord | undefined): string {
  if (!record) return 'nothing';
  const window = record.window ? ` [${String(record.window.startMs)}, ${String(record.window.endMs)}) ${record.window.kind}` : '';
  const headers = record.headers.length > 0 ? ` headers ${JSON.stringify(record.headers)}` : '';
  return `${jsonText(record.key)}${window} ${jsonText(record.value)} at ${String(record.timestampMs)}${headers}`;
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
