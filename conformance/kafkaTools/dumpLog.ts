/** Kafka's dump-log tool over the files of a scenario, compared with what the engine says of its log. */
import { join } from 'node:path';
import { fileNameOfOffset } from '../../src/engine/log/kafkaFiles.ts';
import type { Segment } from '../../src/engine/log/logState.ts';
import type { Checks } from './checks.ts';
import { checkLines, checkThat } from './checks.ts';
import {
  expectedGaps,
  expectedLogLines,
  expectedSnapshots,
  expectedTransactionLines,
  indexableBatches,
  indexableTimestamps,
} from './expectedDump.ts';
import type { Ended, Kafka } from './programs.ts';
import { lastLines, runJava } from './programs.ts';
import type { Scenario } from './scenario.ts';

const tool = 'org.apache.kafka.tools.DumpLogSegments';
const limitMs = 120_000;

/** A scenario's files as they were written. */
export interface WrittenFiles {
  readonly scenario: Scenario;
  readonly directory: string;
  readonly names: readonly string[];
}

/** Lines the tool printed of each file, by its path. */
function byFile(stdout: string): Map<string, string[]> {
  const files = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of stdout.split('\n').slice(0, -1)) {
    const path = /^Dumping (.+)$/.exec(line)?.[1];
    if (path === undefined) lines.push(line);
    else files.set(path, (lines = []));
  }
  return files;
}

/** Dumps all files of a scenario's directory and compares them. */
export async function checkDump(kafka: Kafka, { scenario, directory, names }: WrittenFiles, checks: Checks): Promise<void> {
  const { topic, log } = scenario;
  const paths = names.filter((name) => /\.(log|index|timeindex|txnindex|snapshot)$/.test(name)).map((name) => join(directory, name));
  const all = await dump(kafka, paths, ['--deep-iteration', '--print-data-log']);
  checkThat(checks, `${topic}: dump-log`, all.status === 0, `ended with ${all.status}: ${lastLines(all.stderr, 5)}`);
  const byPath = byFile(all.stdout);
  const found: DumpedFile = (name) => byPath.get(join(directory, name)) ?? [];
  for (const segment of log.segments) checkSegment(scenario, segment, found, checks);
  const snapshots = expectedSnapshots(scenario);
  const snapshotNames = names.filter((name) => name.endsWith('.snapshot'));
  checkLines(checks, `${topic}: snapshots there are`, snapshotNames.sort(), [...snapshots.keys()].sort());
  for (const [name, lines] of snapshots) checkLines(checks, `${topic}: ${name}`, found(name), lines);
  const gaps = log.segments.flatMap((segment) => expectedGaps(scenario, segment));
  checkLines(checks, `${topic}: complaints`, complaints(all.stderr), gaps.sort());
}

/** Lets the tool check all indexes in its two ways: as a broker does when it starts, and against the records. */
export async function checkIndexes(kafka: Kafka, written: readonly WrittenFiles[], checks: Checks): Promise<void> {
  const paths = written.flatMap(({ directory, names }) =>
    names.filter((name) => /\.(index|timeindex)$/.test(name)).map((name) => join(directory, name)),
  );
  const sane = byFile((await dump(kafka, paths, ['--index-sanity-check'])).stdout);
  for (const path of paths) {
    const line = sane.get(path)?.join(' ') ?? 'nothing';
    checkThat(checks, `${path}: sanity`, / is empty\.$| passed sanity check\.$/.test(line), line);
  }
  const { status, stderr } = await dump(kafka, paths, ['--verify-index-only']);
  checkThat(checks, 'indexes verified against the records', status === 0 && stderr === '', `status ${status}: ${lastLines(stderr, 5)}`);
}

/** Lines of a file by its name; none for a file that was not dumped. */
type DumpedFile = (name: string) => readonly string[];

function dump(kafka: Kafka, paths: readonly string[], options: readonly string[]): Promise<Ended> {
  return runJava(kafka, [tool, ...options, '--files', paths.join(',')], limitMs);
}

function checkSegment(scenario: Scenario, segment: Segment, found: DumpedFile, checks: Checks): void {
  const { topic, past } = scenario;
  const name = fileNameOfOffset(segment.baseOffset);
  // The checksum is the tool's own sum: what counts is that it finds it valid.
  const lines = found(`${name}.log`).map((line) => line.replace(/ crc: \d+ isvalid:/, ' isvalid:'));
  checkLines(checks, `${topic}: ${name}.log`, lines, expectedLogLines(scenario, segment));
  for (const [suffix, allowed, count] of [
    ['index', indexableBatches(scenario, segment), segment.offsetIndexEntries],
    ['timeindex', indexableTimestamps(scenario, segment), timeEntries(segment)],
  ] as const) {
    const entries = found(`${name}.${suffix}`).filter((line) => !line.endsWith(' is empty.'));
    const stray = entries.find((line) => !allowed.has(line));
    checkThat(checks, `${topic}: ${name}.${suffix} entries`, stray === undefined, stray ?? '');
    if (past === 'truncated') continue;
    checkThat(checks, `${topic}: ${name}.${suffix} size`, entries.length === count, `${count} entries expected, ${entries.length} found`);
  }
  checkLines(checks, `${topic}: ${name}.txnindex`, found(`${name}.txnindex`), expectedTransactionLines(segment));
}

/** A closed segment has an entry for its largest timestamp; the active one gets it with the files. */
function timeEntries({ timeIndexEntries, largestTimestampMs, lastIndexedTimestampMs }: Segment): number {
  return timeIndexEntries + (largestTimestampMs > lastIndexedTimestampMs ? 1 : 0);
}

/** Error output without the names of files. */
function complaints(stderr: string): string[] {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Non-consecutive offsets in '));
  return lines.sort();
}
