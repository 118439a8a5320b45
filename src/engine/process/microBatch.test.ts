import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { checkpoint, restore } from '../run/checkpoint.ts';
import { collect, documentOf, nodeOf, pathOf, runTo, start } from '../run/harness.ts';
import { fingerprint } from '../run/views/report.ts';

/** One record a millisecond through a query in batches; its results are read by a sink that takes no time. */
function design(
  query: Config,
  more: { readonly topic?: Config; readonly source?: Config; readonly faults?: readonly Fault[]; readonly seconds?: number } = {},
) {
  return documentOf({
    nodes: {
      source: { kind: 'producer', config: { ...more.source }, to: ['topic'] },
      topic: { kind: 'topic', config: { ...more.topic }, to: ['query'] },
      query: { kind: 'micro-batch', config: { 'service.time.ms': 0, 'batch.overhead.ms': 100, ...query }, to: ['results'] },
      results: { kind: 'topic', to: ['sink'] },
      sink: { kind: 'sink', config: { 'service.time.ms': 0 } },
    },
    faults: more.faults ?? [],
    seconds: more.seconds ?? 10,
  });
}

/** The ends of batches in ms, each with how many records it held. */
function batches(document: ReturnType<typeof design>): readonly (readonly [endMs: number, records: number])[] {
  const { probe, served } = collect(document, 'query');
  runTo(start(document, { probe }), document.scenario.durationMs);
  const ends = new Map<number, number>();
  for (const { endMs } of served) ends.set(endMs, (ends.get(endMs) ?? 0) + 1);
  return [...ends];
}

describe('micro-batches', () => {
  test('[BAT-1] each begins at a multiple of the interval and takes what is there; all of it ends together', () => {
    const found = batches(design({ 'trigger.interval.ms': 1000 })).slice(1);
    expect(found.length).toBeGreaterThan(7);
    for (const [endMs, records] of found) {
      expect(endMs % 1000).toBeCloseTo(100, 0);
      expect(records).toBeGreaterThan(997);
      expect(records).toBeLessThan(1004);
    }
  });

  test('[BAT-1] its results are in the log when it ends, not before', () => {
    const document = design({ 'trigger.interval.ms': 1000, 'service.time.ms': 0.4 });
    const { probe, served } = collect(document, 'sink');
    runTo(start(document, { probe }), 10_000);
    const came = new Set(served.map(({ endMs }) => Math.floor(endMs)));
    expect(came.size).toBeLessThan(12);
    expect(served.length).toBeGreaterThan(7_900);
  });

  test('[BAT-2] a batch takes its overhead, and as long as its fullest partition on the cores there are', () => {
    const even = { 'trigger.interval.ms': 1000, 'service.time.ms': 0.2 };
    const took = (query: Config) =>
      batches(design({ ...even, ...query }, { topic: { partitions: 4 }, source: { 'key.shape': 'sequential' } }))
        .slice(2)
        .map(([endMs]) => endMs % 1000);
    for (const ms of took({})) expect(Math.abs(ms - 300)).toBeLessThan(3);
    for (const ms of took({ 'executor.cores': 4 })) expect(Math.abs(ms - 150)).toBeLessThan(20);
    for (const ms of took({ 'executor.cores': 40 })) expect(Math.abs(ms - 150)).toBeLessThan(20);
  });

  test('[BAT-3] one that takes longer than the interval is followed by the next at once, and that is told once', () => {
    const document = design({ 'trigger.interval.ms': 1000, 'batch.overhead.ms': 1500 });
    const run = runTo(start(document), 10_000);
    const ends = batches(document).map(([endMs]) => endMs);
    for (let i = 2; i < ends.length; i++) expect(ends[i]! - ends[i - 1]!).toBeCloseTo(1500, -1);
    expect(run.ctx.timeline.entries.filter(({ code }) => code === 'batch.behind')).toHaveLength(1);
  });

  test('[BAT-3] without an interval the next batch begins at once, and after nothing looks again soon', () => {
    const ends = batches(design({}, { source: { 'workload.records': 2000 } }));
    expect(ends.reduce((sum, [, records]) => sum + records, 0)).toBe(2000);
    for (let i = 2; i < ends.length - 1; i++) expect(ends[i]![0] - ends[i - 1]![0]).toBeLessThan(102);
  });

  test('[BAT-4] maxOffsetsPerTrigger is shared out by how much each partition holds', () => {
    const document = design(
      { 'trigger.interval.ms': 1000, maxOffsetsPerTrigger: 500 },
      { topic: { partitions: 3 }, source: { 'key.shape': 'hot', 'key.hot.share': 0.8 } },
    );
    for (const [, records] of batches(document).slice(2)) {
      expect(records).toBeGreaterThanOrEqual(497);
      expect(records).toBeLessThanOrEqual(503);
    }
    const lag = nodeOf(runTo(start(document), 10_000), 'query');
    expect(lag.recordsIn).toBeLessThan(5_100);
  });

  test('[BAT-4] without it one batch takes all that waited, however many answers it comes in', () => {
    const faults: Fault[] = [
      { atMs: 2500, action: 'member.stop', node: 'query', member: 0 },
      { atMs: 7500, action: 'member.restart', node: 'query', member: 0 },
    ];
    const found = batches(design({ 'trigger.interval.ms': 1000, 'max.partition.fetch.bytes': 20_000 }, { faults, seconds: 14 }));
    expect(Math.max(...found.map(([, records]) => records))).toBeGreaterThan(4_500);
  });

  test('[BAT-5] offsets are committed when a batch is done: what a crash cuts off is worked off again, and nothing is lost', () => {
    const faults: Fault[] = [
      { atMs: 4_150, action: 'member.crash', node: 'query', member: 0 },
      { atMs: 4_200, action: 'member.restart', node: 'query', member: 0 },
    ];
    const document = design(
      { 'trigger.interval.ms': 1000, 'service.time.ms': 0.3, 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 1000 },
      { faults, source: { 'workload.records': 8000 }, seconds: 40 },
    );
    const run = runTo(start(document, { ledger: true }), 40_000);
    expect(nodeOf(run, 'sink').recordsIn).toBe(8000);
    expect(pathOf(run, 'sink')).toMatchObject({ lost: 0, processedAgain: 0 });
  });

  test('[BAT-5] a copy taken at any moment of a batch goes on as the run does', () => {
    const query = {
      'trigger.interval.ms': 700,
      'service.time.ms': 0.2,
      'service.time.distribution': 'exponential',
      'max.partition.fetch.bytes': 5_000,
    };
    const document = { ...design(query, { topic: { partitions: 3 } }), cluster: { config: { brokers: 2, 'network.latency.ms': 3 } } };
    const whole = fingerprint(runTo(start(document), 6_000));
    for (const ms of [2_800.5, 2_803, 2_806.5, 2_850, 3_000]) {
      const run = runTo(start(document), ms);
      expect(fingerprint(runTo(restore(run.topology, checkpoint(run)), 6_000))).toBe(whole);
    }
  });
});
