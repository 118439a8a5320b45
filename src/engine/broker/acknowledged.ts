/** What producers were told is written, and what of it is lost with a leader. Only what an answer said counts: a producer sends again what it heard nothing of. */
import type { PartitionState } from './context.ts';
import { replicaOf, type ReplicaState, sharedEndOffset } from './replicas.ts';

/** A producer hears from `broker` that its records [baseOffset, endOffset) are written. An answer that comes when they are lost already counts them then. */
export function noteAcknowledged(partition: PartitionState, broker: number, baseOffset: number, endOffset: number): void {
  const replica = replicaOf(partition, broker);
  if (replica === undefined || endOffset <= replica.acknowledgedUpTo) return;
  const { tail, lostUpTo, acknowledgedUpTo } = replica;
  if (tail !== null && lostUpTo !== Infinity)
    partition.lostAcknowledged += Math.max(0, Math.min(endOffset, lostUpTo) - Math.max(baseOffset, tail.logStartOffset, acknowledgedUpTo));
  replica.acknowledgedUpTo = endOffset;
}

/** Before the log of a leader is given up: what it answered for is acknowledged in every copy of it, too. Gives up to where that is. */
export function shareAcknowledged(partition: PartitionState, former: ReplicaState | undefined): number {
  if (former === undefined) return 0;
  const { acknowledgedUpTo } = former;
  for (const replica of partition.replicas)
    replica.acknowledgedUpTo = Math.max(replica.acknowledgedUpTo, Math.min(acknowledgedUpTo, sharedEndOffset(partition, replica)));
  return acknowledgedUpTo;
}
