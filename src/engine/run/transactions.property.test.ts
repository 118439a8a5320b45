import { describe, expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../pipeline/document.ts';
import { createStream, nextBelow, type RandomStream } from '../kernel/random.ts';
import { createFetchedRecords, lastStableOffsetOf, readBatches, type PartitionLog } from '../log/partitionLog.ts';
import { advance } from './advance.ts';
import type { Run } from './build.ts';
import { checkpoint, restore } from './checkpoint.ts';
import { documentOf, runTo, start, type Sketch } from './harness.ts';
import { fingerprint } from './views/report.ts';

const secondsMax = 150;
/** After this moment nothing breaks any more. */
const repairedMs = 25_000;

const pick = <T>(random: RandomStream, values: readonly T[]): T => values[nextBelow(random, values.length)]!;

/** Producers with and without transactions, some as second instances of the same transactional id, while brokers die, return and are cut off. */
function documentOfSeed(seed: number): PipelineDocument {
  const random = createStream(seed, 'transactions');
  const brokers = 1 + nextBelow(random, 4);
  const replicationFactor = pick(random, [1, Math.min(3, brokers)]);
  const topic = {
    partitions: 1 + nextBelow(random, 4),
    'replication.factor': replicationFactor,
    'min.insync.replicas': pick(random, [1, Math.min(2, replicationFactor)]),
  };
  const producer = (index: number): Config => ({
    'transactional.id': `id-${index === 2 ? pick(random, [0, 1, 2]) : index}`,
    'transaction.records': 1 + nextBelow(random, 40),
    'transaction.abort.every': nextBelow(random, 4),
    'transaction.timeout.ms': pick(random, [60_000, 60_000, 8_000]),
    'workload.rate': 50 + nextBelow(random, 200),
    'workload.records': 100 + nextBelow(random, 300),
    'workload.start.ms': index === 2 ? nextBelow(random, 3000) : 0,
    'key.shape': pick(random, ['none', 'sequential']),
    'linger.ms': pick(random, [0, 5]),
    'batch.size': pick(random, [16_384, 400]),
  });
  const nodes: Record<string, Sketch['nodes'][string]> = {};
  const count = 1 + nextBelow(random, 3);
  for (let i = 0; i < count; i++) {
    nodes[`p${i}`] = { kind: 'producer', config: producer(i), to: pick(random, [['a'], ['a', 'b']]) };
  }
  nodes['plain'] = { kind: 'producer', config: { 'workload.rate': 20, 'workload.records': 100 }, to: ['a'] };
  nodes['a'] = { kind: 'topic', config: topic };
  nodes['b'] = { kind: 'topic', config: { ...topic, partitions: 1 } };
  const cluster = { brokers, 'network.latency.ms': pick(random, [0, 1, 7]) };
  return documentOf({ nodes, cluster, faults: faultsOf(random, brokers), seconds: secondsMax, seed });
}

function faultsOf(random: RandomStream, brokers: number): Fault[] {
  const faults: Fault[] = [];
  for (let i = nextBelow(random, 4); i > 0; i--) {
    const atMs = 100 + nextBelow(random, 6000);
    const endMs = atMs + 50 + nextBelow(random, repairedMs - 7000);
    const broker = nextBelow(random, brokers);
    switch (nextBelow(random, 3)) {
      case 0:
        faults.push({ atMs, action: 'broker.kill', broker }, { atMs: endMs, action: 'broker.restart', broker });
        break;
      case 1: {
        const ends = { between: [`broker:${broker}`], and: ['rest'] };
        faults.push({ atMs, action: 'network.cut', ...ends }, { atMs: endMs, action: 'network.heal', ...ends });
        break;
      }
      default: {
        const ends = { between: ['node:p0'], and: ['rest'] };
        faults.push({ atMs, action: 'network.cut', ...ends }, { atMs: endMs, action: 'network.heal', ...ends });
      }
    }
  }
  return faults;
}

/** Records as `source:sequence`, in order of offsets. */
function recordsIn(log: PartitionLog, isolation: 'read_committed' | 'read_uncommitted', limit: number): string[] {
  const fetched = createFetchedRecords(0);
  const records: string[] = [];
  for (let offset = log.logStartOffset; offset < limit; offset = fetched.nextOffset) {
    readBatches(log, { offset, limit, maxBytes: 1e9, maxRecords: 1e9, atLeastOne: true, isolation }, fetched);
    if (fetched.nextOffset === offset) break;
    for (let i = 0; i < fetched.count; i++) records.push(`${fetched.columns.path[i]}:${fetched.columns.sequence[i]}`);
  }
  return records;
}

/** Which records belong to which transaction, and how each ended as far as its producer knows: followed event by event. */
class Journal {
  readonly starts: number[][];
  readonly outcomes: Map<number, 'committed' | 'aborted'>[];
  readonly run: Run;

  constructor(run: Run) {
    this.run = run;
    this.starts = run.state.producers.map(() => []);
    this.outcomes = run.state.producers.map(() => new Map());
  }

  note(): void {
    this.run.state.producers.forEach(({ transaction }, index) => {
      if (transaction === null || transaction.number === 0) return;
      const ended = transaction.committed + transaction.aborted;
      const outcomes = this.outcomes[index]!;
      if (ended > outcomes.size) {
        const before = [...outcomes.values()].filter((outcome) => outcome === 'committed').length;
        outcomes.set(outcomes.size, transaction.committed > before ? 'committed' : 'aborted');
      }
      if (this.starts[index]!.length < transaction.number) this.starts[index]!.push(transaction.firstSequence);
    });
  }

  /** Number of the transaction of a record, from 0; -1 for a producer without transactions. */
  of(record: string): number {
    const [source, sequence] = record.split(':').map(Number) as [number, number];
    return this.starts[source]!.findLastIndex((first) => first <= sequence);
  }
}

function isInOrder(records: readonly string[]): boolean {
  const last = new Map<string, number>();
  return records.every((record) => {
    const [source, sequence] = record.split(':') as [string, string];
    const before = last.get(source) ?? -1;
    last.set(source, Number(sequence));
    return Number(sequence) > before;
  });
}

/** What is wrong with what a committed reader sees of one partition now. */
function partitionFaults(run: Run, index: number, journal: Journal): string[] {
  const { log } = run.state.partitions[index]!;
  const stable = lastStableOffsetOf(log);
  const seen = recordsIn(log, 'read_committed', stable);
  // Another producer's open transaction may lie within: then the end of this one waits behind it.
  const all = recordsIn(log, 'read_uncommitted', stable);
  const faults: string[] = [];
  if (!isInOrder(seen)) faults.push(`partition ${index} is out of order`);
  const nameOf = (record: string) => `${record.split(':')[0]!}/${journal.of(record)}`;
  const countBy = (records: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const record of records) if (journal.of(record) >= 0) counts.set(nameOf(record), (counts.get(nameOf(record)) ?? 0) + 1);
    return counts;
  };
  const counts = countBy(all);
  for (const [name, count] of countBy(seen))
    if (count !== counts.get(name)) faults.push(`partition ${index} shows ${count} of ${counts.get(name)} records of ${name}`);
  return faults;
}

function finalFaults(run: Run, journal: Journal): string[] {
  const faults: string[] = [];
  const seen = run.state.partitions.flatMap(({ log }) => recordsIn(log, 'read_committed', log.logEndOffset));
  run.state.partitions.forEach(({ log, leader }, index) => {
    if (leader >= 0 && lastStableOffsetOf(log) !== log.logEndOffset)
      faults.push(`partition ${index} ends at ${log.logEndOffset}, is stable to ${lastStableOffsetOf(log)}`);
  });
  run.state.producers.forEach(({ transaction, topics }, source) => {
    if (transaction === null) return;
    const counts = new Map<number, number>();
    for (const record of seen) {
      if (!record.startsWith(`${source}:`)) continue;
      const number = journal.of(record);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    for (const [number, outcome] of journal.outcomes[source]!) {
      const next = journal.starts[source]![number + 1];
      const sent = next === undefined ? -1 : (next - journal.starts[source]![number]!) * topics.length;
      const got = counts.get(number) ?? 0;
      if (outcome === 'committed' ? got !== sent : got > 0)
        faults.push(`producer ${source}, transaction ${number} is ${outcome}: ${got} of ${sent} are read`);
    }
    if (transaction.phase !== 'over' && transaction.phase !== 'failed')
      faults.push(`producer ${source} is still ${transaction.phase} ${transaction.error}`);
  });
  return faults;
}

describe('[TXN-12] whatever dies, stalls and starts again: a committed reader sees whole transactions, in order, and those that were committed', () => {
  test.each(Array.from({ length: 24 }, (_, seed) => seed))('[TXN-12] seed %i', (seed) => {
    const run = start(documentOfSeed(seed));
    const journal = new Journal(run);
    const faults: string[] = [];
    for (let ms = 500; ms <= secondsMax * 1000; ms += 500) {
      for (let events = true; events; journal.note()) events = advance(run, { untilUs: ms * 1000, maxEvents: 1 }).kind === 'events';
      if (ms > 10_000 && ms % 5000 !== 0) continue;
      for (let index = 0; index < run.state.partitions.length; index++) faults.push(...partitionFaults(run, index, journal));
      if (faults.length > 0) break;
    }
    if (faults.length === 0) faults.push(...finalFaults(run, journal));
    expect(faults).toEqual([]);
  });

  test.each([3, 7, 11, 18, 29])('[RUN-2] [RUN-3] slices and checkpoints change nothing of it (seed %i)', (seed) => {
    const document = documentOfSeed(seed);
    const whole = runTo(start(document), 20_000);
    let run = start(document);
    for (const ms of [13, 1001, 2345, 5550, 8001, 14_200]) run = restore(run.topology, checkpoint(runTo(run, ms)));
    expect(fingerprint(runTo(run, 20_000))).toBe(fingerprint(whole));
    expect(run.state.transactions.ids).toEqual(whole.state.transactions.ids);
  });
});
