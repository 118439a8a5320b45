import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordColumns } from '../columns.ts';
import { appendNumbered, testConfig, testLog } from '../logFixtures.ts';
import { BatchAttribute } from '../recordBatch.ts';
import { uncompressedBatchBytes } from './cleanedContents.ts';
import { cleanLog } from './cleanLog.ts';
import { deleteHorizonMs } from './cleanerBatch.ts';
import { append, batchesLeft, clean, createTestLog, noteAborted, offsetsLeft, roll, testBatchBytes } from './cleanerFixtures.ts';
import type { TestLog } from './cleanerFixtures.ts';
import { createOffsetMap, offsetMapKeysMax } from './offsetMap.ts';

describe('what stays', () => {
  test('[LOG-37] of each key the latest record below the end of the cleaning stays, with its offset and within its batch', () => {
    const log = createTestLog();
    append(log, { keys: [1, 2] }, { keys: [3, 1] }, { keys: [3] });
    roll(log);
    append(log, { keys: [2] });
    const { stats, nextDirtyOffset } = clean(log);
    expect(offsetsLeft(log)).toEqual([1, 3, 4, 5]);
    expect(batchesLeft(log)).toEqual(['0-1', '2-3', '4-4', '5-5']);
    expect(nextDirtyOffset).toBe(5);
    expect(stats).toMatchObject({ recordsRead: 5, recordsRetained: 3, mapRecordsRead: 5 });
  });

  test('[LOG-37] clean segments are read again with the dirty ones; records without a key go', () => {
    const log = createTestLog();
    append(log, { keys: [1, 2] });
    roll(log);
    clean(log);
    append(log, { keys: [1] }, { keys: [4, 5] });
    (log.segments[1].batches[1].records.key as number[])[0] = -1;
    roll(log);
    clean(log, { from: 2 });
    expect(offsetsLeft(log)).toEqual([1, 2, 4]);
  });

  test('[LOG-37] a full map ends the cleaning where it is; the rest stays dirty', () => {
    const log = createTestLog();
    append(log, { keys: [1] }, { keys: [1] }, { keys: [2, 1] }, { keys: [3] });
    roll(log);
    expect(clean(log, { keysMax: 2 }).nextDirtyOffset).toBe(3);
    expect(offsetsLeft(log)).toEqual([1, 2, 3, 4]);
    expect(clean(log, { from: 3, keysMax: 2 }).nextDirtyOffset).toBe(5);
    expect(offsetsLeft(log)).toEqual([2, 3, 4]);
    expect(offsetMapKeysMax(134217728, 1, 0.9)).toBe(5033164);
  });

  test('[LOG-38] a tombstone gets its delete horizon in the first cleaning that keeps it and goes in one at or after it', () => {
    const log = createTestLog();
    append(log, { keys: [1] }, { keys: [-1, 2] });
    roll(log);
    clean(log, { nowMs: 50_000 });
    const [batch] = log.segments[0].batches;
    expect([offsetsLeft(log), deleteHorizonMs(batch), batch.maxTimestampMs]).toEqual([[1, 2], 51_000, 1000]);
    append(log, { keys: [8] });
    roll(log);
    clean(log, { from: 3, nowMs: 50_999 });
    expect(offsetsLeft(log)).toEqual([1, 2, 3]);
    append(log, { keys: [9] });
    roll(log);
    clean(log, { from: 4, nowMs: 51_000 });
    expect(offsetsLeft(log)).toEqual([2, 3, 4]);
    const [rewritten] = log.segments[0].batches;
    expect(deleteHorizonMs(rewritten)).toBe(51_000);
    expect(rewritten.sizeBytes).toBe(testBatchBytes({ source: batch, kept: [1], baseTimestampMs: 51_000 }));
  });
});

describe('transactions', () => {
  test('[LOG-39] records of aborted transactions go at once and hide nothing of their keys', () => {
    const log = createTestLog();
    append(log, { keys: [1] }, { keys: [1, 2], producerId: 7 }, { marker: 'ABORT', producerId: 7 });
    noteAborted(log, 7, 1);
    append(log, { keys: [3], producerId: 7 }, { marker: 'COMMIT', producerId: 7 });
    roll(log);
    clean(log);
    expect(offsetsLeft(log)).toEqual([0, 3, 4, 5]);
    expect(log.segments[0].transactionIndex.length).toBe(1);
  });

  test('[LOG-39] a marker gets its horizon when no batch of its transaction is left, and goes in a later cleaning', () => {
    const log = createTestLog();
    append(log, { keys: [1], producerId: 7 }, { marker: 'COMMIT', producerId: 7 }, { keys: [1] });
    append(log, { keys: [2], producerId: 7 }, { marker: 'COMMIT', producerId: 7 });
    roll(log);
    const cleanAt = (nowMs: number, key: number): void => {
      append(log, { keys: [key] });
      roll(log);
      clean(log, { from: log.logEndOffset - 1, nowMs });
    };
    clean(log, { nowMs: 10_000 });
    const horizonOf = (offset: number): number =>
      deleteHorizonMs(log.segments.flatMap(({ batches }) => batches).find(({ baseOffset }) => baseOffset === offset)!);
    // Its batch went in this very cleaning, after the marker's transaction had been seen with it.
    expect([offsetsLeft(log), horizonOf(1)]).toEqual([[1, 2, 3, 4], -1]);
    cleanAt(20_000, 20);
    expect(horizonOf(1)).toBe(21_000);
    cleanAt(20_999, 21);
    expect(offsetsLeft(log)[0]).toBe(1);
    cleanAt(21_000, 22);
    expect([offsetsLeft(log)[0], horizonOf(4)]).toEqual([2, -1]);
  });

  test('[LOG-39] an abort marker keeps its index entry while a batch of its transaction is left, be it empty', () => {
    const log = createTestLog();
    append(log, { keys: [1], producerId: 7 }, { marker: 'ABORT', producerId: 7 });
    noteAborted(log, 7, 0);
    roll(log);
    clean(log);
    // The empty batch keeps the last sequence of producer 7.
    expect([batchesLeft(log), log.segments[0].transactionIndex.length]).toEqual([['(0-0)', '1-1'], 1]);
    append(log, { keys: [2], producerId: 7 });
    roll(log);
    clean(log, { from: 2 });
    expect([batchesLeft(log), log.segments[0].transactionIndex.length]).toEqual([['1-1', '2-2'], 1]);
    append(log, { keys: [3] });
    roll(log);
    clean(log, { from: 3, nowMs: 9000 });
    expect(log.segments.flatMap(({ transactionIndex }) => transactionIndex)).toEqual([]);
  });
});

describe('empty batches and segments', () => {
  test('[LOG-40] the last batch of a known producer stays without records, until the producer is forgotten', () => {
    const log = createTestLog();
    append(log, { keys: [1, 2], producerId: 7 }, { marker: 'COMMIT', producerId: 7 }, { keys: [1, 2] }, { keys: [5] });
    roll(log);
    clean(log);
    expect(batchesLeft(log)).toEqual(['(0-1)', '2-2', '3-4', '5-5']);
    const [empty] = log.segments[0].batches;
    expect([empty.sizeBytes, empty.attributes, empty.baseTimestampMs, empty.maxTimestampMs]).toEqual([
      61,
      BatchAttribute.transactional,
      -1,
      1000,
    ]);
    log.producers.clear();
    clean(log);
    expect(batchesLeft(log)[0]).toBe('2-2');
  });

  test('[LOG-40] the batch that ends the cleaned range stays without records', () => {
    const log = createTestLog();
    append(log, { keys: [1] }, { keys: [2] });
    roll(log);
    append(log, { keys: [2] });
    roll(log);
    clean(log);
    expect(batchesLeft(log)).toEqual(['0-0', '2-2']);
    // Nothing newer stands below the end of a range, so its last batch is emptied only where the records have no key, or are aborted.
    const keyless = createTestLog();
    append(keyless, { keys: [4] }, { keys: [4, 5] });
    roll(keyless);
    (keyless.segments[0].batches[1].records.key as number[]).fill(-1);
    clean(keyless);
    expect(batchesLeft(keyless)).toEqual(['0-0', '(1-2)']);
  });

  test('[LOG-41] neighbours are merged as long as their sizes before fit one segment', () => {
    const log = createTestLog();
    for (let i = 0; i < 5; i++) {
      append(log, { keys: [i + 1] });
      roll(log);
    }
    const size = log.segments[0].segment.sizeBytes;
    const { segments } = clean(log, { segmentBytes: 2 * size });
    expect(segments.map(({ sources }) => sources.length)).toEqual([2, 2, 1]);
    expect(log.segments.map(({ segment }) => [segment.baseOffset, segment.sizeBytes])).toEqual([
      [0, 2 * size],
      [2, 2 * size],
      [4, size],
      [5, 0],
    ]);
  });

  test('[LOG-41] offsets of one segment stay within 2^31 of its base', () => {
    const log = createTestLog();
    append(log, { keys: [1] });
    log.logEndOffset = 3_000_000_000;
    roll(log);
    append(log, { keys: [2] });
    roll(log);
    expect(clean(log).segments.map(({ segment }) => segment.baseOffset)).toEqual([0, 3_000_000_000]);
  });

  test('[LOG-41] a merged segment has the largest timestamp of what stays and is as old as its last source', () => {
    const log = createTestLog();
    append(log, { keys: [1], atMs: 7000 });
    roll(log);
    append(log, { keys: [1], atMs: 3000 }, { keys: [2], atMs: 2000 });
    roll(log);
    const last = log.segments[1];
    log.segments[1] = { ...last, segment: { ...last.segment, lastModifiedMs: 77 } };
    clean(log);
    expect(log.segments[0].segment).toMatchObject({ firstTimestampMs: 3000, largestTimestampMs: 3000, lastModifiedMs: 77 });
    expect(log.segments[0].segment).toMatchObject({ timeIndexEntries: 1, offsetIndexEntries: 0 });
  });
});

describe('the log of a run', () => {
  test('[LOG-37] its blocks are cleaned where they stand, and a batch rewritten with all its records has the size it had', () => {
    const log = testLog();
    appendNumbered(log, [40, 30, 20], 1_000_000);
    const block = log.blocks[0];
    const { baseOffset, firstRecord, position, baseTimestampMs, maxTimestampMs, attributes, leaderEpoch } = block.batches!;
    // Every fifth record has no key; the timestamps differ within a batch.
    const records: RecordColumns & { offset: null } = { ...block.columns!, offset: null };
    const batches = [0, 1, 2].map((i) => {
      const end = i < 2 ? firstRecord[i + 1] : block.recordCount;
      return {
        baseOffset: baseOffset[i],
        lastOffset: block.baseOffset + end - 1,
        sizeBytes: (i < 2 ? position[i + 1] : block.endPosition) - position[i],
        leaderEpoch: leaderEpoch[i],
        attributes: attributes[i],
        baseTimestampMs: baseTimestampMs[i],
        maxTimestampMs: maxTimestampMs[i],
        producerId: -1,
        producerEpoch: -1,
        baseSequence: -1,
        marker: null,
        records,
        firstRecord: firstRecord[i],
        recordCount: end - firstRecord[i],
      };
    });
    const batchBytes = (batch: Parameters<typeof uncompressedBatchBytes>[0]): number =>
      uncompressedBatchBytes(batch, ({ key }, i) => ({ keySize: key[i] < 0 ? -1 : 4, headersSize: 1 }));
    for (const source of batches) {
      const kept = Array.from({ length: source.recordCount }, (_, i) => source.firstRecord + i);
      expect(batchBytes({ source, kept, baseTimestampMs: source.baseTimestampMs })).toBe(source.sizeBytes);
    }
    const active = { segment: { ...log.segments[0], baseOffset: 90, sizeBytes: 0 }, batches: [], transactionIndex: [] };
    const contents = {
      segments: [{ segment: log.segments[0], batches, transactionIndex: [] }, active],
      logStartOffset: 0,
      config: testConfig,
    };
    const cleaning = cleanLog(
      contents,
      { firstDirtyOffset: 0, firstUncleanableOffset: 90 },
      {
        nowMs: 9000,
        deleteRetentionMs: 1000,
        offsetMap: createOffsetMap(),
        producers: new Map(),
        firstUncleanableOffset: 90,
        batchBytes,
      },
    );
    expect(cleaning.stats).toMatchObject({ recordsRead: 90, recordsRetained: 72, bytesRead: log.sizeBytes });
    expect(cleaning.segments[0].batches.map(({ kept }) => kept?.length)).toEqual([32, 24, 16]);
  });
});

describe('any log', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.array(
        fc.integer({ min: -4, max: 4 }).filter((key) => key !== 0),
        { minLength: 1, maxLength: 3 },
      ),
    },
    { weight: 1, arbitrary: fc.constant('roll' as const) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
  );

  /** Key to offset of its value, for keys that have one. */
  function tableOf(log: TestLog, withTombstones = false): [number, number][] {
    const table = new Map<number, number>();
    for (const { batches } of log.segments) {
      for (const { records, recordCount, firstRecord, baseOffset } of batches) {
        for (let i = firstRecord; i < firstRecord + recordCount; i++) {
          const offset = records.offset === null ? baseOffset + i - firstRecord : records.offset[i];
          if (records.size[i] < 0 && !withTombstones) table.delete(records.key[i]);
          else table.set(records.key[i], offset);
        }
      }
    }
    return [...table].sort(([a], [b]) => a - b);
  }

  test('[LOG-37] reading a cleaned log to its end gives the same table, however often it is cleaned (seed 37)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const log = createTestLog();
        let from = 0;
        steps.forEach((what, i) => {
          if (typeof what === 'object') append(log, { keys: what, atMs: 1000 + i });
          else if (what === 'roll') roll(log);
          else {
            const before = tableOf(log);
            const cleaning = clean(log, { from, nowMs: i * 300, keysMax: what, segmentBytes: 300 });
            expect(tableOf(log)).toEqual(before);
            expect(cleaning.nextDirtyOffset).toBeGreaterThanOrEqual(0);
            from = Math.max(from, cleaning.nextDirtyOffset);
          }
        });
        const offsets = offsetsLeft(log);
        expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
        roll(log);
        clean(log, { nowMs: 100 });
        expect(offsetsLeft(log)).toEqual(
          tableOf(log, true)
            .map(([, offset]) => offset)
            .sort((a, b) => a - b),
        );
      }),
      { seed: 37, numRuns: 150 },
    );
  });
});
