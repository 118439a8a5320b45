/** Share groups (KIP-932) in runs. */
import { expect, test } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import type { Run } from '../build.ts';
import { collect, finished, nodeOf, pathOf, runTo, type Served, simple, start } from '../harness.ts';
import { reportOf } from '../views/report.ts';

const shared: Config = { 'group.protocol': 'share', 'share.auto.offset.reset': 'earliest', 'service.time.ms': 1 };

/** A producer for five seconds, then silence, so that everything comes to its end. */
function shareRun(options: {
  sink?: Config;
  topic?: Config;
  source?: Config;
  cluster?: Config;
  faults?: readonly Fault[];
  seconds?: number;
}): Run {
  const { sink = {}, topic = {}, source = {}, cluster = {}, faults = [], seconds = 10 } = options;
  return finished(
    simple({ topic, source: { 'workload.records': 5000, ...source }, sink: { ...shared, ...sink }, cluster, faults, seconds, seed: 7 }),
  );
}

const shares = (run: Run) => [...run.ctx.share.groups[0]!.partitions.values()];
const totals = (run: Run) => {
  const { partitions } = reportOf(run).groups[0]!;
  const sum = (
    name:
      | 'accepted'
      | 'redeliveries'
      | 'archivedByLimit'
      | 'rejected'
      | 'deliveries'
      | 'locksTimedOut'
      | 'acknowledgementsRefused'
      | 'locksRenewed',
  ) => partitions.reduce((total, { share }) => total + share![name], 0);
  return {
    accepted: sum('accepted'),
    redeliveries: sum('redeliveries'),
    limit: sum('archivedByLimit'),
    rejected: sum('rejected'),
    timeouts: sum('locksTimedOut'),
    refused: sum('acknowledgementsRefused'),
    renewed: sum('locksRenewed'),
  };
};

function expectConserved(run: Run): void {
  const path = pathOf(run, 'sink');
  const { produced, markers, processed, archived, expiredUnread, skippedByReset, steppedOver, lost, underWay } = path;
  expect(processed + archived + expiredUnread + skippedByReset + steppedOver + lost + underWay).toBe(produced + markers);
}

test('[SHG-3] more members than partitions all work, and every record is accepted once', () => {
  const run = shareRun({ sink: { instances: 6, 'service.time.ms': 5, 'max.poll.records': 1 }, topic: { partitions: 2 } });
  const { members, lagRecords, state } = reportOf(run).groups[0]!;
  expect([state, lagRecords, members.length]).toEqual(['Stable', 0, 6]);
  for (const { processed } of members) expect(processed).toBeGreaterThan(400);
  expect(totals(run)).toEqual({ accepted: 5000, redeliveries: 0, limit: 0, rejected: 0, timeouts: 0, refused: 0, renewed: 0 });
  expect(pathOf(run, 'sink')).toMatchObject({ produced: 5000, processed: 5000, processedAgain: 0, underWay: 0 });
});

test('[SHG-4] a crashed member keeps its locks until they run out; then others get its records', () => {
  const crash: Fault = { action: 'member.crash', atMs: 2000, node: 'sink', member: 0 };
  const run = start(
    simple({
      sink: { ...shared, instances: 2, 'service.time.ms': 50, 'max.poll.records': 20 },
      source: { 'workload.records': 100 },
      cluster: { 'group.share.record.lock.duration.ms': 5000 },
      faults: [crash],
      seconds: 20,
    }),
  );
  runTo(run, 2001);
  const held = shares(run)[0]!.ranges.filter(({ member }) => member === 0);
  const locked = held.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  expect(locked).toBeGreaterThan(0);
  runTo(run, 20_000);
  expect(totals(run)).toMatchObject({ accepted: 100, timeouts: locked, redeliveries: locked });
  expectConserved(run);
});

test('[SHG-5] who is slower than its lock delivers twice: its acknowledgement is refused', () => {
  const run = shareRun({
    source: { 'workload.records': 3 },
    sink: { instances: 2, 'service.time.ms': 1500, 'max.poll.records': 1 },
    cluster: { 'group.share.record.lock.duration.ms': 1000 },
    seconds: 60,
  });
  const { timeouts, refused, limit, accepted } = totals(run);
  // Every attempt outlasts the lock: each record is delivered five times, and archived. What the last one says comes when the start is behind the record, and is passed over.
  expect([accepted, limit, timeouts, refused]).toEqual([0, 3, 15, 12]);
  expect(pathOf(run, 'sink')).toMatchObject({ archived: 3, processed: 0, processedAgain: 15, underWay: 0 });
});

test('[SHG-6] explicit: what fails is released and delivered again, at most as often as the limit says', () => {
  const run = finished({
    ...simple({}),
    ...(() => {
      const document = simple({ source: { 'workload.records': 1000 }, seconds: 30 });
      const nodes = document.nodes.map((node) =>
        node.id === 'sink'
          ? {
              ...node,
              kind: 'service' as const,
              config: { ...node.config, ...shared, 'error.rate': 0.5, 'share.acknowledgement.mode': 'explicit' },
            }
          : node,
      );
      return {
        ...document,
        nodes: [...nodes, { id: 'out', kind: 'topic' as const, name: 'out', config: {} }],
        edges: [...document.edges, { id: 'o', source: 'sink', target: 'out' }],
      };
    })(),
  });
  const { accepted, limit } = totals(run);
  expect(accepted + limit).toBe(1000);
  // 1000 / 2^5 on average.
  expect(limit).toBeGreaterThan(10);
  expect(limit).toBeLessThan(60);
  expect(nodeOf(run, 'sink').recordsOut).toBe(accepted);
  expectConserved(run);
});

test('[SHG-8] four members that share one queue wait as Erlang says', () => {
  const document = simple({
    source: { 'workload.shape': 'poisson', 'workload.rate': 3200, 'workload.records': 30_000 },
    sink: {
      ...shared,
      instances: 4,
      'service.time.distribution': 'exponential',
      'max.poll.records': 1,
      'share.acquire.mode': 'record_limit',
    },
    seconds: 11,
    seed: 3,
  });
  const { probe, served } = collect(document, 'sink');
  runTo(start(document, { probe }), 11_000);
  const mean = (of: (one: Served) => number) => served.reduce((sum, one) => sum + of(one), 0) / served.length;
  expect(served).toHaveLength(30_000);
  expect(Math.abs(mean(({ sentMs, startMs }) => (startMs - sentMs >= 0.001 ? 1 : 0)) - 0.5964)).toBeLessThan(0.03);
  expect(Math.abs(mean(({ sentMs, endMs }) => endMs - sentMs) - 1.7455)).toBeLessThan(0.15);
});

test('[SHG-9] a record that hangs at the start holds the others back in the end', () => {
  // The only member that is stuck has the first record; the others run ahead of it until the window is full.
  const cluster = { 'group.share.partition.max.record.locks': 100, 'group.share.record.lock.duration.ms': 60_000 };
  const crash: Fault = { action: 'member.crash', atMs: 0.5, node: 'sink', member: 0 };
  const run = start(
    simple({
      sink: { ...shared, instances: 2, 'max.poll.records': 1, 'share.acquire.mode': 'record_limit' },
      cluster,
      faults: [crash],
      seconds: 20,
    }),
  );
  runTo(run, 20_000);
  const [share] = shares(run);
  expect(share!.endOffset - share!.startOffset).toBeLessThanOrEqual(100);
  expectConserved(run);
});

test('[SHG-10] the leader of the partition dies: the next one goes on from what was written', () => {
  const kill: Fault = { action: 'broker.kill', atMs: 3000, broker: 1 };
  const run = shareRun({
    topic: { partitions: 3, 'replication.factor': 3 },
    cluster: { brokers: 3, 'network.latency.ms': 0.2 },
    sink: { instances: 3 },
    faults: [kill],
    seconds: 60,
  });
  const { accepted, limit } = totals(run);
  expect(accepted + limit).toBe(pathOf(run, 'sink').produced);
  expect(pathOf(run, 'sink').underWay).toBe(0);
  expectConserved(run);
});

test('[SHG-11] who closes gives back what it holds: no lock has to run out', () => {
  const stop: Fault = { action: 'member.stop', atMs: 2000, node: 'sink', member: 0 };
  const run = shareRun({
    source: { 'workload.records': 100 },
    sink: { instances: 2, 'service.time.ms': 50, 'max.poll.records': 20 },
    faults: [stop],
    seconds: 20,
  });
  expect(totals(run)).toMatchObject({ accepted: 100, timeouts: 0, refused: 0 });
  expectConserved(run);
});

/** Three records of 3.5 s each, two members, locks of one second. */
const slow = (renew: boolean, faults: readonly Fault[] = []): Run =>
  shareRun({
    source: { 'workload.records': 3 },
    sink: {
      instances: 2,
      'service.time.ms': 3500,
      'max.poll.records': 1,
      'share.acquire.mode': 'record_limit',
      'share.acknowledgement.mode': 'explicit',
      'share.acknowledgement.renew': renew,
    },
    cluster: { 'group.share.record.lock.duration.ms': 1000 },
    faults,
    seconds: 60,
  });

test('[SHG-12] who renews its locks keeps its records, however slow; without, each is delivered until the limit', () => {
  // Renewed half a second after each poll or renewal: six times in 3.5 s, and the seventh falls on the moment the service ends.
  expect(totals(slow(true))).toEqual({ accepted: 3, redeliveries: 0, limit: 0, rejected: 0, timeouts: 0, refused: 0, renewed: 18 });
  expect(totals(slow(false))).toMatchObject({ accepted: 0, redeliveries: 12, limit: 3, timeouts: 15, renewed: 0 });
});

test('[SHG-12] renewals count as polls: max.poll.interval.ms does not put out who renews', () => {
  const interval = (renew: boolean) =>
    totals(
      shareRun({
        source: { 'workload.records': 2 },
        sink: {
          'service.time.ms': 30_000,
          'max.poll.interval.ms': 20_000,
          'max.poll.records': 1,
          'share.acknowledgement.mode': 'explicit',
          'share.acknowledgement.renew': renew,
        },
        cluster: { 'group.share.record.lock.duration.ms': 5000 },
        seconds: 200,
      }),
    );
  expect(interval(true)).toMatchObject({ accepted: 2, timeouts: 0, redeliveries: 0 });
  expect(interval(false).accepted).toBe(0);
});

test('[SHG-12] who crashes renews nothing any more: its record goes to another', () => {
  const crash: Fault = { action: 'member.crash', atMs: 2000, node: 'sink', member: 0 };
  const run = slow(true, [crash]);
  expect(totals(run)).toMatchObject({ accepted: 3, timeouts: 1, redeliveries: 1, refused: 0 });
  expectConserved(run);
});
