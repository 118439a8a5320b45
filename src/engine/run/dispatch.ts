/** Who handles which event. With `dispatchCluster.ts` the only place that knows all of the engine's parts. */
import { onFetchArrived, onFetchExpired } from '../broker/fetch.ts';
import type { FetchSession } from '../broker/fetchSession.ts';
import { onCommitAnswered, onCommitArrived, onCommitLost } from '../consumer/commits.ts';
import { onOffsetFetchArrived } from '../consumer/offsetFetch.ts';
import { onFetchAnswered } from '../consumer/fetching.ts';
import { missingForReset } from '../consumer/positions.ts';
import { onConsumerRetry, onFetchLost } from '../consumer/recovery.ts';
import { onGroupRequestArrived, onJoinDeadline, onSessionCheck, onSyncDeadline } from '../group/coordinator.ts';
import { onGroupRequestLost } from '../group/lostRequests.ts';
import { onWriteExpired } from '../group/offsets/committing.ts';
import { onOffsetsExpire } from '../group/offsets/expiring.ts';
import { onGroupResponseArrived, onHeartbeatDue, onPollIntervalCheck } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { onMemberRestarts } from '../process/lifecycle.ts';
import { onPoolRecordDone } from '../process/pool/threads.ts';
import {
  onCommitDone,
  onCommitTimedOut,
  onFetched,
  onMemberAssigned,
  onMemberWake,
  onProducerFlushed,
  onProducerSpace,
  onRetried,
  onServiceDone,
} from '../process/pollLoop.ts';
import { onShareRenewDue } from '../process/shareRenewal.ts';
import { onChangelogReadAnswered, onChangelogReadArrived, onChangelogReadDue } from '../process/streams/restore.ts';
import { onShareRequestAnswered, onShareRequestLost } from '../share/shareConsumer.ts';
import { onShareLockCheck, onShareWriteEnded } from '../share/shareAcknowledge.ts';
import { onShareFetchExpired, onShareRecordsAvailable, onShareRequestArrived } from '../share/shareFetch.ts';
import { onProduceLost } from '../producer/lost.ts';
import { onProducerRetry } from '../producer/metadataAge.ts';
import { onProduceAnswered, onProducerWake } from '../producer/producer.ts';
import { onTransactionFlushed } from '../producer/transactions.ts';
import { offsetFetchAnswered, offsetFetchLost } from './groups/offsetFetches.ts';
import { cleanerRound } from './cleaning.ts';
import { coordinatorsChanged, logRolled, writesDecided } from './groups/coordinators.ts';
import { missingForFault, onFaultDue } from './faults/faults.ts';
import { discoverPartitions } from './faults/newPartitions.ts';
import type { EngineContext } from './state.ts';
import { onTransactionOffsetsLost } from '../consumer/transactionOffsets.ts';
import { clusterChanged, dispatchTransaction, produceArrived } from './transactions.ts';
import { dispatchCluster } from './dispatchCluster.ts';
import { remoteTierRound, retentionCheck } from './retention.ts';

/**
 * Executes the event just taken. Returns the number of a block it needs first (nothing has happened then), or -1. Records' own events are told apart
 * here and all others below: what is small is compiled into the loop that calls it.
 */
export function dispatch(ctx: EngineContext): number {
  const { kind, a, b } = ctx.events;
  switch (kind as EventKind) {
    case EventKind.ProducerWake:
      onProducerWake(ctx, a, b);
      return -1;
    case EventKind.ProduceArrived:
      produceArrived(ctx, a, b);
      return -1;
    case EventKind.ProduceAnswered:
      onProduceAnswered(ctx, a, b);
      return -1;
    case EventKind.FetchArrived:
      return onFetchArrived(ctx, a, b);
    case EventKind.FetchExpired:
      return onFetchExpired(ctx, a, b);
    case EventKind.FetchAnswered:
      return fetchAnswered(ctx, a, b);
    case EventKind.MemberWake:
      onMemberWake(ctx, a, b);
      return -1;
    case EventKind.ServiceDone:
      onServiceDone(ctx, a, b);
      return -1;
    default:
      return dispatchRarer(ctx);
  }
}

/** Events that come once for many records. */
function dispatchRarer(ctx: EngineContext): number {
  const { kind, a, b } = ctx.events;
  switch (kind as EventKind) {
    case EventKind.CommitArrived:
      onCommitArrived(ctx, a, b);
      if (ctx.offsets.rolled) logRolled(ctx);
      return -1;
    case EventKind.CommitAnswered:
      commitAnswered(ctx, a, b);
      return -1;
    case EventKind.GroupRequestArrived:
      onGroupRequestArrived(ctx, a, b);
      if (ctx.offsets.rolled) logRolled(ctx);
      return -1;
    case EventKind.GroupResponseArrived:
      onGroupResponseArrived(ctx, a, b);
      return -1;
    case EventKind.GroupJoinDeadline:
      onJoinDeadline(ctx, a, b);
      return -1;
    case EventKind.GroupSyncDeadline:
      onSyncDeadline(ctx, a, b);
      return -1;
    case EventKind.GroupSessionCheck:
      onSessionCheck(ctx, a, b);
      return -1;
    case EventKind.HeartbeatDue:
      onHeartbeatDue(ctx, a, b);
      return -1;
    case EventKind.PollIntervalCheck:
      onPollIntervalCheck(ctx, a, b);
      return -1;
    case EventKind.MemberAssigned:
      onMemberAssigned(ctx, a);
      return -1;
    case EventKind.FaultDue:
      return faultDue(ctx, a);
    case EventKind.RetentionCheck:
      return retentionCheck(ctx);
    case EventKind.CleanerRound:
      return cleanerRound(ctx, a);
    case EventKind.RemoteTierRound:
      return remoteTierRound(ctx, a, b);
    case EventKind.ProducerSpace:
      producerSpace(ctx, a);
      return -1;
    case EventKind.ProducerFlushed:
      producerFlushed(ctx, a);
      return -1;
    case EventKind.ConsumerRetry:
      return consumerRetries(ctx, a, b);
    case EventKind.OffsetFetchArrived:
      onOffsetFetchArrived(ctx, a, b);
      return -1;
    case EventKind.OffsetFetchAnswered:
      return offsetFetchAnswered(ctx, a, b);
    case EventKind.ChangelogReadArrived:
      return onChangelogReadArrived(ctx, a, b);
    case EventKind.ChangelogReadAnswered:
      onChangelogReadAnswered(ctx, a, b);
      return -1;
    case EventKind.ChangelogReadDue:
      onChangelogReadDue(ctx, a, b);
      return -1;
    default:
      if (kind >= EventKind.ShareRequestArrived && kind <= EventKind.ShareRenewDue) return dispatchShare(ctx);
      return dispatchLost(ctx) || dispatchTransaction(ctx) ? -1 : dispatchCluster(ctx);
  }
}

/** Requests that were lost, and clients that try again. False for other events. */
function dispatchLost(ctx: EngineContext): boolean {
  const { kind, a, b } = ctx.events;
  switch (kind as EventKind) {
    case EventKind.ProduceLost:
      onProduceLost(ctx, a, b);
      return true;
    case EventKind.FetchLost:
      onFetchLost(ctx, a, b);
      return true;
    case EventKind.ProducerRetry:
      onProducerRetry(ctx, a, b);
      return true;
    case EventKind.PoolRecordDone:
      onPoolRecordDone(ctx, a, b);
      return true;
    case EventKind.MemberRestarts:
      onMemberRestarts(ctx, a, b);
      return true;
    case EventKind.OffsetsExpire:
      onOffsetsExpire(ctx, a);
      return true;
    case EventKind.CoordinatorWriteExpired:
      onWriteExpired(ctx, a);
      writesDecided(ctx);
      return true;
    case EventKind.GroupRequestLost:
      if (!onGroupRequestLost(ctx, a, b) && !onTransactionOffsetsLost(ctx, a, b) && !offsetFetchLost(ctx, a, b)) commitLost(ctx, a, b);
      return true;
    default:
      return false;
  }
}

function fetchAnswered(ctx: EngineContext, slot: number, requestId: number): number {
  const session = ctx.fetchSessions.items[slot];
  if (session !== null && session.outOfRange.length > 0) {
    const block = missingForRefused(ctx, session);
    if (block >= 0) return block;
  }
  const resetsBefore = session !== null ? ctx.consumers[session.member]!.resets : 0;
  const member = onFetchAnswered(ctx, slot, requestId);
  if (member >= 0) onFetched(ctx, member, resetsBefore);
  return -1;
}

/** A block that is needed to set positions that were out of range, or -1. */
function missingForRefused(ctx: EngineContext, { member, outOfRange, partitions }: FetchSession): number {
  const refused = outOfRange.map((place) => partitions[place]);
  return missingForReset(ctx, ctx.consumers[member], refused);
}

function faultDue(ctx: EngineContext, index: number): number {
  const block = missingForFault(ctx, index);
  if (block >= 0) return block;
  onFaultDue(ctx, index);
  clusterChanged(ctx);
  coordinatorsChanged(ctx);
  return -1;
}

function consumerRetries(ctx: EngineContext, index: number, generation: number): number {
  const consumer = ctx.consumers[index];
  const block = missingForReset(ctx, consumer);
  if (block >= 0) return block;
  const { resets } = consumer;
  if (!discoverPartitions(ctx, index, generation) && onConsumerRetry(ctx, index, generation) >= 0) onRetried(ctx, index, resets);
  return -1;
}

function commitAnswered(ctx: EngineContext, slot: number, requestId: number): void {
  const member = onCommitAnswered(ctx, slot, requestId);
  if (member >= 0) onCommitDone(ctx, member);
}

function commitLost(ctx: EngineContext, slot: number, requestId: number): void {
  const member = onCommitLost(ctx, slot, requestId);
  if (member >= 0) onCommitTimedOut(ctx, member);
}

function producerSpace(ctx: EngineContext, producer: number): void {
  const { member } = ctx.producers[producer]!;
  if (member >= 0) onProducerSpace(ctx, member);
}

function producerFlushed(ctx: EngineContext, producer: number): void {
  const { member } = ctx.producers[producer];
  if (member >= 0) onProducerFlushed(ctx, member);
  else onTransactionFlushed(ctx, producer);
}

/** Events of share groups. */
function dispatchShare(ctx: EngineContext): number {
  const { kind, a, b } = ctx.events;
  switch (kind as EventKind) {
    case EventKind.ShareRequestArrived:
      return onShareRequestArrived(ctx, a, b);
    case EventKind.ShareRequestAnswered:
      return shareMemberGoesOn(ctx, onShareRequestAnswered(ctx, a, b));
    case EventKind.ShareRequestLost:
      return shareMemberGoesOn(ctx, onShareRequestLost(ctx, a, b));
    case EventKind.ShareFetchExpired:
      return onShareFetchExpired(ctx, a, b);
    case EventKind.ShareStateWritten:
      onShareWriteEnded(ctx, a, b);
      return -1;
    case EventKind.ShareLockCheck:
      onShareLockCheck(ctx, a, b);
      return -1;
    case EventKind.ShareRenewDue:
      onShareRenewDue(ctx, a);
      return -1;
    default:
      return onShareRecordsAvailable(ctx, a);
  }
}

function shareMemberGoesOn(ctx: EngineContext, member: number): number {
  if (member >= 0) onMemberAssigned(ctx, member);
  return -1;
}
