/**
 * A pool of threads behind the poll loop: what it is set to, and what it holds (the work manager and shards of Confluent's Parallel Consumer; a ThreadPoolExecutor with a bounded queue).
 * Plain data. The member's arrays (`finishUs`, `serviceUs`, `failed`, `retries`, `waitUs`) are by thread here; the place behind the last thread is that of a refused record.
 */
import type { OwnedPartition } from '../../consumer/consumer.ts';
import type { PollSlice } from '../../consumer/fetching.ts';

export interface PoolSettings {
  readonly threads: number;
  readonly ordering: 'partition' | 'key' | 'unordered';
  /** Records that wait, besides those in service. */
  readonly capacity: number;
  readonly whenFull: 'pause' | 'block' | 'reject';
  /** Between two commits of what is done without a gap. */
  readonly commitIntervalUs: number;
}

/** The records of one partition that a pool has, since the member got the partition or its position was set. */
export interface PoolLane {
  readonly partition: number;
  readonly owned: OwnedPartition;
  readonly timesSet: number;
  /** In the order of offsets; the first one has a record that is not done. */
  slices: LaneSlice[];
  /** Records that are not done, wherever they are. */
  open: number;
  /** Records done behind a gap. */
  ahead: number;
  /** The partition is no longer this member's, or is read anew: what ends now leads no offset on. */
  stale: boolean;
}

/** Records a poll handed over together. */
export interface LaneSlice {
  readonly lane: PoolLane;
  readonly slice: PollSlice;
  /** By record of the slice: 1 when it is done. */
  readonly done: Uint8Array;
  /** Records done without a gap. */
  prefix: number;
}

/** A record at hand: `index` in its answer. */
export interface PoolJob {
  readonly of: LaneSlice;
  readonly index: number;
  /** Of two records with one number only one is in service; -1 where order does not matter. */
  readonly shard: number;
}

/** Who waits for buffer memory with a record half sent, beside the threads' numbers. */
export const stuckNobody = -2;
export const stuckLoop = -1;

export interface Pool {
  readonly settings: PoolSettings;
  /** By global partition index. */
  readonly lanes: Map<number, PoolLane>;
  /** Oldest first: the queue, and behind its `queued` records what the poll loop could not hand over. */
  jobs: PoolJob[];
  queued: number;
  /** By thread. */
  readonly serving: (PoolJob | null)[];
  readonly free: number[];
  readonly busyShards: Set<number>;
  /** Records done behind a gap, in all lanes. */
  ahead: number;
  /** Since when all threads stand still (outage, no buffer memory, a flush before a commit); -1 while they do not. */
  stalledSinceUs: number;
  stuck: number;
  lastCommitUs: number;
  /** Whether something is done that is not committed, and the loop is woken for it. */
  commitArmed: boolean;
}

export function createPool(settings: PoolSettings): Pool {
  return {
    settings,
    lanes: new Map(),
    jobs: [],
    queued: 0,
    serving: Array.from({ length: settings.threads }, () => null),
    free: Array.from({ length: settings.threads }, (_, i) => settings.threads - 1 - i),
    busyShards: new Set(),
    ahead: 0,
    stalledSinceUs: -1,
    stuck: stuckNobody,
    lastCommitUs: 0,
    commitArmed: false,
  };
}

/** Whether the poll loop holds records it could not hand over. */
export const holdsBack = (pool: Pool): boolean => pool.jobs.length > pool.queued;

/** Whether there is no place for another record, whatever its key. */
export const isFull = (pool: Pool): boolean =>
  holdsBack(pool) || (pool.queued >= pool.settings.capacity && (pool.settings.capacity > 0 || pool.free.length === 0));

/** Keys of one partition are told apart by the lower 32 bits, records without a key share one. */
const keysOfPartition = 2 ** 32;

export function shardOf(pool: Pool, partition: number, key: number): number {
  switch (pool.settings.ordering) {
    case 'unordered':
      return -1;
    case 'partition':
      return partition;
    case 'key':
      return partition * keysOfPartition + key + 1;
  }
}
