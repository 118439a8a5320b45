import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { rackAwareSelector } from '../../pipeline/kinds/clusterReplication.ts';
import { fingerprintOf } from '../kernel/trace.ts';
import type { Run } from '../run/build.ts';
import { checkpoint, restore } from '../run/checkpoint.ts';
import { documentOf, nodeOf, pathOf, runTo, simple, start, topologyOf } from '../run/harness.ts';
import { groupViewOf } from '../run/views/groupView.ts';

interface SetUp {
  readonly faults?: Fault[];
  readonly topic?: Config;
  readonly sink?: Config;
  readonly source?: Config;
  readonly cluster?: Config;
  readonly seconds?: number;
}

/** One partition on brokers in the racks a, b and c; the reader's rack is where the leader is not. */
const design = ({ faults = [], topic, sink, source, cluster, seconds = 60 }: SetUp = {}) =>
  simple({
    source: { 'workload.rate': 500, 'workload.records': 10_000, acks: 'all', ...source },
    topic: { partitions: 1, 'replication.factor': 3, ...topic },
    sink: { 'service.time.ms': 0, 'client.rack': 'b', 'auto.offset.reset': 'earliest', ...sink },
    cluster: {
      brokers: 3,
      'broker.racks': ['a', 'b', 'c'],
      'network.latency.ms': 1,
      'broker.restart.ms': 2000,
      'replica.selector.class': rackAwareSelector,
      ...cluster,
    },
    faults,
    seconds,
  });

/** Seeds in which a broker leads the partition at the beginning. */
function seedLedBy(broker: number): number {
  for (let seed = 1; seed < 60; seed++)
    if (start({ ...design(), scenario: { ...design().scenario, seed } }).ctx.partitions[0]!.leader === broker) return seed;
  throw new Error(`no seed places the leader on broker ${broker}`);
}
const onLeader = seedLedBy(0);
const run = (setUp: SetUp = {}, seed = onLeader): Run => {
  const document = design(setUp);
  return start({ ...document, scenario: { ...document.scenario, seed } });
};
const from = (at: Run) => groupViewOf(at, at.ctx.groups[0]!.groupId)!.partitions[0]!.readsFrom;
const out = (at: Run) => at.ctx.brokers.map(({ bytesOut }) => bytesOut);
const told = (at: Run) => at.ctx.timeline.entries.map(({ text }) => text).join('\n');

describe('a consumer with client.rack, and RackAwareReplicaSelector', () => {
  test('[CON-30] reads from the in-sync follower in its rack; the leader sends it no records', () => {
    const near = runTo(run(), 40_000);
    const far = runTo(run({ cluster: { 'replica.selector.class': 'none' } }), 40_000);
    expect(from(near)).toEqual({ broker: 1, follower: true });
    expect(from(far)).toEqual({ broker: 0, follower: false });
    for (const one of [near, far]) expect(pathOf(one, 'sink')).toMatchObject({ processed: 10_000, processedAgain: 0, skippedByReset: 0 });
    // What the reader takes leaves another broker, byte for byte.
    const saved = out(far)[0]! - out(near)[0]!;
    expect(saved).toBeGreaterThan(1e6);
    expect(out(near)[1]! - out(far)[1]!).toBeGreaterThan(0.95 * saved);
  });

  test.each<[string, SetUp]>([
    ['no client.rack', { sink: { 'client.rack': '' } }],
    ['a rack without a copy', { sink: { 'client.rack': 'x' } }],
    ['the leader in its rack', { sink: { 'client.rack': 'a' } }],
  ])('[CON-30] %s: the leader answers', (_, setUp) => {
    const at = runTo(run(setUp), 40_000);
    expect(from(at)).toEqual({ broker: 0, follower: false });
    expect(pathOf(at, 'sink').processed).toBe(10_000);
  });

  test('[CON-31] a follower gives what is below the high watermark it has heard of, one fetch after the leader', () => {
    const near = runTo(run(), 30_000);
    const far = runTo(run({ cluster: { 'replica.selector.class': 'none' } }), 30_000);
    // The high watermark comes with the answer to the follower's next fetch, at the latest with the producer's next request: that is sent when the one before is
    // answered, three ways later, as everything is one millisecond apart.
    const difference = nodeOf(near, 'sink').latency!.p50Ms - nodeOf(far, 'sink').latency!.p50Ms;
    expect(difference).toBeGreaterThan(0.5);
    expect(difference).toBeLessThan(5);
    const at = runTo(run({ source: { 'workload.records': 0 } }), 10_000.3);
    const { replicas, log } = at.ctx.partitions[0]!;
    const follower = replicas.find(({ broker }) => broker === 1)!;
    expect(at.ctx.consumers[0]!.owned[0]!.fetchOffset).toBeLessThanOrEqual(follower.highWatermark);
    expect(follower.highWatermark).toBeLessThanOrEqual(log.highWatermark);
  });

  test('[CON-32] the lease ends after metadata.max.age.ms: the leader is asked again and sends it back', () => {
    const at = runTo(run({ sink: { 'metadata.max.age.ms': 5_000 } }), 3_900);
    const lease = at.ctx.consumers[0]!.leaseUs;
    expect(lease).toBeGreaterThan(5e6);
    runTo(at, 20_000);
    expect(at.ctx.consumers[0]!.leaseUs).toBeGreaterThan(lease + 9e6);
    expect(from(at)).toEqual({ broker: 1, follower: true });
  });

  test('[CON-33] its replica dies: it reads from the leader, and from the replica again once that is in sync', () => {
    const faults: Fault[] = [
      { atMs: 8_000, action: 'broker.kill', broker: 1 },
      { atMs: 30_000, action: 'broker.restart', broker: 1 },
    ];
    const at = run({ faults, sink: { 'metadata.max.age.ms': 10_000 }, source: { 'workload.records': 0 }, seconds: 80 });
    runTo(at, 7_900);
    expect(from(at)).toEqual({ broker: 1, follower: true });
    // It is in the ISR until it is fenced: the leader may name it until then. Afterwards it does not.
    runTo(at, 20_000);
    expect(from(at)).toEqual({ broker: 0, follower: false });
    const { processed } = pathOf(at, 'sink');
    expect(processed).toBeGreaterThan(500 * 18);
    runTo(at, 25_000);
    expect(pathOf(at, 'sink').processed).toBeGreaterThan(processed + 2000);
    runTo(at, 79_000);
    expect(from(at)).toEqual({ broker: 1, follower: true });
    expect(pathOf(at, 'sink')).toMatchObject({ processedAgain: 0, skippedByReset: 0 });
    expect(at.ctx.consumers[0]!.recovery).toBeNull();
  });

  test('[CON-33] the leader dies: the follower refuses who takes another for the leader, and reading goes on', () => {
    const at = runTo(run({ faults: [{ atMs: 8_000, action: 'broker.kill', broker: 0 }] }), 60_000);
    expect(pathOf(at, 'sink')).toMatchObject({ processed: 10_000, processedAgain: 0, skippedByReset: 0 });
    expect(told(at)).not.toContain('its offset is no longer in the log');
  });

  test('[CON-33] an offset that the replica does not have is asked of the leader, not reset', () => {
    // A seek far ahead of the follower: the leader resets it, and only the leader.
    const at = run({
      faults: [{ atMs: 8_000, action: 'consumer.seek', node: 'sink', to: 'offset', value: 1_000_000 }],
      source: { 'workload.records': 0 },
    });
    runTo(at, 7_900);
    expect(from(at)).toEqual({ broker: 1, follower: true });
    const { resets } = at.ctx.consumers[0]!;
    runTo(at, 12_000);
    expect(at.ctx.consumers[0]!.resets).toBe(resets + 1);
    expect(told(at)).toContain('its offset is no longer in the log; goes on at the earliest offset');
    expect(from(at)).toEqual({ broker: 1, follower: true });
  });

  test('[CON-33] the follower moves away: the leader answers', () => {
    const faults: Fault[] = [
      { atMs: 8_000, action: 'partition.reassign', node: 'topic', partition: 0, replicas: [0, 2], throttleBytesPerSecond: 0 },
    ];
    const at = runTo(run({ faults, source: { 'workload.records': 0 } }), 20_000);
    expect(from(at)).toEqual({ broker: 0, follower: false });
    expect(pathOf(at, 'sink').processed).toBeGreaterThan(500 * 19);
    expect(pathOf(at, 'sink')).toMatchObject({ processedAgain: 0, skippedByReset: 0 });
  });

  test('[CON-34] rack.latency.ms is paid between racks only: reading from the own rack is what it saves', () => {
    const cluster = { 'rack.latency.ms': 20 };
    const near = runTo(run({ cluster }), 40_000);
    const far = runTo(run({ cluster: { ...cluster, 'replica.selector.class': 'none' } }), 40_000);
    const local = runTo(run({ cluster: { 'replica.selector.class': 'none' } }), 40_000);
    for (const one of [near, far, local]) expect(pathOf(one, 'sink').processed).toBe(10_000);
    const p50 = (at: Run) => nodeOf(at, 'sink').latency!.p50Ms;
    expect(p50(far)).toBeGreaterThan(p50(local) + 40);
    // A healed link is as far as before.
    const healed = run({
      cluster,
      faults: [
        { atMs: 2000, action: 'network.delay', between: ['broker:0'], and: ['rest'], addedMs: 5 },
        { atMs: 3000, action: 'network.delay', between: ['broker:0'], and: ['rest'], addedMs: 0 },
      ],
    });
    runTo(healed, 4000);
    expect([...healed.ctx.cluster.links.values()].every(({ addedUs, rackUs, cut }) => addedUs === 0 && rackUs === 20_000 && !cut)).toBe(
      true,
    );
  });

  test('[CON-35] members of two racks get partitions with a copy in theirs (KIP-881)', () => {
    const reader = (rack: string) => ({ kind: 'sink' as const, config: { 'group.id': 'readers', 'client.rack': rack } });
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', to: ['orders'] },
        orders: { kind: 'topic', config: { partitions: 4 }, to: ['first', 'second'] },
        first: reader('b'),
        second: reader('a'),
      },
      cluster: { brokers: 2, 'broker.racks': ['a', 'b'] },
    });
    const at = runTo(start(document), 6_000);
    // Without racks the first would have 0 and 1. Each has two, and as many of those in its rack as there are.
    const rackOf = (partition: number) => at.ctx.brokers[at.ctx.partitions[partition]!.leader]!.rack;
    expect([0, 1, 2, 3].map(rackOf)).toEqual(['b', 'a', 'a', 'a']);
    expect(at.ctx.consumers.map(({ owned }) => owned.map(({ index }) => index))).toEqual([
      [0, 3],
      [1, 2],
    ]);
  });

  test('[CON-30] a copy of such a run goes on as the run does; without the configs a run is as before', () => {
    const document = design({ sink: { 'metadata.max.age.ms': 4_000 } });
    const at = runTo(start(document), 6_000);
    const copy = restore(topologyOf(document), checkpoint(at));
    runTo(copy, 20_000);
    runTo(at, 20_000);
    expect(fingerprintOf(copy.ctx.trace)).toBe(fingerprintOf(at.ctx.trace));
    const plain = runTo(run({ sink: { 'client.rack': '' } }), 20_000);
    const selector = runTo(run({ sink: { 'client.rack': '' }, cluster: { 'replica.selector.class': 'none' } }), 20_000);
    expect(fingerprintOf(plain.ctx.trace)).toBe(fingerprintOf(selector.ctx.trace));
  });
});
