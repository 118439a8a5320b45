import { describe, expect, test, vi } from 'vitest';
import type { Fault, PipelineDocument } from '../../pipeline/document.ts';
import { advance, intervene } from './advance.ts';
import { checkpoint, restore } from './checkpoint.ts';
import { documentOf, finished, nodeOf, runTo, simple, start, topologyOf } from './harness.ts';
import type { Run } from './build.ts';
import { fingerprint, reportOf } from './views/report.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Two sources, three processors of different kinds, two groups, faults of every kind. */
const busy: PipelineDocument = documentOf({
  nodes: {
    web: {
      kind: 'producer',
      config: { 'workload.shape': 'poisson', 'workload.rate': 400, 'key.shape': 'zipf', 'linger.ms': 5 },
      to: ['clicks'],
    },
    app: {
      kind: 'producer',
      config: { 'workload.shape': 'sine', 'workload.rate': 200, 'workload.sine.amplitude': 150, 'workload.sine.period.ms': 4000 },
      to: ['taps'],
    },
    clicks: { kind: 'topic', config: { partitions: 4, 'segment.bytes': 20_000, 'retention.ms': 3000 }, to: ['both', 'slow'] },
    taps: { kind: 'topic', config: { partitions: 3 }, to: ['both'] },
    both: { kind: 'merge', config: { instances: 2, 'partition.assignment.strategy': 'cooperative-sticky' }, to: ['all'] },
    all: { kind: 'topic', config: { partitions: 4 }, to: ['some'] },
    some: { kind: 'filter', config: { 'pass.probability': 0.5, 'service.time.ms': 0.2 }, to: ['kept'] },
    kept: { kind: 'topic', to: ['worker'] },
    worker: {
      kind: 'service',
      config: {
        concurrency: 4,
        'service.time.ms': 6,
        'service.time.distribution': 'lognormal',
        'error.rate': 0.05,
        'error.action': 'skip',
      },
    },
    slow: {
      kind: 'sink',
      config: { instances: 3, 'service.time.ms': 12, 'commit.mode': 'auto', 'session.timeout.ms': 6000, 'max.poll.records': 40 },
    },
  },
  cluster: { brokers: 3, 'network.latency.ms': 0.4, 'request.handler.ms': 0.05, 'log.retention.check.interval.ms': 1000 },
  faults: [
    { atMs: 2000, action: 'member.crash', node: 'slow', member: 1 },
    { atMs: 2500, action: 'slow', node: 'some', factor: 3 },
    { atMs: 3000, action: 'outage.start', node: 'worker' },
    { atMs: 4000, action: 'outage.end', node: 'worker' },
    { atMs: 4500, action: 'member.add', node: 'both' },
    { atMs: 5000, action: 'config.set', node: 'web', config: 'workload.rate', value: 700 },
    { atMs: 6000, action: 'member.stop', node: 'both', member: 0 },
    { atMs: 7000, action: 'member.restart', node: 'slow', member: 1 },
  ],
  seconds: 9,
});
const endMs = busy.scenario.durationMs;

/** Every path of the ledger adds up to what was produced. */
function expectBalance(run: Run): void {
  for (const path of reportOf(run).ledger.paths) {
    const { node, produced, processed, expiredUnread, skippedByReset, underWay } = path;
    expect({ node, sum: processed + expiredUnread + skippedByReset + underWay }).toEqual({ node, sum: produced });
    expect(underWay).toBeGreaterThanOrEqual(0);
  }
}

describe('repeatable', () => {
  const whole = finished(busy);

  test('[RUN-1] the same document and seed give the same run, another seed another one', () => {
    expect(reportOf(finished(busy))).toEqual(reportOf(whole));
    expect(fingerprint(runTo(start(busy, { seed: 2 }), endMs))).not.toBe(fingerprint(whole));
  });

  test('[RUN-2] odd slices with a look at everything between them are the same run', () => {
    const run = start(busy);
    let untilUs = 0;
    for (let step = 1; untilUs < endMs * 1000; step++) {
      untilUs = Math.min(endMs * 1000, untilUs + ((step * 7919) % 90_001));
      while (advance(run, { untilUs, maxEvents: 1 + ((step * 31) % 997) }).kind === 'events') reportOf(run);
      expectBalance(run);
    }
    expect(fingerprint(run)).toBe(fingerprint(whole));
    expect(reportOf(run)).toEqual(reportOf(whole));
  });

  test.each([1, 999, 20_011])('[RUN-3] a checkpoint after %i events goes on as the run does', (events) => {
    const run = start(busy);
    advance(run, { untilUs: Infinity, maxEvents: events });
    const copy = restore(topologyOf(busy), checkpoint(run));
    runTo(copy, endMs);
    expect(fingerprint(copy)).toBe(fingerprint(whole));
    expect(reportOf(copy)).toEqual(reportOf(whole));
  });

  test('[RUN-4] what a person does is a fault of the scenario: the document with it recorded is the same run', () => {
    const run = start(busy);
    const recorded: Fault[] = [];
    const act = (atMs: number, action: Parameters<typeof intervene>[1]) => {
      runTo(run, atMs);
      const { fault, refusal } = intervene(run, action);
      expect(refusal).toBeNull();
      recorded.push(fault!);
    };
    act(1234.5, { action: 'member.add', node: 'slow' });
    act(3500, { action: 'slow', node: 'slow', factor: 2 });
    act(6000, { action: 'config.set', node: 'slow', config: 'service.time.ms', value: 3 });
    runTo(run, endMs);
    // Where in the list they stand makes no difference.
    const again = finished({ ...busy, scenario: { ...busy.scenario, faults: [...recorded, ...busy.scenario.faults] } });
    expect(fingerprint(again)).toBe(fingerprint(run));
    expect(reportOf(again).nodes).toEqual(reportOf(run).nodes);
    expect(fingerprint(run)).not.toBe(fingerprint(whole));
  });

  test('[RUN-4] an action that cannot be is refused with the reason', () => {
    const run = start(busy);
    expect(intervene(run, { action: 'member.add', node: 'clicks' }).refusal).toMatch(/reads no topic/);
    expect(intervene(run, { action: 'member.stop', node: 'slow', member: 9 }).refusal).toMatch(/no member 9/);
    expect(intervene(run, { action: 'config.set', node: 'slow', config: 'instances', value: 2 }).refusal).toMatch(/cannot change/);
  });

  test('[RUN-7] a node that is added leaves the draws of the others alone', () => {
    const document = simple({
      source: { 'workload.shape': 'poisson', 'workload.rate': 200 },
      sink: { 'service.time.distribution': 'exponential' },
    });
    const more: PipelineDocument = {
      ...document,
      nodes: [{ id: 'audit', kind: 'sink', name: 'audit', config: { 'auto.offset.reset': 'earliest' } }, ...document.nodes],
      edges: [...document.edges, { id: 'audit', source: 'topic', target: 'audit' }],
    };
    expect(nodeOf(finished(more), 'sink').latency).toEqual(nodeOf(finished(document), 'sink').latency);
  });
});

describe('accounted for', () => {
  test('[RUN-5] at every moment each record of a path is processed, expired, skipped or under way', () => {
    const run = start(busy);
    for (let ms = 250; ms <= endMs; ms += 250) expectBalance(runTo(run, ms));
    const slow = reportOf(run).ledger.paths.find((path) => path.node === 'slow')!;
    expect(slow.expiredUnread).toBeGreaterThan(0);
  });

  test('[RUN-5] records that retention takes from a reader that is away count as expired before it returns', () => {
    const document = simple({
      topic: { 'segment.bytes': 5000, 'retention.ms': 1000 },
      cluster: { 'log.retention.check.interval.ms': 500 },
      faults: [{ atMs: 1000, action: 'member.stop', node: 'sink', member: 0 }],
    });
    const run = finished(document);
    expectBalance(run);
    const expired = nodeOf(run, 'sink').expiredUnread;
    expect(expired).toBeGreaterThan(7000);
    expect(nodeOf(run, 'topic').expiredUnread).toBe(reportOf(run).topics[0]!.expired);
    runTo(start({ ...document, scenario: { ...document.scenario, faults: [] } }), 10_000);
  });

  test('[RUN-5] nodes that share a group share its path, whoever reads which partition', () => {
    const gateway = { kind: 'sink', config: { 'group.id': 'gateways', 'service.time.ms': 2 } } as const;
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { 'key.shape': 'uniform' }, to: ['topic'] },
        topic: { kind: 'topic', config: { partitions: 4 }, to: ['mail', 'sms'] },
        mail: gateway,
        sms: gateway,
      },
      faults: [
        { atMs: 3000, action: 'member.stop', node: 'sms', member: 0 },
        { atMs: 6000, action: 'member.add', node: 'sms' },
      ],
    });
    const run = start(document);
    for (let ms = 500; ms <= 10_000; ms += 500) expectBalance(runTo(run, ms));
    const [mail, sms] = reportOf(run).ledger.paths;
    expect({ ...mail, node: 'sms' }).toEqual(sms);
    expect(mail!.processed).toBe(nodeOf(run, 'mail').recordsIn + nodeOf(run, 'sms').recordsIn - mail!.processedAgain);
  });

  test('[RUN-6] an objective without a number does not pass', () => {
    const objective = {
      id: 'o',
      name: 'fast',
      node: 'sink',
      metric: 'latency.ms',
      statistic: 'mean',
      comparison: '<=',
      value: 10,
    } as const;
    const [report] = reportOf(finished(simple({ source: { 'workload.rate': 0 }, objectives: [objective], seconds: 1 }))).objectives;
    expect(report).toMatchObject({ value: null, pass: false });
    expect(report!.sentence).toContain('no such number');
  });

  test('[RUN-6] objectives about topics: what retention deleted', () => {
    const objective = {
      id: 'o',
      name: 'gone',
      node: 'topic',
      metric: 'records.expired',
      statistic: 'total',
      comparison: '>=',
      value: 5000,
    } as const;
    const document = simple({
      topic: { 'segment.bytes': 5000, 'retention.ms': 1000 },
      cluster: { 'log.retention.check.interval.ms': 500 },
      objectives: [objective],
    });
    expect(reportOf(finished(document)).objectives[0]).toMatchObject({ pass: true });
  });
});
