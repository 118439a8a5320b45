/** For tests: a partition's life told in words, and its state as one line. */
import { alterPartition, cancelReassignment, reassignReplicas } from './alterPartition.ts';
import { brokerLeft, brokerLostLog, brokerReturned, electLeader, type ElectionPolicy } from './leaderElection.ts';
import { type PartitionRegistration, registerPartition } from './partitionRegistration.ts';

export interface Story {
  readonly policy: ElectionPolicy;
  readonly active: Set<number>;
  partition: PartitionRegistration;
}

export const strict: ElectionPolicy = { minInsyncReplicas: 2, uncleanElection: false, eligibleLeaderReplicas: false };

/** A partition on the given brokers, all of them active; six brokers are there. */
export function begin(replicas: readonly number[], policy: Partial<ElectionPolicy> = {}): Story {
  const active = new Set([1, 2, 3, 4, 5, 6]);
  const partition = registerPartition(replicas, (broker) => active.has(broker));
  if (partition === null) throw new Error('no replica is active');
  return { policy: { ...strict, ...policy }, active, partition };
}

/**
 * `fence 1`, `return 1`, `lost 1`, `isr 1 2` (asked by the leader), `prefer`, `unclean`, `move 4 5`, `cancel`. Gives the error, or `NONE`.
 */
export function tell(story: Story, sentence: string): string {
  const [verb, ...words] = sentence.split(' ');
  const brokers = words.map(Number);
  const { partition, active } = story;
  const context = { policy: story.policy, isActive: (broker: number) => active.has(broker), isRegistered: (broker: number) => broker <= 6 };
  const keep = (after: PartitionRegistration, error = 'NONE') => {
    story.partition = after;
    return error;
  };
  switch (verb) {
    case 'fence':
      keep(brokerLeft(partition, brokers[0], context));
      active.delete(brokers[0]);
      return 'NONE';
    case 'return':
      keep(brokerReturned(partition, brokers[0], context));
      active.add(brokers[0]);
      return 'NONE';
    case 'lost':
      return keep(brokerLostLog(partition, brokers[0], context));
    case 'isr': {
      const { leader, leaderEpoch, partitionEpoch } = partition;
      const outcome = alterPartition(partition, { broker: leader, leaderEpoch, partitionEpoch, isr: brokers, recovering: false }, context);
      return keep(outcome.partition, outcome.error);
    }
    case 'prefer':
    case 'unclean': {
      const outcome = electLeader(partition, verb === 'prefer' ? 'preferred' : 'unclean', context);
      return keep(outcome.partition, outcome.error);
    }
    case 'move':
    case 'cancel': {
      const outcome = verb === 'move' ? reassignReplicas(partition, brokers, context) : cancelReassignment(partition, context);
      return keep(outcome.partition, outcome.error);
    }
    default:
      throw new Error(`no such sentence: ${sentence}`);
  }
}

/** Tells several sentences and gives the state after the last one. */
export function after(story: Story, ...sentences: readonly string[]): string {
  for (const sentence of sentences) tell(story, sentence);
  return lineOf(story.partition);
}

/** `leader 2, isr 2 3, epochs 1 4`: leader epoch, then partition epoch; what is empty or false is left out. */
export function lineOf(partition: PartitionRegistration): string {
  const { leader, isr, elr, lastKnownElr, addingReplicas, removingReplicas, recovering, leaderEpoch, partitionEpoch } = partition;
  const lists = { isr, elr, last: lastKnownElr, adding: addingReplicas, removing: removingReplicas };
  const named = Object.entries(lists).filter(([name, list]) => name === 'isr' || list.length > 0);
  const parts = [`leader ${leader}`, ...named.map(([name, list]) => `${name} ${list.length === 0 ? 'empty' : list.join(' ')}`)];
  if (recovering) parts.push('recovering');
  return [...parts, `epochs ${leaderEpoch} ${partitionEpoch}`].join(', ');
}
