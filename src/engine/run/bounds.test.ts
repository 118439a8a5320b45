import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { documentOf, nodeOf, runTo, simple, start } from './harness.ts';
import { reportOf } from './views/report.ts';

test('[RUN-8] a member that comes late or was down counts for the time it was up', () => {
  const overloaded = { 'service.time.ms': 4, 'max.poll.records': 10, 'session.timeout.ms': 100, 'heartbeat.interval.ms': 30 };
  const late = simple({ sink: overloaded, topic: { partitions: 2 }, faults: [{ atMs: 9000, action: 'member.add', node: 'sink' }] });
  expect(nodeOf(runTo(start(late), 10_000), 'sink').utilisation).toBeGreaterThan(0.95);
  const down = simple({
    sink: overloaded,
    faults: [
      { atMs: 2000, action: 'member.crash', node: 'sink', member: 0 },
      { atMs: 8000, action: 'member.restart', node: 'sink', member: 0 },
    ],
  });
  const { utilisation } = nodeOf(runTo(start(down), 10_000), 'sink');
  expect(utilisation).toBeGreaterThan(0.95);
  expect(utilisation).toBeLessThanOrEqual(1);
});

test('[RUN-8] a member that serves several records at once is busy when it serves as many as it can', () => {
  const document = documentOf({
    nodes: {
      source: { kind: 'producer', config: { 'workload.rate': 100 }, to: ['in'] },
      in: { kind: 'topic', to: ['work'] },
      work: { kind: 'service', config: { concurrency: 10, 'service.time.ms': 20 }, to: ['out'] },
      out: { kind: 'topic' },
    },
  });
  const run = runTo(start(document), 10_000);
  const [member] = reportOf(run).groups[0]!.members;
  expect(member!.busy).toBeCloseTo(nodeOf(run, 'work').utilisation!, 6);
  expect(member!.busy).toBeCloseTo(0.2, 1);
});

test('[RUN-9] a run ends, bounded, before records outgrow their numbers', () => {
  const run = start(simple({ seconds: 10 }));
  Object.assign(run.state.limits, { recordsMax: 3000 });
  const outcome = advance(run, { untilUs: 10e6, maxEvents: Infinity });
  expect(outcome).toEqual({ kind: 'bounded', bound: '3000 records at one node' });
  expect(reportOf(run)).toMatchObject({ outcome: 'bounded', boundReached: '3000 records at one node' });
  expect(run.state.events.nowUs).toBeLessThan(3.2e6);
});

test('[BRK-6] records a processor sends and the broker refuses count as failed at the processor', () => {
  const document = documentOf({
    nodes: {
      source: { kind: 'producer', config: { 'workload.records': 20, 'value.size.bytes': 500 }, to: ['in'] },
      in: { kind: 'topic', to: ['pick'] },
      pick: { kind: 'filter', to: ['out'] },
      out: { kind: 'topic', config: { 'max.message.bytes': 200 } },
    },
  });
  const run = runTo(start(document), 10_000);
  expect(nodeOf(run, 'pick')).toMatchObject({ recordsIn: 20, recordsOut: 20, failed: 20 });
  expect(nodeOf(run, 'out').recordsIn).toBe(0);
});
