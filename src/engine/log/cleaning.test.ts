import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clonePlain } from '../kernel/plainClone.ts';
import { appendKeyed, cleanAll, endTransaction, fourByteKeys, readAll, roll } from './cleaningFixtures.ts';
import { measureLogCleaning, missingBlockForCleaning, planLogCleaning } from './cleaning.ts';
import { testLog } from './logFixtures.ts';
import type { PartitionLog } from './logState.ts';
import { appendBatch, applyRetention, bytesAvailable, createPartitionLog, offsetForTimestamp, sentTimeAt } from './partitionLog.ts';
import { recordsInLog } from './recordCounts.ts';
import { blockImage, confirmStored, evictBlock, findBlock, provideBlock, takeDeletions, takeSealed } from './residency.ts';
import { stampImage } from './blockImage.ts';

const compacted = { cleanupPolicy: { delete: false, compact: true }, deleteRetentionMs: 1000 };

/** 1000 records round robin over 100 keys in batches of 10, segments of 100; the last record is alone in the active segment. */
function roundRobin(config: Parameters<typeof testLog>[0] = {}): PartitionLog {
  const log = testLog({ ...compacted, ...config });
  for (let batch = 0; batch < 100; batch++) {
    appendKeyed(log, { keys: Array.from({ length: 10 }, (_, i) => (batch * 10 + i) % 100), atMs: 1000 + batch });
    if (batch % 10 === 9) roll(log, 1000 + batch);
  }
  return log;
}

/** Stores every sealed block and evicts it; returns the images by number. */
function evictAll(log: PartitionLog): Map<number, ArrayBuffer> {
  const images = new Map<number, ArrayBuffer>();
  for (const number of takeSealed(log)) {
    const image = blockImage(log, number);
    stampImage(image);
    images.set(number, image);
    confirmStored(log, number);
  }
  for (const number of images.keys()) evictBlock(log, number);
  return images;
}

/** Bytes of the blocks of each segment. */
function segmentBytesOf(log: PartitionLog): number[] {
  return log.segments.map(({ baseOffset }) =>
    log.blocks.reduce((sum, block) => (block.segmentBaseOffset === baseOffset ? sum + block.endPosition - block.startPosition : sum), 0),
  );
}

describe('a cleaning of the log', () => {
  test('[LOG-64] keeps the last record of each key where it was; start, end and watermark stay', () => {
    const log = roundRobin();
    const before = { start: log.logStartOffset, end: log.logEndOffset, watermark: log.highWatermark, appended: log.appendedRecords };
    expect(cleanAll(log)).toMatchObject({
      nextDirtyOffset: 1000,
      recordsBefore: 1000,
      recordsAfter: 100,
      segmentsBefore: 10,
      segmentsAfter: 1,
    });
    const { records, position } = readAll(log);
    expect(records).toEqual(Array.from({ length: 100 }, (_, key) => `${900 + key}:${key}`));
    expect(position).toBe(1000);
    expect({ start: log.logStartOffset, end: log.logEndOffset, watermark: log.highWatermark, appended: log.appendedRecords }).toEqual(
      before,
    );
    expect([log.cleanerCheckpoint, recordsInLog(log), log.segments.map(({ baseOffset }) => baseOffset)]).toEqual([1000, 100, [0, 1000]]);
  });

  test('[LOG-64] never the active segment, nor what is younger than min.compaction.lag.ms', () => {
    const log = testLog({ ...compacted, minCompactionLagMs: 500 });
    for (const atMs of [1000, 1200, 4800]) {
      appendKeyed(log, { keys: [1, 1], atMs });
      roll(log, atMs);
    }
    appendKeyed(log, { keys: [1, 1], atMs: 4900 });
    cleanAll(log, { nowMs: 5000 });
    expect(readAll(log).records).toEqual(['3:1', '4:1', '5:1', '6:1', '7:1']);
    cleanAll(log, { nowMs: 5301 });
    expect(readAll(log).records).toEqual(['5:1', '6:1', '7:1']);
  });

  test('[LOG-64] nor anything from the last stable offset on', () => {
    const log = testLog(compacted);
    appendKeyed(log, { keys: [1, 1] });
    roll(log);
    appendKeyed(log, { keys: [1], producerId: 7 });
    roll(log);
    appendKeyed(log, { keys: [1] });
    roll(log);
    cleanAll(log);
    expect(readAll(log).records).toEqual(['1:1', '2:1', '3:1']);
    endTransaction(log, 7, 'COMMIT');
    roll(log);
    cleanAll(log);
    expect(readAll(log).records).toEqual(['3:1']);
  });

  test('[LOG-64] sizes, positions and index entries are those of what is left', () => {
    const log = roundRobin({ indexIntervalBytes: 100 });
    appendKeyed(log, { keys: [1, 2, 3], atMs: 2000 });
    cleanAll(log);
    expect(log.sizeBytes).toBe(log.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    expect(segmentBytesOf(log)).toEqual(log.segments.map(({ sizeBytes }) => sizeBytes));
    expect(bytesAvailable(log, 0, log.logEndOffset, Infinity)).toBe(log.sizeBytes);
    const [first] = log.segments;
    // Batches of 10 with 341 bytes each: an entry is due with every batch but the first, the last one's timestamp included.
    expect([first.offsetIndexEntries, first.timeIndexEntries]).toEqual([9, 9]);
    expect([first.firstTimestampMs, first.largestTimestampMs]).toEqual([1090, 1099]);
  });

  test('[LOG-64] the store gets the new blocks, and loses the old ones only when asked for deletions', () => {
    const log = roundRobin();
    const stored = evictAll(log);
    const old = [...stored.keys()];
    expect(missingBlockForCleaning(log, 1000)).toBe(old[0]);
    for (const [number, image] of stored) provideBlock(log, number, image);
    expect(missingBlockForCleaning(log, 1000)).toBe(-1);
    cleanAll(log);
    expect(takeDeletions(log)).toEqual(old);
    const images = evictAll(log);
    expect(images.size).toBeGreaterThan(0);
    for (const number of images.keys()) expect(old).not.toContain(number);
    for (const [number, image] of images) provideBlock(log, number, image);
    expect(readAll(log).records).toHaveLength(100);
  });

  test('[LOG-64] blocks that wait in the outbox are replaced there', () => {
    const log = roundRobin();
    const before = [...log.outbox];
    cleanAll(log);
    expect(log.deletions).toEqual([]);
    expect(log.outbox.filter((number) => before.includes(number))).toEqual([]);
    for (const number of log.outbox) expect(findBlock(log, number)).not.toBeNull();
  });

  test('[LOG-64] a block takes no more records than any block', () => {
    const log = createPartitionLog({ ...testLog(compacted).config }, 128);
    for (let i = 0; i < 50; i++) appendKeyed(log, { keys: Array.from({ length: 10 }, (_, k) => i * 10 + k) });
    roll(log);
    cleanAll(log);
    expect(log.blocks.map(({ recordCount }) => recordCount)).toEqual([120, 120, 120, 120, 20]);
    expect(readAll(log).records).toHaveLength(500);
  });

  test('[LOG-64] measuring changes nothing and comes to the same', () => {
    const log = roundRobin();
    const before = clonePlain(log);
    const options = { nowMs: 5000, keysMax: Infinity, partsOf: fourByteKeys };
    const measured = measureLogCleaning(log, planLogCleaning(log, 5000), options);
    expect(log).toEqual(before);
    expect(cleanAll(log)).toEqual(measured);
    expect(measured.bytesWritten).toBe(log.sizeBytes);
  });

  test('[LOG-65] tombstones stay delete.retention.ms from their first cleaning and go in a later one with something dirty', () => {
    const log = roundRobin();
    appendKeyed(log, { keys: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((key) => (key === 0 ? 100 : -key)), atMs: 3000 });
    roll(log);
    cleanAll(log, { nowMs: 10_000 });
    const { records } = readAll(log);
    expect([records.length, records.filter((record) => record.includes('-')).length]).toEqual([101, 9]);
    appendKeyed(log, { keys: [100], atMs: 3000 });
    roll(log);
    cleanAll(log, { nowMs: 10_999 });
    expect(readAll(log).records).toHaveLength(101);
    appendKeyed(log, { keys: [100], atMs: 3000 });
    roll(log);
    cleanAll(log, { nowMs: 11_000 });
    expect(readAll(log).records).toHaveLength(92);
  });

  test('[LOG-71] a segment of a compacted log ends by max.compaction.lag.ms, on append', () => {
    const rolled = (config: Parameters<typeof testLog>[0]): number[] => {
      const log = testLog({ maxCompactionLagMs: 500, ...config });
      for (const atMs of [1000, 1500, 1501]) appendKeyed(log, { keys: [1], atMs });
      return log.segments.map(({ baseOffset }) => baseOffset);
    };
    expect(rolled(compacted)).toEqual([0, 2]);
    expect(rolled({})).toEqual([0]);
  });

  test('[LOG-66] a compressed batch keeps its ratio when records go', () => {
    const log = testLog(compacted);
    const plain = testLog(compacted);
    appendKeyed(plain, { keys: [1, 2, 3, 4] });
    const { columns } = plain.blocks[0];
    const sizeBytes = 61 + (plain.sizeBytes - 61) / 2;
    const batch = { columns: columns!, from: 0, count: 4, storedBytes: sizeBytes, baseTimestampMs: 1000, maxTimestampMs: 1000 };
    appendBatch(log, { ...batch, attributes: 1, producerId: -1, producerEpoch: -1, baseSequence: -1 }, 1_000_000);
    log.highWatermark = 4;
    for (const each of [plain, log]) {
      appendKeyed(each, { keys: [1, 2] });
      roll(each);
      cleanAll(each);
    }
    const rewritten = plain.blocks[0].batches!.position[1] - plain.blocks[0].batches!.position[0];
    expect(log.blocks[0].batches!.position[1] - log.blocks[0].batches!.position[0]).toBe(61 + Math.ceil((rewritten - 61) / 2));
    expect(readAll(log).records).toEqual(['2:3', '3:4', '4:1', '5:2']);
  });

  test('[LOG-40] of a producer the last batch stays as a header, and its snapshots where segments begin', () => {
    const log = testLog(compacted);
    appendKeyed(log, { keys: [1, 2], producerId: 7 });
    endTransaction(log, 7, 'COMMIT');
    roll(log);
    appendKeyed(log, { keys: [1, 2] });
    roll(log);
    appendKeyed(log, { keys: [5] });
    expect(log.producers!.snapshots.map(({ offset }) => offset)).toEqual([3, 5]);
    cleanAll(log);
    const [block] = log.blocks;
    expect([block.batchCount, block.recordCount, block.controlRecords]).toEqual([3, 3, 1]);
    expect([...block.batches!.lastOffset!]).toEqual([1, 2, 4]);
    expect([...block.batches!.producers!.producerId]).toEqual([7, 7, -1]);
    expect(log.producers!.snapshots.map(({ offset }) => offset)).toEqual([5]);
    expect(readAll(log).records).toEqual(['3:1', '4:2', '5:5']);
  });

  test('[LOG-67] without delete in the policy retention takes nothing; with both it takes cleaned segments and counts what they held', () => {
    const log = roundRobin({ retentionMs: 1000, segmentBytes: 1500 });
    cleanAll(log);
    expect(applyRetention(log, 1e10)).toBe(0);
    log.config = { ...log.config, cleanupPolicy: { delete: true, compact: true } };
    expect(applyRetention(log, 1e10)).toBe(100);
    expect([log.logStartOffset, log.logEndOffset, log.blocks.length, recordsInLog(log)]).toEqual([1000, 1000, 0, 0]);
  });
});

describe('what is asked of a log with holes', () => {
  test('[LOG-62] bytes, sent times and timestamps are those of the next record', () => {
    const log = roundRobin();
    appendKeyed(log, { keys: [1, 2], atMs: 9000 });
    cleanAll(log);
    expect(bytesAvailable(log, 0, 1000, Infinity)).toBe(log.segments[0].sizeBytes);
    expect(bytesAvailable(log, 0, 1002, Infinity)).toBe(log.sizeBytes);
    expect(sentTimeAt(log, 0)).toBe(900_000);
    expect(offsetForTimestamp(log, 0)).toBe(900);
    expect(offsetForTimestamp(log, 1095)).toBe(950);
  });

  test('[LOG-62] sent times are the same when nothing is resident', () => {
    const log = testLog(compacted);
    for (let i = 0; i < 400; i++) appendKeyed(log, { keys: [i % 3 === 0 ? i : 7] });
    roll(log);
    appendKeyed(log, { keys: [1] });
    cleanAll(log);
    const ask = (): number[] => Array.from({ length: 400 }, (_, offset) => sentTimeAt(log, offset));
    const resident = ask();
    evictAll(log);
    expect(ask()).toEqual(resident);
    for (let offset = 1; offset < 400; offset++) expect(resident[offset]).toBeGreaterThanOrEqual(resident[offset - 1]);
    expect(resident[399]).toBe(399_000);
  });
});

/** A step: a batch of keys (negative ones are tombstones), a roll, or a cleaning with room for so many keys. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(
      fc.integer({ min: -4, max: 6 }).filter((key) => key !== 0),
      { minLength: 1, maxLength: 4 },
    ),
  },
  { weight: 2, arbitrary: fc.constant('roll' as const) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 8 }) },
);

describe('properties', () => {
  test('[LOG-65] whatever is appended and cleaned, the last value of every key is there, offsets stay and rise, reading goes on (seed 65)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const log = createPartitionLog(testLog({ ...compacted, segmentBytes: 400 }).config, 128);
        const written = new Map<number, string>();
        const last = new Map<number, string>();
        steps.forEach((what, i) => {
          if (Array.isArray(what)) {
            what.forEach((key, j) => {
              const record = `${log.logEndOffset + j}:${key < 0 ? '-' : ''}${Math.abs(key)}`;
              written.set(log.logEndOffset + j, record);
              last.set(Math.abs(key), record);
            });
            appendKeyed(log, { keys: what, atMs: 1000 + i });
          } else if (what === 'roll') roll(log, 1000 + i);
          else cleanAll(log, { nowMs: i * 300, keysMax: what });
          const { records, position } = readAll(log);
          expect(position).toBe(log.logEndOffset);
          const offsets = records.map((record) => Number(record.split(':')[0]));
          expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
          records.forEach((record, at) => expect(record).toBe(written.get(offsets[at])));
          for (const record of last.values()) if (!record.includes('-')) expect(records).toContain(record);
          expect(recordsInLog(log)).toBe(records.length);
          for (let from = 0; from <= log.logEndOffset; from += 3) {
            expect(readAll(log, { from, maxRecords: 2 }).records).toEqual(records.filter((_, at) => offsets[at] >= from));
          }
          expect(bytesAvailable(log, log.logStartOffset, log.logEndOffset, Infinity)).toBe(log.sizeBytes);
        });
      }),
      { seed: 65, numRuns: 100 },
    );
  });
});
