import { describe, expect, test } from 'vitest';
import type { Fault, PipelineDocument } from '../../../pipeline/document.ts';
import type { JourneyStage, RecordJourney } from '../../report/recordJourney.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { createRun } from '../build.ts';
import { collect, documentOf, runTo, start, topologyOf } from '../harness.ts';
import { fingerprint } from '../views/report.ts';
import { type Follow, findRecord, follow, followOn, followProgress, journeyOf, recordAtOffset } from './followRecord.ts';
import type { FollowedRecord } from './trail.ts';

function toEnd(following: Follow, maxEvents = 500): RecordJourney {
  while (followOn(following, maxEvents).kind !== 'over');
  return journeyOf(following)!;
}

const followed = (document: PipelineDocument, sequence: number, source = 0): RecordJourney =>
  toEnd(follow({ source, sequence }, document.scenario.durationMs * 1000, (watcher) => createRun(topologyOf(document), { watcher })));

const sum = (stages: readonly JourneyStage[]): number => stages.reduce((us, { fromUs, toUs }) => us + toUs - fromUs, 0);
const kinds = (stages: readonly JourneyStage[]): string[] => stages.map(({ kind }) => kind);

/** Stages follow one another without a gap, from `fromUs` to `toUs`. */
function expectRow(stages: readonly JourneyStage[], fromUs: number, toUs: number): void {
  let atUs = fromUs;
  for (const stage of stages) {
    expect(stage.fromUs).toBe(atUs);
    expect(stage.toUs).toBeGreaterThan(atUs);
    atUs = stage.toUs;
  }
  expect(atUs).toBe(toUs);
}

/** Brokers that cost something, two replicas, a processor, a sink that writes in batches. */
function shop(faults: readonly Fault[] = [], work: Record<string, string | number> = {}): PipelineDocument {
  return documentOf({
    nodes: {
      source: {
        kind: 'producer',
        config: { 'workload.rate': 200, 'workload.records': 700, 'key.shape': 'uniform', 'key.count': 50, 'linger.ms': 20, acks: 'all' },
        to: ['in'],
      },
      in: { kind: 'topic', config: { partitions: 3, 'replication.factor': 2 }, to: ['work'] },
      work: { kind: 'map', config: { instances: 2, 'service.time.ms': 3, 'linger.ms': 5, ...work }, to: ['out'] },
      out: { kind: 'topic', config: { partitions: 2 }, to: ['sink'] },
      sink: { kind: 'sink', config: { 'service.time.ms': 1, 'commit.mode': 'after-processing' } },
    },
    cluster: {
      brokers: 2,
      'network.latency.ms': 1,
      'request.handler.ms': 0.2,
      'network.bytes.per.second': 1e7,
      'disk.bytes.per.second': 1e7,
    },
    faults,
    seconds: 8,
  });
}

describe('following a record', () => {
  test('[FOL-1] its stages follow one another without a gap, and add up to the time from where it was made to the end of each service', () => {
    const document = shop();
    const { probe, served } = collect(document, 'sink');
    runTo(start(document, { probe }), 8000);
    for (const sequence of [0, 57, 400]) {
      const journey = followed(document, sequence);
      expect(journey).toMatchObject({ source: 'source', sequence, complete: true });
      expect(journey.copies.map(({ topic, outcome, parent }) => ({ topic, outcome, parent }))).toEqual([
        { topic: 'in', outcome: 'readable', parent: -1 },
        { topic: 'out', outcome: 'readable', parent: 0 },
      ]);
      for (const copy of journey.copies) expectRow(copy.stages, copy.handedUs, copy.visibleUs);
      for (const delivery of journey.deliveries) {
        expectRow(delivery.stages, journey.copies[delivery.copy]!.visibleUs, delivery.endUs);
        expectRow(delivery.way, journey.madeUs, delivery.endUs);
        expect(sum(delivery.way)).toBe(delivery.endUs - journey.madeUs);
      }
      const last = journey.deliveries.at(-1)!;
      expect(last).toMatchObject({ node: 'sink', outcome: 'served' });
      expect(served.filter(({ originMs }) => originMs === journey.madeUs / 1000).map(({ endMs }) => endMs)).toContain(last.endUs / 1000);
      expect(kinds(last.way)).toEqual(expect.arrayContaining(['linger', 'network', 'handler', 'replication', 'fetch', 'service']));
    }
  });

  test('[FOL-2] the run is the one that is not followed, and from a checkpoint, in slices or at once the record goes the same way', () => {
    const document = shop();
    const plain = runTo(start(document), 8000);
    const whole = follow({ source: 0, sequence: 600 }, 8_000_000, (watcher) => createRun(topologyOf(document), { watcher }));
    const journey = toEnd(whole);
    runTo(whole.run, 8000);
    expect(fingerprint(whole.run)).toBe(fingerprint(plain));
    const half = checkpoint(runTo(start(document), 2500));
    expect(journey.madeUs).toBeGreaterThan(2_500_000);
    const rest = follow({ source: 0, sequence: 600 }, 8_000_000, (watcher) => restore(plain.topology, half, { watcher }));
    expect(followProgress(rest)).toBe(0);
    const { untilUs, ...again } = toEnd(rest, 7);
    expect(untilUs).toBeGreaterThanOrEqual(journey.deliveries.at(-1)!.endUs);
    expect({ ...again, untilUs: journey.untilUs }).toEqual(journey);
  });

  test('[FOL-3] a record is found by topic, partition and offset, in the log or where it is written', () => {
    const document = shop();
    const run = runTo(start(document), 3000);
    const found = recordAtOffset(run, 1, 40) as { record: FollowedRecord; madeUs: number };
    const journey = followed(document, found.record.sequence);
    expect(journey.madeUs).toBe(found.madeUs);
    expect(journey.copies[0]).toMatchObject({ partition: 1, offset: 40 });
    const { key, keyHash, partitions, partition } = journey.copies[0]!;
    expect(key).toMatch(/\d/);
    expect(keyHash! % partitions).toBe(partition);
    expect(partitions).toBe(3);
    let made: ReturnType<typeof start> | null = null;
    const finder = findRecord({ partition: 1, offset: 40 }, () => made!);
    made = start(document, { watcher: finder.watcher });
    runTo(made, 3000);
    expect(finder.found()).toEqual(found.record);
    expect(recordAtOffset(run, 1, 1e9)).toBeNull();
  });

  test('[FOL-4] what a crashed member had is delivered again, and the wait for it is told', () => {
    const document = shop([{ atMs: 2000, action: 'member.crash', node: 'work', member: 0 }], {
      'service.time.ms': 15,
      'session.timeout.ms': 2000,
      'heartbeat.interval.ms': 500,
      'max.poll.records': 20,
    });
    const run = runTo(start(document), 1999);
    const { ctx } = run;
    const worker = ctx.workers[0]!;
    const { fetched, to } = worker.slices[0]!;
    const sequence = fetched.columns.sequence[to - 1]!;
    const journey = followed(document, sequence);
    const [first, second] = journey.deliveries.filter(({ node }) => node === 'work');
    expect(first).toMatchObject({ member: 0, outcome: 'crashed', before: 0, endUs: 2_000_000 });
    expect(second).toMatchObject({ member: 1, outcome: 'served', before: 1 });
    expect(kinds(second!.stages).slice(0, 2)).toEqual(['earlier', 'fetch']);
    expectRow(second!.way, journey.madeUs, second!.endUs);
    expect(journey.copies.at(-1)).toMatchObject({ topic: 'out', parent: second!.id });
    expect(journey.complete).toBe(true);
  });

  test('[FOL-5] a record that fails goes by the retry topic to the dead letters, each time as a branch', () => {
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { 'workload.rate': 20 }, to: ['in'] },
        in: { kind: 'topic', to: ['work'] },
        again: { kind: 'topic', to: ['work'] },
        dead: { kind: 'topic' },
        work: {
          kind: 'sink',
          config: { 'error.rate': 1, 'error.action': 'retry-topic', 'error.max.attempts': 3, 'error.backoff.ms': 100 },
          ports: { retry: 'again', 'dead-letter': 'dead' },
        },
      },
      cluster: { 'network.latency.ms': 1 },
      seconds: 5,
    });
    const journey = followed(document, 7);
    expect(journey.copies.map(({ topic, as, parent }) => `${as} ${topic} of ${parent}`)).toEqual([
      'output in of -1',
      'retry again of 0',
      'retry again of 1',
      'dead-letter dead of 2',
    ]);
    expect(journey.deliveries.map(({ outcome }) => outcome)).toEqual(['retried', 'retried', 'dead-lettered']);
    expect(journey.complete).toBe(true);
  });

  test('[FOL-6] a batch sent again without idempotence is two copies in the log; with it, one that was recognised', () => {
    for (const idempotent of [true, false]) {
      const document = documentOf({
        nodes: {
          source: {
            kind: 'producer',
            config: { 'workload.rate': 20, 'enable.idempotence': idempotent, 'request.timeout.ms': 500, 'delivery.timeout.ms': 10_000 },
            to: ['in'],
          },
          in: { kind: 'topic', to: ['sink'] },
          sink: { kind: 'sink' },
        },
        cluster: { 'network.latency.ms': 50 },
        faults: [
          { atMs: 2025, action: 'network.cut', between: ['node:source'], and: ['broker:0'] },
          { atMs: 3500, action: 'network.heal', between: ['node:source'], and: ['broker:0'] },
        ],
        seconds: 8,
      });
      // Written at 2.0 s; the answer does not come through.
      const { copies, complete } = followed(document, 39);
      expect(complete).toBe(true);
      expect(copies.map(({ duplicateOf, outcome }) => ({ duplicateOf, outcome }))).toEqual(
        (idempotent ? [-1] : [-1, 0]).map((duplicateOf) => ({ duplicateOf, outcome: 'readable' })),
      );
      expect(copies[0]!.recognised).toBe(idempotent ? 1 : 0);
      if (!idempotent) expect(kinds(copies[1]!.stages)).toContain('retry');
    }
  });

  test('[FOL-7] a commit that its coordinator could not get replicated in time counts when it is sent again', () => {
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { 'workload.rate': 20, 'workload.records': 41 }, to: ['in'] },
        in: { kind: 'topic', config: { partitions: 1 }, to: ['sink'] },
        sink: { kind: 'sink', config: { 'auto.offset.reset': 'earliest', 'commit.mode': 'after-processing' } },
      },
      cluster: { brokers: 2, 'network.latency.ms': 1, 'offsets.topic.replication.factor': 2, 'replica.lag.time.max.ms': 30_000 },
      faults: [
        { atMs: 2_000, action: 'network.cut', between: ['broker:0'], and: ['broker:1'] },
        { atMs: 9_000, action: 'network.heal', between: ['broker:0'], and: ['broker:1'] },
      ],
      seconds: 20,
    });
    // The last record is made when the brokers do not see each other any more: no later commit is about it.
    const { deliveries, complete } = followed(document, 40);
    expect(complete).toBe(true);
    expect(deliveries).toHaveLength(1);
    expect(deliveries[0]!.committedUs).toBeGreaterThan(9_000_000);
  });

  test('[FOL-7] transactions and share groups: it ends when what was done is committed, or done where nothing is committed', () => {
    const work = { 'processing.guarantee': 'exactly_once_v2', 'isolation.level': 'read_committed', 'commit.interval.ms': 100 };
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { 'workload.rate': 100, 'linger.ms': 5 }, to: ['in'] },
        in: { kind: 'topic', to: ['work'] },
        work: { kind: 'map', config: work, to: ['out'] },
        out: { kind: 'topic', to: ['sink', 'shared'] },
        sink: { kind: 'sink', config: { 'isolation.level': 'read_committed', 'write.batch.records': 5, 'service.time.ms': 10 } },
        shared: { kind: 'sink', config: { 'group.protocol': 'share', instances: 2 } },
      },
      cluster: { 'network.latency.ms': 1 },
      seconds: 8,
    });
    const journey = followed(document, 300);
    expect(journey.complete).toBe(true);
    expect(journey.untilUs).toBeLessThan(6_000_000);
    expect(journey.deliveries.map(({ node, outcome }) => `${node} ${outcome}`).sort()).toEqual([
      'shared served',
      'sink served',
      'work served',
    ]);
    for (const delivery of journey.deliveries) {
      expectRow(delivery.way, journey.madeUs, delivery.endUs);
      expect(delivery.committedUs >= delivery.endUs).toBe(delivery.node !== 'shared');
    }
    expect(kinds(journey.deliveries.find(({ node }) => node === 'sink')!.stages)).toContain('transaction');
    const early = follow({ source: 0, sequence: 300 }, journey.madeUs + 6000, (watcher) => createRun(topologyOf(document), { watcher }));
    expect(toEnd(early)).toMatchObject({ complete: false, untilUs: journey.madeUs + 6000 });
  });
});
