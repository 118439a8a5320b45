/** What replication keeps besides the partitions: fetchers between brokers, requests for another ISR, produce requests that wait for replicas. Plain data. */
import type { AlterPartitionError, AlterPartitionRequest } from '../cluster/alterPartition.ts';
import type { IsrChange } from '../cluster/leaderState.ts';
import { createSampledRate, type SampledRate } from '../cluster/quota.ts';
import type { PartitionRegistration } from '../cluster/partitionRegistration.ts';
import type { ReplicaFetcher } from './replicaFetcherState.ts';

/** One partition of an AlterPartition request. */
export interface IsrRequest {
  /** Global partition index. */
  readonly partition: number;
  /** The change as the leader keeps it, by identity: one that was forgotten meanwhile is known by that. */
  readonly change: IsrChange;
  readonly request: AlterPartitionRequest;
  /** The controller's answer. */
  error: AlterPartitionError;
  registration: PartitionRegistration | null;
}

/** A broker's requests for other ISRs: one is under way at a time, with all that has come up before it was sent (AlterPartitionManager). */
export interface IsrRequests {
  queued: IsrRequest[];
  underWay: IsrRequest[];
}

/** A produce request with acks=all whose batches are written and wait for the replicas (DelayedProduce). */
export interface ParkedProduce {
  readonly slot: number;
  readonly requestId: number;
  readonly broker: number;
  /** In step with the request's batches: the high watermark it waits for, -1 for one that is decided. */
  readonly required: number[];
  /** Batches that wait. */
  left: number;
  /** When the disk has it all. */
  readonly writtenUs: number;
  /** When it is answered with REQUEST_TIMED_OUT. */
  readonly deadlineUs: number;
  /** When it is looked at next: at that moment, or when the patience of its client is over before, because it has stood in the socket. */
  nextUs: number;
}

/** Parked requests of a broker, in the order they came; those that are answered go when they are first. */
export interface ParkedProduces {
  readonly waiting: ParkedProduce[];
  /** Index of the first that may still wait. */
  first: number;
  /** Infinity: none is scheduled. */
  timerUs: number;
}

/** Offsets that left a partition's log because its new leader does not have them; `beside`: they never were in it, a leader that was cut off had given them out. */
export interface Truncation {
  /** Global partition index. */
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly beside: boolean;
  /** Broker that had them, and the one that took over without them (-1 for those beside the log). */
  readonly former: number;
  readonly heir: number;
}

export interface ReplicationState {
  /** In the order they came to be; a fetcher's index is its slot. */
  readonly fetchers: ReplicaFetcher[];
  /** By broker. */
  readonly isrRequests: IsrRequests[];
  readonly parked: ParkedProduces[];
  /** Partitions of Kafka's own topics whose high watermark has risen; whoever takes them empties the list. */
  readonly advanced: number[];
  /** For the groups' progress; whoever takes them empties the list. */
  readonly truncations: Truncation[];
  /** By leading broker: what it has given of late of partitions that are moved with a limit. */
  readonly throttledRates: SampledRate[];
  /** By broker: what it has taken of late of partitions that are moved to it with a limit. */
  readonly throttledInRates: SampledRate[];
  /** Number of the last replica fetch. */
  requests: number;
}

export function createReplication(brokers: number): ReplicationState {
  const byBroker = <T>(create: () => T): T[] => Array.from({ length: brokers }, create);
  return {
    fetchers: [],
    isrRequests: byBroker(() => ({ queued: [], underWay: [] })),
    parked: byBroker(() => ({ waiting: [], first: 0, timerUs: Infinity })),
    advanced: [],
    truncations: [],
    throttledRates: byBroker(createSampledRate),
    throttledInRates: byBroker(createSampledRate),
    requests: 0,
  };
}
