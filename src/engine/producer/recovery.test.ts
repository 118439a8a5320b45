import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { advance } from '../run/advance.ts';
import type { Run } from '../run/build.ts';
import { pathOf, runTo, simple, start } from '../run/harness.ts';

const ends = { between: ['node:source'], and: ['broker:0'] };

/** 120 records in three batches of 40, all written at 320 ms, their acknowledgements under way when the link is cut. */
function cutBeforeAcks(source: Config): Run {
  const faults: Fault[] = [
    { atMs: 380, action: 'network.cut', ...ends },
    { atMs: 10_000, action: 'network.heal', ...ends },
  ] as Fault[];
  const config: Config = {
    'workload.rate': 1000,
    'workload.records': 120,
    'linger.ms': 39,
    'batch.size': 100_000,
    'request.timeout.ms': 2000,
    acks: 'all',
    ...source,
  };
  const cluster = { 'network.latency.ms': 200 };
  return start(simple({ source: config, topic: { partitions: 1, 'replication.factor': 1 }, cluster, faults, seconds: 30 }));
}

/** Sequences of a source's records in a partition, in the order of offsets. */
function sequencesOf(run: Run, partition: number): number[] {
  const { log } = run.ctx.partitions[partition];
  return log.blocks.flatMap(({ columns, recordCount }) => [...columns!.sequence.subarray(0, recordCount)]);
}

/** source → topic of three partitions on three brokers, acks=all; faults as given. */
function replicated(faults: Fault[], source: Config = {}, latencyMs = 1): Run {
  return start(
    simple({
      source: {
        'workload.rate': 200,
        'workload.records': 4000,
        'linger.ms': 5,
        'key.shape': 'uniform',
        'key.count': 50,
        acks: 'all',
        ...source,
      },
      topic: { partitions: 3, 'replication.factor': 3, 'min.insync.replicas': 2 },
      cluster: { brokers: 3, 'network.latency.ms': latencyMs, 'broker.restart.ms': 2000 },
      faults,
      seconds: 90,
    }),
  );
}

const deaths = (broker: number): Fault[] => [
  { atMs: 3_000 + broker, action: 'broker.kill', broker },
  { atMs: 40_000, action: 'broker.restart', broker },
];

describe('acknowledgements that are lost', () => {
  test('[PRO-14] without idempotence everything that was written is written again', () => {
    const run = runTo(cutBeforeAcks({ 'enable.idempotence': false }), 20_000);
    const { ackedRecords, failedRecords, pendingRecords } = run.ctx.producers[0];
    expect({ end: run.ctx.partitions[0].log.logEndOffset, ackedRecords, failedRecords, pendingRecords }).toEqual({
      end: 240,
      ackedRecords: 120,
      failedRecords: 0,
      pendingRecords: 0,
    });
  });

  test('[PRO-18] with idempotence nothing is: the broker knows the sequences', () => {
    const run = runTo(cutBeforeAcks({}), 20_000);
    const { ackedRecords, failedRecords, pendingRecords, recovery } = run.ctx.producers[0];
    expect({ end: run.ctx.partitions[0].log.logEndOffset, ackedRecords, failedRecords, pendingRecords }).toEqual({
      end: 120,
      ackedRecords: 120,
      failedRecords: 0,
      pendingRecords: 0,
    });
    expect(recovery).toBeNull();
  });

  test('[PRO-14] answers that wait before the cut still count when the link heals within request.timeout.ms', () => {
    const run = runTo(cutBeforeAcks({ 'enable.idempotence': false, 'request.timeout.ms': 30_000 }), 20_000);
    expect(run.ctx.partitions[0].log.logEndOffset).toBe(120);
    expect(run.ctx.producers[0].ackedRecords).toBe(120);
  });
});

describe('a leader that dies', () => {
  test.each([0, 1, 2])(
    '[PRO-15] [PRO-18] broker %i: every record is acknowledged, none twice, in the order of each partition',
    (broker) => {
      const run = runTo(replicated(deaths(broker)), 85_000);
      const { sentRecords, ackedRecords, failedRecords, pendingRecords, recovery } = run.ctx.producers[0];
      expect({ sentRecords, ackedRecords, failedRecords, pendingRecords }).toEqual({
        sentRecords: 4000,
        ackedRecords: 4000,
        failedRecords: 0,
        pendingRecords: 0,
      });
      const all = [0, 1, 2].map((partition) => sequencesOf(run, partition));
      for (const sequences of all) expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      expect(all.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 4000 }, (_, i) => i));
      expect(recovery).toBeNull();
    },
  );

  test('[PRO-16] nobody leads for longer than delivery.timeout.ms: what is too old fails, what is not waits', () => {
    const faults: Fault[] = [0, 1, 2].flatMap((broker): Fault[] => [
      { atMs: 3_000, action: 'broker.kill', broker },
      { atMs: 20_000, action: 'broker.restart', broker },
    ]);
    // A batch for each record: it is the batch's age that counts.
    const timeouts = { 'delivery.timeout.ms': 6_000, 'request.timeout.ms': 2_000, 'batch.size': 0 };
    const run = runTo(replicated(faults, timeouts), 15_000);
    const { ackedRecords, failedRecords, pendingRecords, sentRecords } = run.ctx.producers[0];
    expect(ackedRecords).toBeGreaterThan(590);
    expect(ackedRecords).toBeLessThan(610);
    // What was sent from 3 s to 9 s is older than 6 s at 15 s.
    expect(Math.abs(failedRecords - 1200)).toBeLessThan(12);
    expect(ackedRecords + failedRecords + pendingRecords).toBe(sentRecords);
    runTo(run, 80_000);
    const end = run.ctx.producers[0];
    expect(end.pendingRecords).toBe(0);
    expect(end.ackedRecords + end.failedRecords).toBe(4000);
    expect(end.recovery).toBeNull();
  });

  test('[PRO-14] retries=0: a batch that was refused or lost fails at once', () => {
    const run = runTo(replicated(deaths(0), { retries: 0, 'enable.idempotence': false }, 25), 85_000);
    const { failedRecords, ackedRecords, pendingRecords } = run.ctx.producers[0];
    expect(failedRecords).toBeGreaterThan(0);
    expect(failedRecords + ackedRecords).toBe(4000);
    expect(pendingRecords).toBe(0);
  });
});

test('[PRO-18] a partition first written to after the epoch was raised begins at 0 once: not again when something goes wrong later', () => {
  const cut = (fromMs: number, toMs: number): Fault[] => [
    { atMs: fromMs, action: 'network.cut', ...ends } as Fault,
    { atMs: toMs, action: 'network.heal', ...ends } as Fault,
  ];
  // Batches that were sent twice fail in the first cut, which raises the epoch. Every record goes to another of many partitions, so that most are first written to after that, and a few times before the second.
  const faults = [...cut(2_050, 8_050), ...cut(20_050, 21_050)];
  const source = {
    'workload.rate': 5,
    'workload.records': 300,
    'batch.size': 0,
    'request.timeout.ms': 500,
    'delivery.timeout.ms': 4_000,
    'linger.ms': 0,
    acks: 'all',
  };
  const topic = { partitions: 30, 'replication.factor': 1 };
  const run = runTo(start(simple({ source, topic, cluster: { 'network.latency.ms': 1 }, faults, seconds: 80 })), 80_000);
  const { ackedRecords, failedRecords, producerEpoch } = run.ctx.producers[0];
  expect(producerEpoch).toBeGreaterThan(0);
  expect(failedRecords).toBeGreaterThan(0);
  expect(ackedRecords + failedRecords).toBe(300);
  const written = Array.from({ length: 30 }, (_, partition) => sequencesOf(run, partition));
  // What was acknowledged is written, each record once; what failed never reached the broker.
  expect(new Set(written.flat()).size).toBe(ackedRecords);
  expect(written.flat().length).toBe(ackedRecords);
});

describe('a batch that is too large', () => {
  test('[PRO-17] is split until the broker takes it; a single record that is too large fails', () => {
    const source = { 'workload.rate': 1000, 'workload.records': 100, 'linger.ms': 200, 'batch.size': 100_000, 'value.size.bytes': 1000 };
    const of = (limit: number): Run =>
      runTo(
        start(simple({ source, topic: { partitions: 1, 'max.message.bytes': limit }, cluster: { 'network.latency.ms': 1 }, seconds: 20 })),
        20_000,
      );
    const run = of(5_000);
    expect(run.ctx.producers[0].ackedRecords).toBe(100);
    expect(sequencesOf(run, 0)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    const none = of(500);
    expect(none.ctx.producers[0].failedRecords).toBe(100);
    expect(none.ctx.partitions[0].log.logEndOffset).toBe(0);
    expect(run.ctx.producers[0].accumulator!.pool.availableBytes).toBe(run.ctx.producers[0].accumulator!.pool.totalBytes);
  });
});

test('[PRO-20] partitions that are added are written to when metadata.max.age.ms is over, and then keys move', () => {
  const document = simple({
    source: { 'workload.rate': 20, 'key.shape': 'uniform', 'key.count': 40 },
    topic: { partitions: 2 },
    faults: [{ atMs: 10_000, action: 'partitions.add', node: 'topic', count: 2 }],
    seconds: 620,
  });
  const run = runTo(start(document), 299_000);
  const ends = (): number[] => run.ctx.partitions.slice(0, 4).map(({ log }) => log.logEndOffset);
  expect(ends().slice(2)).toEqual([0, 0]);
  runTo(run, 310_000);
  for (const end of ends()) expect(end).toBeGreaterThan(10);
  expect(run.ctx.members[0].owned).toEqual([0, 1, 2, 3]);
  runTo(run, 619_999);
  const { produced, processed, underWay } = pathOf(run, 'sink');
  expect({ produced, processed, underWay }).toEqual({ produced: 12_400, processed: 12_400, underWay: 0 });
});

test('[PRO-19] a run in which nothing goes wrong has no event of recovery', () => {
  const run = replicated([]);
  const kinds = new Set<number>();
  while (advance(run, { untilUs: 20e6, maxEvents: 1 }).kind === 'events') kinds.add(run.ctx.events.kind);
  for (const kind of [EventKind.ProduceLost, EventKind.FetchLost, EventKind.ConsumerRetry, EventKind.GroupRequestLost])
    expect(kinds.has(kind)).toBe(false);
  expect(run.ctx.producers[0].recovery).toBeNull();
});
