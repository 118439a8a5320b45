import type { KernelContext } from '../kernel/context.ts';
import type { LedgerState } from '../ledger/state.ts';
import type { FetchedRecords, PartitionLog } from '../log/partitionLog.ts';
import type { BrokerState, ClusterCosts } from './broker.ts';
import type { CapacityState } from './capacity.ts';
import type { ClusterState } from './clusterState.ts';
import type { FetchSession } from './fetchSession.ts';
import { createOutages, type PartitionOutages } from './outages.ts';
import type { ProduceRequest } from './produceRequest.ts';
import type { PartitionTier } from './remoteTier.ts';
import type { ReplicaState } from './replicas.ts';
import type { ReplicationState } from './replication.ts';
import type { SlotTable } from './slots.ts';
import type { RunWatcher } from './watcher.ts';

/** One partition of the cluster. Partitions of all topics are numbered in one row, topic by topic: the global partition index. */
export interface PartitionState {
  readonly topic: number;
  /** Number within its topic. */
  readonly partition: number;
  /** Broker that leads it as the controller has decided; -1 while there is no leader. A broker acts by what it has heard: its replica's role. */
  leader: number;
  /** The present leader's log, the last leader's while there is none. */
  log: PartitionLog;
  /** Broker whose log `log` is. */
  holder: number;
  /** In the order of assignment. Empty for a partition with one replica: what its leader has is committed. */
  replicas: readonly ReplicaState[];
  /** `min.insync.replicas` of its topic. */
  minInsyncReplicas: number;
  /** Metadata version at which `leader` changed last, and the leaders before it with the version since which each was it, oldest first. */
  leaderVersion: number;
  leaderHistory: { readonly version: number; readonly leader: number }[];
  /** Records that a replica has cut from its log, each counted once, though it was acknowledged or read. */
  lostRecords: number;
  /** Those of them that a producer had been told were written. */
  lostAcknowledged: number;
  /** Offsets that have left the partition's log with a new leader, and those a leader that was cut off had given out beside it. */
  truncatedOffsets: number;
  readonly outages: PartitionOutages;
  /** null without `remote.storage.enable`. */
  readonly tier: PartitionTier | null;
  /** Fetch sessions that read this partition, as pairs: session slot, index of the partition within the session. */
  watchers: number[];
  /** Fetches of share groups that wait for this partition, and whether an event of this moment looks at them. */
  shareWaits: number;
  shareWakes: boolean;
  /** Records deleted by retention. */
  expiredRecords: number;
  /** Records given out in fetch answers, by all who read it together. */
  fetchedRecords: number;
}

/** All partitions with one replica have this list: whether one has more is asked with every append, and a list of its own is a place in memory more. It is never added to. */
const noReplicas: readonly ReplicaState[] = [];

/** A partition with one replica on its leader, as every partition begins. */
export function createPartition(options: {
  readonly topic: number;
  readonly partition: number;
  readonly leader: number;
  readonly log: PartitionLog;
  readonly minInsyncReplicas?: number;
  readonly tier?: PartitionTier | null;
}): PartitionState {
  const { topic, partition, leader, log, minInsyncReplicas = 1, tier = null } = options;
  return {
    // What every append and every fetch asks for comes first, so that it lies together.
    log,
    replicas: noReplicas,
    holder: leader,
    leader,
    watchers: [],
    shareWaits: 0,
    topic,
    fetchedRecords: 0,
    tier,
    partition,
    minInsyncReplicas,
    leaderVersion: 0,
    leaderHistory: [],
    lostRecords: 0,
    lostAcknowledged: 0,
    truncatedOffsets: 0,
    outages: createOutages(),
    shareWakes: false,
    expiredRecords: 0,
  };
}

export interface TopicState {
  readonly name: string;
  /** Node of the document. */
  readonly node: string;
  readonly firstPartition: number;
  /** Grows when partitions are added, up to `partitionCountMax`: so many places are kept. */
  partitionCount: number;
  readonly partitionCountMax: number;
  /** One of Kafka's own: not in the document, and only those of its partitions are there that are in use. */
  readonly internal?: boolean;
  /** Of an internal topic of a stream processor: that node of the document. */
  readonly owner?: string;
}

/** What clients and groups may use of the cluster. */
export interface BrokerContext extends KernelContext {
  readonly costs: ClusterCosts;
  readonly brokers: BrokerState[];
  readonly cluster: ClusterState;
  readonly replication: ReplicationState;
  readonly capacity: CapacityState;
  readonly topics: TopicState[];
  readonly partitions: PartitionState[];
  /** Slot tables: a request lives in its slot from submission to answer; events carry the slot. */
  readonly produceRequests: SlotTable<ProduceRequest>;
  readonly fetchSessions: SlotTable<FetchSession>;
  /** Fetch answers nobody holds, for reuse. */
  readonly fetchedPool: FetchedRecords[];
  readonly counters: BrokerCounters;
  /** Is told of what clients do; null in ordinary runs. Not part of the state. */
  readonly watcher: RunWatcher | null;
  /** What became of every record; null in a run that keeps no account. */
  readonly ledger: LedgerState | null;
}

export interface BrokerCounters {
  /** Number of the last produce request; tells an event of an older request in the same slot from the current one's. */
  produceRequests: number;
  /** Number of the last request to a group's coordinator, commits included. */
  groupRequests: number;
  /** Number of the last fetch request; tells an answer or expiry of an older request from the current one. */
  fetchRequests: number;
  /** Fetch sessions opened so far. */
  fetchSessions: number;
  /** Partition whose block is not resident, when an event had to be put back for it. */
  missingPartition: number;
}
