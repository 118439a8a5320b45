/** What a partition's log remembers of one producer id (ProducerStateEntry, BatchMetadata), and sequence arithmetic. */

/** Batches remembered of each producer for telling duplicates (ProducerStateEntry.NUM_BATCHES_TO_RETAIN). */
export const rememberedBatchesMax = 5;

/** Largest sequence number; the next one is 0. */
export const sequenceMax = 2147483647;

/** A batch that was appended, owned by its entry, which uses it again. `offsetDelta` is last minus first offset, and last minus first sequence. */
export interface RememberedBatch {
  lastSequence: number;
  lastOffset: number;
  offsetDelta: number;
  timestampMs: number;
}

/** The state of one producer id. Epochs, timestamp and offset are -1 where there is none. */
export interface ProducerEntry {
  readonly producerId: number;
  producerEpoch: number;
  /** Epoch of the transaction coordinator that wrote the last marker. */
  coordinatorEpoch: number;
  lastTimestampMs: number;
  /** First offset of the transaction that is open. */
  transactionFirstOffset: number;
  /** A ring from `oldest` on, at most `rememberedBatchesMax`, all of the present epoch. */
  batches: RememberedBatch[];
  /** Last sequence of the newest one, -1 without any. Every append asks for it, and the batch is one more place in memory to go to. */
  lastSequence: number;
  /** Index in `batches` of the oldest one, whose place the next one takes once there are five. */
  oldest: number;
}

/** The producers as they were when the log ended at `offset`, by producer id; of the remembered batches only the last one is kept. */
export interface ProducerSnapshot {
  readonly offset: number;
  readonly entries: readonly ProducerEntry[];
}

/** The sequence `increment` after another, wrapping to 0 (DefaultRecordBatch.incrementSequence). */
export function incrementSequence(sequence: number, increment: number): number {
  return sequence > sequenceMax - increment ? sequence + increment - sequenceMax - 1 : sequence + increment;
}

/** The sequence `decrement` before another (DefaultRecordBatch.decrementSequence). */
export function decrementSequence(sequence: number, decrement: number): number {
  return sequence < decrement ? sequence - decrement + sequenceMax + 1 : sequence - decrement;
}

/** An entry that knows nothing of its producer. */
export function createProducerEntry(producerId: number): ProducerEntry {
  return {
    producerId,
    producerEpoch: -1,
    coordinatorEpoch: -1,
    lastTimestampMs: -1,
    transactionFirstOffset: -1,
    batches: [],
    lastSequence: -1,
    oldest: 0,
  };
}

/** The batch remembered last, if there is one. */
export function lastBatchOf({ batches, oldest }: ProducerEntry): RememberedBatch | undefined {
  return batches[oldest === 0 ? batches.length - 1 : oldest - 1];
}

/** Offset of the last record with data that is remembered, or -1: what the cleaner must not lose (ProducerStateEntry.lastDataOffset). */
export function lastDataOffsetOf(entry: ProducerEntry): number {
  const last = lastBatchOf(entry);
  return last === undefined ? -1 : last.lastOffset;
}

/** Goes over to another epoch; the batches of the former one are forgotten. */
export function setProducerEpoch(entry: ProducerEntry, producerEpoch: number): void {
  if (entry.producerEpoch === producerEpoch) return;
  entry.producerEpoch = producerEpoch;
  entry.batches = [];
  entry.lastSequence = -1;
  entry.oldest = 0;
}

/** Remembers a batch and, beyond `rememberedBatchesMax`, forgets the oldest. */
export function rememberBatch(entry: ProducerEntry, batch: RememberedBatch): void {
  entry.lastSequence = batch.lastSequence;
  if (entry.batches.length < rememberedBatchesMax) {
    entry.batches.push(batch);
    return;
  }
  entry.batches[entry.oldest] = batch;
  entry.oldest = (entry.oldest + 1) % rememberedBatchesMax;
}

/**
 * Remembers the producer's next batch of `count` records in the present epoch; once five are known in the place of the oldest, without
 * allocation: this is done for nearly every batch of an idempotent producer.
 */
export function rememberNext(entry: ProducerEntry, baseSequence: number, baseOffset: number, count: number): void {
  const { batches } = entry;
  const offsetDelta = count - 1;
  // `incrementSequence`, written out: this is as far as the compiler goes.
  const lastSequence = baseSequence + offsetDelta - (baseSequence > sequenceMax - offsetDelta ? sequenceMax + 1 : 0);
  const lastOffset = baseOffset + offsetDelta;
  const timestampMs = entry.lastTimestampMs;
  entry.lastSequence = lastSequence;
  if (batches.length < rememberedBatchesMax) {
    batches.push({ lastSequence, lastOffset, offsetDelta, timestampMs });
    return;
  }
  const oldest = batches[entry.oldest];
  entry.oldest = entry.oldest === rememberedBatchesMax - 1 ? 0 : entry.oldest + 1;
  oldest.lastSequence = lastSequence;
  oldest.lastOffset = lastOffset;
  oldest.offsetDelta = offsetDelta;
  oldest.timestampMs = timestampMs;
}

/** An entry of its own with the last `count` batches of another, the oldest one first. */
export function copyOfEntry(entry: ProducerEntry, count = rememberedBatchesMax): ProducerEntry {
  const batches = rememberedBatches(entry)
    .slice(-count)
    .map((batch) => ({ ...batch }));
  return { ...entry, batches, lastSequence: batches.at(-1)?.lastSequence ?? -1, oldest: 0 };
}

/** The remembered batches, the oldest one first. */
export function rememberedBatches({ batches, oldest }: ProducerEntry): RememberedBatch[] {
  return [...batches.slice(oldest), ...batches.slice(0, oldest)];
}

/** The remembered batch with exactly this epoch and range of sequences, or null (ProducerStateEntry.findDuplicateBatch). */
export function findDuplicate(
  entry: ProducerEntry,
  batch: { readonly producerEpoch: number; readonly baseSequence: number; readonly lastSequence: number },
): RememberedBatch | null {
  if (batch.producerEpoch !== entry.producerEpoch) return null;
  for (const remembered of entry.batches) {
    if (remembered.lastSequence !== batch.lastSequence) continue;
    if (decrementSequence(remembered.lastSequence, remembered.offsetDelta) === batch.baseSequence) return remembered;
  }
  return null;
}
