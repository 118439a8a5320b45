import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../pipeline/document.ts';
import { partitionLag } from '../metrics/lag.ts';
import { advance } from './advance.ts';
import type { Run } from './build.ts';
import { checkpoint, restore } from './checkpoint.ts';
import { documentOf, runTo, start } from './harness.ts';
import { fingerprint, reportOf } from './views/report.ts';

const seconds = 12;
const modes = ['auto', 'after-processing', 'before-processing'];
const consumer = fc.record({
  instances: fc.integer({ min: 1, max: 3 }),
  'commit.mode': fc.constantFrom(...modes),
  'auto.commit.interval.ms': fc.constantFrom(300, 5000),
  'max.poll.records': fc.constantFrom(1, 20, 500),
  'partition.assignment.strategy': fc.constantFrom('range', 'cooperative-sticky'),
  'group.instance.id': fc.constantFrom('', 'static'),
  'auto.offset.reset': fc.constantFrom('earliest', 'latest'),
  'session.timeout.ms': fc.constantFrom(1500, 6000),
  'heartbeat.interval.ms': fc.constant(500),
  'max.poll.interval.ms': fc.constantFrom(2000, 300_000),
  'service.time.ms': fc.constantFrom(0, 2, 12),
  'service.time.distribution': fc.constantFrom('constant', 'exponential'),
});
const producing = fc.record({
  'linger.ms': fc.constantFrom(0, 5),
  'buffer.memory': fc.constantFrom(3000, 33_554_432),
  'batch.size': fc.constantFrom(1000, 16_384),
});
const fault = fc.record({
  atMs: fc.integer({ min: 0, max: seconds * 1000 }),
  action: fc.constantFrom('member.add', 'member.stop', 'member.crash', 'member.restart', 'outage.start', 'outage.end', 'slow'),
  node: fc.constantFrom('work', 'sink'),
  member: fc.constant(0),
  factor: fc.constantFrom(0.5, 1, 4),
});

/** The fault with only the fields of its action. */
function faultOf({
  atMs,
  action,
  node,
  member,
  factor,
}: {
  atMs: number;
  action: string;
  node: string;
  member: number;
  factor: number;
}): Fault {
  if (action === 'slow') return { atMs, action, node, factor };
  if (action === 'member.add' || action === 'outage.start' || action === 'outage.end') return { atMs, action, node };
  return { atMs, action: action as 'member.crash', node, member };
}

const pipelines = fc
  .record({
    partitions: fc.integer({ min: 1, max: 4 }),
    retains: fc.boolean(),
    source: fc.record({
      'workload.rate': fc.constantFrom(30, 150),
      'workload.group.size': fc.constantFrom(1, 7),
      'key.shape': fc.constantFrom('none', 'uniform'),
    }),
    work: fc.tuple(
      consumer,
      producing,
      fc.record({
        concurrency: fc.constantFrom(1, 3),
        'error.rate': fc.constantFrom(0, 0.2),
        'error.action': fc.constantFrom('retry', 'skip'),
      }),
    ),
    sink: fc.tuple(
      consumer,
      fc.record({ 'write.batch.records': fc.constantFrom(1, 10), 'rate.limit': fc.constantFrom(0, 100), prefetch: fc.boolean() }),
    ),
    latency: fc.constantFrom(0, 2),
    faults: fc.array(fault, { maxLength: 8 }),
    seed: fc.nat(1000),
  })
  .map(({ partitions, retains, source, work, sink, latency, faults, seed }): PipelineDocument => {
    const topic: Config = { partitions, ...(retains && { 'retention.ms': 4000, 'segment.bytes': 3000 }) };
    return documentOf({
      nodes: {
        source: { kind: 'producer', config: source, to: ['in'] },
        in: { kind: 'topic', config: topic, to: ['work', 'sink'] },
        work: { kind: 'service', config: { ...work[0], ...work[1], ...work[2] }, to: ['out'] },
        out: { kind: 'topic', config: topic, to: ['sink'] },
        sink: { kind: 'sink', config: { ...sink[0], ...sink[1] } },
      },
      cluster: { brokers: 2, 'network.latency.ms': latency, 'log.retention.check.interval.ms': 1000 },
      faults: faults.map(faultOf),
      seconds,
      seed,
    });
  });

/** What holds of every run at every moment. */
function check(run: Run): void {
  const { ctx } = run;
  const report = reportOf(run);
  for (const { node, produced, processed, expiredUnread, skippedByReset, lost, underWay, processedAgain } of report.ledger.paths) {
    expect({ node, sum: processed + expiredUnread + skippedByReset + lost + underWay }).toEqual({ node, sum: produced });
    for (const count of [processed, expiredUnread, skippedByReset, lost, underWay, processedAgain]) expect(count).toBeGreaterThanOrEqual(0);
  }
  report.groups.forEach((group, g) => {
    for (const [index, offset] of ctx.groups[g]!.committed.entries())
      expect(offset).toBeLessThanOrEqual(ctx.partitions[index]!.log.logEndOffset);
    for (const { lagRecords } of group.partitions) expect(lagRecords).toBeGreaterThanOrEqual(0);
    // In a stable group no partition has two owners of its generation; a member that was put out may not know it yet.
    if (group.state !== 'Stable') return;
    const owned = ctx.members
      .filter((member) => member.group === g && member.generation === group.generation)
      .flatMap((member) => member.owned);
    expect(new Set(owned).size).toBe(owned.length);
  });
  for (const consumerState of ctx.consumers) {
    for (const { index, processed, position, fetchOffset } of consumerState.owned) {
      if (fetchOffset < 0) continue;
      expect(processed).toBeLessThanOrEqual(position);
      expect(position).toBeLessThanOrEqual(fetchOffset);
      expect(fetchOffset).toBeLessThanOrEqual(ctx.partitions[index]!.log.logEndOffset);
      const lag = partitionLag(ctx, consumerState.group, index, consumerState.index);
      const { logStartOffset, highWatermark } = ctx.partitions[index]!.log;
      expect(lag.records).toBe(highWatermark - Math.max(processed, logStartOffset));
    }
  }
  for (const producer of ctx.producers) {
    expect(producer.ackedRecords + producer.failedRecords + producer.pendingRecords).toBeLessThanOrEqual(producer.sentRecords);
  }
}

test('[RUN-5] [RUN-2] [RUN-3] whatever is drawn and whatever fails: counts balance, slices and checkpoints change nothing (seed 20261)', () => {
  fc.assert(
    fc.property(pipelines, (document) => {
      const run = start(document);
      for (let ms = 333; ms <= seconds * 1000; ms += 333) check(runTo(run, ms));
      runTo(run, seconds * 1000);
      check(run);
      const other = start(document);
      advance(other, { untilUs: Infinity, maxEvents: 2345 });
      const restored = runTo(restore(other.topology, checkpoint(other)), Math.max(seconds * 1000, other.ctx.events.nowUs / 1000));
      if (other.ctx.events.nowUs <= seconds * 1e6) expect(fingerprint(restored)).toBe(fingerprint(run));
    }),
    { seed: 20261, numRuns: 25 },
  );
}, 60_000);
