/** Cases of retries and of crashes between processing and committing: set-ups read from their words, runs of the whole engine. */
import { advance, compile, createRun, reportOf, type Run } from '../../src/engine/index.ts';
import type { ConfigValue, Fault, PipelineDocument, PipelineNode } from '../../src/pipeline/document.ts';
import type { CaseReport } from '../suite.ts';
import { pipelineOf } from './idealDocument.ts';
import type { QueueingCase } from './reading.ts';
import { collectInto, createSamples, type Samples } from './samples.ts';
import { checkExperiment } from './statistics.ts';

type Configs = Readonly<Record<string, ConfigValue>>;

interface DeliveryCase {
  readonly id: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance?: unknown;
}

function runOf(document: PipelineDocument, options: { seed?: number; untilUs: number; served?: Samples }): Run {
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map(({ message }) => message).join(' '));
  const byNode = topology.nodes.map(({ node }) => (node.id === 'stage-0' ? (options.served ?? null) : null));
  const run = createRun(topology, { ...(options.seed !== undefined && { seed: options.seed }), probe: collectInto(byNode) });
  advance(run, { untilUs: options.untilUs, maxEvents: Infinity });
  return run;
}

const nodeOf = (run: Run, id: string) => reportOf(run).nodes.find(({ node }) => node === id)!;

/** What a crash in the middle of a poll is said to be: records there, of one poll, done when it comes, and how offsets are committed. */
interface CrashSetUp {
  readonly records: number;
  readonly poll: number;
  readonly processed: number;
  readonly serviceMs: number;
  readonly configs: Configs;
}

/** Reads a case; null where it is none of these. A title may name another case whose crash it has. */
function readCrash({ title }: { readonly title: string }, cases: readonly DeliveryCase[]): CrashSetUp | null {
  const named = /\b([A-Z]\d+) crash/.exec(title)?.[1];
  const other = cases.find(({ id }) => id === named);
  if (other !== undefined) {
    const setUp = readCrash(other, []);
    return setUp && /upsert/i.test(title) ? { ...setUp, configs: { ...setUp.configs, 'write.mode': 'upsert' } } : null;
  }
  const polled = /poll (\d+).*process (\d+).*crash.*restart/i.exec(title);
  const mode = /^commit-before-process/i.test(title)
    ? 'before-processing'
    : /^process-then-commit/i.test(title)
      ? 'after-processing'
      : null;
  if (polled !== null && mode !== null) {
    const [poll, processed] = [Number(polled[1]), Number(polled[2])];
    return { records: poll, poll, processed, serviceMs: 10, configs: { 'commit.mode': mode } };
  }
  const auto = /auto-commit ([\d.]+) s .*?([\d.]+) rec\/s, (\d+) records per poll.*crash at ([\d.]+) s/i.exec(title);
  if (auto === null) return null;
  const [intervalS, rate, poll, crashS] = auto.slice(1).map(Number) as [number, number, number, number];
  const configs = { 'commit.mode': 'auto', 'auto.commit.interval.ms': intervalS * 1000 };
  return { records: Math.ceil(crashS * rate * 2), poll, processed: Math.round(crashS * rate), serviceMs: 1000 / rate, configs };
}

/** All records are there when the first poll begins; the crash comes in the middle of the service after the last one that is done. */
function crashed({ records, poll, processed, serviceMs, configs }: CrashSetUp): Record<string, number> {
  const document = (faults: readonly Fault[]) =>
    pipelineOf({
      producer: {
        'workload.rate': 1e6,
        'workload.records': records,
        'linger.ms': 100,
        'batch.size': 10_000_000,
        'key.shape': 'sequential',
        'key.count': 50,
      },
      partitions: 1,
      stages: [{ configs: { 'service.time.ms': serviceMs, 'max.poll.records': poll, ...configs }, keeps: 1 }],
      durationMs: 1e6,
      faults,
    });
  const first = createSamples(1);
  runOf(document([]), { untilUs: 10e6, served: first });
  const crashMs = first.startUs[0]! / 1000 + serviceMs * (processed + 0.5);
  const faults: Fault[] = [
    { atMs: crashMs, action: 'member.crash', node: 'stage-0', member: 0 },
    { atMs: crashMs + 1, action: 'member.restart', node: 'stage-0', member: 0 },
  ];
  const served = createSamples(records * 3);
  const before = runOf(document(faults), { untilUs: Math.floor(crashMs * 1000) });
  const committed = reportOf(before).groups[0]!.partitions.reduce((sum, partition) => sum + Math.max(0, partition.committed ?? 0), 0);
  const run = runOf(document(faults), { untilUs: 900e6, served });
  const distinct = new Set(served.originUs.subarray(0, served.count)).size;
  const duplicates = served.count - distinct;
  const { table } = nodeOf(run, 'stage-0');
  return {
    committed,
    processed: nodeOf(before, 'stage-0').recordsIn,
    lost: records - distinct,
    duplicates,
    duplicate_deliveries: duplicates,
    ...(table !== null && { distinct_rows_wrong: table.wrongRows }),
  };
}

/** Runs one exact case; gives whether it is one of these. */
export function checkCrashCase(entry: DeliveryCase, cases: readonly DeliveryCase[], report: CaseReport): boolean {
  const setUp = readCrash(entry, cases);
  if (setUp === null) return false;
  const found = crashed(setUp);
  const allowed = typeof entry.tolerance === 'string' ? Number(/\+-(\d+)/.exec(entry.tolerance)?.[1] ?? 0) : 0;
  const close = Object.fromEntries(
    Object.entries(entry.expected).map(([name, value]) => [name, Math.abs(found[name]! - Number(value)) <= allowed ? value : found[name]]),
  );
  report.check(`${entry.id} ${entry.title}`, close, entry.expected);
  return true;
}

/** A statistical case of retries: its document, and its figures from a run of so many records. */
interface RetrySetUp {
  readonly records: number;
  readonly document: PipelineDocument;
  figures(run: Run): Readonly<Record<string, number>>;
}

/** Retries into the topic they were read from: a service that sends what failed back, and what is done to a sink. */
function feedback(title: string, records: number): RetrySetUp | null {
  const read = /probability ([\d.]+).*?([\d.]+) (?:new )?rec\/s.*?exp(?:onential)? (?:mean )?([\d.]+) ms/i.exec(title);
  if (read === null) return null;
  const [probability, rate, serviceMs] = read.slice(1).map(Number) as [number, number, number];
  const base = pipelineOf({
    producer: { 'workload.shape': 'poisson', 'workload.rate': rate, 'workload.records': records },
    partitions: 1,
    stages: [
      { configs: { 'service.time.distribution': 'exponential', 'service.time.ms': serviceMs }, keeps: 1 },
      { configs: { 'service.time.ms': 0 }, keeps: 1 },
    ],
    durationMs: Math.ceil((records / rate) * 1000),
  });
  const errors = { 'error.rate': probability, 'error.action': 'retry-topic', 'error.max.attempts': 1000 };
  const nodes = base.nodes.map((node): PipelineNode => {
    if (node.id !== 'stage-0') return node;
    const { 'pass.probability': _, ...config } = node.config;
    return { ...node, kind: 'service', config: { ...config, ...errors } };
  });
  const back = { id: 'back', source: 'stage-0', target: 'topic-0', sourcePort: 'retry' };
  return {
    records,
    document: { ...base, nodes, edges: [...base.edges, back] },
    figures(run) {
      const { recordsIn, latency } = nodeOf(run, 'stage-0');
      const seconds = base.scenario.durationMs / 1000;
      return {
        effective_rate_per_s: recordsIn / seconds,
        // The time all copies together were there, by the time there was.
        mean_in_system: (latency!.meanMs * recordsIn) / 1000 / seconds,
        mean_total_sojourn_ms: nodeOf(run, 'stage-1').endToEnd!.meanMs,
        mean_attempts: recordsIn / records,
      };
    },
  };
}

/** Retries in place with growing waits, then a dead letter. */
function bounded(title: string, records: number): RetrySetUp | null {
  const read = /probability ([\d.]+).*?(\d+) retries.*?back-off ([\d., ]+) ms/i.exec(title);
  if (read === null) return null;
  const waits = read[3]!.split(',').map(Number);
  const multiplier = waits.length < 2 ? 1 : waits[1]! / waits[0]!;
  const base = pipelineOf({
    producer: { 'workload.rate': 5, 'workload.records': records },
    partitions: 1,
    stages: [
      {
        configs: {
          'service.time.ms': 0,
          'error.rate': Number(read[1]),
          'error.action': 'dead-letter',
          'error.max.attempts': Number(read[2]) + 1,
          'error.backoff.ms': waits[0]!,
          'error.backoff.multiplier': multiplier,
          'error.backoff.max.ms': Math.max(...waits),
        },
        keeps: 1,
      },
    ],
    durationMs: Math.ceil(records / 5 + 60) * 1000,
  });
  const dead: PipelineNode = { id: 'dead', kind: 'topic', name: 'dead', config: {} };
  const wire = { id: 'given-up', source: 'stage-0', target: 'dead', sourcePort: 'dead-letter' };
  return {
    records,
    document: { ...base, nodes: [...base.nodes, dead], edges: [...base.edges, wire] },
    figures(run) {
      const { deadLettered, retried, backoffMs } = nodeOf(run, 'stage-0');
      return { dlq_fraction: deadLettered / records, mean_attempts: 1 + retried / records, mean_backoff_ms: backoffMs / records };
    },
  };
}

/** Reads a case of retries; null where it is none. */
function readRetries({ model, title }: { readonly model: string; readonly title: string }, records: number): RetrySetUp | null {
  if (/feedback/i.test(model)) return feedback(title, records);
  return /bounded retry/i.test(model) ? bounded(title, records) : null;
}

/** Runs one statistical case; gives whether it is one of these. */
export function checkRetryCase(entry: QueueingCase, report: CaseReport): boolean {
  const wanted = typeof entry.min_records === 'number' ? entry.min_records : 1_000_000;
  const records = Math.ceil((wanted * 1.5) / report.seeds.count);
  const setUp = readRetries(entry, records);
  if (setUp === null) return false;
  const untilUs = setUp.document.scenario.durationMs * 1000;
  const figures = (seed: number) => setUp.figures(runOf(setUp.document, { seed, untilUs }));
  checkExperiment(entry, { way: `${records} records`, figures }, report);
  return true;
}
