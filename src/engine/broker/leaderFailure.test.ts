/** What becomes of records when leaders die or are cut off, on real runs: the exact cases R01 and R02, two leaders at once, unclean elections. */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../pipeline/document.ts';
import type { Run } from '../run/build.ts';
import { checkpoint, restore } from '../run/checkpoint.ts';
import { clusterViewOf } from '../run/views/clusterView.ts';
import { pathOf, runTo, start } from '../run/harness.ts';
import { fingerprint, reportOf } from '../run/views/report.ts';
import { becomeLeader } from './leadership.ts';
import { killBroker } from './lives.ts';
import { readableLog, replicaEndOffset, replicaOf } from './replicas.ts';
import { documentWith, names, partitionOf, placement, timeline, type Setting } from '../run/replicationFixtures.ts';

/** R01 and R02: followers have 1,000 records, the leader 1,100, and it dies before they have more. */
function lastHundred(acks: '1' | 'all'): { run: Run; leader: number; followers: readonly number[] } {
  const producer = { acks, 'workload.records': 1100, 'max.in.flight.requests.per.connection': 1000, 'delivery.timeout.ms': 600_000 };
  const setting = { producers: { source: producer }, topic: { 'min.insync.replicas': 2 }, cluster: { 'network.latency.ms': 0.1 } };
  const [leader, ...followers] = placement(setting);
  const ends = { between: names([leader!]), and: names(followers) };
  const faults: Fault[] = [
    { atMs: 999.8, action: 'network.cut', ...ends },
    { atMs: 1500, action: 'broker.kill', broker: leader! },
    { atMs: 30_000, action: 'network.heal', ...ends },
    { atMs: 30_000, action: 'broker.restart', broker: leader! },
  ];
  return { run: start(documentWith(setting, faults)), leader: leader!, followers };
}

describe('a leader dies', () => {
  test('[BRK-12] R01: with acks=1 what no follower has is lost though it was acknowledged, and the old leader cuts it off', () => {
    const { run, leader, followers } = lastHundred('1');
    runTo(run, 1400);
    const partition = partitionOf(run);
    expect([partition.log.logEndOffset, partition.log.highWatermark]).toEqual([1100, 1000]);
    expect(run.ctx.producers[0]!.ackedRecords).toBe(1100);
    // Readers never see beyond the high watermark.
    expect(readableLog(partition, leader, 0, false)!.limit).toBe(1000);
    runTo(run, 20_000);
    expect(partition.holder).toBe(followers[0]);
    expect([partition.log.logEndOffset, partition.log.highWatermark, partition.lostRecords]).toEqual([1000, 1000, 100]);
    expect(replicaEndOffset(partition, replicaOf(partition, leader)!)).toBe(1100);
    runTo(run, 60_000);
    const returned = replicaOf(partition, leader)!;
    expect([replicaEndOffset(partition, returned), returned.tail]).toEqual([1000, null]);
    expect(timeline(run, 'replica.truncated').length).toBe(1);
    expect(partition.lostRecords).toBe(100);
    expect(reportOf(run).topics[0]).toMatchObject({ lost: 100, elections: 1, uncleanElections: 0 });
  });

  test('[BRK-12] R02: with acks=all nothing that was acknowledged is lost, the rest is sent again', () => {
    const { run } = lastHundred('all');
    runTo(run, 1400);
    expect(run.ctx.producers[0]!.ackedRecords).toBe(1000);
    // One of the hundred requests is in the log; the others stand in the socket behind it and go with the connection.
    expect(partitionOf(run).log.logEndOffset).toBe(1001);
    runTo(run, 60_000);
    const { log, lostRecords } = partitionOf(run);
    expect(lostRecords).toBe(1);
    expect([log.logEndOffset, log.highWatermark, run.ctx.producers[0]!.ackedRecords]).toEqual([1100, 1100, 1100]);
  });

  test('[BRK-12] a run goes on from a checkpoint in which logs have parted as it would have', () => {
    const { run } = lastHundred('1');
    runTo(run, 20_000);
    const copy = restore(run.topology, checkpoint(run));
    expect(partitionOf(copy).replicas.some(({ tail }) => tail !== null)).toBe(true);
    runTo(run, 60_000);
    runTo(copy, 60_000);
    expect(fingerprint(copy)).toBe(fingerprint(run));
    expect(clusterViewOf(copy)).toEqual(clusterViewOf(run));
  });
});

describe('two leaders at once', () => {
  test('[BRK-14] a leader that is cut off goes on taking acks=1 into a log of its own, and gives it up when it hears of the next', () => {
    const setting = { producers: { near: { 'workload.rate': 100 } }, cluster: { 'network.latency.ms': 0.1 } };
    const [leader, ...followers] = placement(setting);
    const ends = { between: names([leader!]), and: [...names(followers), 'controller'] };
    const faults: Fault[] = [
      { atMs: 1_005, action: 'network.cut', ...ends },
      { atMs: 30_005, action: 'network.heal', ...ends },
    ];
    const run = start(documentWith(setting, faults));
    runTo(run, 29_000);
    const partition = partitionOf(run);
    const former = replicaOf(partition, leader!)!;
    expect([partition.holder, partition.leader]).toEqual([followers[0], followers[0]]);
    expect([former.leadership?.leaderEpoch, replicaOf(partition, followers[0]!)!.leadership?.leaderEpoch]).toEqual([0, 1]);
    // Its client has not asked for metadata: no answer has told it to.
    expect(replicaEndOffset(partition, former)).toBe(2_900);
    expect([partition.log.logEndOffset, former.highWatermark]).toEqual([101, 101]);
    runTo(run, 45_000);
    expect(former.tail).toBeNull();
    expect(former.leadership).toBeNull();
    expect(partition.lostRecords).toBe(2_900);
    expect(partition.log.logEndOffset + partition.lostRecords).toBe(run.ctx.producers[0]!.ackedRecords);
    expect(clusterViewOf(run).partitions[0]!.replicas.every(({ inSync, divergesAt }) => inSync && divergesAt === null)).toBe(true);
  });
});

describe('an unclean election', () => {
  const setting: Setting = {
    producers: { source: { 'workload.rate': 100 } },
    topic: { 'replication.factor': 2, 'unclean.leader.election.enable': true },
    cluster: { brokers: 2, 'network.latency.ms': 0.1, 'replica.lag.time.max.ms': 2_000 },
  };

  /** The follower is cut off and falls out of the ISR, then the leader dies; what it had comes back after 20 s more. */
  function outage(): { run: Run; leader: number; follower: number } {
    const [leader, follower] = placement(setting) as [number, number];
    const ends = { between: names([leader]), and: names([follower]) };
    const faults: Fault[] = [
      { atMs: 1_005, action: 'network.cut', ...ends },
      { atMs: 11_005, action: 'broker.kill', broker: leader },
      { atMs: 40_000, action: 'network.heal', ...ends },
      { atMs: 40_000, action: 'broker.restart', broker: leader },
    ];
    return { run: start(documentWith(setting, faults)), leader, follower };
  }

  test('[BRK-16] what was committed is lost, other records take its offsets, and the old leader cuts back to where its log parts from the new one', () => {
    const { run, leader, follower } = outage();
    runTo(run, 11_000);
    const partition = partitionOf(run);
    // The ISR is the leader alone: it commits what only it has.
    expect([partition.log.logEndOffset, partition.log.highWatermark]).toEqual([1_100, 1_100]);
    runTo(run, 39_000);
    expect([partition.holder, partition.lostRecords]).toEqual([follower, 1_101 - 101]);
    expect(replicaEndOffset(partition, replicaOf(partition, leader)!)).toBe(1_101);
    runTo(run, 60_000);
    const { log } = partition;
    expect(log.epochs.map(({ startOffset }) => startOffset)).toEqual([0, 101]);
    expect(replicaOf(partition, leader)).toMatchObject({ tail: null, logEndOffset: log.logEndOffset });
    expect(run.ctx.cluster.controller.partitions[0]!.isr.length).toBe(2);
    expect(reportOf(run).topics[0]).toMatchObject({ lost: 1_000, uncleanElections: 1 });
  });

  test("[BRK-16] a log that was cut off can become the partition's again: what counted as lost is there", () => {
    const { run, leader, follower } = outage();
    runTo(run, 39_000);
    const partition = partitionOf(run);
    const newRecords = partition.log.logEndOffset - 101;
    expect(newRecords).toBeGreaterThan(0);
    // The new leader dies before the old one has heard of it, and the old one is elected from outside of the ISR.
    const { controller } = run.ctx.cluster;
    const before = controller.partitions[0]!;
    killBroker(run.ctx, follower);
    const elected = { ...before, leader, isr: [leader], leaderEpoch: before.leaderEpoch + 1, partitionEpoch: before.partitionEpoch + 1 };
    expect(becomeLeader(run.ctx, 0, leader, elected)).toBe(-1);
    expect([partition.holder, partition.log.logEndOffset]).toEqual([leader, 1_101]);
    expect(partition.lostRecords).toBe(newRecords);
    expect(partition.log.epochs.map(({ epoch, startOffset }) => [epoch, startOffset])).toEqual([
      [0, 0],
      [before.leaderEpoch + 1, 1_101],
    ]);
    expect(replicaOf(partition, follower)!.tail).toMatchObject({ logStartOffset: 101, logEndOffset: 101 + newRecords });
  });
});

describe('what becomes of the records', () => {
  test('[BRK-12] the ledger adds up at every moment: what a new leader does not have is lost to who had not read it', () => {
    const producer = { acks: '1', 'workload.records': 2000, 'workload.rate': 100 };
    const setting = { producers: { source: producer }, cluster: { 'network.latency.ms': 0.1 }, withReader: true };
    const [leader, ...followers] = placement(setting) as [number, ...number[]];
    const ends = { between: names([leader]), and: names(followers) };
    const run = start(
      documentWith(setting, [
        { atMs: 1_005, action: 'network.cut', ...ends },
        { atMs: 3_000, action: 'broker.kill', broker: leader },
        { atMs: 20_000, action: 'network.heal', ...ends },
        { atMs: 20_000, action: 'broker.restart', broker: leader },
      ]),
    );
    for (let ms = 500; ms <= 60_000; ms += 500) {
      runTo(run, ms);
      const { produced, markers, processed, lost, underWay, steppedOver, skippedByReset, expiredUnread } = pathOf(run, 'reader');
      expect(processed + lost + underWay + steppedOver + skippedByReset + expiredUnread).toBe(produced + markers);
    }
    const lost = partitionOf(run).lostRecords;
    expect(lost).toBeGreaterThan(100);
    expect(pathOf(run, 'reader')).toMatchObject({ lost, underWay: 0, processedAgain: 0, processed: partitionOf(run).log.logEndOffset });
  });
});
