/** Followers on real runs: the high watermark, fetchers, the ISR, catching up. */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../pipeline/document.ts';
import { advance } from '../run/advance.ts';
import { runTo, start } from '../run/harness.ts';
import { replicaEndOffset, replicaHighWatermark, replicaOf } from './replicas.ts';
import { documentWith, names, partitionOf, placement, timeline, type Setting } from '../run/replicationFixtures.ts';

describe('followers and the high watermark', () => {
  test('[BRK-9] the high watermark follows one fetch after the copy, and followers learn of it with an answer after that', () => {
    const setting = {
      producers: { two: { 'workload.records': 2, 'workload.rate': 100 } },
      cluster: { 'network.latency.ms': 1, 'replica.fetch.wait.max.ms': 500 },
    };
    const run = start(documentWith(setting));
    const at = (ms: number) => {
      runTo(run, ms);
      const partition = partitionOf(run);
      return placement(setting).map((broker) => {
        const replica = replicaOf(partition, broker)!;
        return [replicaEndOffset(partition, replica), replicaHighWatermark(partition, replica)];
      });
    };
    // The second record, sent at 10 ms; the answer that brings it tells of the first.
    expect(at(11.5)).toEqual([
      [2, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(at(12.5)).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
    expect(at(13.5)).toEqual([
      [2, 2],
      [2, 1],
      [2, 1],
    ]);
    // Nothing wakes a follower's fetch for a high watermark: it waits its time.
    expect(at(513)).toEqual([
      [2, 2],
      [2, 1],
      [2, 1],
    ]);
    expect(at(514.5)).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
    ]);
  });

  test('[BRK-10] all partitions a broker follows at another travel in one request at a time', () => {
    const run = start(documentWith({ producers: { source: { 'workload.rate': 500 } }, topic: { partitions: 12 }, seconds: 5 }));
    let under = 0;
    let most = 0;
    while (advance(run, { untilUs: 5e6, maxEvents: 1 }).kind === 'events') {
      const pairs = run.ctx.replication.fetchers.map(({ follower, leader }) => `${follower} ${leader}`);
      expect(new Set(pairs).size).toBe(pairs.length);
      under = run.ctx.replication.fetchers.filter(({ state }) => state === 'travelling' || state === 'answering').length;
      most = Math.max(most, under);
    }
    expect(run.ctx.replication.fetchers.length).toBe(6);
    expect(most).toBeLessThanOrEqual(6);
    for (const partition of run.ctx.partitions) {
      for (const replica of partition.replicas) expect(replicaEndOffset(partition, replica)).toBe(partition.log.logEndOffset);
    }
  });

  test('[BRK-11] a follower that is cut off leaves the ISR after one to one and a half replica.lag.time.max.ms, and comes back by itself', () => {
    const setting = { producers: { source: { 'workload.rate': 100 } }, cluster: { 'replica.lag.time.max.ms': 10_000 } };
    const [leader, follower, other] = placement(setting);
    const cutMs = 7_000;
    const ends = { between: names([follower!]), and: names([leader!]) };
    const faults: Fault[] = [
      { atMs: cutMs, action: 'network.cut', ...ends },
      { atMs: 40_000, action: 'network.heal', ...ends },
    ];
    const run = start(documentWith(setting, faults));
    runTo(run, 60_000);
    const shrunk = run.ctx.timeline.entries.find(({ code }) => code === 'isr.shrunk')!;
    expect(shrunk.timeUs / 1000 - cutMs).toBeGreaterThanOrEqual(10_000);
    expect(shrunk.timeUs / 1000 - cutMs).toBeLessThanOrEqual(15_000);
    expect(timeline(run, 'isr.expanded').length).toBe(1);
    expect(new Set(run.ctx.cluster.controller.partitions[0]!.isr)).toEqual(new Set([leader, follower, other]));
    expect(partitionOf(run).log.highWatermark).toBe(partitionOf(run).log.logEndOffset);
  });
});

describe('a partition that is moved', () => {
  test('[BRK-15] with a limit it takes as long as the limit says, and its new replica is not slowed any more once it is in sync', () => {
    const setting: Setting = {
      producers: { source: { 'workload.rate': 100, 'workload.records': 1000, 'value.size.bytes': 10_000 } },
      topic: { 'replication.factor': 1 },
    };
    const [from] = placement(setting) as [number];
    const to = (from + 1) % 3;
    const move: Fault = {
      atMs: 20_000,
      action: 'partition.reassign',
      node: 'orders',
      partition: 0,
      replicas: [to],
      throttleBytesPerSecond: 500_000,
    };
    const run = start(documentWith(setting, [move]));
    runTo(run, 60_000);
    const moved = run.ctx.timeline.entries.find(({ code }) => code === 'replicas.changed')!;
    // 10 MB at 0.5 MB/s; what is sent first is only counted, and the last answer ends the move.
    expect(moved.timeUs / 1e6 - 20).toBeGreaterThan(17);
    expect(moved.timeUs / 1e6 - 20).toBeLessThan(21);
    expect(partitionOf(run)).toMatchObject({ holder: to, leader: to });
    expect(partitionOf(run).replicas.map(({ broker }) => broker)).toEqual([to]);
    expect(partitionOf(run).log.logEndOffset).toBe(1000);
  });
});

describe('limits of moves', () => {
  /** Half of what is written goes through each of two followers in sync, 0.1 MB a second each. */
  const writes: Setting = {
    producers: { source: { 'workload.rate': 100, 'value.size.bytes': 1000 } },
    cluster: { brokers: 4, 'replica.fetch.max.bytes': 50_000 },
    seconds: 120,
  };
  const moveOne = (throttleBytesPerSecond: number) => {
    const [leader, kept] = placement(writes) as [number, number];
    const to = [0, 1, 2, 3].find((broker) => !placement(writes).includes(broker))!;
    const replicas = [leader, kept, to];
    const move: Fault = { atMs: 20_000, action: 'partition.reassign', node: 'orders', partition: 0, replicas, throttleBytesPerSecond };
    const run = runTo(start(documentWith(writes, [move])), 110_000);
    const partition = partitionOf(run);
    return { end: replicaEndOffset(partition, replicaOf(partition, to)!), moves: timeline(run, 'replicas.changed').length };
  };

  test('[BRK-15] below what goes to replicas in sync nothing moves after the first second, well above it the move ends', () => {
    // 11,000 were written; the limit is that of the first second, in which nothing had been counted yet.
    const starved = moveOne(150_000);
    expect(starved.moves).toBe(0);
    expect(starved.end).toBeLessThan(300);
    // The new replica needs 0.1 MB a second of its own: at 0.3 MB a second it does not catch up ([CHK-13] says so before the run).
    expect(moveOne(290_000).moves).toBe(0);
    expect(moveOne(600_000).moves).toBe(1);
  });

  test('[BRK-15] a broker takes no more than the limit from all leaders together', () => {
    const setting: Setting = {
      producers: { source: { 'workload.rate': 1000, 'workload.records': 8000, 'value.size.bytes': 1000 } },
      topic: { 'replication.factor': 1, partitions: 4 },
      cluster: { brokers: 5, 'replica.fetch.max.bytes': 50_000 },
      seconds: 120,
    };
    const { partitions } = start(documentWith(setting)).ctx.cluster.controller;
    const leaders = partitions.slice(0, 4).map(({ leader }) => leader);
    const to = [0, 1, 2, 3, 4].find((broker) => !leaders.includes(broker))!;
    const limit = 100_000;
    const moves = [0, 1, 2, 3].map((partition): Fault => {
      return { atMs: 20_000, action: 'partition.reassign', node: 'orders', partition, replicas: [to], throttleBytesPerSecond: limit };
    });
    const run = runTo(start(documentWith(setting, moves)), 50_000);
    const taken = run.ctx.partitions
      .slice(0, 4)
      .reduce((sum, partition) => sum + replicaEndOffset(partition, replicaOf(partition, to)!), 0);
    // A record takes a little more than 1,000 bytes; one answer of each leader may be above the limit.
    expect(taken).toBeGreaterThan((30 * limit) / 1100 - 500);
    expect(taken).toBeLessThan((30 * limit) / 1000 + 4 * 50);
    expect(new Set(leaders).size).toBe(4);
    runTo(run, 119_000);
    expect(run.ctx.partitions.slice(0, 4).map(({ leader }) => leader)).toEqual([to, to, to, to]);
  });
});

describe('catching up', () => {
  test('[BRK-15] as F10 on a smaller scale: away for 90 s at 40 MB/s, back in the ISR after 180 s with a disk of 60 MB/s', () => {
    const size = 1_000_000;
    const setting: Setting = {
      producers: { source: { 'workload.rate': 40, 'value.size.bytes': size } },
      topic: { 'replication.factor': 2, 'retention.ms': -1 },
      cluster: { brokers: 2, 'disk.bytes.per.second': 60e6 },
      seconds: 400,
    };
    const [, follower] = placement(setting);
    const downMs = 60_000;
    const upMs = downMs + 90_000;
    const run = start(
      documentWith(setting, [
        { atMs: downMs, action: 'broker.kill', broker: follower! },
        { atMs: upMs, action: 'broker.restart', broker: follower! },
      ]),
    );
    runTo(run, upMs);
    const { log, replicas } = partitionOf(run);
    const away = replicas.find(({ broker }) => broker === follower)!;
    const backlogMb = ((log.logEndOffset - away.logEndOffset) * size) / 1e6;
    expect(Math.abs(backlogMb - 3_600)).toBeLessThanOrEqual(3_600 * 0.005);
    runTo(run, 390_000);
    const back = run.ctx.timeline.entries.find(({ code, timeUs }) => code === 'isr.expanded' && timeUs > upMs * 1000)!;
    expect(Math.abs(back.timeUs / 1e6 - upMs / 1000 - 180)).toBeLessThanOrEqual(180 * 0.005);
  });
});
