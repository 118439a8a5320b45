import { describe, expect, test } from 'vitest';
import type { Config, PipelineDocument } from '../../../pipeline/document.ts';
import { lagOf, runTo, simple, start } from '../harness.ts';
import { drainedByMs } from './drainTime.ts';

const back = 20_000;

/** A thousand records that wait until the only member begins. */
function late(sink: Config, cluster: Config = {}): PipelineDocument {
  return simple({
    cluster: { 'network.latency.ms': 20, ...cluster },
    source: { 'workload.rate': 100, 'workload.records': 1000 },
    topic: { partitions: 1 },
    sink: { 'max.poll.records': 10, ...sink },
    faults: [
      { atMs: 0, action: 'member.crash', node: 'sink', member: 0 },
      { atMs: back, action: 'member.restart', node: 'sink', member: 0 },
    ],
    seconds: 600,
  });
}

describe('the time a schedule of groups is given', () => {
  test('[WAT-2] follows from records, polls, services and the network', () => {
    // A hundred polls with two requests each, three times there and back.
    expect(drainedByMs(late({}), back)).toBe(back + 20_000 + 100 * 2 * 120);
    expect(drainedByMs(late({}, { 'network.latency.ms': 0 }), back)).toBe(back + 20_000);
    expect(drainedByMs(late({ 'service.time.ms': 5 }, { 'network.latency.ms': 0 }), back)).toBe(back + 20_000 + 5_000);
    expect(drainedByMs(late({ 'max.partition.fetch.bytes': 1_000 }), back)).toBe(back + 20_000 + 200 * 2 * 120);
    const failing = { 'error.rate': 0.25, 'error.backoff.ms': 20, 'service.time.ms': 6 };
    expect(drainedByMs(late(failing, { 'network.latency.ms': 0 }), back)).toBe(back + 20_000 + 8_000 + 10_000);
  });

  test.each<Config>([{}, { 'max.poll.records': 1 }, { 'service.time.ms': 10 }, { 'max.partition.fetch.bytes': 1_000, prefetch: false }])(
    '[WAT-2] is enough: %o',
    (sink) => {
      const document = late(sink);
      const run = start(document);
      expect(lagOf(runTo(run, back))).toBe(1000);
      expect(lagOf(runTo(run, drainedByMs(document, back)))).toBe(0);
    },
  );
});
