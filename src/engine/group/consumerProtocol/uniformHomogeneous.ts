import { ascending } from './partitionSets.ts';
import type { ServerAssignment, ServerAssignorInput } from './serverAssignor.ts';
import { assertTopicsExist } from './serverAssignor.ts';

/**
 * `uniform` for a group whose members all subscribe to the same topics (Kafka's UniformHomogeneousAssignmentBuilder). Every member keeps what it had up to its quota; the
 * first members in order have the larger one. What is free goes to those below theirs: first partitions nobody had, then what was taken away.
 */
export function assignUniformHomogeneous(input: ServerAssignorInput): ServerAssignment {
  assertTopicsExist(input);
  const { members } = input;
  const topics = input.topics.filter(({ index }) => members[0].topics.includes(index));
  const taken = new Set(members.flatMap(({ target }) => target));
  const subscribed = new Set<number>();
  const free: number[] = [];
  for (const { firstPartition, partitionCount } of topics) {
    for (let partition = firstPartition; partition < firstPartition + partitionCount; partition++) {
      subscribed.add(partition);
      if (!taken.has(partition)) free.push(partition);
    }
  }
  const quota = Math.floor(subscribed.size / members.length);
  const extras = subscribed.size % members.length;
  const result: number[][] = [];
  const missing: number[] = [];
  members.forEach((member, i) => {
    let left = quota + (i < extras ? 1 : 0);
    const kept: number[] = [];
    for (const partition of member.target) {
      if (!subscribed.has(partition)) continue;
      if (left > 0) {
        left--;
        kept.push(partition);
      } else free.push(partition);
    }
    result.push(kept);
    missing.push(left);
  });
  let next = 0;
  result.forEach((partitions, i) => {
    for (let left = missing[i]; left > 0 && next < free.length; left--) partitions.push(free[next++]);
    partitions.sort(ascending);
  });
  if (next < free.length) throw new Error(`uniform assignor: ${free.length - next} partitions were left over, expected none`);
  return result;
}
