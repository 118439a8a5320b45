/**
 * Markers on their way from a coordinator to the leaders of a transaction's partitions (TransactionMarkerChannelManager, WriteTxnMarkers). A marker counts when it is
 * below the high watermark, as with acks=all; what a leader refuses for now is sent again, so a marker may be written twice, which ends nothing a second time.
 */
import { cacheWritten } from '../broker/disk.ts';
import { diskWrittenUs, requestArrivalUs, responseArrivalUs } from '../broker/network.ts';
import { isBrokerUp, isReachable, linkDelayUs } from '../broker/links.ts';
import { partitionAppended } from '../broker/produce.ts';
import { leaderLogOf, leads, replicaHighWatermark, replicaOf } from '../broker/replicas.ts';
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { isUnderMinIsr } from '../cluster/highWatermark.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { markerBatchBytes } from '../log/appendProducer.ts';
import { appendMarker } from '../log/partitionLog.ts';
import { groupOf, nextRequestNumber, offsetsLeader, type TransactionContext } from './context.ts';
import { removePartition } from './transactionMetadata.ts';

/** One WriteTxnMarkers request: the markers of one transaction for the partitions one broker leads. */
export interface MarkerRequest {
  readonly number: number;
  /** Index of the transactional id. */
  readonly id: number;
  readonly coordinator: number;
  readonly coordinatorEpoch: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly type: 'COMMIT' | 'ABORT';
  readonly broker: number;
  brokerIncarnation: number;
  /** travelling, parked at its leader until replicas have the markers, answering, or pausing before what was refused is sent again. */
  state: 'travelling' | 'parked' | 'answering' | 'pausing';
  /** Global indexes, `offsetsPartition` for those of `__consumer_offsets`, and in step: the offset each marker got, -1 before; whether it is written for good. */
  readonly partitions: readonly number[];
  readonly offsets: number[];
  readonly written: boolean[];
}

/** Markers nobody can take now: their partitions have no leader, or its broker cannot be reached. */
export interface UnsentMarkers {
  readonly id: number;
  readonly coordinatorEpoch: number;
  readonly partitions: readonly number[];
}

/** Pause before markers that a leader refused are sent again, about a round of the coordinator's sending thread. */
const retryUs = 100_000;
/** Bytes of a request and its answer without the partitions, and of one partition. */
const headBytes = 60;
const partitionBytes = 20;

/** Sends the markers of a transaction whose end is decided for some of its partitions, one request to each leader. */
export function sendMarkers(ctx: TransactionContext, id: number, partitions: readonly number[]): void {
  const byLeader = new Map<number, number[]>();
  for (const partition of partitions) {
    const leader = partition < 0 ? offsetsLeader(ctx, partition) : ctx.partitions[partition].leader;
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
  }
  for (const [broker, its] of byLeader) sendTo(ctx, id, broker, its);
}

function sendTo(ctx: TransactionContext, id: number, broker: number, partitions: readonly number[]): void {
  const { transactions } = ctx;
  const { metadata, coordinator, coordinatorEpoch } = transactions.ids[id];
  if (!isBrokerUp(ctx, broker) || !isReachable(ctx, coordinator, broker)) {
    transactions.unsent.push({ id, coordinatorEpoch, partitions });
    return;
  }
  const { producerId, producerEpoch, state } = metadata!.current;
  const number = nextRequestNumber(ctx);
  const slot = takeSlot<MarkerRequest>(transactions.markers, {
    number,
    id,
    coordinator,
    coordinatorEpoch,
    producerId,
    producerEpoch,
    type: state === 'PrepareCommit' ? 'COMMIT' : 'ABORT',
    broker,
    brokerIncarnation: ctx.brokers[broker].incarnation,
    state: 'travelling',
    partitions,
    offsets: partitions.map(() => -1),
    written: partitions.map(() => false),
  });
  const arrivalUs = requestArrivalUs(ctx, broker, headBytes + partitions.length * partitionBytes) + linkDelayUs(ctx, coordinator, broker);
  schedule(ctx.events, Math.round(arrivalUs), EventKind.MarkersArrived, slot, number);
}

/** EventKind.MarkersArrived: the leader appends the markers and answers when they are committed. */
export function onMarkersArrived(ctx: TransactionContext, slot: number, number: number): void {
  const request = ctx.transactions.markers.items[slot];
  if (!request || request.number !== number || request.state !== 'travelling') return;
  const { broker, partitions } = request;
  if (isLost(ctx, request)) return giveUp(ctx, slot, request);
  const { nowUs } = ctx.events;
  for (let i = 0; i < partitions.length; i++) {
    const index = partitions[i];
    if (index < 0) {
      decideOffsetsAt(ctx, request, slot, i);
      continue;
    }
    const log = leaderLogOf(ctx.partitions[index], broker);
    if (log === null || lacksReplicas(ctx, index, broker)) continue;
    const { producerId, producerEpoch, type, coordinatorEpoch } = request;
    const outcome = appendMarker(log, { producerId, producerEpoch, type, coordinatorEpoch, transactionVersion: 2 }, nowUs);
    // The producer or its coordinator is in another epoch: this end has been written by somebody else (TransactionMarkerRequestCompletionHandler).
    if (outcome.outcome === 'error') request.written[i] = true;
    else {
      request.offsets[i] = log.logEndOffset - 1;
      if (log === ctx.partitions[index].log) cacheWritten(ctx, broker, index, log.appendedBytes, markerBatchBytes);
      mix(ctx.trace, nowUs, EventKind.MarkersArrived, index, log.logEndOffset);
      if (ctx.watcher !== null) ctx.watcher.markerAppended?.({ partition: index, broker, producerId, type, offset: log.logEndOffset - 1 });
    }
  }
  for (let i = 0; i < partitions.length; i++)
    if (partitions[i] >= 0 && request.offsets[i] >= 0) partitionAppended(ctx, partitions[i], broker);
  request.state = 'parked';
  ctx.transactions.parked.push(slot);
  answerCommittedMarkers(ctx);
}

/** The marker goes to the partition of `__consumer_offsets` that holds a group's offsets, if the broker still leads it: the group's coordinator writes it, and says when it is committed. */
function decideOffsetsAt(ctx: TransactionContext, request: MarkerRequest, slot: number, place: number): void {
  const { broker, producerId, producerEpoch, type, partitions, number } = request;
  if (offsetsLeader(ctx, partitions[place]) !== broker) return;
  ctx.transactions.decidedOffsets.push({
    group: groupOf(partitions[place]),
    marker: { producerId, producerEpoch, type },
    slot,
    number,
    place,
  });
  request.offsets[place] = 0;
  mix(ctx.trace, ctx.events.nowUs, EventKind.MarkersArrived, partitions[place], producerEpoch);
}

/** The coordinator of a group has written the marker at `place` for good, or has not. Answers are for `answerCommittedMarkers`. */
export function offsetsMarkerDecided(
  ctx: TransactionContext,
  { slot, requestId, place = -1 }: { readonly slot: number; readonly requestId: number; readonly place?: number },
  isWritten: boolean,
): void {
  const request = ctx.transactions.markers.items[slot];
  if (!request || request.number !== requestId || request.state !== 'parked') return;
  if (isWritten) request.written[place] = true;
  else request.offsets[place] = -1;
}

function lacksReplicas(ctx: TransactionContext, index: number, broker: number): boolean {
  const partition = ctx.partitions[index];
  const leadership = replicaOf(partition, broker)?.leadership ?? null;
  return leadership !== null && isUnderMinIsr(leadership, partition.minInsyncReplicas);
}

/** Where a leader's high watermark stands. */
function highWatermarkAt(ctx: TransactionContext, index: number, broker: number): number {
  const partition = ctx.partitions[index];
  const replica = replicaOf(partition, broker);
  return replica === undefined ? partition.log.highWatermark : replicaHighWatermark(partition, replica);
}

/** Whether a marker request gets no answer: the broker's process it was sent to has ended. */
function isLost(ctx: TransactionContext, { broker, brokerIncarnation }: MarkerRequest): boolean {
  return !isBrokerUp(ctx, broker) || ctx.brokers[broker].incarnation !== brokerIncarnation;
}

/** High watermarks may have moved, or leaders: marker requests that wait for no partition any more are answered. */
export function answerCommittedMarkers(ctx: TransactionContext): void {
  const { parked, markers } = ctx.transactions;
  let kept = 0;
  for (let p = 0; p < parked.length; p++) {
    const slot = parked[p];
    const request = markers.items[slot]!;
    if (isLost(ctx, request)) giveUp(ctx, slot, request);
    else if (isDecided(ctx, request)) answer(ctx, slot, request);
    else parked[kept++] = slot;
  }
  parked.length = kept;
}

/** Notes which markers are committed. True when none of the others is waiting: they were refused, or their leader is one no more. */
function isDecided(ctx: TransactionContext, request: MarkerRequest): boolean {
  let waits = false;
  for (let i = 0; i < request.partitions.length; i++) {
    if (request.written[i] || request.offsets[i] < 0) continue;
    const index = request.partitions[i];
    if (index < 0) waits = true;
    else if (!leads(ctx.partitions[index], request.broker)) request.offsets[i] = -1;
    else if (highWatermarkAt(ctx, index, request.broker) > request.offsets[i]) request.written[i] = true;
    else waits = true;
  }
  return !waits;
}

function answer(ctx: TransactionContext, slot: number, request: MarkerRequest): void {
  request.state = 'answering';
  const { broker, coordinator, partitions } = request;
  const writtenUs = diskWrittenUs(ctx, broker, markerBatchBytes * partitions.length);
  const backUs = responseArrivalUs(ctx, broker, headBytes + partitions.length * partitionBytes, writtenUs);
  schedule(ctx.events, Math.round(backUs + linkDelayUs(ctx, coordinator, broker)), EventKind.MarkersAnswered, slot, request.number);
}

/** The coordinator notices that no answer will come. */
function giveUp(ctx: TransactionContext, slot: number, request: MarkerRequest): void {
  request.state = 'answering';
  request.written.fill(false);
  schedule(ctx.events, ctx.events.nowUs + ctx.costs.networkLatencyUs, EventKind.MarkersAnswered, slot, request.number);
}

/** EventKind.MarkersAnswered: partitions with their marker are done with, the others are tried again. Gives the transactional id, -1 for an answer that nobody waits for. */
export function takeMarkersAnswer(ctx: TransactionContext, slot: number, number: number): number {
  const { markers, ids } = ctx.transactions;
  const request = markers.items[slot];
  if (!request || request.number !== number) return -1;
  const { id, partitions, written } = request;
  const state = ids[id];
  const left = partitions.filter((_, i) => !written[i]);
  // Another coordinator has taken over and sends the markers itself.
  const isStale = state.coordinatorEpoch !== request.coordinatorEpoch;
  if (isStale || request.state === 'pausing') {
    freeSlot(markers, slot);
    if (!isStale) sendMarkers(ctx, id, left);
    return -1;
  }
  for (let i = 0; i < partitions.length; i++) if (written[i]) removePartition(state.metadata!, partitions[i]);
  if (left.length === 0) freeSlot(markers, slot);
  else {
    request.state = 'pausing';
    schedule(ctx.events, ctx.events.nowUs + retryUs, EventKind.MarkersAnswered, slot, number);
  }
  return id;
}

/** Leaders, brokers or links have changed: what could not be sent is tried again. */
export function sendUnsentMarkers(ctx: TransactionContext): void {
  const { unsent, ids } = ctx.transactions;
  for (const { id, coordinatorEpoch, partitions } of unsent.splice(0))
    if (ids[id].coordinatorEpoch === coordinatorEpoch) sendMarkers(ctx, id, partitions);
}
