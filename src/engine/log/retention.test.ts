import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendBatch } from './append.ts';
import { numberedColumns, testLog } from './logFixtures.ts';
import type { PartitionLog } from './logState.ts';
import { applyRetention } from './retention.ts';

function append(log: PartitionLog, count: number, timestampMs: number): void {
  for (let i = 0; i < count; i++) {
    const columns = numberedColumns(log.logEndOffset, 1);
    columns.timestampUs[0] = timestampMs * 1000;
    appendBatch(
      log,
      { columns, from: 0, count: 1, sizeBytes: 72, baseTimestampMs: timestampMs, maxTimestampMs: timestampMs },
      timestampMs * 1000,
    );
  }
  log.highWatermark = log.logEndOffset;
}

describe('retention', () => {
  test('[LOG-11] retention.bytes deletes whole segments and never leaves less than it', () => {
    const log = testLog({ segmentBytes: 360, retentionBytes: 720 });
    append(log, 15, 1000);
    expect(applyRetention(log, 1_000_000)).toBe(5);
    expect([log.logStartOffset, log.sizeBytes, log.appendedBytes]).toEqual([5, 720, 1080]);
    expect(applyRetention(log, 1_000_000)).toBe(0);
  });

  test('[LOG-12] retention.ms deletes the active segment too, after rolling an empty one', () => {
    const log = testLog({ segmentBytes: 360, retentionMs: 10000 });
    append(log, 13, 1000);
    expect(applyRetention(log, 11_000_000)).toBe(0);
    expect(applyRetention(log, 11_001_000)).toBe(13);
    expect(log.segments.map((segment) => [segment.baseOffset, segment.sizeBytes])).toEqual([[13, 0]]);
    expect([log.logStartOffset, log.logEndOffset, log.sizeBytes]).toEqual([13, 13, 0]);
    expect(applyRetention(log, 99_000_000)).toBe(0);
    append(log, 1, 12000);
    expect(log.logEndOffset).toBe(14);
  });

  test('[LOG-12] one future timestamp protects its segment and all after it', () => {
    const log = testLog({ segmentBytes: 216, retentionMs: 1000 });
    append(log, 3, 1000);
    append(log, 1, 500_000);
    append(log, 5, 1000);
    expect(applyRetention(log, 10_000_000)).toBe(3);
    expect(log.logStartOffset).toBe(3);
  });

  test('[LOG-13] nothing at or above the high watermark is deleted', () => {
    const log = testLog({ segmentBytes: 360, retentionMs: 0, retentionBytes: 0 });
    append(log, 12, 1000);
    log.highWatermark = 7;
    expect(applyRetention(log, 99_000_000)).toBe(5);
    log.highWatermark = 12;
    expect(applyRetention(log, 99_000_000)).toBe(7);
  });

  test('[LOG-13] segments wholly below a raised log start offset go, the active one stays', () => {
    const log = testLog({ segmentBytes: 360 });
    append(log, 12, 1000);
    log.logStartOffset = 12;
    expect(applyRetention(log, 1_000_000)).toBe(0);
    expect(log.segments.map((segment) => segment.baseOffset)).toEqual([10]);
  });

  test('[LOG-11] property, seed 6: what is left is consecutive, and bytes and records add up', () => {
    const step = fc.record({ count: fc.nat(9), advanceMs: fc.nat(3000), held: fc.nat(4) });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom(-1, 500, 2000),
        fc.constantFrom(-1, 5000),
        (steps, retentionBytes, retentionMs) => {
          const log = testLog({ segmentBytes: 500, retentionBytes, retentionMs });
          let nowMs = 0;
          let left = 0;
          for (const { count, advanceMs, held } of steps) {
            nowMs += advanceMs;
            append(log, count, nowMs);
            log.highWatermark = Math.max(log.logStartOffset, log.logEndOffset - held);
            left += applyRetention(log, nowMs * 1000);
            const first = log.blocks.length === 0 ? log.logEndOffset : log.blocks[0].baseOffset;
            expect(left).toBe(log.logStartOffset);
            expect(first).toBe(log.logStartOffset);
            expect(log.sizeBytes).toBe(log.segments.reduce((sum, segment) => sum + segment.sizeBytes, 0));
            expect(log.blocks.reduce((sum, block) => sum + block.recordCount, 0)).toBe(log.logEndOffset - log.logStartOffset);
            expect(log.logStartOffset).toBeLessThanOrEqual(log.highWatermark);
          }
        },
      ),
      { seed: 6, numRuns: 100 },
    );
  });
});
