import { describe, expect, test } from 'vitest';
import { newDocument, newNode } from '../../pipeline/index.ts';
import { replicationTrouble } from '../live/replicationTrouble.ts';
import type { SlowMember, SlowNode } from '../stores/slowNodes.ts';
import { explain } from './explain.ts';
import { drainWords } from './drainWords.ts';

const sink = { ...newNode(newDocument(), 'sink'), name: 'search-index' };
const member = (number: number, partitions: number): SlowMember => ({
  member: number,
  state: 'working',
  busy: 1,
  processed: 0,
  partitions: Array.from({ length: partitions }, (_, partition) => ({ topicNode: 't', partition })),
});

const slow: SlowNode = {
  rateIn: 1_900,
  rateOut: 0,
  lagRecords: 600,
  lagSeconds: 40,
  lagTrend: 100,
  busy: 1,
  condition: 'working',
  memberCount: 2,
  recordsIn: 0,
  recordsOut: 0,
  latencyP50Ms: 0,
  latencyP99Ms: 0,
  members: [member(0, 3), member(1, 3)],
  partitions: [],
  groupPartitions: Array.from({ length: 6 }, (_, partition) => ({
    topicNode: 't',
    partition,
    committed: 0,
    position: 0,
    lagRecords: 100,
    owner: 0,
  })),
  replication: null,
  mood: 'breached',
  sentence: '',
  text: { rateIn: '1.9 k/s', rateOut: '0/s', lagRecords: '600', lagSeconds: '40 s', busy: '100 %' },
};

describe('how a node stands', () => {
  test('a reader says how far behind it is; why, the run says', () => {
    expect(explain(sink, slow)).toEqual({ tone: 'breached', title: 'It is 40 s behind.', sentences: [] });
    expect(explain(sink, { ...slow, mood: 'calm' })?.title).toBe('It keeps up with the log.');
  });

  test('a topic with partitions nobody leads says which, and what that means', () => {
    const topic = { ...newNode(newDocument(), 'topic'), name: 'orders' };
    const replication = replicationTrouble([
      { partition: 0, leader: -1, outOfSync: 2, underMinIsr: true },
      { partition: 1, leader: 2, outOfSync: 1, underMinIsr: false },
    ]);
    expect(explain(topic, { ...slow, replication })).toEqual({
      tone: 'breached',
      title: '1 partition offline.',
      sentences: [
        'Partition 0 is offline: no writes and no reads until a replica that was in sync is back. Partition 1 is under-replicated: a replica is not in sync.',
      ],
    });
  });

  test('time to drain follows from lag and trend', () => {
    expect(drainWords({ lagRecords: 600, lagTrend: -100 })).toBe('6 s');
    expect(drainWords({ lagRecords: 600, lagTrend: 1 })).toBe('never at this rate');
    expect(drainWords({ lagRecords: 0, lagTrend: 0 })).toBe('nothing to drain');
  });
});
