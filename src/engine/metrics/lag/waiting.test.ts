import { describe, expect, test } from 'vitest';
import { intervene } from '../../run/advance.ts';
import { documentOf, runTo, start } from '../../run/harness.ts';
import { clusterViewOf } from '../../run/views/clusterView.ts';
import { reportOf } from '../../run/views/report.ts';
import { causeOf, design, figureOf, kindsOf, lagAt, lagOf } from './lagFixtures.ts';

describe('nobody reads', () => {
  test('[LAG-9] a member that went down without a word, until when its coordinator waits; afterwards there is none', () => {
    const faults = [{ action: 'member.crash', atMs: 10_000, node: 'sink', member: 1 }] as const;
    const run = start(design({ faults }));
    const lag = lagOf(runTo(run, 30_000));
    expect(kindsOf(lag)).toEqual(['silent-member']);
    const cause = causeOf(lag, 'silent-member');
    expect(cause).toMatchObject({ node: 'sink', member: 1 });
    expect(cause.partitions).toHaveLength(1);
    expect(figureOf(cause, 'until it is put out')).toBeGreaterThan(22);
    expect(figureOf(cause, 'until it is put out')).toBeLessThan(25.1);
    expect(kindsOf(lagOf(runTo(run, 57_000)))).not.toContain('silent-member');
    // Who closes leaves at once.
    expect(kindsOf(lagAt(design({ faults: [{ ...faults[0], action: 'member.stop' }] }), 30))).toEqual([]);
  });

  test('[LAG-9] no member at all, and who was the last', () => {
    const lag = lagAt(design({ sink: { instances: 1 }, faults: [{ action: 'member.stop', atMs: 10_000, node: 'sink', member: 0 }] }), 30);
    expect(kindsOf(lag)).toEqual(['no-member']);
    expect(causeOf(lag, 'no-member').sentence).toContain('sink-0 stopped at 10 s');
    expect(figureOf(causeOf(lag, 'no-member'), 'unread for')).toBeCloseTo(20, 0);
  });

  test('[LAG-9] a rebalance: since when, and whom it waits for', () => {
    const sink = { 'service.time.ms': 10, 'max.poll.records': 2000 };
    const lag = lagAt(design({ sink, faults: [{ action: 'member.add', atMs: 20_000, node: 'sink' }] }), 28);
    const cause = causeOf(lag, 'rebalance');
    expect(cause.sentence).toMatch(/It waits for sink-[01], at most until/);
    expect(figureOf(cause, 'rebalancing for')).toBeGreaterThan(5);
    expect(kindsOf(lagAt(design({ sink }), 28))).not.toContain('rebalance');
  });

  test('[LAG-9] a group without its coordinator: members that wait for a commit read nothing more', () => {
    const run = start(
      design({ cluster: { brokers: 3, 'offsets.topic.replication.factor': 1 }, topic: { partitions: 1 }, sink: { instances: 1 } }),
    );
    runTo(run, 5_000);
    const { coordinator } = reportOf(run).groups[0]!;
    expect(clusterViewOf(run).partitions.find(({ topic }) => topic === 'topic')!.leader).not.toBe(coordinator);
    intervene(run, { action: 'broker.kill', broker: coordinator });
    const lag = lagOf(runTo(run, 30_000));
    expect(kindsOf(lag)).toEqual(['no-coordinator']);
    expect(causeOf(lag, 'no-coordinator').sentence).toContain('__consumer_offsets-');
  });
});

describe('nobody can read', () => {
  test('[LAG-10] a partition without a leader, since when; those of other brokers are read on', () => {
    const lag = lagAt(
      design({
        cluster: { brokers: 2 },
        sink: { 'service.time.ms': 6 },
        source: { 'workload.rate': 400 },
        faults: [{ action: 'broker.kill', atMs: 15_000, broker: 1 }],
      }),
      40,
    );
    const cause = causeOf(lag, 'offline');
    expect(cause.partitions).toHaveLength(1);
    expect(cause.sentence).toContain('no leader since 24 s');
    expect(
      kindsOf(lagAt(design({ cluster: { brokers: 2 }, sink: { 'service.time.ms': 6 }, source: { 'workload.rate': 400 } }), 40)),
    ).toEqual(['slow-service']);
  });

  test('[LAG-10] a connection that is cut between readers and leader', () => {
    const faults = [{ action: 'network.cut', atMs: 20_000, between: ['node:sink'], and: ['broker:0'] }] as const;
    const lag = lagAt(design({ faults }), 30);
    expect(kindsOf(lag)).toEqual(['unreachable']);
    expect(figureOf(causeOf(lag, 'unreachable'), 'broker')).toBe(0);
  });

  test('[LAG-10] a high watermark that stands still below min.insync.replicas: what is written and not readable', () => {
    const topic = { partitions: 1, 'replication.factor': 2, 'min.insync.replicas': 2 };
    const options = {
      source: { acks: '1', 'enable.idempotence': false },
      sink: { instances: 1 },
      cluster: { brokers: 2 },
      faults: [{ action: 'broker.kill', atMs: 10_000, broker: 1 }],
    } as const;
    const lag = lagAt(design({ ...options, topic }), 30);
    expect([lag.records, kindsOf(lag)]).toEqual([0, ['below-min-isr']]);
    expect(lag.partitions[0]!.unreadable).toBeGreaterThan(15_000);
    expect(figureOf(causeOf(lag, 'below-min-isr'), 'not readable')).toBe(lag.partitions[0]!.unreadable);
    expect(kindsOf(lagAt(design({ ...options, topic: { ...topic, 'min.insync.replicas': 1 } }), 30))).toEqual([]);
  });

  test('[LAG-11] an open transaction: whose, since when, and how many records wait for its end', () => {
    const source = { 'transactional.id': 'pay', 'transaction.records': 100_000, 'transaction.timeout.ms': 60_000 };
    const lag = lagAt(design({ source, sink: { 'isolation.level': 'read_committed' } }), 30);
    expect(kindsOf(lag)).toEqual(['open-transaction']);
    const cause = causeOf(lag, 'open-transaction');
    expect(cause.sentence).toContain('transactional.id pay');
    expect(figureOf(cause, 'open for')).toBeCloseTo(30, 0);
    expect(cause.records).toBe(lag.records);
    // Who reads everything is not held back; short transactions hold nobody back for long.
    expect(kindsOf(lagAt(design({ source }), 30))).toEqual([]);
    expect(
      kindsOf(lagAt(design({ source: { ...source, 'transaction.records': 100 }, sink: { 'isolation.level': 'read_committed' } }), 30)),
    ).toEqual([]);
  });
});

describe('members that wait for records', () => {
  const one = { instances: 1 };

  test('[LAG-12] a quota: how much it allows, and for how long it held back', () => {
    const lag = lagAt(design({ sink: one, cluster: { 'quota.consumer.bytes.per.second': 50_000 } }), 30);
    expect(kindsOf(lag)).toEqual(['quota']);
    expect(figureOf(causeOf(lag, 'quota'), 'throttled')).toBeGreaterThan(5);
    // A quota that is never reached is not the cause of a slow service.
    expect(
      kindsOf(lagAt(design({ sink: { ...one, 'service.time.ms': 4 }, cluster: { 'quota.consumer.bytes.per.second': 50_000_000 } }), 30)),
    ).toEqual(['slow-service']);
  });

  test('[LAG-12] a broker that reads cold data from its disk', () => {
    const faults = [
      { action: 'outage.start', atMs: 1_000, node: 'sink' },
      { action: 'outage.end', atMs: 20_000, node: 'sink' },
    ] as const;
    const source = { 'value.size.bytes': 10_000 };
    const topic = { partitions: 1 };
    const sink = { ...one, 'service.time.ms': 0.01, 'commit.mode': 'auto' };
    const cold = lagAt(
      design({ source, topic, sink, faults, cluster: { 'page.cache.bytes': 10_000_000, 'disk.read.bytes.per.second': 2_000_000 } }),
      40,
    );
    expect(causeOf(cold, 'fetch-bound').sentence).toContain('its disk reads cold data');
    expect(figureOf(causeOf(cold, 'fetch-bound'), 'read from disk')).toBeCloseTo(2_000_000, -5);
    // With a page cache that holds it, it has long caught up.
    expect(kindsOf(lagAt(design({ source, topic, sink, faults }), 40))).toEqual([]);
  });

  test('[LAG-12] fetches that wait for more bytes, an application that sleeps, retries that are not due, time between polls', () => {
    const few = { 'workload.rate': 10 };
    const waits = { ...one, 'fetch.min.bytes': 1_000_000, 'fetch.max.wait.ms': 8000 };
    expect(kindsOf(lagAt(design({ source: few, sink: waits }), 30))).toEqual(['fetch-min-bytes']);
    expect(kindsOf(lagAt(design({ source: few, sink: one }), 30))).toEqual([]);
    expect(kindsOf(lagAt(design({ source: few, sink: { ...one, 'poll.idle.ms': 20_000, 'fetch.max.wait.ms': 0 } }), 30))).toEqual([
      'sleeping',
    ]);
    const loop = { ...one, 'service.time.ms': 0.1, 'max.partition.fetch.bytes': 1000 };
    const between = causeOf(lagAt(design({ sink: loop, cluster: { 'network.latency.ms': 10 } }), 30), 'between-polls');
    expect(figureOf(between, 'round trip')).toBe(20);
    expect(figureOf(between, 'busy')).toBeLessThan(20);
    const failing = { 'service.time.ms': 1, 'error.rate': 0.5, 'error.action': 'retry-topic', 'error.backoff.ms': 10_000 };
    const retried = documentOf({
      seconds: 60,
      nodes: {
        source: { kind: 'producer', config: { 'workload.rate': 100 }, to: ['topic'] },
        topic: { kind: 'topic', to: ['service'] },
        service: { kind: 'sink', config: failing, ports: { retry: 'again' } },
        again: { kind: 'topic', to: ['later'] },
        later: { kind: 'sink', config: { 'service.time.ms': 1 } },
      },
    });
    expect(kindsOf(lagAt(retried, 25, 1))).toEqual(['not-due']);
    expect(kindsOf(lagAt(retried, 25, 0))).toEqual([]);
  });
});

describe('what is left from before', () => {
  const restarts = [
    { action: 'member.stop', atMs: 10_000, node: 'sink', member: 0 },
    { action: 'member.restart', atMs: 30_000, node: 'sink', member: 0 },
  ] as const;
  const one = { instances: 1, 'service.time.ms': 1.5 };
  const source = { 'workload.rate': 300 };

  test('[LAG-13] nobody read for a while: how long, who was away, how fast it is worked off', () => {
    const lag = lagAt(design({ source, sink: one, faults: restarts }), 34);
    expect(kindsOf(lag)[0]).toBe('after-absence');
    const cause = causeOf(lag, 'after-absence');
    expect(figureOf(cause, 'unread for')).toBeCloseTo(20, 0);
    expect(figureOf(cause, 'caught up in')).toBeGreaterThan(5);
    expect(cause.sentence).toContain('sink-0 stopped at 10 s');
    // As soon as nothing of it is left, nothing is said.
    expect(kindsOf(lagAt(design({ source, sink: one, faults: restarts }), 100))).toEqual([]);
  });

  test('[LAG-13] a group that begins at the earliest offset', () => {
    const second = { kind: 'sink', config: { ...one, 'group.id': 'late' } } as const;
    const sketch = (reset: string) =>
      documentOf({
        seconds: 60,
        faults: [
          { action: 'member.stop', atMs: 0, node: 'late', member: 0 },
          { action: 'member.restart', atMs: 20_000, node: 'late', member: 0 },
        ],
        nodes: {
          source: { kind: 'producer', config: { ...source, 'workload.start.ms': 1000 }, to: ['topic'] },
          topic: { kind: 'topic', config: { partitions: 2 }, to: ['late'] },
          late: { ...second, config: { ...second.config, 'auto.offset.reset': reset } },
        },
      });
    const lag = lagAt(sketch('earliest'), 24);
    expect(kindsOf(lag)[0]).toBe('earliest');
    expect(figureOf(causeOf(lag, 'earliest'), 'written before it began')).toBeGreaterThan(1000);
    expect(kindsOf(lagAt(sketch('latest'), 24))).toEqual([]);
  });

  test('[LAG-13] an outage that is over, and what is left from it', () => {
    const faults = [
      { action: 'outage.start', atMs: 10_000, node: 'sink' },
      { action: 'outage.end', atMs: 28_000, node: 'sink' },
    ] as const;
    const lag = lagAt(design({ source, sink: one, faults }), 31);
    expect(kindsOf(lag)).toEqual(['after-outage']);
    const cause = causeOf(lag, 'after-outage');
    expect(figureOf(cause, 'outage lasted')).toBeCloseTo(18, 6);
    expect(cause.records).toBeLessThan(18 * 300);
    // The same sink without it has no lag.
    expect(kindsOf(lagAt(design({ source, sink: one }), 31))).toEqual([]);
  });
});

test('[LAG-13] a group that was sought back reads again what it had served', () => {
  const sought = { action: 'consumer.seek', atMs: 30_000, node: 'sink', to: 'earliest' } as const;
  const lag = lagAt(design({ sink: { 'service.time.ms': 1.5 }, faults: [sought] }), 33);
  expect(kindsOf(lag)[0]).toBe('after-seek');
  expect(causeOf(lag, 'after-seek').records).toBeLessThanOrEqual(lag.records);
  expect(figureOf(causeOf(lag, 'after-seek'), 'served before')).toBeGreaterThan(20_000);
  expect(kindsOf(lagAt(design({ sink: { 'service.time.ms': 1.5 } }), 33))).toEqual([]);
});

describe('share groups', () => {
  const shared = { 'group.protocol': 'share', 'share.auto.offset.reset': 'earliest' };

  test('[LAG-14] records that a member which is gone has locked, and when the locks run out', () => {
    const sink = { ...shared, 'service.time.ms': 1, 'max.poll.records': 500 };
    const faults = [{ action: 'member.crash', atMs: 20_000, node: 'sink', member: 0 }] as const;
    const source = { 'workload.rate': 800, 'workload.group.size': 400 };
    const lag = lagAt(design({ source, sink, faults }), 40);
    const cause = causeOf(lag, 'share-locks');
    expect(cause).toMatchObject({ node: 'sink', member: 0 });
    expect(figureOf(cause, 'last lock ends in')).toBeLessThanOrEqual(10);
    expect(figureOf(cause, 'locked')).toBe(cause.records);
    expect(kindsOf(lagAt(design({ source, sink }), 40))).toEqual([]);
    // Who is closed gives back what it has.
    expect(kindsOf(lagAt(design({ source, sink, faults: [{ ...faults[0], action: 'member.stop' }] }), 40))).toEqual([]);
  });

  test('[LAG-14] a window of records in flight that is full; without that bound the members are just too slow', () => {
    const options = {
      source: { 'workload.rate': 3000 },
      topic: { partitions: 1 },
      sink: { ...shared, 'service.time.ms': 1, 'max.poll.records': 100 },
    };
    const lag = lagAt(design({ ...options, cluster: { 'group.share.partition.max.record.locks': 100 } }), 20);
    expect(figureOf(causeOf(lag, 'share-window'), 'allowed')).toBe(100);
    expect(kindsOf(lagAt(design(options), 20))).toEqual(['slow-service']);
  });
});
