import type { ServerAssignment, ServerAssignorInput } from '../consumerProtocol/serverAssignor.ts';
import { assertTopicsExist } from '../consumerProtocol/serverAssignor.ts';

/** The share groups' `simple` assignor (KIP-932, Kafka's SimpleAssignor as it came): everybody reads every partition of its topics, since records, not partitions, are shared out. */
export function assignSimple(input: ServerAssignorInput): ServerAssignment {
  assertTopicsExist(input);
  const topics = [...input.topics].sort((a, b) => a.firstPartition - b.firstPartition);
  return input.members.map((member) =>
    topics
      .filter(({ index }) => member.topics.includes(index))
      .flatMap(({ firstPartition, partitionCount }) => Array.from({ length: partitionCount }, (_, i) => firstPartition + i)),
  );
}
