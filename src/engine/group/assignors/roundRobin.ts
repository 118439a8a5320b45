import { allPartitions, createPartitionSpace, toAssignment } from './partitionSpace.ts';
import { compareMembers } from './range.ts';
import type { Assignment, AssignorMember, AssignorTopic } from './types.ts';

/** Kafka's RoundRobinAssignor: all partitions by topic name and number, each to the next member in turn that subscribes to its topic. What members own does not count. */
export function assignRoundRobin(topics: readonly AssignorTopic[], members: readonly AssignorMember[]): Assignment {
  const space = createPartitionSpace(topics, members);
  const order = members.map((_, i) => i).sort((a, b) => compareMembers(members[a], members[b]));
  const subscribes = members.map((member) => new Set(member.topics));
  const result: number[][] = members.map(() => []);
  let turn = 0;
  for (const number of allPartitions(space, [...space.topics.keys()])) {
    const { name } = space.topics[space.topicOf[number]];
    // Somebody does: topics nobody subscribes to are not in the space.
    while (!subscribes[order[turn]].has(name)) turn = (turn + 1) % order.length;
    result[order[turn]].push(number);
    turn = (turn + 1) % order.length;
  }
  return toAssignment(space, result);
}
