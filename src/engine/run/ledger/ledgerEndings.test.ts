/** Endings that others than readers decide: share groups, the log cleaner, the remote tier. */
import { describe, expect, test, vi } from 'vitest';
import type { Config, PipelineDocument } from '../../../pipeline/document.ts';
import { advance } from '../advance.ts';
import type { Run } from '../build.ts';
import { simple, start } from '../harness.ts';
import { sumsProblems } from '../schedules/ledgerBalance.ts';
import { ledgerViolations } from '../schedules/ledgerViolations.ts';
import { ledgerReportOf } from '../views/report.ts';

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
