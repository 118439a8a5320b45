/** What was asked of Kafka: it decides which anomalies are faults and which are the price of the settings. */
export interface Contract {
  /** `isolation.level` of the consumers. */
  readonly isolation: 'read_committed' | 'read_uncommitted';
  /** `enable.idempotence` of all producers. Without it a retry may append again, and out of order with several requests in flight. */
  readonly idempotent: boolean;
  /** Every answer was `acks=all` with enough replicas, and no unclean election: what is acknowledged outlives its leader. */
  readonly durable: boolean;
  /** No unclean election: whatever was read stays where it was read, also where acknowledged records may go. As `durable` where it is left out. */
  readonly clean?: boolean;
  /** Operations name every rebalance. Where they do not, a subscribed client may have been moved at any time. */
  readonly rebalancesKnown: boolean;
  /** Everybody read to the end before the history closed. */
  readonly drained: boolean;
  /** Where retention has got to: of records below this offset of a partition, none need be there. */
  readonly deletedBelow?: ReadonlyMap<string, number>;
  /** Partitions that compaction cleans: of a key's records there only the last one has to be there. */
  readonly compacted?: ReadonlySet<string>;
}

/** Why cleaning may have taken a record at this offset and all before it; null: it has not. An offset of -1 is not known. */
export function cleanedReason(contract: Contract, partition: string, offset: number): string | null {
  if (contract.compacted?.has(partition)) return 'compaction keeps only the last record of each key';
  return offset < (contract.deletedBelow?.get(partition) ?? 0) && offset >= 0 ? 'retention has deleted the offset' : null;
}

/** The most that Kafka promises: exactly once, nothing lost, nothing deleted, all read. */
export const strictContract: Contract = {
  isolation: 'read_committed',
  idempotent: true,
  durable: true,
  rebalancesKnown: false,
  drained: true,
};
