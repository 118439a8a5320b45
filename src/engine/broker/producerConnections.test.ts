/** One request of a connection at a time: on real runs, where the leader of one partition is cut off from its followers so that acks=all waits. */
import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { abandonProducer } from '../producer/producer.ts';
import { advance } from '../run/advance.ts';
import { checkpoint, restore } from '../run/checkpoint.ts';
import { runTo, start } from '../run/harness.ts';
import { documentWith, names, partitionOf, placement } from '../run/replicationFixtures.ts';
import { fingerprint } from '../run/views/report.ts';

const careful = { acks: 'all', 'workload.rate': 100, 'batch.size': 0, 'max.in.flight.requests.per.connection': 5 };

/** At 1 s the followers are cut off. */
function waiting(producer: Config, options: { readonly clientCutMs?: number } = {}) {
  const setting = { producers: { source: { ...careful, ...producer } }, cluster: { 'network.latency.ms': 1 } };
  const [leader, ...followers] = placement(setting) as [number, ...number[]];
  const between = names([leader]);
  const { clientCutMs } = options;
  const faults: Fault[] = [{ atMs: 1_000.5, action: 'network.cut', between, and: names(followers) }];
  if (clientCutMs !== undefined) faults.push({ atMs: clientCutMs, action: 'network.cut', between, and: ['node:source'] });
  return { run: start(documentWith(setting, faults)), leader };
}

/** Requests of a producer that its broker has written and not answered. */
function unanswered({ ctx }: ReturnType<typeof start>, leader: number): number {
  return ctx.replication.parked[leader]!.waiting.filter(({ left }) => left > 0).length;
}

describe('a connection of a producer', () => {
  test('[BRK-43] the next request is handled when the answer to the one before has left, and all are answered in order', () => {
    const setting = { producers: { source: careful }, cluster: { 'network.latency.ms': 10 } };
    const [leader] = placement(setting) as [number];
    const run = start(documentWith(setting));
    let stood = 0;
    while (advance(run, { untilUs: 5_000_000, maxEvents: 1 }).kind === 'events') {
      expect(unanswered(run, leader)).toBeLessThanOrEqual(1);
      for (const { waiting: socket } of run.ctx.brokers[leader]!.connections?.values() ?? []) stood = Math.max(stood, socket.length);
    }
    expect(stood).toBeGreaterThan(0);
    const { log } = partitionOf(run);
    // A record takes a round trip between the brokers (20 ms) and not 10 ms: the producer, which sends a hundred a second, falls behind.
    expect([log.logEndOffset > 150, log.logEndOffset < 260]).toEqual([true, true]);
    expect(run.ctx.producers[0]!.failedRecords).toBe(0);
  });

  test('[BRK-43] with acks=1, or replicas that are not asked, nothing waits', () => {
    const { run, leader } = waiting({ acks: '1' });
    runTo(run, 2_000);
    expect(run.ctx.brokers[leader]!.connections).toBeNull();
    expect(run.ctx.producers[0]!.ackedRecords).toBeGreaterThan(190);
  });

  test('[BRK-43] what stands in the socket goes on when the first is answered, after a checkpoint, too', () => {
    const { run, leader } = waiting({ 'workload.records': 110, 'request.timeout.ms': 50_000 });
    runTo(run, 3_000);
    const connection = [...run.ctx.brokers[leader]!.connections!.values()][0]!;
    expect([connection.isMuted, connection.waiting.length]).toEqual([true, 4]);
    const copy = restore(run.topology, checkpoint(run));
    for (const one of [run, copy]) runTo(one, 60_000);
    expect(fingerprint(copy)).toBe(fingerprint(run));
    // The followers are out of the ISR by then.
    expect([partitionOf(run).log.logEndOffset, run.ctx.producers[0]!.ackedRecords]).toEqual([110, 110]);
  });
});

describe('a connection that its client closes', () => {
  const impatient = {
    // Five of them after the followers are gone.
    'workload.records': 105,
    'enable.idempotence': false,
    'request.timeout.ms': 2_000,
    'delivery.timeout.ms': 2_500,
    retries: 0,
  };

  test('[BRK-43] the broker handles one more request before it hears of it: the others go with the connection', () => {
    const { run } = waiting(impatient);
    runTo(run, 1_500);
    const before = partitionOf(run).log.logEndOffset;
    // The first one is in the log, its broker answers it after 2 s; then the client gives up the second, which its broker has just begun.
    runTo(run, 3_100);
    expect(partitionOf(run).log.logEndOffset).toBe(before + 1);
    runTo(run, 20_000);
    expect(partitionOf(run).log.logEndOffset).toBe(before + 2);
    expect(run.ctx.producers[0]!.pendingRecords).toBe(0);
  });

  test('[BRK-43] before a cut link the broker does not hear of it at all and handles what is in the socket', () => {
    const { run } = waiting(impatient, { clientCutMs: 1_100 });
    runTo(run, 1_500);
    const before = partitionOf(run).log.logEndOffset;
    runTo(run, 20_000);
    expect(partitionOf(run).log.logEndOffset).toBe(before + 4);
  });

  test('[BRK-43] a client that has crashed and returns does not wait behind its former connection', () => {
    const { run, leader } = waiting({});
    runTo(run, 1_500);
    expect([...run.ctx.brokers[leader]!.connections!.keys()]).toEqual([-1]);
    abandonProducer(run.ctx, 0);
    expect([...run.ctx.brokers[leader]!.connections!.keys()].every((name) => name >= 0)).toBe(true);
  });
});
