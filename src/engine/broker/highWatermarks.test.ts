import { expect, test } from 'vitest';
import { advance } from '../run/advance.ts';
import { runTo, start } from '../run/harness.ts';
import { documentWith, names, partitionOf, placement } from '../run/replicationFixtures.ts';
import { replicaEndOffset, replicaOf } from './replicas.ts';

test('[BRK-9] the high watermark passes no record before all in sync have it, also when fetches come behind the log end', () => {
  // Two records are written while a fetch and its answer are under way.
  const run = start(
    documentWith({
      producers: { steady: { 'workload.rate': 100, 'max.in.flight.requests.per.connection': 10 } },
      cluster: { 'network.latency.ms': 10 },
    }),
  );
  let rises = 0;
  let before = 0;
  while (advance(run, { untilUs: 3_000_000, maxEvents: 1 }).kind === 'events') {
    const partition = partitionOf(run);
    const { highWatermark } = partition.log;
    expect(highWatermark).toBeLessThanOrEqual(Math.min(...partition.replicas.map((replica) => replicaEndOffset(partition, replica))));
    if (highWatermark > before) rises++;
    before = highWatermark;
  }
  expect(partitionOf(run).log.logEndOffset).toBeGreaterThan(280);
  // Less often than there are records: those of one answer become visible together, with the fetch after it.
  expect([rises > 100, rises < 200]).toEqual([true, true]);
});

test('[BRK-12] a new leader shows what it knew to be committed, and more only when those in sync have fetched from it', () => {
  const setting = {
    producers: { steady: { 'workload.rate': 100, 'max.in.flight.requests.per.connection': 10 } },
    cluster: { 'network.latency.ms': 10, 'replica.lag.time.max.ms': 20_000 },
  };
  const [leader, heir, other] = placement(setting) as [number, number, number];
  const run = start(
    documentWith(setting, [
      { atMs: 1_990, action: 'network.cut', between: names([heir]), and: names([other]) },
      { atMs: 2_000, action: 'broker.kill', broker: leader },
    ]),
  );
  runTo(run, 2_500);
  const partition = partitionOf(run);
  const { logEndOffset, highWatermark } = replicaOf(partition, heir)!;
  expect(highWatermark).toBeLessThan(logEndOffset);
  runTo(run, 13_000);
  expect([partition.holder, partition.log.highWatermark]).toEqual([heir, highWatermark]);
  expect(partition.log.logEndOffset).toBeGreaterThan(logEndOffset);
  // The other one cannot be reached and leaves the ISR after its time.
  runTo(run, 50_000);
  expect(partition.log.highWatermark).toBe(partition.log.logEndOffset);
});

test('[BRK-11] with the follower that is gone out of the ISR, what waited for it is committed and answered at once', () => {
  const careful = { acks: 'all', 'workload.rate': 100, 'max.in.flight.requests.per.connection': 3 };
  const setting = {
    producers: { one: careful, two: careful, three: careful },
    topic: { 'replication.factor': 2 },
    cluster: { brokers: 2, 'network.latency.ms': 1, 'replica.lag.time.max.ms': 10_000 },
  };
  const [leader, follower] = placement(setting) as [number, number];
  const run = start(documentWith(setting, [{ atMs: 5_000, action: 'network.cut', between: names([leader]), and: names([follower]) }]));
  runTo(run, 10_000);
  const partition = partitionOf(run);
  const inSync = () => replicaOf(partition, leader)!.leadership!.isr;
  // A request of each waits, and nothing else is handled that could move the high watermark.
  expect(partition.log.logEndOffset - partition.log.highWatermark).toBe(3);
  while (inSync().length > 1) if (advance(run, { untilUs: 25_000_000, maxEvents: 1 }).kind !== 'events') break;
  expect(inSync()).toEqual([leader]);
  expect(partition.log.highWatermark).toBe(partition.log.logEndOffset);
  const { nowUs } = run.ctx.events;
  const acked = () => run.ctx.producers.map(({ ackedRecords }) => ackedRecords);
  const before = acked();
  runTo(run, nowUs / 1000 + 1.5);
  expect(acked().every((count, i) => count > before[i]!)).toBe(true);
});
