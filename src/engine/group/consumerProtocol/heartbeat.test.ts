import { describe, expect, test } from 'vitest';
import { beat, createClient, createScene, passTime, secondUs, send, setPartitions } from './consumerClient.ts';
import { consumerGroupState } from './consumerGroup.ts';
import { validateConsumerCommit } from './heartbeat.ts';

describe('joining and leaving', () => {
  test('[CNP-1] epoch 0 joins, -1 leaves, and the assignment comes only with news or with a full request', () => {
    const scene = createScene({ partitions: [4] });
    const a = createClient('a');
    expect(consumerGroupState(undefined)).toBe('Dead');
    expect(consumerGroupState(scene.group)).toBe('Empty');
    expect(beat(scene, a)).toEqual({ error: 'NONE', memberEpoch: 1, heartbeatIntervalUs: 5 * secondUs, assignment: [0, 1, 2, 3] });
    expect(beat(scene, a).assignment).toBeNull();
    expect(send(scene, a, { topics: [0], rebalanceTimeoutUs: secondUs, owned: a.owned }).assignment).toEqual([0, 1, 2, 3]);
    expect(send(scene, a, { memberEpoch: -1 })).toEqual({ error: 'NONE', memberEpoch: -1, heartbeatIntervalUs: 0, assignment: null });
    expect(consumerGroupState(scene.group)).toBe('Empty');
    expect(scene.group.partitionEpochs.size).toBe(0);
  });

  test('[CNP-2] members, subscriptions and topics take the group to its next epoch; who only reports does not', () => {
    const scene = createScene({ partitions: [2, 2] });
    const [a, b] = [createClient('a'), createClient('b')];
    beat(scene, a);
    beat(scene, b);
    expect(scene.group.groupEpoch).toBe(2);
    beat(scene, a);
    expect(scene.group.groupEpoch).toBe(2);
    send(scene, a, { topics: [1, 0, 1] });
    expect(scene.group.groupEpoch).toBe(3);
    send(scene, a, { topics: [0, 1] });
    expect(scene.group.groupEpoch).toBe(3);
    setPartitions(scene, 1, 3);
    beat(scene, b);
    expect(scene.group.groupEpoch).toBe(4);
    setPartitions(scene, 1, 3);
    beat(scene, b);
    expect(scene.group.groupEpoch).toBe(4);
    send(scene, b, { memberEpoch: -1 });
    expect([scene.group.groupEpoch, scene.group.assignmentEpoch, consumerGroupState(scene.group)]).toEqual([5, 4, 'Assigning']);
    beat(scene, a);
    expect([scene.group.assignmentEpoch, scene.group.targets.get('a')]).toEqual([5, [0, 1, 100, 101, 102]]);
  });

  test('[CNP-11] a request that cannot be, and one member too many, are refused without a trace', () => {
    const scene = createScene({ partitions: [2], maxSize: 1 });
    const [a, b] = [createClient('a'), createClient('b')];
    const join = { topics: [0], rebalanceTimeoutUs: secondUs };
    expect(send(scene, a, { ...join, owned: [1] }).error).toBe('INVALID_REQUEST');
    expect(send(scene, a, { owned: [] }).error).toBe('INVALID_REQUEST');
    expect(send(scene, a, { memberEpoch: -2 }).error).toBe('INVALID_REQUEST');
    expect(send(scene, a, { memberEpoch: -3 }).error).toBe('INVALID_REQUEST');
    expect([scene.group.members.size, scene.group.groupEpoch]).toEqual([0, 0]);
    beat(scene, a);
    expect(beat(scene, b).error).toBe('GROUP_MAX_SIZE_REACHED');
    expect(scene.group.members.size).toBe(1);
  });
});

describe('reconciliation', () => {
  test('[CNP-3] a partition goes to its new owner only after the old one no longer names it; others go on', () => {
    const scene = createScene({ partitions: [4] });
    const [a, b] = [createClient('a'), createClient('b')];
    beat(scene, a);
    expect(beat(scene, b).assignment).toEqual([]);
    expect(scene.group.members.get('b')?.state).toBe('UNRELEASED_PARTITIONS');
    expect(beat(scene, a, false).assignment).toEqual([0, 1]);
    expect(scene.group.members.get('a')).toMatchObject({ state: 'UNREVOKED_PARTITIONS', assigned: [0, 1], pendingRevocation: [2, 3] });
    expect(send(scene, a).assignment).toBeNull();
    expect(beat(scene, a, false).memberEpoch).toBe(1);
    expect(beat(scene, b).assignment).toBeNull();
    expect(send(scene, a, { owned: [0, 1] }).memberEpoch).toBe(2);
    expect(consumerGroupState(scene.group)).toBe('Reconciling');
    expect(beat(scene, b).assignment).toEqual([2, 3]);
    expect(consumerGroupState(scene.group)).toBe('Stable');
  });

  test('[CNP-4] with each revocation acknowledged a member comes one epoch further, and to the target only when there is none left', () => {
    const scene = createScene({ partitions: [6] });
    const [a, b, c] = [createClient('a'), createClient('b'), createClient('c')];
    beat(scene, a);
    beat(scene, b);
    beat(scene, a);
    beat(scene, c);
    setPartitions(scene, 0, 7);
    setPartitions(scene, 0, 6);
    expect(scene.group.groupEpoch).toBe(3);
    expect(scene.group.targets.get('a')).toEqual([0, 1]);
    expect(beat(scene, a).memberEpoch).toBe(2);
    expect(scene.group.members.get('a')).toMatchObject({ state: 'UNREVOKED_PARTITIONS', assigned: [0, 1], pendingRevocation: [2] });
    expect(beat(scene, a).memberEpoch).toBe(3);
  });

  test('[CNP-5] who does not give up its partitions within its rebalance timeout is out, though it heartbeats', () => {
    const scene = createScene({ partitions: [4] });
    const [a, b] = [createClient('a'), createClient('b')];
    beat(scene, a);
    beat(scene, b);
    beat(scene, a, false);
    expect(passTime(scene, 10 * secondUs - 1)).toEqual([]);
    beat(scene, a, false);
    expect(passTime(scene, 1)).toEqual(['a: rebalance-timeout']);
    expect(beat(scene, b).assignment).toEqual([0, 1, 2, 3]);
    expect(beat(scene, a).error).toBe('UNKNOWN_MEMBER_ID');
  });

  test('[CNP-5] once it has given them up, that time no longer runs', () => {
    const scene = createScene({ partitions: [4] });
    const [a, b] = [createClient('a'), createClient('b')];
    for (const client of [a, b, a]) beat(scene, client);
    expect([...scene.group.revocationDeadlines]).toEqual([['a', { deadlineUs: 10 * secondUs, memberEpoch: 1 }]]);
    beat(scene, a);
    expect(scene.group.revocationDeadlines.size).toBe(0);
    expect(passTime(scene, 20 * secondUs)).toEqual([]);
  });

  test('[CNP-5] who is not heard of for its session is out, and a heartbeat renews it', () => {
    const scene = createScene({ partitions: [4] });
    const [a, b] = [createClient('a'), createClient('b')];
    beat(scene, a);
    beat(scene, b);
    passTime(scene, 9 * secondUs);
    beat(scene, a);
    beat(scene, a);
    expect(passTime(scene, 36 * secondUs)).toEqual(['b: session-timeout']);
    expect(passTime(scene, 9 * secondUs)).toEqual(['a: session-timeout']);
  });
});

describe('fencing', () => {
  test('[CNP-6] the epoch before is good with no more than the member may own; anything else older or newer is fenced', () => {
    const scene = createScene({ partitions: [4] });
    const [a, b] = [createClient('a'), createClient('b')];
    beat(scene, a);
    beat(scene, b);
    beat(scene, a);
    beat(scene, a);
    expect(scene.group.members.get('a')).toMatchObject({ memberEpoch: 2, previousMemberEpoch: 1 });
    const older = { memberEpoch: 1 };
    expect(send(scene, a, { ...older, owned: [0] })).toMatchObject({ error: 'NONE', memberEpoch: 2 });
    expect(send(scene, a, { ...older, owned: [0, 2] }).error).toBe('FENCED_MEMBER_EPOCH');
    expect(send(scene, a, older).error).toBe('FENCED_MEMBER_EPOCH');
    expect(send(scene, a, { memberEpoch: 3 }).error).toBe('FENCED_MEMBER_EPOCH');
    expect(send(scene, createClient('z'), older).error).toBe('UNKNOWN_MEMBER_ID');
    expect(send(scene, createClient('z'), { memberEpoch: -1 }).error).toBe('UNKNOWN_MEMBER_ID');
  });

  test('[CNP-6] epoch 0 is good at any time and finds the assignment as it was', () => {
    const scene = createScene({ partitions: [4] });
    const a = createClient('a');
    beat(scene, a);
    expect(beat(scene, { ...a, epoch: 0, owned: [] })).toMatchObject({ memberEpoch: 1, assignment: [0, 1, 2, 3] });
    expect(scene.group.groupEpoch).toBe(1);
  });

  test('[CNP-9] a commit needs the epoch the member is in', () => {
    const scene = createScene({ partitions: [4] });
    expect(validateConsumerCommit(scene.group, '', -1)).toBe('NONE');
    beat(scene, createClient('a'));
    expect(validateConsumerCommit(scene.group, '', -1)).toBe('UNKNOWN_MEMBER_ID');
    expect(validateConsumerCommit(scene.group, 'a', 0)).toBe('STALE_MEMBER_EPOCH');
    expect(validateConsumerCommit(scene.group, 'a', 1)).toBe('NONE');
  });
});

describe('static members', () => {
  test('[CNP-7] an instance id in use is not given away; who has not got it is fenced', () => {
    const scene = createScene({ partitions: [4] });
    const a = createClient('a', [0], 'i1');
    beat(scene, a);
    expect(beat(scene, createClient('b', [0], 'i1')).error).toBe('UNRELEASED_INSTANCE_ID');
    expect(send(scene, createClient('b', [0], 'i1'), { memberEpoch: 1 }).error).toBe('FENCED_INSTANCE_ID');
    expect(send(scene, createClient('b', [0], 'i1'), { memberEpoch: -1 }).error).toBe('FENCED_INSTANCE_ID');
    expect(send(scene, createClient('b', [0], 'i2'), { memberEpoch: 1 }).error).toBe('UNKNOWN_MEMBER_ID');
    expect([...scene.group.members.keys()]).toEqual(['a']);
  });

  test('[CNP-7] one that has left for a while is back with its partitions, and nobody else moves', () => {
    const scene = createScene({ partitions: [4] });
    const [a, b] = [createClient('a', [0], 'i1'), createClient('b')];
    for (const client of [a, b, a, a, b]) beat(scene, client);
    expect(consumerGroupState(scene.group)).toBe('Stable');
    expect(send(scene, a, { memberEpoch: -2 }).memberEpoch).toBe(-2);
    expect(scene.group.members.get('a')).toMatchObject({ memberEpoch: -2, assigned: [0, 1] });
    passTime(scene, 30 * secondUs);
    expect(beat(scene, b).assignment).toBeNull();
    expect(beat(scene, createClient('a2', [0], 'i1'))).toMatchObject({ memberEpoch: 2, assignment: [0, 1] });
    expect([scene.group.groupEpoch, consumerGroupState(scene.group)]).toEqual([2, 'Stable']);
    expect([...scene.group.members.keys()].sort()).toEqual(['a2', 'b']);
  });

  test('[CNP-7] one that has left for a while is not asked for partitions, and its old epochs are worth nothing', () => {
    const scene = createScene({ partitions: [4] });
    const [a, b] = [createClient('a', [0], 'i1'), createClient('b')];
    beat(scene, a);
    beat(scene, b);
    beat(scene, a, false);
    send(scene, a, { memberEpoch: -2 });
    expect(passTime(scene, 20 * secondUs)).toEqual([]);
    expect(scene.group.members.get('a')).toMatchObject({ assigned: [0, 1], pendingRevocation: [], previousMemberEpoch: 1 });
    expect(send(scene, a, { memberEpoch: 1, owned: [0, 1] }).error).toBe('FENCED_MEMBER_EPOCH');
    expect(beat(scene, b).assignment).toEqual([2, 3]);
  });

  test('[CNP-7] one that stays away longer than its session is out; one that leaves for good at once', () => {
    const scene = createScene({ partitions: [4] });
    const a = createClient('a', [0], 'i1');
    beat(scene, a);
    send(scene, a, { memberEpoch: -2 });
    expect(passTime(scene, 45 * secondUs)).toEqual(['a: session-timeout']);
    a.epoch = 0;
    a.owned = [];
    beat(scene, a);
    send(scene, a, { memberEpoch: -1 });
    expect(scene.group.members.size).toBe(0);
  });
});

test('[CNP-8] the assignor most members name is used, uniform of two equals, the configured one where nobody names any', () => {
  const scene = createScene({ partitions: [3, 3], assignor: 'range' });
  const [a, b] = [createClient('a', [0, 1]), createClient('b', [0, 1])];
  beat(scene, a);
  beat(scene, b);
  const shareOfA = (partitions: number): number => {
    setPartitions(scene, 1, partitions);
    beat(scene, a);
    return scene.group.targets.get('a')?.length ?? 0;
  };
  expect(shareOfA(3)).toBe(2 + 2);
  send(scene, a, { serverAssignor: 'uniform' });
  expect(shareOfA(5)).toBe(4);
  send(scene, b, { serverAssignor: 'range' });
  expect(shareOfA(7)).toBe(5);
  send(scene, a, { serverAssignor: 'range' });
  expect(shareOfA(9)).toBe(2 + 5);
});
