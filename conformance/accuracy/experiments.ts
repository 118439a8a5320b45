/** Queueing cases that are no single queue: their set-ups read from model and title, their figures from runs of the whole engine. */
import { advance, reportOf, type Run } from '../../src/engine/index.ts';
import type { PipelineDocument, PipelineNode } from '../../src/pipeline/document.ts';
import { boundedBuffer } from './boundedBuffer.ts';
import { collect, exponential, mean, meanMs, poisson, startRun, type Configs, type Words } from './experimentRuns.ts';
import { pipelineOf } from './idealDocument.ts';
import { breakdowns, vacations } from './interruptions.ts';
import { find, number, readMean, readRate } from './reading.ts';
import { collectInto, createSamples, type Samples } from './samples.ts';
import { lossSystem, unlimited } from './slots.ts';
import { spreadOf, type Experiment } from './statistics.ts';

const counts: Readonly<Record<string, number>> = { two: 2, three: 3, four: 4, five: 5 };

/** Every group reads all records; one is done when the last group has. One partition each, so the i-th record served is the same in every group. */
function forkJoin({ model, title }: Words, records: number): Experiment | null {
  const groups = /(two|three|four|five|\d+) (?:consumer )?groups/i.exec(title)?.[1];
  const rate = readRate(title);
  const serviceMs = readMean(title);
  if (!/fork-?join/i.test(model) || groups === undefined || rate === null || serviceMs === null) return null;
  const base = pipelineOf({
    // Large enough that what requests take beside their records is below the tolerance.
    producer: { ...poisson(rate, records), 'value.size.bytes': 30_000 },
    partitions: 1,
    stages: [{ configs: exponential(serviceMs), keeps: 1 }],
    durationMs: Math.ceil((records / rate) * 1000),
  });
  const sink = base.nodes.find(({ kind }) => kind === 'sink')!;
  const ids = Array.from({ length: counts[groups.toLowerCase()] ?? Number(groups) }, (_, i) => `group-${i}`);
  const document: PipelineDocument = {
    ...base,
    nodes: [...base.nodes.filter((node) => node !== sink), ...ids.map((id): PipelineNode => ({ ...sink, id, name: id }))],
    edges: [
      ...base.edges.filter(({ target }) => target !== sink.id),
      ...ids.map((id) => ({ id: `to-${id}`, source: 'topic-0', target: id })),
    ],
  };
  return {
    way: `${ids.length} groups, ${records} records`,
    figures(seed) {
      const { run, of } = collect(document, ids, { seed, records });
      const { sentUs } = of[0]!;
      const [broker] = run.ctx.brokers;
      return {
        mean_done_ms: meanMs(of[0]!, sentUs, (i) => of.reduce((last, { endUs }) => Math.max(last, endUs[i]!), 0)),
        each_group_sojourn_ms: mean(of.map((samples) => meanMs(samples, samples.sentUs, (i) => samples.endUs[i]!))),
        broker_egress_multiple: broker!.bytesOut / broker!.bytesIn,
      };
    },
  };
}

/** Batches that open with their first record and close `linger.ms` later. */
function lingering({ title }: Words, records: number): Experiment | null {
  const lingerMs = find(title, `linger\\.ms ?= ?${number}`)?.[0];
  const rate = readRate(title);
  if (lingerMs === undefined || rate === null || !/poisson/i.test(title)) return null;
  const document = pipelineOf({
    producer: { ...poisson(rate, records), 'linger.ms': lingerMs, 'batch.size': 1_000_000 },
    partitions: find(title, `${number} partitions?`)?.[0] ?? 1,
    stages: [{ configs: { 'service.time.ms': 0 }, keeps: 1 }],
    durationMs: Math.ceil((records / rate) * 1000),
  });
  return {
    way: `${records} records`,
    figures(seed) {
      let requests = 0;
      let sent = 0;
      let lastUs = 0;
      let delaysUs = 0;
      const run: Run = startRun(document, {
        seed,
        watcher: {
          requestSent({ batches }) {
            requests++;
            lastUs = run.ctx.events.nowUs;
            for (const { count, columns } of batches) {
              sent += count;
              for (let i = 0; i < count; i++) delaysUs += lastUs - columns.sentUs[i]!;
            }
          },
        },
      });
      advance(run, { untilUs: document.scenario.durationMs * 1100, maxEvents: Infinity });
      return {
        mean_records_per_batch: sent / requests,
        requests_per_s: (requests / lastUs) * 1e6,
        mean_linger_delay_ms: delaysUs / sent / 1000,
      };
    },
  };
}

/** So many runs make one figure of a spread, which ten single ones would leave open. */
const runsForSpread = 35;

/** A backlog that is there when the consumer comes, and records that keep coming; until nothing is left for the first time. */
function draining({ model, title }: Words): Experiment | null {
  const backlog = find(title, `${number} records of lag`)?.[0];
  const rate = readRate(title);
  const serviceMs = readMean(title);
  if (!/backlog drain/i.test(model) || backlog === undefined || rate === null || serviceMs === null) return null;
  const meanS = backlog / (1000 / serviceMs - rate);
  const base = pipelineOf({
    // A record behind a backlog is not awaited: what it lingers, a ten-thousandth of the time to drain, shows in the last moments alone.
    producer: { ...poisson(rate, 0), 'linger.ms': Number((meanS / 10).toFixed(3)) },
    partitions: 1,
    stages: [{ configs: exponential(serviceMs), keeps: 1 }],
    durationMs: Math.ceil(meanS * 3000),
  });
  const source = base.nodes.find(({ id }) => id === 'source')!;
  const before = {
    ...source.config,
    'workload.shape': 'constant',
    'workload.rate': 1e6,
    'workload.records': backlog,
    'workload.group.size': backlog,
  };
  const document: PipelineDocument = {
    ...base,
    nodes: [...base.nodes, { ...source, id: 'before', name: 'before', config: before }],
    edges: [...base.edges, { id: 'from-before', source: 'before', target: 'topic-0' }],
  };
  const drainOnce = (seed: number): number => {
    const capacity = Math.ceil(backlog + rate * meanS * 3);
    const samples = createSamples(capacity);
    const run = startRun(document, { seed, probe: collectInto(document.nodes.map(({ id }) => (id === 'stage-0' ? samples : null))) });
    for (let untilS = meanS * 0.8; untilS < meanS * 3; untilS += meanS * 0.02) {
      advance(run, { untilUs: untilS * 1e6, maxEvents: Infinity });
      const emptyUs = firstEmptyUs(samples);
      if (emptyUs !== null) return emptyUs / 1e6;
    }
    throw new Error(`the backlog was not worked off in ${meanS * 3} s`);
  };
  return {
    way: `${runsForSpread} backlogs each`,
    figures(seed) {
      const { mean, deviation } = spreadOf(Array.from({ length: runsForSpread }, (_, i) => drainOnce(seed * 1000 + i)));
      return { mean_drain_s: mean, sd_drain_s: deviation };
    },
  };
}

/** When the one server, which serves in order, first found nothing. Services end on whole microseconds, and starts are counted back from there. */
function firstEmptyUs({ startUs, endUs, count }: Samples): number | null {
  for (let i = 0; i + 1 < count; i++) if (startUs[i + 1]! - endUs[i]! >= 1) return endUs[i]!;
  return null;
}

/** What a compacted topic holds when it has been cleaned. */
function distinctKeys({ title }: Words): Experiment | null {
  const read = find(title, `distinct keys after ${number} records over ${number} equally likely keys`);
  if (read === null) return null;
  const [records, keys] = read as [number, number];
  const base = pipelineOf({
    producer: { 'workload.rate': 1e6, 'workload.records': records, 'key.shape': 'uniform', 'key.count': keys, 'linger.ms': 100 },
    partitions: 1,
    stages: [{ configs: { 'service.time.ms': 0 }, keeps: 1 }],
    durationMs: 100_000,
  });
  const compacted: Configs = {
    partitions: 1,
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': 0.001,
    // The segment is closed by the record after it; no broker cleans one that is written to.
    'segment.ms': 10_000,
  };
  const source = base.nodes.find(({ id }) => id === 'source')!;
  const last = {
    ...source.config,
    'key.count': 1,
    'workload.rate': 1,
    'workload.records': 1,
    'workload.start.ms': 30_000,
    'key.prefix': 'closes-',
  };
  const nodes = base.nodes.map((node) => (node.kind === 'topic' ? { ...node, config: compacted } : node));
  const document: PipelineDocument = {
    ...base,
    nodes: [...nodes, { ...source, id: 'last', name: 'last', config: last }],
    edges: [...base.edges, { id: 'from-last', source: 'last', target: 'topic-0' }],
  };
  const once = (seed: number): number => {
    const run = startRun(document, { seed });
    advance(run, { untilUs: 80e6, maxEvents: Infinity });
    const { records: left } = reportOf(run).topics[0]!;
    const { compacted: taken } = reportOf(run).topics[0]!;
    if (taken === 0) throw new Error('the topic was not cleaned');
    return left - 1;
  };
  return {
    way: `${runsForSpread} topics each, cleaned`,
    figures(seed) {
      const { mean, deviation } = spreadOf(Array.from({ length: runsForSpread }, (_, i) => once(seed * 1000 + i)));
      return { expected_distinct: mean, sd_distinct: deviation };
    },
  };
}

/** A case as an experiment with so many records a run; null where it is none of these. */
export function readExperiment(words: Words, records: number): Experiment | null {
  return (
    forkJoin(words, records) ??
    lingering(words, records) ??
    draining(words) ??
    distinctKeys(words) ??
    vacations(words, records) ??
    breakdowns(words, records) ??
    boundedBuffer(words, records) ??
    lossSystem(words, records) ??
    unlimited(words, records)
  );
}
