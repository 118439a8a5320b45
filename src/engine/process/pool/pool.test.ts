import { describe, expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import { advance } from '../../run/advance.ts';
import type { Run } from '../../run/build.ts';
import { settleAll } from '../../metrics/observe.ts';
import { checkpoint, restore } from '../../run/checkpoint.ts';
import { collect, documentOf, finished, lagOf, nodeOf, pathOf, runTo, simple, start, topologyOf } from '../../run/harness.ts';
import { ledgerViolations } from '../../run/schedules/ledgerViolations.ts';

const pool = (config: Config = {}): Config => ({ 'processing.mode': 'pool', 'pool.commit.interval.ms': 0, ...config });
const exponential = (ms: number): Config => ({ 'service.time.distribution': 'exponential', 'service.time.ms': ms });
/** Ten records at once, at 0 ms. */
const tenAtOnce: Config = { 'workload.group.size': 10, 'workload.records': 10, 'workload.rate': 1000 };

const codes = (run: Run): string[] => run.state.timeline.entries.map(({ code }) => code);

/** When the records of the sink of source → topic → sink end, and in which offsets they stand. */
function ends(document: PipelineDocument, untilMs = 1000): number[] {
  const { probe, served } = collect(document, 'sink');
  runTo(start(document, { probe }), untilMs);
  return served.map(({ endMs }) => endMs);
}

/** Runs to the end event by event, and sees that all adds up after each. */
function watched(document: PipelineDocument, look: (run: Run) => void = () => undefined): Run {
  const run = start(document);
  const untilUs = document.scenario.durationMs * 1000;
  while (run.ctx.events.nowUs < untilUs && advance(run, { untilUs, maxEvents: 1 }).kind !== 'reached') {
    settleAll(run.ctx);
    expect(ledgerViolations(run.ctx)).toEqual([]);
    look(run);
  }
  return run;
}

describe('a pool', () => {
  test('[SRV-12] works on as many records as it has threads, while the loop polls on', () => {
    const sink = pool({ 'service.time.ms': 7, 'pool.threads': 4, 'pool.ordering': 'unordered', 'max.poll.records': 3 });
    expect(ends(simple({ source: tenAtOnce, sink }))).toEqual([7, 7, 7, 7, 14, 14, 14, 14, 21, 21]);
  });

  test('[SRV-12] by partition it is as fast as a member each, by key as there are keys', () => {
    const config = { 'service.time.ms': 7, 'pool.threads': 4 };
    const source = { ...tenAtOnce, 'key.shape': 'sequential', 'key.count': 2 };
    const run = (ordering: string, partitions: number) =>
      ends(simple({ source, topic: { partitions }, sink: pool({ ...config, 'pool.ordering': ordering }) }));
    expect(run('partition', 1)).toEqual([7, 14, 21, 28, 35, 42, 49, 56, 63, 70]);
    expect(run('key', 1)).toEqual([7, 7, 14, 14, 21, 21, 28, 28, 35, 35]);
  });

  test('[SRV-12] records of one key are served one after the other and in their order, whatever else is', () => {
    const source = { 'workload.rate': 400, 'workload.records': 2000, 'key.shape': 'uniform', 'key.count': 8 };
    const document = simple({ source, topic: { partitions: 3 }, sink: pool({ ...exponential(10), 'pool.threads': 6 }), seconds: 30 });
    for (const [ordering, inOrder] of [
      ['key', true],
      ['unordered', false],
    ] as const) {
      const last = new Map<string, number>();
      const begun = new Map<number, string>();
      let overtaken = 0;
      let together = 0;
      const run = start(withSink(document, { 'pool.ordering': ordering }), {
        watcher: {
          recordBegun(_member, fetched, index, thread) {
            const key = `${fetched.partition}/${fetched.columns.key[index]}`;
            const offset = fetched.baseOffset + index;
            if ([...begun.values()].includes(key)) together++;
            if ((last.get(key) ?? -1) > offset) overtaken++;
            begun.set(thread, key);
            last.set(key, offset);
          },
          serviceEnded(_member, _done, _endUs, thread) {
            begun.delete(thread);
          },
        },
      });
      runTo(run, 30_000);
      expect(nodeOf(run, 'sink').recordsIn).toBe(2000);
      expect(overtaken).toBe(0);
      expect(together > 0).toBe(!inOrder);
    }
  });

  test('[SRV-13] the commit never passes a record that is not done; after a crash all behind that is read again', () => {
    const source = { 'workload.rate': 300, 'key.shape': 'uniform', 'key.count': 20 };
    const faults: Fault[] = [
      { atMs: 1500, action: 'member.crash', node: 'sink', member: 0 },
      { atMs: 1600, action: 'member.restart', node: 'sink', member: 0 },
    ];
    const sink = pool({ ...exponential(40), 'pool.threads': 16, 'session.timeout.ms': 6000 });
    const done = new Set<number>();
    let again = 0;
    let gaps = 0;
    const run = start(simple({ source, sink, faults, seconds: 12 }), {
      watcher: {
        serviceEnded(_member, { fetched, from }) {
          const offset = fetched.baseOffset + from;
          if (done.has(offset)) again++;
          done.add(offset);
        },
        commitSent(_member, _partitions, offsets) {
          for (let offset = 0; offset < offsets[0]!; offset++) expect(done.has(offset)).toBe(true);
          if (done.size > offsets[0]!) gaps++;
        },
      },
    });
    runTo(run, 12_000);
    expect(gaps).toBeGreaterThan(10);
    expect(again).toBeGreaterThan(0);
    expect(pathOf(run, 'sink').processedAgain).toBe(again);
    const cause = run.state.ledger!.causes.filter(({ fate }) => fate === 'duplicated');
    expect(cause.reduce((sum, { records }) => sum + records, 0)).toBe(again);
    expect(cause[0]).toMatchObject({ code: 'uncommitted', detail: 'crashed', firstUs: 1_500_000 });
    expect(pathOf(run, 'sink').processed + pathOf(run, 'sink').underWay).toBe(pathOf(run, 'sink').produced);
  });

  test('[SRV-13] what is done is committed every pool.commit.interval.ms, also while no record comes', () => {
    const document = simple({ source: tenAtOnce, sink: pool({ 'service.time.ms': 7, 'pool.commit.interval.ms': 5000 }), seconds: 8 });
    const sent: number[] = [];
    const run: Run = start(document, { watcher: { commitSent: () => void sent.push(run.ctx.events.nowUs / 1000) } });
    runTo(run, 8000);
    expect(sent).toEqual([5000]);
    expect(run.ctx.groups[0]!.committed[0]).toBe(10);
  });

  test('[SRV-13] automatic commits commit what was handed over: a crash loses what the pool had not done', () => {
    const sink = pool({
      ...exponential(100),
      'pool.threads': 2,
      'commit.mode': 'auto',
      'auto.commit.interval.ms': 100,
      'session.timeout.ms': 6000,
    });
    const faults: Fault[] = [
      { atMs: 1000, action: 'member.crash', node: 'sink', member: 0 },
      { atMs: 1001, action: 'member.restart', node: 'sink', member: 0 },
    ];
    const run = watched(simple({ source: { 'workload.rate': 100, 'workload.records': 100 }, sink, faults, seconds: 20 }));
    expect(pathOf(run, 'sink').lost).toBeGreaterThan(30);
  });
});

const withSink = (document: PipelineDocument, config: Config): PipelineDocument => ({
  ...document,
  nodes: document.nodes.map((node) => (node.id === 'sink' ? { ...node, config: { ...node.config, ...config } } : node)),
});

describe('a full pool', () => {
  const slow = {
    'service.time.ms': 50,
    'pool.threads': 2,
    'pool.ordering': 'unordered',
    'pool.queue.capacity': 5,
    'max.poll.interval.ms': 1000,
  };
  const source = { 'workload.rate': 100, 'workload.records': 1000 };

  test('[SRV-14] pauses: no more than the queue and one poll is at hand, and the member stays in its group', () => {
    const sink = pool({ ...slow, 'service.time.ms': 3000, 'pool.when.full': 'pause', 'max.poll.records': 4 });
    let most = 0;
    const document = simple({ source, sink, seconds: 30 });
    const run = watched(document, ({ ctx }) => void (most = Math.max(most, ctx.workers[0]!.pool!.jobs.length)));
    // The queue was one short of full when the last poll came.
    expect(most).toBe(4 + 4);
    expect(codes(run).filter((code) => code === 'member.left')).toEqual([]);
    expect(run.ctx.groups[0]!.generation).toBe(1);
    // Two threads, three seconds each.
    expect(nodeOf(run, 'sink').recordsIn).toBe(18);
  });

  test('[SRV-14] blocks: the poll loop stands still, and the member leaves its group after max.poll.interval.ms', () => {
    const sink = pool({ ...slow, 'service.time.ms': 3000, 'pool.when.full': 'block' });
    const run = watched(simple({ source, sink, seconds: 30 }));
    expect(codes(run)).toContain('member.left');
    expect(pathOf(run, 'sink').processedAgain).toBeGreaterThan(0);
  });

  test('[SRV-14] blocks for as long as it takes, and loses nothing when that is short', () => {
    const run = watched(
      simple({
        source: { ...source, 'workload.records': 300 },
        sink: pool({ ...slow, 'pool.when.full': 'block', 'max.poll.records': 4 }),
        seconds: 12,
      }),
    );
    expect(codes(run)).not.toContain('member.left');
    expect(nodeOf(run, 'sink')).toMatchObject({ recordsIn: 300, rejected: 0 });
    expect(lagOf(run)).toBe(0);
  });

  test('[SRV-15] refuses: what finds no place is dropped, counted and told with its cause', () => {
    const run = watched(simple({ source, sink: pool({ ...slow, 'pool.when.full': 'reject' }), seconds: 12 }));
    const { rejected, failed, recordsIn, deadLettered } = nodeOf(run, 'sink');
    expect(recordsIn).toBe(1000);
    expect(rejected).toBeGreaterThan(500);
    expect([failed, deadLettered]).toEqual([rejected, 0]);
    const cause = run.state.ledger!.causes.find(({ code }) => code === 'pool-full');
    expect(cause).toMatchObject({ fate: 'failed', records: rejected });
    expect(lagOf(run)).toBe(0);
  });

  test('[SRV-15] refuses to a dead letter topic where one is wired, before the offset is committed', () => {
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: source, to: ['in'] },
        in: { kind: 'topic', to: ['work'] },
        work: {
          kind: 'sink',
          config: pool({ ...slow, 'pool.when.full': 'reject', 'error.action': 'dead-letter' }),
          ports: { 'dead-letter': 'dead' },
        },
        dead: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink', config: { 'service.time.ms': 0 } },
      },
      cluster: { 'network.latency.ms': 1 },
      seconds: 14,
    });
    const run = watched(document);
    const { rejected, failed, deadLettered } = nodeOf(run, 'work');
    expect(rejected).toBeGreaterThan(500);
    expect([failed, deadLettered]).toEqual([0, rejected]);
    expect(nodeOf(run, 'sink').recordsIn).toBe(rejected);
    expect(run.state.ledger!.causes.find(({ code }) => code === 'pool-full')).toMatchObject({ fate: 'deadLettered' });
  });
});

describe('a pool among everything else', () => {
  test('[SRV-12] stands still in an outage and is stretched by a slow factor, each service from where it stood', () => {
    const faults: Fault[] = [
      { atMs: 3, action: 'outage.start', node: 'sink' },
      { atMs: 103, action: 'outage.end', node: 'sink' },
      { atMs: 109, action: 'slow', node: 'sink', factor: 3 },
    ];
    const sink = pool({ 'service.time.ms': 7, 'pool.threads': 5, 'pool.ordering': 'unordered' });
    // The second five begin at 107 ms; at 109, 5 of their 7 ms are left, and become 15.
    expect(ends(simple({ source: tenAtOnce, sink, faults }))).toEqual([107, 107, 107, 107, 107, 124, 124, 124, 124, 124]);
  });

  test('[SRV-13] a run goes on from a copy as it would have gone on', () => {
    const sink = pool({ ...exponential(30), 'pool.threads': 4, 'pool.queue.capacity': 10, 'error.rate': 0.2, 'error.backoff.ms': 20 });
    const document = simple({
      source: { 'workload.rate': 150, 'key.shape': 'uniform', 'key.count': 9 },
      topic: { partitions: 3 },
      sink,
      seconds: 10,
    });
    const whole = finished(document);
    const half = runTo(start(document), 4321);
    const again = restore(topologyOf(document), checkpoint(half));
    expect(runTo(again, 10_000).state.trace).toEqual(whole.state.trace);
    expect(nodeOf(again, 'sink')).toEqual(nodeOf(whole, 'sink'));
  });

  /** source → in (3 partitions) → work (a service with two members) → out → sink, with crashes, a rebalance, an outage and little buffer memory. */
  const eventful = (config: Config, source: Config = {}): PipelineDocument =>
    documentOf({
      nodes: {
        source: {
          kind: 'producer',
          config: {
            'workload.shape': 'poisson',
            'workload.rate': 120,
            'workload.records': 600,
            'key.shape': 'uniform',
            'key.count': 12,
            ...source,
          },
          to: ['in'],
        },
        in: { kind: 'topic', config: { partitions: 3 }, to: ['work'] },
        work: {
          kind: 'service',
          config: pool({
            ...exponential(30),
            instances: 2,
            'pool.threads': 3,
            'pool.queue.capacity': 4,
            'pool.commit.interval.ms': 200,
            'max.poll.records': 20,
            'max.poll.interval.ms': 2000,
            'batch.size': 200,
            'buffer.memory': 200,
            'max.block.ms': 60_000,
            ...config,
          }),
          to: ['out'],
          ...(config['error.action'] === 'dead-letter' && { ports: { 'dead-letter': 'dead' } }),
        },
        out: { kind: 'topic', to: ['sink'] },
        ...(config['error.action'] === 'dead-letter' && { dead: { kind: 'topic' as const, to: ['sink'] } }),
        sink: { kind: 'sink', config: pool({ 'service.time.ms': 1, 'pool.threads': 2 }) },
      },
      cluster: { 'network.latency.ms': 12 },
      faults: [
        { atMs: 1700, action: 'member.crash', node: 'work', member: 0 },
        { atMs: 2400, action: 'member.restart', node: 'work', member: 0 },
        { atMs: 2700, action: 'outage.start', node: 'work' },
        { atMs: 3100, action: 'outage.end', node: 'work' },
        { atMs: 3300, action: 'member.stop', node: 'work', member: 1 },
        { atMs: 3700, action: 'member.restart', node: 'work', member: 1 },
        { atMs: 4000, action: 'slow', node: 'work', factor: 2 },
        { atMs: 4500, action: 'slow', node: 'work', factor: 0.5 },
      ],
      seconds: 60,
    });
  const classic = { 'session.timeout.ms': 6000 };
  const byBroker = { 'group.protocol': 'consumer' };
  const often = { 'error.rate': 0.1, 'error.backoff.ms': 40 };

  test.each<[string, Config, Config?]>([
    ['pause, key', { ...classic, 'pool.when.full': 'pause', 'pool.ordering': 'key' }],
    ['pause, unordered', { ...byBroker, ...often, 'pool.when.full': 'pause', 'pool.ordering': 'unordered' }],
    ['block, key', { ...byBroker, 'pool.when.full': 'block', 'pool.ordering': 'key' }],
    ['block, partition', { ...classic, ...often, 'pool.when.full': 'block', 'pool.ordering': 'partition' }],
    [
      'no queue',
      { ...classic, 'partition.assignment.strategy': 'cooperative-sticky', 'pool.queue.capacity': 0, 'pool.commit.interval.ms': 0 },
    ],
    ['dead letters', { ...classic, ...often, 'pool.when.full': 'reject', 'error.action': 'dead-letter', 'error.max.attempts': 2 }],
    ['errors that stop', { ...classic, 'error.when': 'offset = 40', 'error.rate': 0.005, 'error.action': 'stop', 'error.restart.ms': 500 }],
    [
      'aborted transactions',
      { ...classic, 'isolation.level': 'read_committed', 'max.poll.records': 3 },
      { 'transactional.id': 'source', 'transaction.records': 5, 'transaction.abort.every': 3, acks: 'all', 'workload.rate': 80 },
    ],
  ])(
    '[SRV-13] [SRV-14] [LED-7] crashes, rebalances, outages and a full buffer (%s): all adds up after every event',
    (name, config, source) => {
      const run = watched(eventful(config, source));
      const path = pathOf(run, 'work');
      const { produced, markers, processed, steppedOver } = path;
      const poisonHolds = name === 'errors that stop';
      expect(path.lost).toBe(0);
      expect(path.skippedByReset).toBe(0);
      if (!poisonHolds) {
        expect(lagOf(run)).toBe(0);
        expect(processed + steppedOver).toBe(produced + markers);
        expect(path.underWay).toBe(0);
      }
      expect(path.processedAgain).toBeGreaterThan(0);
      expect(codes(run)).toContain('producer.blocked');
      const { rejected, deadLettered } = nodeOf(run, 'work');
      expect(rejected > 0 && deadLettered > 0).toBe(name === 'dead letters');
    },
  );
});
