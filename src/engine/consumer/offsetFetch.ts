/**
 * OffsetFetch: a member asks its group's coordinator where its new partitions stand (ConsumerCoordinator.fetchCommittedOffsets and CommitRequestManager in the client, GroupCoordinatorService.fetchOffsets at
 * the broker). It always asks for stable offsets (KIP-447): what a transaction that is not decided has written keeps everything after it waiting.
 */
import { backoffUs } from '../broker/backoff.ts';
import { responseArrivalUs } from '../broker/network.ts';
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { type CoordinatorRequest, isAtBroker, notSent, reachesMember, sendToCoordinator } from '../group/coordination.ts';
import { validateOffsetFetch } from '../group/coordinator.ts';
import { forgetCoordinator } from '../group/lostRequests.ts';
import { type GroupError, lacksCoordinator } from '../group/protocol.ts';
import { isUnstable } from '../group/transactionalOffsets.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { ConsumerState } from './consumer.ts';
import type { ConsumerContext } from './context.ts';

/** One OffsetFetch on its way to the coordinator, and its answer on the way back. Plain data. */
export interface OffsetFetchRequest extends CoordinatorRequest {
  readonly member: number;
  readonly group: number;
  /** Of the consumer protocol, its epoch; the classic protocol says nothing of who asks. */
  readonly generation: number;
  /** The member's life it belongs to. */
  readonly incarnation: number;
  /** Global partition indexes, and the committed offset of each as the coordinator has it, -1 where it has none. */
  readonly partitions: readonly number[];
  offsets: readonly number[];
  error: GroupError | 'UNSTABLE_OFFSET_COMMIT';
}

const requestSizeBytes = 100;
const answerSizeBytes = 60;
/** About what a partition takes in the request, and with its offset, epoch and empty metadata in the answer. */
const partitionSizeBytes = 4;
const offsetSizeBytes = 20;

/** Asks for all partitions that have no position yet; false where there are none. `OffsetFetchAnswered` comes, or `GroupRequestLost`. */
export function submitOffsetFetch(ctx: ConsumerContext, consumer: ConsumerState): boolean {
  const partitions: number[] = [];
  for (const { index, fetchOffset } of consumer.owned) if (fetchOffset < 0) partitions.push(index);
  consumer.resolveAttempts = partitions.length > 0 ? Math.max(0, consumer.resolveAttempts) : -1;
  if (partitions.length === 0) return false;
  const member = ctx.members[consumer.index]!;
  const { generation, incarnation, config } = member;
  const request: OffsetFetchRequest = {
    ...notSent,
    member: consumer.index,
    group: consumer.group,
    generation,
    incarnation,
    partitions,
    offsets: [],
    error: 'NONE',
  };
  const slot = takeSlot(ctx.offsetFetches, request);
  const sizeBytes = requestSizeBytes + partitionSizeBytes * partitions.length;
  sendToCoordinator(ctx, member, request, { kind: EventKind.OffsetFetchArrived, slot, sizeBytes, timeoutUs: config.requestTimeoutUs });
  return true;
}

/** EventKind.OffsetFetchArrived: the coordinator says what it has. */
export function onOffsetFetchArrived(ctx: ConsumerContext, slot: number, requestId: number): void {
  const request = ctx.offsetFetches.items[slot];
  if (!request || request.requestId !== requestId || !isAtBroker(ctx, ctx.members[request.member]!, slot, request)) return;
  const { committed, transactional } = ctx.groups[request.group]!;
  const { partitions, broker } = request;
  request.error = validateOffsetFetch(ctx, request.group, request.member, request.generation, broker);
  if (request.error === 'NONE' && isUnstable(transactional, partitions)) request.error = 'UNSTABLE_OFFSET_COMMIT';
  if (request.error === 'NONE') request.offsets = partitions.map((index) => committed[index]!);
  const backUs = responseArrivalUs(ctx, broker, answerSizeBytes + offsetSizeBytes * request.offsets.length);
  schedule(ctx.events, backUs, EventKind.OffsetFetchAnswered, slot, requestId);
}

/** The request of an OffsetFetchAnswered, if its member is who sent it; null for an event that means nothing any more. */
export function offsetFetchAt(ctx: ConsumerContext, slot: number, requestId: number): OffsetFetchRequest | null {
  const request = ctx.offsetFetches.items[slot];
  return request?.requestId === requestId && request.incarnation === ctx.members[request.member]!.incarnation ? request : null;
}

/**
 * EventKind.OffsetFetchAnswered. Gives the request when its answer is there, with an error when it is to be sent again; null when it is nobody's, or waits before a cut link.
 */
export function takeOffsetFetchAnswer(ctx: ConsumerContext, slot: number, requestId: number): OffsetFetchRequest | null {
  const request = ctx.offsetFetches.items[slot];
  if (!request || request.requestId !== requestId) return null;
  const member = ctx.members[request.member]!;
  if (!reachesMember(ctx, member, slot, request)) return null;
  freeSlot(ctx.offsetFetches, slot);
  if (request.incarnation !== member.incarnation) return null;
  if (request.error === 'NONE') member.coordinatorFailures = 0;
  return request;
}

/** EventKind.GroupRequestLost, for an OffsetFetch: no answer will come. Gives the request when its member is still to send it again, null when it is not; undefined when the slot holds none. */
export function onOffsetFetchLost(ctx: ConsumerContext, slot: number, requestId: number): OffsetFetchRequest | null | undefined {
  const request = ctx.offsetFetches.items[slot];
  if (!request || request.requestId !== requestId) return undefined;
  freeSlot(ctx.offsetFetches, slot);
  if (request.incarnation !== ctx.members[request.member]!.incarnation) return null;
  request.error = 'COORDINATOR_NOT_AVAILABLE';
  return request;
}

/** How long the client waits before it asks again: `retry.backoff.ms`, longer each time. Without a coordinator it looks for it first. */
export function offsetFetchBackoffUs(ctx: ConsumerContext, consumer: ConsumerState, error: OffsetFetchRequest['error']): number {
  const failures = consumer.resolveAttempts++;
  if (error !== 'UNSTABLE_OFFSET_COMMIT' && lacksCoordinator(error)) return forgetCoordinator(ctx.members[consumer.index]!);
  const { retryBackoffUs, retryBackoffMaxUs } = consumer.config;
  return Math.max(1, backoffUs(consumer.retryStream, { failures, initialUs: retryBackoffUs, maxUs: retryBackoffMaxUs }));
}
