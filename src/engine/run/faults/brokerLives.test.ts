import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import { nodeEndpoint } from '../../broker/clusterState.ts';
import { isBrokerUp, isReachable } from '../../broker/links.ts';
import { knownLeader } from '../../broker/metadata.ts';
import { replicaEndOffset, replicaOf } from '../../broker/replicas.ts';
import type { Run } from '../build.ts';
import { documentOf, runTo, start } from '../harness.ts';

/** Three brokers, heartbeats every 2 s from 0, 0.666666 and 1.333333 s on, one partition of a topic on all of them; a record every 10 ms. */
function cluster(options: { faults?: readonly Fault[]; cluster?: Config; topic?: Config; source?: Config; seed?: number } = {}): Run {
  return start(
    documentOf({
      seconds: 700,
      seed: options.seed ?? 1,
      faults: options.faults ?? [],
      cluster: { brokers: 3, 'broker.restart.ms': 1000, 'network.latency.ms': 1, ...options.cluster },
      nodes: {
        source: { kind: 'producer', config: { 'workload.rate': 100, ...options.source }, to: ['orders'] },
        orders: { kind: 'topic', config: { partitions: 1, 'replication.factor': 3, 'min.insync.replicas': 1, ...options.topic } },
      },
    }),
  );
}

const registration = (run: Run, partition = 0) => run.state.cluster.controller.partitions[partition];
const lines = (run: Run, code: string) =>
  run.state.timeline.entries.filter((entry) => entry.code === code).map(({ timeUs, text }) => `${timeUs / 1000} ${text}`);
/** The leader of a run without faults, and its second and third replica: the same seed places them alike in every run here. */
const [first, second, third] = registration(cluster()).replicas;
const lastHeartbeatMs = (broker: number, atMs: number) => {
  const phaseMs = Math.floor((broker * 2_000_000) / 3) / 1000;
  return phaseMs + Math.floor((atMs - phaseMs) / 2000) * 2000;
};

describe('brokers die and come back', () => {
  test('[CLU-31] without faults and with one replica brokers and controller make no events', () => {
    const run = runTo(cluster({ topic: { 'replication.factor': 1 }, source: { 'workload.records': 1 } }), 200_000);
    const quiet = run.state.events.taken;
    runTo(run, 299_000);
    expect(run.state.events.taken).toBe(quiet);
  });

  test('[CLU-32] a killed broker is fenced when its last heartbeat is older than the session timeout; until then it is the leader', () => {
    const run = cluster({ faults: [{ atMs: 10_000, action: 'broker.kill', broker: first }] });
    const fencedMs = lastHeartbeatMs(first, 10_000) + 1 + 9000;
    runTo(run, fencedMs);
    expect(registration(run)).toMatchObject({ leader: first, leaderEpoch: 0 });
    expect(isBrokerUp(run.ctx, first)).toBe(false);
    runTo(run, fencedMs + 0.001);
    expect(registration(run)).toMatchObject({ leader: second, leaderEpoch: 1, isr: [second, third] });
    expect(lines(run, 'broker.fenced')).toEqual([
      `${fencedMs + 0.001} The controller fences broker ${first}: it was not heard of for 9 s.`,
    ]);
    expect(lines(run, 'leader.elected')).toEqual([`${fencedMs + 0.001} Broker ${second} leads orders-0 in epoch 1.`]);
  });

  test('[CLU-33] a controlled shutdown moves leaders at once; the broker stops when every active broker has reported that it knows', () => {
    const run = runTo(cluster({ faults: [{ atMs: 10_000, action: 'broker.stop', broker: first }] }), 10_001);
    expect(registration(run)).toMatchObject({ leader: second, isr: [second, third] });
    expect(run.state.brokers[first].alive).toBe(true);
    runTo(run, 10_020);
    expect(run.state.brokers[first].alive).toBe(true);
    runTo(run, 20_000);
    // The second heartbeat 50 ms after the first answer, the third an interval later: by then the others have sent theirs.
    expect(lines(run, 'broker.stopped')).toEqual([`12055 Broker ${first} has stopped.`]);
    expect(lines(run, 'broker.fenced')).toEqual([]);
  });

  test('[CLU-29] in its shutdown a broker fetches no more of what it is out of sync with', () => {
    const run = runTo(cluster({ faults: [{ atMs: 10_000, action: 'broker.stop', broker: first }] }), 10_010);
    const partition = run.ctx.partitions[0]!;
    const end = replicaEndOffset(partition, replicaOf(partition, first)!);
    runTo(run, 12_000);
    expect(run.state.brokers[first].alive).toBe(true);
    expect(replicaEndOffset(partition, replicaOf(partition, first)!)).toBe(end);
    expect(partition.log.logEndOffset).toBeGreaterThan(end);
    runTo(run, 20_000);
    expect(registration(run).isr).toEqual([second, third]);
  });

  test('[CLU-33] with controlled.shutdown.enable false a broker that stops is fenced like one that was killed', () => {
    const faults: Fault[] = [{ atMs: 10_000, action: 'broker.stop', broker: first }];
    const run = runTo(cluster({ faults, cluster: { 'controlled.shutdown.enable': false } }), 10_500);
    expect(run.state.brokers[first].alive).toBe(false);
    expect(registration(run).leader).toBe(first);
    runTo(run, 20_000);
    expect(registration(run).leader).toBe(second);
  });

  test('[CLU-34] a broker that is back before its session is over is registered when that has ended, then unfenced, and takes requests', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'broker.kill', broker: first },
      { atMs: 11_000, action: 'broker.restart', broker: first },
    ];
    const run = runTo(cluster({ faults }), 18_000);
    expect(run.state.brokers[first]).toMatchObject({ alive: true, accepting: false });
    expect(run.state.brokers[first].attempts).toBeGreaterThan(3);
    runTo(run, 40_000);
    expect(isBrokerUp(run.ctx, first)).toBe(true);
    expect(lines(run, 'broker.unfenced')).toHaveLength(1);
    // It follows, and the leader has taken it back; leadership does not come back by itself.
    expect(registration(run)).toMatchObject({ leader: second, isr: [second, third, first] });
  });

  test('[CLU-34] the last replica in sync takes its partition with it, and only its return brings that back', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'broker.kill', broker: second },
      { atMs: 20_000, action: 'broker.kill', broker: third },
      { atMs: 30_000, action: 'broker.kill', broker: first },
      { atMs: 50_000, action: 'broker.restart', broker: second },
      { atMs: 70_000, action: 'broker.restart', broker: first },
    ];
    const run = runTo(cluster({ faults }), 45_000);
    expect(registration(run)).toMatchObject({ leader: -1, isr: [first] });
    expect(lines(run, 'partition.offline')).toEqual([
      expect.stringContaining(`orders-0 is offline: its last in-sync replica, broker ${first}, is down.`),
    ]);
    runTo(run, 65_000);
    expect(registration(run)).toMatchObject({ leader: -1, isr: [first] });
    runTo(run, 80_000);
    expect(registration(run)).toMatchObject({ leader: first, isr: [first, second] });
  });

  test('[CLU-35] a broker hears of a decision one latency later; clients know leaders by the metadata version they have', () => {
    const run = cluster({ faults: [{ atMs: 10_000, action: 'broker.kill', broker: first }], cluster: { 'network.latency.ms': 7 } });
    const decidedMs = lastHeartbeatMs(first, 10_000) + 7 + 9000.001;
    runTo(run, decidedMs);
    const heir = run.state.partitions[0].replicas.find(({ broker }) => broker === second)!;
    expect(heir.leadership).toBe(null);
    expect(run.state.partitions[0].leader).toBe(second);
    expect([knownLeader(run.ctx, 0, 0), knownLeader(run.ctx, 0, 1)]).toEqual([first, second]);
    runTo(run, decidedMs + 6.999);
    expect(heir.leadership).toBe(null);
    runTo(run, decidedMs + 7);
    expect(heir.leadership).toMatchObject({ leaderEpoch: 1 });
  });

  test('[CLU-36] a broker cut off from the controller is fenced, goes on leading by what it knows, and follows after the heal', () => {
    const ends = { between: [`broker:${first}`], and: ['controller'] };
    const faults: Fault[] = [
      { atMs: 10_000, action: 'network.cut', ...ends },
      { atMs: 40_000, action: 'network.heal', ...ends },
    ];
    const run = runTo(cluster({ faults }), 30_000);
    const former = run.state.partitions[0].replicas.find(({ broker }) => broker === first)!;
    expect(isReachable(run.ctx, first, -1)).toBe(false);
    expect(registration(run)).toMatchObject({ leader: second, leaderEpoch: 1 });
    expect(former.leadership).toMatchObject({ leaderEpoch: 0 });
    expect(isBrokerUp(run.ctx, first)).toBe(true);
    runTo(run, 41_000);
    expect(former.leadership).toBe(null);
    expect(former.role.leader).toBe(second);
    runTo(run, 45_000);
    expect(registration(run).isr).toContain(first);
    expect(run.state.cluster.links.size).toBe(0);
  });

  test('[CLU-36] a cut that is healed within the session changes nothing', () => {
    const ends = { between: [`broker:${first}`], and: ['controller'] };
    const faults: Fault[] = [
      { atMs: 10_000, action: 'network.cut', ...ends },
      { atMs: 13_000, action: 'network.heal', ...ends },
    ];
    const run = runTo(cluster({ faults }), 40_000);
    expect(lines(run, 'broker.fenced')).toEqual([]);
    expect(registration(run)).toMatchObject({ leader: first, partitionEpoch: 0 });
  });

  test('[CLU-36] rest is everybody whom neither side names: brokers, controller and clients', () => {
    const faults: Fault[] = [{ atMs: 10_000, action: 'network.cut', between: ['broker:0', 'node:source'], and: ['rest'] }];
    const { ctx } = runTo(cluster({ faults }), 10_000);
    const client = nodeEndpoint(0);
    expect([isReachable(ctx, 0, 1), isReachable(ctx, -1, 0), isReachable(ctx, client, 2)]).toEqual([false, false, false]);
    expect([isReachable(ctx, client, 0), isReachable(ctx, 1, 2), isReachable(ctx, 1, -1)]).toEqual([true, true, true]);
  });

  test('[CLU-39] a rack is lost with its brokers, and they come back together', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'zone.loss', rack: 'a' },
      { atMs: 30_000, action: 'zone.return', rack: 'a' },
    ];
    const run = runTo(cluster({ faults, cluster: { brokers: 4, 'broker.racks': ['a', 'b'] } }), 25_000);
    expect(run.state.brokers.map(({ alive }) => alive)).toEqual([false, true, false, true]);
    expect(lines(run, 'broker.fenced')).toHaveLength(2);
    runTo(run, 60_000);
    expect(run.state.brokers.every(({ accepting }) => accepting)).toBe(true);
    expect(registration(run).isr).toHaveLength(3);
  });

  test('[CLU-40] a full disk takes the only log directory offline, the broker halts, and starts again only when there is room', () => {
    const faults: Fault[] = [
      { atMs: 10_000, action: 'disk.full', broker: first },
      { atMs: 30_000, action: 'broker.restart', broker: first },
      { atMs: 40_000, action: 'disk.freed', broker: first },
      { atMs: 41_000, action: 'broker.restart', broker: first },
    ];
    const run = runTo(cluster({ faults }), 15_001);
    expect(run.state.brokers[first].alive).toBe(false);
    runTo(run, 39_000);
    expect(run.state.brokers[first].alive).toBe(false);
    expect(lines(run, 'disk.failed')).toHaveLength(2);
    runTo(run, 60_000);
    expect(isBrokerUp(run.ctx, first)).toBe(true);
  });
});
