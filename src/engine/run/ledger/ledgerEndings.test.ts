/** Endings that others than readers decide: share groups, the log cleaner, the remote tier. */
import { describe, expect, test, vi } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import { advance } from '../advance.ts';
import { createRun, type Run } from '../build.ts';
import { runTo, simple, start, topologyOf } from '../harness.ts';
import { sumsProblems } from '../schedules/ledgerBalance.ts';
import { ledgerViolations } from '../schedules/ledgerViolations.ts';
import { ledgerReportOf, reportOf } from '../views/report.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A run at its end, whose ledger balanced after every event. */
function ended(document: PipelineDocument): Run {
  const run = start(document);
  for (;;) {
    const outcome = advance(run, { untilUs: run.ctx.plan.durationUs, maxEvents: 1 });
    expect(sumsProblems(run.ctx)).toEqual([]);
    if (outcome.kind === 'events') continue;
    expect(outcome.kind).toBe('reached');
    expect(ledgerViolations(run.ctx)).toEqual([]);
    return run;
  }
}

const shared = (sink: Config, more: Partial<Parameters<typeof simple>[0]> = {}): PipelineDocument =>
  simple({
    source: { 'workload.rate': 100, 'workload.records': 400, 'key.shape': 'uniform' },
    sink: {
      'group.protocol': 'share',
      'share.auto.offset.reset': 'earliest',
      'share.acknowledgement.mode': 'explicit',
      'service.time.ms': 2,
      ...sink,
    },
    seconds: 30,
    ...more,
  });

describe('endings of share groups', () => {
  test('[LED-14] a record that was delivered as often as may be is archived, and the cause says how often that is', () => {
    const run = ended(shared({ 'error.rate': 0.5 }, { cluster: { 'group.share.delivery.count.limit': 2 } }));
    const { routes, paths, causes } = ledgerReportOf(run);
    expect(routes[0]).toMatchObject({ made: 400, underWay: 0 });
    expect(routes[0]!.archived).toBe(paths[0]!.archived);
    expect(routes[0]!.archived).toBeGreaterThan(50);
    expect(routes[0]!.deliveredOnce + routes[0]!.archived).toBe(400);
    const [cause] = causes.filter(({ fate }) => fate === 'archived');
    expect(cause!.records).toBe(paths[0]!.archived);
    expect(cause!.sentence).toMatch(/^They were delivered 2 times \(group\.share\.delivery\.count\.limit\) and nobody accepted them, from/);
    expect(routes[0]!.causes).toContain(cause!.id);
  });

  test('[LED-14] what is rejected is archived at the group; the route says that its service failed', () => {
    const run = ended(shared({ 'error.rate': 0.2, 'error.action': 'skip', 'error.max.attempts': 1 }));
    const { routes, paths, causes } = ledgerReportOf(run);
    expect(routes[0]).toMatchObject({ made: 400, underWay: 0, failed: paths[0]!.archived });
    expect(paths[0]!.archived).toBeGreaterThan(30);
    const [cause] = causes.filter(({ fate }) => fate === 'archived');
    expect(cause).toMatchObject({ records: paths[0]!.archived });
    expect(cause!.sentence).toMatch(/^The application rejected them/);
  });

  test('[LED-14] what retention takes from a share group, and what it began behind, is known by record', () => {
    const expiring = ended(
      shared(
        { 'service.time.ms': 40 },
        { topic: { 'segment.bytes': 4000, 'retention.ms': 500 }, cluster: { 'log.retention.check.interval.ms': 700 }, seconds: 20 },
      ),
    );
    const late = ended(shared({ 'share.auto.offset.reset': 'latest' }, { cluster: { 'group.initial.rebalance.delay.ms': 0 } }));
    const [expired, skipped] = [expiring, late].map((run) => ledgerReportOf(run));
    expect(expired!.routes[0]!.expired).toBeGreaterThan(50);
    // What a member holds when it expires is done all the same.
    expect(expired!.routes[0]!.underWay).toBe(0);
    expect(expired!.paths[0]!.expiredUnread).toBeGreaterThanOrEqual(expired!.routes[0]!.expired);
    expect(skipped!.routes[0]).toMatchObject({ underWay: 0, skipped: skipped!.paths[0]!.skippedByReset });
    expect(skipped!.routes[0]!.skipped).toBeGreaterThan(0);
    expect(skipped!.causes[0]!.sentence).toMatch(/^share\.auto\.offset\.reset=latest: the group began behind them at/);
  });
});

describe('endings that logs decide', () => {
  const away = [
    { atMs: 500, action: 'member.crash', node: 'sink', member: 0 } as const,
    { atMs: 20_000, action: 'member.restart', node: 'sink', member: 0 } as const,
  ];
  const source: Config = { 'workload.rate': 200, 'workload.records': 2_000, 'key.shape': 'uniform', 'key.count': 20 };

  test('[LED-15] what the cleaner takes out before it is read is compacted', () => {
    const run = ended(
      simple({
        source,
        topic: { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0.001, 'segment.bytes': 4000 },
        cluster: { 'log.cleaner.backoff.ms': 1000 },
        faults: away,
        seconds: 60,
      }),
    );
    const { routes, causes } = ledgerReportOf(run);
    expect(routes[0]).toMatchObject({ made: 2000, underWay: 0 });
    expect(routes[0]!.compacted).toBeGreaterThan(1000);
    const [cause] = causes.filter(({ fate }) => fate === 'compacted');
    expect(cause).toMatchObject({ node: 'sink', records: routes[0]!.compacted });
  });

  test.each<[string, Config, Config]>([
    [
      'a remote tier',
      { 'remote.storage.enable': true, 'retention.ms': 3_000, 'local.retention.ms': 1_000, 'segment.bytes': 4000 },
      { 'remote.log.manager.task.interval.ms': 1_000 },
    ],
    [
      'a compacted log',
      { 'cleanup.policy': 'compact,delete', 'retention.ms': 3_000, 'min.cleanable.dirty.ratio': 1, 'segment.bytes': 4000 },
      { 'log.cleaner.backoff.ms': 1000 },
    ],
  ])('[LED-15] what retention deletes unread from %s is expired', (_, topic, cluster) => {
    const run = ended(
      simple({ source, topic, cluster: { 'log.retention.check.interval.ms': 1_000, ...cluster }, faults: away, seconds: 60 }),
    );
    const { routes, paths, causes } = ledgerReportOf(run);
    expect(routes[0]!.expired).toBeGreaterThan(500);
    expect(routes[0]).toMatchObject({ made: 2000, underWay: 0, expired: paths[0]!.expiredUnread });
    expect(causes.filter(({ fate }) => fate === 'expired').reduce((sum, { records }) => sum + records, 0)).toBe(routes[0]!.expired);
  });
});

describe('why records come out of order', () => {
  const reordered = (document: PipelineDocument) => {
    const { routes, causes } = ledgerReportOf(ended(document));
    const told = causes.filter(({ fate }) => fate === 'reordered');
    expect(routes[0]!.reordered).toBeGreaterThan(0);
    expect(told.reduce((sum, { records }) => sum + records, 0)).toBe(routes[0]!.reordered);
    expect(told.every(({ id }) => routes[0]!.causes.includes(id))).toBe(true);
    return told.map(({ sentence }) => sentence);
  };
  const keyed: Config = { 'workload.rate': 200, 'key.shape': 'uniform', 'key.count': 5 };

  test('[LED-17] an unnumbered batch that is sent again while others are on their way', () => {
    const setting = (faults: Fault[]): PipelineDocument =>
      simple({
        source: {
          ...keyed,
          'key.count': 1,
          'workload.records': 3_000,
          'workload.start.ms': 13_000,
          'batch.size': 0,
          'linger.ms': 0,
          acks: 'all',
          'enable.idempotence': false,
          'max.in.flight.requests.per.connection': 5,
        },
        topic: { partitions: 1, 'replication.factor': 2, 'min.insync.replicas': 2 },
        cluster: { brokers: 2, 'network.latency.ms': 2, 'broker.restart.ms': 1000 },
        faults,
        seconds: 60,
      });
    const follower = start(setting([])).ctx.cluster.controller.partitions[0]!.replicas[1]!;
    const [sentence] = reordered(
      setting([
        { atMs: 3_000, action: 'broker.kill', broker: follower },
        { atMs: 20_000, action: 'broker.restart', broker: follower },
      ]),
    );
    expect(sentence).toMatch(/^Sent again with other requests on their way, without numbers \(enable\.idempotence=false\)/);
  });

  test('[LED-17] partitions that were added take keys away from records that wait', () => {
    const [sentence] = reordered(
      simple({
        // Clients ask for metadata every five minutes.
        source: { ...keyed, 'workload.rate': 10, 'workload.records': 4_000 },
        topic: { partitions: 1 },
        sink: { instances: 2, 'service.time.ms': 120 },
        faults: [{ atMs: 2_000, action: 'partitions.add', node: 'topic', count: 3 }],
        seconds: 700,
      }),
    );
    expect(sentence).toMatch(/^Partitions were added to topic: their keys go to others since/);
  });

  test('[LED-17] members of a share group, and keys that come over several partitions', () => {
    const [together] = reordered(
      shared({ instances: 4, 'service.time.ms': 30, 'service.time.distribution': 'exponential', 'max.poll.records': 5 }),
    );
    expect(together).toMatch(/^sink is a share group/);
  });
});

describe('looking at counts', () => {
  const losing = (): PipelineDocument => ({
    ...simple({
      source: { 'workload.rate': 400, 'workload.records': 600 },
      sink: { 'commit.mode': 'before-processing', 'service.time.ms': 5, 'session.timeout.ms': 6000, 'max.poll.records': 100 },
      faults: [
        { atMs: 1_500, action: 'member.crash', node: 'sink', member: 0 },
        { atMs: 2_000, action: 'member.restart', node: 'sink', member: 0 },
      ],
      seconds: 20,
    }),
  });

  test('[LED-18] at the moment a cause says they are counted from, its records are counted; an event earlier they are not', () => {
    const [cause] = ledgerReportOf(ended(losing())).causes.filter(({ fate }) => fate === 'lost');
    expect(cause!.firstMs).toBe(1_500);
    expect(cause!.countedMs).toBeGreaterThan(2_000);
    const lostAt = (timeUs: number): number => ledgerReportOf(runTo(start(losing()), timeUs / 1000)).routes[0]!.lost;
    expect(lostAt(cause!.countedMs * 1000)).toBeGreaterThan(0);
    expect(lostAt(cause!.countedMs * 1000 - 1)).toBe(0);
  });

  test('[RUN-6] objectives about what is duplicated, reordered and dead-lettered have their numbers from the ledger', () => {
    const document = simple({
      source: { 'workload.rate': 100, 'workload.records': 400, 'key.shape': 'uniform', 'key.count': 3 },
      topic: { partitions: 1 },
      sink: {
        'group.protocol': 'share',
        'share.auto.offset.reset': 'earliest',
        instances: 4,
        'service.time.ms': 30,
        'service.time.distribution': 'exponential',
        'max.poll.records': 5,
      },
      seconds: 30,
    });
    const run = runTo(start(document), 30_000);
    const metrics = ['records.duplicated', 'records.reordered', 'records.dead-lettered'] as const;
    const objectives = metrics.map((metric) => {
      return { id: metric, name: metric, node: 'sink', metric, statistic: 'total', comparison: '<=', value: 0 } as const;
    });
    const [duplicated, reordered, deadLettered] = reportOf(run, objectives).objectives;
    expect(duplicated).toMatchObject({ value: 0, pass: true });
    expect(reordered).toMatchObject({ value: ledgerReportOf(run).routes[0]!.reordered, pass: false });
    expect(deadLettered).toMatchObject({ value: 0, pass: true });
    const without = runTo(createRun(topologyOf(document), { ledger: false }), 1_000);
    expect(reportOf(without, objectives).objectives[0]).toMatchObject({ value: null, pass: false });
  });
});
