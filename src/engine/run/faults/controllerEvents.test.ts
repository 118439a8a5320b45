import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import { coordinatorOf } from '../../broker/metadata.ts';
import { intervene } from '../advance.ts';
import type { Run } from '../build.ts';
import { documentOf, runTo, start } from '../harness.ts';
import { reportOf } from '../views/report.ts';

function cluster(options: { faults?: readonly Fault[]; cluster?: Config; topic?: Config; seed?: number } = {}): Run {
  return start(
    documentOf({
      seconds: 1000,
      seed: options.seed ?? 1,
      faults: options.faults ?? [],
      cluster: { brokers: 3, 'broker.restart.ms': 1000, ...options.cluster },
      nodes: {
        source: { kind: 'producer', config: { 'workload.rate': 20 }, to: ['orders'] },
        orders: {
          kind: 'topic',
          config: { partitions: 1, 'replication.factor': 3, 'min.insync.replicas': 1, ...options.topic },
          to: ['sink'],
        },
        sink: { kind: 'sink' },
      },
    }),
  );
}

const registration = (run: Run, partition = 0) => run.state.cluster.controller.partitions[partition];
const said = (run: Run, code: string) => run.state.timeline.entries.filter((entry) => entry.code === code).map(({ text }) => text);
const [first, second, third] = registration(cluster()).replicas;

describe('placement', () => {
  test('[BRK-7] replicas are placed by seed, one broker each, the first leads; the same seed places them alike', () => {
    const placements = [1, 1, 2, 3, 4].map((seed) => {
      const run = cluster({ seed, cluster: { brokers: 6 }, topic: { partitions: 12 } });
      return run.state.cluster.controller.partitions.slice(0, 12).map(({ replicas }) => replicas.join());
    });
    expect(placements[0]).toEqual(placements[1]);
    expect(new Set(placements.map((placement) => placement.join(' '))).size).toBe(4);
    for (const replicas of placements.flat()) expect(new Set(replicas.split(',')).size).toBe(3);
  });

  test('[BRK-7] in racks, copies go to different ones', () => {
    const run = cluster({ cluster: { brokers: 6, 'broker.racks': ['a', 'b', 'c'] }, topic: { partitions: 6 } });
    for (const { replicas } of run.state.cluster.controller.partitions.slice(0, 6)) {
      expect(new Set(replicas.map((broker) => run.state.brokers[broker].rack)).size).toBe(3);
    }
  });

  test('[BRK-7] groups have a coordinator: the leader of their partition of __consumer_offsets, which moves when it dies', () => {
    const run = cluster();
    const { key } = run.state.cluster.internals[0];
    const before = coordinatorOf(run.ctx, key);
    expect(key).toMatch(/^__consumer_offsets-\d+$/);
    intervene(run, { action: 'broker.kill', broker: before });
    runTo(run, 20_000);
    expect(coordinatorOf(run.ctx, key)).not.toBe(before);
    expect(coordinatorOf(run.ctx, key)).toBeGreaterThanOrEqual(0);
    expect(coordinatorOf(run.ctx, '__consumer_offsets-none')).toBe(-1);
    expect(said(run, 'coordinator.offline')).toEqual([]);
  });

  test('[CLU-42] a group without a coordinator, whose offsets have no replica in sync left, is said, and when it has one again', () => {
    const { internals, controller } = cluster().state.cluster;
    const [{ key, registration: at }] = internals;
    const replicas = controller.partitions[at].replicas;
    const faults = replicas.map((broker, i): Fault => ({ atMs: 10_000 + 15_000 * i, action: 'broker.kill', broker }));
    const last = replicas.at(-1)!;
    const run = runTo(cluster({ faults: [...faults, { atMs: 80_000, action: 'broker.restart', broker: last }] }), 79_000);
    expect(said(run, 'coordinator.offline')).toEqual([
      `${key} is offline: its last in-sync replica, broker ${last}, is down. What it coordinates stands still: nothing is committed.`,
    ]);
    expect(said(run, 'coordinator.online')).toEqual([]);
    expect(reportOf(run).groups[0].coordinator).toBe(-1);
    runTo(run, 100_000);
    expect(reportOf(run).groups[0].coordinator).toBe(last);
    expect(said(run, 'coordinator.online')).toEqual([`Broker ${last} leads ${key} again: what it coordinates goes on.`]);
  });
});

describe('the controller', () => {
  test('[CLU-37] while the quorum elects nothing is decided, and sessions begin anew with the next controller', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'broker.kill', broker: first },
      { atMs: 17_000, action: 'controller.loss' },
    ];
    const run = runTo(cluster({ faults, cluster: { 'broker.session.timeout.ms': 9000 } }), 18_999);
    expect(registration(run).leader).toBe(first);
    expect(run.state.cluster.quorum.active).toBe(false);
    runTo(run, 20_000);
    const { activeSinceUs, active, votersUp } = run.state.cluster.quorum;
    expect({ active, votersUp }).toEqual({ active: true, votersUp: 3 });
    expect(activeSinceUs).toBeGreaterThanOrEqual(19_000_000);
    expect(activeSinceUs).toBeLessThanOrEqual(20_000_000);
    runTo(run, activeSinceUs / 1000 + 9000);
    expect(registration(run).leader).toBe(first);
    runTo(run, activeSinceUs / 1000 + 9000.001);
    expect(registration(run).leader).toBe(second);
  });

  test('[CLU-37] without a majority nobody is elected until a voter is back', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'controller.loss' },
      { atMs: 10_100, action: 'controller.loss' },
    ];
    const run = runTo(cluster({ faults, cluster: { 'broker.restart.ms': 30_000 } }), 39_000);
    expect(run.state.cluster.quorum).toMatchObject({ active: false, votersUp: 1 });
    runTo(run, 45_000);
    expect(run.state.cluster.quorum).toMatchObject({ active: true, votersUp: 3 });
  });

  test('[CLU-37] what is asked of a controller that is away is done by the next', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'controller.loss' },
      {
        atMs: 10_500,
        action: 'partition.reassign',
        node: 'orders',
        partition: 0,
        replicas: [second, first, third],
        throttleBytesPerSecond: 0,
      },
    ];
    const run = runTo(cluster({ faults }), 11_900);
    expect(registration(run).replicas).toEqual([first, second, third]);
    runTo(run, 15_000);
    expect(registration(run).replicas).toEqual([second, first, third]);
  });

  test('[CLU-38] leadership goes back at the next regular check, not when the broker returns', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'broker.kill', broker: first },
      { atMs: 30_000, action: 'broker.restart', broker: first },
    ];
    const run = runTo(cluster({ faults }), 299_999);
    expect(registration(run)).toMatchObject({ leader: second, isr: [second, third, first] });
    runTo(run, 300_000);
    expect(registration(run)).toMatchObject({ leader: first });
    const off = cluster({ faults, cluster: { 'auto.leader.rebalance.enable': false } });
    expect(registration(runTo(off, 700_000)).leader).toBe(second);
  });

  test('[CLU-38] an election of preferred leaders can be asked for', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'broker.kill', broker: first },
      { atMs: 30_000, action: 'broker.restart', broker: first },
      { atMs: 60_000, action: 'leaders.prefer' },
    ];
    const run = runTo(cluster({ faults }), 60_000);
    expect(registration(run)).toMatchObject({ leader: first, leaderEpoch: 2 });
    expect(said(run, 'fault').at(-1)).toMatch(/^Preferred leaders are asked for: [12] partitions get theirs back\.$/);
  });

  test('[CLU-41] a partition moves to a broker that has no copy: it copies, joins the ISR, and the old replica goes', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'partition.reassign', node: 'orders', partition: 0, replicas: [third], throttleBytesPerSecond: 1_000_000 },
    ];
    const topic = { 'replication.factor': 1 };
    const [from] = registration(cluster({ topic })).replicas;
    const target = (from + 1) % 3;
    const run = cluster({ topic, faults: [{ ...faults[0], replicas: [target] } as Fault] });
    runTo(run, 30_000);
    expect(registration(run)).toMatchObject({
      leader: target,
      replicas: [target],
      isr: [target],
      addingReplicas: [],
      removingReplicas: [],
    });
    expect(run.state.cluster.throttles).toEqual([]);
    expect(said(run, 'replicas.changed')).toEqual([`orders-0 has moved: its replicas are broker ${target}.`]);
    const { log } = run.state.partitions[0];
    runTo(run, 60_000);
    expect(log.logEndOffset).toBeGreaterThan(1100);
    expect(log.highWatermark).toBeGreaterThan(1100);
  });

  test('[CLU-41] other partitions with one replica are none the wiser when one moves, in this run and in the next', () => {
    const topic = { partitions: 2, 'replication.factor': 1 };
    const [from] = registration(cluster({ topic })).replicas;
    const replicas = [(from + 1) % 3];
    const move: Fault = { atMs: 10_000, action: 'partition.reassign', node: 'orders', partition: 0, replicas, throttleBytesPerSecond: 0 };
    const run = runTo(cluster({ topic, faults: [move] }), 30_000);
    expect(run.state.partitions[0].replicas.map(({ broker }) => broker)).toContain(replicas[0]);
    expect(run.state.partitions[1].replicas).toEqual([]);
    const [one, other] = cluster({ topic }).state.partitions;
    expect([one.replicas, other.replicas]).toEqual([[], []]);
  });

  test('[CLU-41] partitions are added where the scenario plans them; their numbers move no others', () => {
    const faults: Fault[] = [{ atMs: 10_000, action: 'partitions.add', node: 'orders', count: 2 }];
    const run = runTo(cluster({ faults }), 9_999);
    expect(run.state.topics[0]).toMatchObject({ partitionCount: 1, partitionCountMax: 3 });
    expect(registration(run, 1)).toMatchObject({ replicas: [], leader: -1 });
    runTo(run, 12_000);
    expect(run.state.topics[0].partitionCount).toBe(3);
    for (const partition of [1, 2]) {
      expect(registration(run, partition).isr).toHaveLength(3);
      expect(run.state.partitions[partition].leader).toBe(registration(run, partition).leader);
      expect(run.state.partitions[partition].replicas.filter(({ leadership }) => leadership !== null)).toHaveLength(1);
    }
  });

  test('[CLU-41] what cannot be done is refused with the reason', () => {
    const run = runTo(cluster(), 1000);
    const refusals = [
      intervene(run, { action: 'partitions.add', node: 'orders', count: 2 }),
      intervene(run, { action: 'broker.kill', broker: 7 }),
      intervene(run, { action: 'broker.restart', broker: 1 }),
      intervene(run, { action: 'zone.loss', rack: 'north' }),
      intervene(run, { action: 'network.cut', between: ['broker:0'], and: ['node:orders'] }),
      intervene(run, { action: 'leader.unclean', node: 'orders', partition: 0 }),
      intervene(run, { action: 'disk.freed', broker: 0 }),
    ].map(({ refusal }) => refusal);
    expect(refusals).toEqual([
      'orders has 1 partitions and room for 0 more in this run: plan the addition in the scenario and start again, so that its places are kept.',
      'There is no broker 7; the cluster has brokers 0 to 2.',
      null,
      'No broker is in a rack "north"; racks are set by broker.racks.',
      'orders has no clients, so the network cannot cut it off.',
      `orders-0 is led by broker ${first}; an unclean election is for a partition without a leader.`,
      'The disk of broker 0 is not full.',
    ]);
  });

  test('[CLU-41] an unclean election asked for brings a partition back without its last replica in sync', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'broker.kill', broker: second },
      { atMs: 30_000, action: 'broker.kill', broker: third },
      { atMs: 50_000, action: 'broker.kill', broker: first },
      { atMs: 70_000, action: 'broker.restart', broker: second },
      { atMs: 90_000, action: 'leader.unclean', node: 'orders', partition: 0 },
    ];
    const run = runTo(cluster({ faults }), 89_999);
    expect(registration(run).leader).toBe(-1);
    runTo(run, 95_000);
    expect(registration(run)).toMatchObject({ leader: second, isr: [second] });
    expect(said(run, 'leader.unclean')).toHaveLength(1);
    // Its leader alone is in sync: the election's line says enough.
    const electedUs = run.state.timeline.entries.find(({ code }) => code === 'leader.unclean')!.timeUs;
    const codes = run.state.timeline.entries
      .filter(({ timeUs, node }) => timeUs === electedUs && node === 'orders')
      .map(({ code }) => code);
    expect(codes.filter((code) => code.startsWith('isr.'))).toEqual([]);
  });

  test('[CLU-42] a change that takes some into the ISR and puts others out makes one line with the new ISR', () => {
    const setting = { cluster: { brokers: 6 }, topic: { partitions: 1 } };
    const before = registration(cluster(setting)).replicas;
    const target = [0, 1, 2, 3, 4, 5].filter((broker) => !before.includes(broker));
    const move: Fault = {
      atMs: 10_000,
      action: 'partition.reassign',
      node: 'orders',
      partition: 0,
      replicas: target,
      throttleBytesPerSecond: 0,
    };
    const run = runTo(cluster({ ...setting, faults: [move] }), 30_000);
    expect(registration(run).replicas).toEqual(target);
    const [x, y, z] = registration(run).isr;
    expect(said(run, 'isr.changed')).toEqual([`The ISR of orders-0 changes to brokers ${x}, ${y} and ${z}.`]);
    expect(said(run, 'isr.shrunk')).toEqual([]);
  });

  test('[CLU-42] partitions that change alike at one moment make one line for their topic', () => {
    const faults: Fault[] = [{ atMs: 10_000, action: 'broker.kill', broker: 0 }];
    const run = runTo(cluster({ faults, topic: { partitions: 30 } }), 30_000);
    const led = run.state.cluster.published.slice(0, 30).filter(({ replicas }) => replicas[0] === 0).length;
    expect(led).toBeGreaterThan(3);
    expect(said(run, 'leader.elected')).toEqual([`${led} partitions of orders have other leaders: brokers 1 and 2.`]);
    expect(said(run, 'isr.shrunk')).toEqual(['The ISRs of 30 partitions of orders shrink.']);
  });
});
