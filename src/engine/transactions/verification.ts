/**
 * What a leader does before the first batch of a transaction goes into its log (KIP-890): it has the partition added to the transaction by the coordinator, and holds the
 * produce request back until it knows. Later batches of the transaction are told by the log (AddPartitionsToTxnManager, ReplicaManager.handleProduceAppend).
 */
import { isBrokerUp } from '../broker/links.ts';
import { mute, unmute } from '../broker/producerConnections.ts';
import type { ProduceError, ProduceRequest, TransactionCheck } from '../broker/produceRequest.ts';
import { leaderLogOf } from '../broker/replicas.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { createProducerStates, hasOpenTransaction, startVerification } from '../log/producerStates.ts';
import { BatchAttribute } from '../log/recordBatch.ts';
import { nextRequestNumber, type TransactionContext } from './context.ts';
import { submitTransactionRequest } from './coordinating.ts';
import type { TransactionError } from './coordinator.ts';
import type { AddPartitionsRequest } from './request.ts';

/** A produce request with batches of a transaction, held back at its broker. */
export interface HeldProduce {
  readonly slot: number;
  readonly requestId: number;
  /** Index of the transactional id. */
  readonly id: number;
  readonly broker: number;
  readonly brokerIncarnation: number;
  /** asking: the coordinator is being asked; pausing: it will be asked again; passed: its event is scheduled again. */
  state: 'asking' | 'pausing' | 'passed';
  /** When the coordinator was asked first, -1 before. */
  sinceUs: number;
  readonly check: TransactionCheck;
}

/** `add.partitions.to.txn.retry.backoff.ms` and `add.partitions.to.txn.retry.backoff.max.ms` at Kafka's defaults: the leader asks again by itself while the former transaction ends. */
const retryBackoffUs = 20_000;
const retryMaxUs = 100_000;
const partitionsTimeoutUs = 30_000_000;

const isTransactional = (request: ProduceRequest): boolean => (request.batches[0].attributes & BatchAttribute.transactional) !== 0;

/**
 * Looks at a produce request that its broker handles. `waits`: it is held back with all that comes behind it on its connection, and its `ProduceArrived` comes again. Otherwise what
 * the append has to know of its transaction, null for a request without one.
 */
export function checkTransaction(
  ctx: TransactionContext,
  slot: number,
  request: ProduceRequest,
  id: number,
): TransactionCheck | null | 'waits' {
  if (id < 0 || !isTransactional(request)) return null;
  const known = ctx.transactions.held.find((held) => held.slot === slot && held.requestId === request.requestId);
  if (known?.state === 'passed') {
    letGo(ctx, known, request);
    return known.check;
  }
  const check = known?.check ?? emptyCheck(request);
  const partitions = startVerifications(ctx, request, check);
  if (partitions.length === 0) {
    if (known !== undefined) letGo(ctx, known, request);
    return check;
  }
  const asking = known ?? hold(ctx, slot, request, { id, check });
  asking.state = 'asking';
  ask(ctx, asking, partitions);
  return 'waits';
}

function emptyCheck({ batches }: ProduceRequest): TransactionCheck {
  return { guards: batches.map(() => 0), errors: batches.map(() => 'NONE' as const) };
}

function hold(
  ctx: TransactionContext,
  slot: number,
  request: ProduceRequest,
  { id, check }: Pick<HeldProduce, 'id' | 'check'>,
): HeldProduce {
  const { requestId, broker } = request;
  const brokerIncarnation = ctx.brokers[broker].incarnation;
  const held: HeldProduce = { slot, requestId, id, broker, brokerIncarnation, state: 'asking', sinceUs: -1, check };
  ctx.transactions.held.push(held);
  mute(ctx, request);
  return held;
}

/** It is appended or refused now, and mutes its connection again if its answer waits for replicas. */
function letGo(ctx: TransactionContext, held: HeldProduce, request: ProduceRequest): void {
  removeHeld(ctx, held);
  unmute(ctx, request);
}

function removeHeld({ transactions: { held } }: TransactionContext, which: HeldProduce): void {
  const at = held.indexOf(which);
  if (at >= 0) held.splice(at, 1);
}

/** Partitions of a request whose transaction is not open in the log; each gets a guard, by which the append is known to be the one that was asked for. */
function startVerifications(ctx: TransactionContext, request: ProduceRequest, { guards }: TransactionCheck): number[] {
  const partitions: number[] = [];
  const nowMs = Math.floor(ctx.events.nowUs / 1000);
  for (let i = 0; i < request.batches.length; i++) {
    const { partition, producerId, producerEpoch, baseSequence } = request.batches[i];
    const log = leaderLogOf(ctx.partitions[partition], request.broker);
    // Who does not lead refuses it without asking.
    if (log === null) continue;
    const states = (log.producers ??= createProducerStates(log.logEndOffset));
    if (hasOpenTransaction(states, producerId, producerEpoch)) continue;
    guards[i] = startVerification(states, { producerId, producerEpoch, sequence: baseSequence, supportsEpochBump: true, nowMs });
    partitions.push(partition);
  }
  return partitions;
}

function ask(ctx: TransactionContext, held: HeldProduce, partitions: readonly number[]): void {
  const { slot, id, broker } = held;
  if (held.sinceUs < 0) held.sinceUs = ctx.events.nowUs;
  const { producerId, producerEpoch } = ctx.produceRequests.items[slot]!.batches[0];
  submitTransactionRequest(ctx, {
    type: 'add',
    number: nextRequestNumber(ctx),
    id,
    from: broker,
    timeoutUs: partitionsTimeoutUs,
    coordinator: -1,
    coordinatorIncarnation: -1,
    answer: null,
    producerId,
    producerEpoch,
    partitions,
    produce: slot,
  });
}

/** The coordinator's answer, or that there is none: the produce request goes on, or the leader asks again a little later. */
export function onPartitionsAdded(ctx: TransactionContext, request: AddPartitionsRequest): void {
  const { held } = ctx.transactions;
  const entry = held.find(({ slot, state }) => slot === request.produce && state === 'asking');
  if (entry === undefined) return;
  const produce = ctx.produceRequests.items[entry.slot];
  const gone = !isBrokerUp(ctx, entry.broker) || ctx.brokers[entry.broker].incarnation !== entry.brokerIncarnation;
  if (gone || !produce || produce.requestId !== entry.requestId) {
    removeHeld(ctx, entry);
    return;
  }
  const error = request.answer!.error;
  if (error === 'CONCURRENT_TRANSACTIONS' && ctx.events.nowUs - entry.sinceUs < retryMaxUs) {
    entry.state = 'pausing';
    schedule(ctx.events, ctx.events.nowUs + retryBackoffUs, EventKind.ProduceArrived, entry.slot, entry.requestId);
    return;
  }
  for (let i = 0; i < produce.batches.length; i++)
    if (request.partitions.includes(produce.batches[i].partition)) entry.check.errors[i] = produceErrorOf(error);
  entry.state = 'passed';
  schedule(ctx.events, ctx.events.nowUs, EventKind.ProduceArrived, entry.slot, entry.requestId);
}

/** What the producer hears of it: a coordinator that is not there is as good as too few replicas, which is tried again. */
function produceErrorOf(error: TransactionError): ProduceError {
  switch (error) {
    case 'NONE':
    case 'CONCURRENT_TRANSACTIONS':
    case 'INVALID_TXN_STATE':
    case 'INVALID_PRODUCER_ID_MAPPING':
      return error;
    case 'PRODUCER_FENCED':
      return 'INVALID_PRODUCER_EPOCH';
    default:
      return 'NOT_ENOUGH_REPLICAS';
  }
}

/** A broker's process has ended: what it held back is lost with it. */
export function forgetHeld(ctx: TransactionContext): void {
  const { held } = ctx.transactions;
  for (let i = held.length - 1; i >= 0; i--) {
    const { broker, brokerIncarnation } = held[i];
    if (!isBrokerUp(ctx, broker) || ctx.brokers[broker].incarnation !== brokerIncarnation) held.splice(i, 1);
  }
}
