import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { documentOf, finished, pathOf } from '../run/harness.ts';

/** 500 records through a filter that lets its output linger for a second, with one thing done to the filter at 1.05 s, in the middle of a batch. */
function lingering(mode: string, fault: Fault, filter: Config = {}) {
  return finished(
    documentOf({
      nodes: {
        source: { kind: 'producer', config: { 'workload.records': 500, 'workload.rate': 400 }, to: ['in'] },
        in: { kind: 'topic', to: ['filter'] },
        filter: { kind: 'filter', config: { 'linger.ms': 1000, 'commit.mode': mode, 'session.timeout.ms': 6000, ...filter }, to: ['out'] },
        out: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink', config: { 'service.time.ms': 0 } },
      },
      cluster: { 'network.latency.ms': 1 },
      faults: [fault, { atMs: 2000, action: 'member.restart', node: 'filter', member: 0 }],
      seconds: 30,
    }),
  );
}

describe('what a processor has sent', () => {
  const crash: Fault = { atMs: 1050, action: 'member.crash', node: 'filter', member: 0 };
  const stop: Fault = { atMs: 1050, action: 'member.stop', node: 'filter', member: 0 };

  test('[SRV-11] is in the log before the offsets it came from are committed: a crash repeats, never loses', () => {
    const path = pathOf(lingering('after-processing', crash), 'sink');
    expect(path.produced).toBeGreaterThanOrEqual(500);
    expect(path.produced).toBeLessThan(520);
  });

  test('[SRV-11] is flushed by a stop in order: every record goes on exactly once', () => {
    for (const mode of ['after-processing', 'auto']) {
      expect(pathOf(lingering(mode, stop), 'sink')).toMatchObject({ produced: 500, processed: 500, underWay: 0 });
    }
  });

  test('[SRV-11] is lost with a crash when offsets are committed in the background', () => {
    expect(pathOf(lingering('auto', crash, { 'auto.commit.interval.ms': 100 }), 'sink').produced).toBeLessThan(500);
  });
});
