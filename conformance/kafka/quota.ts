import { createSampledRate, recordAndThrottleMs } from '../../src/engine/cluster/quota.ts';
import type { ConformanceSuite } from '../suite.ts';

interface Case {
  readonly name: string;
  readonly quotaBytesPerSecond: number;
  readonly samples: number;
  readonly windowSeconds: number;
  readonly ops: readonly { readonly t: number; readonly bytes: number; readonly throttleMs: number }[];
}

/** Throttle times of one client's requests, each at its moment; each case is a whole row of them. */
export const quotaSuite: ConformanceSuite = {
  file: 'kafka/quota.json',
  run(data, report) {
    for (const { name, quotaBytesPerSecond, samples, windowSeconds, ops } of (data as { cases: readonly Case[] }).cases) {
      const config = { bytesPerSecond: quotaBytesPerSecond, samples, sampleMs: windowSeconds * 1000 };
      const rate = createSampledRate();
      const found = ops.map(({ t, bytes }) => ({ t, bytes, throttleMs: recordAndThrottleMs(rate, config, bytes, t) }));
      report.check(name, found, ops);
    }
  },
};
