/** What the controller knows of a partition (PartitionRegistration), and how a change of it is written down (PartitionChangeRecord). Values, never changed in place. */

/** Leader of an offline partition. */
export const noLeader = -1;

export interface PartitionRegistration {
  /** Broker ids in the order of assignment; the first is the preferred leader. During a reassignment the removed ones stand last. */
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly addingReplicas: readonly number[];
  /** -1: offline. */
  readonly leader: number;
  /** The leader came to be by an unclean election, and has not confirmed since (LeaderRecoveryState.RECOVERING). */
  readonly recovering: boolean;
  /** Grows whenever a leader is written, also the same one or none. */
  readonly leaderEpoch: number;
  /** Grows with every change. */
  readonly partitionEpoch: number;
  /** Eligible leader replicas (KIP-966): fell out of the ISR below `min.insync.replicas` without having lost anything. Empty without the feature. */
  readonly elr: readonly number[];
  /** The last leader while ISR and leader are empty, with KIP-966; at most one. */
  readonly lastKnownElr: readonly number[];
}

/** The place of a partition that does not exist yet. */
export const reservedPartition: PartitionRegistration = {
  replicas: [],
  isr: [],
  removingReplicas: [],
  addingReplicas: [],
  leader: noLeader,
  recovering: false,
  leaderEpoch: -1,
  partitionEpoch: -1,
  elr: [],
  lastKnownElr: [],
};

/** The fields that change; absent means as before. */
export type PartitionChange = Partial<Omit<PartitionRegistration, 'leaderEpoch' | 'partitionEpoch'>>;

/** Whether a broker may lead and be in an ISR: unfenced and not in controlled shutdown (ClusterControlManager.isActive). */
export type IsActive = (broker: number) => boolean;

/**
 * A new partition (ReplicationControlManager.buildPartitionRegistration): its ISR are the active replicas, the first of them leads. Null when none is active, which
 * Kafka answers with INVALID_REPLICATION_FACTOR.
 */
export function registerPartition(replicas: readonly number[], isActive: IsActive): PartitionRegistration | null {
  const isr = replicas.filter(isActive);
  if (isr.length === 0) return null;
  return {
    replicas,
    isr,
    removingReplicas: [],
    addingReplicas: [],
    leader: isr[0],
    recovering: false,
    leaderEpoch: 0,
    partitionEpoch: 0,
    elr: [],
    lastKnownElr: [],
  };
}

/** The registration after a change; the same one for null (PartitionRegistration.merge). */
export function applyChange(partition: PartitionRegistration, change: PartitionChange | null): PartitionRegistration {
  if (change === null) return partition;
  return {
    ...partition,
    ...change,
    leaderEpoch: partition.leaderEpoch + (change.leader === undefined ? 0 : 1),
    partitionEpoch: partition.partitionEpoch + 1,
  };
}

/** Same brokers in the same order. */
export function sameReplicas(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((broker, i) => broker === b[i]);
}

/** `brokers` without those of `others`, in order. */
export function withoutReplicas(brokers: readonly number[], others: readonly number[]): number[] {
  return brokers.filter((broker) => !others.includes(broker));
}
