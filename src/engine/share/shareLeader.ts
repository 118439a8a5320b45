/** A share partition at its leader: taken over from what was written, its locks watched, those who wait for it told (SharePartitionManager, SharePartition.maybeInitialize). */
import { answerReadUs } from '../broker/answerReads.ts';
import type { PartitionState } from '../broker/context.ts';
import { releaseFetched } from '../broker/fetchSession.ts';
import { type ReadableLog, readableLog } from '../broker/replicas.ts';
import { wakeShareFetches } from '../broker/shareWaits.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { offsetForTimestamp } from '../log/partitionLog.ts';
import { followLogStart, loadWritten, nextLockUs } from './acknowledge.ts';
import { tellEnded } from './shareEndings.ts';
import type { SharePartition } from './sharePartition.ts';
import { answerShareRequest, endShareRequest } from './shareRequests.ts';
import { type ShareContext, type ShareGroupState, shareGroupOf, type ShareRequest } from './shareState.ts';

/** How long an answer without records takes at least where the broker does not wait for any. */
const emptyAnswerUs = 1000;

/** What a broker may hand out of a partition at an offset; null when it does not lead it. Valid until the next call. */
export function readableAt(request: ShareRequest, group: ShareGroupState, partition: PartitionState, offset: number): ReadableLog | null {
  if (partition.leader !== request.broker) return null;
  return readableLog(partition, request.broker, offset, group.isolation === 'read_committed');
}

/** Where `by_duration` begins. */
export const beginMs = (ctx: ShareContext, { reset }: ShareGroupState): number => Math.floor((ctx.events.nowUs - reset.durationUs) / 1000);

/** A broker takes over a share partition it leads: from what was written, or, where nobody has read for the group yet, from where it is to begin. */
export function load(ctx: ShareContext, group: ShareGroupState, share: SharePartition, broker: number): void {
  const { log } = ctx.partitions[share.partition];
  const { incarnation } = ctx.brokers[broker];
  if (share.broker === broker && share.incarnation === incarnation) return;
  if (share.broker < 0) {
    followLogStart(share, log.logStartOffset);
    const first = beginOffset(ctx, group, share.partition);
    share.skippedOffsets = first - share.startOffset;
    if (share.skippedOffsets > 0) share.ended.push({ fate: 'skipped', first: share.startOffset, end: first });
    share.firstOffset = share.startOffset = share.endOffset = first;
  } else loadWritten(share);
  tellEnded(ctx, share);
  share.broker = broker;
  share.incarnation = incarnation;
}

function beginOffset(ctx: ShareContext, group: ShareGroupState, index: number): number {
  const { log } = ctx.partitions[index];
  if (group.reset.strategy === 'earliest') return log.logStartOffset;
  if (group.reset.strategy === 'latest') return log.highWatermark;
  const found = offsetForTimestamp(log, beginMs(ctx, group));
  return found < 0 ? log.highWatermark : Math.min(found, log.highWatermark);
}

/** The answer leaves when its records are there and its acknowledgements are written. */
export function answerWhenDone(ctx: ShareContext, slot: number, request: ShareRequest): void {
  if (!request.fetchDone || request.writesLeft > 0) return;
  let bytes = 0;
  for (const fetched of request.fetched) bytes += fetched.bytes;
  const readyUs = bytes === 0 ? ctx.events.nowUs : answerReadUs(ctx, request.broker, request.fetched);
  const isEmptyAtOnce = request.type === 'fetch' && bytes === 0 && (request.refused || ctx.events.nowUs === request.sentUs);
  answerShareRequest(ctx, slot, { bytes, readyUs, leastUs: isEmptyAtOnce ? emptyAnswerUs : 0 });
}

/** Records are available again, or there is room for new ones: whoever waits is told. */
export function noteAvailable(ctx: ShareContext, share: SharePartition, available: number): void {
  if (available > 0 || share.waiting.length > 0) wakeShareFetches(ctx, share.partition);
}

/** Sets the event that looks for locks that have run out; one is enough. */
export function watchLocks(ctx: ShareContext, share: SharePartition): void {
  const dueUs = nextLockUs(share);
  if (dueUs >= share.checkUs) return;
  share.checkUs = Math.max(dueUs, ctx.events.nowUs);
  schedule(ctx.events, share.checkUs, EventKind.ShareLockCheck, share.group, share.partition);
}

/** A fetch waits no longer. */
export function stopWaiting(ctx: ShareContext, slot: number, { member, partitions, state }: ShareRequest): void {
  if (state !== 'waiting') return;
  const group = shareGroupOf(ctx, member);
  for (const index of partitions) {
    const { waiting } = group.partitions.get(index)!;
    waiting.splice(waiting.indexOf(slot), 1);
    ctx.partitions[index].shareWaits--;
  }
}

/** Forgets a request wherever it is, with what it holds. */
export function dropShareRequest(ctx: ShareContext, slot: number): void {
  const request = ctx.share.requests.items[slot];
  if (!request) return;
  stopWaiting(ctx, slot, request);
  for (const fetched of request.fetched) releaseFetched(ctx, fetched);
  endShareRequest(ctx, slot);
}
