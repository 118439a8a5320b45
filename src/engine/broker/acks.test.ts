/** What leaders refuse and when they answer, on real runs: the exact cases R03 and R05. */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../pipeline/document.ts';
import { clusterViewOf } from '../run/views/clusterView.ts';
import { runTo, start } from '../run/harness.ts';
import { completeParked } from './parkedProduces.ts';
import { readableLog, replicaOf } from './replicas.ts';
import { documentWith, errorsUntil, names, partitionOf, placement } from '../run/replicationFixtures.ts';

describe('too few replicas', () => {
  const three = {
    none: { acks: '0', 'workload.rate': 10 },
    one: { acks: '1', 'workload.rate': 10 },
    // What was written before the brokers died holds up its connection until it has timed out.
    all: { acks: 'all', 'workload.rate': 10, 'max.in.flight.requests.per.connection': 1000, 'request.timeout.ms': 2_000 },
  };

  test('[BRK-13] R03: below min.insync.replicas acks=all is refused before the write; acks 0 and 1 are taken and stay invisible', () => {
    const setting = { producers: three, topic: { 'min.insync.replicas': 2 } };
    const [, ...followers] = placement(setting);
    const faults = followers.map((broker): Fault => ({ atMs: 2_000, action: 'broker.kill', broker }));
    const run = start(documentWith(setting, faults));
    runTo(run, 15_000);
    const partition = partitionOf(run);
    expect(run.ctx.cluster.controller.partitions[0]!.isr).toEqual([partition.holder]);
    const before = { end: partition.log.logEndOffset, mark: partition.log.highWatermark };
    const met = errorsUntil(run, 25_000);
    expect(met['all NOT_ENOUGH_REPLICAS']).toBeGreaterThan(0);
    expect(met['all NONE']).toBeUndefined();
    expect([met['none NONE'], met['one NONE']]).toEqual([100, 100]);
    expect(partition.log.logEndOffset - before.end).toBe(200);
    expect(partition.log.highWatermark).toBe(before.mark);
    expect(readableLog(partition, partition.holder, 0, false)!.limit).toBe(before.mark);
  });

  test('[BRK-13] R03: what was written before the ISR shrank is answered with NOT_ENOUGH_REPLICAS_AFTER_APPEND once the high watermark passes', () => {
    const setting = {
      producers: { all: { acks: 'all', 'workload.records': 2, 'workload.rate': 10 } },
      topic: { 'min.insync.replicas': 2 },
    };
    const [leader, ...followers] = placement(setting);
    const run = start(documentWith(setting, [{ atMs: 50, action: 'network.cut', between: names([leader!]), and: names(followers) }]));
    runTo(run, 200);
    const partition = partitionOf(run);
    const replica = replicaOf(partition, leader!)!;
    expect(replica.parked.length).toBe(1);
    const request = run.ctx.produceRequests.items[replica.parked[0]!.slot]!;
    replica.leadership!.isr = [leader!];
    partition.log.highWatermark = partition.log.logEndOffset;
    completeParked(run.ctx, 0, replica);
    expect(request.errors[0]).toBe('NOT_ENOUGH_REPLICAS_AFTER_APPEND');
    expect(replica.parked).toEqual([]);
  });

  test('[BRK-13] a write whose replicas do not answer in time is answered with REQUEST_TIMED_OUT and stays in the log', () => {
    const producer = {
      acks: 'all',
      'workload.records': 2,
      'workload.rate': 10,
      'request.timeout.ms': 2_000,
      retries: 0,
      'delivery.timeout.ms': 3_000,
    };
    const setting = { producers: { all: producer } };
    const [leader, ...followers] = placement(setting);
    const run = start(documentWith(setting, [{ atMs: 50, action: 'network.cut', between: names([leader!]), and: names(followers) }]));
    runTo(run, 1_900);
    expect(run.ctx.producers[0]!.pendingRecords).toBe(1);
    runTo(run, 5_000);
    expect(partitionOf(run).log.logEndOffset).toBe(2);
    expect([run.ctx.producers[0]!.ackedRecords, run.ctx.producers[0]!.failedRecords]).toEqual([1, 1]);
  });

  test('[BRK-13] R05: with three replicas and min.insync.replicas 2, brokers fail one by one', () => {
    const setting = {
      producers: { all: { acks: 'all', 'workload.rate': 10, 'delivery.timeout.ms': 600_000 } },
      topic: { 'min.insync.replicas': 2 },
    };
    const brokers = placement(setting);
    const faults = brokers.map((broker, i): Fault => ({ atMs: 10_000 + i * 20_000, action: 'broker.kill', broker }));
    const run = start(documentWith({ ...setting, seconds: 80 }, faults));
    const stateAt = (ms: number) => {
      runTo(run, ms - 5_000);
      const before = partitionOf(run).log.highWatermark;
      runTo(run, ms);
      const { log, leader } = partitionOf(run);
      if (leader < 0) return 'offline';
      const reads = readableLog(partitionOf(run), leader, 0, false)?.limit === log.highWatermark;
      return `${reads ? 'r' : ''}${log.highWatermark > before ? 'w' : ''}`;
    };
    expect([9_000, 29_000, 49_000, 69_000].map(stateAt)).toEqual(['rw', 'rw', 'r', 'offline']);
    expect(clusterViewOf(run)).toMatchObject({ offline: 1, underReplicated: 1 });
  });
});

describe('what a leader refuses', () => {
  test('[BRK-17] a compacted topic takes no batch with a record without a key', () => {
    const config = { acks: 'all', 'key.shape': 'none', 'workload.records': 3 };
    const run = start(documentWith({ producers: { source: config }, topic: { 'cleanup.policy': 'compact' } }));
    expect(errorsUntil(run, 5_000)).toEqual({ 'source INVALID_RECORD': 3 });
    expect([partitionOf(run).log.logEndOffset, run.ctx.producers[0]!.failedRecords]).toEqual([0, 3]);
  });
});
