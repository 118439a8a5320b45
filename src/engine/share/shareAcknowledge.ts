/** Acknowledgements at a share partition's leader: what they change is written before it counts; locks that run out and sessions that end (SharePartitionManager.acknowledge, releaseSession). */
import { isBrokerUp } from '../broker/links.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { mix } from '../kernel/trace.ts';
import { acknowledge, completeWrite, endLocks, followLogStart, releaseAll } from './acknowledge.ts';
import { answerWhenDone, dropShareRequest, load, noteAvailable, readableAt, watchLocks } from './shareLeader.ts';
import { tellEnded } from './shareEndings.ts';
import { shareRequestAt } from './shareRequests.ts';
import type { SharePartition } from './sharePartition.ts';
import { type PendingAcknowledgements, type ShareContext, shareGroupOf, type ShareRequest } from './shareState.ts';
import { nextWrite, onShareStateWritten, writeShareState } from './shareWrites.ts';

/** Takes the acknowledgements a request brings for one partition. */
export function takeAcknowledgements(
  ctx: ShareContext,
  request: ShareRequest,
  slot: number,
  { partition, batches }: PendingAcknowledgements,
): void {
  const group = shareGroupOf(ctx, request.member);
  const share = group.partitions.get(partition)!;
  const offsets = batches.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const leads = readableAt(request, group, ctx.partitions[partition], share.startOffset) !== null;
  if (leads) {
    load(ctx, group, share, request.broker);
    followLogStart(share, ctx.partitions[partition].log.logStartOffset);
    tellEnded(ctx, share);
  }
  const write = nextWrite(ctx);
  const { member, life } = request;
  const { deliveryCountLimit, lockUs } = group.limits;
  const by = { member, life, write, deliveryCountLimit, lockUs: ctx.events.nowUs + lockUs };
  const outcome = leads ? acknowledge(share, batches, by) : { error: 'NOT_LEADER_OR_FOLLOWER', changed: 0 };
  if (outcome.error !== 'NONE') share.refused += offsets;
  if (outcome.changed === 0) return;
  request.writesLeft++;
  writeShareState(ctx, share, write, { slot, requestId: request.id });
}

/** EventKind.ShareStateWritten */
export function onShareWriteEnded(ctx: ShareContext, slot: number, id: number): void {
  const write = onShareStateWritten(ctx, slot, id);
  if (write === null) return;
  const group = ctx.share.groups[write.group]!;
  const share = group.partitions.get(write.partition)!;
  // A leader that is gone has told nobody; the next one has read what was written.
  if (share.broker === write.broker && share.incarnation === write.incarnation) {
    if (ctx.watcher !== null && write.isWritten) tellAccepted(ctx, share, write.id);
    const available = completeWrite(share, write.id, write.isWritten);
    tellEnded(ctx, share);
    mix(ctx.trace, ctx.events.nowUs, EventKind.ShareStateWritten, write.partition, share.startOffset);
    if (!write.isWritten) watchLocks(ctx, share);
    noteAvailable(ctx, share, available);
  }
  const request = shareRequestAt(ctx, write.slot, write.requestId);
  if (request === null || !isBrokerUp(ctx, write.broker)) return;
  request.writesLeft--;
  answerWhenDone(ctx, write.slot, request);
}

function tellAccepted({ watcher }: ShareContext, { group, partition, ranges }: SharePartition, write: number): void {
  for (const range of ranges)
    if (range.write === write && range.fate === 'accepted') watcher?.recordsAccepted?.(group, partition, range.first, range.last);
}

/** EventKind.ShareLockCheck: locks of a group in a partition may have run out. */
export function onShareLockCheck(ctx: ShareContext, groupIndex: number, partition: number): void {
  const group = ctx.share.groups[groupIndex]!;
  const share = group.partitions.get(partition)!;
  if (share.checkUs !== ctx.events.nowUs) return;
  share.checkUs = Infinity;
  // A leader that is down has no timers; the next one begins without locks.
  const { accepting, incarnation } = ctx.brokers[share.broker];
  if (!accepting || incarnation !== share.incarnation) return;
  const ended = endLocks(share, ctx.events.nowUs, group.limits.deliveryCountLimit);
  tellEnded(ctx, share);
  if (ended > 0) {
    share.writes++;
    mix(ctx.trace, ctx.events.nowUs, EventKind.ShareLockCheck, partition, share.timeouts);
    noteAvailable(ctx, share, ended);
  }
  watchLocks(ctx, share);
}

/** The member leaves, or its connection is gone: its share session ends, and what it holds here is released. */
export function closeSession(ctx: ShareContext, { member, life, broker }: ShareRequest): void {
  for (const share of shareGroupOf(ctx, member).partitions.values()) {
    if (share.broker !== broker) continue;
    const released = releaseAll(share, member, life);
    if (released > 0) share.writes++;
    noteAvailable(ctx, share, released);
  }
  const { items } = ctx.share.requests;
  for (let slot = 0; slot < items.length; slot++) {
    const other = items[slot];
    if (!other || other.member !== member || other.life !== life || other.broker !== broker || other.state !== 'waiting') continue;
    dropShareRequest(ctx, slot);
  }
}
