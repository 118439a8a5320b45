import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { collect, documentOf, finished, lagOf, nodeOf, pathOf, runTo, simple, start, type Served } from '../run/harness.ts';
import { reportOf } from '../run/views/report.ts';

/** Records served by the sink of source → topic → sink. */
function served(options: Parameters<typeof simple>[0], untilMs: number): Served[] {
  const document = simple(options);
  const { probe, served } = collect(document, 'sink');
  runTo(start(document, { probe }), untilMs);
  return served;
}

/** Ten records at once, at 0 ms. */
const tenAtOnce: Config = { 'workload.group.size': 10, 'workload.records': 10, 'workload.rate': 1000 };
const ends = (list: readonly Served[]) => list.map((record) => record.endMs);

describe('a sink', () => {
  test('[SRV-1] serves one record after the other, the next when the one before has ended', () => {
    expect(ends(served({ source: tenAtOnce, sink: { 'service.time.ms': 7 } }, 1000))).toEqual([7, 14, 21, 28, 35, 42, 49, 56, 63, 70]);
  });

  test('[SRV-1] a free member serves a record when it arrives', () => {
    const list = served({ source: { 'workload.rate': 100, 'workload.records': 20 }, sink: { 'service.time.ms': 3 } }, 1000);
    expect(list.map((record) => record.endMs - record.sentMs)).toEqual(new Array(20).fill(3));
  });

  test('[SRV-2] a write takes one service time however many records it holds; they end together', () => {
    const sink = { 'service.time.ms': 7, 'write.batch.records': 4 };
    expect(ends(served({ source: tenAtOnce, sink }, 1000))).toEqual([7, 7, 7, 7, 14, 14, 14, 14, 21, 21]);
    expect(nodeOf(finished(simple({ source: tenAtOnce, sink, seconds: 1 })), 'sink').utilisation).toBeCloseTo(0.021, 9);
  });

  test('[SRV-3] permits of a rate limit come evenly, each instance has its own, and idle time saves none up', () => {
    const list = served(
      { source: { ...tenAtOnce, 'workload.records': 20, 'workload.rate': 10 }, sink: { 'service.time.ms': 0, 'rate.limit': 100 } },
      3000,
    );
    const steps = (records: readonly Served[]) => records.slice(1).map((record, i) => record.endMs - records[i]!.endMs);
    expect(steps(list.slice(0, 10))).toEqual(new Array(9).fill(10));
    expect(list[10]!.endMs).toBe(1000);
    expect(steps(list.slice(10))).toEqual(new Array(9).fill(10));
  });

  test('[SRV-4] in an outage everything stands still, and goes on after it where it stood', () => {
    const faults: Fault[] = [
      { atMs: 10, action: 'outage.start', node: 'sink' },
      { atMs: 510, action: 'outage.end', node: 'sink' },
    ];
    const list = served({ source: tenAtOnce, sink: { 'service.time.ms': 7 }, faults }, 2000);
    expect(ends(list)).toEqual([7, ...[14, 21, 28, 35, 42, 49, 56, 63, 70].map((ms) => ms + 500)]);
  });

  test('[SRV-4] a poll that begins in an outage waits for its end', () => {
    const faults: Fault[] = [
      { atMs: 100, action: 'outage.start', node: 'sink' },
      { atMs: 400, action: 'outage.end', node: 'sink' },
    ];
    const list = served({ source: { 'workload.rate': 5, 'workload.records': 2 }, sink: { 'service.time.ms': 7 }, faults }, 1000);
    expect(ends(list)).toEqual([7, 407]);
  });

  test('[SRV-5] a factor stretches what is left of a service, and every service from then on', () => {
    const faults: Fault[] = [
      { atMs: 10, action: 'slow', node: 'sink', factor: 3 },
      { atMs: 40, action: 'slow', node: 'sink', factor: 1 },
    ];
    const source = { ...tenAtOnce, 'workload.records': 5, 'workload.group.size': 5 };
    // At 10 ms, 4 of the second record's 7 ms are left: 12. The third would end at 43; of its 21 ms 3 are left at 40, which become 1.
    expect(ends(served({ source, sink: { 'service.time.ms': 7 }, faults }, 1000))).toEqual([7, 22, 41, 48, 55]);
  });

  test('[SRV-5] a factor that comes in an outage counts from where the work stood', () => {
    const faults: Fault[] = [
      { atMs: 10, action: 'outage.start', node: 'sink' },
      { atMs: 50, action: 'slow', node: 'sink', factor: 2 },
      { atMs: 110, action: 'outage.end', node: 'sink' },
    ];
    const source = { ...tenAtOnce, 'workload.records': 3, 'workload.group.size': 3 };
    expect(ends(served({ source, sink: { 'service.time.ms': 7 }, faults }, 1000))).toEqual([7, 118, 132]);
  });

  test('[SRV-9] a change of the service time holds from the next poll on', () => {
    const document = simple({
      source: { 'workload.rate': 10, 'workload.records': 10 },
      sink: { 'service.time.ms': 5 },
      faults: [{ atMs: 450, action: 'config.set', node: 'sink', config: 'service.time.ms', value: 9 }],
    });
    const { probe, served: list } = collect(document, 'sink');
    runTo(start(document, { probe }), 2000);
    expect(list.map((record) => record.endMs - record.sentMs)).toEqual([5, 5, 5, 5, 5, 9, 9, 9, 9, 9]);
  });
});

/** source → in → work (a service) → out → sink */
const work = (config: Config, more: { source?: Config; faults?: readonly Fault[]; seconds?: number } = {}) =>
  documentOf({
    nodes: {
      source: { kind: 'producer', config: more.source ?? tenAtOnce, to: ['in'] },
      in: { kind: 'topic', to: ['work'] },
      work: { kind: 'service', config, to: ['out'] },
      out: { kind: 'topic', to: ['sink'] },
      sink: { kind: 'sink', config: { 'service.time.ms': 0 } },
    },
    faults: more.faults ?? [],
    seconds: more.seconds ?? 2,
  });

describe('a processor', () => {
  test('[SRV-6] sends a record on at the moment its service ends, with the time the source gave it', () => {
    const document = work({ 'service.time.ms': 7 });
    const { probe, served: list } = collect(document, 'sink');
    runTo(start(document, { probe }), 1000);
    expect(list.map((record) => record.sentMs)).toEqual([7, 14, 21, 28, 35, 42, 49, 56, 63, 70]);
    expect(list.map((record) => record.originMs)).toEqual(new Array(10).fill(0));
  });

  test('[SRV-7] with concurrency, so many records are in service at once, and the next one goes to whoever is free', () => {
    const document = work({ 'service.time.ms': 7, concurrency: 4 });
    const { probe, served: list } = collect(document, 'work');
    runTo(start(document, { probe }), 1000);
    expect(ends(list)).toEqual([7, 7, 7, 7, 14, 14, 14, 14, 21, 21]);
  });

  test('[SRV-7] records that end out of order count as processed, but the group moves up to the first one that has not', () => {
    const config = { concurrency: 8, 'service.time.distribution': 'exponential', 'service.time.ms': 50 };
    const run = start(
      work(config, { source: { 'workload.rate': 100 }, faults: [{ atMs: 1500, action: 'member.crash', node: 'work', member: 0 }] }),
    );
    for (let ms = 100; ms <= 2000; ms += 100) {
      runTo(run, ms);
      const path = pathOf(run, 'work');
      expect(path.processed + path.underWay).toBe(path.produced);
    }
    expect(pathOf(run, 'work').processedAgain).toBeGreaterThan(0);
  });

  test('[SRV-8] a failed service is tried again and takes its time again; every record comes through', () => {
    const run = finished(
      work({ 'service.time.ms': 2, 'error.rate': 0.5 }, { source: { 'workload.rate': 100, 'workload.records': 500 }, seconds: 20 }),
    );
    const report = nodeOf(run, 'work');
    expect(report.failed).toBe(0);
    expect(nodeOf(run, 'out').recordsIn).toBe(500);
    // Two attempts a record on average, 4 ms in all.
    expect(report.utilisation! * 20_000).toBeGreaterThan(1700);
    expect(report.utilisation! * 20_000).toBeLessThan(2300);
  });

  test('[SRV-8] or it is skipped: counted as failed, not sent on', () => {
    const config = { 'service.time.ms': 2, 'error.rate': 0.5, 'error.action': 'skip' };
    const run = finished(work(config, { source: { 'workload.rate': 100, 'workload.records': 500 }, seconds: 10 }));
    const { failed, recordsIn } = nodeOf(run, 'work');
    expect(recordsIn).toBe(500);
    expect(failed).toBeGreaterThan(200);
    expect(nodeOf(run, 'out').recordsIn).toBe(500 - failed);
    expect(pathOf(run, 'sink').produced).toBe(500 - failed);
  });

  test('[SRV-8] an error rate of 1 ends', () => {
    const run = finished(work({ 'service.time.ms': 0.01, 'error.rate': 1 }, { source: { 'workload.rate': 10, 'workload.records': 3 } }));
    expect(nodeOf(run, 'work').failed).toBe(3);
  });

  test('[SRV-10] without buffer memory it stands still until there is some, and loses nothing', () => {
    const config = { 'service.time.ms': 0, 'batch.size': 1000, 'buffer.memory': 2000, 'linger.ms': 20, 'max.block.ms': 60_000 };
    const document = { ...work(config, { source: { 'workload.rate': 2000, 'workload.records': 4000 }, seconds: 30 }) };
    const slowNetwork = { ...document, cluster: { config: { ...document.cluster.config, 'network.latency.ms': 25 } } };
    const run = finished(slowNetwork);
    expect(run.state.timeline.entries.some((entry) => entry.code === 'producer.blocked')).toBe(true);
    expect(nodeOf(run, 'out').recordsIn).toBe(4000);
    expect(nodeOf(run, 'sink').recordsIn).toBe(4000);
    expect(nodeOf(run, 'work').lagRecordsMax).toBeGreaterThan(1000);
    expect(lagOf(run)).toBe(0);
  });

  test('[SRV-6] a filter drops what does not pass, and says how many', () => {
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { 'workload.records': 2000 }, to: ['in'] },
        in: { kind: 'topic', to: ['some'] },
        some: { kind: 'filter', config: { 'pass.probability': 0.25 }, to: ['out'] },
        out: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink', config: { 'service.time.ms': 0 } },
      },
    });
    const run = finished(document);
    const { filtered } = pathOf(run, 'some');
    expect(filtered).toBeGreaterThan(1400);
    expect(filtered).toBeLessThan(1600);
    expect(reportOf(run).nodes.find((node) => node.node === 'sink')!.recordsIn).toBe(2000 - filtered);
  });
});
