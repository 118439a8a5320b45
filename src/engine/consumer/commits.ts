/** Committing offsets: a request to the coordinator with the next offset to read of each partition (KafkaConsumer.commitSync, OffsetCommit). */
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { responseArrivalUs } from '../broker/network.ts';
import { isAtBroker, loseRequest, reachesMember, sendToCoordinator } from '../group/coordination.ts';
import { validateCommit } from '../group/coordinator.ts';
import type { DecidedWrite } from '../group/offsets/offsetsState.ts';
import { appendOffsets } from '../group/offsets/writing.ts';
import { lacksCoordinator } from '../group/protocol.ts';
import { forgetCoordinator } from '../group/lostRequests.ts';
import { noteCommitError } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { CommitRequest } from './commitRequest.ts';
import type { ConsumerContext } from './context.ts';
import type { ConsumerState } from './consumer.ts';

/** `default.api.timeout.ms` at Kafka's default. */
const defaultApiTimeoutUs = 60_000_000;
const requestSizeBytes = 120;
const answerSizeBytes = 40;

/**
 * Commits the given offset of each owned partition (`position`: what poll handed out, `processed`: what was served) where it differs from what the group
 * has. Returns whether a request was sent.
 */
export function submitCommit(
  ctx: ConsumerContext,
  consumer: ConsumerState,
  options: { what: 'position' | 'processed'; waits: boolean; only?: readonly number[] },
): boolean {
  // It knows that it is in no group: the commit fails in the client (ConsumerCoordinator.sendOffsetCommitRequest). An empty group would take it for an administrator's.
  if (ctx.members[consumer.index]!.generation < 0) return false;
  const group = ctx.groups[consumer.group]!;
  const partitions: number[] = [];
  const offsets: number[] = [];
  for (const owned of consumer.owned) {
    if (owned.position < 0 || (options.only && !options.only.includes(owned.index))) continue;
    const offset = options.what === 'position' ? owned.position : owned.processed;
    if (group.committed[owned.index] === offset) continue;
    partitions.push(owned.index);
    offsets.push(offset);
  }
  if (partitions.length === 0) return false;
  const member = ctx.members[consumer.index]!;
  const { generation, incarnation } = member;
  if (ctx.watcher !== null) ctx.watcher.commitSent?.(consumer.index, partitions, offsets);
  // Every field by its name: a spread takes several times as long, and this is done for every poll.
  send(ctx, {
    requestId: 0,
    broker: -1,
    brokerIncarnation: 0,
    sentUs: 0,
    backsOff: false,
    incarnation,
    member: consumer.index,
    group: consumer.group,
    generation,
    partitions,
    offsets,
    waits: options.waits,
    error: 'NONE',
    deadlineUs: options.waits ? ctx.events.nowUs + longestWaitUs(ctx, consumer) : Infinity,
  });
  return true;
}

/**
 * How long the poll loop waits for a commit: commitSync throws a TimeoutException after `default.api.timeout.ms`; what auto commit sends before a rebalance is waited for as
 * long as the rebalance itself may take (ConsumerCoordinator.onJoinPrepare).
 */
function longestWaitUs(ctx: ConsumerContext, { config, index }: ConsumerState): number {
  return config.commitMode === 'auto' ? ctx.members[index]!.config.maxPollIntervalUs : defaultApiTimeoutUs;
}

function send(ctx: ConsumerContext, request: CommitRequest): void {
  const member = ctx.members[request.member]!;
  const slot = takeSlot(ctx.commitRequests, request);
  const { requestTimeoutUs: timeoutUs } = member.config;
  sendToCoordinator(ctx, member, request, { kind: EventKind.CommitArrived, slot, sizeBytes: requestSizeBytes, timeoutUs });
}

/** EventKind.CommitArrived: the coordinator writes the offsets, or refuses a member that is no longer one. */
export function onCommitArrived(ctx: ConsumerContext, slot: number, requestId: number): void {
  const request = ctx.commitRequests.items[slot];
  if (!request || request.requestId !== requestId || !isAtBroker(ctx, ctx.members[request.member]!, slot, request)) return;
  const group = ctx.groups[request.group]!;
  request.error = validateCommit(ctx, request.group, request.member, request.generation, request.broker);
  let readyUs = ctx.events.nowUs;
  if (request.error === 'NONE') {
    const write = appendOffsets(ctx, group, request, null, { kind: 'commit', slot, requestId });
    if (write.state === 'pending') return;
    if (write.state === 'refused') request.error = write.error;
    else readyUs = write.writtenUs;
  }
  answer(ctx, slot, request, readyUs);
}

function answer(ctx: ConsumerContext, slot: number, request: CommitRequest, readyUs: number): void {
  schedule(ctx.events, responseArrivalUs(ctx, request.broker, answerSizeBytes, readyUs), EventKind.CommitAnswered, slot, request.requestId);
}

/** A commit that waited in the log for its replicas is committed there, or will not be. */
export function onCommitDecided(ctx: ConsumerContext, { waiter: { slot, requestId }, error, lost, readyUs }: DecidedWrite): void {
  const request = ctx.commitRequests.items[slot];
  if (!request || request.requestId !== requestId) return;
  request.error = error;
  if (lost) loseRequest(ctx, slot, request, ctx.events.nowUs + ctx.costs.networkLatencyUs);
  else answer(ctx, slot, request, readyUs);
}

/** EventKind.CommitAnswered: returns the member whose poll loop was waiting for it, or -1. */
export function onCommitAnswered(ctx: ConsumerContext, slot: number, requestId: number): number {
  const request = ctx.commitRequests.items[slot];
  if (!request || request.requestId !== requestId) return -1;
  const member = ctx.members[request.member]!;
  if (!reachesMember(ctx, member, slot, request)) return -1;
  freeSlot(ctx.commitRequests, slot);
  if (request.error === 'STALE_MEMBER_EPOCH' && commitsAgain(ctx, request)) {
    member.coordinatorFailures = 0;
    return -1;
  }
  if (ctx.watcher !== null) ctx.watcher.commitAnswered?.(request.member, request.offsets, request.error);
  if (lacksCoordinator(request.error)) {
    commitFailed(ctx, request);
    return -1;
  }
  member.coordinatorFailures = 0;
  if (request.error !== 'NONE') noteCommitError(ctx, request.member, request.error, request.generation);
  return request.waits ? request.member : -1;
}

/** EventKind.GroupRequestLost, for a commit: no answer will come, or a backoff is over and it is sent again. Returns the member that has waited for too long, or -1. */
export function onCommitLost(ctx: ConsumerContext, slot: number, requestId: number): number {
  const request = ctx.commitRequests.items[slot];
  if (!request || request.requestId !== requestId) return -1;
  freeSlot(ctx.commitRequests, slot);
  const member = ctx.members[request.member]!;
  if (request.incarnation !== member.incarnation) return -1;
  if (ctx.watcher !== null && !request.backsOff) ctx.watcher.commitLost?.(request.member, request.offsets);
  if (ctx.events.nowUs >= request.deadlineUs) {
    // A request under way is given up with the commit, and the next one looks for the coordinator again.
    if (!request.backsOff) forgetCoordinator(member);
    return request.member;
  }
  // Built anew with what the member knows of itself by now (consumer protocol); the classic protocol keeps the generation it began with.
  if (request.backsOff)
    send(ctx, { ...request, backsOff: false, generation: member.type === 'classic' ? request.generation : member.generation });
  else commitFailed(ctx, request);
  return -1;
}

/**
 * The member was in a newer epoch than it knew. What auto commit sends before a rebalance is sent again with the epoch learned meanwhile; commitSync throws a CommitFailedException
 * and leaves it to a later commit (CommitRequestManager.isStaleEpochErrorAndValidEpochAvailable). Gives whether it is sent again.
 */
function commitsAgain(ctx: ConsumerContext, request: CommitRequest): boolean {
  const member = ctx.members[request.member]!;
  if (!request.waits || ctx.consumers[request.member]!.config.commitMode !== 'auto') return false;
  if (request.incarnation !== member.incarnation || member.generation < 0) return false;
  const again: CommitRequest = { ...request, error: 'NONE', backsOff: true };
  loseRequest(ctx, takeSlot(ctx.commitRequests, again), again, ctx.events.nowUs + Math.max(1, member.config.retryBackoffUs));
  return true;
}

/** commitSync tries again after a backoff; what auto commit sent is not sent again, the next commit just comes sooner (ConsumerCoordinator). */
function commitFailed(ctx: ConsumerContext, request: CommitRequest): void {
  const member = ctx.members[request.member]!;
  if (request.incarnation !== member.incarnation) return;
  const retryUs = ctx.events.nowUs + forgetCoordinator(member);
  const consumer = ctx.consumers[request.member]!;
  if (!request.waits) {
    consumer.nextAutoCommitUs = Math.min(consumer.nextAutoCommitUs, retryUs);
    return;
  }
  const again = { ...request, backsOff: true };
  loseRequest(ctx, takeSlot(ctx.commitRequests, again), again, retryUs);
}
