import { expect, test } from 'vitest';
import type { ShareHeartbeatResponse } from './shareGroup.ts';
import { createShareGroup, expireShareMembers, shareGroupState, shareHeartbeat } from './shareGroup.ts';

const secondUs = 1_000_000;
const topics = [
  { firstPartition: 0, partitionCount: 2 },
  { firstPartition: 10, partitionCount: 1 },
  { firstPartition: 20, partitionCount: 0 },
];

function createScene(maxSize = 10) {
  const group = createShareGroup('tasks', { sessionTimeoutUs: 45 * secondUs, heartbeatIntervalUs: 5 * secondUs, maxSize });
  const beat = (memberId: string, memberEpoch: number, subscribed: readonly number[] | null = null, nowUs = 0): ShareHeartbeatResponse =>
    shareHeartbeat(group, { memberId, memberEpoch, topics: subscribed }, topics, nowUs);
  return { group, beat };
}

test('[SHG-1] every member gets all partitions of its topics at once, and only those that exist', () => {
  const { group, beat } = createScene();
  expect(shareGroupState(undefined)).toBe('Dead');
  expect(shareGroupState(group)).toBe('Empty');
  expect(beat('a', 0, [0, 2])).toEqual({ error: 'NONE', memberEpoch: 1, heartbeatIntervalUs: 5 * secondUs, assignment: [0, 1] });
  expect(beat('b', 0, [1, 0])).toMatchObject({ memberEpoch: 2, assignment: [0, 1, 10] });
  expect(beat('a', 1)).toMatchObject({ memberEpoch: 2, assignment: null });
  expect(beat('a', 2, [1])).toMatchObject({ memberEpoch: 3, assignment: [10] });
  expect(shareGroupState(group)).toBe('Stable');
});

test('[SHG-2] a wrong epoch is fenced, the one before and 0 are good, strangers are unknown', () => {
  const { beat, group } = createScene(2);
  beat('a', 0, [0]);
  beat('b', 0, [0]);
  beat('a', 1);
  expect(beat('a', 1)).toMatchObject({ error: 'NONE', memberEpoch: 2 });
  expect(beat('a', 0, [0])).toMatchObject({ error: 'NONE', memberEpoch: 2, assignment: [0, 1] });
  expect(beat('a', 3).error).toBe('FENCED_MEMBER_EPOCH');
  expect(beat('b', 1).error).toBe('FENCED_MEMBER_EPOCH');
  expect(beat('z', -1).error).toBe('UNKNOWN_MEMBER_ID');
  expect(beat('c', 0, [0]).error).toBe('GROUP_MAX_SIZE_REACHED');
  expect(beat('c', 0).error).toBe('INVALID_REQUEST');
  beat('b', -1);
  expect(beat('z', 1).error).toBe('UNKNOWN_MEMBER_ID');
  expect([...group.members.keys()]).toEqual(['a']);
});

test('[SHG-2] who leaves, or is not heard of for its session, is out, and the group goes to its next epoch', () => {
  const { group, beat } = createScene();
  beat('a', 0, [0]);
  beat('b', 0, [0], 5 * secondUs);
  expect(expireShareMembers(group, 45 * secondUs, topics)).toEqual(['a']);
  expect(group.groupEpoch).toBe(3);
  expect(beat('b', -1)).toMatchObject({ error: 'NONE', memberEpoch: -1 });
  expect([group.groupEpoch, shareGroupState(group)]).toEqual([4, 'Empty']);
});
