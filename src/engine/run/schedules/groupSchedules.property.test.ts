import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../pipeline/document.ts';
import { simple } from '../harness.ts';
import { judgeSchedule, judgeSeed } from './groupScheduleChecks.ts';
import { groupReplayLine, groupScheduleOf } from './groupSchedules.ts';

describe('[WAT-2] members crash, close, stand still and are added while brokers fail: clients see nothing that their settings do not allow', () => {
  test.each(Array.from({ length: 8 }, (_, seed) => seed))('group schedule %i', (seed) => {
    expect(judgeSeed(seed).problems, groupReplayLine(seed)).toEqual([]);
  });
});

describe('[WAT-2] a group that is not done when its schedule ends', () => {
  // 120 records of 100 ms each, and ten seconds.
  const slow = (faults: Fault[]) =>
    simple({ source: { 'workload.rate': 40, 'workload.records': 120 }, sink: { 'service.time.ms': 100, 'max.poll.records': 10 }, faults });
  test('is given time while it gets on', () => {
    expect(judgeSchedule(slow([])).problems).toEqual([]);
  });
  test('is given time while its source, which makes each record in a transaction of its own, gets on (1033)', () => {
    expect(judgeSeed(1033).problems).toEqual([]);
  });
  test('is not when it stands still', () => {
    const { problems } = judgeSchedule(slow([{ atMs: 9_000, action: 'outage.start', node: 'sink' }]));
    expect(problems.map(({ check }) => check)).toContain('group: missed');
  });
});

describe('schedules that found a fault once', () => {
  test('[GRP-10] a coordinator that died answers nobody who waited there for an assignment: the places of their requests are others by then (424)', () => {
    expect(judgeSeed(424).problems).toEqual([]);
  });
  test('[LED-16] what a source held when its transaction failed is given up, not under way for ever (117)', () => {
    expect(judgeSeed(117).problems).toEqual([]);
  });
  test('[GRP-10] a cooperative member that is out of the group gives up what it had before it joins again, and commits nothing of it (27)', () => {
    expect(judgeSchedule(groupScheduleOf(27)).problems).toEqual([]);
  });
  test('[BRK-14] a leader that does not know of the next one shows read_committed readers nothing of an open transaction (161)', () => {
    expect(judgeSchedule(groupScheduleOf(161)).problems).toEqual([]);
  });
  test('[GUA-6] offsets that only a coordinator cut off from the others has taken are not committed with their transaction (40)', () => {
    expect(judgeSeed(40).problems).toEqual([]);
  });
});
