import { describe, expect, test } from 'vitest';
import { documentOf, topologyOf } from '../harness.ts';
import { judgeSchedule } from './groupScheduleChecks.ts';
import { createRecorder } from './recorder.ts';

/** One member; the brokers lose sight of each other for longer than a commit may wait for the second copy of the group's log. */
const document = documentOf({
  nodes: {
    source: { kind: 'producer', config: { 'workload.rate': 20, 'workload.records': 300, acks: 'all' }, to: ['in'] },
    in: { kind: 'topic', config: { partitions: 1, 'replication.factor': 1 }, to: ['work'] },
    work: {
      kind: 'sink',
      config: {
        'auto.offset.reset': 'earliest',
        'commit.mode': 'before-processing',
        'session.timeout.ms': 6_000,
        'max.poll.interval.ms': 3_000,
        'service.time.ms': 0,
      },
    },
  },
  cluster: {
    brokers: 2,
    'network.latency.ms': 1,
    'offsets.topic.replication.factor': 2,
    'broker.session.timeout.ms': 9_000,
    'replica.lag.time.max.ms': 30_000,
  },
  faults: [
    { atMs: 2_000, action: 'network.cut', between: ['broker:0'], and: ['broker:1'] },
    { atMs: 12_000, action: 'network.heal', between: ['broker:0'], and: ['broker:1'] },
  ],
  seconds: 40,
});

describe('[CHR-17] a commit that was sent again and refused then may have been written before', () => {
  test('in a run: it waits for its replicas for too long, is refused because its member has left meanwhile, and is where the member begins anew', () => {
    expect(judgeSchedule(document).problems).toEqual([]);
  });

  test.each([
    ['a coordinator that could not say', ['COORDINATOR_NOT_AVAILABLE', 'UNKNOWN_MEMBER_ID'], 'info'],
    ['one that was none any more', ['NOT_COORDINATOR', 'UNKNOWN_MEMBER_ID'], 'info'],
    ['no answer', ['lost', 'COORDINATOR_LOAD_IN_PROGRESS', 'UNKNOWN_MEMBER_ID'], 'info'],
    ['one that was not ready for it', ['COORDINATOR_LOAD_IN_PROGRESS', 'UNKNOWN_MEMBER_ID'], 'fail'],
    ['nothing before', ['UNKNOWN_MEMBER_ID'], 'fail'],
    ['no answer, then written', ['lost', 'NONE'], 'ok'],
  ] as const)('%s', (_, answers, outcome) => {
    const { watcher, finish } = createRecorder(topologyOf(document), () => ({ config: { acks: 'all' }, member: -1 }));
    const offsets = [7];
    watcher.commitSent!(0, [0], offsets);
    for (const error of answers) {
      if (error === 'lost') watcher.commitLost!(0, offsets);
      else watcher.commitAnswered!(0, offsets, error);
    }
    const ends = finish().groupOperations.flatMap(({ operation }) => (operation.kind === 'committed' ? [operation.outcome] : []));
    expect(ends).toEqual([outcome]);
  });
});
