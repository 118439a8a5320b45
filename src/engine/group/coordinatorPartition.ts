import { javaTextHash } from '../kernel/javaHash.ts';

/** Kafka's `Utils.abs`: the absolute value of a 32-bit integer, and 0 for the smallest one, which has none. */
export function kafkaAbs(value: number): number {
  return value === -2_147_483_648 ? 0 : Math.abs(value);
}

/**
 * Partition of `__consumer_offsets` (by group id) or `__transaction_state` (by transactional id) whose leader is the coordinator
 * (GroupCoordinatorService.partitionFor). `partitionCount` >= 1.
 */
export function coordinatorPartition(groupId: string, partitionCount: number): number {
  return kafkaAbs(javaTextHash(groupId)) % partitionCount;
}
