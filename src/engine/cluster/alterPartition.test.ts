import { describe, expect, test } from 'vitest';
import { alterPartition, type AlterPartitionRequest } from './alterPartition.ts';
import { after, begin, lineOf, strict, tell } from './electionFixtures.ts';

describe('a leader asks for another ISR', () => {
  const { partition } = begin([1, 2, 3]);
  const led = { ...partition, leaderEpoch: 4, partitionEpoch: 7 };
  const fits: AlterPartitionRequest = { broker: 1, leaderEpoch: 4, partitionEpoch: 7, isr: [1, 2], recovering: false };
  const answer = (request: Partial<AlterPartitionRequest>, state = led) =>
    alterPartition(state, { ...fits, ...request }, { policy: strict, isActive: (broker) => broker !== 3 });

  test('[CLU-11] the ISR is taken as it is written; a shrink alone leaves the leader epoch', () => {
    expect(answer({}).error).toBe('NONE');
    expect(lineOf(answer({}).partition)).toBe('leader 1, isr 1 2, epochs 4 8');
    expect(answer({ isr: [1, 2, 3] }, { ...led, isr: [1, 2, 3] }).error).toBe('INELIGIBLE_REPLICA');
  });

  test('[CLU-11] an ISR that is in force already changes nothing', () => {
    const two = { ...led, isr: [1, 2] };
    expect(answer({}, two).partition).toBe(two);
  });

  test('[CLU-11] epochs decide first: a leader ahead of the controller, one behind its election, one behind a change', () => {
    expect(answer({ leaderEpoch: 5 }).error).toBe('NOT_CONTROLLER');
    expect(answer({ partitionEpoch: 8 }).error).toBe('NOT_CONTROLLER');
    expect(answer({ leaderEpoch: 3 }).error).toBe('FENCED_LEADER_EPOCH');
    expect(answer({ partitionEpoch: 6 }).error).toBe('INVALID_UPDATE_VERSION');
    expect(answer({ partitionEpoch: 6, broker: 2 }).error).toBe('INVALID_REQUEST');
  });

  test('[CLU-11] the ISR holds replicas only, each once, and the leader', () => {
    for (const isr of [[1, 4], [1, 2, 2], [2], []]) expect(answer({ isr }).error).toBe('INVALID_REQUEST');
  });

  test('[CLU-11] a leader that recovers is alone, and no leader begins to recover', () => {
    const recovering = { ...led, isr: [1], recovering: true };
    expect(answer({ recovering: true }, recovering).error).toBe('INVALID_REQUEST');
    expect(answer({ isr: [1], recovering: true }, recovering)).toEqual({ error: 'NONE', partition: recovering });
    expect(answer({ isr: [1], recovering: true }).error).toBe('INVALID_REQUEST');
  });
});

describe('other replicas', () => {
  test('[CLU-12] first all replicas, old and new; when the new ones are in sync the old ones go, and the leader epoch grows', () => {
    const story = begin([1, 2, 3]);
    expect(after(story, 'move 4 5 3')).toBe('leader 1, isr 1 2 3, adding 4 5, removing 1 2, epochs 0 1');
    expect(story.partition.replicas).toEqual([4, 5, 3, 1, 2]);
    expect(after(story, 'isr 1 2 3 5')).toBe('leader 1, isr 1 2 3 5, adding 4 5, removing 1 2, epochs 0 2');
    expect(tell(story, 'isr 1 2 3 5 4')).toBe('NEW_LEADER_ELECTED');
    expect(lineOf(story.partition)).toBe('leader 4, isr 3 5 4, epochs 1 3');
    expect(story.partition.replicas).toEqual([4, 5, 3]);
  });

  test('[CLU-12] a leader that stays is written again, so that the removed ones cannot fetch in the old epoch', () => {
    const story = begin([1, 2]);
    expect(after(story, 'move 1 3', 'isr 1 2 3')).toBe('leader 1, isr 1 3, epochs 1 2');
  });

  test('[CLU-12] another order of the same replicas is in force at once', () => {
    const story = begin([1, 2, 3]);
    expect(after(story, 'move 3 1 2')).toBe('leader 1, isr 1 2 3, epochs 0 1');
    expect(story.partition.replicas).toEqual([3, 1, 2]);
  });

  test('[CLU-12] replicas are only taken away once one that stays is in sync', () => {
    const story = begin([1, 2, 3]);
    expect(after(story, 'isr 1', 'move 2 3')).toBe('leader 1, isr 1, removing 1, epochs 0 2');
    expect(after(story, 'isr 1 3', 'isr 1 3 2')).toBe('leader 2, isr 3 2, epochs 1 4');
  });

  test('[CLU-12] given up: the former replicas, without those that were to come', () => {
    const story = begin([1, 2, 3]);
    after(story, 'move 4 5 6', 'isr 1 2 3 4');
    expect(after(story, 'cancel')).toBe('leader 1, isr 1 2 3, epochs 1 3');
    expect(story.partition.replicas).toEqual([1, 2, 3]);
    expect(tell(story, 'cancel')).toBe('NO_REASSIGNMENT_IN_PROGRESS');
  });

  test('[CLU-12] giving up needs an unclean election when none of the former replicas is in sync', () => {
    const moved = (uncleanElection: boolean) => {
      const story = begin([1, 2], { uncleanElection });
      after(story, 'move 3 4', 'isr 1 2 3', 'fence 1', 'fence 2');
      return story;
    };
    expect(tell(moved(false), 'cancel')).toBe('INVALID_REPLICA_ASSIGNMENT');
    expect(tell(moved(true), 'cancel')).toBe('NONE');
  });

  test('[CLU-12] the wanted replicas are registered brokers, each once', () => {
    const story = begin([1, 2]);
    for (const wanted of ['move', 'move 1 9', 'move 1 1']) expect(tell(story, wanted)).toBe('INVALID_REPLICA_ASSIGNMENT');
  });
});
