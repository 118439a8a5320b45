/** What the cluster view shows of a moment: brokers, partitions with their replicas, the controller. Plain numbers and names, nothing of the engine's state. */

/** `starting`: recovering its logs; `fenced`: the controller does not hear of it, or it has not caught up yet; `stopping`: in controlled shutdown. */
export type BrokerCondition = 'running' | 'starting' | 'fenced' | 'stopping' | 'down';

export interface BrokerView {
  readonly id: number;
  readonly rack: string | null;
  readonly condition: BrokerCondition;
  /** Whether its process runs; a fenced broker may well run, cut off from the controller. */
  readonly processUp: boolean;
  readonly leaders: number;
  /** Replicas it holds, those it leads included. */
  readonly replicas: number;
  /** Replicas it holds that are not in sync. */
  readonly outOfSync: number;
  /** Bytes of all logs it holds. */
  readonly diskBytes: number;
  /** null: no limit. */
  readonly diskCapacityBytes: number | null;
  /** 1 as built, 2 twice as slow. */
  readonly diskFactor: number;
  readonly diskFull: boolean;
  /** Bytes so far, both ways; the reader makes rates of two views. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly diskBytesWritten: number;
  readonly diskBytesRead: number;
  readonly requests: number;
  /** Handler time so far, microseconds, and how many handlers there are. */
  readonly handlerBusyUs: number;
  readonly handlers: number;
  /** Names of what it cannot reach now: `controller`, `broker 2`, names of nodes. */
  readonly cutFrom: readonly string[];
  /** Clients throttled by a quota now. */
  readonly throttledClients: number;
}

export interface ReplicaView {
  readonly broker: number;
  readonly role: 'leader' | 'follower' | 'former leader';
  readonly inSync: boolean;
  readonly brokerUp: boolean;
  readonly logEndOffset: number;
  readonly highWatermark: number;
  /** Leader epoch this broker believes in. */
  readonly leaderEpoch: number;
  /** From where its log differs from the leader's; null when it does not. */
  readonly divergesAt: number | null;
  /** How long ago it had the leader's whole log; null when never, 0 for the leader. */
  readonly behindMs: number | null;
  readonly adding: boolean;
  readonly removing: boolean;
}

export interface PartitionView {
  /** Empty for a topic that Kafka itself makes. */
  readonly topicNode: string;
  readonly topic: string;
  readonly partition: number;
  /** null while offline. */
  readonly leader: number | null;
  readonly preferredLeader: number;
  readonly leaderEpoch: number;
  readonly isr: readonly number[];
  readonly replicas: readonly ReplicaView[];
  /** In force: at most the replication factor. */
  readonly minInsyncReplicas: number;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly sizeBytes: number;
  readonly epochs: readonly { readonly epoch: number; readonly startOffset: number }[];
  readonly underReplicated: boolean;
  readonly underMinIsr: boolean;
  /** Records cut off with a leader so far, acknowledged or not, and those of them that their producers had been told were written. */
  readonly lostRecords: number;
  readonly lostAcknowledged: number;
}

export interface ClusterView {
  readonly timeUs: number;
  readonly controller: {
    /** False while the quorum elects. */
    readonly active: boolean;
    readonly epoch: number;
    readonly voters: number;
    readonly votersUp: number;
    readonly metadataOffset: number;
  };
  readonly brokers: readonly BrokerView[];
  readonly partitions: readonly PartitionView[];
  readonly offline: number;
  readonly underReplicated: number;
  readonly underMinIsr: number;
}
