import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStream } from '../kernel/random.ts';
import { appendRecord, createAccumulator } from './accumulator.ts';
import type { AccumulatorBatch } from './batch.ts';
import { createRecordToAppend } from './batch.ts';
import { checkReady, drainBroker, isBrokerReady, releaseBatch, setLeaders } from './drain.ts';
import { mapOrder } from './mapOrder.ts';
import { murmur2, partitionForKey, toPositive } from '../workload/murmur2.ts';
import { foldLoadStats, pickWeighted } from './partitioner.ts';
import { batchUpperBoundBytes, recordBytes } from './recordSize.ts';
import { payloadBytes } from '../workload/payload.ts';
import { encodeUtf8 } from '../workload/utf8.ts';

describe('partitioner', () => {
  test('[PRO-1] murmur2 of the texts Kafka itself tests with', () => {
    const known: [string, number][] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['abc', 479470107],
    ];
    for (const [text, hash] of known) expect(murmur2(encodeUtf8(text))).toBe(hash);
    expect(toPositive(-973932308)).toBe(1173551340);
    expect(partitionForKey(encodeUtf8('21'), 7)).toBe(3);
  });

  test('[PRO-2] shorter queues get more weight, equal ones none', () => {
    const weights = Int32Array.of(0, 3, 1);
    expect(foldLoadStats(weights, 3)).toBe(true);
    expect([...weights]).toEqual([4, 5, 8]);
    expect(Array.from({ length: 8 }, (_, random) => pickWeighted(weights, 3, random))).toEqual([0, 0, 0, 0, 1, 2, 2, 2]);
    expect(foldLoadStats(Int32Array.of(2, 2, 2), 3)).toBe(false);
    expect(foldLoadStats(Int32Array.of(2, 2, 2), 2)).toBe(true);
    expect(foldLoadStats(Int32Array.of(7), 1)).toBe(false);
  });

  test('queues are walked in the order of a Java map that is copied at each insertion', () => {
    expect(mapOrder([4, 0])).toEqual([4, 0]);
    expect(mapOrder([0, 4])).toEqual([0, 4]);
    expect(mapOrder([5, 3, 1, 4, 2, 0])).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('record sizes', () => {
  test('[PRO-3] lengths, deltas and nulls take as many bytes as in a v2 batch', () => {
    expect(61 + recordBytes(0, 0, payloadBytes(-1, 100))).toBe(170);
    expect(recordBytes(1, 1, payloadBytes(-1, 100))).toBe(109);
    expect(recordBytes(0, 0, payloadBytes(-1, -1))).toBe(7);
    expect(recordBytes(0, -1, payloadBytes(0, 0))).toBe(recordBytes(0, 0, payloadBytes(0, 0)));
    expect(recordBytes(64, 0, 1) - recordBytes(63, 0, 1)).toBe(1);
    expect(recordBytes(0, -65, 1) - recordBytes(0, -64, 1)).toBe(1);
    expect(recordBytes(0, 2 ** 40, 1) - recordBytes(0, 0, 1)).toBe(5);
    expect(batchUpperBoundBytes(payloadBytes(-1, 100))).toBe(61 + 21 + 1 + 2 + 100 + 1);
  });
});

describe('accumulator', () => {
  interface Step {
    send: boolean;
    hash: number;
    size: number;
    afterUs: number;
  }
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.record({
      send: fc.integer({ min: 0, max: 9 }).map((n) => n < 8),
      hash: fc.integer({ min: -4, max: 1000 }),
      size: fc.integer({ min: -1, max: 900 }),
      afterUs: fc.constantFrom(0, 0, 500, 3000),
    }),
    { maxLength: 120 },
  );

  test('[PRO-4] what is kept by broker says the same as a walk over all queues; memory and records balance', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(1000, 100_000), fc.boolean(), (list, maxRequestBytes, adaptive) => {
        const memory = 12_000;
        const acc = createAccumulator({
          partitions: [
            [0, 1, 2, 3],
            [4, 5],
          ],
          batchSizeBytes: 1000,
          bufferMemoryBytes: memory,
          adaptive,
          constantPath: 0,
        });
        setLeaders(acc, Int32Array.of(0, 1, 0, -1, 1, 0), 2);
        const stream = createStream(1, 'sticky');
        const record = createRecordToAppend();
        let nowUs = 0;
        let sent = 0;
        let drained = 0;
        for (const step of list) {
          nowUs += step.afterUs;
          if (step.send) {
            record.timestampUs = record.sentUs = nowUs;
            record.hash = Math.max(-1, step.hash);
            record.key = record.hash;
            record.size = step.size;
            record.payload = payloadBytes(record.hash < 0 ? -1 : 3, step.size);
            const before = acc.pool.availableBytes;
            const slot = step.hash % 2 === 0 ? 0 : 1;
            const { appended } = appendRecord(acc, slot, record, nowUs, (source) => source.words[0]++ & 0x7fffffff, stream);
            if (appended) sent++;
            else expect(acc.pool.availableBytes).toBe(before);
            continue;
          }
          const { brokers } = checkReady(acc, nowUs, 2000, false);
          expect([0, 1].filter((broker) => isBrokerReady(acc, broker, nowUs, 2000, false))).toEqual(brokers);
          for (const broker of brokers) {
            const batches: AccumulatorBatch[] = [];
            drainBroker(acc, broker, maxRequestBytes, batches);
            expect(new Set(batches.map((batch) => batch.partition)).size).toBe(batches.length);
            for (const batch of batches) {
              expect(acc.leaders[batch.local]).toBe(broker);
              drained += batch.count;
              releaseBatch(acc, batch);
            }
          }
        }
        const queued = acc.queues.flat();
        expect(sent - drained).toBe(queued.reduce((sum, batch) => sum + batch.count, 0));
        expect(memory - acc.pool.availableBytes).toBe(queued.reduce((sum, batch) => sum + batch.bufferBytes, 0));
      }),
      { seed: 4, numRuns: 400 },
    );
  });
});
