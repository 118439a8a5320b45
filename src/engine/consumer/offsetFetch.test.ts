/** OffsetFetch at the group's coordinator, in runs. */
import { describe, expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../pipeline/document.ts';
import { advance } from '../run/advance.ts';
import type { Run } from '../run/build.ts';
import { documentOf, pathOf, runTo, simple, start } from '../run/harness.ts';
import { describeNext } from '../run/views/describe.ts';

/** Every event of a kind up to a moment: its time in ms and what it is about. */
function eventsOf(run: Run, kind: string, untilMs: number): { readonly atMs: number; readonly about: string }[] {
  const found: { atMs: number; about: string }[] = [];
  for (;;) {
    const line = describeNext(run);
    if (advance(run, { untilUs: untilMs * 1000, maxEvents: 1 }).kind === 'reached') return found;
    const [, at, name, about] = /^\s*([\d.]+)\s+(\S+)\s*(.*)$/.exec(line!)!;
    if (name === kind) found.push({ atMs: Number(at), about: about!.replaceAll(/\s+/g, ' ') });
  }
}

/** One partition, three brokers 50 ms away, and a member that leaves and comes back when ten records are committed. */
function returning(options: { cluster?: Config; faults?: readonly Fault[]; sink?: Config } = {}): PipelineDocument {
  return simple({
    cluster: { brokers: 3, 'network.latency.ms': 50, 'broker.restart.ms': 500, ...options.cluster },
    source: { 'workload.rate': 10, 'workload.records': 20 },
    topic: { partitions: 1, 'replication.factor': 3 },
    sink: { 'group.id': 'readers', ...options.sink },
    faults: [
      { atMs: 2000, action: 'member.stop', node: 'sink', member: 0 },
      { atMs: 5000, action: 'member.restart', node: 'sink', member: 0 },
      ...(options.faults ?? []),
    ],
    seconds: 60,
  });
}

const coordinatorOf = (run: Run): number => run.ctx.groups[0]!.coordinator;
/** When the member that came back has sent its OffsetFetch. */
const sentMs = (document: PipelineDocument): number => eventsOf(start(document), 'OffsetFetchArrived', 20_000)[1]!.atMs - 50;

describe('OffsetFetch', () => {
  test.each(['classic', 'consumer'])(
    '[OFS-10] (%s) goes to the broker that coordinates the group, which answers with what is committed',
    (protocol) => {
      const document = returning({ sink: { 'group.protocol': protocol } });
      const run = start(document);
      const answered = eventsOf(run, 'OffsetFetchAnswered', 20_000);
      const broker = coordinatorOf(run);
      const committed = runTo(start(document), 4_900).ctx.groups[0]!.committed[0]!;
      expect(committed).toBeGreaterThanOrEqual(10);
      expect(answered.map(({ about }) => about)).toEqual([
        `sink-0 broker ${broker}: topic-0 -1`,
        `sink-0 broker ${broker}: topic-0 ${committed}`,
      ]);
      expect(pathOf(run, 'sink')).toMatchObject({ processed: 20, processedAgain: 0 });
    },
  );

  test('[OFS-10] pays as other requests: handlers that are busy keep it waiting', () => {
    // Kept busy by another producer, whose requests take longer to handle than they come apart.
    const waits = (handlerMs: number): number => {
      const document = returning({ cluster: { 'request.handler.ms': handlerMs, 'num.io.threads': 1 } });
      const arrived = eventsOf(start(document), 'OffsetFetchArrived', 20_000)[1]!;
      const assigned = eventsOf(start(document), 'MemberAssigned', 20_000)[1]!;
      return arrived.atMs - assigned.atMs;
    };
    expect(waits(0)).toBeCloseTo(50, 3);
    expect(waits(20)).toBeCloseTo(70, 3);
  });

  test('[OFS-11] its coordinator dies while it is on its way: the next one is loading, and then answers', () => {
    const atMs = sentMs(returning()) + 10;
    const coordinator = coordinatorOf(start(returning()));
    const document = returning({
      cluster: { 'offsets.load.bytes.per.second': 200 },
      faults: [{ atMs, action: 'broker.kill', broker: coordinator }],
    });
    const run = start(document);
    const answered = eventsOf(run, 'OffsetFetchAnswered', 60_000).slice(1);
    expect(answered[0]!.about).toMatch(/COORDINATOR_LOAD_IN_PROGRESS$/);
    expect(answered.at(-1)!.about).toMatch(/broker \d: topic-0 11$/);
    expect(coordinatorOf(run)).not.toBe(coordinator);
    expect(pathOf(run, 'sink')).toMatchObject({ produced: 20, processed: 20, processedAgain: 0 });
  });

  test('[OFS-11] while there is no coordinator it waits, however long, and then goes on', () => {
    const atMs = sentMs(returning()) + 10;
    const brokers = [0, 1, 2];
    const faults = [
      ...brokers.map((broker): Fault => ({ atMs, action: 'broker.kill', broker })),
      ...brokers.map((broker): Fault => ({ atMs: atMs + 10_000, action: 'broker.restart', broker })),
    ];
    const run = runTo(start(returning({ faults })), 60_000);
    expect(pathOf(run, 'sink')).toMatchObject({ processed: 20, processedAgain: 0, underWay: 0 });
  });

  test('[TXN-14] offsets of a transaction that is not decided are UNSTABLE_OFFSET_COMMIT, asked for again with growing backoffs', () => {
    const document = (faults: readonly Fault[]) =>
      documentOf({
        nodes: {
          source: { kind: 'producer', config: { 'workload.rate': 100, 'workload.records': 200 }, to: ['in'] },
          in: { kind: 'topic', config: { partitions: 2 }, to: ['work'] },
          work: {
            kind: 'filter',
            config: {
              instances: 2,
              'processing.guarantee': 'exactly_once_v2',
              'commit.interval.ms': 100,
              'session.timeout.ms': 6000,
              'heartbeat.interval.ms': 1000,
              'transaction.timeout.ms': 15_000,
            },
            to: ['out'],
          },
          out: { kind: 'topic', config: { partitions: 1 } },
        },
        cluster: { 'network.latency.ms': 20, 'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1000 },
        faults,
        seconds: 40,
      });
    // A moment in which the group has the offsets of a member's transaction, and its end is not asked for.
    const held = eventsOf(start(document([])), 'TransactionOffsetsAnswered', 5000)[2]!;
    const heldMs = held.atMs - 1;
    const run = start(document([{ atMs: heldMs, action: 'member.crash', node: 'work', member: Number(held.about[5]) }]));
    const crashed = run.ctx.groups.findIndex(({ groupId }) => groupId === 'work');
    runTo(run, heldMs + 0.001);
    const holders = run.ctx.groups[crashed]!.transactional.held.size;
    const unstable = eventsOf(run, 'OffsetFetchAnswered', 40_000).filter(({ about }) => about.endsWith('UNSTABLE_OFFSET_COMMIT'));
    expect(holders).toBeGreaterThan(0);
    expect(unstable.length).toBeGreaterThan(4);
    const apart = unstable.slice(1).map(({ atMs }, i) => atMs - unstable[i]!.atMs);
    expect(apart[0]!).toBeLessThan(200);
    expect(Math.max(...apart)).toBeGreaterThan(700);
    // Aborted 15 s after it began, at the next look; then its successor reads again from where the group stood before.
    expect(unstable.at(-1)!.atMs).toBeGreaterThan(12_000);
    expect(pathOf(run, 'work')).toMatchObject({ underWay: 0 });
  });
});
