import { describe, expect, test } from 'vitest';
import { EventKind } from '../../kernel/eventKinds.ts';
import type { PipelineDocument } from '../../../pipeline/document.ts';
import { documentOf, nodeOf, runTo, simple, start } from '../harness.ts';
import { fingerprint, reportOf } from './report.ts';

/** Report and timeline at the end of a run that is looked at every `everyMs`. */
function told(document: PipelineDocument, everyMs: number) {
  const run = start(document);
  const endMs = document.scenario.durationMs;
  for (let ms = everyMs; ms < endMs; ms += everyMs) {
    runTo(run, ms);
    reportOf(run);
  }
  runTo(run, endMs);
  return { report: reportOf(run), timeline: run.state.timeline };
}

describe('nobody who looks changes anything', () => {
  test('[RUN-2] records jumped over are expired or skipped by the log at the moment the next one was served', () => {
    // Reads from the end on, slowly, while retention takes what it jumped over in the middle of its first poll.
    const document = simple({
      source: { 'workload.rate': 500 },
      topic: { 'segment.bytes': 2000, 'retention.ms': 200 },
      sink: { 'auto.offset.reset': 'latest', 'service.time.ms': 7, 'fetch.min.bytes': 8_000, 'fetch.max.wait.ms': 60_000 },
      cluster: { 'log.retention.check.interval.ms': 1, 'group.initial.rebalance.delay.ms': 900 },
      seconds: 4,
    });
    expect(told(document, 3)).toEqual(told(document, 10_000));
  });

  test('[RUN-2] service times that are no whole microseconds add up to the same sum in any portions', () => {
    const sink = { 'service.time.distribution': 'exponential', 'service.time.ms': 1.7, instances: 2 };
    const document = simple({ sink, topic: { partitions: 2 }, source: { 'key.shape': 'uniform' }, seconds: 3 });
    expect(told(document, 0.7)).toEqual(told(document, 10_000));
  });

  test('[RUN-2] the timeline is in the order of time, whenever it is read', () => {
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { 'workload.rate': 2000 }, to: ['in'] },
        in: { kind: 'topic', config: { partitions: 2, 'segment.bytes': 4000, 'retention.ms': 300 }, to: ['work'] },
        work: { kind: 'filter', config: { 'buffer.memory': 20_000, instances: 2 }, to: ['out'] },
        out: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink', config: { 'heartbeat.interval.ms': 50 } },
      },
      cluster: { 'network.latency.ms': 5, 'log.retention.check.interval.ms': 70 },
      faults: [1000, 1033, 1501].map((atMs) => ({ atMs, action: 'member.add' as const, node: 'sink' })),
      seconds: 3,
    });
    const looked = told(document, 11);
    expect(looked).toEqual(told(document, 10_000));
    const times = looked.timeline.entries.map((entry) => entry.timeUs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(looked.timeline.entries.filter((entry) => entry.code === 'producer.blocked').length).toBeLessThanOrEqual(2 * 3);
  });
});

test('[SRV-5] a factor of 0 serves at once, and the next one slows services again', () => {
  const faults = [
    { atMs: 1000, action: 'outage.start' as const, node: 'sink' },
    { atMs: 1100, action: 'slow' as const, node: 'sink', factor: 0 },
    { atMs: 1200, action: 'slow' as const, node: 'sink', factor: 2 },
    { atMs: 1300, action: 'outage.end' as const, node: 'sink' },
  ];
  const run = start(simple({ sink: { 'service.time.ms': 3 }, faults, seconds: 4 }));
  runTo(run, 4000);
  const { recordsIn, utilisation, latency } = nodeOf(run, 'sink');
  expect(recordsIn).toBeGreaterThan(600);
  expect(utilisation).toBeGreaterThan(0.5);
  expect(latency!.maxMs).toBeGreaterThan(0);
});

test('[KER-3] generations travel as 32-bit arguments: a run of any number of wakes goes on, and goes on the same', () => {
  const document = simple({ source: { 'linger.ms': 3 }, sink: { 'service.time.ms': 0.4 }, seconds: 2 });
  const usual = runTo(start(document), 2000);
  const old = start(document);
  runTo(old, 500);
  // As after some billions of wakes: everything that is under way is put to the last generations there are.
  const { events, workers, producers, groups } = old.state;
  const shift = (kind: number, a: number, b: number): number => {
    if (kind === EventKind.ProducerWake && b === producers[a]!.wakeGeneration) return 0x7fffffff;
    if ((kind === EventKind.MemberWake || kind === EventKind.ServiceDone) && b === workers[a]!.generation) return 0x7fffffff;
    return b;
  };
  for (const [kinds, as, bs] of [
    [events.slotKind, events.slotA, events.slotB],
    [events.laneKind, events.laneA, events.laneB],
    [events.nearKind, events.nearA, events.nearB],
  ] as const)
    for (let i = 0; i < kinds.length; i++) bs[i] = shift(kinds[i]!, as[i]!, bs[i]!);
  for (const producer of producers) producer.wakeGeneration = 0x7fffffff;
  for (const worker of workers) worker.generation = 0x7fffffff;
  for (const group of groups) group.nextSessionGeneration = 0x7fffffff;
  expect(fingerprint(runTo(old, 2000))).toBe(fingerprint(usual));
});
