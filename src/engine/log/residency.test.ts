import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clonePlain } from '../kernel/plainClone.ts';
import { maxBlockRecords } from './block.ts';
import { decodeBlock, encodeBlock, stampImage } from './blockImage.ts';
import { appendNumbered, testLog } from './logFixtures.ts';
import type { PartitionLog } from './logState.ts';
import {
  applyRetention,
  createFetchedRecords,
  missingBlock,
  missingBlockForTimestamp,
  offsetForTimestamp,
  readBatches,
  sentTimeAt,
} from './partitionLog.ts';
import * as residency from './residency.ts';

/** A store as the host would run it: takes all sealed blocks, keeps their stamped images. */
function storeSealed(log: PartitionLog, stored: Map<number, ArrayBuffer>): void {
  for (const number of residency.takeSealed(log)) {
    const image = residency.blockImage(log, number);
    stampImage(image);
    stored.set(number, image);
    residency.confirmStored(log, number);
  }
}

function readAll(log: PartitionLog, stored: Map<number, ArrayBuffer>): number[] {
  const sequences: number[] = [];
  const target = createFetchedRecords(0);
  let offset = log.logStartOffset;
  while (offset < log.logEndOffset) {
    const missing = missingBlock(log, offset);
    if (missing >= 0) residency.provideBlock(log, missing, stored.get(missing)!);
    readBatches(log, { offset, limit: log.logEndOffset, maxBytes: 5000, maxRecords: 1e9, atLeastOne: true }, target);
    sequences.push(target.baseOffset, target.count, ...target.columns.sequence.subarray(0, target.count));
    offset = target.nextOffset;
  }
  return sequences;
}

describe('residency', () => {
  test('[LOG-60] memory of evicted blocks goes to new ones, unless a copy of the log has it too', () => {
    const log = testLog({ segmentBytes: 2 ** 31 - 1 });
    const full = Array.from({ length: 16 }, () => maxBlockRecords / 16);
    appendNumbered(log, full);
    const shared = new Set<object>();
    residency.immutableParts(log, shared);
    const copy = clonePlain(log, shared);
    const before = [...copy.blocks[0].columns!.sequence];
    expect(copy.blocks[0].columns).toBe(log.blocks[0].columns);
    appendNumbered(log, full);
    const own = log.blocks[1].columns;
    const stored = new Map<number, ArrayBuffer>();
    storeSealed(log, stored);
    residency.evictToBudget([log], 0);
    appendNumbered(log, full);
    expect(log.blocks[2].columns).toBe(own);
    expect([...copy.blocks[0].columns!.sequence]).toEqual(before);
    residency.provideBlock(log, 1, stored.get(1)!);
    expect(log.blocks[1].columns!.sequence[5]).toBe(maxBlockRecords + 5);
    expect(log.blocks[2].columns!.sequence[5]).toBe(2 * maxBlockRecords + 5);
  });

  test('[LOG-14] an evicted log answers as a resident one does, once its blocks are brought back', () => {
    const log = testLog({ segmentBytes: 20000 });
    appendNumbered(log, [50, 60, 70, 80, 90, 100, 110]);
    const before = clonePlain(log);
    const stored = new Map<number, ArrayBuffer>();
    storeSealed(log, stored);
    expect(residency.evictToBudget([log], 0)).toBe(residency.residentBytes(log));
    expect(log.blocks.filter((block) => block.columns !== null).map((block) => block.state)).toEqual(['open']);
    for (let offset = 0; offset < log.logEndOffset; offset++) expect(sentTimeAt(log, offset)).toBe(sentTimeAt(before, offset));
    expect(readAll(log, stored)).toEqual(readAll(before, new Map()));
    log.blocks.forEach((block, i) => {
      expect(block.batches!.position.subarray(0, block.batchCount)).toEqual(
        before.blocks[i].batches!.position.subarray(0, block.batchCount),
      );
    });
  });

  test('[LOG-14] a timestamp lookup names the block it needs', () => {
    const log = testLog({ segmentBytes: 20000 });
    appendNumbered(log, [100, 100, 100, 100], 1000);
    const stored = new Map<number, ArrayBuffer>();
    storeSealed(log, stored);
    residency.evictToBudget([log], 0);
    expect(missingBlockForTimestamp(log, 1150)).toBe(1);
    expect(() => offsetForTimestamp(log, 1150)).toThrow('must be resident');
    residency.provideBlock(log, 1, stored.get(1)!);
    expect(missingBlockForTimestamp(log, 1150)).toBe(-1);
    expect(offsetForTimestamp(log, 1150)).toBe(150);
  });

  test('[LOG-15] blocks are sealed when full and when their segment rolls, and never span a segment', () => {
    const log = testLog();
    appendNumbered(log, [...Array<number>(14).fill(10000)]);
    expect(log.blocks.map((block) => [block.recordCount, block.state])).toEqual([
      [130000, 'sealed'],
      [10000, 'open'],
    ]);
    expect(log.outbox).toEqual([0]);
    expect(log.blocks[0].recordCount).toBeLessThanOrEqual(maxBlockRecords);
    const rolling = testLog({ segmentBytes: 20000 });
    appendNumbered(rolling, [100, 100, 100]);
    for (const block of rolling.blocks)
      expect(rolling.segments.some((segment) => segment.baseOffset === block.segmentBaseOffset)).toBe(true);
    expect(rolling.outbox).toEqual(rolling.blocks.slice(0, -1).map((block) => block.number));
  });

  test('[LOG-16] retention queues what the store has, and forgets what it never got', () => {
    const log = testLog({ segmentBytes: 20000, retentionBytes: 0 });
    appendNumbered(log, [100, 100, 100, 100]);
    const [first] = residency.takeSealed(log);
    residency.confirmStored(log, first);
    residency.returnUnstored(log, 2);
    expect(log.outbox).toEqual([2]);
    applyRetention(log, 0);
    expect(log.blocks).toEqual([]);
    expect(log.outbox).toEqual([]);
    expect(residency.takeDeletions(log)).toEqual([0, 1]);
    expect(residency.takeDeletions(log)).toEqual([]);
    residency.confirmStored(log, 1);
    expect(residency.evictBlock(log, 1)).toBe(0);
  });

  test('[LOG-17] a checkpoint holds the open block only, and goes on like the original', () => {
    const log = testLog({ segmentBytes: 20000 });
    appendNumbered(log, [100, 100, 100, 50]);
    const stored = new Map<number, ArrayBuffer>();
    storeSealed(log, stored);
    const restored = clonePlain(residency.checkpointOf(log));
    expect(restored.blocks.map((block) => block.columns !== null)).toEqual([...Array<boolean>(log.blocks.length - 1).fill(false), true]);
    appendNumbered(log, [30, 100, 60]);
    appendNumbered(restored, [30, 100, 60]);
    storeSealed(log, stored);
    expect(readAll(restored, stored)).toEqual(readAll(log, stored));
  });

  test('[LOG-17] a copy in memory shares the columns of sealed blocks, not of the open one', () => {
    const log = testLog({ segmentBytes: 20000 });
    appendNumbered(log, [100, 100, 100]);
    const keep = new Set<object>();
    residency.immutableParts(log, keep);
    const copy = clonePlain(log, keep);
    expect(copy.blocks[0].columns).toBe(log.blocks[0].columns);
    expect(copy.blocks[copy.blocks.length - 1].columns).not.toBe(log.blocks[log.blocks.length - 1].columns);
    expect(copy).toEqual(log);
  });
});

describe('block image', () => {
  test('[LOG-18] property, seed 7: any values come back to the bit, in the narrow forms and beside them', () => {
    const column = fc.constantFrom(
      (i: number) => i * 1000,
      () => 5,
      (i: number) => i * 3e9,
      (i: number) => -i - 1,
      (i: number) => i / 7,
      (i: number) => (i % 2 === 0 ? -0 : NaN),
      (i: number) => 1.7e15 + (i % 3) * 2147483647,
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), column, column, fc.integer(), (count, timestamps, sent, integer) => {
        const log = testLog();
        appendNumbered(log, [count]);
        const columns = log.blocks[0].columns!;
        for (let i = 0; i < count; i++) {
          columns.timestampUs[i] = timestamps(i);
          columns.sentUs[i] = sent(i);
          columns.path[i] = integer;
          columns.sequence[i] = integer + i;
        }
        const image = encodeBlock(log.blocks[0]);
        stampImage(image);
        const back = decodeBlock(image);
        if ('error' in back) throw new Error(back.detail);
        for (const name of ['timestampUs', 'sentUs', 'key', 'size', 'sequence', 'path'] as const) {
          expect(back.columns[name]).toEqual(columns[name].subarray(0, count));
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('[LOG-18] every flipped bit of an image is found, and so are a missing checksum and an unknown version', () => {
    const log = testLog();
    appendNumbered(log, [7, 5]);
    const image = encodeBlock(log.blocks[0]);
    expect(decodeBlock(image)).toMatchObject({ error: 'BLOCK_CORRUPT', detail: 'the block has no checksum' });
    stampImage(image);
    const bytes = new Uint8Array(image);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      expect('error' in decodeBlock(image)).toBe(true);
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    expect('error' in decodeBlock(image)).toBe(false);
    expect(decodeBlock(image.slice(0, 40))).toMatchObject({ error: 'BLOCK_CORRUPT' });
    bytes[4] = 9;
    expect(decodeBlock(image)).toMatchObject({ error: 'BLOCK_VERSION_UNKNOWN' });
  });
});
