/**
 * A coordinator at work: requests that arrive, changes that are written to `__transaction_state`, and taking over from a coordinator before it. Its state is what
 * the log of that topic says, so a change that was not written when its coordinator went has not happened.
 */
import { isBrokerUp, isReachable, linkDelayUs } from '../broker/links.ts';
import { requestArrivalUs, responseArrivalUs } from '../broker/network.ts';
import { freeSlot, takeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { coordinatorFor, type TransactionalId, type TransactionContext } from './context.ts';
import {
  addPartitions,
  type CoordinatorDecision,
  endTransaction,
  fenceTransaction,
  initProducerId,
  isTimedOut,
  prepareComplete,
} from './coordinator.ts';
import type { TransactionError } from './coordinator.ts';
import { answerCommittedMarkers, sendMarkers, sendUnsentMarkers, takeMarkersAnswer } from './markers.ts';
import { takeProducerId } from './producerIds.ts';
import { answerSizeBytes, requestSizeBytes, type TransactionRequest } from './request.ts';
import { completeTransition, createTransactionMetadata, dropTransition } from './transactionMetadata.ts';

/** How long a write that found too few replicas waits until it is tried again. */
const writeRetryUs = 100_000;

const noProducer = { producerId: -1, producerEpoch: -1 };

const msOf = (ctx: TransactionContext): number => Math.floor(ctx.events.nowUs / 1000);

/** Sends a request at now to whoever coordinates its transactional id. `TransactionRequestAnswered` comes in any case, at the worst with the client's own error. */
export function submitTransactionRequest(ctx: TransactionContext, request: TransactionRequest): number {
  const slot = takeSlot(ctx.transactions.requests, request);
  travel(ctx, slot, request);
  return slot;
}

function travel(ctx: TransactionContext, slot: number, request: TransactionRequest): void {
  const { broker } = coordinatorFor(ctx, request.id);
  request.coordinator = broker;
  request.answer = null;
  if (!isBrokerUp(ctx, broker)) return fail(ctx, slot, request, 'COORDINATOR_NOT_AVAILABLE', ctx.events.nowUs);
  request.coordinatorIncarnation = ctx.brokers[broker].incarnation;
  if (!isReachable(ctx, request.from, broker)) return fail(ctx, slot, request, 'REQUEST_TIMED_OUT', ctx.events.nowUs + request.timeoutUs);
  const arrivalUs = requestArrivalUs(ctx, broker, requestSizeBytes(request)) + linkDelayUs(ctx, request.from, broker);
  schedule(ctx.events, Math.round(arrivalUs), EventKind.TransactionRequestArrived, slot, request.number);
}

/** What a client learns by itself: nobody answers. */
function fail(ctx: TransactionContext, slot: number, request: TransactionRequest, error: TransactionError, atUs: number): void {
  request.answer = { error, ...noProducer };
  schedule(ctx.events, atUs, EventKind.TransactionRequestAnswered, slot, request.number);
}

/** EventKind.TransactionRequestArrived */
export function onTransactionRequestArrived(ctx: TransactionContext, slot: number, number: number): void {
  const request = ctx.transactions.requests.items[slot];
  if (!request || request.number !== number) return;
  const { coordinator, id } = request;
  if (!isBrokerUp(ctx, coordinator) || ctx.brokers[coordinator].incarnation !== request.coordinatorIncarnation)
    return fail(ctx, slot, request, 'NETWORK_EXCEPTION', ctx.events.nowUs);
  if (coordinatorFor(ctx, id).broker !== coordinator) return answer(ctx, slot, request, { error: 'NOT_COORDINATOR', ...noProducer });
  takeOverIfMoved(ctx, id);
  const decision = decide(ctx, request);
  if (decision.outcome === 'answer') return answer(ctx, slot, request, decision);
  if (!hasEnoughReplicas(ctx, id)) {
    dropTransition(ctx.transactions.ids[id].metadata!);
    return answer(ctx, slot, request, { error: 'COORDINATOR_NOT_AVAILABLE', ...noProducer });
  }
  write(ctx, id, slot);
}

function decide(ctx: TransactionContext, request: TransactionRequest): CoordinatorDecision {
  const { transactions } = ctx;
  const { coordinator, id } = request;
  const nowMs = msOf(ctx);
  const surroundings = { nowMs, newProducerId: () => takeProducerId(transactions.producerIds, ctx.brokers[coordinator]) };
  const state = transactions.ids[id];
  if (request.type === 'init') {
    const timeoutMs = request.transactionTimeoutMs;
    if (timeoutMs > transactions.config.maxTimeoutMs) return { outcome: 'answer', error: 'INVALID_TRANSACTION_TIMEOUT', ...noProducer };
    state.metadata ??= createTransactionMetadata(state.transactionalId, surroundings.newProducerId(), timeoutMs, nowMs);
    return initProducerId(state.metadata, { timeoutMs, expected: null }, surroundings);
  }
  if (state.metadata === null) return { outcome: 'answer', error: 'INVALID_PRODUCER_ID_MAPPING', ...noProducer };
  return request.type === 'end' ? endTransaction(state.metadata, request, surroundings) : addPartitions(state.metadata, request, nowMs);
}

function answer(
  ctx: TransactionContext,
  slot: number,
  request: TransactionRequest,
  { error, producerId, producerEpoch }: { readonly error: TransactionError; readonly producerId: number; readonly producerEpoch: number },
): void {
  request.answer = { error, producerId, producerEpoch };
  const backUs = responseArrivalUs(ctx, request.coordinator, answerSizeBytes) + linkDelayUs(ctx, request.from, request.coordinator);
  schedule(ctx.events, Math.round(backUs), EventKind.TransactionRequestAnswered, slot, request.number);
}

/**
 * EventKind.TransactionRequestAnswered: the request with its answer, whose slot is free again; null for a stale event. An answer that its coordinator did not live to
 * send, or that cannot pass, is the client's own NETWORK_EXCEPTION.
 */
export function takeTransactionAnswer(ctx: TransactionContext, slot: number, number: number): TransactionRequest | null {
  const { requests } = ctx.transactions;
  const request = requests.items[slot];
  if (!request || request.number !== number || request.answer === null) return null;
  freeSlot(requests, slot);
  const { coordinator, coordinatorIncarnation, from } = request;
  const isOwnError = request.answer.error === 'COORDINATOR_NOT_AVAILABLE' || request.answer.error === 'REQUEST_TIMED_OUT';
  if (isOwnError) return request;
  if (!isReachable(ctx, from, coordinator) || ctx.brokers[coordinator].incarnation !== coordinatorIncarnation)
    request.answer = { error: 'NETWORK_EXCEPTION', ...noProducer };
  return request;
}

/** Whether `__transaction_state` takes writes; else its leader answers NOT_ENOUGH_REPLICAS, which the coordinator passes on as COORDINATOR_NOT_AVAILABLE. */
function hasEnoughReplicas(ctx: TransactionContext, id: number): boolean {
  const registration = stateRegistration(ctx, id);
  if (registration === null) return true;
  return registration.isr.length >= Math.min(ctx.transactions.config.minIsr, registration.replicas.length);
}

function stateRegistration(ctx: TransactionContext, id: number) {
  const { internals, controller } = ctx.cluster;
  const { stateKey } = ctx.transactions.ids[id];
  const internal = internals.find(({ key }) => key === stateKey);
  return internal === undefined ? null : controller.partitions[internal.registration];
}

/**
 * Writes the pending change. It counts once the replicas have it, as with acks=all: the followers' waiting fetches bring it, their next ones tell. The partitions of
 * `__transaction_state` have no log here, so nothing else is paid.
 */
function write(ctx: TransactionContext, id: number, waiting: number, delayUs = 0): void {
  const state = ctx.transactions.ids[id];
  state.writeNumber = (state.writeNumber + 1) | 0;
  state.waiting = waiting;
  const replicas = stateRegistration(ctx, id)?.isr.length ?? 1;
  const replicationUs = replicas > 1 ? ctx.costs.networkLatencyUs * 2 : 0;
  schedule(ctx.events, ctx.events.nowUs + delayUs + replicationUs, EventKind.TransactionStateWritten, id, state.writeNumber);
}

/** EventKind.TransactionStateWritten */
export function onTransactionStateWritten(ctx: TransactionContext, id: number, writeNumber: number): void {
  const state = ctx.transactions.ids[id];
  const { metadata } = state;
  if (state.writeNumber !== writeNumber || metadata === null || metadata.pending === null) return;
  if (takeOverIfMoved(ctx, id)) return;
  completeTransition(metadata);
  const { current } = metadata;
  mix(ctx.trace, ctx.events.nowUs, EventKind.TransactionStateWritten, id, Math.imul(current.producerEpoch, 31) + current.partitions.length);
  switch (current.state) {
    case 'PrepareCommit':
    case 'PrepareAbort':
      return endDecided(ctx, id, state);
    case 'CompleteCommit':
      state.committed++;
      return;
    case 'CompleteAbort':
      state.aborted++;
      return;
    default:
      answerWaiting(ctx, state, { error: 'NONE', producerId: current.producerId, producerEpoch: current.producerEpoch });
  }
}

/** The end is decided and cannot be undone: its producer is answered, the markers go out. */
function endDecided(ctx: TransactionContext, id: number, state: TransactionalId): void {
  const next = prepareComplete(state.metadata!, msOf(ctx));
  // A producer that starts has to ask again, for an epoch of its own.
  const fenced = state.waiting >= 0 && ctx.transactions.requests.items[state.waiting]?.type === 'init';
  answerWaiting(ctx, state, fenced ? { error: 'CONCURRENT_TRANSACTIONS', ...noProducer } : { error: 'NONE', ...idsOf(next) });
  sendMarkers(ctx, id, state.metadata!.current.partitions);
  completeIfMarked(ctx, id);
}

const idsOf = ({ producerId, producerEpoch }: { readonly producerId: number; readonly producerEpoch: number }) => ({
  producerId,
  producerEpoch,
});

function answerWaiting(ctx: TransactionContext, state: TransactionalId, what: Parameters<typeof answer>[3]): void {
  const slot = state.waiting;
  state.waiting = -1;
  const request = slot < 0 ? null : ctx.transactions.requests.items[slot];
  if (request) answer(ctx, slot, request, what);
}

/** EventKind.MarkersAnswered */
export function onMarkersAnswered(ctx: TransactionContext, slot: number, number: number): void {
  const id = takeMarkersAnswer(ctx, slot, number);
  if (id >= 0) completeIfMarked(ctx, id);
}

/** When all markers are written, the transaction is complete, as soon as that is written too. */
function completeIfMarked(ctx: TransactionContext, id: number): void {
  const { current, pending } = ctx.transactions.ids[id].metadata!;
  if (current.partitions.length > 0 || pending === null) return;
  if (current.state !== 'PrepareCommit' && current.state !== 'PrepareAbort') return;
  write(ctx, id, -1, hasEnoughReplicas(ctx, id) ? 0 : writeRetryUs);
}

/**
 * Another broker, or another life of the same, coordinates a transactional id: it has the state from the log. What was on its way is lost, and whoever waited for it
 * hears NOT_COORDINATOR; markers of a transaction whose end is decided are sent again. True when it has just taken over.
 */
function takeOverIfMoved(ctx: TransactionContext, id: number): boolean {
  const state = ctx.transactions.ids[id];
  const { broker, epoch } = coordinatorFor(ctx, id);
  if (!isBrokerUp(ctx, broker)) return state.coordinator >= 0;
  const { incarnation } = ctx.brokers[broker];
  if (state.coordinator === broker && state.coordinatorEpoch === epoch && state.coordinatorIncarnation === incarnation) return false;
  const isFirst = state.coordinator < 0;
  state.coordinator = broker;
  state.coordinatorEpoch = epoch;
  state.coordinatorIncarnation = incarnation;
  const { metadata } = state;
  if (isFirst || metadata === null) return false;
  const waiting = state.waiting < 0 ? null : ctx.transactions.requests.items[state.waiting];
  if (waiting) fail(ctx, state.waiting, waiting, 'NOT_COORDINATOR', ctx.events.nowUs);
  state.waiting = -1;
  dropTransition(metadata);
  if (metadata.current.state === 'PrepareCommit' || metadata.current.state === 'PrepareAbort') endDecided(ctx, id, state);
  return true;
}

/** EventKind.TransactionTimeoutCheck: transactions that are open for too long are aborted under an epoch their producers do not know. */
export function onTransactionTimeoutCheck(ctx: TransactionContext): void {
  const { ids, config, notices } = ctx.transactions;
  for (let id = 0; id < ids.length; id++) {
    const state = ids[id];
    if (state.metadata === null || !isTimedOut(state.metadata, msOf(ctx)) || !isBrokerUp(ctx, coordinatorFor(ctx, id).broker)) continue;
    takeOverIfMoved(ctx, id);
    if (!hasEnoughReplicas(ctx, id)) continue;
    const broker = ctx.brokers[state.coordinator];
    const openMs = msOf(ctx) - state.metadata.current.startMs;
    fenceTransaction(state.metadata, { nowMs: msOf(ctx), newProducerId: () => takeProducerId(ctx.transactions.producerIds, broker) });
    state.timedOut++;
    notices.push({ timeUs: ctx.events.nowUs, code: 'transaction.timed-out', id, producer: -1, detail: `${openMs}` });
    write(ctx, id, -1);
  }
  schedule(ctx.events, ctx.events.nowUs + config.timeoutCheckUs, EventKind.TransactionTimeoutCheck, 0, 0);
}

/** Brokers, leaders or links have changed: coordinators take over, markers that could not be sent are. */
export function onClusterChanged(ctx: TransactionContext): void {
  for (let id = 0; id < ctx.transactions.ids.length; id++) takeOverIfMoved(ctx, id);
  answerCommittedMarkers(ctx);
  sendUnsentMarkers(ctx);
}
