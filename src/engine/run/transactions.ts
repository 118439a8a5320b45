/** Transactions put together in a run: who uses which transactional id, who handles their events, what is said of them. */
import { arrivedProduce, handleProduce, onProduceArrived } from '../broker/produce.ts';
import { turnOver } from '../broker/producerConnections.ts';
import { onOffsetsAdded, onTransactionOffsetsArrived, takeTransactionOffsetsAnswer } from '../consumer/transactionOffsets.ts';
import { coordinatorPartition } from '../group/coordinatorPartition.ts';
import { appendOffsetsMarker } from '../group/offsets/writing.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { onProcessingTransactionEnded } from '../process/lifecycle.ts';
import {
  onMemberTransactionAnswered,
  onProcessingCommitDue,
  onTransactionOffsetsAnswered,
  onTransactionRetry,
} from '../process/readProcessWrite.ts';
import { createProducerTransaction, type ProducerTransaction } from '../producer/transactionGate.ts';
import { onTransactionAnswered, onTransactionDue } from '../producer/transactions.ts';
import { createTransactionalId, createTransactions, type TransactionNotice, type TransactionsState } from '../transactions/context.ts';
import {
  onClusterChanged,
  onMarkersAnswered,
  onTransactionRequestArrived,
  onTransactionStateWritten,
  onTransactionTimeoutCheck,
  takeTransactionAnswer,
} from '../transactions/coordinating.ts';
import { answerCommittedMarkers, offsetsMarkerDecided, onMarkersArrived } from '../transactions/markers.ts';
import { checkTransaction, forgetHeld, onPartitionsAdded } from '../transactions/verification.ts';
import type { NodeState } from '../process/node.ts';
import type { TransactionsReport } from '../report/report.ts';
import { isExactlyOnce, numberOf, textOf, type Settings } from './configs.ts';
import type { EngineContext } from './state.ts';
import { addEntry } from './views/timeline.ts';
import type { Topology } from './topology.ts';

/** The transactional ids of a document's producers and processors as it begins, in order of their first use. */
function transactionalIdsOf({ nodes }: Topology): string[] {
  const ids = nodes.flatMap(({ node, role, settings }) => {
    if (role === 'producer') return [textOf(settings, 'transactional.id')];
    if (!isExactlyOnce(role, settings)) return [];
    return Array.from({ length: numberOf(settings, 'instances') }, (_, number) => memberTransactionalId(settings, node.id, number));
  });
  return [...new Set(ids.filter((id) => id !== ''))];
}

/** `transactional.id` of one member of a processor: that of the node, or the node's own id, and the member's number, so that a member that returns fences its former self. */
function memberTransactionalId(settings: Settings, nodeId: string, number: number): string {
  const prefix = textOf(settings, 'transactional.id');
  return `${prefix === '' ? nodeId : prefix}-${number}`;
}

/** What the configs of a processor say of its members' transactions; null for one that does not process exactly once. */
export function memberTransactionOf(ctx: EngineContext, node: NodeState, settings: Settings, number: number): ProducerTransaction | null {
  if (!isExactlyOnce(node.role, settings)) return null;
  const transactionalId = memberTransactionalId(settings, node.id, number);
  const { ids } = ctx.transactions;
  let id = ids.findIndex((known) => known.transactionalId === transactionalId);
  // A member that is added later brings its own.
  if (id < 0)
    id = ids.push(createTransactionalId({ transactionalId, stateKey: stateKeyOf(transactionalId, ctx.plan.statePartitions) })) - 1;
  const timeoutMs = numberOf(settings, 'transaction.timeout.ms');
  return createProducerTransaction({ id, timeoutMs, records: 1, abortEvery: 0, startUs: 0 });
}

function stateKeyOf(transactionalId: string, partitions: number): string {
  return `__transaction_state-${coordinatorPartition(transactionalId, partitions)}`;
}

export function createRunTransactions(topology: Topology): TransactionsState {
  const { cluster } = topology;
  const partitions = numberOf(cluster, 'transaction.state.log.num.partitions');
  const ids = transactionalIdsOf(topology).map((transactionalId) => ({
    transactionalId,
    stateKey: stateKeyOf(transactionalId, partitions),
  }));
  const config = {
    minIsr: numberOf(cluster, 'transaction.state.log.min.isr'),
    maxTimeoutMs: numberOf(cluster, 'transaction.max.timeout.ms'),
    timeoutCheckUs: numberOf(cluster, 'transaction.abort.timed.out.transaction.cleanup.interval.ms') * 1000,
  };
  const offsetsPartitions = numberOf(cluster, 'offsets.topic.num.partitions');
  const offsetsKeys = topology.groupIds.map((group) => `__consumer_offsets-${coordinatorPartition(group, offsetsPartitions)}`);
  return createTransactions(ids, config, offsetsKeys);
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
  const request = arrivedProduce(ctx, slot, requestId);
  if (request === null) return;
  const id = request.producer < 0 ? -1 : (ctx.producers[request.producer]!.transaction?.id ?? -1);
  const check = checkTransaction(ctx, slot, request, id);
  if (check === 'waits') return;
  handleProduce(ctx, slot, request, check);
  turnOver(ctx, request);
}

/** Markers that have come for offsets of groups: their coordinators write them. */
function writeOffsetsMarkers(ctx: EngineContext): void {
  const { decidedOffsets } = ctx.transactions;
  if (decidedOffsets.length === 0) return;
  for (const { group, marker, slot, number, place } of decidedOffsets.splice(0)) {
    const waiter = { kind: 'marker', slot, requestId: number, place } as const;
    const { state } = appendOffsetsMarker(ctx, ctx.groups[group]!, marker, waiter);
    if (state !== 'pending') offsetsMarkerDecided(ctx, waiter, state === 'committed');
  }
  answerCommittedMarkers(ctx);
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
      writeOffsetsMarkers(ctx);
      break;
    case EventKind.MarkersAnswered:
      onMarkersAnswered(ctx, a, b);
      break;
    case EventKind.TransactionTimeoutCheck:
      onTransactionTimeoutCheck(ctx);
      break;
    case EventKind.TransactionDue:
      if (ctx.producers[a]!.member >= 0) onTransactionRetry(ctx, a, b);
      else onTransactionDue(ctx, a, b);
      break;
    case EventKind.TransactionOffsetsArrived:
      onTransactionOffsetsArrived(ctx, a, b);
      break;
    case EventKind.TransactionOffsetsAnswered:
      offsetsAnswered(ctx, a, b);
      break;
    case EventKind.ProcessingCommitDue:
      onProcessingCommitDue(ctx, a, b);
      break;
    case EventKind.ProcessingTransactionEnded:
      onProcessingTransactionEnded(ctx, a, b);
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
  if (request.type === 'add') return onPartitionsAdded(ctx, request);
  if (request.type === 'offsets') return onOffsetsAdded(ctx, request);
  const { member } = ctx.producers[request.producer]!;
  if (member >= 0) onMemberTransactionAnswered(ctx, member, request);
  else onTransactionAnswered(ctx, request);
}

function offsetsAnswered(ctx: EngineContext, slot: number, number: number): void {
  const request = takeTransactionOffsetsAnswer(ctx, slot, number);
  if (request !== null) onTransactionOffsetsAnswered(ctx, request);
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

/** What became of the transactions of a producer, or of all members of a processor; null for a node without any. */
export function transactionsReport(ctx: EngineContext, node: NodeState): TransactionsReport | null {
  const producers = node.role === 'producer' ? [node.producer] : node.members.map((member) => ctx.workers[member]!.producer);
  const transactions = producers.flatMap((producer) => (producer < 0 ? [] : (ctx.producers[producer]!.transaction ?? [])));
  if (transactions.length === 0) return null;
  const [{ phase, error }] = transactions as [ProducerTransaction];
  const sum = (count: (transaction: ProducerTransaction) => number): number => transactions.reduce((total, one) => total + count(one), 0);
  return {
    transactionalId: ctx.transactions.ids[transactions[0]!.id]!.transactionalId,
    committed: sum(({ committed }) => committed),
    aborted: sum(({ aborted }) => aborted),
    timedOut: sum(({ id }) => ctx.transactions.ids[id]!.timedOut),
    state: phase,
    error,
  };
}
