/**
 * What a coordinator keeps of one transactional id (TransactionMetadata), and how it goes from one state to the next: a change is prepared, written to
 * `__transaction_state`, and in force once it is written there. While one is prepared no other can be.
 */

/** `PrepareEpochFence` is never written: it marks that the change about to be made fences the producer. */
export type TransactionState =
  'Empty' | 'Ongoing' | 'PrepareCommit' | 'PrepareAbort' | 'CompleteCommit' | 'CompleteAbort' | 'Dead' | 'PrepareEpochFence';

/** Largest producer epoch; the one before is the last a producer is given, so that it can still be fenced. */
export const producerEpochMax = 32767;

/** What is written to `__transaction_state`. Ids and epochs are -1 where there is none. */
export interface TransactionFields {
  readonly state: TransactionState;
  readonly producerId: number;
  /** Producer id before the last change. */
  readonly previousProducerId: number;
  /** Id that takes over when the transaction is complete, because the epochs of the present one are used up. */
  readonly nextProducerId: number;
  readonly producerEpoch: number;
  /** Epoch before the last bump that the producer knows of; a request that carries it is a retry. */
  readonly lastProducerEpoch: number;
  readonly timeoutMs: number;
  /** Global indexes of the partitions written to, in the order they were added. */
  readonly partitions: readonly number[];
  /** When the transaction began; -1 while there is none. */
  readonly startMs: number;
  readonly lastUpdateMs: number;
}

export interface TransactionMetadata {
  readonly transactionalId: string;
  current: TransactionFields;
  /** The change on its way into the log, or `fence`. */
  pending: TransactionFields | 'fence' | null;
}

/** From which states each can be reached (TransactionState.validPreviousStates). */
const previousStates: Readonly<Record<TransactionState, readonly TransactionState[]>> = {
  Empty: ['Empty', 'CompleteCommit', 'CompleteAbort'],
  Ongoing: ['Ongoing', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  PrepareCommit: ['Ongoing'],
  // With transaction version 2 an abort is taken in any state where nothing is under way: it only bumps the epoch.
  PrepareAbort: ['Ongoing', 'PrepareEpochFence', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  CompleteCommit: ['PrepareCommit'],
  CompleteAbort: ['PrepareAbort'],
  Dead: ['Empty', 'CompleteCommit', 'CompleteAbort'],
  PrepareEpochFence: ['Ongoing'],
};

/** A transactional id nobody has used yet. It has a producer id and no epoch. */
export function createTransactionMetadata(
  transactionalId: string,
  producerId: number,
  timeoutMs: number,
  nowMs: number,
): TransactionMetadata {
  return {
    transactionalId,
    current: {
      state: 'Empty',
      producerId,
      previousProducerId: -1,
      nextProducerId: -1,
      producerEpoch: -1,
      lastProducerEpoch: -1,
      timeoutMs,
      partitions: [],
      startMs: -1,
      lastUpdateMs: nowMs,
    },
    pending: null,
  };
}

/** Prepares a change: it is pending from now on. Throws where Kafka would: another one is pending, or there is no way from the present state. */
export function prepareTransition(
  metadata: TransactionMetadata,
  change: Partial<TransactionFields> & Pick<TransactionFields, 'state'>,
): TransactionFields {
  const { current, pending } = metadata;
  if (pending !== null || !previousStates[change.state].includes(current.state)) {
    const meanwhile = pending === null ? '' : `, with ${pending === 'fence' ? 'PrepareEpochFence' : pending.state} pending`;
    throw new Error(`transactions: ${metadata.transactionalId} cannot go from ${current.state} to ${change.state}${meanwhile}`);
  }
  const prepared: TransactionFields = { ...current, previousProducerId: current.producerId, ...change };
  metadata.pending = prepared;
  return prepared;
}

/** The pending change is in the log. */
export function completeTransition(metadata: TransactionMetadata): void {
  const { pending } = metadata;
  if (pending === null || pending === 'fence') throw new Error(`transactions: nothing of ${metadata.transactionalId} was written`);
  metadata.current = pending;
  metadata.pending = null;
}

/** The pending change could not be written, or its coordinator is gone: it has not happened. */
export function dropTransition(metadata: TransactionMetadata): void {
  metadata.pending = null;
}

/** A partition has its marker. */
export function removePartition(metadata: TransactionMetadata, partition: number): void {
  const { current } = metadata;
  if (current.state !== 'PrepareCommit' && current.state !== 'PrepareAbort')
    throw new Error(`transactions: a marker of ${metadata.transactionalId} was written in state ${current.state}`);
  metadata.current = { ...current, partitions: current.partitions.filter((other) => other !== partition) };
}

/** TransactionMetadata.isEpochExhausted */
export function isEpochExhausted(producerEpoch: number): boolean {
  return producerEpoch >= producerEpochMax - 1;
}
