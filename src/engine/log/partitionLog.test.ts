import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clonePlain } from '../kernel/plainClone.ts';
import { appendNumbered, numberedColumns, testLog } from './logFixtures.ts';
import { noProducer } from './logState.ts';
import type { PartitionLog } from './logState.ts';
import { appendBatch, bytesAvailable, createFetchedRecords, offsetForTimestamp, readBatches, sentTimeAt } from './partitionLog.ts';

const everything = { maxBytes: 1e9, maxRecords: 1e9, atLeastOne: true };

function segmentsOf(log: PartitionLog): [number, number][] {
  return log.segments.map((segment) => [segment.baseOffset, segment.sizeBytes]);
}

/** Appends one-record batches of `sizeBytes` with timestamps `timestampMs`. */
function appendSized(log: PartitionLog, sizeBytes: number, timestampMs: number, nowUs = 0): void {
  const columns = numberedColumns(0, 1);
  columns.timestampUs[0] = timestampMs * 1000;
  appendBatch(
    log,
    { columns, from: 0, count: 1, storedBytes: sizeBytes, baseTimestampMs: timestampMs, maxTimestampMs: timestampMs, ...noProducer },
    nowUs,
  );
  log.highWatermark = log.logEndOffset;
}

describe('append and roll', () => {
  test('[LOG-3] a batch that does not fit makes the segment roll before it is appended', () => {
    const log = testLog({ segmentBytes: 360 });
    for (let i = 0; i < 11; i++) appendSized(log, 72, 1000);
    expect(segmentsOf(log)).toEqual([
      [0, 360],
      [5, 360],
      [10, 72],
    ]);
    expect([log.logEndOffset, log.sizeBytes, log.appendedBytes, log.appendedRecords]).toEqual([11, 792, 792, 11]);
  });

  test('[LOG-4] segment.ms compares record timestamps with the first batch of the segment, and only on append', () => {
    const log = testLog({ segmentMs: 1000 });
    appendSized(log, 72, 5000, 0);
    appendSized(log, 72, 6000, 999_000_000);
    expect(segmentsOf(log)).toEqual([[0, 144]]);
    appendSized(log, 72, 6001, 999_000_000);
    appendSized(log, 72, 4000, 999_000_000);
    expect(segmentsOf(log)).toEqual([
      [0, 144],
      [2, 144],
    ]);
  });

  test('[LOG-4] without a timestamp in the first batch the clock decides', () => {
    const log = testLog({ segmentMs: 1000 });
    appendSized(log, 72, -1, 0);
    appendSized(log, 72, -1, 1_000_999);
    appendSized(log, 72, -1, 1_001_000);
    expect(segmentsOf(log)).toEqual([
      [0, 144],
      [2, 72],
    ]);
  });

  test('[LOG-5] a full index rolls: the offset index at its size, the time index one entry before', () => {
    const offsets = testLog({ segmentIndexBytes: 24, indexIntervalBytes: 0 });
    for (let i = 0; i < 5; i++) appendSized(offsets, 72, -1);
    expect(segmentsOf(offsets)).toEqual([
      [0, 288],
      [4, 72],
    ]);
    const times = testLog({ segmentIndexBytes: 36, indexIntervalBytes: 0 });
    for (let i = 0; i < 5; i++) appendSized(times, 72, 1000 + i);
    expect(segmentsOf(times)).toEqual([
      [0, 216],
      [3, 144],
    ]);
  });

  test('[LOG-6] with LogAppendTime the batch has the time of its append', () => {
    const log = testLog({ timestampType: 'LogAppendTime' });
    appendSized(log, 72, 5, 9_000_999);
    expect(log.segments[0].largestTimestampMs).toBe(9000);
    expect(log.blocks[0].batches!.attributes[0]).toBe(8);
    expect(offsetForTimestamp(log, 9000)).toBe(0);
  });

  test('[LOG-3] an empty batch and one larger than a segment are refused', () => {
    const log = testLog({ segmentBytes: 100 });
    expect(() => appendSized(log, 101, 0)).toThrow('segment.bytes');
    expect(() =>
      appendBatch(
        log,
        { columns: numberedColumns(0, 1), from: 0, count: 0, storedBytes: 61, baseTimestampMs: 0, maxTimestampMs: 0, ...noProducer },
        0,
      ),
    ).toThrow('0 records');
  });
});

describe('read', () => {
  test('[LOG-7] a fetch within a batch counts the whole batch and returns it without its head', () => {
    const log = testLog();
    appendNumbered(log, [4, 6]);
    const target = createFetchedRecords(0);
    readBatches(log, { offset: 2, limit: 10, ...everything, maxBytes: 1 }, target);
    expect([target.baseOffset, target.nextOffset, target.count]).toEqual([2, 4, 2]);
    expect([...target.columns.sequence.subarray(0, 2)]).toEqual([2, 3]);
    expect(target.bytes).toBe(log.blocks[0].batches!.position[1]);
    readBatches(log, { offset: 2, limit: 10, ...everything, maxBytes: 1, atLeastOne: false }, target);
    expect([target.count, target.bytes, target.nextOffset]).toEqual([0, 0, 2]);
  });

  test('[LOG-7] a batch that reaches the limit or beyond is not returned', () => {
    const log = testLog();
    appendNumbered(log, [4, 6]);
    const target = createFetchedRecords(0);
    for (const [limit, count] of [
      [10, 10],
      [9, 4],
      [4, 4],
      [3, 0],
    ]) {
      readBatches(log, { offset: 0, limit, ...everything }, target);
      expect(target.count).toBe(count);
    }
    expect(bytesAvailable(log, 5, 10, Infinity)).toBe(log.sizeBytes - log.blocks[0].batches!.position[1]);
    expect(bytesAvailable(log, 5, 10, 7)).toBe(7);
    expect(bytesAvailable(log, 10, 10, 7)).toBe(0);
  });

  test('[LOG-7] an offset outside the log is a bug of the caller', () => {
    const log = testLog();
    appendNumbered(log, [4]);
    expect(() => readBatches(log, { offset: 5, limit: 9, ...everything }, createFetchedRecords(0))).toThrow('outside of 0 to 4');
  });

  test('[LOG-7] property, seed 5: reading from any offset in any portions returns every record once, in order, bit for bit', () => {
    const shape = fc.record({
      counts: fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 40 }),
      from: fc.nat(50),
      maxBytes: fc.integer({ min: 1, max: 30000 }),
      maxRecords: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(shape, ({ counts, from, maxBytes, maxRecords }) => {
        const log = testLog({ segmentBytes: 60000 });
        appendNumbered(log, counts);
        const expected = numberedColumns(0, log.logEndOffset);
        const target = createFetchedRecords(0, 1);
        let offset = Math.min(from, log.logEndOffset);
        while (offset < log.logEndOffset) {
          readBatches(log, { offset, limit: log.highWatermark, maxBytes, maxRecords, atLeastOne: true }, target);
          expect(target.baseOffset).toBe(offset);
          expect(target.count).toBeGreaterThan(0);
          expect(target.count).toBeLessThanOrEqual(maxRecords);
          for (const name of ['timestampUs', 'sentUs', 'key', 'size', 'sequence', 'path'] as const) {
            expect(target.columns[name].subarray(0, target.count)).toEqual(expected[name].subarray(offset, offset + target.count));
          }
          offset = target.nextOffset;
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  test('[LOG-8] a lookup by timestamp finds the first record at or after it, within the log', () => {
    const log = testLog({ segmentBytes: 3000 });
    appendNumbered(log, [10, 10, 10, 10], 1000);
    expect(log.segments.length).toBeGreaterThan(1);
    expect([0, 1000, 1017, 1039, 1040].map((ms) => offsetForTimestamp(log, ms))).toEqual([0, 0, 17, 39, -1]);
    log.logStartOffset = 5;
    expect(offsetForTimestamp(log, 1000)).toBe(5);
  });

  test('[LOG-9] sent times: exact in the open block, in sealed ones exact for steady flows', () => {
    const log = testLog();
    appendNumbered(log, [100, 33]);
    expect([0, 99, 132].map((offset) => sentTimeAt(log, offset))).toEqual([7, 99007, 132007]);
    expect(sentTimeAt(log, 133)).toBeNaN();
    const rolled = testLog({ segmentBytes: 30000 });
    appendNumbered(rolled, [100, 33, 100, 100]);
    expect(rolled.segments.length).toBeGreaterThan(1);
    for (let offset = 0; offset < 333; offset++) expect(sentTimeAt(rolled, offset)).toBe(offset * 1000 + 7);
  });

  test('[LOG-10] a copy of a log goes on as the original does', () => {
    const log = testLog({ segmentBytes: 20000 });
    appendNumbered(log, [50, 60, 70]);
    const copy = clonePlain(log);
    appendNumbered(log, [80, 90]);
    appendNumbered(copy, [80, 90]);
    expect(copy).toEqual(log);
    expect(copy.tail).toBe(copy.blocks[copy.blocks.length - 1]);
  });
});
