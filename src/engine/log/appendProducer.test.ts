import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clonePlain } from '../kernel/plainClone.ts';
import { decodeBlock, encodeBlock, stampImage } from './blockImage.ts';
import { testLog } from './logFixtures.ts';
import { BatchMarker } from './logState.ts';
import { appendBatch, beginLeaderEpoch, lastStableOffsetOf, raiseHighWatermark, setHighWatermark } from './partitionLog.ts';
import { appendWords, asClient, batchRows, deliveredOffsets, endTransaction, numberedBatch, producerRows } from './producerLogFixtures.ts';
import type { ProducerBatch } from './producerAppend.ts';
import { applyAppend, createProducerStates, startVerification, validateAppend } from './producerStates.ts';

describe('batches with a producer', () => {
  test('[LOG-42] a batch sent again is told its first offsets and not written; a gap and an old epoch are refused', () => {
    const log = testLog();
    expect(appendWords(log, { count: 3 })).toBe('append 0');
    for (let i = 0; i < 5; i++) expect(appendWords(log, { count: 2, baseSequence: 3 + 2 * i })).toBe(`append ${3 + 2 * i}`);
    expect(appendWords(log, { count: 2, baseSequence: 3 })).toBe('duplicate 3-4');
    expect(appendWords(log, { count: 3 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(appendWords(log, { baseSequence: 14 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(appendWords(log, { producerEpoch: 1 })).toBe('append 13');
    expect(appendWords(log, { baseSequence: 13 })).toBe('INVALID_PRODUCER_EPOCH');
    expect([log.logEndOffset, log.appendedRecords, deliveredOffsets(log).length]).toEqual([14, 14, 14]);
  });

  test('[LOG-42] the short way of the usual batch leaves the same behind as the full checks, whatever comes', () => {
    const word = fc.record({
      producerId: fc.integer({ min: 1, max: 2 }),
      producerEpoch: fc.constantFrom(0, 0, 0, 1),
      ahead: fc.constantFrom(0, 0, 0, 0, 1, -1, -3),
      count: fc.integer({ min: 1, max: 3 }),
      isTransactional: fc.constantFrom(false, false, true),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const log = testLog();
        const states = createProducerStates();
        const next = [0, 0, 0];
        for (const { producerId, producerEpoch, ahead, count, isTransactional } of words) {
          const baseSequence = Math.max(0, next[producerId] + ahead);
          const before = log.logEndOffset;
          const said = appendWords(log, { producerId, producerEpoch, baseSequence, count, isTransactional });
          const maxTimestampMs = before + count - 1;
          const range = { baseOffset: before, lastOffset: before + count - 1, maxTimestampMs };
          const batch: ProducerBatch = { producerId, producerEpoch, baseSequence, isTransactional, control: null, ...range };
          const validation = validateAppend(states, [batch], { origin: 'client' });
          if (validation.outcome === 'append') applyAppend(states, validation, before + count);
          expect(said.split(' ')[0]).toBe(validation.outcome === 'error' ? validation.error : validation.outcome);
          if (said.startsWith('append')) next[producerId] = baseSequence + count;
          expect(log.producers!.producers).toEqual(states.producers);
          expect(log.producers!.ongoing).toEqual(states.ongoing);
          expect(log.producers!.endOffset).toBe(log.logEndOffset);
        }
      }),
      { numRuns: 200, seed: 4201 },
    );
  });

  test('[LOG-42] sequence 0 comes after 2147483647', () => {
    const log = testLog();
    appendWords(log, { baseSequence: 2147483646, count: 2 });
    expect(appendWords(log, { baseSequence: 0 })).toBe('append 2');
    expect(appendWords(log, { baseSequence: 2147483646, count: 2 })).toBe('duplicate 0-1');
  });

  test('[LOG-42] with verification on, the first batch of a transaction needs its guard, the next ones do not', () => {
    const log = testLog();
    appendWords(log, { producerId: 9 });
    const verified = { ...asClient, verifyTransactions: true };
    expect(appendWords(log, { isTransactional: true }, verified)).toBe('INVALID_TXN_STATE');
    const request = { producerId: 7, producerEpoch: 0, sequence: 0, supportsEpochBump: false, nowMs: 0 };
    const guard = startVerification(log.producers!, request);
    expect(appendWords(log, { isTransactional: true }, { ...verified, guard })).toBe('append 1');
    expect(appendWords(log, { isTransactional: true, baseSequence: 1 }, verified)).toBe('append 2');
  });

  test('[LOG-43] a log first rolls and then checks: the roll stays when the batch is refused, with a snapshot of the producers', () => {
    const log = testLog({ segmentBytes: 200 });
    appendWords(log);
    appendWords(log, { baseSequence: 1 });
    expect(appendWords(log, { baseSequence: 5 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 2]);
    expect(log.producers!.snapshots.map(({ offset, entries }) => [offset, entries[0].batches.length])).toEqual([[2, 1]]);
    appendWords(log, { baseSequence: 2 });
    expect(log.producers!.snapshots[0].entries[0].batches[0].lastSequence).toBe(1);
  });

  test('[LOG-44] a block keeps the producers of its batches, also when the first of them come late, and its image gives them back', () => {
    const log = testLog();
    appendBatch(log, numberedBatch(log, { count: 2, producerId: -1 }), 0);
    appendWords(log, { count: 2, producerEpoch: 3, isTransactional: true });
    endTransaction(log, 'ABORT', { producerEpoch: 3, coordinatorEpoch: 12 });
    const image = encodeBlock(log.blocks[0]);
    stampImage(image);
    const contents = decodeBlock(image);
    if ('error' in contents) throw new Error(contents.detail);
    const producers = contents.batches.producers!;
    expect([...producers.producerId]).toEqual([-1, 7, 7]);
    expect([...producers.producerEpoch]).toEqual([-1, 3, 3]);
    expect([...producers.baseSequence]).toEqual([-1, 0, -1]);
    expect([...producers.marker]).toEqual([BatchMarker.none, BatchMarker.none, BatchMarker.abort]);
    expect([...producers.coordinatorEpoch]).toEqual([0, 0, 12]);
    expect([contents.offsets, contents.batches.lastOffset]).toEqual([null, null]);
  });

  test("[LOG-44] offsets with holes and the last offsets of batches come back from a block's image to the bit", () => {
    const log = testLog();
    appendBatch(log, numberedBatch(log, { count: 3, producerId: -1 }), 0);
    const [block] = log.blocks;
    block.offsets = Float64Array.of(0, 4, 2 ** 40);
    block.batches!.lastOffset = new Float64Array(block.batches!.capacity).fill(2 ** 40 + 5, 0, 1);
    const image = encodeBlock(block);
    stampImage(image);
    const contents = decodeBlock(image);
    if ('error' in contents) throw new Error(contents.detail);
    expect([...contents.offsets!]).toEqual([0, 4, 2 ** 40]);
    expect([...contents.batches.lastOffset!]).toEqual([2 ** 40 + 5]);
  });
});

describe('transactions in a log', () => {
  test('[LOG-45] a marker is a batch of one record and 78 bytes: it takes an offset, is counted apart, and no reader is handed it', () => {
    const log = testLog();
    appendWords(log, { count: 2, isTransactional: true });
    const before = log.sizeBytes;
    expect(endTransaction(log, 'COMMIT')).toBe('appended');
    expect([log.sizeBytes - before, log.logEndOffset, log.appendedRecords, log.controlRecords]).toEqual([78, 3, 3, 1]);
    appendWords(log, { baseSequence: 2 });
    expect(deliveredOffsets(log)).toEqual([0, 1, 3]);
    expect(batchRows(log)[1].slice(3)).toEqual([48, 0, 0, 7, -1, BatchMarker.commit, 0]);
  });

  test('[LOG-45] a marker of an older epoch or an older coordinator is refused and not written', () => {
    const log = testLog();
    appendWords(log, { producerEpoch: 2, isTransactional: true });
    expect(endTransaction(log, 'ABORT', { producerEpoch: 1 })).toBe('INVALID_PRODUCER_EPOCH');
    expect(endTransaction(log, 'ABORT', { producerEpoch: 2, coordinatorEpoch: 4 })).toBe('appended');
    expect(endTransaction(log, 'ABORT', { producerEpoch: 2, coordinatorEpoch: 3 })).toBe('TRANSACTION_COORDINATOR_FENCED');
    expect([log.logEndOffset, log.controlRecords]).toEqual([2, 1]);
  });

  test('[LOG-46] the last stable offset waits at an open transaction, and at an ended one until its marker is below the high watermark', () => {
    const log = testLog();
    appendWords(log, { producerId: 9 });
    appendWords(log, { isTransactional: true });
    appendWords(log, { producerId: 9, baseSequence: 1 });
    raiseHighWatermark(log, 3);
    expect(lastStableOffsetOf(log)).toBe(1);
    endTransaction(log, 'COMMIT');
    expect(lastStableOffsetOf(log)).toBe(1);
    raiseHighWatermark(log, 4);
    expect(lastStableOffsetOf(log)).toBe(4);
  });

  test('[LOG-46] without producers the last stable offset is the high watermark', () => {
    const log = testLog();
    appendBatch(log, numberedBatch(log, { count: 3, producerId: -1 }), 0);
    raiseHighWatermark(log, 2);
    expect([lastStableOffsetOf(log), producerRows(log)]).toEqual([2, null]);
  });

  test('[LOG-47] an aborted transaction stands in the index of the segment that holds its marker, with where reading could go on', () => {
    const log = testLog({ segmentBytes: 230 });
    appendWords(log, { isTransactional: true });
    appendWords(log, { producerId: 9, isTransactional: true });
    endTransaction(log, 'ABORT');
    endTransaction(log, 'COMMIT', { producerId: 9 });
    expect(log.segments.map(({ baseOffset, transactionIndex }) => [baseOffset, transactionIndex])).toEqual([
      [0, []],
      [2, [{ producerId: 7, firstOffset: 0, lastOffset: 2, lastStableOffset: 1 }]],
    ]);
  });
});

describe('epochs and high watermark', () => {
  test('[LOG-48] an epoch begins at the log end, where its leader takes over or with its first batch, and is stamped on what follows', () => {
    const log = testLog();
    appendBatch(log, numberedBatch(log, { count: 2, producerId: -1 }), 0);
    beginLeaderEpoch(log, 3);
    appendBatch(log, numberedBatch(log, { producerId: -1 }), 0);
    beginLeaderEpoch(log, 5);
    beginLeaderEpoch(log, 5);
    expect(log.epochs).toEqual([
      { epoch: 0, startOffset: 0 },
      { epoch: 3, startOffset: 2 },
      { epoch: 5, startOffset: 3 },
    ]);
    expect(batchRows(log).map((row) => row[4])).toEqual([0, 3]);
    expect(() => beginLeaderEpoch(log, 4)).toThrow('the log has epoch 5');
  });

  test('[LOG-49] a leader raises its high watermark, never above the log end and never back; a new leader sets its own', () => {
    const log = testLog();
    appendBatch(log, numberedBatch(log, { count: 4, producerId: -1 }), 0);
    raiseHighWatermark(log, 3);
    raiseHighWatermark(log, 2);
    expect(log.highWatermark).toBe(3);
    raiseHighWatermark(log, 9);
    expect(log.highWatermark).toBe(4);
    setHighWatermark(log, 1);
    expect(log.highWatermark).toBe(1);
    setHighWatermark(log, 9);
    expect(log.highWatermark).toBe(4);
  });

  test('[LOG-14] a log with producers is plain data: a copy goes on by itself', () => {
    const log = testLog();
    appendWords(log);
    const copy = clonePlain(log);
    expect(appendWords(copy, { baseSequence: 1 })).toBe('append 1');
    expect(appendWords(log, { baseSequence: 1 })).toBe('append 1');
    expect(producerRows(log)).toEqual(producerRows(copy));
  });
});
