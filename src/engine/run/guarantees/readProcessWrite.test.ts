import { describe, expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import { fenceMember } from '../../group/consumerProtocol/fencing.ts';
import { validateDocument } from '../../../pipeline/validate.ts';
import { createFetchedRecords, lastStableOffsetOf, readBatches } from '../../log/partitionLog.ts';
import type { Run } from '../build.ts';
import { createStream } from '../../kernel/random.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { diceOf } from '../schedules/faultSchedules.ts';
import { documentOf, finished, nodeOf, runTo, start } from '../harness.ts';
import { fingerprint, reportOf } from '../views/report.ts';

const exactly: Config = {
  'processing.guarantee': 'exactly_once_v2',
  'service.time.ms': 1,
  'max.poll.records': 500,
  'commit.interval.ms': 0,
};

function pipeline(
  options: { work?: Config; source?: Config; faults?: readonly Fault[]; seconds?: number; cluster?: Config } = {},
): PipelineDocument {
  const reader = (level: string) => ({ kind: 'sink' as const, config: { 'service.time.ms': 0, 'isolation.level': level } });
  return documentOf({
    nodes: {
      source: { kind: 'producer', config: { 'workload.records': 1000, ...options.source }, to: ['in'] },
      in: { kind: 'topic', config: { partitions: 2 }, to: ['work'] },
      work: { kind: 'service', config: { ...exactly, ...options.work }, to: ['out'] },
      out: { kind: 'topic', config: { partitions: 2 }, to: ['committed', 'all'] },
      committed: reader('read_committed'),
      all: reader('read_uncommitted'),
    },
    seconds: options.seconds ?? 30,
    ...(options.faults && { faults: options.faults }),
    ...(options.cluster && { cluster: options.cluster }),
  });
}

/** How often each record of the source is in a topic, for a committed reader. */
function countsIn(run: Run, topic: string): Map<number, number> {
  const { firstPartition, partitionCount } = run.ctx.topics.find(({ node }) => node === topic)!;
  const counts = new Map<number, number>();
  for (let p = firstPartition; p < firstPartition + partitionCount; p++) {
    const { log } = run.ctx.partitions[p]!;
    const limit = lastStableOffsetOf(log);
    const read = createFetchedRecords(-1);
    for (let offset = log.logStartOffset; offset < limit; offset = read.nextOffset) {
      readBatches(log, { offset, limit, maxBytes: Infinity, maxRecords: Infinity, atLeastOne: true, isolation: 'read_committed' }, read);
      for (let i = 0; i < read.count; i++) counts.set(read.columns.sequence[i]!, (counts.get(read.columns.sequence[i]!) ?? 0) + 1);
    }
  }
  return counts;
}

const isEachOnce = (run: Run, records: number): string => {
  const counts = countsIn(run, 'out');
  const twice = [...counts.values()].filter((times) => times > 1).length;
  return `${counts.size} of ${records}, ${twice} twice`;
};

const crash = (atMs: number, restartMs: number): readonly Fault[] => [
  { atMs, action: 'member.crash', node: 'work', member: 0 },
  { atMs: restartMs, action: 'member.restart', node: 'work', member: 0 },
];

describe('[GUA-1] read, process and write in one transaction', () => {
  test('[OFS-9] the offsets of a transaction are answered when the copies of the log have them', () => {
    const run = start(pipeline({ cluster: { brokers: 3, 'network.latency.ms': 1 }, source: { 'workload.records': 300 }, seconds: 10 }));
    let waiting = 0;
    for (let ms = 0; ms < 1000; ms += 0.5) {
      runTo(run, ms);
      for (const { index, pending } of run.ctx.offsets.logs) {
        for (const { endOffset, effect } of pending) {
          if (effect.type !== 'offsets' || effect.waiter?.kind !== 'transaction') continue;
          waiting++;
          expect(endOffset).toBeGreaterThan(run.ctx.partitions[index]!.log.highWatermark);
          expect(run.ctx.transactionOffsets.items[effect.waiter.slot]).toMatchObject({ requestId: effect.waiter.requestId, error: 'NONE' });
        }
      }
    }
    expect(waiting).toBeGreaterThan(0);
    expect(isEachOnce(runTo(run, 10_000), 300)).toBe('300 of 300, 0 twice');
  });

  test('[GUA-1] every record comes out once, markers beside them, and the offsets are committed with them', () => {
    const run = finished(pipeline());
    expect(isEachOnce(run, 1000)).toBe('1000 of 1000, 0 twice');
    expect(nodeOf(run, 'committed').recordsIn).toBe(1000);
    expect(nodeOf(run, 'all').recordsIn).toBe(1000);
    const { transactions } = nodeOf(run, 'work');
    expect(transactions!.committed).toBeGreaterThan(1);
    expect(transactions!.aborted).toBe(0);
    const { committed } = run.ctx.groups.find(({ groupId }) => groupId === 'work')!;
    expect(committed[0]! + committed[1]!).toBe(1000);
  });
});

describe('[GUA-2] whatever moment a member dies at, a committed reader sees each record once', () => {
  const cluster: Config = { 'network.latency.ms': 2, 'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000 };
  const work: Config = { 'commit.interval.ms': 20, 'max.poll.records': 10, 'session.timeout.ms': 6_000, 'transaction.timeout.ms': 4_000 };
  const crashes = Array.from({ length: 14 }, (_, i) => 300 + i * 2.3);

  test.each(crashes)(
    '[GUA-2] [TXN-13] a crash at %f ms, and a return: the former transaction is aborted when its producer comes back',
    (atMs) => {
      const run = finished(pipeline({ work, cluster, faults: crash(atMs, atMs + 50) }));
      expect(isEachOnce(run, 1000)).toBe('1000 of 1000, 0 twice');
      expect(nodeOf(run, 'committed').recordsIn).toBe(1000);
    },
  );

  test.each(crashes.slice(0, 4))('[GUA-2] [TXN-13] a crash at %f ms, and another member takes over', (atMs) => {
    const faults: readonly Fault[] = [{ atMs, action: 'member.crash', node: 'work', member: 0 }];
    const run = finished(pipeline({ work: { ...work, instances: 2 }, cluster, faults }));
    expect(isEachOnce(run, 1000)).toBe('1000 of 1000, 0 twice');
  });

  test.each([310, 333, 371, 402])('[GUA-2] a stop at %i ms commits what is done; a return goes on behind it', (atMs) => {
    const faults: readonly Fault[] = [
      { atMs, action: 'member.stop', node: 'work', member: 0 },
      { atMs: atMs + 3, action: 'member.restart', node: 'work', member: 0 },
    ];
    const run = finished(pipeline({ work, cluster, faults }));
    expect(isEachOnce(run, 1000)).toBe('1000 of 1000, 0 twice');
    expect(nodeOf(run, 'all').recordsIn).toBe(1000);
  });

  test('[RUN-2] [RUN-3] slices and checkpoints change nothing of it', () => {
    const document = pipeline({ work: { ...work, instances: 2 }, cluster, faults: crash(333, 380) });
    const whole = runTo(start(document), 20_000);
    let run = start(document);
    for (const ms of [13, 301, 334, 341, 379, 381, 385, 420, 1_001]) run = restore(run.topology, checkpoint(runTo(run, ms)));
    expect(fingerprint(runTo(run, 20_000))).toBe(fingerprint(whole));
    expect(run.state.transactions.ids).toEqual(whole.state.transactions.ids);
  });
});

describe('[GUA-3] zombies', () => {
  const cluster: Config = { 'network.latency.ms': 1, 'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000 };
  const work: Config = {
    'commit.interval.ms': 20,
    'max.poll.records': 10,
    'session.timeout.ms': 6_000,
    'heartbeat.interval.ms': 500,
    instances: 2,
  };

  test('[GUA-3] [TXN-14] a member that stood still beyond its session is refused its offsets, and a transaction beyond its timeout is aborted', () => {
    const ends = { between: ['node:work'], and: ['broker:0'] } as const;
    const faults: readonly Fault[] = [
      { atMs: 400, action: 'network.cut', ...ends },
      { atMs: 12_000, action: 'network.heal', ...ends },
    ];
    const run = finished(pipeline({ work: { ...work, 'transaction.timeout.ms': 3_000 }, cluster, faults }));
    expect(isEachOnce(run, 1000)).toBe('1000 of 1000, 0 twice');
    expect(nodeOf(run, 'work').transactions!.timedOut).toBeGreaterThan(0);
  });

  test('[GUA-3] a member that polls too late is out of the group: its transaction is aborted, and its successor does the work', () => {
    const faults: readonly Fault[] = [
      { atMs: 400, action: 'slow', node: 'work', factor: 400 },
      { atMs: 9_000, action: 'slow', node: 'work', factor: 1 },
    ];
    const late = { ...work, 'max.poll.interval.ms': 1_000, 'transaction.timeout.ms': 60_000 };
    const run = finished(pipeline({ work: late, cluster, faults }));
    expect(isEachOnce(run, 1000)).toBe('1000 of 1000, 0 twice');
    expect(nodeOf(run, 'work').transactions!.aborted).toBeGreaterThan(0);
  });

  test('[GUA-3] two processors with one transactional.id fence each other, and neither doubles a record', () => {
    const document = pipeline({ work: { ...work, instances: 1, 'transactional.id': 'same' }, cluster, seconds: 30 });
    const twin = { ...document.nodes.find(({ id }) => id === 'work')!, id: 'twin', name: 'twin' };
    const nodes = [...document.nodes, { ...twin, config: { ...twin.config, 'group.id': 'work' } }];
    const edges = [...document.edges, { id: 'a', source: 'in', target: 'twin' }, { id: 'b', source: 'twin', target: 'out' }];
    const run = finished({ ...document, nodes, edges });
    const counts = [...countsIn(run, 'out').values()];
    expect(counts.filter((times) => times > 1)).toEqual([]);
    expect(run.state.timeline.entries.some(({ text }) => text.includes('was fenced'))).toBe(true);
  });
});

describe('[GUA-3] a member that is not what it thinks it is gives way', () => {
  const entries = (run: Run, code: string) => {
    reportOf(run);
    return run.state.timeline.entries.filter((entry) => entry.code === code).map(({ timeUs, text }) => ({ atMs: timeUs / 1000, text }));
  };

  test('[GUA-3] whose producer is fenced leaves its group and joins again', () => {
    const work = { 'commit.interval.ms': 20, 'max.poll.records': 10, instances: 1, 'transactional.id': 'same' };
    const document = pipeline({ work, cluster: { 'network.latency.ms': 1 }, seconds: 30 });
    const twin = { ...document.nodes.find(({ id }) => id === 'work')!, id: 'twin', name: 'twin' };
    const nodes = [...document.nodes, { ...twin, config: { ...twin.config, 'group.id': 'work' } }];
    const edges = [...document.edges, { id: 'a', source: 'in', target: 'twin' }, { id: 'b', source: 'twin', target: 'out' }];
    const run = finished({ ...document, nodes, edges });
    const [fenced] = entries(run, 'transaction.aborted').filter(({ text }) => text.includes('was fenced'));
    const left = entries(run, 'member.left').filter(({ text }) => text.includes('its producer was fenced'));
    expect(left[0]!.atMs - fenced!.atMs).toBeLessThan(3);
    expect(entries(run, 'member.joined').filter(({ atMs }) => atMs > left[0]!.atMs).length).toBeGreaterThan(0);
  });

  test('[GUA-3] of the consumer protocol, whose offsets are refused, joins again at once instead of at its next heartbeat', () => {
    const work: Config = { 'commit.interval.ms': 20, 'max.poll.records': 10, 'group.protocol': 'consumer', 'fetch.max.wait.ms': 5 };
    const run = runTo(start(pipeline({ work, cluster: { 'network.latency.ms': 1, 'group.consumer.heartbeat.interval.ms': 15_000 } })), 400);
    const { live } = run.ctx.groups.find(({ groupId }) => groupId === 'work')!.consumer!;
    const [member] = live.members.values();
    // Its coordinator puts it out; nobody tells it.
    fenceMember(live, member!, run.ctx.topics);
    runTo(run, 500);
    expect(entries(run, 'transaction.aborted').map(({ text }) => text)).toEqual([expect.stringContaining('UNKNOWN_MEMBER_ID')]);
    expect(entries(run, 'member.joined').filter(({ atMs }) => atMs > 400)).toHaveLength(1);
    runTo(run, 30_000);
    expect(isEachOnce(run, 1000)).toBe('1000 of 1000, 0 twice');
  });
});

test('[CHK-15] a processor whose batches no segment holds aborts for ever, and is told so before; with a smaller batch.size it goes on', () => {
  const design = (batchSize: number) => {
    const document = pipeline({
      work: { 'batch.size': batchSize, 'linger.ms': 1000, 'service.time.ms': 0, 'commit.interval.ms': 100, 'fetch.max.wait.ms': 5 },
      cluster: { 'network.latency.ms': 2 },
      seconds: 5,
    });
    return {
      ...document,
      nodes: document.nodes.map((node) => (node.id === 'out' ? { ...node, config: { partitions: 1, 'segment.bytes': 2000 } } : node)),
    };
  };
  const warned = (batchSize: number) => validateDocument(design(batchSize)).filter(({ code }) => code === 'topic.endless-aborts');
  const stuck = finished(design(16_384));
  expect(nodeOf(stuck, 'work').transactions!.aborted).toBeGreaterThan(20);
  expect(countsIn(stuck, 'out').size).toBeLessThan(500);
  expect(warned(16_384)[0]).toMatchObject({ node: 'out', config: 'segment.bytes', severity: 'warning' });
  expect(warned(16_384)[0]!.remedy).toContain('lower batch.size of "work" to 2000 or less');
  const held = finished(design(2000));
  expect(nodeOf(held, 'work').transactions!.aborted).toBe(0);
  expect(isEachOnce(held, 1000)).toBe('1000 of 1000, 0 twice');
  expect(warned(2000)).toEqual([]);
});

describe('[GUA-2] brokers, links and members fail at random', () => {
  const copies: Config = { 'replication.factor': 3, 'min.insync.replicas': 2 };

  function documentOfSeed(seed: number): PipelineDocument {
    const dice = diceOf(createStream(seed, 'read process write'));
    const faults: Fault[] = [];
    for (let i = 3 + dice.below(4); i > 0; i--) {
      const atMs = 200 + dice.below(9_000);
      const broker = dice.below(3);
      const ends = { between: ['node:work'], and: [`broker:${broker}`] } as const;
      const member = dice.below(2);
      faults.push(
        ...dice.from<readonly Fault[]>([
          [
            { atMs, action: 'broker.kill', broker },
            { atMs: atMs + 1_500, action: 'broker.restart', broker },
          ],
          [
            { atMs, action: 'network.cut', ...ends },
            { atMs: atMs + 4_000, action: 'network.heal', ...ends },
          ],
          [
            { atMs, action: 'member.crash', node: 'work', member },
            { atMs: atMs + 700, action: 'member.restart', node: 'work', member },
          ],
          [
            { atMs, action: 'member.stop', node: 'work', member },
            { atMs: atMs + 300, action: 'member.restart', node: 'work', member },
          ],
        ]),
      );
    }
    const work: Config = {
      instances: 2,
      'partition.assignment.strategy': dice.from(['range', 'cooperative-sticky']),
      'commit.interval.ms': dice.from([0, 50, 300]),
      'max.poll.records': dice.from([5, 50]),
      concurrency: dice.from([1, 4]),
      'session.timeout.ms': 6_000,
      'heartbeat.interval.ms': 500,
      'request.timeout.ms': 1_500,
      'transaction.timeout.ms': 5_000,
      'service.time.ms': 4,
    };
    const cluster: Config = {
      brokers: 3,
      'network.latency.ms': 1,
      'broker.session.timeout.ms': 2_000,
      'broker.restart.ms': 500,
      'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
    };
    const document = pipeline({ work, cluster, faults, seconds: 60, source: { 'workload.rate': 150 } });
    return {
      ...document,
      nodes: document.nodes.map((node) => (node.kind === 'topic' ? { ...node, config: { ...node.config, ...copies } } : node)),
    };
  }

  test.each(Array.from({ length: 5 }, (_, seed) => seed))('[GUA-2] seed %i', (seed) => {
    const run = finished(documentOfSeed(seed));
    expect(isEachOnce(run, 1000)).toBe('1000 of 1000, 0 twice');
    expect(nodeOf(run, 'committed').recordsIn).toBe(1000);
  });
});
