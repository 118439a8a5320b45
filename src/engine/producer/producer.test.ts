import { describe, expect, test } from 'vitest';
import { onProduceArrived } from '../broker/produce.ts';
import { clonePlain } from '../kernel/plainClone.ts';
import { fingerprintOf } from '../kernel/trace.ts';
import { recordSizeBytes } from '../log/recordSize.ts';
import { internKey, keySize } from '../workload/keys.ts';
import type { ProducerContext } from './context.ts';
import { addProducer, createCluster, freeCosts, runUntil, workloadOf } from './harness.ts';
import {
  abandonProducer,
  attachValueSize,
  flushReady,
  reconfigureProducer,
  sendRecord,
  settleProducer,
  startProducer,
} from './producer.ts';

/** Every batch of every request, as it reaches the broker. */
interface Seen {
  atUs: number;
  broker: number;
  partition: number;
  count: number;
  sizeBytes: number;
  createdUs: number;
  times: number[];
}

function runSeeing(ctx: ProducerContext, untilUs: number): Seen[] {
  const seen: Seen[] = [];
  const onArrived = (slot: number, requestId: number) => {
    const request = ctx.produceRequests.items[slot];
    const atUs = ctx.events.nowUs - ctx.costs.networkLatencyUs;
    for (const { partition, count, sizeBytes, createdUs, columns } of request?.batches ?? []) {
      seen.push({
        atUs,
        broker: request?.broker ?? -1,
        partition,
        count,
        sizeBytes,
        createdUs,
        times: [...columns.sentUs.slice(0, count)],
      });
    }
    onProduceArrived(ctx, slot, requestId);
  };
  runUntil(ctx, untilUs, { onArrived });
  return seen;
}

const slow = { ...freeCosts, networkLatencyUs: 100 };

function totals(ctx: ProducerContext, index = 0): number[] {
  settleProducer(ctx, index);
  const { sentRecords, ackedRecords, failedRecords, pendingRecords } = ctx.producers[index];
  return [sentRecords, ackedRecords, failedRecords, pendingRecords];
}

describe('source', () => {
  test('[PRO-4] linger bounds the wait of an unfull batch', () => {
    const ctx = createCluster({ partitions: [1], costs: slow });
    addProducer(ctx, { workload: { 'workload.rate': 10_000, 'workload.start.ms': 1, 'workload.records': 30 }, config: { lingerUs: 900 } });
    startProducer(ctx, 0);
    const seen = runSeeing(ctx, 20_000);
    expect(seen.map(({ atUs, count }) => [atUs, count])).toEqual([
      [1900, 10],
      [2900, 10],
      [3900, 10],
    ]);
    expect(totals(ctx)).toEqual([30, 30, 0, 0]);
  });

  test('[PRO-6] linger 0: one round a moment, with all that arrives in it', () => {
    const ctx = createCluster({ partitions: [1], costs: slow });
    const workload = { 'workload.rate': 10_000, 'workload.group.size': 4, 'workload.records': 12 };
    addProducer(ctx, { workload, config: { lingerUs: 0 } });
    startProducer(ctx, 0);
    const seen = runSeeing(ctx, 20_000);
    expect(seen.map(({ atUs, count }) => [atUs, count])).toEqual([
      [0, 4],
      [400, 4],
      [800, 4],
    ]);
  });

  test('[PRO-3] batches have exact v2 sizes and end where the next record does not fit', () => {
    const ctx = createCluster({ partitions: [3], costs: slow });
    const workload = {
      'workload.rate': 100_000,
      'value.size.distribution': 'uniform',
      'value.size.bytes': 150,
      'value.size.max.bytes': 300,
      'key.count': 30,
    };
    addProducer(ctx, { workload, config: { batchSizeBytes: 4000, lingerUs: 1_000_000 } });
    startProducer(ctx, 0);
    for (let untilUs = 0; untilUs < 30_000; untilUs += 50) {
      runUntil(ctx, untilUs);
      for (const request of ctx.produceRequests.items) {
        for (const batch of request?.batches ?? []) {
          let bytes = 61;
          for (let i = 0; i < batch.count; i++) {
            const { timestampUs, key, size } = batch.columns;
            const timestampDeltaMs = Math.floor(timestampUs[i] / 1000) - batch.baseTimestampMs;
            bytes += recordSizeBytes({
              offsetDelta: i,
              timestampDeltaMs,
              keySize: keySize(ctx.keys, key[i]),
              valueSize: size[i],
              headersSize: 1,
            });
          }
          expect(batch.sizeBytes).toBe(bytes);
          expect(batch.sizeBytes).toBeLessThanOrEqual(4000);
          expect(batch.maxTimestampMs).toBe(Math.floor(batch.columns.timestampUs[batch.count - 1] / 1000));
        }
      }
    }
    expect(totals(ctx)[1]).toBeGreaterThan(2000);
  });

  test('[PRO-5] a broker has at most max.in.flight requests, the rest waits for answers', () => {
    const ctx = createCluster({ partitions: [1], costs: { ...freeCosts, networkLatencyUs: 1000 } });
    addProducer(ctx, { workload: { 'workload.rate': 10_000, 'value.size.bytes': 10 }, config: { lingerUs: 0, maxInFlight: 2 } });
    startProducer(ctx, 0);
    const seen = runSeeing(ctx, 6500);
    expect(seen.map(({ atUs, count }) => [atUs, count]).slice(0, 6)).toEqual([
      [0, 1],
      [100, 1],
      [2000, 19],
      [2100, 1],
      [4000, 19],
      [4100, 1],
    ]);
  });

  test('[PRO-8] without memory send() waits, keeps the arrival as sent time, and gives up after max.block.ms', () => {
    const ctx = createCluster({ partitions: [1], costs: { ...freeCosts, networkLatencyUs: 5000 } });
    const workload = { 'workload.rate': 1000, 'value.size.bytes': 900, 'workload.records': 14, 'key.count': 1 };
    addProducer(ctx, { workload, config: { batchSizeBytes: 1000, bufferMemoryBytes: 3000, lingerUs: 0, maxBlockUs: 6500 } });
    startProducer(ctx, 0);
    const seen = runSeeing(ctx, 60_000);
    // Three batches go out at 0, 1, 2 ms; the fourth record waits from 3 ms for the answer at 10 ms, but gives up at 9.5 ms.
    expect(seen.slice(0, 4).map(({ atUs, createdUs, times }) => [atUs, createdUs, times[0]])).toEqual([
      [0, 0, 0],
      [1000, 1000, 1000],
      [2000, 2000, 2000],
      [10_000, 10_000, 4000],
    ]);
    const [sent, acked, failed, pending] = totals(ctx);
    expect(sent).toBe(14);
    expect(acked + failed).toBe(14);
    expect(failed).toBeGreaterThan(0);
    expect(pending).toBe(0);
    const times = seen.flatMap((batch) => batch.times);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('[PRO-7] too large for the client, and too large for the topic, count as failed', () => {
    const ctx = createCluster({ partitions: [2], maxMessageBytes: 500 });
    const csv = `at_ms,key,size\n1,a,100\n2,b,900\n3,c,5000\n4,d,100\n`;
    addProducer(ctx, { workload: { 'workload.shape': 'replay', 'workload.csv': csv }, config: { lingerUs: 0, maxRequestBytes: 1000 } });
    startProducer(ctx, 0);
    runUntil(ctx, 100_000);
    expect(totals(ctx)).toEqual([4, 2, 2, 0]);
  });

  test('a source wired to several topics sends each record to each, in order', () => {
    const ctx = createCluster({ partitions: [2, 3], brokers: 2 });
    addProducer(ctx, { workload: { 'workload.rate': 1000, 'workload.records': 500, 'key.shape': 'none' } });
    startProducer(ctx, 0);
    runUntil(ctx, 2_000_000);
    expect(totals(ctx)).toEqual([1000, 1000, 0, 0]);
    const records = (topic: number) =>
      ctx.partitions.filter((partition) => partition.topic === topic).reduce((sum, { log }) => sum + log.logEndOffset, 0);
    expect([records(0), records(1)]).toEqual([500, 500]);
  });

  test('[PRO-10] counters are exact at any moment, and looking at them changes nothing', () => {
    const run = (looks: boolean) => {
      const ctx = createCluster({ partitions: [4], brokers: 2, costs: slow });
      addProducer(ctx, { workload: { 'workload.rate': 7000, 'key.shape': 'none' } });
      startProducer(ctx, 0);
      for (let untilUs = 777; untilUs < 100_000; untilUs += 777) {
        runUntil(ctx, untilUs);
        if (!looks) continue;
        const { nowUs } = ctx.events;
        ctx.events.nowUs = untilUs;
        const [sent, acked, failed, pending] = totals(ctx);
        ctx.events.nowUs = nowUs;
        expect(sent).toBe(Math.floor(((untilUs + 0.5) * 7000) / 1e6) + 1);
        expect(sent).toBe(acked + failed + pending);
      }
      return fingerprintOf(ctx.trace);
    };
    expect(run(true)).toBe(run(false));
  });

  test('a copy of the state goes on as the original does', () => {
    const make = () => {
      const ctx = createCluster({ partitions: [4], brokers: 2, costs: slow });
      addProducer(ctx, {
        workload: { 'workload.shape': 'poisson', 'workload.rate': 20_000, 'key.shape': 'none' },
        valueSize: (n) => 50 + (n % 7),
      });
      startProducer(ctx, 0);
      return ctx;
    };
    const whole = make();
    runUntil(whole, 50_000);
    const copy = clonePlain(whole);
    expect(() => runUntil(clonePlain(whole), 1_000_000)).toThrow('attachValueSize');
    attachValueSize(copy.producers[0], (n) => 50 + (n % 7));
    runUntil(whole, 200_000);
    runUntil(copy, 200_000);
    expect(fingerprintOf(copy.trace)).toBe(fingerprintOf(whole.trace));
    expect(totals(copy)).toEqual(totals(whole));
  });

  test('[PRO-11] a live edit holds from its moment: nothing lost, nothing sent twice, no jump in the rate', () => {
    const ctx = createCluster({ partitions: [1], costs: slow });
    const index = addProducer(ctx, { workload: { 'workload.rate': 1000 } });
    startProducer(ctx, index);
    runUntil(ctx, 100_000);
    const edit = (atUs: number, rate: number) => {
      runUntil(ctx, atUs);
      ctx.events.nowUs = atUs;
      reconfigureProducer(ctx, index, { config: ctx.producers[index].config, workload: workloadOf({ 'workload.rate': rate }) });
    };
    // Twenty edits within one gap between arrivals neither bring arrivals forward nor hold them back.
    for (let i = 0; i < 20; i++) edit(100_100 + i * 40, i % 2 === 0 ? 2000 : 1000);
    runUntil(ctx, 200_000);
    ctx.events.nowUs = 200_000;
    const [sent] = totals(ctx);
    // 101 until then, and in the gap about 1.2 records' worth of way; then 1000 a second.
    expect(Math.abs(sent - 201)).toBeLessThanOrEqual(1);
    edit(200_500, 0);
    const [atEdit] = totals(ctx);
    runUntil(ctx, 300_000);
    expect(totals(ctx)).toEqual([atEdit, atEdit, 0, 0]);
    edit(300_000, 5000);
    runUntil(ctx, 400_000);
    ctx.events.nowUs = 400_000;
    expect(Math.abs(totals(ctx)[0] - atEdit - 500)).toBeLessThanOrEqual(1);
  });

  test('[PRO-15] a leader that moved: the old one refuses, the client asks for metadata, and what was refused goes to the new one', () => {
    const ctx = createCluster({ partitions: [2], brokers: 2, costs: slow });
    addProducer(ctx, { workload: { 'workload.rate': 10_000 }, config: { lingerUs: 1000 } });
    startProducer(ctx, 0);
    runUntil(ctx, 10_000);
    ctx.partitions[1].leaderHistory.push({ version: 0, leader: 1 });
    ctx.partitions[1].leader = 0;
    ctx.partitions[1].holder = 0;
    ctx.partitions[1].leaderVersion = 1;
    ctx.cluster.metadataVersion = 1;
    const seen = runSeeing(ctx, 400_000).filter(({ atUs }) => atUs > 15_000);
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.every(({ broker }) => broker === 0)).toBe(true);
    const [sent, acked, failed, pending] = totals(ctx);
    expect(failed).toBe(0);
    expect(acked + pending).toBe(sent);
    expect(ctx.producers[0].recovery).toBeNull();
  });
});

describe("a processor's member", () => {
  const send = (ctx: ProducerContext, n: number) => {
    const key = internKey(ctx.keys, `k${n % 5}`);
    return sendRecord(ctx, 0, { topic: 0, timestampUs: ctx.events.nowUs - 50_000, key, size: 900, sequence: n, path: 3 });
  };

  test('[PRO-4] its records linger and are acknowledged, out-of-order timestamps and all', () => {
    const ctx = createCluster({ partitions: [2], costs: slow });
    addProducer(ctx, { workload: null });
    for (let n = 0; n < 10; n++) expect(send(ctx, n)).toBe(true);
    sendRecord(ctx, 0, { topic: 0, timestampUs: 0, key: -1, size: -1, sequence: 99, path: 4 });
    flushReady(ctx, 0);
    expect(ctx.producers[0].pendingRecords).toBe(11);
    runUntil(ctx, 5199);
    expect(ctx.producers[0].ackedRecords).toBe(0);
    runUntil(ctx, 5200);
    expect(ctx.producers[0].ackedRecords).toBe(11);
  });

  test('[PRO-8] without memory it is told false, and ProducerSpace when there is some again', () => {
    const ctx = createCluster({ partitions: [2], costs: slow });
    addProducer(ctx, { workload: null, config: { batchSizeBytes: 1000, bufferMemoryBytes: 3000, lingerUs: 60_000_000 } });
    let next = 0;
    const sendAll = () => {
      while (next < 12 && send(ctx, next)) next++;
      flushReady(ctx, 0);
    };
    sendAll();
    expect(next).toBe(3);
    expect(ctx.producers[0].blocked).toBe(true);
    runUntil(ctx, 1_000_000, { onSpace: sendAll });
    expect(next).toBe(12);
    flushReady(ctx, 0);
    runUntil(ctx, 100_000_000, { onSpace: sendAll });
    const { sentRecords, ackedRecords, pendingRecords, blocked } = ctx.producers[0];
    expect({ sentRecords, ackedRecords, pendingRecords, blocked }).toEqual({
      sentRecords: 12,
      ackedRecords: 12,
      pendingRecords: 0,
      blocked: false,
    });
  });

  test('[PRO-10] a crash forgets what is pending, and answers to the dead are ignored', () => {
    const ctx = createCluster({ partitions: [2], costs: slow });
    addProducer(ctx, { workload: null, config: { lingerUs: 0 } });
    for (let n = 0; n < 4; n++) send(ctx, n);
    flushReady(ctx, 0);
    for (let n = 4; n < 7; n++) send(ctx, n);
    expect(abandonProducer(ctx, 0)).toBe(7);
    for (let n = 7; n < 9; n++) send(ctx, n);
    flushReady(ctx, 0);
    runUntil(ctx, 10_000);
    const { sentRecords, ackedRecords, pendingRecords, forgottenRecords } = ctx.producers[0];
    expect({ sentRecords, ackedRecords, pendingRecords, forgottenRecords }).toEqual({
      sentRecords: 9,
      ackedRecords: 2,
      pendingRecords: 0,
      forgottenRecords: 7,
    });
    expect(ctx.partitions.reduce((sum, { log }) => sum + log.logEndOffset, 0)).toBe(6);
  });

  test('sending to a topic it is not wired to is a mistake that says so', () => {
    const ctx = createCluster({ partitions: [2] });
    addProducer(ctx, { workload: null });
    expect(() => sendRecord(ctx, 0, { topic: 7, timestampUs: 0, key: -1, size: 1, sequence: 0, path: 0 })).toThrow('topic number 7');
  });
});
