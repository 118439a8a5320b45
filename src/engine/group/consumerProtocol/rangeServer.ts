import { compareStrings } from '../assignors/types.ts';
import { ascending } from './partitionSets.ts';
import type { ServerAssignment, ServerAssignorInput, ServerMember } from './serverAssignor.ts';
import { assertTopicsExist, subscribersOf } from './serverAssignor.ts';

/**
 * The broker's `range` (Kafka's org.apache.kafka.coordinator.group.assignor.RangeAssignor): topic by topic, subscribers in order take runs of partitions and the
 * first ones one more, so that topics with equal counts and subscribers are co-partitioned. What anybody had before does not count.
 */
export function assignRangeServer(input: ServerAssignorInput): ServerAssignment {
  assertTopicsExist(input);
  const { topics, members } = input;
  const result: number[][] = members.map(() => []);
  for (const topic of topics) {
    const subscribers = subscribersOf(members, topic).sort((a, b) => compareServerMembers(members[a], members[b]));
    if (subscribers.length === 0) continue;
    const quota = Math.floor(topic.partitionCount / subscribers.length);
    const extras = topic.partitionCount % subscribers.length;
    let next = topic.firstPartition;
    for (let i = 0; i < subscribers.length; i++) {
      const end = next + quota + (i < extras ? 1 : 0);
      while (next < end) result[subscribers[i]].push(next++);
    }
  }
  for (const partitions of result) partitions.sort(ascending);
  return result;
}

/** Static members first by instance id, then dynamic ones by member id. */
function compareServerMembers(left: ServerMember, right: ServerMember): number {
  if (left.instanceId !== '' && right.instanceId !== '') return compareStrings(left.instanceId, right.instanceId);
  if ((left.instanceId !== '') !== (right.instanceId !== '')) return left.instanceId !== '' ? -1 : 1;
  return compareStrings(left.memberId, right.memberId);
}
