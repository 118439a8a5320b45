import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createSampledRate,
  fetchBytesMax,
  isReplicationQuotaExceeded,
  type QuotaConfig,
  rateAt,
  recordAndThrottleMs,
  recordValue,
  unrecordValue,
} from './quota.ts';

const config: QuotaConfig = { bytesPerSecond: 1000, samples: 11, sampleMs: 1000 };

/** Throttle times of requests, each `[ms, bytes]`. */
function throttled(requests: readonly (readonly [number, number])[], quota = config): number[] {
  const rate = createSampledRate();
  return requests.map(([nowMs, bytes]) => recordAndThrottleMs(rate, quota, bytes, nowMs));
}

describe("a client's quota", () => {
  test('[CLU-15] ten seconds of the quota may come at once; one byte more is throttled', () => {
    expect(throttled([[50_000, 10_000]])).toEqual([0]);
    expect(throttled([[50_000, 10_001]])).toEqual([1]);
    expect(fetchBytesMax(config)).toBe(10_000);
  });

  test('[CLU-15] the throttle is what brings the rate down to the quota: (rate - quota) / quota x window', () => {
    // 15,000 bytes within a window of 10 s are 1,500 a second: half as much again as the quota, so half the window.
    expect(throttled([[0, 15_000]])).toEqual([5000]);
    const rate = createSampledRate();
    recordValue(rate, config, 15_000, 0);
    expect(rateAt(rate, config, 5000)).toBe(1500);
    expect(rateAt(rate, config, 10_500)).toBeCloseTo(15_000 / 10.5, 9);
  });

  test('[CLU-15] the window counts the part of the sample that has passed', () => {
    // At 400 ms of the first sample the window is 10.4 s.
    expect(
      throttled([
        [0, 10_000],
        [400, 400],
        [400, 1],
      ]),
    ).toEqual([0, 0, 1]);
  });

  test('[CLU-16] a sample is forgotten eleven seconds after its last record, not after its start', () => {
    const requests = [
      [0, 9_000],
      [900, 1_000],
    ] as const;
    expect(throttled([...requests, [11_899, 6_000]])).toEqual([0, 0, 4101]);
    expect(throttled([...requests, [11_900, 6_000]])).toEqual([0, 0, 0]);
  });

  test('[CLU-16] a sample ends with the first record a second after its start, however late that comes', () => {
    const rate = createSampledRate();
    for (const nowMs of [0, 999, 1000, 4000, 4999]) recordValue(rate, config, 1, nowMs);
    expect(rate.samples.map(({ startMs, sum }) => [startMs, sum])).toEqual([
      [0, 2],
      [1000, 1],
      [4000, 2],
    ]);
  });

  test('[CLU-16] twelve samples are kept at most', () => {
    const rate = createSampledRate();
    for (let second = 0; second < 30; second++) recordValue(rate, config, 1, second * 1000);
    expect(rate.samples.length).toBe(12);
    // At the start of a sample the ten before it and its own record stand over ten seconds.
    expect(rateAt(rate, config, 29_000)).toBe(1.1);
    expect(rateAt(rate, config, 29_999)).toBeCloseTo(1, 3);
  });

  test('[CLU-17] the bytes of a throttled fetch are taken back', () => {
    const rate = createSampledRate();
    expect(recordAndThrottleMs(rate, config, 20_000, 0)).toBe(10_000);
    unrecordValue(rate, config, 20_000, 0);
    expect(recordAndThrottleMs(rate, config, 10_000, 0)).toBe(0);
  });

  test('[CLU-15] a client that waits as it is told gets little more than its quota in the long run, unless its requests are large (seed 5)', () => {
    const requests = fc.record({ bytes: fc.integer({ min: 1, max: 1000 }), gapMs: fc.integer({ min: 1, max: 1000 }) });
    const check = (list: { bytes: number; gapMs: number }[]) => {
      const rate = createSampledRate();
      let nowMs = 0;
      let sent = 0;
      for (const { bytes, gapMs } of list) {
        sent += bytes;
        nowMs += Math.max(gapMs, recordAndThrottleMs(rate, config, bytes, nowMs));
      }
      expect(sent).toBeLessThanOrEqual(nowMs * 1.1 + 11_000);
    };
    fc.assert(fc.property(fc.array(requests, { minLength: 100, maxLength: 300 }), check), { seed: 5, numRuns: 200 });
  });
});

describe("replication's quota", () => {
  test('[CLU-18] its rate is taken over the time since the oldest sample began, at least one second', () => {
    const rate = createSampledRate();
    expect(isReplicationQuotaExceeded(rate, config, 0)).toBe(false);
    recordValue(rate, config, 1000, 0);
    expect(isReplicationQuotaExceeded(rate, config, 0)).toBe(false);
    recordValue(rate, config, 1, 500);
    expect(isReplicationQuotaExceeded(rate, config, 500)).toBe(true);
    expect(isReplicationQuotaExceeded(rate, config, 1002)).toBe(false);
  });
});
