import { describe, expect, test } from 'vitest';
import { fingerprint, reportOf } from '../run/views/report.ts';
import { checkpoint, restore } from '../run/checkpoint.ts';
import { collect, nodeOf, pathOf, runTo, simple, start, topologyOf } from '../run/harness.ts';
import type { Config, Fault } from '../../pipeline/document.ts';

const mb = 1_000_000;

/** 100 kB/s in segments of 1 MB, 10 s each. */
function tiered(options: { topic?: Config; cluster?: Config; faults?: readonly Fault[]; seconds?: number; sink?: Config } = {}) {
  const topic = {
    'remote.storage.enable': true,
    'segment.bytes': mb,
    'local.retention.bytes': 2 * mb,
    'retention.ms': -1,
    ...options.topic,
  };
  return simple({
    source: { 'workload.rate': 10, 'value.size.bytes': 9_930, 'batch.size': 1 },
    topic,
    sink: { 'service.time.ms': 0, ...options.sink },
    cluster: { 'log.retention.check.interval.ms': 5_000, 'remote.log.manager.task.interval.ms': 10_000, ...options.cluster },
    faults: options.faults ?? [],
    seconds: options.seconds ?? 200,
  });
}

const late: readonly Fault[] = [
  { atMs: 1, action: 'member.crash', node: 'sink', member: 0 },
  { atMs: 150_000, action: 'member.restart', node: 'sink', member: 0 },
];

describe('tiered storage', () => {
  test('[CAP-6] closed segments are copied at the interval, and the disk keeps local.retention.bytes', () => {
    const run = runTo(start(tiered()), 100_000);
    const { tier, log } = run.ctx.partitions[0]!;
    expect(log.logStartOffset).toBe(0);
    expect(tier!.copiedUpTo).toBeGreaterThan(790);
    expect(tier!.copiedUpTo).toBeLessThan(log.logEndOffset);
    const { topics, storage } = reportOf(run);
    expect(topics[0]!.remoteBytes).toBeGreaterThan(7.5 * mb);
    expect(topics[0]!.diskBytes).toBeGreaterThanOrEqual(2 * mb);
    expect(topics[0]!.diskBytes).toBeLessThan(4.2 * mb);
    expect(storage.remoteBytes).toBe(topics[0]!.remoteBytes);
    // The log of the group's offsets is on the disk as well.
    expect(storage.diskBytes - topics[0]!.diskBytes).toBe(run.ctx.partitions.at(-1)!.log.sizeBytes);
  });

  test('[CAP-6] nothing is deleted locally before it is copied: with a slow way there the disk holds more', () => {
    const run = runTo(start(tiered({ cluster: { 'remote.storage.bytes.per.second': 20_000 } })), 200_000);
    const { tier } = run.ctx.partitions[0]!;
    // 1 MB in 50 s.
    expect(tier!.copiedUpTo).toBeGreaterThan(250);
    expect(tier!.copiedUpTo).toBeLessThan(410);
    expect(tier!.localStartOffset).toBeLessThanOrEqual(tier!.copiedUpTo);
    expect(reportOf(run).topics[0]!.diskBytes).toBeGreaterThan(15 * mb);
  });

  test('[CAP-6] an active segment that is due for local retention is rolled and copied', () => {
    const run = runTo(
      start(tiered({ topic: { 'segment.bytes': 100 * mb, 'local.retention.bytes': -2, 'local.retention.ms': 20_000 } })),
      30_000,
    );
    expect(run.ctx.partitions[0]!.log.segments.length).toBe(1);
    const idle = simple({
      source: { 'workload.rate': 10, 'workload.records': 50 },
      topic: { 'remote.storage.enable': true, 'local.retention.ms': 20_000, 'retention.ms': -1 },
      cluster: { 'log.retention.check.interval.ms': 5_000, 'remote.log.manager.task.interval.ms': 10_000 },
      seconds: 100,
    });
    const { log, tier } = runTo(start(idle), 60_000).ctx.partitions[0]!;
    expect([log.segments.length, tier!.copiedUpTo, tier!.localStartOffset, log.logStartOffset]).toEqual([2, 50, 50, 0]);
  });

  test('[CAP-7] readers of what is only remote wait for its latency and bandwidth', () => {
    const document = tiered({ faults: late, cluster: { 'remote.storage.latency.ms': 400, 'remote.storage.bytes.per.second': 5 * mb } });
    const { probe, served } = collect(document, 'sink');
    const run = runTo(start(document, { probe }), 200_000);
    expect(run.ctx.capacity.remoteTier!.bytesRead[0]).toBeGreaterThan(11 * mb);
    expect(served.length).toBe(nodeOf(run, 'sink').recordsIn);
    const restart = served.find(({ startMs }) => startMs > 100_000)!;
    // The group needs no time to form, so its first answer is what took 400 ms and the transfer of a segment.
    expect(restart.startMs).toBeGreaterThan(150_400);
    expect(pathOf(run, 'sink')).toMatchObject({ expiredUnread: 0, lost: 0 });
    const ideal = tiered({ faults: late, cluster: { 'remote.storage.latency.ms': 0, 'remote.storage.bytes.per.second': 0 } });
    const caughtUp = runTo(start(ideal), 151_000);
    expect(nodeOf(caughtUp, 'sink').recordsIn).toBeGreaterThan(1_500);
  });

  test('[CAP-8] retention of the whole log deletes from the remote tier, and the log begins later', () => {
    const run = runTo(start(tiered({ topic: { 'retention.bytes': 5 * mb }, sink: { 'service.time.ms': 0 } })), 200_000);
    const { log } = run.ctx.partitions[0]!;
    expect(log.sizeBytes).toBeGreaterThanOrEqual(5 * mb);
    expect(log.sizeBytes).toBeLessThan(8 * mb);
    expect(log.logStartOffset).toBeGreaterThan(1_100);
    const byTime = runTo(start(tiered({ topic: { 'retention.ms': 60_000 } })), 200_000).ctx.partitions[0]!;
    expect(byTime.log.segments[0]!.largestTimestampMs).toBeGreaterThan(200_000 - 60_000 - 10_000);
    expect(byTime.expiredRecords).toBe(byTime.log.logStartOffset);
  });

  test('[CAP-6] a leader that died leaves its copy behind; the next one begins it anew', () => {
    const document = tiered({
      topic: { 'replication.factor': 2 },
      cluster: { brokers: 2, 'broker.session.timeout.ms': 2000, 'remote.storage.bytes.per.second': 50_000 },
    });
    const { leader } = start(document).ctx.partitions[0]!;
    const kill: Fault = { atMs: 45_000, action: 'broker.kill', broker: leader };
    const run = runTo(start({ ...document, scenario: { ...document.scenario, faults: [kill] } }), 44_000);
    const before = run.ctx.partitions[0]!.tier!.copiedUpTo;
    runTo(run, 150_000);
    const { tier, holder } = run.ctx.partitions[0]!;
    expect(holder).not.toBe(leader);
    expect(tier!.copiedUpTo).toBeGreaterThan(before);
    expect(pathOf(run, 'sink')).toMatchObject({ lost: 0, expiredUnread: 0 });
  });

  test('[CAP-6] a checkpoint goes on alike', () => {
    const document = tiered({ faults: late });
    const run = runTo(start(document), 152_000);
    const copy = restore(topologyOf(document), checkpoint(run));
    expect(fingerprint(runTo(copy, 200_000))).toBe(fingerprint(runTo(run, 200_000)));
  });
});
