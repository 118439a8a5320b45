/** Transactions put together in a run: who uses which transactional id, who handles their events, what is said of them. */
import { onProduceArrived } from '../broker/produce.ts';
import { coordinatorPartition } from '../group/coordinatorPartition.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { createProducerTransaction, type ProducerTransaction } from '../producer/transactionGate.ts';
import { onTransactionAnswered, onTransactionDue } from '../producer/transactions.ts';
import { createTransactions, type TransactionNotice, type TransactionsState } from '../transactions/context.ts';
import {
  onClusterChanged,
  onMarkersAnswered,
  onTransactionRequestArrived,
  onTransactionStateWritten,
  onTransactionTimeoutCheck,
  takeTransactionAnswer,
} from '../transactions/coordinating.ts';
import { answerCommittedMarkers, onMarkersArrived } from '../transactions/markers.ts';
import { checkTransaction, forgetHeld, onPartitionsAdded, produceDone } from '../transactions/verification.ts';
import type { NodeState } from '../process/node.ts';
import type { TransactionsReport } from '../report/report.ts';
import { numberOf, textOf, type Settings } from './configs.ts';
import type { EngineContext } from './state.ts';
import { addEntry } from './timeline.ts';
import type { Topology } from './topology.ts';

/** The transactional ids of a document's producers, in order of their first use. */
function transactionalIdsOf({ nodes }: Topology): string[] {
  const ids = nodes.filter(({ role }) => role === 'producer').map(({ settings }) => textOf(settings, 'transactional.id'));
  return [...new Set(ids.filter((id) => id !== ''))];
}

export function createRunTransactions(topology: Topology): TransactionsState {
  const { cluster } = topology;
  const partitions = numberOf(cluster, 'transaction.state.log.num.partitions');
  const ids = transactionalIdsOf(topology).map((transactionalId) => ({
    transactionalId,
    stateKey: `__transaction_state-${coordinatorPartition(transactionalId, partitions)}`,
  }));
  return createTransactions(ids, {
    minIsr: numberOf(cluster, 'transaction.state.log.min.isr'),
    maxTimeoutMs: numberOf(cluster, 'transaction.max.timeout.ms'),
    timeoutCheckUs: numberOf(cluster, 'transaction.abort.timed.out.transaction.cleanup.interval.ms') * 1000,
  });
}

/** What a source's configs say of its transactions; null without a `transactional.id`. It starts when its workload does. */
export function producerTransactionOf({ transactions }: EngineContext, settings: Settings): ProducerTransaction | null {
  const transactionalId = textOf(settings, 'transactional.id');
  if (transactionalId === '') return null;
  return createProducerTransaction({
    id: transactions.ids.findIndex((known) => known.transactionalId === transactionalId),
    timeoutMs: numberOf(settings, 'transaction.timeout.ms'),
    records: Math.max(1, numberOf(settings, 'transaction.records')),
    abortEvery: numberOf(settings, 'transaction.abort.every'),
    startUs: Math.round(numberOf(settings, 'workload.start.ms') * 1000),
  });
}

/** Coordinators look for timeouts from the start of the brokers on; not in a run without transactions. */
export function startCoordinators(ctx: EngineContext): void {
  const { ids, config } = ctx.transactions;
  if (ids.length > 0) schedule(ctx.events, config.timeoutCheckUs, EventKind.TransactionTimeoutCheck, 0, 0);
}

/** EventKind.ProduceArrived: the first batch of a transaction at a partition waits until the coordinator knows of it. */
export function produceArrived(ctx: EngineContext, slot: number, requestId: number): void {
  if (ctx.transactions.ids.length === 0) return onProduceArrived(ctx, slot, requestId);
  const producer = ctx.produceRequests.items[slot]?.producer ?? -1;
  const id = producer < 0 ? -1 : (ctx.producers[producer]!.transaction?.id ?? -1);
  const check = checkTransaction(ctx, slot, requestId, id);
  if (check === 'waits') return;
  onProduceArrived(ctx, slot, requestId, check);
  if (check !== null) produceDone(ctx, slot, requestId);
}

/** Executes an event of a transaction; false for any other. */
export function dispatchTransaction(ctx: EngineContext): boolean {
  const { kind, a, b } = ctx.events;
  switch (kind as EventKind) {
    case EventKind.TransactionRequestArrived:
      onTransactionRequestArrived(ctx, a, b);
      break;
    case EventKind.TransactionRequestAnswered:
      requestAnswered(ctx, a, b);
      break;
    case EventKind.TransactionStateWritten:
      onTransactionStateWritten(ctx, a, b);
      break;
    case EventKind.MarkersArrived:
      onMarkersArrived(ctx, a, b);
      break;
    case EventKind.MarkersAnswered:
      onMarkersAnswered(ctx, a, b);
      break;
    case EventKind.TransactionTimeoutCheck:
      onTransactionTimeoutCheck(ctx);
      break;
    case EventKind.TransactionDue:
      onTransactionDue(ctx, a, b);
      break;
    default:
      return false;
  }
  tellNotices(ctx);
  return true;
}

function requestAnswered(ctx: EngineContext, slot: number, number: number): void {
  const request = takeTransactionAnswer(ctx, slot, number);
  if (request === null) return;
  if (request.type === 'add') onPartitionsAdded(ctx, request);
  else onTransactionAnswered(ctx, request);
}

/** Brokers, leaders or links may have changed, or, after an event of replication, how far replicas are. */
export function clusterChanged(ctx: EngineContext): void {
  if (ctx.transactions.ids.length === 0) return;
  const { kind } = ctx.events;
  if (kind >= EventKind.ReplicaFetchArrived && kind <= EventKind.ReplicaFetchAnswered) return answerCommittedMarkers(ctx);
  forgetHeld(ctx);
  onClusterChanged(ctx);
}

function tellNotices(ctx: EngineContext): void {
  const { notices } = ctx.transactions;
  for (const notice of notices.splice(0)) {
    const node = ctx.nodes.find(({ producer, role }) => role === 'producer' && producer === notice.producer);
    addEntry(ctx, { timeUs: notice.timeUs, code: notice.code, node: node?.id ?? null, text: sentenceOf(ctx, notice, node?.name ?? '') });
  }
}

function sentenceOf(ctx: EngineContext, { code, id, detail }: TransactionNotice, name: string): string {
  const { transactionalId } = ctx.transactions.ids[id]!;
  switch (code) {
    case 'transaction.timed-out':
      return `The transaction of ${transactionalId} is aborted by its coordinator: it was open for ${Number(detail) / 1000} s, longer than transaction.timeout.ms allows.`;
    case 'transaction.aborted':
      return `${name} aborts a transaction of ${transactionalId}: ${detail}.`;
    case 'producer.fenced':
      return `${name} is fenced and stops: another instance with transactional.id ${transactionalId} has started (${detail}).`;
    case 'producer.failed':
      return `${name} cannot go on with its transactions and stops: ${detail}.`;
  }
}

/** What became of a producer's transactions; null for a node without any. */
export function transactionsReport(ctx: EngineContext, node: NodeState): TransactionsReport | null {
  const transaction = node.role === 'producer' ? ctx.producers[node.producer]!.transaction : null;
  if (transaction === null) return null;
  const { transactionalId, timedOut } = ctx.transactions.ids[transaction.id]!;
  const { committed, aborted, phase, error } = transaction;
  return { transactionalId, committed, aborted, timedOut, state: phase, error };
}
