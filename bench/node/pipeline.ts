/** Records a second through the whole pipeline, beside a warm fill of three typed arrays: what merely writing three columns costs. */
import { confirmStored, evictToBudget, takeSealed } from '../../src/engine/host.ts';
import { advance, compile, createRun, type Run } from '../../src/engine/index.ts';
import { newDocument, type PipelineDocument } from '../../src/pipeline/index.ts';
import type { Figure } from '../figures.ts';
import { ratesInTurn, type Work } from '../timing.ts';

export interface Load {
  readonly name: string;
  readonly ratePerSecond: number;
  readonly lingerMs: number;
  readonly partitions: number;
  readonly members: number;
  readonly replicas: number;
  readonly floor: number | null;
  readonly aim: number | null;
}

export const loads: readonly Load[] = [
  {
    name: 'Pipeline, batches of 100, 12 partitions, group of 4',
    ratePerSecond: 1_000_000,
    lingerMs: 1.3,
    partitions: 12,
    members: 4,
    replicas: 1,
    floor: 0.03,
    aim: 0.06,
  },
  {
    name: 'Pipeline, one record a batch',
    ratePerSecond: 100_000,
    lingerMs: 0,
    partitions: 12,
    members: 4,
    replicas: 1,
    floor: null,
    aim: null,
  },
  {
    name: 'Pipeline, 1,000 partitions, 100 members',
    ratePerSecond: 1_000_000,
    lingerMs: 100,
    partitions: 1000,
    members: 100,
    replicas: 1,
    floor: null,
    aim: null,
  },
  {
    name: 'Pipeline, batches of 100, three replicas',
    ratePerSecond: 1_000_000,
    lingerMs: 1.3,
    partitions: 12,
    members: 4,
    replicas: 3,
    floor: null,
    aim: null,
  },
];

const network = { 'network.latency.ms': 0.05, 'network.bytes.per.second': 0 };
const noOtherCosts = { 'page.cache.bytes': 0, 'disk.bytes.per.second': 0, 'request.handler.ms': 0, 'group.initial.rebalance.delay.ms': 0 };

export function documentOf(load: Load): PipelineDocument {
  const producer = { 'workload.rate': load.ratePerSecond, 'value.size.bytes': 100, 'key.count': 1000, 'linger.ms': load.lingerMs };
  const sink = { 'service.time.ms': 0.0001, instances: load.members, 'auto.offset.reset': 'earliest', 'max.poll.records': 500 };
  return {
    ...newDocument(),
    nodes: [
      { id: 'p', kind: 'producer', name: 'p', config: producer },
      { id: 't', kind: 'topic', name: 'orders', config: { partitions: load.partitions, 'replication.factor': load.replicas } },
      { id: 's', kind: 'sink', name: 's', config: sink },
    ],
    edges: [
      { id: 'e1', source: 'p', target: 't' },
      { id: 'e2', source: 't', target: 's' },
    ],
    cluster: { config: { ...network, ...noOtherCosts } },
    scenario: { seed: 1, durationMs: 3_600_000, faults: [], objectives: [] },
  } as PipelineDocument;
}

/** Memory for sealed blocks; what is beyond is let go, as the worker does once it is stored. */
export const residentBytesMax = 64 * 1024 * 1024;
const spanUs = 50_000;

/** Advances by `virtualUs`; returns the records committed through the sink meanwhile. */
function runFor(run: Run, virtualUs: number): number {
  const { ctx } = run;
  const logs = ctx.partitions.map(({ log }) => log);
  const before = ctx.metrics[2].recordsIn;
  const endUs = ctx.events.nowUs + virtualUs;
  while (ctx.events.nowUs < endUs) {
    const outcome = advance(run, { untilUs: Math.min(endUs, ctx.events.nowUs + spanUs), maxEvents: Infinity });
    if (outcome.kind !== 'reached') throw new Error(`The bench's run ended: ${outcome.kind}.`);
    for (const log of logs) for (const block of takeSealed(log)) confirmStored(log, block);
    evictToBudget(logs, residentBytesMax);
  }
  return ctx.metrics[2].recordsIn - before;
}

function recordsPerBatch(run: Run): number {
  let batches = 0;
  let records = 0;
  for (const { log } of run.ctx.partitions) {
    records += log.appendedRecords;
    for (const block of log.blocks) batches += block.batchCount;
  }
  return records / batches;
}

/**
 * A loop that writes three columns of 8, 8 and 4 bytes a record, each value another: 160 MB, more than the caches hold, pages touched before. It is
 * what columns cost that nothing is computed for.
 */
function columnFill(): Work {
  const records = 8_000_000;
  const times = new Float64Array(records).fill(1);
  const offsets = new Float64Array(records).fill(1);
  const keys = new Int32Array(records).fill(1);
  let value = 0;
  const fill = (): void => {
    value++;
    for (let i = 0; i < records; i++) {
      times[i] = value + i;
      offsets[i] = value + 2 * i;
      keys[i] = i;
    }
  };
  return () => {
    for (let pass = 0; pass < 4; pass++) fill();
    return 4 * records;
  };
}

/** Virtual time for a span of work of a fraction of a second. */
const virtualUsOf = (load: Load): number => Math.round((load.lingerMs === 0 ? 200_000 : 1_500_000) * (1_000_000 / load.ratePerSecond));

/** All pipeline figures. */
export function measurePipeline(only = -1): Figure[] {
  const fill = columnFill();
  const chosen = only < 0 ? loads : [loads[only]];
  return chosen.map((load) => {
    const { topology } = compile(documentOf(load));
    if (topology === null) throw new Error(`The bench's document "${load.name}" does not compile.`);
    const run = createRun(topology, { ledger: false });
    const virtualUs = virtualUsOf(load);
    // The first second is for the group to form and for the compiler to warm up.
    runFor(run, 1_000_000 + virtualUs);
    const eventsBefore = run.ctx.events.taken;
    const recordsBefore = run.ctx.metrics[2].recordsIn;
    const eventsPerRecord = (events: number, records: number): number =>
      (run.ctx.events.taken - events) / (run.ctx.metrics[2].recordsIn - records);
    const [rate, fillRate] = ratesInTurn([() => runFor(run, virtualUs), fill], 6);
    return {
      name: load.name,
      value: rate / 1e6,
      unit: 'M records/s',
      peer: { name: 'a loop filling three warm typed arrays (8 + 8 + 4 bytes a record, 160 MB)', value: fillRate / 1e6 },
      floor: load.floor,
      aim: load.aim,
      moreIsBetter: true,
      note: `${recordsPerBatch(run).toFixed(1)} records a batch, ${eventsPerRecord(eventsBefore, recordsBefore).toFixed(2)} events a record, latency of every record kept`,
    };
  });
}
