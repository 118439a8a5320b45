import { describe, expect, test } from 'vitest';
import { after, begin, lineOf, strict, tell } from './electionFixtures.ts';
import { balanceLeaders } from './leaderElection.ts';
import { registerPartition } from './partitionRegistration.ts';

describe('brokers go and come', () => {
  test('[CLU-5] a new partition is led by its first active replica; the active ones are its ISR', () => {
    expect(lineOf(registerPartition([3, 1, 2], (broker) => broker !== 3)!)).toBe('leader 1, isr 1 2, epochs 0 0');
    expect(registerPartition([1, 2], () => false)).toBe(null);
  });

  test('[CLU-6] the next leader is the first in the order of assignment that is in sync and active, however the ISR is written', () => {
    const story = begin([4, 2, 6, 1]);
    expect(after(story, 'isr 1 6 4', 'fence 4')).toBe('leader 6, isr 1 6, epochs 1 2');
  });

  test('[CLU-6] a leader that may stay stays, whoever else is preferred', () => {
    expect(after(begin([1, 2, 3]), 'fence 1', 'return 1', 'isr 2 3 1', 'fence 3')).toBe('leader 2, isr 2 1, epochs 1 3');
  });

  test('[CLU-7] a broker that goes leaves the ISRs it is in; other partitions do not change at all', () => {
    const story = begin([1, 2, 3]);
    expect(after(story, 'fence 2')).toBe('leader 1, isr 1 3, epochs 0 1');
    const before = story.partition;
    tell(story, 'fence 5');
    tell(story, 'fence 2');
    expect(story.partition).toBe(before);
  });

  test('[CLU-7] the last in-sync replica stays in the ISR when it goes: offline until that one is back', () => {
    const story = begin([1, 2]);
    expect(after(story, 'fence 2', 'fence 1')).toBe('leader -1, isr 1, epochs 1 2');
    expect(after(story, 'return 2')).toBe('leader -1, isr 1, epochs 1 2');
    expect(after(story, 'return 1')).toBe('leader 1, isr 1, epochs 2 3');
  });

  test('[CLU-8] a broker that comes back waits outside of the ISR until the leader asks for it', () => {
    const story = begin([1, 2, 3]);
    expect(after(story, 'fence 1', 'return 1')).toBe('leader 2, isr 2 3, epochs 1 1');
    expect(tell(story, 'isr 2 3 1')).toBe('NONE');
    expect(lineOf(story.partition)).toBe('leader 2, isr 2 3 1, epochs 1 2');
  });
});

describe('unclean elections', () => {
  test('[CLU-9] where the topic allows it the first active replica outside of the ISR leads, alone in the ISR, recovering', () => {
    const story = begin([1, 2, 3], { uncleanElection: true });
    expect(after(story, 'isr 1', 'fence 1')).toBe('leader 2, isr 2, recovering, epochs 1 2');
    expect(after(story, 'isr 2 3')).toBe('leader 2, isr 2 3, epochs 1 3');
  });

  test('[CLU-9] somebody may ask for one where the topic does not', () => {
    const story = begin([1, 2, 3]);
    expect(tell(story, 'unclean')).toBe('ELECTION_NOT_NEEDED');
    expect(after(story, 'isr 1', 'fence 1', 'fence 2', 'fence 3')).toBe('leader -1, isr 1, epochs 1 2');
    expect(tell(story, 'unclean')).toBe('ELIGIBLE_LEADERS_NOT_AVAILABLE');
    expect(after(story, 'return 3')).toBe('leader -1, isr 1, epochs 1 2');
    expect(tell(story, 'unclean')).toBe('NONE');
    expect(lineOf(story.partition)).toBe('leader 3, isr 3, recovering, epochs 2 3');
  });

  test('[CLU-9] an in-sync replica is taken before any other, also in an unclean election', () => {
    expect(after(begin([1, 2, 3], { uncleanElection: true }), 'isr 1 3', 'fence 1')).toBe('leader 3, isr 3, epochs 1 2');
  });
});

describe('preferred leaders', () => {
  test('[CLU-10] leadership returns only when it is asked for, and the preferred replica is in sync', () => {
    const story = begin([1, 2]);
    expect(tell(story, 'prefer')).toBe('ELECTION_NOT_NEEDED');
    expect(after(story, 'fence 1', 'return 1')).toBe('leader 2, isr 2, epochs 1 1');
    expect(tell(story, 'prefer')).toBe('PREFERRED_LEADER_NOT_AVAILABLE');
    tell(story, 'isr 2 1');
    expect(tell(story, 'prefer')).toBe('NONE');
    expect(lineOf(story.partition)).toBe('leader 1, isr 2 1, epochs 2 3');
  });

  test('[CLU-10] the check of all partitions elects where it can, up to its bound', () => {
    const back = (replicas: number[]) => {
      const story = begin(replicas);
      after(story, `fence ${replicas[0]}`, `return ${replicas[0]}`, `isr ${replicas.join(' ')}`);
      return story.partition;
    };
    const partitions = [begin([2, 1]).partition, back([3, 1]), back([4, 1]), back([5, 1]), back([6, 1])];
    const contextOf = () => ({ policy: strict, isActive: (broker: number) => broker !== 4 });
    const elect = (electionsMax: number) =>
      balanceLeaders(partitions, { electionsMax, contextOf }).map(({ index, partition }) => [index, partition.leader]);
    expect(elect(1000)).toEqual([
      [1, 3],
      [3, 5],
      [4, 6],
    ]);
    expect(elect(2)).toEqual([
      [1, 3],
      [3, 5],
    ]);
  });
});

describe('eligible leaders (KIP-966)', () => {
  const eligible = { eligibleLeaderReplicas: true, minInsyncReplicas: 3 };

  test('[CLU-13] who leaves the ISR below the minimum stays eligible; at the minimum the list is emptied', () => {
    const story = begin([1, 2, 3, 4], eligible);
    expect(after(story, 'fence 4')).toBe('leader 1, isr 1 2 3, epochs 0 1');
    expect(after(story, 'fence 3', 'fence 2')).toBe('leader 1, isr 1, elr 2 3, epochs 0 3');
    expect(after(story, 'return 2', 'isr 1 2', 'return 3', 'isr 1 2 3')).toBe('leader 1, isr 1 2 3, epochs 0 5');
  });

  test('[CLU-13] the ISR may be empty: then any eligible replica leads, and the last leader is remembered', () => {
    const story = begin([1, 2, 3], eligible);
    expect(after(story, 'fence 3', 'fence 1', 'fence 2')).toBe('leader -1, isr empty, elr 1 2 3, last 2, epochs 2 3');
    expect(after(story, 'return 3')).toBe('leader 3, isr 3, elr 1 2, epochs 3 4');
  });

  test('[CLU-13] who may have lost the end of its log is not eligible', () => {
    const story = begin([1, 2, 3], eligible);
    after(story, 'fence 3', 'fence 2', 'fence 1');
    expect(after(story, 'lost 2')).toBe('leader -1, isr empty, elr 1 3, last 1, epochs 1 4');
    expect(after(story, 'lost 3', 'lost 1', 'return 3')).toBe('leader -1, isr empty, last 1, epochs 1 6');
    expect(after(story, 'return 1')).toBe('leader 1, isr 1, recovering, epochs 2 7');
  });

  test('[CLU-13] the list is in the order of a Java HashSet', () => {
    const story = begin([1, 2, 3], eligible);
    const partition = { ...story.partition, replicas: [17, 3, 1, 16], isr: [17, 3, 1, 16], leader: 17 };
    for (const broker of [16, 17]) story.active.add(broker);
    Object.assign(story, { partition });
    expect(after(story, 'fence 3', 'fence 17', 'fence 16', 'fence 1')).toBe('leader -1, isr empty, elr 16 17 1, last 1, epochs 2 4');
  });
});
