import { expect, test } from 'vitest';
import type { Config } from '../../pipeline/document.ts';
import { runTo, simple, start } from '../run/harness.ts';

/** 100 records a second in segments of about 12, for 5 s; its broker is down from 6 s until it is started at 30 s. */
const down = (topic: Config) =>
  start(
    simple({
      source: { 'workload.rate': 100, 'workload.records': 500, 'key.shape': 'uniform', 'key.count': 5 },
      topic: { 'segment.bytes': 2000, ...topic },
      cluster: { 'log.retention.check.interval.ms': 1000, 'log.cleaner.backoff.ms': 1000, 'broker.restart.ms': 1000 },
      faults: [
        { atMs: 6_000, action: 'broker.kill', broker: 0 },
        { atMs: 30_000, action: 'broker.restart', broker: 0 },
      ],
      seconds: 60,
    }),
  );

test('[BRK-41] retention deletes nothing on a broker that is down, and goes on when it is back', () => {
  const run = down({ 'retention.ms': 8_000 });
  const { log } = run.state.partitions[0]!;
  runTo(run, 29_000);
  expect(log.logStartOffset).toBe(0);
  runTo(run, 60_000);
  expect(log.logStartOffset).toBe(500);
});

test('[BRK-41] the cleaner does not touch the logs of a broker that is down', () => {
  const run = down({ 'cleanup.policy': 'compact', 'min.compaction.lag.ms': 8_000, 'min.cleanable.dirty.ratio': 0 });
  const { log } = run.state.partitions[0]!;
  runTo(run, 29_000);
  expect(log.compactedRecords).toBe(0);
  runTo(run, 60_000);
  expect(log.compactedRecords).toBeGreaterThan(400);
});
