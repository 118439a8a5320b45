import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { documentOf, lagOf, nodeOf, pathOf, runTo, start } from '../run/harness.ts';
import { reportOf } from '../run/views/report.ts';

/** 400 records in transactions of 10, every fourth of them aborted, and readers of both kinds. */
function transactional(options: { readonly sink?: Config; readonly faults?: readonly Fault[]; readonly kind?: 'sink' | 'service' } = {}) {
  const { sink = {}, faults = [], kind = 'sink' } = options;
  const to = kind === 'service' ? ['out'] : [];
  return start(
    documentOf({
      nodes: {
        source: {
          kind: 'producer',
          config: {
            'workload.records': 400,
            'workload.rate': 100,
            'transactional.id': 'orders',
            'transaction.records': 10,
            'transaction.abort.every': 4,
          },
          to: ['topic'],
        },
        topic: { kind: 'topic', config: { partitions: 2 }, to: ['committed', 'everything'] },
        committed: { kind, to, config: { 'isolation.level': 'read_committed', 'service.time.ms': 2, ...sink } },
        everything: { kind, to, config: { 'isolation.level': 'read_uncommitted', 'service.time.ms': 2, ...sink } },
        ...(kind === 'service' && { out: { kind: 'topic' as const } }),
      },
      cluster: { 'network.latency.ms': 1 },
      faults,
      seconds: 60,
    }),
  );
}

describe('offsets that hold nothing for a reader', () => {
  test('[LOG-70] aborted records and markers are stepped over: paths add up, positions and commits come to the end of the log', () => {
    const run = runTo(transactional(), 60_000);
    const { partitions } = reportOf(run).topics[0]!;
    const offsets = partitions.reduce((sum, { logEndOffset }) => sum + logEndOffset, 0);
    const markers = offsets - 400;
    expect(markers).toBeGreaterThanOrEqual(40);
    expect(nodeOf(run, 'topic').recordsIn).toBe(400);
    expect(reportOf(run).topics[0]!.records).toBe(400);
    expect(pathOf(run, 'everything')).toMatchObject({
      produced: 400,
      markers,
      processed: 400,
      steppedOver: markers,
      underWay: 0,
      processedAgain: 0,
    });
    expect(pathOf(run, 'committed')).toMatchObject({ produced: 400, markers, processed: 300, steppedOver: markers + 100, underWay: 0 });
    expect([lagOf(run, 0), lagOf(run, 1)]).toEqual([0, 0]);
  });

  test('[LOG-70] at every moment each offset of a path is processed, stepped over or under way', () => {
    const ways = [{}, { sink: { prefetch: false, 'max.poll.records': 3 } }, { kind: 'service' as const, sink: { concurrency: 4 } }];
    for (const way of ways) {
      const run = transactional(way);
      for (let ms = 50; ms <= 6000; ms += 130) {
        runTo(run, ms);
        for (const id of ['committed', 'everything']) {
          const { produced, markers, processed, processedAgain, expiredUnread, skippedByReset, steppedOver, underWay } = pathOf(run, id);
          expect(processed + expiredUnread + skippedByReset + steppedOver + underWay).toBe(produced + markers);
          expect([processedAgain, expiredUnread, skippedByReset]).toEqual([0, 0, 0]);
        }
      }
    }
  });

  test('[LOG-70] a reader that comes back reads again only what it had not committed, and steps over nothing twice', () => {
    const faults: Fault[] = ['committed', 'everything'].flatMap((node) => [
      { atMs: 2050, action: 'member.crash' as const, node, member: 0 },
      { atMs: 2100, action: 'member.restart' as const, node, member: 0 },
    ]);
    const run = runTo(transactional({ faults, sink: { 'session.timeout.ms': 6000, 'max.poll.records': 7 } }), 60_000);
    const offsets = reportOf(run).topics[0]!.partitions.reduce((sum, { logEndOffset }) => sum + logEndOffset, 0);
    expect(pathOf(run, 'everything')).toMatchObject({ produced: 400, processed: 400, steppedOver: offsets - 400, underWay: 0 });
    expect(pathOf(run, 'committed')).toMatchObject({ produced: 400, processed: 300, steppedOver: offsets - 300, underWay: 0 });
  });
});
