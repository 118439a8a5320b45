/** What the coordinators of transactions keep in a run. Plain data. */
import type { BrokerContext } from '../broker/context.ts';
import { coordinatorOf } from '../broker/metadata.ts';
import { createSlotTable, type SlotTable } from '../broker/slots.ts';
import type { MarkerRequest, UnsentMarkers } from './markers.ts';
import type { ProducerIds } from './producerIds.ts';
import { createProducerIds } from './producerIds.ts';
import type { TransactionRequest } from './request.ts';
import type { TransactionMetadata } from './transactionMetadata.ts';
import type { HeldProduce } from './verification.ts';

/** Settings of the brokers, times in microseconds. */
export interface TransactionConfig {
  /** `transaction.state.log.min.isr`, at most the partition's replicas. */
  readonly minIsr: number;
  /** `transaction.max.timeout.ms` */
  readonly maxTimeoutMs: number;
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms` */
  readonly timeoutCheckUs: number;
}

export const defaultTransactionConfig: TransactionConfig = {
  minIsr: 2,
  maxTimeoutMs: 900_000,
  timeoutCheckUs: 10_000_000,
};

/** One transactional id that producers of the run use. */
export interface TransactionalId {
  readonly transactionalId: string;
  /** Its partition of `__transaction_state`, as `__transaction_state-12`. */
  readonly stateKey: string;
  /** null until a producer has asked for it. */
  metadata: TransactionMetadata | null;
  /** The broker that coordinates it and the leader epoch it does so in; -1 before the first request. */
  coordinator: number;
  coordinatorEpoch: number;
  /** The coordinator's life, to tell that its process has ended since. */
  coordinatorIncarnation: number;
  /** Number of the write that is on its way into `__transaction_state`; others are stale. */
  writeNumber: number;
  /** Slot of the request that is answered when the write is there, -1 for none. */
  waiting: number;
  /** What the coordinator has decided so far. */
  committed: number;
  aborted: number;
  timedOut: number;
}

/** Something for the timeline. */
export interface TransactionNotice {
  readonly timeUs: number;
  readonly code: 'transaction.timed-out' | 'producer.fenced' | 'producer.failed' | 'transaction.aborted';
  /** Index into `ids`. */
  readonly id: number;
  /** Producer of the run, -1 where the coordinator speaks. */
  readonly producer: number;
  readonly detail: string;
}

/** A transaction's marker for the partition of `__consumer_offsets` that a group's offsets are in, and the request that brought it: slot, number, place among its partitions. */
export interface DecidedOffsets {
  readonly group: number;
  readonly marker: { readonly producerId: number; readonly producerEpoch: number; readonly type: 'COMMIT' | 'ABORT' };
  readonly slot: number;
  readonly number: number;
  readonly place: number;
}

export interface TransactionsState {
  readonly config: TransactionConfig;
  /** Empty in a run without transactions: nothing of all this costs anything then. */
  readonly ids: TransactionalId[];
  readonly producerIds: ProducerIds;
  readonly requests: SlotTable<TransactionRequest>;
  readonly markers: SlotTable<MarkerRequest>;
  /** Slots of marker requests that wait for the high watermark. */
  readonly parked: number[];
  /** Markers for partitions that have no leader now. */
  readonly unsent: UnsentMarkers[];
  /** Produce requests whose transaction is being looked up, in order of arrival. */
  readonly held: HeldProduce[];
  /** By group index: the partition of `__consumer_offsets` that holds its offsets, as `__consumer_offsets-12`. */
  readonly offsetsKeys: readonly string[];
  /** Markers to be written to `__consumer_offsets` now; whoever keeps the offsets empties the list. */
  readonly decidedOffsets: DecidedOffsets[];
  readonly notices: TransactionNotice[];
  /** Number of the last request; tells events of an earlier request in the same slot. */
  requestNumber: number;
}

export interface TransactionContext extends BrokerContext {
  readonly transactions: TransactionsState;
}

/** The state of a run whose producers use the transactional ids given, each once, with the partition of `__transaction_state` each belongs to. */
export function createTransactions(
  transactionalIds: readonly { readonly transactionalId: string; readonly stateKey: string }[],
  config: TransactionConfig = defaultTransactionConfig,
  offsetsKeys: readonly string[] = [],
): TransactionsState {
  return {
    config,
    ids: transactionalIds.map(createTransactionalId),
    producerIds: createProducerIds(),
    requests: createSlotTable(),
    markers: createSlotTable(),
    parked: [],
    unsent: [],
    held: [],
    offsetsKeys,
    decidedOffsets: [],
    notices: [],
    requestNumber: 0,
  };
}

export function createTransactionalId({
  transactionalId,
  stateKey,
}: {
  readonly transactionalId: string;
  readonly stateKey: string;
}): TransactionalId {
  return {
    transactionalId,
    stateKey,
    metadata: null,
    coordinator: -1,
    coordinatorEpoch: -1,
    coordinatorIncarnation: -1,
    writeNumber: 0,
    waiting: -1,
    committed: 0,
    aborted: 0,
    timedOut: 0,
  };
}

/** Stands for the partition of `__consumer_offsets` a group's offsets are in, among the partitions of a transaction, which are 0 and above. */
export const offsetsPartition = (group: number): number => -1 - group;
export const groupOf = (partition: number): number => -1 - partition;

/** Broker that leads a partition of `__consumer_offsets`, -1 while nobody does. */
export function offsetsLeader(ctx: TransactionContext, partition: number): number {
  return coordinatorOf(ctx, ctx.transactions.offsetsKeys[groupOf(partition)]);
}

/** Who coordinates a transactional id, by the controller's word; -1 while nobody does. Where the partition has no registration, the first broker. */
export function coordinatorFor(ctx: TransactionContext, id: number): { readonly broker: number; readonly epoch: number } {
  const { stateKey } = ctx.transactions.ids[id];
  const { internals, controller } = ctx.cluster;
  for (let i = 0; i < internals.length; i++) {
    if (internals[i].key === stateKey)
      return { broker: coordinatorOf(ctx, stateKey), epoch: controller.partitions[internals[i].registration].leaderEpoch };
  }
  return { broker: 0, epoch: 0 };
}

/** Numbers of requests travel as an event's argument, 32 bits. */
export function nextRequestNumber(ctx: TransactionContext): number {
  const { transactions } = ctx;
  return (transactions.requestNumber = (transactions.requestNumber + 1) | 0);
}
