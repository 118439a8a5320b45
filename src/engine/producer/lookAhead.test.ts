import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../kernel/trace.ts';
import type { ProducerContext } from './context.ts';
import { addProducer, createCluster, runUntil, workloadOf } from './harness.ts';
import { reconfigureProducer, settleProducer, startProducer } from './producer.ts';

const scenario = fc.record({
  shape: fc.constantFrom('constant', 'poisson', 'bursts', 'ramp', 'sine'),
  rate: fc.constantFrom(700, 5000, 43_210),
  keyShape: fc.constantFrom('none', 'uniform', 'zipf', 'sequential'),
  sizes: fc.constantFrom('constant', 'uniform'),
  sizeBytes: fc.constantFrom(10, 200, 1500),
  groupSize: fc.constantFrom(1, 1, 7),
  partitions: fc.constantFrom([1], [4], [12], [3, 5]),
  brokers: fc.constantFrom(1, 3),
  batchSizeBytes: fc.constantFrom(1, 600, 4096, 16_384),
  lingerUs: fc.constantFrom(0, 1300, 20_000),
  bufferMemoryBytes: fc.constantFrom(20_000, 80_000, 33_554_432),
  maxBlockUs: fc.constantFrom(0, 7777, 60_000_000),
  maxRequestBytes: fc.constantFrom(900, 10_000, 1_048_576),
  maxInFlight: fc.constantFrom(1, 2, 5),
  networkLatencyUs: fc.constantFrom(0, 313, 9123),
  handlerUs: fc.constantFrom(0, 411),
  editAtUs: fc.constantFrom(-1, 31_234, 55_555),
  adaptivePartitioning: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function start(options: Scenario, looksAhead: boolean): ProducerContext {
  const { networkLatencyUs, handlerUs, partitions, brokers } = options;
  const ctx = createCluster({
    partitions,
    brokers,
    costs: { networkLatencyUs, handlerUs, handlers: 1, networkBytesPerUs: 0, diskBytesPerUs: 0 },
  });
  const { batchSizeBytes, lingerUs, bufferMemoryBytes, maxBlockUs, maxRequestBytes, maxInFlight, adaptivePartitioning } = options;
  const config = { batchSizeBytes, lingerUs, bufferMemoryBytes, maxBlockUs, maxRequestBytes, maxInFlight, adaptivePartitioning };
  const index = addProducer(ctx, { workload: settings(options), config });
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
    'workload.group.size': options.groupSize,
    'workload.burst.ms': 20,
    'workload.burst.every.ms': 50,
    'workload.ramp.ms': 80,
    'workload.sine.period.ms': 60,
    'key.shape': options.keyShape,
    'key.count': 50,
    'value.size.distribution': options.sizes,
    'value.size.bytes': options.sizeBytes,
    'value.size.max.bytes': options.sizeBytes * 2,
  };
}

function observe(ctx: ProducerContext, options: Scenario): unknown[] {
  const seen: unknown[] = [];
  for (let untilUs = 11_111; untilUs < 110_000; untilUs += 11_111) {
    runUntil(ctx, untilUs);
    ctx.events.nowUs = untilUs;
    if (options.editAtUs >= untilUs - 11_111 && options.editAtUs < untilUs) {
      const workload = workloadOf({ ...settings(options), 'workload.rate': options.rate * 1.7 });
      reconfigureProducer(ctx, 0, { config: { ...ctx.producers[0].config, lingerUs: 2000 }, workload });
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
      { seed: 20_261_120, numRuns: 400 },
    );
  });
});
