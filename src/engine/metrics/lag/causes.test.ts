import { describe, expect, test } from 'vitest';
import { murmur2, toPositive } from '../../workload/murmur2.ts';
import { intervene } from '../../run/advance.ts';
import { documentOf, runTo, start } from '../../run/harness.ts';
import { clusterViewOf } from '../../run/views/clusterView.ts';
import { causeOf, design, figureOf, kindsOf, lagAt, lagOf } from './lagFixtures.ts';

const four = { topic: { partitions: 4 } };

describe('busy members', () => {
  const hot = { 'key.shape': 'hot', 'key.hot.share': 0.6 };

  test('[LAG-5] a hot key is named with its partition, its share of a sample of stated size, and who has time meanwhile', () => {
    const lag = lagAt(design({ ...four, source: hot, sink: { instances: 4, 'service.time.ms': 2 } }), 30);
    expect(kindsOf(lag)).toEqual(['hot-key']);
    const cause = causeOf(lag, 'hot-key');
    const { partition } = cause.partitions[0]!;
    expect(lag.partitions[partition]!.skew).toBeGreaterThan(3.9);
    // 60 % of all and a quarter of the rest come to its partition: 0.6 of 0.7.
    expect(figureOf(cause, 'share of key "key-1"')).toBeGreaterThan(78);
    expect(figureOf(cause, 'share of key "key-1"')).toBeLessThan(92);
    expect(figureOf(cause, 'records sampled')).toBeLessThanOrEqual(1000);
    expect(figureOf(cause, 'records sampled')).toBeGreaterThan(900);
    expect(cause.sentence).toMatch(/^Partition \d of topic gets 69\d records\/s, 70 % of the topic where 25 % would be even/);
    expect(cause.sentence).toContain('Key "key-1" alone is');
    expect(cause.remedy).toContain('More members or partitions will not help');
  });

  test('[LAG-5] the same lag in one partition without a hot key is a hot partition, and no key is blamed', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const partitionOf = (key: string) => toPositive(murmur2(bytes(key))) % 4;
    const keys = Array.from({ length: 400 }, (_, i) => `k${i}`);
    // All keys of partition 1 are twelve times as likely as others, each of them still rare.
    const list = keys.map((key) => (partitionOf(key) === 1 ? `${key}*12` : key));
    const lag = lagAt(
      design({ ...four, source: { 'key.shape': 'list', 'key.list': list }, sink: { instances: 4, 'service.time.ms': 2 } }),
      30,
    );
    expect(kindsOf(lag)).toEqual(['hot-partition']);
    const cause = causeOf(lag, 'hot-partition');
    expect(cause.partitions.map(({ partition }) => partition)).toEqual([1]);
    expect(cause.sentence).toMatch(/Key "k\d+", the most frequent, is \d %/);
    expect(cause.remedy).not.toContain('partitions will not help');
  });

  test('[LAG-5] a hot key is not the cause where nobody has time, or where its member would be too slow without it', () => {
    // Evenly spread, and everybody full: the hot key makes no difference.
    expect(kindsOf(lagAt(design({ ...four, source: hot, sink: { instances: 4, 'service.time.ms': 20 } }), 30))).not.toContain('hot-key');
    expect(kindsOf(lagAt(design({ ...four, sink: { instances: 4, 'service.time.ms': 8 } }), 30))).toEqual(['slow-service']);
    // One member alone: another one would help.
    expect(kindsOf(lagAt(design({ ...four, source: hot, sink: { instances: 1, 'service.time.ms': 2 } }), 30))).toEqual(['slow-service']);
  });

  test('[LAG-5] a hot key is found in what has piled up, too, when nothing arrives any more', () => {
    const source = { ...hot, 'workload.records': 12_000 };
    const lag = lagAt(design({ ...four, source, sink: { instances: 4, 'service.time.ms': 3 } }), 20);
    expect(kindsOf(lag)).toEqual(['hot-key']);
    expect([lag.drains, lag.skew]).toEqual(['yes', 4]);
    expect(causeOf(lag, 'hot-key').sentence).toMatch(
      /^Partition \d of topic has 100 % of the records of the topic that wait, where 25 % would be even\. Key "key-1" alone is \d+ % of/,
    );
    const even = { ...source, 'key.shape': 'uniform' };
    expect(kindsOf(lagAt(design({ ...four, source: even, sink: { instances: 4, 'service.time.ms': 8 } }), 20))).toEqual(['catching-up']);
  });

  test('[LAG-6] too few partitions: members without one, while all that have one are full', () => {
    const lag = lagAt(design({ sink: { instances: 3, 'service.time.ms': 3 } }), 30);
    expect(kindsOf(lag)).toEqual(['too-few-partitions']);
    const cause = causeOf(lag, 'too-few-partitions');
    expect(figureOf(cause, 'partitions')).toBe(2);
    expect(figureOf(cause, 'members without a partition')).toBe(1);
    expect(cause.remedy).toContain('at least 4 partitions');
    // The same lag with a partition for everybody, or a member less, has another cause.
    expect(kindsOf(lagAt(design({ topic: { partitions: 3 }, sink: { instances: 3, 'service.time.ms': 4.5 } }), 30))).toEqual([
      'slow-service',
    ]);
    expect(kindsOf(lagAt(design({ sink: { instances: 2, 'service.time.ms': 3 } }), 30))).toEqual(['slow-service']);
  });

  test('[LAG-7] a slow service: what arrives, what is served, how busy; a fault that slows it is named', () => {
    const cause = causeOf(lagAt(design({ sink: { 'service.time.ms': 4 } }), 30), 'slow-service');
    expect(figureOf(cause, 'arriving')).toBeCloseTo(1000, -1);
    expect(figureOf(cause, 'served')).toBeCloseTo(500, -1);
    expect(figureOf(cause, 'busy')).toBeGreaterThan(99);
    expect(figureOf(cause, 'service time')).toBeCloseTo(4, 1);
    expect(cause.sentence).not.toContain('fault');
    const slowed = lagAt(
      design({ sink: { 'service.time.ms': 1 }, faults: [{ action: 'slow', atMs: 20_000, node: 'sink', factor: 4 }] }),
      26,
    );
    expect(causeOf(slowed, 'slow-service').sentence).toContain('4 times as long as configured since a fault');
  });

  test('[LAG-7] a rate limit and repeated attempts are told from a slow service', () => {
    const limited = lagAt(design({ sink: { 'service.time.ms': 0, 'rate.limit': 300 } }), 30);
    expect(kindsOf(limited)).toEqual(['rate-limit']);
    expect(figureOf(causeOf(limited, 'rate-limit'), 'rate.limit')).toBeCloseTo(300, 6);
    const failing = lagAt(design({ sink: { 'service.time.ms': 1, 'error.rate': 0.3, 'error.backoff.ms': 20 } }), 30);
    expect(kindsOf(failing)).toEqual(['retries']);
    expect(figureOf(causeOf(failing, 'retries'), 'waits before attempts')).toBeGreaterThan(50);
    // A few failures that nobody waits for do not make a slow service a failing one.
    expect(kindsOf(lagAt(design({ sink: { 'service.time.ms': 4, 'error.rate': 0.02 } }), 30))).toEqual(['slow-service']);
  });

  test('[LAG-7] a reader at full speed whose lag shrinks catches up', () => {
    const burst = {
      'workload.shape': 'bursts',
      'workload.rate': 100,
      'workload.burst.rate': 3000,
      'workload.burst.ms': 10_000,
      'workload.burst.every.ms': 200_000,
    };
    const run = start(design({ source: burst, sink: { 'service.time.ms': 1 } }));
    expect(kindsOf(lagOf(runTo(run, 9_500)))).toEqual(['slow-service']);
    const lag = lagOf(runTo(run, 14_200));
    expect(kindsOf(lag)).toEqual(['catching-up']);
    expect(figureOf(causeOf(lag, 'catching-up'), 'to drain')).toBeGreaterThan(0);
  });
});

test('[LAG-15] a pool whose order leaves threads free: the key most of its queue waits behind; without order all threads are full', () => {
  const pool = { instances: 1, 'processing.mode': 'pool', 'pool.threads': 8, 'pool.queue.capacity': 500, 'service.time.ms': 4 };
  const source = { 'key.shape': 'hot', 'key.hot.share': 0.6 };
  const lag = lagAt(design({ source, sink: pool }), 20);
  expect(kindsOf(lag)).toEqual(['pool-order']);
  const cause = causeOf(lag, 'pool-order');
  expect(figureOf(cause, 'share of key "key-1"')).toBeGreaterThan(90);
  expect(figureOf(cause, 'threads at work')).toBeLessThan(8);
  expect(kindsOf(lagAt(design({ source, sink: { ...pool, 'pool.ordering': 'unordered' } }), 20))).toEqual([]);
  expect(kindsOf(lagAt(design({ source, sink: { ...pool, 'pool.ordering': 'unordered', 'service.time.ms': 20 } }), 20))).toEqual([
    'slow-service',
  ]);
});

describe('members that are held up', () => {
  test('[LAG-8] an outage of the system behind a sink, since when', () => {
    const run = start(design({ faults: [{ action: 'outage.start', atMs: 10_000, node: 'sink' }] }));
    expect(kindsOf(lagOf(runTo(run, 9_900)))).toEqual([]);
    const lag = lagOf(runTo(run, 30_000));
    expect(kindsOf(lag)).toEqual(['outage']);
    expect(figureOf(causeOf(lag, 'outage'), 'outage for')).toBeGreaterThan(19);
    // As much lag from a slow service is no outage.
    expect(kindsOf(lagAt(design({ sink: { 'service.time.ms': 100 } }), 30))).not.toContain('outage');
  });

  test('[LAG-8] a member that has paused reading, since when; resumed, what came meanwhile is left from it', () => {
    const run = start(
      design({
        sink: { 'service.time.ms': 1.5 },
        faults: [
          { action: 'consumer.pause', atMs: 10_000, node: 'sink' },
          { action: 'consumer.resume', atMs: 30_000, node: 'sink' },
        ],
      }),
    );
    const lag = lagOf(runTo(run, 25_000));
    expect(kindsOf(lag)).toEqual(['paused', 'paused']);
    expect(figureOf(lag.causes[0]!, 'paused for')).toBeCloseTo(15, 6);
    const after = lagOf(runTo(run, 34_000));
    expect(kindsOf(after)[0]).toBe('after-pause');
    expect(figureOf(causeOf(after, 'after-pause'), 'paused for')).toBeCloseTo(20, 6);
  });

  test('[LAG-8] a processor without buffer memory, because nobody takes what it makes', () => {
    const run = start(
      documentOf({
        seconds: 60,
        seed: 3,
        cluster: { brokers: 3 },
        nodes: {
          source: { kind: 'producer', to: ['topic'] },
          topic: { kind: 'topic', to: ['map'] },
          map: { kind: 'map', config: { 'service.time.ms': 0.1, 'buffer.memory': 40_000, 'commit.mode': 'auto' }, to: ['out'] },
          out: { kind: 'topic' },
        },
      }),
    );
    runTo(run, 5_000);
    const leaderOf = (topic: string) => clusterViewOf(run).partitions.find((partition) => partition.topic === topic)!.leader!;
    expect(leaderOf('out')).not.toBe(leaderOf('topic'));
    expect(kindsOf(lagOf(run))).toEqual([]);
    expect(intervene(run, { action: 'broker.kill', broker: leaderOf('out') }).refusal).toBeNull();
    const lag = lagOf(runTo(run, 12_000));
    expect(kindsOf(lag)).toEqual(['no-memory']);
    expect(causeOf(lag, 'no-memory')).toMatchObject({ node: 'map' });
  });

  test('[LAG-8] a member that stays away from poll too long, and what it is still at', () => {
    const lag = lagAt(design({ sink: { 'service.time.ms': 50, 'max.poll.records': 2000, 'max.poll.interval.ms': 20_000 } }), 30);
    const cause = causeOf(lag, 'long-poll');
    expect(cause.sentence).toContain('It has left the group');
    expect(figureOf(cause, 'away from poll')).toBeGreaterThan(20);
    expect(figureOf(cause, 'served of them')).toBeLessThan(figureOf(cause, 'records of the poll'));
    expect(kindsOf(lagAt(design({ sink: { 'service.time.ms': 50, 'max.poll.records': 10, 'max.poll.interval.ms': 20_000 } }), 30))).toEqual(
      ['slow-service'],
    );
  });
});
