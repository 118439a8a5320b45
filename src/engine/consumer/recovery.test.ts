import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import type { Run } from '../run/build.ts';
import { nodeOf, pathOf, runTo, simple, start } from '../run/harness.ts';

interface SetUp {
  readonly faults: Fault[];
  readonly source?: Config;
  readonly topic?: Config;
  readonly sink?: Config;
  readonly cluster?: Config;
  readonly seconds?: number;
}

/** source → topic of three partitions on three brokers → two members. */
function replicated({ faults, source, topic, sink, cluster, seconds = 120 }: SetUp): Run {
  return start(
    simple({
      source: { 'workload.rate': 200, 'workload.records': 4000, 'key.shape': 'uniform', 'key.count': 50, acks: 'all', ...source },
      topic: { partitions: 3, 'replication.factor': 3, 'min.insync.replicas': 1, ...topic },
      sink: { instances: 2, 'service.time.ms': 0, 'session.timeout.ms': 10_000, 'heartbeat.interval.ms': 3_000, ...sink },
      cluster: { brokers: 3, 'network.latency.ms': 1, 'broker.restart.ms': 2000, ...cluster },
      faults,
      seconds,
    }),
  );
}

const text = (run: Run): string => run.ctx.timeline.entries.map(({ text: line }) => line).join('\n');
const settled = (run: Run): boolean => run.ctx.consumers.every(({ recovery }) => recovery === null);

describe('leaders that die', () => {
  test.each([0, 1, 2])('[CON-11] broker %i: consumers find the new leaders and read on; no record is missed', (broker) => {
    const faults: Fault[] = [
      { atMs: 3_000, action: 'broker.kill', broker },
      { atMs: 40_000, action: 'broker.restart', broker },
    ];
    const run = runTo(replicated({ faults }), 110_000);
    const path = pathOf(run, 'sink');
    expect({ produced: path.produced, processed: path.processed, underWay: path.underWay, skipped: path.skippedByReset }).toEqual({
      produced: 4000,
      processed: 4000,
      underWay: 0,
      skipped: 0,
    });
    expect(settled(run)).toBe(true);
    // Before anybody restarts: the records come again soon after the session of the dead broker is over.
    expect(nodeOf(run, 'sink').recordsIn).toBeGreaterThanOrEqual(4000);
  });

  test('[CON-11] a link that is cut: the fetch is given up after request.timeout.ms, and goes on when the link is healed', () => {
    const ends = { between: ['node:sink'] as const, and: ['broker:0', 'broker:1', 'broker:2'] as const };
    const faults: Fault[] = [
      { atMs: 3_000, action: 'network.cut', ...ends },
      { atMs: 30_000, action: 'network.heal', ...ends },
    ];
    const run = replicated({ faults, sink: { 'request.timeout.ms': 5_000 } });
    runTo(run, 29_000);
    expect(nodeOf(run, 'sink').recordsIn).toBeLessThan(650);
    expect(settled(run)).toBe(false);
    runTo(run, 60_000);
    expect(pathOf(run, 'sink').underWay).toBe(0);
    expect(settled(run)).toBe(true);
  });
});

describe('a coordinator that dies', () => {
  const coordinatorOf = (): number => replicated({ faults: [] }).ctx.groups[0].coordinator;

  test('[GRP-18] the group goes on at another broker: same generation, no rebalance, commits are not lost', () => {
    const broker = coordinatorOf();
    const run = runTo(
      replicated({ faults: [{ atMs: 5_000, action: 'broker.kill', broker }], cluster: { 'offsets.topic.replication.factor': 3 } }),
      60_000,
    );
    const group = run.ctx.groups[0];
    expect(group.coordinator).not.toBe(broker);
    expect({ state: group.state, generation: group.generation, rebalances: group.rebalances, members: group.members.size }).toEqual({
      state: 'Stable',
      generation: 1,
      rebalances: 1,
      members: 2,
    });
    const { firstPartition, partitionCount } = run.ctx.topics[0];
    let committed = 0;
    for (let p = firstPartition; p < firstPartition + partitionCount; p++) committed += group.committed[p];
    expect(committed).toBe(4000);
    expect(text(run)).not.toContain('heartbeat expired');
  });

  test('[GRP-18] with one replica of __consumer_offsets the members wait until it is back', () => {
    const broker = coordinatorOf();
    const faults: Fault[] = [
      { atMs: 5_000, action: 'broker.kill', broker },
      { atMs: 30_000, action: 'broker.restart', broker },
    ];
    const run = replicated({ faults, cluster: { 'offsets.topic.replication.factor': 1 } });
    const home = run.ctx.groups[0].coordinator;
    runTo(run, 100_000);
    const group = run.ctx.groups[0];
    expect(group.coordinator).toBe(home);
    expect({ state: group.state, members: group.members.size }).toEqual({ state: 'Stable', members: 2 });
    expect(pathOf(run, 'sink').underWay).toBe(0);
  });

  test('[CON-14] commitSync gives up after a minute without a coordinator; the loop goes on, and a later commit has its offsets', () => {
    const broker = coordinatorOf();
    const faults: Fault[] = [
      { atMs: 5_000, action: 'broker.kill', broker },
      { atMs: 90_000, action: 'broker.restart', broker },
    ];
    const sink = { 'commit.mode': 'after-processing', 'max.poll.records': 10 };
    const run = replicated({ faults, sink, cluster: { 'offsets.topic.replication.factor': 1 } });
    runTo(run, 64_900);
    const waiting = nodeOf(run, 'sink').recordsIn;
    expect(waiting).toBeLessThan(1_200);
    const timedOut = () => run.ctx.timeline.entries.filter(({ code }) => code === 'commit.timed-out').map(({ timeUs }) => timeUs);
    expect(timedOut()).toEqual([]);
    runTo(run, 89_000);
    expect(timedOut()).toHaveLength(2);
    // The one that reads what the dead broker led has nothing to commit before others lead it, when its session of 9 s is over.
    expect(timedOut()[0] / 1e6).toBeCloseTo(65, 0);
    expect(timedOut()[1] / 1e6).toBeCloseTo(73, 0);
    expect(text(run)).toContain(
      'gives up a commit that no coordinator has answered for too long (TimeoutException), and goes on without it.',
    );
    expect(nodeOf(run, 'sink').recordsIn).toBeGreaterThan(waiting);
    runTo(run, 119_000);
    const { processed, processedAgain, underWay } = pathOf(run, 'sink');
    expect({ processed, processedAgain, underWay }).toEqual({ processed: 4000, processedAgain: 0, underWay: 0 });
    const { committed } = run.ctx.groups[0];
    expect([0, 1, 2].reduce((sum, partition) => sum + committed[partition], 0)).toBe(4000);
  });

  test('[CON-14] what auto commit sends before a rebalance is waited for as long as max.poll.interval.ms', () => {
    const faults: Fault[] = [
      { atMs: 5_000, action: 'broker.kill', broker: coordinatorOf() },
      { atMs: 6_000, action: 'partitions.add', node: 'topic', count: 1 },
    ];
    const sink = { 'commit.mode': 'auto', 'max.poll.interval.ms': 30_000 };
    const cluster = { 'offsets.topic.replication.factor': 1 };
    const run = replicated({ faults, sink, cluster, seconds: 400 });
    // The leader learns of the new partition within the five minutes of metadata.max.age.ms, and gives up what it has for a rebalance.
    const revokes = () => run.ctx.members.some(({ afterRevoking }) => afterRevoking !== 'nothing');
    while (!revokes() && run.ctx.events.nowUs < 360e6) runTo(run, run.ctx.events.nowUs / 1000 + 100);
    const revokesMs = run.ctx.events.nowUs / 1000;
    runTo(run, 400_000);
    const timedOut = run.ctx.timeline.entries.filter(({ code }) => code === 'commit.timed-out');
    expect(timedOut).toHaveLength(1);
    expect(timedOut[0].timeUs / 1e6).toBeCloseTo(revokesMs / 1000 + 30, 0);
    expect(timedOut[0].text).toMatch(/has answered for too long, and goes on without it\.$/);
  });

  test('[GRP-19] a rebalance under way is lost with the coordinator: members join again at the next one', () => {
    const broker = coordinatorOf();
    const faults: Fault[] = [
      { atMs: 6_000, action: 'member.add', node: 'sink' },
      { atMs: 6_500, action: 'broker.kill', broker },
    ];
    const run = runTo(replicated({ faults, cluster: { 'offsets.topic.replication.factor': 3 } }), 80_000);
    const group = run.ctx.groups[0];
    expect({ state: group.state, members: group.members.size }).toEqual({ state: 'Stable', members: 3 });
    expect(run.ctx.members.flatMap(({ owned }) => owned).sort()).toEqual([0, 1, 2]);
    expect(pathOf(run, 'sink').underWay).toBe(0);
  });

  test('[GRP-20] a member that dies while there is no coordinator is noticed after the sessions that begin at the next one', () => {
    const broker = coordinatorOf();
    const faults: Fault[] = [
      { atMs: 5_000, action: 'broker.kill', broker },
      { atMs: 5_500, action: 'member.crash', node: 'sink', member: 0 },
    ];
    const run = runTo(replicated({ faults, cluster: { 'offsets.topic.replication.factor': 3 } }), 60_000);
    const expired = run.ctx.timeline.entries.find(({ code }) => code === 'member.session-expired');
    expect(expired?.timeUs).toBeGreaterThan(20e6);
    expect(run.ctx.members[1].owned).toEqual([0, 1, 2]);
    expect(pathOf(run, 'sink').underWay).toBe(0);
  });
});

describe('a log that was cut', () => {
  /** The leader of the one partition goes on alone, its readers with it; an unclean election then takes a follower that has less. */
  function unclean(): Run {
    const topic: Config = { partitions: 1, 'unclean.leader.election.enable': true };
    const probe = replicated({ faults: [], topic });
    const [leader, ...followers] = probe.ctx.cluster.controller.partitions[0].replicas;
    const faults: Fault[] = [
      ...followers.map((broker): Fault => ({ atMs: 4_000, action: 'broker.kill', broker })),
      { atMs: 19_000, action: 'broker.kill', broker: leader },
      ...followers.map((broker): Fault => ({ atMs: 20_000, action: 'broker.restart', broker })),
      { atMs: 40_000, action: 'broker.restart', broker: leader },
    ];
    return runTo(replicated({ faults, topic, sink: { instances: 1 }, source: { acks: '1' } }), 110_000);
  }

  test('[CON-13] the position goes back to where the new leader parts from what was read', () => {
    const run = unclean();
    const [, from, to] = /position was reset from (\d+) to (\d+)/.exec(text(run)) ?? [];
    expect(Number(to)).toBeGreaterThan(700);
    expect(Number(to)).toBeLessThan(820);
    expect(Number(from)).toBeGreaterThan(Number(to) + 100);
    const [owned] = run.ctx.consumers[0].owned;
    expect(owned.position).toBe(run.ctx.partitions[0].log.logEndOffset);
    expect(run.ctx.groups[0].committed[0]).toBe(owned.position);
  });
});
