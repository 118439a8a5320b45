/** What producers were told is written and is gone: real runs in which leaders die or are cut off. */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../pipeline/document.ts';
import { clusterViewOf } from '../run/views/clusterView.ts';
import { runTo, start } from '../run/harness.ts';
import { documentWith, names, partitionOf, placement, type Setting } from '../run/replicationFixtures.ts';
import { reportOf } from '../run/views/report.ts';

const latency = { 'network.latency.ms': 0.1 };

/** The leader is cut off from its followers with the last hundred of 1,100 records, then dies and returns. */
function lastHundred(acks: '0' | '1' | 'all') {
  const setting: Setting = {
    producers: {
      source: { acks, 'workload.records': 1100, 'max.in.flight.requests.per.connection': 1000, 'delivery.timeout.ms': 600_000 },
    },
    topic: { 'min.insync.replicas': 2 },
    cluster: latency,
  };
  const [leader, ...followers] = placement(setting);
  const ends = { between: names([leader!]), and: names(followers) };
  return start(
    documentWith(setting, [
      { atMs: 999.8, action: 'network.cut', ...ends },
      { atMs: 1500, action: 'broker.kill', broker: leader! },
      { atMs: 30_000, action: 'network.heal', ...ends },
      { atMs: 30_000, action: 'broker.restart', broker: leader! },
    ]),
  );
}

describe('acknowledged records that are lost', () => {
  test.each([
    ['1', 100, 100],
    ['0', 100, 100],
    // The leader has taken one request of the hundred; the others waited for its answer.
    ['all', 1, 0],
  ] as const)(
    '[BRK-40] the last records go with a leader: with acks=%s %i, of which its producer had been told of %i',
    (acks, gone, lost) => {
      const run = runTo(lastHundred(acks), 60_000);
      expect(reportOf(run).topics[0]).toMatchObject({ lost: gone, lostAcknowledged: lost });
      expect(clusterViewOf(run).partitions[0]).toMatchObject({ lostRecords: gone, lostAcknowledged: lost });
      expect(partitionOf(run).log.logEndOffset + lost).toBe(run.ctx.producers[0]!.ackedRecords);
    },
  );

  test('[BRK-40] what a leader that is cut off takes with acks=1 is counted when it gives it up', () => {
    const setting: Setting = { producers: { near: { 'workload.rate': 100 } }, cluster: latency };
    const [leader, ...followers] = placement(setting);
    const ends = { between: names([leader!]), and: [...names(followers), 'controller'] };
    const faults: Fault[] = [
      { atMs: 1_005, action: 'network.cut', ...ends },
      { atMs: 30_005, action: 'network.heal', ...ends },
    ];
    const run = runTo(start(documentWith(setting, faults)), 45_000);
    const { log, lostAcknowledged } = partitionOf(run);
    expect(lostAcknowledged).toBeGreaterThan(2_000);
    expect(log.logEndOffset + lostAcknowledged).toBe(run.ctx.producers[0]!.ackedRecords);
  });

  test("[BRK-40] a log that becomes the partition's again takes its records out of the count", () => {
    const setting: Setting = {
      producers: { source: { 'workload.rate': 100, 'workload.records': 1_000 } },
      topic: { 'replication.factor': 2, 'unclean.leader.election.enable': true },
      cluster: { ...latency, brokers: 2, 'replica.lag.time.max.ms': 2_000 },
    };
    const [leader, follower] = placement(setting) as [number, number];
    const ends = { between: names([leader]), and: names([follower]) };
    const faults: Fault[] = [
      { atMs: 1_005, action: 'network.cut', ...ends },
      { atMs: 11_005, action: 'broker.kill', broker: leader },
      { atMs: 40_000, action: 'broker.kill', broker: follower },
      { atMs: 60_000, action: 'network.heal', ...ends },
      { atMs: 60_000, action: 'broker.restart', broker: leader },
    ];
    const run = runTo(start(documentWith(setting, faults)), 39_000);
    const before = partitionOf(run).lostAcknowledged;
    expect(before).toBeGreaterThan(800);
    expect(partitionOf(run).log.logEndOffset + before).toBe(run.ctx.producers[0]!.ackedRecords);
    runTo(run, 90_000);
    expect(partitionOf(run).holder).toBe(leader);
    expect(partitionOf(run).lostAcknowledged).toBe(0);
  });
});
