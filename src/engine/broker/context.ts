import type { KernelContext } from '../kernel/context.ts';
import type { FetchedRecords, PartitionLog } from '../log/partitionLog.ts';
import type { BrokerState, ClusterCosts } from './broker.ts';
import type { FetchSession } from './fetchSession.ts';
import type { ProduceRequest } from './produceRequest.ts';
import type { SlotTable } from './slots.ts';

/** One partition of the cluster. Partitions of all topics are numbered in one row, topic by topic: the global partition index. */
export interface PartitionState {
  readonly topic: number;
  /** Number within its topic. */
  readonly partition: number;
  /** Broker that leads it; -1 while there is no leader. */
  leader: number;
  log: PartitionLog;
  /** Fetch sessions that read this partition, as pairs: session slot, index of the partition within the session. */
  watchers: number[];
  /** Records deleted by retention. */
  expiredRecords: number;
  /** Records given out in fetch answers, by all who read it together. */
  fetchedRecords: number;
}

export interface TopicState {
  readonly name: string;
  /** Node of the document. */
  readonly node: string;
  readonly firstPartition: number;
  readonly partitionCount: number;
}

/** What clients and groups may use of the cluster. */
export interface BrokerContext extends KernelContext {
  readonly costs: ClusterCosts;
  readonly brokers: BrokerState[];
  readonly topics: TopicState[];
  readonly partitions: PartitionState[];
  /** Slot tables: a request lives in its slot from submission to answer; events carry the slot. */
  readonly produceRequests: SlotTable<ProduceRequest>;
  readonly fetchSessions: SlotTable<FetchSession>;
  /** Fetch answers nobody holds, for reuse. */
  readonly fetchedPool: FetchedRecords[];
  readonly counters: BrokerCounters;
}

export interface BrokerCounters {
  /** Number of the last fetch request; tells an answer or expiry of an older request from the current one. */
  fetchRequests: number;
  /** Fetch sessions opened so far. */
  fetchSessions: number;
  /** Partition whose block is not resident, when an event had to be put back for it. */
  missingPartition: number;
}
