/** What the tests of producers and transactions share: batches in short form, appended at the end of a log that keeps no records. */
import type { AppendValidation, ProducerStates } from './producerStates.ts';
import { applyAppend, validateAppend } from './producerStates.ts';
import type { AppendOrigin, ProducerBatch, TransactionMarker } from './producerAppend.ts';
import type { AbortedTransaction } from './transactionIndex.ts';

/** A batch of `count` records of producer 7, epoch 0, unless said otherwise. */
export interface BatchWords extends Partial<ProducerBatch> {
  readonly count?: number;
}

/** The batch as it would be appended at `offset`. */
export function batchAt(offset: number, { count = 1, ...words }: BatchWords): ProducerBatch {
  return {
    producerId: 7,
    producerEpoch: 0,
    baseSequence: words.control === undefined ? 0 : -1,
    baseOffset: offset,
    lastOffset: offset + count - 1,
    maxTimestampMs: 1000,
    isTransactional: words.control !== undefined,
    control: null,
    ...words,
  };
}

export function marker(type: TransactionMarker['type'], coordinatorEpoch = 0, transactionVersion = 0): TransactionMarker {
  return { type, coordinatorEpoch, transactionVersion };
}

/** Validates a batch and applies it when it passes. */
export function appendWords(
  states: ProducerStates,
  words: BatchWords,
  origin: AppendOrigin = 'client',
): { validation: AppendValidation; aborted: AbortedTransaction[] } {
  const batch = batchAt(states.endOffset, words);
  const validation = validateAppend(states, [batch], { origin });
  const aborted = validation.outcome === 'append' ? applyAppend(states, validation, batch.lastOffset + 1) : [];
  return { validation, aborted };
}

/** What became of a batch: 'append', 'duplicate a-b' with the first copy's offsets, or the error. */
export function outcomeOf(states: ProducerStates, words: BatchWords, origin: AppendOrigin = 'client'): string {
  const { validation } = appendWords(states, words, origin);
  switch (validation.outcome) {
    case 'append':
      return 'append';
    case 'duplicate':
      return `duplicate ${validation.batch.lastOffset - validation.batch.offsetDelta}-${validation.batch.lastOffset}`;
    case 'error':
      return validation.error;
  }
}
