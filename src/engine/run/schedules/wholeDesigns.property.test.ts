import { describe, expect, test } from 'vitest';
import { documentOf } from '../harness.ts';
import { fingerprint } from '../views/report.ts';
import { wholeDesignProblems } from './wholeDesignChecks.ts';
import { evictingHost, runHosted, seenOf, startDesign } from './wholeDesignRuns.ts';
import { designReplayLine } from './wholeDesigns.ts';

describe('[RUN-10] whole designs, drawn at random with all that can be configured and broken', () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed))('design %i ends, adds up, and is the same run however it is hosted', (seed) => {
    expect(wholeDesignProblems(seed), designReplayLine(seed)).toEqual([]);
  });
});

describe('[RUN-10] what a request finds when it has waited does not depend on what is in memory', () => {
  const source = { 'workload.rate': 60, 'value.size.bytes': 100 };
  const cases = {
    'a reader of replicas that waits for many bytes': documentOf({
      nodes: {
        source: { kind: 'producer', config: source, to: ['topic'] },
        topic: { kind: 'topic', config: { 'replication.factor': 3 }, to: ['sink'] },
        sink: { kind: 'sink', config: { 'fetch.min.bytes': 7000, 'fetch.max.wait.ms': 900, 'service.time.ms': 5 } },
      },
      cluster: { brokers: 3, 'network.latency.ms': 2 },
      seconds: 30,
    }),
    'a reader that waits for the end of a transaction': documentOf({
      nodes: {
        source: { kind: 'producer', config: { ...source, 'transactional.id': 'id', 'transaction.records': 200 }, to: ['topic'] },
        topic: { kind: 'topic', to: ['sink'] },
        sink: { kind: 'sink', config: { 'isolation.level': 'read_committed', 'fetch.max.wait.ms': 10_000, 'service.time.ms': 0 } },
      },
      cluster: { 'network.latency.ms': 2 },
      seconds: 30,
    }),
    'a follower that is held back by a limit': documentOf({
      nodes: {
        source: { kind: 'producer', config: source, to: ['topic'] },
        topic: { kind: 'topic', config: { partitions: 2, 'replication.factor': 2 }, to: ['sink'] },
        sink: { kind: 'sink' },
      },
      cluster: { brokers: 3, 'network.latency.ms': 2 },
      faults: [0, 1].map((partition) => ({
        atMs: 5000,
        action: 'partition.reassign',
        node: 'topic',
        partition,
        replicas: [2, partition],
        throttleBytesPerSecond: 2000,
      })),
      seconds: 60,
    }),
  };
  test.each(Object.entries(cases))('%s', (_, document) => {
    const straight = runHosted(startDesign(document), { between: (run) => run }, () => 20_000);
    const evicting = runHosted(startDesign(document), evictingHost(), () => 7);
    expect(fingerprint(evicting)).toBe(fingerprint(straight));
    expect(seenOf(evicting)).toEqual(seenOf(straight));
  });
});
