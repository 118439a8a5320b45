/**
 * sendOffsetsToTransaction: TxnOffsetCommit to the group's coordinator, which has its partition of `__consumer_offsets` added to the transaction before it takes the offsets
 * (TransactionManager.TxnOffsetCommitHandler, GroupCoordinatorService.commitTransactionalOffsets, KIP-447, KIP-890).
 */
import { responseArrivalUs } from '../broker/network.ts';
import { isBrokerUp } from '../broker/links.ts';
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { type CoordinatorRequest, isAtBroker, loseRequest, notSent, reachesMember, sendToCoordinator } from '../group/coordination.ts';
import { validateCommit } from '../group/coordinator.ts';
import type { GroupError } from '../group/protocol.ts';
import { forgetCoordinator } from '../group/lostRequests.ts';
import type { DecidedWrite } from '../group/offsets/offsetsState.ts';
import { appendOffsets } from '../group/offsets/writing.ts';
import { hasHeldOffsets, holdOffsets } from '../group/transactionalOffsets.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { nextRequestNumber, offsetsPartition, type TransactionContext } from '../transactions/context.ts';
import { submitTransactionRequest } from '../transactions/coordinating.ts';
import type { AddOffsetsRequest } from '../transactions/request.ts';
import type { ConsumerState } from './consumer.ts';
import type { ConsumerContext } from './context.ts';

/** Kafka's names, as far as a TxnOffsetCommit is answered with them. */
export type TransactionOffsetsError =
  GroupError | 'COORDINATOR_NOT_AVAILABLE' | 'CONCURRENT_TRANSACTIONS' | 'INVALID_PRODUCER_ID_MAPPING' | 'PRODUCER_FENCED';

/** One TxnOffsetCommit on its way to the coordinator, and its answer on the way back. Plain data. */
export interface TransactionOffsetsRequest extends CoordinatorRequest {
  readonly member: number;
  readonly group: number;
  /** The group's metadata as the member knows it. */
  readonly generation: number;
  /** The member's life it belongs to. */
  readonly incarnation: number;
  /** Index of the transactional id, and the producer. */
  readonly id: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Global partition indexes and the next offsets to read, in step. */
  readonly partitions: readonly number[];
  readonly offsets: readonly number[];
  error: TransactionOffsetsError;
}

type OffsetsContext = ConsumerContext & TransactionContext;

const requestSizeBytes = 140;
const answerSizeBytes = 40;
const partitionsTimeoutUs = 30_000_000;

/** Sends the offsets of a transaction. `TransactionOffsetsAnswered` comes, sooner or later. */
export function submitTransactionOffsets(
  ctx: OffsetsContext,
  consumer: ConsumerState,
  sent: Pick<TransactionOffsetsRequest, 'id' | 'producerId' | 'producerEpoch' | 'partitions' | 'offsets'>,
): void {
  const { generation, incarnation } = ctx.members[consumer.index]!;
  if (ctx.watcher !== null) ctx.watcher.transactionOffsetsSent?.(consumer.index, sent.partitions, sent.offsets);
  send(ctx, { ...notSent, ...sent, member: consumer.index, group: consumer.group, generation, incarnation, error: 'NONE' });
}

function send(ctx: OffsetsContext, request: TransactionOffsetsRequest): void {
  const member = ctx.members[request.member]!;
  const slot = takeSlot(ctx.transactionOffsets, request);
  const { requestTimeoutUs: timeoutUs } = member.config;
  sendToCoordinator(ctx, member, request, { kind: EventKind.TransactionOffsetsArrived, slot, sizeBytes: requestSizeBytes, timeoutUs });
}

/** EventKind.TransactionOffsetsArrived: the coordinator asks whether the producer's transaction is open, and has its partition added to it. */
export function onTransactionOffsetsArrived(ctx: OffsetsContext, slot: number, requestId: number): void {
  const request = ctx.transactionOffsets.items[slot];
  if (!request || request.requestId !== requestId || !isAtBroker(ctx, ctx.members[request.member]!, slot, request)) return;
  const { transactional } = ctx.groups[request.group]!;
  const { producerId, producerEpoch, broker, id } = request;
  if (hasHeldOffsets(transactional, producerId, producerEpoch)) return take(ctx, slot, request);
  submitTransactionRequest(ctx, {
    type: 'offsets',
    number: nextRequestNumber(ctx),
    id,
    from: broker,
    timeoutUs: partitionsTimeoutUs,
    coordinator: -1,
    coordinatorIncarnation: -1,
    answer: null,
    producerId,
    producerEpoch,
    partitions: [offsetsPartition(request.group)],
    commit: slot,
    commitId: requestId,
  });
}

/** The transaction's coordinator has answered the group's. */
export function onOffsetsAdded(ctx: OffsetsContext, { commit, commitId, answer }: AddOffsetsRequest): void {
  const request = ctx.transactionOffsets.items[commit];
  if (!request || request.requestId !== commitId) return;
  const { broker } = request;
  if (!isBrokerUp(ctx, broker) || ctx.brokers[broker]!.incarnation !== request.brokerIncarnation)
    return loseRequest(ctx, commit, request, ctx.events.nowUs + ctx.costs.networkLatencyUs);
  switch (answer!.error) {
    case 'NONE':
      return take(ctx, commit, request);
    case 'CONCURRENT_TRANSACTIONS':
    case 'INVALID_PRODUCER_ID_MAPPING':
    case 'PRODUCER_FENCED':
      return reply(ctx, commit, request, answer!.error);
    default:
      return reply(ctx, commit, request, 'COORDINATOR_NOT_AVAILABLE');
  }
}

/** Validates the member as for any commit, and holds the offsets. A rebalance that completes is no reason to refuse them (ClassicGroup.validateOffsetCommit). */
function take(ctx: OffsetsContext, slot: number, request: TransactionOffsetsRequest): void {
  const error = validateCommit(ctx, request.group, request.member, request.generation, request.broker);
  if (error !== 'NONE' && error !== 'REBALANCE_IN_PROGRESS')
    return reply(ctx, slot, request, error === 'STALE_MEMBER_EPOCH' ? 'ILLEGAL_GENERATION' : error);
  const group = ctx.groups[request.group]!;
  if (!holdOffsets(group.transactional, request, request)) return reply(ctx, slot, request, 'PRODUCER_FENCED');
  const write = appendOffsets(ctx, group, request, request, { kind: 'transaction', slot, requestId: request.requestId });
  if (write.state !== 'pending') reply(ctx, slot, request, write.state === 'refused' ? write.error : 'NONE');
}

/** What a TxnOffsetCommit wrote is committed in the log of the group's coordinator, or will not be. */
export function onTransactionOffsetsDecided(ctx: OffsetsContext, { waiter: { slot, requestId }, error, lost }: DecidedWrite): void {
  const request = ctx.transactionOffsets.items[slot];
  if (!request || request.requestId !== requestId) return;
  if (lost) loseRequest(ctx, slot, request, ctx.events.nowUs + ctx.costs.networkLatencyUs);
  else reply(ctx, slot, request, error);
}

function reply(ctx: OffsetsContext, slot: number, request: TransactionOffsetsRequest, error: TransactionOffsetsError): void {
  request.error = error;
  schedule(
    ctx.events,
    responseArrivalUs(ctx, request.broker, answerSizeBytes),
    EventKind.TransactionOffsetsAnswered,
    slot,
    request.requestId,
  );
}

/** EventKind.TransactionOffsetsAnswered: the request with its final answer; null for a stale event, and when it is sent again. */
export function takeTransactionOffsetsAnswer(ctx: OffsetsContext, slot: number, requestId: number): TransactionOffsetsRequest | null {
  const request = ctx.transactionOffsets.items[slot];
  if (!request || request.requestId !== requestId) return null;
  const member = ctx.members[request.member]!;
  if (!reachesMember(ctx, member, slot, request)) return null;
  freeSlot(ctx.transactionOffsets, slot);
  if (request.incarnation !== member.incarnation) return null;
  const { error } = request;
  if (error === 'NOT_COORDINATOR' || error === 'COORDINATOR_NOT_AVAILABLE' || error === 'CONCURRENT_TRANSACTIONS') {
    sendAgainLater(ctx, request);
    return null;
  }
  member.coordinatorFailures = 0;
  return request;
}

/** EventKind.GroupRequestLost, for a TxnOffsetCommit: no answer will come, or a backoff is over. False when the slot holds no such request. */
export function onTransactionOffsetsLost(ctx: OffsetsContext, slot: number, requestId: number): boolean {
  const request = ctx.transactionOffsets.items[slot];
  if (!request || request.requestId !== requestId) return false;
  freeSlot(ctx.transactionOffsets, slot);
  if (request.incarnation !== ctx.members[request.member]!.incarnation) return true;
  if (request.backsOff) send(ctx, { ...request, backsOff: false, error: 'NONE' });
  else sendAgainLater(ctx, request);
  return true;
}

function sendAgainLater(ctx: OffsetsContext, request: TransactionOffsetsRequest): void {
  const retryUs = ctx.events.nowUs + forgetCoordinator(ctx.members[request.member]!);
  const again = { ...request, backsOff: true };
  loseRequest(ctx, takeSlot(ctx.transactionOffsets, again), again, retryUs);
}
