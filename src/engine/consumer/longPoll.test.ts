/** Sentence by sentence how a consumer fetches (DelayedFetch, FetchSession, AbstractFetch). */
import { describe, expect, test } from 'vitest';
import { advance } from '../run/advance.ts';
import type { Run } from '../run/build.ts';
import { collect, nodeOf, pathOf, runTo, simple, start } from '../run/harness.ts';

/** Looks after every event. */
function watch(run: Run, untilMs: number, look: () => void): Run {
  while (advance(run, { untilUs: untilMs * 1000, maxEvents: 1 }).kind !== 'reached') look();
  return run;
}

describe('one session for each broker', () => {
  const design = (instances: number) =>
    simple({
      source: { 'workload.rate': 500, 'workload.records': 1000, 'key.shape': 'uniform', 'key.count': 40 },
      topic: { partitions: 6 },
      sink: { 'service.time.ms': 0.2, instances },
      cluster: { brokers: 3, 'network.latency.ms': 2 },
      seconds: 10,
    });

  test('[BRK-42] a member has one request in flight at a broker, never two, and asks for nothing that it has buffered', () => {
    const run = start(design(2));
    const { ctx } = run;
    const last = new Map<number, number>();
    let requests = 0;
    let together = 0;
    watch(run, 3500, () => {
      for (const { index, sessions, owned } of ctx.consumers) {
        const open = sessions.map((slot) => ctx.fetchSessions.items[slot]!);
        expect(new Set(open.map(({ broker }) => broker)).size).toBe(open.length);
        if (open.filter(({ state }) => state !== 'idle').length > 1) together++;
        for (const session of open) {
          if (session.state !== 'travelling' || last.get(session.id) === session.requestId) continue;
          last.set(session.id, session.requestId);
          requests++;
          owned.forEach((one) => {
            if (ctx.fetchSessions.items[one.session] !== session || session.included[one.place] === 0) return;
            expect([index, one.buffered]).toEqual([index, 0]);
          });
        }
      }
    });
    expect(requests).toBeGreaterThan(100);
    // To different brokers there are several at once.
    expect(together).toBeGreaterThan(100);
    expect(pathOf(run, 'sink').processed).toBe(1000);
  });

  test('[BRK-42] an answer holds the partitions that have something, and no others', () => {
    // Two partitions for each broker.
    const run = start(design(1));
    let answers = 0;
    let partial = 0;
    watch(run, 3500, () => {
      for (const session of run.ctx.fetchSessions.items) {
        if (!session || session.state !== 'answering' || session.fetched.length === 0) continue;
        answers++;
        for (const fetched of session.fetched) expect(fetched.count).toBeGreaterThan(0);
        if (session.fetched.length < session.included.reduce((sum, one) => sum + one, 0)) partial++;
      }
    });
    expect(answers).toBeGreaterThan(100);
    expect(partial).toBeGreaterThan(50);
  });
});

describe('what wakes a long poll', () => {
  const quick = { 'fetch.max.wait.ms': 20_000, 'service.time.ms': 0, 'auto.offset.reset': 'earliest' };

  test('[BRK-3] the high watermark: with several replicas one fetch of theirs after the append', () => {
    const delayOf = (copies: number): number => {
      const document = simple({
        source: { 'workload.records': 1, 'workload.start.ms': 5000, acks: '1', 'enable.idempotence': false, 'linger.ms': 0 },
        topic: { 'replication.factor': copies },
        sink: quick,
        cluster: { brokers: 3, 'network.latency.ms': 10 },
      });
      const { probe, served } = collect(document, 'sink');
      runTo(start(document, { probe }), 9000);
      expect(served).toHaveLength(1);
      return served[0]!.endMs - served[0]!.sentMs;
    };
    // There and back; with followers the answer to their fetch and their next fetch in between.
    expect(delayOf(1)).toBeCloseTo(20, 0);
    expect(delayOf(3)).toBeCloseTo(40, 0);
  });

  test('[BRK-3] read_committed: the last stable offset, which is the end of the transaction', () => {
    const design = (isolation: string) =>
      simple({
        source: {
          'workload.rate': 100,
          'workload.records': 100,
          'workload.start.ms': 5000,
          'transactional.id': 'orders',
          'transaction.records': 50,
        },
        sink: { ...quick, 'isolation.level': isolation },
        cluster: { 'network.latency.ms': 1 },
        seconds: 20,
      });
    const delays = (isolation: string): number[] => {
      const { probe, served } = collect(design(isolation), 'sink');
      runTo(start(design(isolation), { probe }), 15_000);
      expect(served).toHaveLength(100);
      return served.map(({ sentMs, endMs }) => endMs - sentMs);
    };
    // A record waits for those of its transaction that come after it, half a second in all, and not for fetch.max.wait.ms.
    expect(Math.max(...delays('read_uncommitted'))).toBeLessThan(30);
    const committed = delays('read_committed');
    expect(Math.max(...committed)).toBeGreaterThan(450);
    expect(Math.max(...committed)).toBeLessThan(600);
    expect(Math.min(...committed)).toBeLessThan(60);
  });

  test('[CON-11] a fetch that a slow broker does not answer within request.timeout.ms is given up and asked again', () => {
    const run = start(
      simple({
        source: { 'workload.rate': 1000, 'workload.records': 2000, 'value.size.bytes': 1000 },
        sink: { 'service.time.ms': 0, 'request.timeout.ms': 2_000, 'auto.offset.reset': 'earliest' },
        cluster: { 'page.cache.bytes': 65_536, 'disk.read.bytes.per.second': 100_000, 'disk.bytes.per.second': 0 },
        faults: [
          { atMs: 100, action: 'consumer.pause', node: 'sink' },
          { atMs: 5_000, action: 'consumer.resume', node: 'sink' },
        ],
        seconds: 60,
      }),
    );
    runTo(run, 8_000);
    // A megabyte at 100 kB/s: asked for at 5 s, given up at 7 s, asked for again after reconnect.backoff.ms. In vain: the disk is no faster then.
    const { sentUs, state } = run.ctx.fetchSessions.items.find((session) => session !== null)!;
    expect(state).toBe('answering');
    expect(sentUs).toBeGreaterThan(7.03e6);
    expect(sentUs).toBeLessThan(7.1e6);
    expect(nodeOf(run, 'sink').recordsIn).toBeLessThan(200);
  });
});
