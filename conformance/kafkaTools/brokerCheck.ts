/** A real broker on the files: it takes them as they are, then builds everything but the `.log` anew; a consumer reads all of it back. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Broker } from './broker.ts';
import { askClient, formatBroker, producerExpirationMs, whileRunning } from './broker.ts';
import type { Checks } from './checks.ts';
import { checkLines, checkThat } from './checks.ts';
import { expectedLookUp, expectedProducers, expectedReading, middleTimestampMs } from './expectedReading.ts';
import type { Kafka } from './programs.ts';
import type { Scenario } from './scenario.ts';

/** Writes the files of a scenario with the id its topic has on the broker into a directory. */
export type WriteFiles = (scenario: Scenario, directory: string, topicId: string) => void;

/** All checks with a broker in `folder`, which is left behind for looking at. */
export async function checkBroker(
  kafka: Kafka,
  scenarios: readonly Scenario[],
  folder: string,
  writeFiles: WriteFiles,
  checks: Checks,
): Promise<void> {
  const broker = await formatBroker(kafka, folder);
  const topicIds = new Map<string, string>();
  await whileRunning(broker, async () => {
    const topics = scenarios.map(({ topic, log }) => `${topic}@${log.config.indexIntervalBytes}`);
    for (const line of await askClient(broker, 'create', topics)) {
      const [, topic, id] = line.split(' ');
      topicIds.set(topic!, id!);
    }
  });
  const given = join(folder, 'given');
  for (const scenario of scenarios) {
    const name = `${scenario.topic}-0`;
    writeFiles(scenario, join(given, name), topicIds.get(scenario.topic)!);
    rmSync(join(broker.logs, name), { recursive: true, force: true });
    cpSync(join(given, name), join(broker.logs, name), { recursive: true, preserveTimestamps: true });
  }
  await readBack(broker, scenarios, 'as they are', checks);
  dropDerivedFiles(broker, scenarios);
  await readBack(broker, scenarios, 'from the .log alone', checks);
  for (const scenario of scenarios) compareRebuilt(broker, scenario, join(given, `${scenario.topic}-0`), checks);
}

async function readBack(broker: Broker, scenarios: readonly Scenario[], how: string, checks: Checks): Promise<void> {
  let lines: string[] = [];
  const printed = await whileRunning(broker, async () => {
    lines = await askClient(
      broker,
      'read',
      scenarios.map((scenario) => `${scenario.topic}@${middleTimestampMs(scenario)}`),
    );
  });
  const nowMs = Date.now();
  for (const scenario of scenarios) {
    const { topic } = scenario;
    const found = lines.filter((line) => line.split(' ')[1] === topic);
    const reading = found.filter((line) => /^(range|record|position) /.test(line));
    checkLines(checks, `${topic}: read by a consumer, files ${how}`, reading, expectedReading(scenario));
    checkLines(
      checks,
      `${topic}: looked up by timestamp, files ${how}`,
      found.filter((line) => line.startsWith('timestamp ')),
      expectedLookUp(scenario),
    );
    const producers = found.filter((line) => line.startsWith('producer '));
    checkLines(checks, `${topic}: producers known, files ${how}`, producers, expectedProducers(scenario, nowMs, producerExpirationMs));
    // A broker that finds something wrong with a file says so, repairs it and goes on.
    const complaint = printed.split('\n').find((line) => line.includes(`${topic}-0`) && !/^\s/.test(line));
    if (how === 'as they are') checkThat(checks, `${topic}: nothing complained of`, complaint === undefined, complaint ?? '');
  }
}

/** What a broker that crashed leaves at worst: the records, and nothing made from them. */
function dropDerivedFiles({ logs }: Broker, scenarios: readonly Scenario[]): void {
  for (const name of ['.kafka_cleanshutdown', 'recovery-point-offset-checkpoint', 'replication-offset-checkpoint'])
    rmSync(join(logs, name), { force: true });
  for (const { topic } of scenarios) {
    const directory = join(logs, `${topic}-0`);
    const derived = readdirSync(directory).filter((name) => !name.endsWith('.log') && name !== 'partition.metadata');
    for (const name of derived) rmSync(join(directory, name), { force: true });
  }
}

/** Indexes, producer snapshots and leader epochs as the broker made them from the records alone, byte for byte. */
function compareRebuilt({ logs }: Broker, { topic, log, past }: Scenario, given: string, checks: Checks): void {
  const rebuilt = join(logs, `${topic}-0`);
  const suffixes = past === 'compacted' ? /\.(log|index|timeindex)$/ : /\.(log|index|timeindex|txnindex|snapshot)$/;
  // Made anew there are snapshots of the segments and of the end: none where a truncation once ended the log, none at the log's start.
  const places = new Set([...log.segments.map(({ baseOffset }) => baseOffset), log.logEndOffset]);
  const isMadeAnew = (name: string): boolean => {
    const offset = Number(name.split('.')[0]);
    return !name.endsWith('.snapshot') || (places.has(offset) && offset > log.logStartOffset);
  };
  const names = (directory: string): string[] =>
    readdirSync(directory)
      .filter((name) => suffixes.test(name) && isMadeAnew(name))
      .sort();
  checkLines(checks, `${topic}: files the broker made`, names(rebuilt), names(given));
  for (const name of names(given)) {
    const same = existsSync(join(rebuilt, name)) && contentOf(join(given, name)) === contentOf(join(rebuilt, name));
    checkThat(checks, `${topic}: ${name} as the broker made it`, same, `differs; see ${join(given, name)} and ${join(rebuilt, name)}`);
  }
  if (past === 'compacted') return;
  // The broker begins an epoch of its own at the log's end.
  const epochs = (directory: string): string[] =>
    readFileSync(join(directory, 'leader-epoch-checkpoint'), 'utf8')
      .split('\n')
      .slice(2)
      .filter((line) => line !== '' && !line.endsWith(` ${log.logEndOffset}`));
  checkLines(checks, `${topic}: leader epochs as the broker found them`, epochs(rebuilt), epochs(given));
}

/** A file's bytes in hexadecimal. Of a snapshot the entries in order: a broker writes them as its hash map has them, and the checksum goes with that. */
function contentOf(path: string): string {
  const bytes = readFileSync(path);
  if (!path.endsWith('.snapshot')) return bytes.toString('hex');
  const entries = bytes.subarray(10).toString('hex').match(/.{92}/g) ?? [];
  return [bytes.subarray(0, 2).toString('hex'), bytes.subarray(6, 10).toString('hex'), ...entries.sort()].join(' ');
}
