import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../kernel/trace.ts';
import { type ProducerCompression, sizesOfRatio } from './compression.ts';
import type { ProducerContext } from './context.ts';
import { addProducer, answerAside, createCluster, runUntil, workloadOf } from './harness.ts';
import { reconfigureProducer, settleProducer, startProducer } from './producer.ts';

const scenario = fc.record({
  // Arrivals come at even microseconds and answers at odd ones: with both at the same moment either order is right, but they are not the same.
  shape: fc.constantFrom('constant', 'bursts', 'replay'),
  gaps: fc.array(fc.constantFrom(0, 2, 4, 6, 30, 46, 888, 5000), { minLength: 300, maxLength: 1500 }),
  rate: fc.constantFrom(500, 5000, 50_000),
  keyShape: fc.constantFrom('none', 'uniform', 'zipf', 'sequential'),
  sizes: fc.constantFrom('constant', 'uniform'),
  sizeBytes: fc.constantFrom(10, 200, 1500),
  groupSize: fc.constantFrom(1, 1, 7),
  partitions: fc.constantFrom([1], [4], [12], [3, 5]),
  brokers: fc.constantFrom(1, 3),
  batchSizeBytes: fc.constantFrom(1, 600, 4096, 16_384),
  lingerUs: fc.constantFrom(0, 1302, 20_002),
  bufferMemoryBytes: fc.constantFrom(20_000, 80_000, 33_554_432),
  maxBlockUs: fc.constantFrom(0, 7778, 60_000_000),
  maxRequestBytes: fc.constantFrom(900, 10_000, 1_048_576),
  maxInFlight: fc.constantFrom(1, 2, 5),
  delayUs: fc.constantFrom(0, 411, 9123),
  editAtUs: fc.constantFrom(-1, 31_234, 55_555),
  adaptivePartitioning: fc.boolean(),
  /** Compressed part of batches; 0: not compressed. */
  ratio: fc.constantFrom(0, 0, 0.3, 1.1),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function compressedTo(ratio: number, topics: number): ProducerCompression {
  return { codec: 1, sizes: sizesOfRatio(ratio), handlerUsPerByte: 0, stored: new Array<null>(topics).fill(null), basis: 'set' };
}

function start(options: Scenario, looksAhead: boolean): ProducerContext {
  const ctx = createCluster({ partitions: options.partitions, brokers: options.brokers });
  const { batchSizeBytes, lingerUs, bufferMemoryBytes, maxBlockUs, maxRequestBytes, maxInFlight, adaptivePartitioning } = options;
  const config = { batchSizeBytes, lingerUs, bufferMemoryBytes, maxBlockUs, maxRequestBytes, maxInFlight, adaptivePartitioning };
  const compression = options.ratio === 0 ? undefined : compressedTo(options.ratio, options.partitions.length);
  const index = addProducer(ctx, { workload: settings(options), config, ...(compression && { compression }) });
  startProducer(ctx, index);
  const { source } = ctx.producers[index];
  if (source === null) throw new Error('no source');
  source.looksAhead = looksAhead;
  return ctx;
}

function settings(options: Scenario): Record<string, string | number> {
  return {
    'workload.shape': options.shape,
    'workload.rate': options.rate,
    'workload.csv': options.shape === 'replay' ? csvOf(options) : '',
    'workload.group.size': options.groupSize,
    'workload.burst.ms': 20,
    'workload.burst.every.ms': 50,
    'key.shape': options.keyShape,
    'key.count': 50,
    'value.size.distribution': options.sizes,
    'value.size.bytes': options.sizeBytes,
    'value.size.max.bytes': options.sizeBytes * 2,
  };
}

function csvOf(options: Scenario): string {
  let atUs = 0;
  const rows = options.gaps.map((gap, i) => {
    atUs += gap;
    const key = options.keyShape === 'none' || i % 3 === 0 ? '' : `key-${(i * i) % 11}`;
    return `${atUs / 1000},${key},${(i * 37) % options.sizeBytes}`;
  });
  return ['at_ms,key,size', ...rows].join('\n');
}

function observe(ctx: ProducerContext, options: Scenario): unknown[] {
  const seen: unknown[] = [];
  for (let untilUs = 11_112; untilUs < 110_000; untilUs += 11_112) {
    runUntil(ctx, untilUs, { onArrived: (slot) => answerAside(ctx, slot, options.delayUs) });
    ctx.events.nowUs = untilUs;
    if (options.editAtUs >= untilUs - 11_112 && options.editAtUs < untilUs) {
      const workload = workloadOf({ ...settings(options), 'workload.rate': options.rate * 2, 'workload.start.ms': 0.124 });
      reconfigureProducer(ctx, 0, { config: { ...ctx.producers[0].config, lingerUs: 2002 }, workload });
    }
    settleProducer(ctx, 0);
    const { sentRecords, ackedRecords, failedRecords, sentBytes, pendingRecords, blocked } = ctx.producers[0];
    seen.push({ untilUs, sentRecords, ackedRecords, failedRecords, sentBytes, pendingRecords, blocked, trace: fingerprintOf(ctx.trace) });
  }
  return seen;
}

describe('look ahead', () => {
  test('[PRO-9] looking ahead changes nothing: same batches at the same times as one event for each arrival', () => {
    fc.assert(
      fc.property(scenario, (options) => {
        expect(observe(start(options, true), options)).toEqual(observe(start(options, false), options));
      }),
      { seed: 20_261_120, numRuns: 150 },
    );
  }, 60_000);
});
