/** Exact cases of who gets which partition, and of how many partitions it takes. */
import { advance, compile, createRun, reportOf } from '../../src/engine/index.ts';
import { assignors } from '../../src/engine/group/assignors/index.ts';
import { partitionForKey } from '../../src/engine/workload/murmur2.ts';
import { encodeUtf8 } from '../../src/engine/workload/utf8.ts';
import type { PipelineDocument, PipelineNode } from '../../src/pipeline/document.ts';
import type { CaseReport } from '../suite.ts';
import { pipelineOf } from './idealDocument.ts';

export interface AssignmentCase {
  readonly id: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

function assign(strategy: string, topics: number, partitions: number, members: readonly string[]): string[][] {
  const assignor = assignors.get(strategy.toLowerCase());
  if (assignor === undefined) throw new Error(`there is no assignor ${strategy}`);
  const names = Array.from({ length: topics }, (_, i) => `t${i}`);
  const given = assignor(
    names.map((name) => ({ name, partitions })),
    members.map((id) => ({ id, topics: names, owned: [], generation: null })),
  );
  return given.map((own) => own.map(({ topic, partition }) => `${topic}p${partition}`).sort());
}

/** A title gives its input, or names that of the case before. */
function named(entry: AssignmentCase, cases: readonly AssignmentCase[]): unknown {
  const strategy = /^(\w+):/.exec(entry.title)?.[1];
  const pattern = /(\d+) topics? x (\d+) partitions?, ((?:\w+, ?)*\w+)/;
  const before = cases.slice(0, cases.indexOf(entry)).findLast(({ title }) => pattern.test(title));
  const read = pattern.exec(/same input/i.test(entry.title) ? (before?.title ?? '') : entry.title);
  if (strategy === undefined || read === null) return null;
  const members = read[3]!.split(',').map((name) => name.trim());
  const given = assign(strategy, Number(read[1]), Number(read[2]), members);
  return Object.fromEntries(members.map((member, i) => [member, given[i]]));
}

/** Counts by the names of the figures: P10C3_range, P3C5_idle. */
function counted({ expected }: AssignmentCase): unknown {
  const found: Record<string, unknown> = {};
  for (const name of Object.keys(expected)) {
    const read = /^P(\d+)C(\d+)_(\w+)$/.exec(name);
    if (read === null) return null;
    const members = Array.from({ length: Number(read[2]) }, (_, i) => `C${i}`);
    const strategy = read[3] === 'idle' ? 'range' : read[3]!;
    const counts = assign(strategy, 1, Number(read[1]), members).map((own) => own.length);
    found[name] = read[3] === 'idle' ? counts.filter((count) => count === 0).length : counts;
  }
  return found;
}

const seconds = 20;
const valueBytes = 100_000;
/** What a batch of one record takes beside its value, and a little. */
const overheadBytes = 100;

/**
 * Whether so many partitions keep up with `target` records a second, when a partition takes `perLeader` (its broker's disk does no more) and its consumer serves
 * `perConsumer`: the last record does not wait longer than the two take for one.
 */
function keepsUp(partitions: number, rates: { target: number; perLeader: number; perConsumer: number }): boolean {
  const { target, perLeader, perConsumer } = rates;
  const rate = target / partitions;
  const base = pipelineOf({
    producer: { 'workload.rate': rate, 'value.size.bytes': valueBytes, 'batch.size': 1 },
    partitions,
    stages: [{ configs: { 'service.time.ms': 1000 / perConsumer, instances: partitions }, keeps: 1 }],
    durationMs: seconds * 1000,
  });
  const [source, ...others] = base.nodes as [PipelineNode, ...PipelineNode[]];
  // A source for every partition, so that each gets its exact share.
  const keys = new Map<number, string>();
  for (let i = 0; keys.size < partitions; i++) keys.set(partitionForKey(encodeUtf8(`key-${i}`), partitions), `key-${i}`);
  const sources = [...keys.values()].map((key, i): PipelineNode => {
    const config = { ...source.config, 'key.shape': 'list', 'key.list': [key] };
    return { ...source, id: `source-${i}`, name: `source-${i}`, config };
  });
  const document: PipelineDocument = {
    ...base,
    nodes: [...sources, ...others],
    edges: [
      ...base.edges.filter((edge) => edge.source !== source.id),
      ...sources.map(({ id }) => ({ id: `from-${id}`, source: id, target: 'topic-0' })),
    ],
    cluster: {
      config: { ...base.cluster.config, brokers: partitions, 'disk.bytes.per.second': perLeader * (valueBytes + overheadBytes) },
    },
  };
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map(({ message }) => message).join(' '));
  const run = createRun(topology);
  advance(run, { untilUs: seconds * 1e6, maxEvents: Infinity });
  const { recordsIn } = reportOf(run).nodes.find(({ node }) => node === 'stage-0')!;
  // Under way are a few records a partition; a partition too few leaves the missing rate times the seconds behind.
  const pipelined = 1 / perLeader + 1 / perConsumer + 2 / rate;
  return target * seconds - recordsIn <= target * pipelined;
}

/** The fewest partitions that keep up, found by running. */
function sized({ title, expected }: AssignmentCase): unknown {
  if (!/partition count/i.test(title)) return null;
  const found: Record<string, number> = {};
  for (const name of Object.keys(expected)) {
    const read = /^t(\d+)_p(\d+)_c(\d+)$/.exec(name);
    if (read === null) return null;
    const [target, perLeader, perConsumer] = read.slice(1).map(Number) as [number, number, number];
    let partitions = 1;
    while (!keepsUp(partitions, { target, perLeader, perConsumer })) partitions++;
    found[name] = partitions;
  }
  return found;
}

/** Runs one case; gives whether it is one of these. */
export function checkAssignmentCase(entry: AssignmentCase, cases: readonly AssignmentCase[], report: CaseReport): boolean {
  const found = named(entry, cases) ?? counted(entry) ?? sized(entry);
  if (found === null) return false;
  report.check(`${entry.id} ${entry.title}`, found, entry.expected);
  return true;
}
