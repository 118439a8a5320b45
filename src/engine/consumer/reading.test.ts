import { describe, expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../pipeline/document.ts';
import type { Run } from '../run/build.ts';
import { collect, finished, lagOf, nodeOf, pathOf, runTo, simple, start } from '../run/harness.ts';
import { reportOf } from '../run/views/report.ts';

const crash: Fault[] = [
  { atMs: 2003, action: 'member.crash', node: 'sink', member: 0 },
  { atMs: 3000, action: 'member.restart', node: 'sink', member: 0 },
];
/** 1000 records a second, 2000 could be served; 5000 records. */
const crashing = (mode: string, sink: Config = {}): PipelineDocument =>
  simple({
    source: { 'workload.records': 5000 },
    sink: { 'service.time.ms': 0.5, 'commit.mode': mode, 'max.poll.records': 100, 'session.timeout.ms': 6000, ...sink },
    faults: crash,
    seconds: 30,
  });
const notices = (run: Run) => run.state.timeline.entries.map((entry) => entry.code);

describe('committing', () => {
  test('[CON-3] after processing: a crash loses nothing, and what its last poll had done is read again', () => {
    // An outage first, so that the poll that is crashed is a full one.
    const document = crashing('after-processing');
    const stalled: Fault[] = [
      { atMs: 1500, action: 'outage.start', node: 'sink' },
      { atMs: 1980, action: 'outage.end', node: 'sink' },
      ...crash,
    ];
    const run = finished({ ...document, scenario: { ...document.scenario, faults: stalled } });
    const path = pathOf(run, 'sink');
    expect(path).toMatchObject({ produced: 5000, processed: 5000, skippedByReset: 0, expiredUnread: 0, underWay: 0 });
    expect(path.processedAgain).toBeGreaterThan(0);
    expect(path.processedAgain).toBeLessThanOrEqual(100);
  });

  test('[CON-4] before processing: nothing is read twice, and the rest of the crashed poll is lost', () => {
    const document = crashing('before-processing');
    const stalled: Fault[] = [
      { atMs: 1500, action: 'outage.start', node: 'sink' },
      { atMs: 1980, action: 'outage.end', node: 'sink' },
      ...crash,
    ];
    const path = pathOf(finished({ ...document, scenario: { ...document.scenario, faults: stalled } }), 'sink');
    expect(path.processedAgain).toBe(0);
    expect(path.lost).toBeGreaterThan(0);
    expect(path.lost).toBeLessThanOrEqual(100);
    expect(path.processed + path.lost).toBe(5000);
  });

  test('[CON-5] automatically: a crash brings back everything since the last automatic commit, and loses nothing', () => {
    const path = pathOf(finished(crashing('auto', { 'auto.commit.interval.ms': 1500 })), 'sink');
    expect(path).toMatchObject({ processed: 5000, skippedByReset: 0, underWay: 0 });
    // Committed at 1.5 s, crashed at 2.003 s.
    expect(path.processedAgain).toBeGreaterThan(450);
    expect(path.processedAgain).toBeLessThan(550);
  });

  test('[CON-5] a stop in order commits what was served: nothing is read again', () => {
    for (const mode of ['auto', 'after-processing']) {
      const document = crashing(mode);
      const faults = crash.map((fault) => (fault.action === 'member.crash' ? { ...fault, action: 'member.stop' as const } : fault));
      const path = pathOf(finished({ ...document, scenario: { ...document.scenario, faults } }), 'sink');
      expect(path).toMatchObject({ processed: 5000, processedAgain: 0, skippedByReset: 0, underWay: 0 });
    }
  });

  test('[CON-3] a crashed member is noticed by its silence: its partitions move when its session is over', () => {
    const document = simple({
      topic: { partitions: 2 },
      source: { 'key.shape': 'uniform', 'workload.rate': 200 },
      sink: { instances: 2, 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 2000 },
      faults: [{ atMs: 10_000, action: 'member.crash', node: 'sink', member: 1 }],
      seconds: 40,
    });
    const run = start(document);
    runTo(run, 13_000);
    expect(reportOf(run).groups[0]!.members[0]!.partitions).toHaveLength(1);
    expect(lagOf(run)).toBeGreaterThan(200);
    runTo(run, 25_000);
    expect(reportOf(run).groups[0]!.members[0]!.partitions).toHaveLength(2);
    expect(lagOf(run)).toBeLessThan(10);
    expect(notices(run)).toContain('member.session-expired');
  });
});

describe('where reading starts', () => {
  const late = (reset: string): Run =>
    finished(
      simple({
        source: { 'workload.records': 3000 },
        sink: { 'auto.offset.reset': reset, 'service.time.ms': 0.1 },
        faults: [
          { atMs: 0, action: 'member.stop', node: 'sink', member: 0 },
          { atMs: 1000, action: 'member.restart', node: 'sink', member: 0 },
        ],
      }),
    );

  test('[CON-1] earliest: at the first record there is; latest: at the end', () => {
    expect(pathOf(late('earliest'), 'sink')).toMatchObject({ processed: 3000, skippedByReset: 0 });
    const { processed, skippedByReset } = pathOf(late('latest'), 'sink');
    expect(processed + skippedByReset).toBe(3000);
    expect(skippedByReset).toBeGreaterThanOrEqual(1000);
    expect(skippedByReset).toBeLessThan(1010);
  });

  test('[CON-15] by_duration: at the first record that is no older', () => {
    const run = late('by_duration:PT0.25S');
    const { processed, skippedByReset } = pathOf(run, 'sink');
    expect(processed + skippedByReset).toBe(3000);
    expect(skippedByReset).toBeGreaterThanOrEqual(750);
    expect(skippedByReset).toBeLessThan(760);
    expect(notices(run)).toContain('offset.reset');
    expect(pathOf(late('by_duration:PT1H'), 'sink')).toMatchObject({ processed: 3000, skippedByReset: 0 });
    // Where no record is that young, the next one is the first.
    expect(pathOf(late('by_duration:PT0S'), 'sink').skippedByReset).toBeGreaterThanOrEqual(1000);
  });

  test('[CON-6] none: a member without a committed offset fails', () => {
    const run = late('none');
    expect(notices(run)).toContain('member.failed');
    expect(pathOf(run, 'sink')).toMatchObject({ processed: 0, underWay: 3000 });
  });

  test('[CON-2] an offset that retention has taken is reset; what was jumped over is expired, not skipped', () => {
    const run = finished(
      simple({
        topic: { 'segment.bytes': 5000, 'retention.ms': 1000 },
        cluster: { 'log.retention.check.interval.ms': 500 },
        sink: { 'service.time.ms': 0.1 },
        faults: [
          { atMs: 1000, action: 'member.stop', node: 'sink', member: 0 },
          { atMs: 6000, action: 'member.restart', node: 'sink', member: 0 },
        ],
      }),
    );
    const path = pathOf(run, 'sink');
    expect(path.expiredUnread).toBeGreaterThan(3000);
    expect(path.skippedByReset).toBe(0);
    expect(path.processed + path.expiredUnread + path.underWay).toBe(path.produced);
    expect(notices(run)).toContain('offset.reset');
  });

  test('[CON-2] so is one that leaves the log while it is being read', () => {
    const run = finished(
      simple({
        topic: { 'segment.bytes': 5000, 'retention.ms': 1000 },
        cluster: { 'log.retention.check.interval.ms': 500 },
        sink: { 'service.time.ms': 5, 'max.partition.fetch.bytes': 2000 },
        seconds: 20,
      }),
    );
    const path = pathOf(run, 'sink');
    expect(path.expiredUnread).toBeGreaterThan(5000);
    expect(path.processed).toBeGreaterThan(3000);
    expect(path.processed + path.expiredUnread + path.underWay).toBe(path.produced);
  });
});

describe('polling and lag', () => {
  test('[CON-7] max.poll.records only slices what was fetched', () => {
    const document = simple({
      source: { 'workload.group.size': 100, 'workload.records': 100 },
      sink: { 'max.poll.records': 30, 'service.time.ms': 1 },
    });
    const run = start(document);
    const polls: number[] = [];
    for (let ms = 1; ms < 200; ms++) {
      runTo(run, ms + 0.5);
      polls.push(run.state.workers[0]!.count);
    }
    expect([...new Set(polls)]).toEqual([30, 10, 0]);
  });

  test('[CON-7] without prefetch each poll takes what is in the log at that moment', () => {
    const sink = { prefetch: false, 'max.poll.records': 50, 'write.batch.records': 50, 'service.time.ms': 20 };
    const document = simple({ source: { 'workload.records': 200 }, sink });
    const { probe, served } = collect(document, 'sink');
    runTo(start(document, { probe }), 1000);
    // The first write finds one record (or none but its own); each later one what came during the 20 ms before.
    const writes = [
      ...new Map(served.map((record) => [record.endMs, served.filter((other) => other.endMs === record.endMs).length])).values(),
    ];
    expect(writes[0]).toBe(1);
    expect(writes.slice(1, -1)).toEqual(writes.slice(1, -1).fill(20));
  });

  test('[CON-8] lag is what is in the log and not served yet, at any moment', () => {
    const run = start(simple({ sink: { 'service.time.ms': 1.25 }, seconds: 5 }));
    for (const ms of [1, 17.5, 333.3, 1000, 2500.1]) {
      runTo(run, ms);
      const sent = Math.floor(ms) + 1;
      const served = Math.min(sent, Math.floor(ms / 1.25));
      expect([ms, lagOf(run)]).toEqual([ms, sent - served]);
      expect(reportOf(run).topics[0]!.records).toBe(sent);
      expect(nodeOf(run, 'sink').recordsIn).toBe(served);
    }
    // Its age: the oldest record not served was sent a fifth of the time ago.
    expect(reportOf(run).groups[0]!.lagSeconds).toBeCloseTo(2.5 / 5, 2);
  });

  test('[CON-9] a poll that takes longer than max.poll.interval.ms costs the member its partitions', () => {
    const document = simple({
      source: { 'workload.records': 200, 'workload.rate': 100 },
      sink: { 'max.poll.interval.ms': 10_000 },
      faults: [
        { atMs: 1000, action: 'outage.start', node: 'sink' },
        { atMs: 21_000, action: 'outage.end', node: 'sink' },
      ],
      seconds: 60,
    });
    const run = start(document);
    runTo(run, 20_000);
    expect(reportOf(run).groups[0]!.state).toBe('Empty');
    runTo(run, 60_000);
    expect(reportOf(run).groups[0]!.state).toBe('Stable');
    expect(pathOf(run, 'sink')).toMatchObject({ processed: 200, underWay: 0 });
  });
});

test('[CON-10] fetch configs that are changed while it runs hold from the next fetch on, and a fetch that waits is asked for anew', () => {
  const set = (atMs: number, config: string, value: number): Fault => ({ atMs, action: 'config.set', node: 'sink', config, value });
  const faults = [set(2003, 'fetch.min.bytes', 1_000_000), set(2003, 'fetch.max.wait.ms', 400), set(4003, 'fetch.min.bytes', 1)];
  const document = simple({ source: { 'workload.rate': 100 }, sink: { 'service.time.ms': 0 }, faults, seconds: 6 });
  const { probe, served } = collect(document, 'sink');
  runTo(start(document, { probe }), 6000);
  const longest = (fromMs: number, toMs: number) =>
    Math.max(...served.filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs).map(({ sentMs, endMs }) => endMs - sentMs));
  expect(longest(1000, 2000)).toBe(0);
  expect(longest(2010, 3500)).toBeGreaterThan(350);
  expect(longest(2010, 3500)).toBeLessThanOrEqual(400);
  expect(longest(4010, 6000)).toBe(0);
});
