/**
 * How the logs of a partition's replicas part and come together: a new leader's log becomes the partition's, a follower copies, a diverged one cuts. The partition's
 * log is the present leader's; what others have beyond it goes into tails of their own.
 */
import { followerHighWatermark } from '../cluster/highWatermark.ts';
import {
  appendLog,
  copyRange,
  createFetchedRecords,
  cutLog,
  firstUnstableOffsetOf,
  missingBlockForCut,
  type PartitionLog,
  readBatches,
  setHighWatermark,
  truncateLog,
} from '../log/partitionLog.ts';
import { shareAcknowledged } from './acknowledged.ts';
import { noteCluster } from './clusterState.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import type { Truncation } from './replication.ts';
import { replicaEndOffset, replicaOf, type ReplicaState, sharedEndOffset } from './replicas.ts';

/** Number of a block that must be resident before `takeLineage`, or -1. */
export function missingForLineage(partition: PartitionState, heir: ReplicaState): number {
  const cut = sharedEndOffset(partition, heir);
  return cut < partition.log.logEndOffset ? missingBlockForCut(partition.log, cut) : -1;
}

/**
 * A replica's log becomes the partition's, because it leads in a newer epoch. The former holder and all that have more of its log than the new leader keep that as their
 * tails. What the new leader does not have counts as lost from here on: only an unclean election could bring it back, and is then counted back.
 */
export function takeLineage(ctx: BrokerContext, index: number, heir: ReplicaState): void {
  const partition = ctx.partitions[index];
  const { log, replicas, holder } = partition;
  const former = replicaOf(partition, holder);
  const cut = sharedEndOffset(partition, heir);
  const formerEnd = log.logEndOffset;
  const { highWatermark, logStartOffset } = log;
  const acknowledgedUpTo = shareAcknowledged(partition, former);
  if (cut < formerEnd) takeDown(ctx, index, log, cut);
  for (const replica of replicas) if (replica !== heir && replica !== former) keepOwnTail(log, replica, cut);
  if (former !== undefined) {
    former.logEndOffset = formerEnd;
    former.highWatermark = highWatermark;
    former.firstUnstable = firstUnstableOffsetOf(log);
    former.tail = cut < formerEnd ? cutLog(log, cut, ctx.events.nowUs) : null;
    former.lostUpTo = formerEnd;
  } else if (cut < formerEnd) {
    truncateLog(log, cut, ctx.events.nowUs);
  }
  if (formerEnd > cut) {
    partition.lostRecords += formerEnd - Math.max(cut, logStartOffset);
    partition.lostAcknowledged += Math.max(0, Math.min(formerEnd, acknowledgedUpTo) - Math.max(cut, logStartOffset));
    leave(ctx, { partition: index, from: cut, to: formerEnd, beside: false, former: holder, heir: heir.broker });
  }
  if (heir.tail !== null) {
    if (heir.lostUpTo !== Infinity) {
      const { logStartOffset: from, logEndOffset } = heir.tail;
      const to = Math.min(heir.lostUpTo, logEndOffset);
      partition.lostRecords -= Math.max(0, to - from);
      partition.lostAcknowledged -= Math.max(0, Math.min(to, heir.acknowledgedUpTo) - from);
    }
    appendLog(log, heir.tail, heir.tail.logEndOffset);
    heir.tail = null;
  }
  partition.holder = heir.broker;
  setHighWatermark(log, heir.highWatermark);
}

const taken = createFetchedRecords(-1);

/** For the ledger: the records of a log from an offset on, which are about to leave it. All of them are resident. */
function takeDown({ ledger, topics, partitions }: BrokerContext, partition: number, log: PartitionLog, from: number): void {
  if (ledger === null || topics[partitions[partition].topic].internal === true) return;
  for (let offset = Math.max(from, log.logStartOffset); offset < log.logEndOffset; offset = taken.nextOffset) {
    readBatches(log, { offset, limit: log.logEndOffset, maxBytes: Infinity, maxRecords: Infinity, atLeastOne: true }, taken);
    const { columns, offsets, baseOffset, nextOffset, count } = taken;
    for (let i = 0; i < count; i++)
      ledger.cut.push({
        partition,
        offset: offsets === null ? baseOffset + i : offsets[i]!,
        path: columns.path[i]!,
        sequence: columns.sequence[i]!,
      });
    if (nextOffset <= offset) return;
  }
}

function leave(ctx: BrokerContext, truncation: Truncation): void {
  ctx.partitions[truncation.partition].truncatedOffsets += truncation.to - truncation.from;
  ctx.replication.truncations.push(truncation);
}

/** What a replica has beyond `cut` becomes its own, before the shared log is cut there. */
function keepOwnTail(log: PartitionLog, replica: ReplicaState, cut: number): void {
  const { tail } = replica;
  const shared = tail === null ? Math.min(replica.logEndOffset, log.logEndOffset) : tail.logStartOffset;
  if (shared <= cut) return;
  const from = Math.max(cut, log.logStartOffset);
  if (shared <= from) {
    // Retention has taken all it has beyond the cut: nothing of it is left to keep.
    if (tail === null) {
      replica.logEndOffset = cut;
      replica.highWatermark = Math.min(replica.highWatermark, cut);
    }
    return;
  }
  const own = copyRange(log, from, shared);
  if (tail !== null) appendLog(own, tail, tail.logEndOffset);
  else replica.lostUpTo = shared;
  replica.tail = own;
}

/** A follower cuts its log at `offset` (ReplicaManager truncation, UnifiedLog.truncateTo). Gives how many offsets went. */
export function truncateReplica(ctx: BrokerContext, index: number, replica: ReplicaState, offset: number): number {
  const partition = ctx.partitions[index];
  const end = replicaEndOffset(partition, replica);
  if (offset >= end || replica.broker === partition.holder) return 0;
  const { tail } = replica;
  if (tail !== null) {
    // What left with the partition's log was counted then; what a leader that was cut off has written since goes now.
    const from = Math.max(offset, replica.lostUpTo, tail.logStartOffset);
    if (from < end) {
      partition.lostRecords += end - from;
      partition.lostAcknowledged += Math.max(0, Math.min(end, replica.acknowledgedUpTo) - from);
      takeDown(ctx, index, tail, from);
      leave(ctx, { partition: index, from, to: end, beside: true, former: replica.broker, heir: -1 });
    }
    replica.lostUpTo = Math.min(replica.lostUpTo, offset);
    replica.acknowledgedUpTo = Math.min(replica.acknowledgedUpTo, offset);
    if (offset > tail.logStartOffset) truncateLog(tail, offset, ctx.events.nowUs);
    else replica.tail = null;
  }
  if (replica.tail === null) replica.logEndOffset = offset;
  replica.highWatermark = Math.min(replica.highWatermark, offset);
  const { leaderEpoch } = replica.role;
  noteCluster(ctx, 'replica.truncated', { partition: index, broker: replica.broker, leaderEpoch, records: end - offset });
  return end - offset;
}

/** A follower drops all it has and begins again at `offset` (truncateFullyAndStartAt): the leader's log begins behind its end. */
export function restartReplica(replica: ReplicaState, offset: number): void {
  replica.tail = null;
  replica.logEndOffset = offset;
  replica.highWatermark = offset;
  replica.acknowledgedUpTo = Math.min(replica.acknowledgedUpTo, offset);
}

/**
 * A follower takes over [its end, `endOffset`) of its leader's log, the leader having found that the follower's log is the beginning of its own: from the holder that is
 * no more than the offset, and a tail that proves to be the same is forgotten. From a leader that was cut off its tail is copied.
 */
export function copyFromLeader(partition: PartitionState, from: ReplicaState, to: ReplicaState, endOffset: number): void {
  const end = replicaEndOffset(partition, to);
  const shared = sharedEndOffset(partition, from);
  if (endOffset <= shared) {
    to.tail = null;
    to.logEndOffset = Math.max(end, endOffset);
  } else if (to.tail === null || end <= shared) {
    to.tail = copyRange(from.tail!, shared, endOffset);
    // What the leader has written there counts when the leader cuts it.
    to.lostUpTo = Infinity;
  } else if (endOffset > end) {
    appendLog(to.tail, copyRange(from.tail!, end, endOffset), endOffset);
  }
}

/** What an answer says of the leader's high watermark, within the follower's own log. */
export function followHighWatermark(partition: PartitionState, replica: ReplicaState, leaderHighWatermark: number): void {
  replica.highWatermark = followerHighWatermark(leaderHighWatermark, {
    logStartOffset: Math.min(partition.log.logStartOffset, replicaEndOffset(partition, replica)),
    logEndOffset: replicaEndOffset(partition, replica),
  });
}
