import { describe, expect, test, vi } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import { addOffsets, causeOf, noCause } from '../../ledger/causes.ts';
import { boundLedger, noteDelivered } from '../../ledger/deliveries.ts';
import { createLedger } from '../../ledger/state.ts';
import { settleAll } from '../../metrics/observe.ts';
import type { LedgerReport } from '../../report/report.ts';
import { advance } from '../advance.ts';
import type { Run } from '../build.ts';
import { createRun } from '../build.ts';
import { documentOf, runTo, simple, start, topologyOf } from '../harness.ts';
import { ledgerViolations } from '../schedules/ledgerViolations.ts';
import { fingerprint, reportOf } from '../views/report.ts';

vi.setConfig({ testTimeout: 60_000 });

const ledgerAt = (run: Run): LedgerReport => reportOf(run).ledger;
const routeTo = (run: Run, sink: string) => ledgerAt(run).routes.find((route) => route.sink === sink)!;
const causesOf = (run: Run, fate: string) => ledgerAt(run).causes.filter((cause) => cause.fate === fate);

/** Runs event by event to a moment; the first thing that does not add up. */
function watched(run: Run, untilMs: number): string[] {
  for (;;) {
    const outcome = advance(run, { untilUs: untilMs * 1000, maxEvents: 1 });
    settleAll(run.ctx);
    const found = ledgerViolations(run.ctx);
    if (found.length > 0) return [`at ${run.ctx.events.nowUs} µs`, ...found];
    if (outcome.kind !== 'events') return outcome.kind === 'reached' ? [] : [outcome.kind];
  }
}

const crash = (atMs: number, node: string, member = 0): Fault => ({ atMs, action: 'member.crash', node, member });
const restart = (atMs: number, node: string, member = 0): Fault => ({ atMs, action: 'member.restart', node, member });
const keyed: Config = { 'key.shape': 'uniform', 'workload.rate': 200 };

describe('ledger', () => {
  test('[LED-1] records dropped on the way are known by their source, and what is left is delivered once', () => {
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { ...keyed, 'workload.records': 400 }, to: ['in'] },
        in: { kind: 'topic', config: { partitions: 3 }, to: ['half'] },
        half: { kind: 'filter', config: { 'pass.probability': 0.5 }, to: ['out'] },
        out: { kind: 'topic', config: { partitions: 2 }, to: ['sink'] },
        sink: { kind: 'sink' },
      },
      seconds: 5,
    });
    const run = runTo(start(document), 5000);
    const route = routeTo(run, 'sink');
    expect(route).toMatchObject({ source: 'source', topic: 'out', made: 400, duplicated: 0, underWay: 0 });
    expect(route.deliveredOnce + route.filtered).toBe(400);
    expect(route.filtered).toBeGreaterThan(100);
    const [cause] = causesOf(run, 'filtered');
    expect(cause).toMatchObject({ node: 'half', records: route.filtered });
    expect(cause!.offsets.every(({ topic }) => topic === 'in')).toBe(true);
  });

  test('[LED-2] what a processor repeats after a crash is a duplicate at the sink behind it, with the crash as its cause', () => {
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { ...keyed, 'workload.records': 600 }, to: ['in'] },
        in: { kind: 'topic', to: ['copy'] },
        copy: {
          kind: 'merge',
          config: { 'commit.mode': 'auto', 'auto.commit.interval.ms': 5000, 'session.timeout.ms': 6000 },
          to: ['out'],
        },
        out: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink' },
      },
      faults: [crash(1500, 'copy'), restart(2000, 'copy')],
      seconds: 20,
    });
    const run = runTo(start(document), 20_000);
    const route = routeTo(run, 'sink');
    const [cause] = causesOf(run, 'duplicated');
    expect(route.deliveredOnce + route.duplicated).toBe(600);
    expect(route.duplicated).toBeGreaterThan(200);
    expect(cause).toMatchObject({ node: 'copy', member: 'copy-0', records: route.duplicated, firstMs: 1500 });
    expect(cause!.sentence).toBe('Processed, not committed: copy-0 crashed at 1.5 s.');
    expect(cause!.offsets).toEqual([{ topicNode: 'in', topic: 'in', partition: 0, from: 0, to: cause!.records }]);
    expect(route.causes).toContain(cause!.id);
  });

  test('[LED-3] what was committed before it was processed is lost with its reader, by offsets and by records', () => {
    const document = simple({
      source: { ...keyed, 'workload.rate': 400, 'workload.records': 600 },
      sink: { 'commit.mode': 'before-processing', 'service.time.ms': 5, 'session.timeout.ms': 6000, 'max.poll.records': 100 },
      faults: [crash(1500, 'sink'), restart(2000, 'sink')],
      seconds: 20,
    });
    const run = runTo(start(document), 20_000);
    const route = routeTo(run, 'sink');
    const [cause] = causesOf(run, 'lost');
    expect(route.lost).toBeGreaterThan(0);
    expect(route.deliveredOnce + route.lost).toBe(600);
    expect(cause).toMatchObject({ node: 'sink', records: route.lost });
    expect(cause!.sentence).toBe('Committed before processing: sink-0 crashed at 1.5 s.');
  });

  test('[LED-4] what retention takes unread is known by record and by offset, with the checks and where the reader stood', () => {
    const document = simple({
      source: { 'workload.rate': 400 },
      topic: { 'segment.bytes': 4000, 'retention.ms': 500 },
      sink: { 'service.time.ms': 20 },
      cluster: { 'log.retention.check.interval.ms': 700 },
      seconds: 6,
    });
    const run = runTo(start(document), 6000);
    const route = routeTo(run, 'sink');
    const [cause] = causesOf(run, 'expired');
    expect(route.expired).toBeGreaterThan(100);
    expect(cause!.records).toBe(ledgerAt(run).paths[0]!.expiredUnread);
    expect(cause!.sentence).toMatch(/^Retention deleted them from [\d.]+ s to [\d.]+ s; the reader was at offset \d+\.$/);
    expect(ledgerViolations(run.ctx)).toEqual([]);
  });

  test('[LED-5] a reset that jumps over records is their cause', () => {
    const document = simple({
      source: { 'workload.rate': 400 },
      sink: { 'auto.offset.reset': 'latest' },
      cluster: { 'group.initial.rebalance.delay.ms': 900 },
      seconds: 3,
    });
    const run = runTo(start(document), 3000);
    const route = routeTo(run, 'sink');
    const [cause] = causesOf(run, 'skipped');
    expect(route.skipped).toBeGreaterThan(300);
    expect(cause).toMatchObject({ records: route.skipped, member: 'sink-0' });
    expect(cause!.sentence).toMatch(/^auto\.offset\.reset=latest made sink-0 jump over them at [\d.]+ s; the group was at offset 0\.$/);
  });

  test('[LED-6] aborted records have their own ending', () => {
    const document = simple({
      source: {
        'workload.records': 400,
        'workload.rate': 100,
        'transactional.id': 'orders',
        'transaction.records': 10,
        'transaction.abort.every': 4,
      },
      sink: { 'isolation.level': 'read_committed' },
      seconds: 20,
    });
    const run = runTo(start(document), 20_000);
    expect(routeTo(run, 'sink')).toMatchObject({ made: 400, deliveredOnce: 300, aborted: 100, underWay: 0 });
    expect(causesOf(run, 'aborted')[0]).toMatchObject({ records: 100 });
  });

  test('[LED-7] counts of all legs and routes add up after every event, through crashes, retention and live changes', () => {
    const document = documentOf({
      nodes: {
        source: { kind: 'producer', config: { ...keyed, 'workload.rate': 120 }, to: ['in', 'copy'] },
        in: { kind: 'topic', config: { partitions: 3, 'segment.bytes': 3000, 'retention.ms': 900 }, to: ['work'] },
        copy: { kind: 'topic', config: { partitions: 2 }, to: ['sink'] },
        work: {
          kind: 'filter',
          config: { 'pass.probability': 0.7, 'service.time.ms': 12, instances: 2, 'session.timeout.ms': 6000, 'commit.mode': 'auto' },
          to: ['out'],
        },
        out: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink', config: { 'commit.mode': 'before-processing', 'service.time.ms': 3, 'session.timeout.ms': 6000 } },
      },
      cluster: { 'network.latency.ms': 1, 'log.retention.check.interval.ms': 500 },
      faults: [crash(1000, 'work'), crash(1700, 'sink'), restart(2000, 'work'), restart(2500, 'sink'), crash(3300, 'work', 1)],
      seconds: 12,
    });
    expect(watched(start(document), 12_000)).toEqual([]);
  });

  test('[LED-8] the ledger observes: with it and without it a run is the same run', () => {
    const document = simple({
      source: { ...keyed },
      topic: { partitions: 3 },
      sink: { instances: 2, 'service.time.ms': 2 },
      faults: [crash(900, 'sink')],
      seconds: 3,
    });
    const without = runTo(createRun(topologyOf(document), { ledger: false }), 3000);
    const run = runTo(start(document), 3000);
    expect(fingerprint(without)).toBe(fingerprint(run));
    expect(ledgerAt(without)).toMatchObject({ routes: [], causes: [] });
    expect(ledgerAt(without).paths).toEqual(ledgerAt(run).paths);
  });
});

/** A ledger of one source and one sink. */
const oneSink = () =>
  createLedger({
    sources: 1,
    sinks: [{ node: 0, topic: 0 }],
    sinkAt: [[0]],
    sinksFrom: [[]],
    sinksBeside: [[]],
    sinksOfGroup: [],
    nodeOfGroup: [],
    partitions: 1,
  });

describe('bounds and copies', () => {
  test('[LED-9] a record delivered first after a later one of its key is reordered', () => {
    const ledger = oneSink();
    const sink = ledger.sinks[0]!;
    for (const [sequence, key] of [
      [0, 7],
      [2, 7],
      [1, 7],
      [3, 9],
      [1, 7],
    ] as const)
      noteDelivered(ledger, sink, 0, sequence, key);
    expect(sink).toMatchObject({ deliveredCount: [4], reorderedCount: [1], extraCount: [1], repeatedCount: [1] });
  });

  test('[LED-10] the oldest identities are given up first, and counts stay', () => {
    const ledger = oneSink();
    const sink = ledger.sinks[0]!;
    for (let sequence = 0; sequence < 20_000; sequence += 2) noteDelivered(ledger, sink, 0, sequence, -1);
    boundLedger(ledger, 1100);
    expect(ledger.forgottenUpTo).toBe(3 * 4096);
    expect(sink.deliveredCount).toEqual([10_000]);
    const cause = causeOf(ledger, { ...noCause, node: 0 }, 0);
    for (let offset = 0; offset < 1000; offset += 2) addOffsets(cause, 0, offset, offset + 1);
    addOffsets(cause, 0, 1, 2);
    expect(cause).toMatchObject({ records: 501, leftOut: 244 });
    expect(cause.offsets.slice(0, 6)).toEqual([0, 0, 3, 0, 4, 5]);
  });

  test('[LED-11] a client without sequences that hears nothing writes again; one that gives up does not know that it wrote', () => {
    const cut = (deliveryMs: number): Run => {
      const sides = { between: ['node:source'], and: ['broker:0'] };
      const document = simple({
        source: {
          'workload.rate': 200,
          'workload.records': 600,
          acks: '1',
          'enable.idempotence': false,
          'request.timeout.ms': 500,
          'delivery.timeout.ms': deliveryMs,
        },
        cluster: { 'network.latency.ms': 20 },
        faults: [
          { atMs: 1000, action: 'network.cut', ...sides },
          { atMs: 4000, action: 'network.heal', ...sides },
        ],
        seconds: 30,
      });
      const run = start(document);
      expect(watched(run, 30_000)).toEqual([]);
      return run;
    };
    const patient = cut(60_000);
    const [again] = causesOf(patient, 'duplicated');
    const [send] = ledgerAt(patient).sends;
    expect(send).toMatchObject({ sent: 600, acknowledged: 600, givenUp: 0 });
    expect(send!.writtenAgain).toBeGreaterThan(0);
    expect(again).toMatchObject({ node: 'source', broker: 0, records: send!.writtenAgain });
    expect(routeTo(patient, 'sink')).toMatchObject({ duplicated: send!.writtenAgain, extraDeliveries: send!.writtenAgain });
    const hasty = cut(600);
    const [given] = ledgerAt(hasty).sends;
    expect(given!.writtenUnknown).toBeGreaterThan(0);
    expect(routeTo(hasty, 'sink').givenUp).toBe(given!.givenUp - given!.writtenUnknown);
    expect(causesOf(hasty, 'givenUp')[0]!.sentence).toMatch(/delivery\.timeout\.ms was over/);
  });
});
