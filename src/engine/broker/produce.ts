import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { acksAllAnswer, appendError } from '../cluster/highWatermark.ts';
import {
  appendBatch,
  appendPlainNext,
  appendProducerBatch,
  type PartitionLog,
  type ProducerAppendOptions,
  raiseHighWatermark,
} from '../log/partitionLog.ts';
import { noteWritten } from './batchWritten.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import type { ProduceError, ProducerBatch, ProduceRequest, TransactionCheck } from './produceRequest.ts';
import { cacheWritten } from './disk.ts';
import { partitionAdvanced } from './fetch.ts';
import { raisePartitionHighWatermark } from './highWatermarks.ts';
import { holdMessage, isBrokerUp, isReachable, linkDelayUs } from './links.ts';
import { produceGivenUpUs, produceLost, produceTakesUntil } from './lostRequests.ts';
import { diskWrittenUs, requestArrivalUs, responseArrivalUs } from './network.ts';
import { parkProduce, produceAnswerBytes } from './parkedProduces.ts';
import { hasArrived, turnOver, waitsForTurn } from './producerConnections.ts';
import { noteProduced, producerMutedUntilUs } from './quotas.ts';
import { wakeFollowers } from './replicaAnswers.ts';
import { leaderLogOf, replicaHighWatermark, replicaOf } from './replicas.ts';
import { takeSlot } from './slots.ts';

/**
 * Sends a produce request at the clock's now: pays the network, then the handler and the disk of the broker, appends, and schedules
 * `ProduceAnswered` for the producer. Even at zero cost, the append and the answer are events of their own. Returns the slot.
 */
export function submitProduce(ctx: BrokerContext, request: ProduceRequest): number {
  const slot = takeSlot(ctx.produceRequests, request);
  request.requestId = ctx.counters.produceRequests = (ctx.counters.produceRequests + 1) | 0;
  let arrivalUs = requestArrivalUs(ctx, request.broker, request.sizeBytes, request.handlerUs);
  if (ctx.cluster.links.size > 0) arrivalUs += wayToBrokerUs(ctx, slot, request);
  if (isTooLate(request, arrivalUs) === true) produceTakesUntil(ctx, slot, request, arrivalUs);
  schedule(ctx.events, arrivalUs, EventKind.ProduceArrived, slot, request.requestId);
  return slot;
}

/** Whether its client may lose patience before `atUs`. */
const isTooLate = ({ sentUs, timeoutUs, expiresUs }: ProduceRequest, atUs: number): boolean =>
  atUs > sentUs + timeoutUs || atUs > expiresUs;

/** What links add to a request's way; one that they cut is given up in time. */
function wayToBrokerUs(ctx: BrokerContext, slot: number, { client, broker }: ProduceRequest): number {
  if (!isReachable(ctx, client, broker)) produceLost(ctx, slot, produceGivenUpUs(ctx, slot));
  return linkDelayUs(ctx, client, broker);
}

const unverified: ProducerAppendOptions = { origin: 'client', verifyTransactions: false, guard: 0 };

/** Whether it was appended, and not found to be there. */
let isNew = true;

/** Appends one batch, or finds that it was appended before: its base offset; -1 when it is refused, and then `refusal` says why. */
function append(log: PartitionLog, batch: ProducerBatch, nowUs: number, guard: number): number {
  isNew = true;
  if (batch.producerId < 0) return appendBatch(log, batch, nowUs);
  const plainOffset = appendPlainNext(log, batch, nowUs);
  if (plainOffset >= 0) return plainOffset;
  const result = appendProducerBatch(log, batch, nowUs, guard === 0 ? unverified : guardedBy(guard));
  isNew = result.outcome !== 'duplicate';
  if (result.outcome !== 'error') return result.baseOffset;
  refusal = result.error === 'TRANSACTION_COORDINATOR_FENCED' ? 'INVALID_TXN_STATE' : result.error;
  return -1;
}

let refusal: ProduceError = 'NONE';

function guardedBy(guard: number): ProducerAppendOptions {
  return { origin: 'client', verifyTransactions: true, guard };
}

/** Why a batch is refused before anything is written; NONE when it is not (Partition.appendRecordsToLeader, then UnifiedLog.append and LogValidator). */
function refusalOf(partition: PartitionState, log: PartitionLog, batch: ProducerBatch, request: ProduceRequest): ProduceError {
  if (partition.replicas.length > 0) {
    const error = refusalOfLeader(partition, request);
    if (error !== 'NONE') return error;
  }
  const { storedBytes } = batch;
  const { maxMessageBytes, segmentBytes, cleanupPolicy } = log.config;
  if (batch.sizeBytes > maxMessageBytes || storedBytes > maxMessageBytes) return 'MESSAGE_TOO_LARGE';
  // RecordBatchTooLargeException.
  if (storedBytes > segmentBytes) return 'RECORD_LIST_TOO_LARGE';
  return cleanupPolicy.compact === true && hasNullKey(batch) ? 'INVALID_RECORD' : 'NONE';
}

function refusalOfLeader(partition: PartitionState, { broker, acks }: ProduceRequest): ProduceError {
  const { minInsyncReplicas } = partition;
  return appendError(replicaOf(partition, broker)!.leadership!, { acks, minInsyncReplicas });
}

function hasNullKey({ columns, count }: ProducerBatch): boolean {
  for (let i = 0; i < count; i++) if (columns.key[i] < 0) return true;
  return false;
}

/** EventKind.ProduceArrived of a request without a transaction. */
export function onProduceArrived(ctx: BrokerContext, slot: number, requestId: number): void {
  const request = ctx.produceRequests.items[slot];
  // Given up by its client while it was held before a cut link.
  if (request === null || request.requestId !== requestId) return;
  if (mayNotBeThere(ctx, request.broker) === true) handleIfThere(ctx, slot, request);
  else handleProduce(ctx, slot, request, null);
}

function handleIfThere(ctx: BrokerContext, slot: number, request: ProduceRequest): void {
  if (!isThere(ctx, slot, request)) return;
  handleProduce(ctx, slot, request, null);
  turnOver(ctx, request);
}

/** The request of a `ProduceArrived` when its broker may handle it now; null when it is not there, or waits for its turn. Call `turnOver` when it is handled. */
export function arrivedProduce(ctx: BrokerContext, slot: number, requestId: number): ProduceRequest | null {
  const request = ctx.produceRequests.items[slot];
  if (!request || request.requestId !== requestId) return null;
  return mayNotBeThere(ctx, request.broker) && !isThere(ctx, slot, request) ? null : request;
}

/**
 * The broker appends every batch of a partition it leads by what it has heard, and answers; with acks=all and several replicas only when the in-sync ones have it all. With
 * one replica a record is committed as soon as the leader has it. `check`: what is known of the request's transaction.
 */
export function handleProduce(ctx: BrokerContext, slot: number, request: ProduceRequest, check: TransactionCheck | null): void {
  const { nowUs } = ctx.events;
  const { batches, broker } = request;
  let waits = false;
  let newBytes = request.storedBytes;
  for (let i = 0; i < batches.length; i++) {
    const batch = batches[i]!;
    const partition = ctx.partitions[batch.partition]!;
    const log = leaderLogOf(partition, broker);
    let error: ProduceError = 'NOT_LEADER_OR_FOLLOWER';
    let baseOffset = -1;
    if (log !== null) {
      error = check !== null && check.errors[i] !== 'NONE' ? check.errors[i] : refusalOf(partition, log, batch, request);
      if (error === 'NONE') baseOffset = append(log, batch, nowUs, check === null ? 0 : check.guards[i]);
      if (error === 'NONE' && baseOffset < 0) error = refusal;
    }
    request.errors[i] = error;
    request.baseOffsets[i] = baseOffset;
    // What is refused or there already is not written.
    if (baseOffset < 0 || isNew === false) newBytes -= batch.storedBytes;
    if (log === null || baseOffset < 0) continue;
    if (ctx.ledger !== null && isNew === true) noteWritten(ctx, ctx.ledger, request, batch, baseOffset);
    if (ctx.capacity.pageCaches !== null && log === partition.log)
      cacheWritten(ctx, broker, batch.partition, log.appendedBytes, batch.storedBytes);
    if (partition.replicas.length > 0) waits = true;
    else raiseHighWatermark(log, log.logEndOffset);
    mix(ctx.trace, nowUs, EventKind.ProduceArrived, batch.partition, baseOffset + batch.count);
  }
  if (ctx.watcher !== null) tellAppended(ctx, request);
  // Only when all of the request is written are waiting fetches looked at (ReplicaManager.tryCompleteActions): one answer for all its partitions.
  for (let i = 0; i < batches.length; i++) if (request.baseOffsets[i]! >= 0) appendSeen(ctx, batches[i]!.partition, broker);
  const writtenUs = diskWrittenUs(ctx, broker, newBytes);
  if (ctx.capacity.quotas !== null) noteProduced(ctx, request);
  if (waits === true && request.acks === 'all' && isParked(ctx, slot, request, writtenUs)) return;
  let answeredUs = nowUs;
  if (request.acks !== '0') {
    answeredUs = responseArrivalUs(ctx, broker, produceAnswerBytes, writtenUs);
    if (ctx.cluster.links.size > 0) answeredUs += linkDelayUs(ctx, broker, request.client);
  }
  if (isTooLate(request, answeredUs) === true) produceTakesUntil(ctx, slot, request, answeredUs);
  schedule(ctx.events, answeredUs, EventKind.ProduceAnswered, slot, request.requestId);
}

function tellAppended({ watcher, partitions }: BrokerContext, request: ProduceRequest): void {
  const { batches, broker } = request;
  for (let i = 0; i < batches.length; i++) {
    watcher?.batchAppended?.(request, i, replicaOf(partitions[batches[i]!.partition]!, broker)?.role.leaderEpoch ?? 0);
  }
}

/** Whether `isThere` has to be asked: not while everything is well. */
function mayNotBeThere(ctx: BrokerContext, index: number): boolean {
  const broker = ctx.brokers[index]!;
  return (
    broker.accepting === false ||
    broker.diskFull === true ||
    broker.connections !== null ||
    ctx.cluster.links.size > 0 ||
    ctx.capacity.quotas !== null
  );
}

/**
 * Whether a request is really at its broker: not while the way is cut or its connection is muted, when it waits, nor when the broker is gone, which its client sees at once. A full disk ends a
 * broker.
 */
function isThere(ctx: BrokerContext, slot: number, request: ProduceRequest): boolean {
  const { client, broker: index, producer, requestId } = request;
  const broker = ctx.brokers[index]!;
  if (ctx.capacity.quotas !== null) {
    const untilUs = producerMutedUntilUs(ctx, index, producer);
    if (untilUs > 0) {
      schedule(ctx.events, untilUs, EventKind.ProduceArrived, slot, requestId);
      return false;
    }
  }
  if (ctx.cluster.links.size > 0 && !isReachable(ctx, client, index) && !hasArrived(broker, request)) {
    holdMessage(ctx, { from: client, to: index });
    return false;
  }
  if (!isBrokerUp(ctx, index)) {
    produceLost(ctx, slot, Math.round(ctx.events.nowUs + ctx.costs.networkLatencyUs + linkDelayUs(ctx, index, client)));
    return false;
  }
  if (waitsForTurn(ctx, slot, request)) return false;
  if (!broker.diskFull) return true;
  // The only log directory goes offline with the write, and the broker with it: the connection breaks before there is an answer (LogDirFailureHandler).
  schedule(ctx.events, ctx.events.nowUs, EventKind.DiskFailure, index, broker.incarnation);
  return false;
}

/** A leader has appended to a partition: what it may show moves on, and followers that wait for its log end get their answers. */
export function partitionAppended(ctx: BrokerContext, index: number, broker: number): void {
  const { replicas, log } = ctx.partitions[index]!;
  if (replicas.length === 0) raiseHighWatermark(log, log.logEndOffset);
  appendSeen(ctx, index, broker);
}

/** As `partitionAppended`, where the high watermark of a partition with one replica is raised already. */
function appendSeen(ctx: BrokerContext, index: number, broker: number): void {
  const partition = ctx.partitions[index]!;
  if (partition.replicas.length === 0) {
    if (ctx.watcher !== null) ctx.watcher.highWatermarkRaised?.(index, broker, partition.log.highWatermark);
    partitionAdvanced(ctx, index, broker);
    return;
  }
  raisePartitionHighWatermark(ctx, index, broker);
  wakeFollowers(ctx, index, broker);
}

/** With acks=all: decides what the high watermark has passed already, and parks the request when there is more. Gives whether it is parked. */
function isParked(ctx: BrokerContext, slot: number, request: ProduceRequest, writtenUs: number): boolean {
  const { batches, broker, errors, baseOffsets } = request;
  const required: number[] = [];
  let waits = false;
  for (let i = 0; i < batches.length; i++) {
    required[i] = -1;
    const partition = ctx.partitions[batches[i]!.partition]!;
    if (errors[i] !== 'NONE' || partition.replicas.length === 0) continue;
    const leader = replicaOf(partition, broker)!;
    const requiredOffset = baseOffsets[i]! + batches[i]!.count;
    const { minInsyncReplicas } = partition;
    const highWatermark = replicaHighWatermark(partition, leader);
    const error = acksAllAnswer(leader.leadership!, { requiredOffset, highWatermark, minInsyncReplicas });
    if (error !== null) errors[i] = error;
    else {
      required[i] = requiredOffset;
      waits = true;
    }
  }
  if (waits) parkProduce(ctx, slot, { required, writtenUs });
  return waits;
}
