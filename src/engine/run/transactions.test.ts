import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { lastStableOffsetOf } from '../log/partitionLog.ts';
import { collect, documentOf, finished, nodeOf, pathOf, runTo, simple, start } from './harness.ts';
import { reportOf } from './views/report.ts';

const committed: Config = { 'service.time.ms': 0, 'isolation.level': 'read_committed' };
const uncommitted: Config = { 'service.time.ms': 0 };
const transactional: Config = { 'transactional.id': 'payments', 'transaction.records': 100, acks: 'all' };

const textsOf = (run: ReturnType<typeof start>, code: string) =>
  run.state.timeline.entries.filter((entry) => entry.code === code).map(({ timeUs, text }) => `${timeUs / 1e6} s: ${text}`);

describe('[TXN-7] a producer that writes in transactions', () => {
  /** Case R08 of the accuracy cases. */
  test.each([
    ['read_committed', 700],
    ['read_uncommitted', 1000],
  ])('[TXN-7] ten transactions of 100 records, three aborted: 1010 offsets, ten of them markers; %s reads %i', (isolation, records) => {
    const source = { ...transactional, 'workload.records': 1000, 'transaction.abort.every': 3, 'linger.ms': 5 };
    const run = finished(simple({ source, sink: { ...committed, 'isolation.level': isolation } }));
    const { log } = run.state.partitions[0]!;
    expect([log.logEndOffset, log.highWatermark, lastStableOffsetOf(log), log.controlRecords]).toEqual([1010, 1010, 1010, 10]);
    expect(nodeOf(run, 'sink').recordsIn).toBe(records);
    expect(nodeOf(run, 'source')).toMatchObject({ recordsOut: 1000, failed: 0, transactions: { committed: 7, aborted: 3, timedOut: 0 } });
  });

  test('[TXN-7] without a transactional id nothing of it happens, and no event is spent on it', () => {
    const run = finished(simple({ source: { 'workload.records': 100 }, sink: committed }));
    expect(run.state.transactions).toMatchObject({ ids: [], requestNumber: 0 });
    expect(nodeOf(run, 'source').transactions).toBeNull();
  });

  test('[TXN-7] the last transaction, though not full, is committed when the workload is over', () => {
    const run = finished(simple({ source: { ...transactional, 'workload.records': 250 }, sink: committed }));
    expect(nodeOf(run, 'sink').recordsIn).toBe(250);
    expect(nodeOf(run, 'source').transactions).toMatchObject({ committed: 3, state: 'over' });
  });

  test('[TXN-7] every record reaches every topic of the transaction or none', () => {
    const run = finished(
      documentOf({
        nodes: {
          source: { kind: 'producer', config: { ...transactional, 'workload.records': 200, 'transaction.abort.every': 2 }, to: ['a', 'b'] },
          a: { kind: 'topic', config: { partitions: 3 }, to: ['sink'] },
          b: { kind: 'topic', to: ['sink'] },
          sink: { kind: 'sink', config: committed },
        },
      }),
    );
    expect(nodeOf(run, 'sink').recordsIn).toBe(200);
    const markers = run.state.partitions.map(({ log }) => log.controlRecords);
    expect(markers[3]).toBe(2);
    expect(Math.max(...markers)).toBe(2);
  });

  test('[TXN-7] while a transaction ends, arrivals queue up before the application and keep their times', () => {
    const document = simple({
      source: { ...transactional, 'transaction.records': 10, 'workload.records': 30 },
      sink: committed,
      cluster: { 'network.latency.ms': 5 },
    });
    const { probe, served } = collect(document, 'sink');
    runTo(start(document, { probe }), 3000);
    expect(served.map(({ sentMs }) => sentMs)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    const moments = [...new Set(served.map(({ endMs }) => endMs))];
    expect(moments.length).toBe(3);
  });
});

describe('[TXN-8] what a transaction costs', () => {
  const cluster = { 'network.latency.ms': 3 };
  const alone = { ...transactional, 'transaction.records': 1, 'workload.records': 1, 'workload.start.ms': 1000 };

  test('[TXN-8] the first batch at a partition waits for the leader to have asked the coordinator', () => {
    // 6 ms initTransactions, 3 ms to the leader, 6 ms to the coordinator and back, 3 ms with the answer of the waiting fetch.
    const document = simple({ source: alone, sink: uncommitted, cluster });
    const { probe, served } = collect(document, 'sink');
    runTo(start(document, { probe }), 3000);
    expect(served.map(({ endMs }) => endMs - 1000)).toEqual([18]);
  });

  test('[TXN-8] committed readers have it one answer, one EndTxn and one WriteTxnMarkers later', () => {
    // As before up to the leader at 15 ms; 3 ms answer, 3 ms EndTxn, 3 ms to the leader with the marker, 3 ms with the answer of the fetch.
    const document = simple({ source: alone, sink: committed, cluster });
    const { probe, served } = collect(document, 'sink');
    runTo(start(document, { probe }), 3000);
    expect(served.map(({ endMs }) => endMs - 1000)).toEqual([27]);
  });

  test('[TXN-8] a write to the transaction log takes two ways of latency more when that has replicas', () => {
    const moments = [1, 3].map((brokers) => {
      const document = simple({
        source: { ...alone },
        sink: committed,
        cluster: { ...cluster, brokers, 'offsets.topic.replication.factor': 1 },
      });
      const { probe, served } = collect(document, 'sink');
      runTo(start(document, { probe }), 3000);
      return served[0]!.endMs - 1000;
    });
    // InitProducerId, AddPartitionsToTxn, PrepareCommit; the last write only tells that all is done.
    expect(moments[1]! - moments[0]!).toBe(18);
  });

  test('[TXN-8] a transaction that begins while the one before is being completed is asked for again every 20 ms by the leader', () => {
    const document = simple({
      source: { ...transactional, 'transaction.records': 1, 'workload.records': 2, 'workload.start.ms': 1000 },
      sink: uncommitted,
      cluster: { ...cluster, brokers: 3 },
    });
    const { probe, served } = collect(document, 'sink');
    runTo(start(document, { probe }), 3000);
    // The end is decided at 39 ms and complete at 51 ms; the next transaction's leader asks at 48 ms in vain, and again 20 ms after the answer.
    expect(served.map(({ endMs }) => endMs - 1000)).toEqual([30, 86]);
  });
});

describe('[TXN-9] fencing', () => {
  /** Ten records at once every ten seconds. */
  const bursts = {
    'workload.shape': 'bursts',
    'workload.rate': 0,
    'workload.burst.rate': 1000,
    'workload.burst.ms': 10,
    'workload.burst.every.ms': 10_000,
  };
  const zombie = (sink: Config) =>
    documentOf({
      nodes: {
        a: { kind: 'producer', config: { ...transactional, ...bursts }, to: ['topic'] },
        b: {
          kind: 'producer',
          config: { ...transactional, 'transaction.records': 5, 'workload.records': 50, 'workload.start.ms': 5000 },
          to: ['topic'],
        },
        topic: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink', config: sink },
      },
      seconds: 30,
    });

  /** Case R10 of the accuracy cases. */
  test('[TXN-9] an instance that stalls while another with its transactional id starts is fenced when it wakes, and nothing of it is read', () => {
    const run = finished(zombie(committed));
    expect(nodeOf(run, 'sink').recordsIn).toBe(50);
    expect(nodeOf(run, 'b').transactions).toMatchObject({ committed: 10, aborted: 0 });
    expect(nodeOf(run, 'a').transactions).toMatchObject({ committed: 0, aborted: 0, state: 'failed', error: 'PRODUCER_FENCED' });
    expect(textsOf(run, 'producer.fenced')).toEqual([
      '10 s: a is fenced and stops: another instance with transactional.id payments has started (PRODUCER_FENCED).',
    ]);
  });

  test('[TXN-9] what it sent before stands in the log; what it holds when it is fenced counts as failed', () => {
    const run = finished(zombie(uncommitted));
    // Ten of A before it stalled.
    expect(nodeOf(run, 'sink').recordsIn).toBe(60);
    const { recordsOut, failed } = nodeOf(run, 'a');
    expect(recordsOut).toBe(10);
    expect(failed).toBeGreaterThan(0);
  });
});

describe('[TXN-10] timeouts', () => {
  const slow = { ...transactional, 'workload.rate': 2, 'transaction.timeout.ms': 15_000 };
  const beside = (sink: Config, seconds: number) =>
    documentOf({
      nodes: {
        hanging: { kind: 'producer', config: slow, to: ['topic'] },
        plain: { kind: 'producer', config: { 'workload.rate': 10, 'workload.records': 200 }, to: ['topic'] },
        topic: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink', config: sink },
      },
      seconds,
    });

  test('[TXN-10] an open transaction holds back everything behind it, until the coordinator aborts it at its next look after the timeout', () => {
    const run = start(beside(committed, 60));
    runTo(run, 19_999);
    const before = nodeOf(run, 'sink').recordsIn;
    expect(before).toBeLessThanOrEqual(1);
    runTo(run, 20_001);
    // All 200 of the producer without transactions, none of the other.
    expect(nodeOf(run, 'sink').recordsIn).toBe(200);
    expect(textsOf(run, 'transaction.timed-out')).toEqual([
      '20 s: The transaction of payments is aborted by its coordinator: it was open for 20 s, longer than transaction.timeout.ms allows.',
    ]);
  });

  test('[TXN-10] its producer learns of it with its next batch, aborts, and goes on under the epoch of the abort', () => {
    const run = start(beside(uncommitted, 60));
    runTo(run, 21_000);
    expect(textsOf(run, 'transaction.aborted')).toEqual(['20.5 s: hanging aborts a transaction of payments: INVALID_PRODUCER_EPOCH.']);
    expect(nodeOf(run, 'hanging').transactions).toMatchObject({ committed: 0, aborted: 1, timedOut: 1, state: 'open' });
    expect(run.state.producers[0]).toMatchObject({ producerEpoch: 1 });
  });

  test('[TXN-10] a timeout above transaction.max.timeout.ms is refused at the start', () => {
    const run = start(simple({ source: transactional, sink: committed }));
    // A document with both is refused before it comes to a run.
    Object.assign(run.state.transactions.config, { maxTimeoutMs: 10_000 });
    runTo(run, 10_000);
    expect(nodeOf(run, 'source')).toMatchObject({ recordsOut: 0, transactions: { state: 'failed', error: 'INVALID_TRANSACTION_TIMEOUT' } });
    expect(textsOf(run, 'producer.failed')).toEqual([
      '0 s: source cannot go on with its transactions and stops: INVALID_TRANSACTION_TIMEOUT.',
    ]);
  });
});

describe('[TXN-11] when brokers die', () => {
  const replicated = (faults: readonly Fault[], sink: Config = committed, source: Config = {}) =>
    simple({
      source: { ...transactional, 'workload.rate': 200, 'workload.records': 4000, 'key.shape': 'sequential', ...source },
      topic: { partitions: 6, 'replication.factor': 3, 'min.insync.replicas': 2 },
      sink,
      cluster: { brokers: 4, 'network.latency.ms': 1 },
      faults,
      seconds: 120,
    });
  const killAndReturn = (broker: number): Fault[] => [
    { atMs: 5_010, action: 'broker.kill', broker },
    { atMs: 40_000, action: 'broker.restart', broker },
  ];

  test.each([0, 1, 2, 3])('[TXN-11] broker %i dies and returns: every record is committed once, no transaction in part', (broker) => {
    const run = finished(replicated(killAndReturn(broker)));
    expect(nodeOf(run, 'source').transactions).toMatchObject({ error: '' });
    const { committed: done, aborted } = nodeOf(run, 'source').transactions!;
    expect(done + aborted).toBe(40);
    expect(nodeOf(run, 'sink').recordsIn).toBe(done * 100);
    expect(pathOf(run, 'sink').underWay).toBe(0);
    for (const { log } of run.state.partitions) expect(lastStableOffsetOf(log)).toBe(log.logEndOffset);
  });

  test('[TXN-11] another coordinator takes over with the state from its log and sends the markers that are missing', () => {
    const at = start(replicated([]));
    runTo(at, 1000);
    const { coordinator } = at.state.transactions.ids[0]!;
    const run = start(replicated(killAndReturn(coordinator)));
    runTo(run, 30_000);
    expect(run.state.transactions.ids[0]!.coordinator).not.toBe(coordinator);
    expect(run.state.transactions.ids[0]!.coordinatorEpoch).toBeGreaterThan(0);
    runTo(run, 120_000);
    expect(nodeOf(run, 'source').transactions).toMatchObject({ committed: 40, aborted: 0, state: 'over' });
    expect(reportOf(run).nodes.find(({ node }) => node === 'sink')!.recordsIn).toBe(4000);
  });

  test('[TXN-11] what a coordinator has decided is done by the next one: markers it could not send before it died', () => {
    const decided = (seed: number, faults: readonly Fault[]) =>
      start(
        simple({
          source: { ...transactional, 'workload.rate': 100, 'workload.records': 100 },
          sink: committed,
          cluster: { brokers: 3, 'network.latency.ms': 1 },
          faults,
          seconds: 30,
          seed,
        }),
      );
    const placed = (seed: number) => {
      const { transactions, partitions } = runTo(decided(seed, []), 500).state;
      return { seed, coordinator: transactions.ids[0]!.coordinator, leader: partitions[0]!.leader };
    };
    const { seed, coordinator, leader } = [1, 2, 3, 4, 5, 6].map(placed).find((place) => place.coordinator !== place.leader)!;
    const run = decided(seed, [
      { atMs: 900, action: 'network.cut', between: [`broker:${coordinator}`], and: [`broker:${leader}`] },
      { atMs: 3000, action: 'broker.kill', broker: coordinator },
    ]);
    runTo(run, 2900);
    expect(run.state.transactions.ids[0]!.metadata!.current).toMatchObject({ state: 'PrepareCommit', partitions: [0] });
    // It was told that its transaction is committed; no committed reader has it yet.
    expect(nodeOf(run, 'source').transactions).toMatchObject({ committed: 1, state: 'over' });
    expect(nodeOf(run, 'sink').recordsIn).toBe(0);
    runTo(run, 30_000);
    expect(run.state.transactions.ids[0]!.metadata!.current.state).toBe('CompleteCommit');
    expect(run.state.transactions.ids[0]!.coordinator).not.toBe(coordinator);
    expect(nodeOf(run, 'sink').recordsIn).toBe(100);
    expect(run.state.partitions[0]!.log.controlRecords).toBe(1);
  });

  test('[TXN-11] without enough replicas of the transaction log nothing is begun nor ended, until there are', () => {
    const run = start(
      simple({
        source: { ...transactional, 'workload.rate': 20, 'workload.records': 400, 'transaction.records': 10 },
        topic: { 'replication.factor': 2 },
        sink: committed,
        cluster: { brokers: 2 },
        faults: [
          { atMs: 3000, action: 'broker.kill', broker: 1 },
          { atMs: 20_000, action: 'broker.restart', broker: 1 },
        ],
        seconds: 60,
      }),
    );
    runTo(run, 15_000);
    const { committed: before } = nodeOf(run, 'source').transactions!;
    runTo(run, 24_000);
    expect(nodeOf(run, 'source').transactions!.committed).toBe(before);
    runTo(run, 60_000);
    expect(nodeOf(run, 'source').transactions).toMatchObject({ committed: 40, aborted: 0 });
    expect(nodeOf(run, 'sink').recordsIn).toBe(400);
  });
});
