import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstUndecidedOffset, firstUnstableOffset, lastStableOffset, noteHighWatermark } from './lastStableOffset.ts';
import { appendWords, marker, outcomeOf } from './producerFixtures.ts';
import { createProducerStates } from './producerStates.ts';
import type { FetchedBatch } from './readCommitted.ts';
import { createAbortedFilter, isDelivered } from './readCommitted.ts';
import type { AbortedTransaction, TransactionIndex } from './transactionIndex.ts';
import { appendAborted, collectAborted, transactionIndexFile, truncateTransactionIndex } from './transactionIndex.ts';

function aborted(producerId: number, firstOffset: number, lastOffset: number, lastStableOffset: number): AbortedTransaction {
  return { producerId, firstOffset, lastOffset, lastStableOffset };
}

const index: TransactionIndex = [aborted(1, 5, 9, 2), aborted(2, 2, 12, 13), aborted(1, 14, 20, 21)];

describe('last stable offset', () => {
  test('[LOG-32] an open transaction holds it back, an ended one until its marker is below the high watermark', () => {
    const states = createProducerStates();
    outcomeOf(states, { producerId: 6, count: 3 });
    outcomeOf(states, { isTransactional: true });
    outcomeOf(states, { producerId: 8, isTransactional: true });
    expect(lastStableOffset(states, { highWatermark: 5, logStartOffset: 0 })).toBe(3);
    expect(lastStableOffset(states, { highWatermark: 2, logStartOffset: 0 })).toBe(2);
    outcomeOf(states, { control: marker('COMMIT') }, 'coordinator');
    expect([firstUndecidedOffset(states), firstUnstableOffset(states)]).toEqual([4, 3]);
    noteHighWatermark(states, 5);
    expect(lastStableOffset(states, { highWatermark: 5, logStartOffset: 0 })).toBe(3);
    noteHighWatermark(states, 6);
    expect(lastStableOffset(states, { highWatermark: 6, logStartOffset: 0 })).toBe(4);
    outcomeOf(states, { producerId: 8, control: marker('ABORT') }, 'coordinator');
    noteHighWatermark(states, 7);
    expect(lastStableOffset(states, { highWatermark: 7, logStartOffset: 0 })).toBe(7);
  });

  test('[LOG-32] it never lies before the start of the log', () => {
    const states = createProducerStates();
    outcomeOf(states, { count: 9, isTransactional: true });
    expect(lastStableOffset(states, { highWatermark: 9, logStartOffset: 4 })).toBe(4);
  });
});

describe('transaction index', () => {
  test('[LOG-33] entries stand in the order of their markers', () => {
    expect(index.reduce<TransactionIndex>(appendAborted, [])).toEqual(index);
    expect(() => appendAborted(index, aborted(3, 15, 20, 21))).toThrow('up to offset 20, so it cannot take a marker at 20');
  });

  test('[LOG-33] cutting the log at a marker removes its entry', () => {
    expect(truncateTransactionIndex(index, 12)).toEqual(index.slice(0, 1));
    expect(truncateTransactionIndex(index, 21)).toBe(index);
  });

  test('[LOG-33] a range is told of the transactions that overlap it, through later segments until nothing below was undecided', () => {
    expect(collectAborted([index], 0, 5)).toEqual([index[1]]);
    expect(collectAborted([index], 10, 15)).toEqual([index[1], index[2]]);
    const later = [aborted(4, 3, 30, 31), aborted(5, 3, 40, 41)];
    expect(collectAborted([index.slice(0, 1), later], 0, 6)).toEqual([index[0], later[0]]);
  });

  test('[LOG-33] the file has entries of 34 bytes', () => {
    const bytes = transactionIndexFile(index.slice(0, 2));
    const view = new DataView(bytes.buffer);
    expect(bytes.length).toBe(68);
    expect([view.getInt16(34), view.getBigInt64(36), view.getBigInt64(44), view.getBigInt64(52), view.getBigInt64(60)]).toEqual([
      0,
      2n,
      2n,
      12n,
      13n,
    ]);
  });
});

describe('reading', () => {
  test('[LOG-34] read_uncommitted is given all data, aborted too, but no markers', () => {
    const filter = createAbortedFilter([]);
    const data: FetchedBatch = { lastOffset: 4, producerId: 7, isTransactional: true, control: null };
    expect(isDelivered(filter, data, 'read_uncommitted')).toBe(true);
    expect(isDelivered(filter, { ...data, control: 'COMMIT' }, 'read_uncommitted')).toBe(false);
  });

  test('[LOG-34] a producer is left out from the first offset of its aborted transaction to the marker, not afterwards', () => {
    const filter = createAbortedFilter([
      { producerId: 7, firstOffset: 20 },
      { producerId: 7, firstOffset: 3 },
    ]);
    const batch = (lastOffset: number, control: FetchedBatch['control'] = null, isTransactional = true): boolean =>
      isDelivered(filter, { lastOffset, producerId: 7, isTransactional, control }, 'read_committed');
    expect([batch(2), batch(4), batch(5, null, false), batch(6, 'ABORT'), batch(9), batch(21), batch(22, 'ABORT')]).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  test('[LOG-34] read_committed is given what committed transactions and no transaction wrote, and nothing else (seed 34)', () => {
    const step = fc.record({ producer: fc.integer({ min: 1, max: 3 }), what: fc.constantFrom('data', 'data', 'plain', 'COMMIT', 'ABORT') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, start) => {
        const states = createProducerStates();
        const sequences = [0, 0, 0, 0];
        const batches: (FetchedBatch & { fate: string })[] = [];
        let entries: TransactionIndex = [];
        for (const { producer, what } of steps) {
          const isMarker = what === 'COMMIT' || what === 'ABORT';
          const producerId = what === 'plain' ? producer + 10 : producer;
          const words = isMarker
            ? { producerId, control: marker(what) }
            : { producerId, baseSequence: what === 'data' ? sequences[producer]++ : 0, isTransactional: what === 'data' };
          const ended = appendWords(states, words, what === 'data' ? 'client' : 'coordinator').aborted;
          entries = ended.reduce(appendAborted, entries);
          if (isMarker) for (const batch of batches) if (batch.producerId === producer && batch.fate === 'open') batch.fate = what;
          const fate = isMarker ? 'marker' : what === 'data' ? 'open' : 'COMMIT';
          batches.push({ lastOffset: batches.length, producerId, isTransactional: what === 'data', control: isMarker ? what : null, fate });
        }
        noteHighWatermark(states, batches.length);
        const limit = lastStableOffset(states, { highWatermark: batches.length, logStartOffset: 0 });
        const from = limit === 0 ? 0 : start % limit;
        const filter = createAbortedFilter(collectAborted([entries], from, limit));
        const read = batches.slice(from, limit).filter((batch) => isDelivered(filter, batch, 'read_committed'));
        expect(read).toEqual(batches.slice(from, limit).filter(({ fate }) => fate === 'COMMIT'));
        expect(batches.slice(0, limit).some(({ fate }) => fate === 'open')).toBe(false);
      }),
      { seed: 34, numRuns: 150 },
    );
  });
});
