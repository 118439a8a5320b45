import { expect, test } from 'vitest';
import { checkpoint, restore } from '../../run/checkpoint.ts';
import { runTo, start } from '../../run/harness.ts';
import { fingerprint, reportOf } from '../../run/views/report.ts';
import { design, kindsOf, lagAt, lagOf } from './lagFixtures.ts';

const slow = design({ topic: { partitions: 4 }, sink: { 'service.time.ms': 4 } });

test('[LAG-1] records, trend, time to drain and skew of partitions add up to those of nodes and of the group', () => {
  const lag = lagAt(slow, 30);
  // Two members at 4 ms serve 500 of 1,000 a second; so half of what came in 30 s waits.
  expect(lag.records).toBeGreaterThan(14_900);
  expect(lag.trendPerSecond!).toBeCloseTo(500, -1);
  expect(lag.arrivalPerSecond!).toBeCloseTo(1000, -1);
  expect(lag.servicePerSecond!).toBeCloseTo(500, -1);
  expect([lag.drains, lag.drainSeconds]).toEqual(['never', null]);
  expect(lag.partitions.reduce((sum, { records }) => sum + records, 0)).toBe(lag.records);
  expect(lag.partitions.reduce((sum, { trendPerSecond }) => sum + trendPerSecond!, 0)).toBeCloseTo(lag.trendPerSecond!, 6);
  expect(lag.nodes).toHaveLength(1);
  expect(lag.nodes[0]).toMatchObject({ node: 'sink', records: lag.records, trendPerSecond: lag.trendPerSecond, causes: [0] });
  const worst = Math.max(...lag.partitions.map(({ records }) => records));
  expect(lag.skew).toBeCloseTo(worst / (lag.records / 4), 9);
  expect(lag.partitions.reduce((sum, { skew }) => sum + skew, 0)).toBeCloseTo(4, 9);
  expect(lag.seconds).toBe(Math.max(...lag.partitions.map(({ seconds }) => seconds)));
});

test('[LAG-1] a lag that shrinks is drained in its records divided by the rate at which it does', () => {
  const run = start(
    design({
      source: {
        'workload.shape': 'bursts',
        'workload.rate': 100,
        'workload.burst.rate': 3000,
        'workload.burst.ms': 10_000,
        'workload.burst.every.ms': 200_000,
      },
      sink: { 'service.time.ms': 1 },
    }),
  );
  const grows = lagOf(runTo(run, 9_000));
  expect(grows.drains).toBe('never');
  const shrinks = lagOf(runTo(run, 14_200));
  expect(shrinks.drains).toBe('yes');
  expect(shrinks.drainSeconds!).toBeCloseTo(shrinks.records / -shrinks.trendPerSecond!, 9);
  const later = lagOf(runTo(run, 40_000));
  expect([later.drains, later.drainSeconds, later.skew]).toEqual(['nothing', 0, 0]);
});

test('[LAG-2] there is no trend before a second has passed; then it is measured over at most six marks, and since the last change', () => {
  const run = start(design({ sink: { 'service.time.ms': 4 }, faults: [{ action: 'slow', atMs: 50_000, node: 'sink', factor: 2 }] }));
  const first = lagOf(runTo(run, 100));
  expect([first.windowSeconds, first.trendPerSecond, first.arrivalPerSecond]).toEqual([0, null, null]);
  runTo(run, 49_900);
  expect(run.state.series.lagMarks.marks).toHaveLength(6);
  expect(lagOf(run).windowSeconds).toBeGreaterThan(4.5);
  expect(lagOf(run).servicePerSecond!).toBeCloseTo(500, -1);
  // The factor halves what is served: rates of before say nothing of it.
  const after = lagOf(runTo(run, 53_000));
  expect(after.windowSeconds).toBeLessThanOrEqual(3);
  expect(after.servicePerSecond!).toBeCloseTo(250, -1);
});

test('[LAG-2] marks are part of a checkpoint: a run that goes on from it says the same', () => {
  const run = runTo(start(slow), 20_300);
  const again = restore(run.topology, checkpoint(run));
  expect(lagOf(again)).toEqual(lagOf(run));
  expect(lagOf(runTo(again, 25_000))).toEqual(lagOf(runTo(run, 25_000)));
});

test('[LAG-3] asking for causes changes nothing', () => {
  const document = design({
    source: { 'key.shape': 'hot', 'key.hot.share': 0.6 },
    topic: { partitions: 4 },
    sink: { instances: 4, 'service.time.ms': 2 },
  });
  const watched = start(document);
  for (let ms = 100; ms <= 12_000; ms += 100) lagOf(runTo(watched, ms));
  const alone = runTo(start(document), 12_000);
  expect(fingerprint(watched)).toBe(fingerprint(alone));
  expect(reportOf(watched)).toEqual(reportOf(alone));
});

test('[LAG-4] a reader that keeps up has no cause and nothing unexplained', () => {
  const lag = lagAt(design({}), 30);
  expect(lag.seconds).toBeLessThan(1);
  expect([lag.causes, lag.unexplained, lag.noCause]).toEqual([[], 0, null]);
});

test('[LAG-4] causes are ordered by the records they explain, and partitions name theirs', () => {
  // One partition is read by a member that is gone, the other by one that is too slow.
  const lag = lagAt(
    design({ sink: { 'service.time.ms': 3 }, faults: [{ action: 'member.crash', atMs: 10_000, node: 'sink', member: 0 }] }),
    30,
  );
  expect(kindsOf(lag)).toEqual(['silent-member', 'slow-service']);
  const [silent, busy] = lag.causes;
  expect(silent!.records).toBeGreaterThan(busy!.records);
  expect(silent!.share + busy!.share).toBeCloseTo(1, 2);
  for (const [place, { partitions }] of lag.causes.entries())
    for (const { partition } of partitions) expect(lag.partitions[partition]!.causes).toEqual([place]);
});

test('[LAG-4] what has no cause in the state is said to have none, with its figures', () => {
  // A burst of a moment ago, at readers that have had no second to serve anything.
  const run = start(design({ source: { 'workload.start.ms': 0 }, sink: { 'service.time.ms': 0.5 } }));
  runTo(run, 20_000);
  const [worker] = run.ctx.workers;
  // No state of a real run leads here: a member that owns, is up, and does nothing.
  worker!.phase = 'resolving';
  const lag = lagOf(runTo(run, 40_000));
  expect(lag.causes.map(({ kind }) => kind)).toEqual([]);
  expect(lag.unexplained).toBe(
    lag.records - lag.partitions.filter(({ seconds }) => seconds < 1).reduce((sum, { records }) => sum + records, 0),
  );
  expect(lag.noCause).toMatch(
    /^No cause found in the state: [\d,]+ records of topic-\d wait, the oldest for 2\d.* s; over the last .* records\/s arrived, 0 records\/s were served .* busy 0 %\.$/,
  );
});
