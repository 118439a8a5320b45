import { expect, test } from 'vitest';
import { documentOf, pathOf, runTo, start } from '../harness.ts';
import { reportOf } from '../views/report.ts';

test('[CLU-41] [RUN-5] the first leader of an added partition with three replicas keeps its log: what is written there is read, replicated and counted', () => {
  const run = start(
    documentOf({
      nodes: {
        source: { kind: 'producer', config: { 'workload.rate': 5, 'workload.records': 2000, 'key.shape': 'uniform' }, to: ['topic'] },
        topic: { kind: 'topic', config: { partitions: 1, 'replication.factor': 3, 'min.insync.replicas': 2 }, to: ['sink'] },
        sink: { kind: 'sink', config: { 'service.time.ms': 0 } },
      },
      cluster: { brokers: 4, 'network.latency.ms': 1 },
      faults: [{ atMs: 1000, action: 'partitions.add', node: 'topic', count: 2 }],
      seconds: 420,
    }),
  );
  runTo(run, 420_000);
  const { partitions, records, elections, offlineMs } = reportOf(run).topics[0]!;
  // That a new partition gets a leader is no election.
  expect({ records, elections, offlineMs }).toEqual({ records: 2000, elections: 0, offlineMs: 0 });
  for (const [index, { logEndOffset, highWatermark, leader }] of partitions.entries()) {
    expect(logEndOffset).toBeGreaterThan(20);
    expect(highWatermark).toBe(logEndOffset);
    const { holder, replicas } = run.state.partitions[index]!;
    expect({ holder, tails: replicas.map(({ tail }) => tail) }).toEqual({ holder: leader, tails: [null, null, null] });
  }
  expect(pathOf(run, 'sink')).toMatchObject({ produced: 2000, processed: 2000, lost: 0, underWay: 0 });
});
