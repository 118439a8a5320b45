/**
 * The replicas of a partition. One log is kept for what all of them share: the partition's log is that of its *holder*, the present leader (the last one while it is
 * offline). A replica that agrees with it is only the offset where it ends; what a replica holds beyond the common prefix is its private tail.
 */
import type { LeaderState } from '../cluster/leaderState.ts';
import { type LeaderEpochs, leaderEpochAt, truncateEpochsFromEnd } from '../log/leaderEpochs.ts';
import { beginLeaderEpoch, copyRange, lastStableOffsetOf, type PartitionLog } from '../log/partitionLog.ts';
import type { PartitionState } from './context.ts';
import type { ParkedProduce } from './replication.ts';

/** What a broker last heard of a partition from the controller; it acts by this, whatever the controller has decided since. */
export interface ReplicaRole {
  leaderEpoch: number;
  partitionEpoch: number;
  /** -1: the partition is offline. */
  leader: number;
}

export interface ReplicaState {
  readonly broker: number;
  /** Where its log ends. Not kept for the holder of the partition's log: ask `replicaEndOffset`. */
  logEndOffset: number;
  /** Not kept for the holder either: `partition.log.highWatermark`. */
  highWatermark: number;
  /** What it has instead of the partition's log from `tail.logStartOffset` on; null while it is a prefix of that log. A leader that was cut off goes on appending here. */
  tail: PartitionLog | null;
  role: ReplicaRole;
  /** While it believes that it leads. */
  leadership: LeaderState | null;
  /** Slot of the fetcher that keeps it up to date; -1: none. */
  fetcher: number;
  /** How far the leader's high watermark was beyond its log with the last answer; -1: it has had none of this leader. */
  lag: number;
  /** Before this moment it is not asked for again (`replica.fetch.backoff.ms`). */
  delayedUntilUs: number;
  /** While it leads: requests with acks=all that wait for its high watermark, oldest first. */
  parked: ParkedProduce[];
  /** Where the oldest transaction began that was open when another broker's log became the partition's: as long as it leads on without knowing, `read_committed` ends there. */
  firstUnstable: number;
  /** Up to here what its tail holds has been counted as lost. */
  lostUpTo: number;
  /** Producers have been told that what it has up to here is written. */
  acknowledgedUpTo: number;
}

/** A replica without records. */
export function createReplica(broker: number): ReplicaState {
  return {
    broker,
    logEndOffset: 0,
    highWatermark: 0,
    tail: null,
    role: { leaderEpoch: -1, partitionEpoch: -1, leader: -1 },
    leadership: null,
    fetcher: -1,
    lag: -1,
    delayedUntilUs: 0,
    parked: [],
    firstUnstable: Infinity,
    lostUpTo: 0,
    acknowledgedUpTo: 0,
  };
}

/** The replica a broker holds, or undefined. Also undefined for a partition with one replica, which has no list. */
export function replicaOf(partition: PartitionState, broker: number): ReplicaState | undefined {
  const { replicas } = partition;
  for (let i = 0; i < replicas.length; i++) if (replicas[i].broker === broker) return replicas[i];
  return undefined;
}

/** Where a replica's log ends. */
export function replicaEndOffset(partition: PartitionState, replica: ReplicaState): number {
  if (replica.tail !== null) return replica.tail.logEndOffset;
  return replica.broker === partition.holder ? partition.log.logEndOffset : replica.logEndOffset;
}

/** Its high watermark, by its own knowledge. */
export function replicaHighWatermark(partition: PartitionState, replica: ReplicaState): number {
  return replica.broker === partition.holder ? partition.log.highWatermark : replica.highWatermark;
}

/** Up to where its log is the partition's: all of it without a tail. */
export function sharedEndOffset(partition: PartitionState, replica: ReplicaState): number {
  if (replica.broker === partition.holder) return partition.log.logEndOffset;
  return replica.tail === null ? replica.logEndOffset : replica.tail.logStartOffset;
}

/** The leader epochs of its log. */
export function replicaEpochs(partition: PartitionState, replica: ReplicaState): LeaderEpochs {
  if (replica.tail !== null) return replica.tail.epochs;
  const { epochs } = partition.log;
  return replica.broker === partition.holder ? epochs : truncateEpochsFromEnd(epochs, replica.logEndOffset);
}

/** Epoch of its last record, what its fetches tell the leader; -1 without records. */
export function lastEpochOf(partition: PartitionState, replica: ReplicaState): number {
  const { tail } = replica;
  if (tail !== null && tail.logEndOffset > tail.logStartOffset) return leaderEpochAt(tail.epochs, tail.logEndOffset - 1);
  return leaderEpochAt(partition.log.epochs, sharedEndOffset(partition, replica) - 1);
}

/** Whether a broker takes writes and reads of a partition: by what it has heard, or simply because its log is the only one. */
export function leads(partition: PartitionState, broker: number): boolean {
  if (partition.replicas.length === 0) return partition.holder === broker;
  const replica = replicaOf(partition, broker);
  return replica !== undefined && replica.leadership !== null;
}

/**
 * The log a leader appends to: the partition's, or its own tail when another broker has taken over without its knowledge; null when it does not lead. Who appends
 * calls `partitionAppended` (produce.ts) afterwards.
 */
export function leaderLogOf(partition: PartitionState, broker: number): PartitionLog | null {
  if (partition.replicas.length === 0) return partition.holder === broker ? partition.log : null;
  return replicatedLogOf(partition, broker);
}

function replicatedLogOf(partition: PartitionState, broker: number): PartitionLog | null {
  const replica = replicaOf(partition, broker);
  if (replica === undefined || replica.leadership === null) return null;
  if (partition.holder === broker) return partition.log;
  if (replica.tail === null) {
    const { logEndOffset, role } = replica;
    replica.tail = copyRange(partition.log, logEndOffset, logEndOffset);
    replica.lostUpTo = logEndOffset;
    if (role.leaderEpoch > replica.tail.leaderEpoch) beginLeaderEpoch(replica.tail, role.leaderEpoch);
  }
  return replica.tail;
}

/** Where a reader at a leader finds an offset, and how far it may read. Used again by the next call. */
export interface ReadableLog {
  log: PartitionLog;
  /** Where the leader's log ends; an offset beyond is out of range. */
  logEndOffset: number;
  /** High watermark or last stable offset, and at most the end of `log` as far as it is the leader's. */
  limit: number;
}

const readable: ReadableLog = { log: undefined as unknown as PartitionLog, logEndOffset: 0, limit: 0 };

/** What a consumer at `offset` reads from a broker; null when that does not lead. */
export function readableLog(partition: PartitionState, broker: number, offset: number, committed: boolean): ReadableLog | null {
  const { log } = partition;
  if (partition.holder === broker && (partition.replicas.length === 0 || isLeader(partition, broker) === true)) {
    readable.log = log;
    readable.logEndOffset = log.logEndOffset;
    readable.limit = committed ? lastStableOffsetOf(log) : log.highWatermark;
    return readable;
  }
  return readableCopy(partition, broker, offset, committed);
}

/** Whether one of several replicas believes that it leads. */
const isLeader = (partition: PartitionState, broker: number): boolean => (replicaOf(partition, broker)?.leadership ?? null) !== null;

/** As `readableLog`, at a broker that does not hold the partition's log. */
function readableCopy(partition: PartitionState, broker: number, offset: number, committed: boolean): ReadableLog | null {
  const { log } = partition;
  const replica = replicaOf(partition, broker);
  if (replica === undefined || replica.leadership === null) return null;
  const { tail, highWatermark } = replica;
  const inTail = tail !== null && offset >= tail.logStartOffset;
  readable.log = inTail ? tail : log;
  readable.logEndOffset = replicaEndOffset(partition, replica);
  readable.limit = Math.min(highWatermark, sharedEndOffset(partition, replica), committed ? replica.firstUnstable : Infinity);
  if (inTail) readable.limit = committed ? Math.min(highWatermark, lastStableOffsetOf(tail)) : highWatermark;
  return readable;
}

/**
 * What a consumer at `offset` reads from a follower, up to the high watermark that has heard of; null when it does not follow `leader`, whom the consumer knows as such
 * (FENCED_LEADER_EPOCH). Where open transactions begin is taken from the partition's log.
 */
export function readableFollower(
  partition: PartitionState,
  broker: number,
  { offset, leader, committed }: { readonly offset: number; readonly leader: number; readonly committed: boolean },
): ReadableLog | null {
  const replica = replicaOf(partition, broker);
  if (replica === undefined || replica.leadership !== null || replica.role.leader !== leader) return null;
  const { tail, highWatermark } = replica;
  const shared = sharedEndOffset(partition, replica);
  const log = tail !== null && offset >= tail.logStartOffset ? tail : partition.log;
  readable.log = log;
  readable.logEndOffset = replicaEndOffset(partition, replica);
  readable.limit = Math.min(highWatermark, log === partition.log ? shared : Infinity, committed ? lastStableOffsetOf(log) : Infinity);
  return readable;
}
