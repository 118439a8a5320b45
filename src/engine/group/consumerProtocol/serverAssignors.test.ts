import { expect, test } from 'vitest';
import type { ServerMember } from './serverAssignor.ts';
import { serverAssignors } from './serverAssignors.ts';

const topic = (index: number, partitionCount: number) => ({ index, firstPartition: index * 100, partitionCount });
const member = (memberId: string, topics: readonly number[], target: readonly number[] = [], instanceId = ''): ServerMember => ({
  memberId,
  instanceId,
  topics,
  target,
});

test('[CNP-12] uniform keeps what members had up to their quota and gives the rest to those below', () => {
  const topics = [topic(0, 7)];
  const members = [member('a', [0], [0, 1, 2, 3, 4, 5]), member('b', [0]), member('c', [0], [6])];
  expect(serverAssignors.uniform({ topics, members, homogeneous: true })).toEqual([
    [0, 1, 2],
    [3, 4],
    [5, 6],
  ]);
});

test('[CNP-12] uniform with different subscriptions moves partitions from the most to the least loaded', () => {
  const topics = [topic(0, 4), topic(1, 2)];
  const members = [member('a', [0, 1], [0, 1, 2, 3, 100, 101]), member('b', [0])];
  expect(serverAssignors.uniform({ topics, members, homogeneous: false })).toEqual([
    [0, 100, 101],
    [1, 2, 3],
  ]);
});

test('[CNP-12] uniform drops what a member no longer subscribes to', () => {
  const topics = [topic(0, 2), topic(1, 2)];
  const members = [member('a', [1], [0, 1]), member('b', [0], [100, 101])];
  expect(serverAssignors.uniform({ topics, members, homogeneous: false })).toEqual([
    [100, 101],
    [0, 1],
  ]);
});

test('[CNP-13] range keeps nothing: runs by topic, static members first by instance id, equal topics alike', () => {
  const topics = [topic(0, 3), topic(1, 3)];
  const members = [member('a', [0, 1], [2, 102]), member('z', [0, 1], [], 'i1')];
  expect(serverAssignors.range({ topics, members, homogeneous: true })).toEqual([
    [2, 102],
    [0, 1, 100, 101],
  ]);
});

test('[CNP-13] range gives members beyond the partitions none, and topics only to who subscribes', () => {
  const topics = [topic(0, 1), topic(1, 2)];
  const members = [member('a', [0, 1]), member('b', [0]), member('c', [1])];
  expect(serverAssignors.range({ topics, members, homogeneous: false })).toEqual([[0, 100], [], [101]]);
});

test('[CNP-12] a subscription to a topic that is not there is a bug and says which', () => {
  const input = { topics: [topic(0, 1)], members: [member('a', [3])], homogeneous: true };
  expect(() => serverAssignors.uniform(input)).toThrow('member a subscribes to topic 3, expected one of 0');
});
