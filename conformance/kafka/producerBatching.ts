import { createStream } from '../../src/engine/kernel/random.ts';
import type { Accumulator } from '../../src/engine/producer/accumulator.ts';
import { appendRecord, createAccumulator } from '../../src/engine/producer/accumulator.ts';
import type { AccumulatorBatch } from '../../src/engine/producer/batch.ts';
import { createRecordToAppend } from '../../src/engine/producer/batch.ts';
import { checkReady, drainBroker, isBrokerReady, releaseBatch, setLeaders } from '../../src/engine/producer/drain.ts';
import { foldLoadStats, pickWeighted } from '../../src/engine/producer/partitioner.ts';
import { payloadBytes } from '../../src/engine/workload/payload.ts';
import { createKeyTable, internKey, keyHash, keySize } from '../../src/engine/workload/keys.ts';
import type { CaseReport, ConformanceSuite } from '../suite.ts';

interface LoadStatsCase {
  readonly queueSizes: readonly number[];
  readonly length: number;
  readonly range: number;
  readonly cumulative: readonly number[] | null;
  readonly partitionForRandom: readonly number[];
  readonly adaptive: boolean;
}
interface SendEvent {
  readonly op: 'send';
  readonly t: number;
  readonly key: string | null;
  readonly valueSize: number;
}
interface PollEvent {
  readonly op: 'poll';
  readonly t: number;
}
interface Scenario {
  readonly name: string;
  readonly partitions: number;
  readonly leaders: readonly number[];
  readonly batchSize: number;
  readonly lingerMs: number;
  readonly bufferMemory: number;
  readonly maxRequestSize: number;
  readonly adaptive: boolean;
  readonly events: readonly (SendEvent | PollEvent)[];
}

function runLoadStats(test: LoadStatsCase, report: CaseReport): void {
  const weights = Int32Array.from(test.queueSizes);
  const adaptive = foldLoadStats(weights, test.length);
  const range = adaptive ? weights[test.length - 1] : test.range;
  const pick = (random: number) => (adaptive ? pickWeighted(weights, test.length, random) : random % test.length);
  const found = {
    adaptive,
    range,
    cumulative: adaptive ? [...weights.slice(0, test.length)] : null,
    partitionForRandom: Array.from({ length: range }, (_, random) => pick(random)),
  };
  const { range: wantedRange, cumulative, partitionForRandom } = test;
  const wanted = { adaptive: test.adaptive, range: wantedRange, cumulative, partitionForRandom };
  report.check(`load stats ${test.queueSizes.join(' ')} length ${test.length}`, found, wanted);
}

/** The random numbers 0, 1, 2, … of the data; the stream itself is not drawn from. */
function countingDraw(): () => number {
  let next = 0;
  return () => next++;
}

function send(acc: Accumulator, event: SendEvent, draw: () => number, table: ReturnType<typeof createKeyTable>): unknown {
  const record = createRecordToAppend();
  const id = event.key === null ? -1 : internKey(table, event.key);
  record.key = id;
  record.hash = id < 0 ? -1 : keyHash(table, id);
  record.size = event.valueSize;
  record.payload = payloadBytes(id < 0 ? -1 : keySize(table, id), event.valueSize);
  record.timestampUs = event.t * 1000;
  record.sentUs = event.t * 1000;
  const result = appendRecord(acc, 0, record, event.t * 1000, draw, createStream(0, 'unused'));
  const { t, op, key, valueSize } = event;
  if (!result.appended) return { t, op, key, valueSize, partition: result.local, error: 'BufferExhaustedException' };
  const { local: partition, newBatch, batchIsFull, appendedBytes } = result;
  return { t, op, key, valueSize, partition, newBatch, batchIsFull, appendedBytes };
}

function poll(acc: Accumulator, scenario: Scenario, event: PollEvent): unknown {
  const nowUs = event.t * 1000;
  const check = checkReady(acc, nowUs, scenario.lingerMs * 1000, false);
  const fast = acc.localsOf.flatMap((_, broker) => (isBrokerReady(acc, broker, nowUs, scenario.lingerMs * 1000, false) ? [broker] : []));
  if (fast.join() !== check.brokers.join())
    throw new Error(`${scenario.name} at ${event.t}: ready ${check.brokers.join()} but fast way ${fast.join()}`);
  const drained: unknown[] = [];
  for (const node of check.brokers) {
    const batches: AccumulatorBatch[] = [];
    drainBroker(acc, node, scenario.maxRequestSize, batches);
    for (const batch of batches) {
      drained.push({ node, partition: batch.partition, records: batch.count, bytes: batch.sizeBytes, createdMs: batch.createdUs / 1000 });
      releaseBatch(acc, batch);
    }
  }
  const byPlace = drained as { node: number; partition: number }[];
  byPlace.sort((a, b) => a.node - b.node || a.partition - b.partition);
  return {
    t: event.t,
    op: 'poll',
    readyNodes: check.brokers,
    nextReadyCheckDelayMs: check.nextCheckDelayUs === Infinity ? null : check.nextCheckDelayUs / 1000,
    unknownLeader: check.unknownLeader,
    drained,
    bufferAvailable: acc.pool.availableBytes,
  };
}

function runScenario(scenario: Scenario, report: CaseReport): void {
  const acc = createAccumulator({
    partitions: [Array.from({ length: scenario.partitions }, (_, i) => i)],
    batchSizeBytes: scenario.batchSize,
    bufferMemoryBytes: scenario.bufferMemory,
    adaptive: scenario.adaptive,
    constantPath: 0,
  });
  setLeaders(acc, Int32Array.from(scenario.leaders), Math.max(...scenario.leaders) + 1);
  const table = createKeyTable();
  const draw = countingDraw();
  scenario.events.forEach((event, i) => {
    const found = event.op === 'send' ? send(acc, event, draw, table) : poll(acc, scenario, event);
    report.check(`${scenario.name} event ${i}`, found, event);
  });
}

/** Kafka's accumulator, buffer pool and sticky partitioner: the load tables, and scenarios of sends and polls compared event by event. */
export const producerBatchingSuite: ConformanceSuite = {
  file: 'kafka/producer-batching.json',
  run(data, report) {
    const { loadStats, scenarios } = data as { loadStats: readonly LoadStatsCase[]; scenarios: readonly Scenario[] };
    for (const test of loadStats) runLoadStats(test, report);
    for (const scenario of scenarios) runScenario(scenario, report);
  },
};
