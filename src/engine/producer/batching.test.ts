/** Sentence by sentence what Kafka's client does with records before they leave (RecordAccumulator, BuiltInPartitioner, BufferPool). */
import { describe, expect, test } from 'vitest';
import type { Config } from '../../pipeline/document.ts';
import type { Run } from '../run/build.ts';
import { runTo, simple, start } from '../run/harness.ts';
import { internKey } from '../workload/keys.ts';
import type { ProducerContext } from './context.ts';
import { addProducer, answerAside, createCluster, freeCosts, runUntil } from './harness.ts';
import { flushProducer, flushReady, sendRecord, settleProducer, startProducer } from './producer.ts';

interface Sent {
  readonly atUs: number;
  readonly broker: number;
  readonly batches: readonly { readonly partition: number; readonly count: number; readonly sizeBytes: number; readonly times: number[] }[];
}

/** Every request as it leaves; answered after `delayUs`, by broker. */
function sending(ctx: ProducerContext, untilUs: number, delayUs: (broker: number) => number = () => 100): Sent[] {
  const sent: Sent[] = [];
  const onArrived = (slot: number) => {
    const { broker, batches } = ctx.produceRequests.items[slot]!;
    const seen = batches.map(({ partition, count, sizeBytes, columns }) => ({
      partition,
      count,
      sizeBytes,
      times: [...columns.sentUs.slice(0, count)],
    }));
    sent.push({ atUs: ctx.events.nowUs, broker, batches: seen });
    answerAside(ctx, slot, delayUs(broker));
  };
  runUntil(ctx, untilUs, { onArrived });
  return sent;
}

/** A member's record to the only partition of a topic. */
function send(ctx: ProducerContext, topic: number, size = 900): boolean {
  const key = internKey(ctx.keys, 'key');
  return sendRecord(ctx, 0, { topic, timestampUs: ctx.events.nowUs, key, size, sequence: 1, path: 3 });
}

describe('records without a key', () => {
  const keyless = { 'key.shape': 'none', 'value.size.bytes': 100, 'workload.rate': 10_000, 'workload.records': 6000 };

  test.each([
    ['batches that fill up', 1_000_000],
    ['batches that linger out long before they are full', 1_500],
  ])('[PRO-2] stay in a partition until batch.size bytes went there, at most twice as many: %s', (_, lingerUs) => {
    const ctx = createCluster({ partitions: [5], costs: freeCosts });
    addProducer(ctx, { workload: keyless, config: { batchSizeBytes: 4000, lingerUs } });
    startProducer(ctx, 0);
    const records = sending(ctx, 3_000_000)
      .flatMap(({ batches }) => batches)
      .flatMap(({ partition, times, sizeBytes, count }) => times.map((atUs) => ({ partition, atUs, bytes: sizeBytes / count })))
      .sort((a, b) => a.atUs - b.atUs);
    expect(records).toHaveLength(6000);
    const runs: number[] = [];
    const partitions: number[] = [];
    for (const { partition, bytes } of records) {
      if (partition !== partitions.at(-1)) {
        partitions.push(partition);
        runs.push(0);
      }
      runs[runs.length - 1]! += bytes;
    }
    // Not round robin: whole batches, in a random order that uses all partitions. A record is about 110 bytes.
    expect(new Set(partitions).size).toBe(5);
    for (const bytes of runs.slice(0, -1)) expect(bytes).toBeGreaterThanOrEqual(4000 - 120);
    // Where the random choice falls on the same partition again, its runs join.
    expect(Math.min(...runs.slice(0, -1))).toBeLessThan(2 * 4000 + 120);
    const inTurn = partitions.slice(1).filter((partition, i) => partition === (partitions[i]! + 1) % 5).length;
    expect(inTurn).toBeLessThan(partitions.length / 2);
  });

  test('[PRO-2] partitions with longer queues get fewer of them; without adaptive partitioning as many', () => {
    const share = (adaptivePartitioning: boolean): number => {
      const ctx = createCluster({ partitions: [4], brokers: 2, costs: freeCosts });
      const config = { batchSizeBytes: 1000, lingerUs: 0, maxInFlight: 1, adaptivePartitioning };
      addProducer(ctx, { workload: { ...keyless, 'workload.rate': 20_000, 'workload.records': 20_000 }, config });
      startProducer(ctx, 0);
      const sent = sending(ctx, 900_000, (broker) => (broker === 0 ? 200 : 8000));
      const counts = [0, 0];
      for (const { broker, batches } of sent) for (const { count } of batches) counts[broker]! += count;
      settleProducer(ctx, 0);
      // What waits for the slow broker was dealt to it as well.
      for (const queue of ctx.producers[0].accumulator!.queues.entries()) {
        const broker = ctx.partitions[queue[0]].leader;
        for (const { count } of queue[1]) counts[broker]! += count;
      }
      return counts[1]! / (counts[0]! + counts[1]!);
    };
    // Without: a queue is left with a full batch only, so that the slow broker gets up to twice as many bytes a turn.
    expect(share(false)).toBeGreaterThan(0.5);
    expect(share(false)).toBeLessThan(0.67);
    expect(share(true)).toBeLessThan(0.3);
  });
});

describe('when batches leave', () => {
  const lingers = { lingerUs: 1_000_000, batchSizeBytes: 4000 };

  test('[PRO-4] a full batch at once, and with it the unfull one of another partition of that broker, long before its linger.ms', () => {
    const ctx = createCluster({ partitions: [1, 1], costs: freeCosts });
    addProducer(ctx, { workload: null, config: lingers });
    send(ctx, 1);
    for (let i = 0; i < 5; i++) send(ctx, 0);
    flushReady(ctx, 0);
    const [first, ...others] = sending(ctx, 500_000);
    expect(first).toMatchObject({ atUs: 0, batches: [{ count: 4 }, { count: 1 }] });
    // The fifth record of the first topic stands alone in its batch, and lingers.
    expect(others).toEqual([]);
    expect(sending(ctx, 2_000_000)).toMatchObject([{ atUs: 1_000_000, batches: [{ count: 1 }] }]);
  });

  test('[PRO-4] not because a partition of another broker is ready', () => {
    const ctx = createCluster({ partitions: [2], brokers: 2, costs: freeCosts });
    addProducer(ctx, { workload: null, config: lingers });
    const keys = Array.from({ length: 20 }, (_, i) => internKey(ctx.keys, `k${i}`));
    for (const key of keys) sendRecord(ctx, 0, { topic: 0, timestampUs: 0, key, size: 10, sequence: 1, path: 3 });
    const { queues } = ctx.producers[0].accumulator!;
    expect(queues.map((queue) => queue.length)).toEqual([1, 1]);
    const ofFirst = keys.find((key) => {
      const before = queues[0]![0]!.count;
      sendRecord(ctx, 0, { topic: 0, timestampUs: 0, key, size: 10, sequence: 1, path: 3 });
      return queues[0]![0]!.count > before;
    })!;
    for (let i = 0; i < 5; i++) sendRecord(ctx, 0, { topic: 0, timestampUs: 0, key: ofFirst, size: 900, sequence: 1, path: 3 });
    flushReady(ctx, 0);
    const sent = sending(ctx, 500_000);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.every(({ broker }) => broker === 0)).toBe(true);
  });

  test('[PRO-4] of several batches of one partition a request takes one', () => {
    const ctx = createCluster({ partitions: [1], costs: freeCosts });
    addProducer(ctx, { workload: null, config: { ...lingers, maxInFlight: 5 } });
    for (let i = 0; i < 12; i++) send(ctx, 0);
    flushReady(ctx, 0);
    const sent = sending(ctx, 500_000);
    expect(sent.map(({ batches }) => batches.map(({ count }) => count))).toEqual([[4], [4]]);
  });

  test('[PRO-4] all of them when somebody flushes', () => {
    const ctx = createCluster({ partitions: [1, 1], brokers: 2, costs: freeCosts });
    addProducer(ctx, { workload: null, config: lingers });
    send(ctx, 0);
    send(ctx, 1);
    expect(flushProducer(ctx, 0)).toBe(false);
    expect(sending(ctx, 10)).toMatchObject([{ atUs: 0 }, ...(ctx.brokers.length > 2 ? [{}] : [])]);
  });

  test('[PRO-3] [PRO-4] a batch takes batch.size of buffer.memory however little it holds; once that is used up all unfull batches leave at once', () => {
    const ctx = createCluster({ partitions: [1, 1, 1, 1], costs: freeCosts });
    addProducer(ctx, { workload: null, config: { ...lingers, bufferMemoryBytes: 12_000 } });
    // Three records of 10 bytes fill a memory of three batches.
    for (let topic = 0; topic < 3; topic++) expect(send(ctx, topic, 10)).toBe(true);
    flushReady(ctx, 0);
    expect(ctx.producers[0].accumulator!.pool.availableBytes).toBe(0);
    expect(sending(ctx, 400_000)).toEqual([]);
    expect(send(ctx, 3, 10)).toBe(false);
    flushReady(ctx, 0);
    const [sent] = sending(ctx, 500_000);
    expect(sent!.batches.map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(sent!.atUs).toBeLessThan(400_001);
    expect(ctx.producers[0].accumulator!.pool.availableBytes).toBe(12_000);
  });
});

describe('what ends a send', () => {
  const counts = (run: Run) => {
    settleProducer(run.ctx, 0);
    const { ackedRecords, failedRecords, pendingRecords } = run.ctx.producers[0]!;
    return { acked: ackedRecords, failed: failedRecords, pending: pendingRecords };
  };
  /** Ten records that make one request, at a disk which takes 8 s for it. */
  const slowDisk = (source: Config): Run =>
    start(
      simple({
        source: { 'workload.records': 10, 'workload.rate': 10_000, 'value.size.bytes': 800, 'key.count': 1, ...source },
        cluster: { 'disk.bytes.per.second': 1_000, 'network.latency.ms': 1 },
        seconds: 60,
      }),
    );

  test('[PRO-16] delivery.timeout.ms counts from the opening of the batch, and ends it in flight as well: its answer comes too late', () => {
    const run = runTo(slowDisk({ 'delivery.timeout.ms': 6_000, 'request.timeout.ms': 5_990, 'linger.ms': 5 }), 5_980);
    expect(counts(run)).toEqual({ acked: 0, failed: 0, pending: 10 });
    runTo(run, 6_010);
    expect(counts(run)).toEqual({ acked: 0, failed: 10, pending: 0 });
    // It is in the log all the same: what was given up may have been written.
    expect(run.ctx.partitions[0]!.log.logEndOffset).toBe(10);
    runTo(run, 40_000);
    expect(counts(run)).toEqual({ acked: 0, failed: 10, pending: 0 });
    expect(run.ctx.producers[0]!.recovery).toBeNull();
  });

  test('[PRO-16] with the default of request.timeout.ms above it, too', () => {
    const run = runTo(slowDisk({ 'delivery.timeout.ms': 30_000, 'request.timeout.ms': 29_990 }), 20_000);
    expect(counts(run)).toEqual({ acked: 10, failed: 0, pending: 0 });
  });

  test('[PRO-15] a broker that is only slow: a request that is request.timeout.ms old is given up, and its batches are sent again', () => {
    const run = runTo(slowDisk({ 'request.timeout.ms': 3_000 }), 60_000);
    expect(counts(run)).toEqual({ acked: 10, failed: 0, pending: 0 });
    // Numbered batches are not written twice.
    expect(run.ctx.partitions[0]!.log.logEndOffset).toBe(10);
    const unnumbered = runTo(slowDisk({ 'request.timeout.ms': 3_000, 'enable.idempotence': false }), 60_000);
    // Others are, and keep the disk from ever catching up.
    expect(unnumbered.ctx.partitions[0]!.log.logEndOffset).toBeGreaterThan(10);
    expect(counts(unnumbered).acked).toBeLessThan(10);
  });
});
