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

const sentences = (part: Partial<SlowNode>) => explain(sink, { ...slow, ...part })?.sentences.join(' ') ?? '';

describe('why a node lags', () => {
  test('busy members with partitions to share: more members help', () => {
    expect(sentences({})).toMatch(/records arrive faster than 2 members.*Up to 4 more members/);
  });

  test('a member for each partition: more members do not help', () => {
    expect(sentences({ members: [0, 1, 2, 3, 4, 5].map((number) => member(number, 1)) })).toMatch(/more members would not/);
  });

  test('one partition holds the lag: a finer key would help', () => {
    const rows = slow.groupPartitions.map((row) => ({ ...row, lagRecords: row.partition === 3 ? 500 : 20 }));
    expect(sentences({ groupPartitions: rows })).toMatch(/Partition 3 holds 83.3 % of the lag/);
  });

  test('an outage and a dead group are named before anything else', () => {
    expect(sentences({ condition: 'outage' })).toMatch(/is stopped/);
    expect(sentences({ members: [] })).toMatch(/No member is alive/);
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
