/** The share coordinator's topic: every change of a partition's state is written there before it counts (DefaultStatePersister, PersisterStateManager, ShareCoordinatorService). */
import { isBrokerUp, isReachable, linkDelayUs } from '../broker/links.ts';
import { coordinatorOf } from '../broker/metadata.ts';
import { requestArrivalUs, responseArrivalUs } from '../broker/network.ts';
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { SharePartition } from './sharePartition.ts';
import type { ShareContext, ShareWrite } from './shareState.ts';

const requestSizeBytes = 120;
const answerSizeBytes = 60;
/** PersisterStateManager: time before it tries again, and how often. */
const retryUs = 1_000_000;
const attemptsMax = 5;

/** Number for the next write. */
export const nextWrite = ({ share }: ShareContext): number => (share.writeIds = (share.writeIds + 1) & 0x7fffffff || 1);

/** Sends what has changed in a share partition under number `id`. The answer to the request in `slot` waits for it. */
export function writeShareState(ctx: ShareContext, share: SharePartition, id: number, answers: { slot: number; requestId: number }): void {
  share.writes++;
  const slot = takeSlot<ShareWrite>(ctx.share.writes, {
    id,
    group: share.group,
    partition: share.partition,
    broker: share.broker,
    incarnation: share.incarnation,
    slot: answers.slot,
    requestId: answers.requestId,
    attempts: 0,
    isWritten: false,
  });
  send(ctx, slot);
}

function send(ctx: ShareContext, slot: number): void {
  const write = ctx.share.writes.items[slot]!;
  write.attempts++;
  const coordinator = shareCoordinatorOf(ctx, write);
  const { nowUs } = ctx.events;
  if (!isBrokerUp(ctx, coordinator) || !isReachable(ctx, write.broker, coordinator)) {
    schedule(ctx.events, nowUs + retryUs, EventKind.ShareStateWritten, slot, write.id);
    return;
  }
  write.isWritten = true;
  const delayUs = linkDelayUs(ctx, write.broker, coordinator);
  // Written, copied by the followers' waiting fetches, and known to be copied with their next ones.
  const copiedUs = isReplicated(ctx, write) ? 2 * ctx.costs.networkLatencyUs : 0;
  const atUs = requestArrivalUs(ctx, coordinator, requestSizeBytes) + delayUs + copiedUs;
  const backUs = responseArrivalUs(ctx, coordinator, answerSizeBytes, atUs) + delayUs;
  schedule(ctx.events, Math.round(backUs), EventKind.ShareStateWritten, slot, write.id);
}

/** EventKind.ShareStateWritten: the answer of a write is there, or it is time to try again. Gives the write when it has ended, null while it has not. */
export function onShareStateWritten(ctx: ShareContext, slot: number, id: number): ShareWrite | null {
  const write = ctx.share.writes.items[slot];
  if (!write || write.id !== id) return null;
  if (!write.isWritten && write.attempts < attemptsMax && isBrokerUp(ctx, write.broker)) {
    send(ctx, slot);
    return null;
  }
  freeSlot(ctx.share.writes, slot);
  return write;
}

/** Broker that leads the partition of `__share_group_state`; that of the topic's partition itself where that topic is not modelled. */
function shareCoordinatorOf(ctx: ShareContext, { group, partition }: ShareWrite): number {
  const { stateKey, broker } = ctx.share.groups[group]!.partitions.get(partition)!;
  return ctx.cluster.internals.some(({ key }) => key === stateKey) ? coordinatorOf(ctx, stateKey) : broker;
}

function isReplicated({ cluster, share }: ShareContext, { group, partition }: ShareWrite): boolean {
  const { stateKey } = share.groups[group]!.partitions.get(partition)!;
  const internal = cluster.internals.find(({ key }) => key === stateKey);
  return internal !== undefined && cluster.controller.partitions[internal.registration].replicas.length > 1;
}
