/** What the tests of producers in a log share: appends in short form, random histories, and logs as rows to compare. */
import { numberedBatchBytes, numberedColumns } from './logFixtures.ts';
import type { BatchToAppend, PartitionLog } from './logState.ts';
import { noProducer } from './logState.ts';
import { appendBatch, appendMarker, appendProducerBatch, beginLeaderEpoch, createFetchedRecords, readBatches } from './partitionLog.ts';
import type { MarkerToAppend, ProducerAppendOptions } from './partitionLog.ts';
import { copyOfEntry } from './producerEntry.ts';
import { BatchAttribute } from './recordBatch.ts';
import { batchEnd } from './search.ts';

export const asClient: ProducerAppendOptions = { origin: 'client', verifyTransactions: false, guard: 0 };

/** A batch of numbered records from producer 7, epoch 0, unless said otherwise. */
export interface NumberedBatch {
  readonly count?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
}

/** The batch at the log's end; its records tell their offset. */
export function numberedBatch(log: PartitionLog, words: NumberedBatch = {}): BatchToAppend {
  const { count = 1, producerId = 7, producerEpoch = 0, baseSequence = 0, isTransactional = false } = words;
  const columns = numberedColumns(log.logEndOffset, count);
  const batch = {
    columns,
    from: 0,
    count,
    storedBytes: numberedBatchBytes(columns, count),
    attributes: isTransactional ? BatchAttribute.transactional : 0,
  };
  const timestamps = { baseTimestampMs: columns.timestampUs[0] / 1000, maxTimestampMs: columns.timestampUs[count - 1] / 1000 };
  return producerId < 0 ? { ...batch, ...timestamps, ...noProducer } : { ...batch, ...timestamps, producerId, producerEpoch, baseSequence };
}

/** Appends a numbered batch; the outcome as 'append 5', 'duplicate 5-6' or the error. */
export function appendWords(log: PartitionLog, words: NumberedBatch = {}, options = asClient): string {
  const outcome = appendProducerBatch(log, numberedBatch(log, words), log.logEndOffset * 1000, options);
  switch (outcome.outcome) {
    case 'appended':
      return `append ${outcome.baseOffset}`;
    case 'duplicate':
      return `duplicate ${outcome.baseOffset}-${outcome.lastOffset}`;
    case 'error':
      return outcome.error;
  }
}

/** Ends the transaction of producer 7, epoch 0, unless said otherwise. */
export function endTransaction(log: PartitionLog, type: 'COMMIT' | 'ABORT', words: Partial<MarkerToAppend> = {}): string {
  const marker = { producerId: 7, producerEpoch: 0, coordinatorEpoch: 0, transactionVersion: 0, type, ...words };
  const outcome = appendMarker(log, marker, log.logEndOffset * 1000);
  return outcome.outcome === 'error' ? outcome.error : outcome.outcome;
}

/** One step of a random history; `producer` 0 has no id, 1 and 2 are idempotent, 3 and 4 transactional. */
export interface HistoryStep {
  readonly producer: 0 | 1 | 2 | 3 | 4;
  readonly count: number;
  readonly then: 'nothing' | 'COMMIT' | 'ABORT' | 'epoch';
}

/** Plays a history into an empty log. Returns the log's ends after each append: where it may be cut. */
export function playHistory(log: PartitionLog, steps: readonly HistoryStep[]): number[] {
  const sequences = [0, 0, 0, 0, 0];
  const ends: number[] = [];
  beginLeaderEpoch(log, 0);
  for (const { producer, count, then } of steps) {
    const words = { count, producerId: producer === 0 ? -1 : producer, baseSequence: sequences[producer], isTransactional: producer > 2 };
    if (producer === 0) appendBatch(log, numberedBatch(log, words), log.logEndOffset * 1000);
    else appendProducerBatch(log, numberedBatch(log, words), log.logEndOffset * 1000, asClient);
    sequences[producer] += count;
    ends.push(log.logEndOffset);
    if (then === 'epoch') beginLeaderEpoch(log, log.leaderEpoch + 1);
    else if (then !== 'nothing' && producer > 2) {
      endTransaction(log, then, { producerId: producer });
      ends.push(log.logEndOffset);
    }
  }
  return ends;
}

/** Everything a reader or a follower can see of a log, without how it is kept in blocks. */
export function visibleParts(log: PartitionLog): object {
  const { logStartOffset, logEndOffset, highWatermark, sizeBytes, epochs, segments } = log;
  return {
    logStartOffset,
    logEndOffset,
    highWatermark,
    sizeBytes,
    epochs,
    segments: [...segments],
    batches: batchRows(log),
    producers: producerRows(log),
  };
}

/** The batches of a log whose blocks are all resident, as rows. */
export function batchRows(log: PartitionLog): number[][] {
  return log.blocks.flatMap((block) => {
    const batches = block.batches!;
    const { producers } = batches;
    return Array.from({ length: block.batchCount }, (_, i) => [
      batches.baseOffset[i],
      batches.maxTimestampMs[i],
      batches.appendUs[i],
      batches.attributes[i],
      batches.leaderEpoch[i],
      batchEnd(block, batches, i) === batches.firstRecord[i] ? -1 : block.columns!.sequence[batches.firstRecord[i]],
      ...(producers === null || producers.producerId[i] < 0
        ? [-1]
        : [producers.producerId[i], producers.baseSequence[i], producers.marker[i], producers.coordinatorEpoch[i]]),
    ]);
  });
}

/** What the log knows of its producers, in order; null for nothing. */
export function producerRows(log: PartitionLog): object | null {
  if (log.producers === null || log.producers.producers.size === 0) return null;
  const { producers, ongoing, unreplicated, endOffset } = log.producers;
  const entries = [...producers.values()].map((entry) => copyOfEntry(entry)).sort((a, b) => a.producerId - b.producerId);
  return { producers: entries, ongoing, unreplicated, endOffset };
}

/** Offsets of the records that a reader of the whole log is handed out. */
export function deliveredOffsets(log: PartitionLog): number[] {
  const target = createFetchedRecords(0);
  const offsets: number[] = [];
  for (let offset = log.logStartOffset; offset < log.logEndOffset; offset = target.nextOffset) {
    const options = {
      offset,
      limit: log.logEndOffset,
      maxBytes: 1e9,
      maxRecords: 1e9,
      atLeastOne: true,
      isolation: 'read_uncommitted' as const,
    };
    readBatches(log, options, target);
    for (let i = 0; i < target.count; i++) offsets.push(target.offsets === null ? target.baseOffset + i : target.offsets[i]);
  }
  return offsets;
}
