/**
 * `npm run conformance:kafka [-- FILTER]`: Kafka's own tools and a real broker read what the engine wrote. Needs Java and Maven, which fetches Apache
 * Kafka the first time; without them everything is skipped and said so.
 */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PartitionFile } from '../../src/engine/log/partitionFiles.ts';
import { segmentFiles, stateFiles, topicIdOf } from '../../src/engine/log/partitionFiles.ts';
import { checkBroker } from './brokerCheck.ts';
import type { Checks } from './checks.ts';
import { checkLines, checkThat, createChecks } from './checks.ts';
import type { WrittenFiles } from './dumpLog.ts';
import { checkDump, checkIndexes } from './dumpLog.ts';
import type { Kafka } from './programs.ts';
import { fetchKafka, missingPrograms } from './programs.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

const failuresShown = 20;

/** All files of a scenario's partition. What the files cannot hold as the log has it is a failure here: no scenario uses such a thing. */
function filesOf({ topic, log, encoding }: Scenario, topicId: string, checks: Checks): PartitionFile[] {
  const segments = log.segments.map((segment) => segmentFiles(log, segment, encoding));
  const mismatches = segments.flatMap((made) => made.sizeMismatches);
  checkLines(checks, `${topic}: batches of another size than counted`, mismatches.map(String), []);
  checkThat(
    checks,
    `${topic}: compression`,
    segments.every(({ uncompressed }) => uncompressed.size === 0),
    'a codec could not be written',
  );
  return [...segments.flatMap(({ files }) => files), ...stateFiles(log, topicId)];
}

function writeAll(directory: string, files: readonly PartitionFile[]): void {
  mkdirSync(directory, { recursive: true });
  for (const { name, bytes, modifiedMs } of files) {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    utimesSync(path, modifiedMs / 1000, modifiedMs / 1000);
  }
}

async function checkAll(kafka: Kafka, chosen: readonly Scenario[], folder: string): Promise<Checks> {
  const total = createChecks();
  const note = (title: string, checks: Checks): void => {
    console.log(`${title.padEnd(34)} ${String(checks.passed).padStart(6)}  ${String(checks.passed + checks.failures.length).padStart(6)}`);
    total.passed += checks.passed;
    total.failures.push(...checks.failures);
  };
  console.log(`${'Apache Kafka'.padEnd(34)} passed   total`);
  const written = chosen.map((scenario): WrittenFiles & { readonly checks: Checks } => {
    const checks = createChecks();
    const directory = join(folder, 'dump', `${scenario.topic}-0`);
    const files = filesOf(scenario, topicIdOf([0, 0, 0, 1]), checks);
    writeAll(directory, files);
    return { scenario, directory, names: files.map(({ name }) => name), checks };
  });
  for (const files of written) {
    await checkDump(kafka, files, files.checks);
    note(`dump-log ${files.scenario.topic}`, files.checks);
  }
  const indexes = createChecks();
  await checkIndexes(kafka, written, indexes);
  note('dump-log, indexes of all', indexes);
  const checks = createChecks();
  const write = (scenario: Scenario, directory: string, topicId: string): void =>
    writeAll(directory, filesOf(scenario, topicId, createChecks()));
  try {
    await checkBroker(kafka, chosen, join(folder, 'broker'), write, checks);
  } catch (error) {
    checks.failures.push(`broker: ${error instanceof Error ? error.message : String(error)}`);
  }
  note('broker and consumer', checks);
  return total;
}

async function main(): Promise<number> {
  const filter = process.argv[2] ?? '';
  const chosen = scenarios.filter(({ topic }) => topic.includes(filter));
  const missing = missingPrograms();
  const kafka = missing === null ? await fetchKafka() : { reason: missing };
  if ('reason' in kafka) {
    console.log(`Kafka's tools: skipped, ${kafka.reason}.`);
    console.log(`0 passed, 0 failed, ${chosen.length} skipped`);
    return 0;
  }
  console.log(`Apache Kafka ${kafka.version}: ${chosen.length} logs, read by its dump-log tool, by a broker and by a consumer`);
  const folder = mkdtempSync(join(tmpdir(), 'logjam-kafka-'));
  const logs = chosen.map(({ topic, make }) => make(topic));
  const { passed, failures } = await checkAll(kafka, logs, folder);
  for (const failure of failures.slice(0, failuresShown)) console.log(`FAILED  ${failure}`);
  if (failures.length > failuresShown) console.log(`        … and ${failures.length - failuresShown} more`);
  if (failures.length === 0) rmSync(folder, { recursive: true, force: true });
  else console.log(`The files, and what the broker printed, are left in ${folder}`);
  console.log(`${passed} passed, ${failures.length} failed, 0 skipped`);
  return failures.length > 0 ? 1 : 0;
}

process.exitCode = await main();
