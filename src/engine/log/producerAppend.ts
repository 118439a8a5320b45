/** The checks a batch of an idempotent or transactional producer passes before it is appended (ProducerAppendInfo). */
import type { ProducerEntry } from './producerEntry.ts';
import { incrementSequence, rememberBatch, sequenceMax, setProducerEpoch } from './producerEntry.ts';

/** Who appends: a producer (all is checked), the leader's records at a follower (nothing is refused), or a coordinator (no sequences). */
export type AppendOrigin = 'client' | 'replication' | 'coordinator';

/** What a control batch that ends a transaction says (EndTransactionMarker). */
export interface TransactionMarker {
  readonly type: 'COMMIT' | 'ABORT';
  readonly coordinatorEpoch: number;
  /** From 2 on the coordinator writes the marker under the next epoch (KIP-890), which is then demanded. Followers do not know it: 0. */
  readonly transactionVersion: number;
}

/** A batch with a producer id, offsets assigned. */
export interface ProducerBatch {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** -1 in control batches. */
  readonly baseSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestampMs: number;
  readonly isTransactional: boolean;
  /** null: a batch of data. 'emptied': a control batch whose marker the cleaner took out. */
  readonly control: TransactionMarker | 'emptied' | null;
}

/** Kafka's error codes for a batch that is refused. */
export type ProducerErrorCode =
  'OUT_OF_ORDER_SEQUENCE_NUMBER' | 'INVALID_PRODUCER_EPOCH' | 'INVALID_TXN_STATE' | 'TRANSACTION_COORDINATOR_FENCED';

/** Why a batch is refused, in words too. */
export interface ProducerError {
  readonly error: ProducerErrorCode;
  readonly reason: string;
}

/** A transaction whose end is being appended. `lastOffset` is the marker's. */
export interface CompletedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly isAborted: boolean;
}

/** What the batches of one producer in one append come to: not applied yet. */
export interface ProducerUpdate {
  readonly origin: AppendOrigin;
  /** The entry as it stands in the log; only read. */
  readonly current: ProducerEntry;
  readonly updated: ProducerEntry;
  /** First offsets of the transactions these batches open. */
  readonly startedAt: number[];
  /** What the transaction's verification (KIP-890) demands of the sequence; null when none is under way. */
  readonly verification: { readonly lowestSequence: number; readonly demandsSequenceZero: boolean } | null;
}

/** An update that starts from `current`, without its batches. */
export function beginProducerUpdate(
  current: ProducerEntry,
  origin: AppendOrigin,
  verification: ProducerUpdate['verification'],
): ProducerUpdate {
  const { producerId, producerEpoch, coordinatorEpoch, lastTimestampMs, transactionFirstOffset } = current;
  const updated = {
    producerId,
    producerEpoch,
    coordinatorEpoch,
    lastTimestampMs,
    transactionFirstOffset,
    batches: [],
    lastSequence: -1,
    oldest: 0,
  };
  return { origin, current, updated, startedAt: [], verification };
}

/** Last sequence of a batch, -1 when it has none. Holes the cleaner left count: offsets and sequences keep in step. */
export function lastSequenceOfBatch(batch: Pick<ProducerBatch, 'baseSequence' | 'baseOffset' | 'lastOffset'>): number {
  return batch.baseSequence < 0 ? -1 : incrementSequence(batch.baseSequence, batch.lastOffset - batch.baseOffset);
}

/** Checks one more batch and takes it into the update. Returns the transaction it ends, if any, or the error that refuses the append. */
export function addToProducerUpdate(update: ProducerUpdate, batch: ProducerBatch): CompletedTransaction | ProducerError | null {
  const { control } = batch;
  if (control === 'emptied') return null;
  return control === null ? addData(update, batch) : addMarker(update, batch, control);
}

function addData(update: ProducerUpdate, batch: ProducerBatch): ProducerError | null {
  const { updated, origin } = update;
  const { producerEpoch, baseOffset, lastOffset, maxTimestampMs } = batch;
  const error = checkEpoch(update, batch, 0) ?? (origin === 'client' ? checkSequence(update, batch) : null);
  if (error !== null) return error;
  setProducerEpoch(updated, producerEpoch);
  const lastSequence = lastSequenceOfBatch(batch);
  rememberBatch(updated, { lastSequence, lastOffset, offsetDelta: lastOffset - baseOffset, timestampMs: maxTimestampMs });
  updated.lastTimestampMs = maxTimestampMs;
  if (updated.transactionFirstOffset >= 0 && !batch.isTransactional) {
    return refusal('INVALID_TXN_STATE', batch, 'it is not transactional while a transaction of the producer is open');
  }
  if (updated.transactionFirstOffset < 0 && batch.isTransactional) {
    updated.transactionFirstOffset = baseOffset;
    update.startedAt.push(baseOffset);
  }
  return null;
}

/** A marker without data before it completes nothing, but its epochs count. */
function addMarker(update: ProducerUpdate, batch: ProducerBatch, marker: TransactionMarker): CompletedTransaction | ProducerError | null {
  const { updated, origin } = update;
  const error = checkEpoch(update, batch, marker.transactionVersion);
  if (error !== null) return error;
  if (updated.coordinatorEpoch > marker.coordinatorEpoch && origin !== 'replication') {
    const detail = `its marker has coordinator epoch ${marker.coordinatorEpoch}, older than ${updated.coordinatorEpoch}`;
    return refusal('TRANSACTION_COORDINATOR_FENCED', batch, detail);
  }
  const firstOffset = updated.transactionFirstOffset;
  setProducerEpoch(updated, batch.producerEpoch);
  updated.coordinatorEpoch = marker.coordinatorEpoch;
  updated.transactionFirstOffset = -1;
  updated.lastTimestampMs = batch.maxTimestampMs;
  if (firstOffset < 0) return null;
  return { producerId: batch.producerId, firstOffset, lastOffset: batch.baseOffset, isAborted: marker.type === 'ABORT' };
}

/** The producer's epoch never falls. From transaction version 2 a marker raises it, unless it repeats one that has already ended its transaction. */
function checkEpoch(update: ProducerUpdate, batch: ProducerBatch, transactionVersion: number): ProducerError | null {
  if (update.origin === 'replication') return null;
  const { producerEpoch: lastEpoch, transactionFirstOffset } = update.updated;
  const { producerEpoch } = batch;
  if (producerEpoch > lastEpoch) return null;
  if (producerEpoch === lastEpoch && (transactionVersion < 2 || transactionFirstOffset < 0)) return null;
  return refusal('INVALID_PRODUCER_EPOCH', batch, `its epoch ${producerEpoch} is too old, the last one seen is ${lastEpoch}`);
}

/** ProducerAppendInfo.checkSequence: one after the last, 0 in a new epoch; any where the producer is not known. */
function checkSequence(update: ProducerUpdate, batch: ProducerBatch): ProducerError | null {
  const { updated, current, verification } = update;
  const { producerEpoch, baseSequence } = batch;
  if (verification !== null) {
    const { lowestSequence, demandsSequenceZero } = verification;
    if (demandsSequenceZero && baseSequence !== 0 && current.batches.length === 0)
      return outOfOrder(batch, 'not 0, and nothing is known of it');
    if (baseSequence > lowestSequence) return outOfOrder(batch, `while ${lowestSequence} waits for verification`);
  }
  if (producerEpoch !== updated.producerEpoch) {
    if (baseSequence === 0 || updated.producerEpoch < 0) return null;
    return outOfOrder(batch, `not 0, in its new epoch ${producerEpoch}`);
  }
  if (current.producerEpoch < 0) return null;
  const known = updated.batches.length > 0 ? updated : current;
  const lastSequence = known.producerEpoch === producerEpoch ? known.lastSequence : -1;
  const inSequence = baseSequence === lastSequence + 1 || (baseSequence === 0 && lastSequence === sequenceMax);
  return inSequence ? null : outOfOrder(batch, `the last one was ${lastSequence}`);
}

function outOfOrder(batch: ProducerBatch, detail: string): ProducerError {
  return refusal('OUT_OF_ORDER_SEQUENCE_NUMBER', batch, `its sequence is ${batch.baseSequence}, ${detail}`);
}

function refusal(error: ProducerErrorCode, batch: ProducerBatch, detail: string): ProducerError {
  return { error, reason: `the batch of producer ${batch.producerId} at offset ${batch.baseOffset} is refused: ${detail}` };
}
