import { describe, expect, test } from 'vitest';
import type { Config, Fault, NetworkEndpoint, PipelineDocument } from '../../pipeline/document.ts';
import { createStream, nextBelow, type RandomStream } from '../kernel/random.ts';
import { checkpoint, restore } from '../run/checkpoint.ts';
import type { Run } from '../run/build.ts';
import { pathOf, runTo, simple, start, topologyOf } from '../run/harness.ts';

const faultsUntilMs = 60_000;
const endMs = 260_000;

/** Kills, returns, cuts between anybody, slow links; at the end everything is well again. */
function randomFaults(random: RandomStream, brokers: number): Fault[] {
  const faults: Fault[] = [];
  const ends: NetworkEndpoint[] = [
    'node:source',
    'node:sink',
    'controller',
    ...Array.from({ length: brokers }, (_, i): NetworkEndpoint => `broker:${i}`),
  ];
  const link = (): { between: [NetworkEndpoint]; and: [NetworkEndpoint] } => {
    const from = nextBelow(random, ends.length);
    const to = (from + 1 + nextBelow(random, ends.length - 1)) % ends.length;
    return { between: [ends[from]], and: [ends[to]] };
  };
  for (let i = 0; i < 8; i++) {
    const atMs = 2_000 + nextBelow(random, faultsUntilMs - 2_000);
    const broker = nextBelow(random, brokers);
    const what = nextBelow(random, 5);
    if (what <= 1) {
      faults.push({ atMs, action: what === 0 ? 'broker.kill' : 'broker.stop', broker });
      faults.push({ atMs: atMs + 500 + nextBelow(random, 25_000), action: 'broker.restart', broker });
    } else if (what <= 3) {
      const ways = link();
      faults.push({ atMs, action: 'network.cut', ...ways });
      faults.push({ atMs: atMs + 500 + nextBelow(random, 25_000), action: 'network.heal', ...ways });
    } else {
      faults.push({ atMs, action: 'network.delay', ...link(), addedMs: nextBelow(random, 3_000) });
    }
  }
  for (const end of ends) {
    faults.push({ atMs: faultsUntilMs + 30_000, action: 'network.heal', between: [end], and: ['rest'] });
    faults.push({ atMs: faultsUntilMs + 30_000, action: 'network.delay', between: [end], and: ['rest'], addedMs: 0 });
  }
  for (let broker = 0; broker < brokers; broker++) faults.push({ atMs: faultsUntilMs + 31_000, action: 'broker.restart', broker });
  return faults.sort((a, b) => a.atMs - b.atMs);
}

function documentOf(seed: number, source: Config = {}): PipelineDocument {
  const random = createStream(seed, 'recovery');
  const clients = { 'request.timeout.ms': 1_000 + nextBelow(random, 8_000) };
  return simple({
    seed,
    source: {
      'workload.rate': 100,
      'workload.records': 6_000,
      'key.shape': 'uniform',
      'key.count': 30,
      'linger.ms': nextBelow(random, 40),
      'max.in.flight.requests.per.connection': 1 + nextBelow(random, 5),
      'delivery.timeout.ms': 3_000_000,
      acks: 'all',
      ...clients,
      ...source,
    },
    topic: { partitions: 3, 'replication.factor': 3, 'min.insync.replicas': 2 },
    sink: { instances: 2, 'service.time.ms': 0, 'session.timeout.ms': 8_000, 'heartbeat.interval.ms': 2_000, ...clients },
    cluster: { brokers: 3, 'network.latency.ms': 2, 'broker.restart.ms': 1000, 'offsets.topic.replication.factor': 3 },
    faults: randomFaults(random, 3),
    seconds: endMs / 1000,
  });
}

function sequencesOf(run: Run, partition: number): number[] {
  const { log } = run.ctx.partitions[partition];
  return log.blocks.flatMap(({ columns, recordCount }) => [...columns!.sequence.subarray(0, recordCount)]);
}

const seeds = Array.from({ length: 16 }, (_, seed) => seed);

describe('whatever dies, is cut off and comes back', () => {
  test.each(seeds)('[PRO-18] seed %i: an idempotent producer writes every record once, in order, and all are read', (seed) => {
    const run = runTo(start(documentOf(seed)), endMs);
    const { sentRecords, ackedRecords, failedRecords, pendingRecords, recovery, accumulator } = run.ctx.producers[0];
    expect({ sentRecords, ackedRecords, failedRecords, pendingRecords }).toEqual({
      sentRecords: 6_000,
      ackedRecords: 6_000,
      failedRecords: 0,
      pendingRecords: 0,
    });
    const all = [0, 1, 2].map((partition) => sequencesOf(run, partition));
    for (const sequences of all) expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(all.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 6_000 }, (_, i) => i));
    expect(recovery).toBeNull();
    expect(accumulator!.pool.availableBytes).toBe(accumulator!.pool.totalBytes);
    const { processed, underWay, skippedByReset, expiredUnread } = pathOf(run, 'sink');
    expect({ processed, underWay, skippedByReset, expiredUnread }).toEqual({
      processed: 6_000,
      underWay: 0,
      skippedByReset: 0,
      expiredUnread: 0,
    });
    expect(run.ctx.consumers.map((consumer) => consumer.recovery)).toEqual([null, null]);
    expect(run.ctx.produceRequests.items.filter((request) => request !== null)).toEqual([]);
    expect(run.ctx.commitRequests.items.filter((request) => request !== null)).toEqual([]);
  });

  test.each(seeds.slice(0, 6))(
    '[PRO-10] [PRO-14] seed %i: without idempotence nothing is lost either, and every record is accounted for',
    (seed) => {
      const run = runTo(start(documentOf(seed, { 'enable.idempotence': false })), endMs);
      const { ackedRecords, failedRecords, pendingRecords } = run.ctx.producers[0];
      expect({ ackedRecords, failedRecords, pendingRecords }).toEqual({ ackedRecords: 6_000, failedRecords: 0, pendingRecords: 0 });
      expect(new Set([0, 1, 2].flatMap((partition) => sequencesOf(run, partition))).size).toBe(6_000);
    },
  );

  test.each(seeds.slice(0, 6))(
    '[PRO-10] [PRO-16] seed %i: with a short delivery.timeout.ms every record is acknowledged or failed',
    (seed) => {
      const document = documentOf(seed, { 'delivery.timeout.ms': 12_000 });
      const run = runTo(start(document), endMs);
      const { ackedRecords, failedRecords, pendingRecords, accumulator, recovery } = run.ctx.producers[0];
      expect(ackedRecords + failedRecords).toBe(6_000);
      expect(pendingRecords).toBe(0);
      expect(recovery).toBeNull();
      expect(accumulator!.pool.availableBytes).toBe(accumulator!.pool.totalBytes);
      const all = [0, 1, 2].map((partition) => sequencesOf(run, partition));
      for (const sequences of all) expect(new Set(sequences).size).toBe(sequences.length);
      expect(all.flat().length).toBeGreaterThanOrEqual(ackedRecords);
    },
  );

  test.each([3, 7])('[RUN-3] seed %i: a checkpoint in the middle of it goes on as the run does', (seed) => {
    const document = documentOf(seed);
    const whole = runTo(start(document), 150_000);
    const half = runTo(start(document), 33_333);
    const again = runTo(restore(topologyOf(document), checkpoint(half)), 150_000);
    expect(again.ctx.trace).toEqual(whole.ctx.trace);
  });
});
