import { describe, expect, test } from 'vitest';
import { advance } from '../run/advance.ts';
import { collect, finished, nodeOf, pathOf, runTo, simple, start, type Served } from '../run/harness.ts';
import { reportOf } from '../run/views/report.ts';

function served(options: Parameters<typeof simple>[0], untilMs = 3000): Served[] {
  const document = simple({ sink: { 'service.time.ms': 0 }, ...options });
  const { probe, served } = collect(document, 'sink');
  runTo(start(document, { probe }), untilMs);
  return served;
}

const one = { 'workload.records': 1, 'workload.start.ms': 1000 };
const delays = (list: readonly Served[]) => list.map((record) => Math.round((record.endMs - record.sentMs) * 1000) / 1000);

describe('what a request pays', () => {
  test('[BRK-1] nothing costs nothing: a record is read in the microsecond it was sent', () => {
    expect(delays(served({ source: one }))).toEqual([0]);
  });

  test('[BRK-1] produce there, answer of the waiting fetch back: two ways of latency and one handler time', () => {
    expect(delays(served({ source: one, cluster: { 'network.latency.ms': 3, 'request.handler.ms': 0.5 } }))).toEqual([6.5]);
  });

  test('[BRK-1] bytes take their time on the network of a broker, each way', () => {
    // 10,000 bytes/s: a batch of one record of 100 bytes has 61 + 107 or 108 bytes.
    const [delay] = delays(served({ source: one, cluster: { 'network.bytes.per.second': 10_000 } }));
    expect(delay).toBeGreaterThan(2 * 16);
    expect(delay).toBeLessThan(2 * 17 + 10);
  });

  test('[BRK-1] handlers are servers: with one of them requests queue', () => {
    const source = {
      'workload.rate': 1000,
      'workload.records': 20,
      'workload.start.ms': 1000,
      acks: '0',
      'enable.idempotence': false,
      'max.in.flight.requests.per.connection': 1000,
    };
    const cluster = { 'request.handler.ms': 2 };
    const single = delays(served({ source, cluster: { ...cluster, 'num.io.threads': 1 } }));
    const many = delays(served({ source, cluster: { ...cluster, 'num.io.threads': 64 } }));
    expect(Math.max(...single)).toBeGreaterThan(15);
    expect(Math.max(...many)).toBeLessThan(6);
  });

  test('[BRK-2] a producer hears of its batch when it is on the disk; readers need not wait for that', () => {
    const document = simple({ source: one, sink: { 'service.time.ms': 0 }, cluster: { 'disk.bytes.per.second': 1000 } });
    const run = start(document);
    runTo(run, 1050);
    expect([nodeOf(run, 'sink').recordsIn, nodeOf(run, 'source').recordsOut]).toEqual([1, 0]);
    runTo(run, 1300);
    expect(nodeOf(run, 'source').recordsOut).toBe(1);
  });
});

describe('fetching', () => {
  test('[BRK-3] a fetch waits for fetch.min.bytes, but no longer than fetch.max.wait.ms', () => {
    const sink = { 'service.time.ms': 0, 'fetch.min.bytes': 1_000_000, 'fetch.max.wait.ms': 300, 'max.partition.fetch.bytes': 10_000_000 };
    const list = served({ source: { 'workload.rate': 100, 'workload.records': 100 }, sink });
    const answers = [...new Set(list.map((record) => record.endMs))];
    expect(answers).toEqual([300, 600, 900, 1200]);
  });

  test('[BRK-3] or until they are there', () => {
    const sink = { 'service.time.ms': 0, 'fetch.min.bytes': 1600, 'fetch.max.wait.ms': 30_000 };
    const list = served({ source: { 'workload.rate': 100, 'workload.records': 95 }, sink });
    const sizes = [...new Set(list.map((record) => record.endMs))].map((end) => list.filter((record) => record.endMs === end).length);
    // A batch of one such record has between 160 and 180 bytes.
    for (const size of sizes) expect([9, 10]).toContain(size);
    expect(list.length).toBeLessThan(95);
  });

  test('[BRK-3] a reader that is behind by a segment does not wait', () => {
    const sink = { 'service.time.ms': 0, 'fetch.min.bytes': 1_000_000, 'fetch.max.wait.ms': 30_000 };
    const source = { 'workload.rate': 100, 'workload.records': 100 };
    expect(served({ source, sink })).toEqual([]);
    // Batches of 168 or 169 bytes: five in a segment, which the first of the next rolls.
    const list = served({ source, sink, topic: { 'segment.bytes': 1000 } });
    expect(list).toHaveLength(95);
    expect(list.every(({ sentMs, endMs }) => endMs - sentMs <= 50)).toBe(true);
  });

  test('[BRK-3] a partition counts for no more than max.partition.fetch.bytes of it', () => {
    const sink = { 'service.time.ms': 0, 'fetch.min.bytes': 1600, 'fetch.max.wait.ms': 500, 'max.partition.fetch.bytes': 1000 };
    const list = served({ source: { 'workload.rate': 100, 'workload.records': 10 }, sink });
    expect(list[0]!.endMs).toBe(500);
  });

  test('[BRK-3] waiting fetches are looked at when all of a produce request is written: one answer for all its partitions', () => {
    // Each group of 60 records goes to six partitions in one request. With one broker there is one fetch at a time.
    const source = {
      'workload.group.size': 60,
      'workload.rate': 60,
      'workload.records': 60,
      'workload.start.ms': 1000,
      'key.shape': 'sequential',
    };
    const config = { ...source, 'linger.ms': 1 };
    const document = simple({ source: config, topic: { partitions: 6 }, sink: { 'service.time.ms': 1, 'max.poll.records': 500 } });
    const run = start(document);
    runTo(run, 1005);
    expect(run.state.workers[0]!.count).toBe(60);
  });

  test('[BRK-3] a reader that does not wait passes time even where nothing costs any', () => {
    for (const sink of [{ 'fetch.max.wait.ms': 0 }, { 'fetch.min.bytes': 0 }, { 'fetch.max.wait.ms': 0, prefetch: false }]) {
      const run = start(simple({ sink, seconds: 1 }));
      advance(run, { untilUs: 1e6, maxEvents: 20_000 });
      expect(reportOf(run).outcome).toBe('finished');
      expect(pathOf(run, 'sink').processed).toBeGreaterThan(900);
    }
  });

  test('[BRK-4] an answer holds whole batches, and the first one however large it is', () => {
    const source = { 'workload.group.size': 40, 'workload.rate': 400, 'workload.records': 400, 'linger.ms': 1 };
    const sink = { 'service.time.ms': 1, 'max.partition.fetch.bytes': 1, 'fetch.max.bytes': 1 };
    const run = start(simple({ source, sink }));
    const polls: number[] = [];
    for (let ms = 0.5; ms < 2000; ms += 1) {
      runTo(run, ms);
      polls.push(run.state.workers[0]!.count);
    }
    expect([...new Set(polls)].sort()).toEqual([0, 40]);
    runTo(run, 5000);
    expect(pathOf(run, 'sink')).toMatchObject({ processed: 400, underWay: 0 });
  });
});

test('[BRK-8] a topic gives out what is fetched from it, once for each group and again for what is fetched again', () => {
  const document = simple({ source: { 'workload.records': 500 }, sink: { 'service.time.ms': 0 }, seconds: 3 });
  expect(nodeOf(finished(document), 'topic')).toMatchObject({ recordsIn: 500, recordsOut: 500 });
  const crash = [
    { atMs: 1000, action: 'member.crash' as const, node: 'sink', member: 0 },
    { atMs: 1100, action: 'member.restart' as const, node: 'sink', member: 0 },
  ];
  const never = { 'commit.mode': 'auto', 'auto.commit.interval.ms': 60_000, 'session.timeout.ms': 300, 'heartbeat.interval.ms': 50 };
  const again = finished(
    simple({ source: { 'workload.records': 500 }, sink: { 'service.time.ms': 0, ...never }, faults: crash, seconds: 3 }),
  );
  expect(nodeOf(again, 'topic').recordsOut).toBe(1000);
});

test('[BRK-4] fetch.max.bytes of 0 still lets one batch through, answer by answer', () => {
  for (const sink of [{ 'fetch.max.bytes': 0 }, { 'max.partition.fetch.bytes': 0 }]) {
    const run = finished(simple({ sink: { 'service.time.ms': 0, ...sink }, topic: { partitions: 3 }, seconds: 1 }));
    expect(pathOf(run, 'sink').processed).toBeGreaterThan(990);
  }
});

describe('logs of a broker', () => {
  test('[BRK-5] retention takes whole segments whose newest record is too old, when it is looked for', () => {
    const document = simple({
      source: { 'workload.rate': 100 },
      sink: { 'service.time.ms': 0 },
      topic: { 'segment.bytes': 2000, 'retention.ms': 1000 },
      cluster: { 'log.retention.check.interval.ms': 4000 },
    });
    const run = start(document);
    runTo(run, 3999);
    expect(reportOf(run).topics[0]!.expired).toBe(0);
    runTo(run, 4001);
    const { expired, records, partitions } = reportOf(run).topics[0]!;
    expect(expired).toBeGreaterThan(280);
    expect(expired).toBeLessThanOrEqual(300);
    expect(partitions[0]!.logStartOffset).toBe(expired);
    expect(expired + records).toBe(401);
  });

  test('[BRK-6] a batch above max.message.bytes is refused, and its records count as failed', () => {
    const run = finished(simple({ source: { 'workload.records': 10, 'value.size.bytes': 2000 }, topic: { 'max.message.bytes': 1000 } }));
    expect(nodeOf(run, 'source').failed).toBe(10);
    expect(nodeOf(run, 'topic').recordsIn).toBe(0);
  });

  test('[BRK-6] so is one above segment.bytes', () => {
    const run = finished(simple({ source: { 'workload.records': 10, 'value.size.bytes': 2000 }, topic: { 'segment.bytes': 1000 } }));
    expect(nodeOf(run, 'source').failed).toBe(10);
    expect(nodeOf(run, 'topic').recordsIn).toBe(0);
  });
});
