import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPartitionLog } from './append.ts';
import { stampImage } from './blockImage.ts';
import { testConfig, testLog } from './logFixtures.ts';
import type { PartitionLog } from './logState.ts';
import {
  appendBatch,
  appendLog,
  beginLeaderEpoch,
  copyRange,
  cutLog,
  missingBlockForCut,
  raiseHighWatermark,
  truncateLog,
} from './partitionLog.ts';
import {
  appendWords,
  batchRows,
  deliveredOffsets,
  endTransaction,
  type HistoryStep,
  numberedBatch,
  playHistory,
  producerRows,
  visibleParts,
} from './producerLogFixtures.ts';
import { blockImage, confirmStored, evictToBudget, findBlock, provideBlock, takeDeletions, takeSealed } from './residency.ts';

const step: fc.Arbitrary<HistoryStep> = fc.record({
  producer: fc.constantFrom(0, 1, 2, 3, 4),
  count: fc.integer({ min: 1, max: 9 }),
  then: fc.constantFrom('nothing', 'nothing', 'nothing', 'COMMIT', 'ABORT', 'epoch'),
});
const steps = fc.array(step, { minLength: 2, maxLength: 40 });

/** Small segments, index entries often, small blocks: a cut meets every boundary. */
function smallLog(): PartitionLog {
  return createPartitionLog({ ...testConfig, segmentBytes: 2500, indexIntervalBytes: 300 }, 20);
}

/** The log as it was when it ended at `end`: its history played up to there. */
function played(history: readonly HistoryStep[], end: number): PartitionLog {
  let length = 0;
  for (;;) {
    const log = smallLog();
    playHistory(log, history.slice(0, length));
    if (log.logEndOffset >= end) return log;
    length++;
  }
}

function storeAll(log: PartitionLog): Map<number, ArrayBuffer> {
  const stored = new Map<number, ArrayBuffer>();
  for (const number of takeSealed(log)) {
    const image = blockImage(log, number);
    stampImage(image);
    stored.set(number, image);
    confirmStored(log, number);
  }
  return stored;
}

/** Segments as far as a truncation gives them back: not when files were touched, nor the bytes since the last index entry, which Kafka sets to 0. */
function comparable(log: PartitionLog): object {
  const parts = visibleParts(log) as { segments: PartitionLog['segments'] };
  return { ...parts, segments: parts.segments.map((row) => ({ ...row, lastModifiedMs: 0, createdMs: 0, bytesSinceIndexEntry: 0 })) };
}

describe('truncation', () => {
  test('[LOG-50] a log that is cut is the log that never went on: records, epochs, transactions, producers, segments, indexes', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (history, choice) => {
        const log = smallLog();
        const ends = playHistory(log, history);
        const from = ends[choice % ends.length];
        raiseHighWatermark(log, Math.floor(from / 2));
        truncateLog(log, from, 5_000_000);
        const expected = played(history, from);
        if (expected.logEndOffset > from) return;
        raiseHighWatermark(expected, Math.floor(from / 2));
        truncateLog(expected, from, 0);
        // A segment that rolled just before the cut is there already; Kafka keeps it, empty, as well.
        if (log.segments.length > expected.segments.length) expected.segments.push(log.segments.at(-1)!);
        const [cut, never] = [comparable(log), comparable(expected)] as Record<string, unknown>[];
        expect(cut.batches).toEqual(never.batches);
        expect(cut.epochs).toEqual(never.epochs);
        expect(cut.sizeBytes).toBe(never.sizeBytes);
        expect(cut.producers).toEqual(never.producers);
        const closed = (rows: unknown): unknown =>
          (rows as { timeIndexEntries: number }[]).map((row) => ({ ...row, timeIndexEntries: 0, lastIndexedTimestampMs: 0 }));
        expect(closed(cut.segments)).toEqual(closed(never.segments));
      }),
      { numRuns: 300, seed: 5001 },
    );
  });

  test('[LOG-50] the cut-off rest joined again gives the whole log back, and goes on as it would have', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (history, choice) => {
        const log = smallLog();
        const ends = playHistory(log, history);
        const whole = smallLog();
        playHistory(whole, history);
        const from = ends[choice % ends.length];
        const rest = cutLog(log, from, 0);
        expect([rest.logStartOffset, rest.logEndOffset, log.logEndOffset]).toEqual([from, whole.logEndOffset, from]);
        expect(producerRows(rest)).toEqual(producerRows(whole));
        expect(rest.epochs).toEqual(whole.epochs);
        appendLog(log, rest, whole.logEndOffset);
        expect(batchRows(log)).toEqual(batchRows(whole));
        expect(producerRows(log)).toEqual(producerRows(whole));
        expect(deliveredOffsets(log)).toEqual(deliveredOffsets(whole));
        expect(log.sizeBytes).toBe(whole.sizeBytes);
        expect(log.segments.flatMap(({ transactionIndex }) => transactionIndex)).toEqual(
          whole.segments.flatMap(({ transactionIndex }) => transactionIndex),
        );
        expect(log.appendedRecords - log.controlRecords - log.truncatedRecords).toBe(whole.appendedRecords - whole.controlRecords);
      }),
      { numRuns: 300, seed: 5002 },
    );
  });

  test('[LOG-51] what is stored and evicted does not matter: blocks asked for are loaded, and the cut is the same', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (history, choice) => {
        const resident = smallLog();
        const ends = playHistory(resident, history);
        const log = smallLog();
        playHistory(log, history);
        const stored = storeAll(log);
        const numbers = [...stored.keys()];
        evictToBudget([log], 0);
        const from = ends[choice % ends.length];
        for (let missing = missingBlockForCut(log, from); missing >= 0; missing = missingBlockForCut(log, from)) {
          provideBlock(log, missing, stored.get(missing)!);
        }
        const rest = cutLog(log, from, 0);
        const expected = cutLog(resident, from, 0);
        expect(comparable(rest)).toEqual(comparable(expected));
        expect(rest.blocks.every((block) => block.columns !== null)).toBe(true);
        expect(producerRows(log)).toEqual(producerRows(resident));
        expect(log.segments).toEqual(resident.segments);
        expect(takeDeletions(log)).toEqual(numbers.filter((number) => findBlock(log, number) === null));
        for (const number of takeSealed(log)) expect(stored.has(number)).toBe(false);
      }),
      { numRuns: 200, seed: 5101 },
    );
  });

  test('[LOG-51] a cut within a stored block deletes it there and seals what is kept under a new number', () => {
    const log = createPartitionLog(testConfig, 10);
    for (let i = 0; i < 7; i++) appendWords(log, { count: 5, baseSequence: 5 * i });
    storeAll(log);
    truncateLog(log, 15, 0);
    expect(takeDeletions(log)).toEqual([1, 2]);
    expect(log.blocks.map(({ number, baseOffset, endOffset, state }) => [number, baseOffset, endOffset, state])).toEqual([
      [0, 0, 10, 'stored'],
      [4, 10, 15, 'sealed'],
    ]);
    expect(log.outbox).toEqual([4]);
    expect(appendWords(log, { baseSequence: 15 })).toBe('append 15');
    expect(log.blocks.at(-1)!.number).toBe(5);
    expect(deliveredOffsets(log).length).toBe(16);
  });

  test('[LOG-52] a retry of what was replicated is a duplicate at the new leader; what was cut off is new there', () => {
    const log = testLog();
    for (let i = 0; i < 4; i++) appendWords(log, { baseSequence: i });
    const rest = cutLog(log, 2, 0);
    beginLeaderEpoch(log, 1);
    expect(appendWords(log, { baseSequence: 1 })).toBe('duplicate 1-1');
    expect(appendWords(log, { baseSequence: 2 })).toBe('append 2');
    expect(appendWords(rest, { baseSequence: 3 })).toBe('duplicate 3-3');
    expect(appendWords(rest, { baseSequence: 4 })).toBe('append 4');
    expect(log.epochs).toEqual([
      { epoch: 0, startOffset: 0 },
      { epoch: 1, startOffset: 2 },
    ]);
    expect(rest.epochs).toEqual([{ epoch: 0, startOffset: 0 }]);
  });

  test('[LOG-52] a transaction whose marker is cut off is open again, and its index entry is gone', () => {
    const log = testLog();
    appendWords(log, { isTransactional: true });
    endTransaction(log, 'ABORT');
    expect(log.segments[0].transactionIndex).toHaveLength(1);
    truncateLog(log, 1, 0);
    expect([log.segments[0].transactionIndex, log.producers!.ongoing]).toEqual([[], [{ producerId: 7, firstOffset: 0, lastOffset: -1 }]]);
    expect(endTransaction(log, 'COMMIT')).toBe('appended');
  });

  test("[LOG-53] a cut takes the high watermark and the cleaner's checkpoint down with it, counts the records, and starts the segment's clock anew if it empties it", () => {
    const log = testLog({ segmentBytes: 900 });
    for (let i = 0; i < 6; i++) appendBatch(log, numberedBatch(log, { count: 2, producerId: -1 }), 0);
    raiseHighWatermark(log, 12);
    log.cleanerCheckpoint = 11;
    const start = log.segments[1].baseOffset;
    truncateLog(log, start, 9_000_000);
    expect([log.highWatermark, log.cleanerCheckpoint, log.truncatedRecords]).toEqual([start, start, 12 - start]);
    expect(log.segments.at(-1)).toMatchObject({
      baseOffset: start,
      sizeBytes: 0,
      createdMs: 9000,
      firstTimestampMs: -1,
      largestTimestampMs: -1,
    });
  });

  test('[LOG-53] a cut at the end only removes an epoch that began there; one before the first segment empties the log', () => {
    const log = testLog({ segmentBytes: 400 });
    for (let i = 0; i < 6; i++) appendWords(log, { baseSequence: i });
    beginLeaderEpoch(log, 4);
    truncateLog(log, 6, 0);
    expect([log.logEndOffset, log.epochs]).toEqual([6, [{ epoch: 0, startOffset: 0 }]]);
    log.segments.splice(0, 2);
    const [{ baseOffset }] = log.segments;
    truncateLog(log, baseOffset - 1, 0);
    const { logStartOffset, logEndOffset, highWatermark, sizeBytes, blocks, epochs } = log;
    expect({ logStartOffset, logEndOffset, highWatermark, sizeBytes, blocks, epochs }).toEqual({
      logStartOffset: baseOffset - 1,
      logEndOffset: baseOffset - 1,
      highWatermark: baseOffset - 1,
      sizeBytes: 0,
      blocks: [],
      epochs: [],
    });
    expect(producerRows(log)).toBeNull();
    expect(appendWords(log, { baseSequence: 40 })).toBe(`append ${baseOffset - 1}`);
  });

  test('[LOG-51] what begins at the end of a log needs no block, and has its producers all the same', () => {
    const log = smallLog();
    for (let i = 0; i < 20; i++) appendWords(log, { count: 3, baseSequence: 3 * i });
    storeAll(log);
    evictToBudget([log], 0);
    expect(missingBlockForCut(log, 60)).toBe(-1);
    const rest = cutLog(log, 60, 0);
    expect(producerRows(rest)).toEqual(producerRows(log));
    expect([appendWords(rest, { count: 3, baseSequence: 57 }), appendWords(rest, { baseSequence: 60 })]).toEqual([
      'duplicate 57-59',
      'append 60',
    ]);
    expect([log.logEndOffset, appendWords(log, { count: 2, baseSequence: 60 })]).toEqual([60, 'append 60']);
  });

  test('[LOG-54] a log is cut between batches only, and joined only where it ends', () => {
    const log = testLog();
    appendBatch(log, numberedBatch(log, { count: 3, producerId: -1 }), 0);
    appendBatch(log, numberedBatch(log, { count: 3, producerId: -1 }), 0);
    expect(() => truncateLog(log, 2, 0)).toThrow('within the batch of 0 to 2');
    const copy = copyRange(log, 3, 6);
    expect([batchRows(copy).length, log.logEndOffset, copy.appendedRecords]).toEqual([1, 6, 3]);
    expect(() => appendLog(log, copy, 6)).toThrow('cannot be joined to a log that ends at 6');
    expect(() => copyRange(log, 3, 7)).toThrow('cannot be copied');
  });

  test('[LOG-54] a part of a part is cut as the whole would be', () => {
    const log = smallLog();
    const whole = smallLog();
    for (const each of [log, whole]) for (let i = 0; i < 30; i++) appendWords(each, { count: 3, baseSequence: 3 * i });
    const rest = cutLog(log, 30, 0);
    truncateLog(rest, 60, 0);
    truncateLog(whole, 60, 0);
    expect(producerRows(rest)).toEqual(producerRows(whole));
    expect(batchRows(rest)).toEqual(batchRows(whole).slice(10));
    appendLog(log, rest, 45);
    expect([log.logEndOffset, appendWords(log, { count: 3, baseSequence: 45 })]).toEqual([45, 'append 45']);
  });
});
