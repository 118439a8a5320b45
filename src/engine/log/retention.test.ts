import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendBatch } from './append.ts';
import { numberedColumns, testLog } from './logFixtures.ts';
import { noProducer } from './logState.ts';
import type { PartitionLog } from './logState.ts';
import { playHistory } from './producerLogFixtures.ts';
import { applyRetention, raiseLogStart } from './retention.ts';

function append(log: PartitionLog, count: number, timestampMs: number): void {
  for (let i = 0; i < count; i++) {
    const columns = numberedColumns(log.logEndOffset, 1);
    columns.timestampUs[0] = timestampMs * 1000;
    appendBatch(
      log,
      { columns, from: 0, count: 1, storedBytes: 72, baseTimestampMs: timestampMs, maxTimestampMs: timestampMs, ...noProducer },
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

  test('[LOG-11] a segment that would take the log below retention.bytes stays, however far the log is above it', () => {
    // Five segments of 360 bytes and 144 in the active one: 1,044 too many, of which two segments go.
    const log = testLog({ segmentBytes: 360, retentionBytes: 900 });
    append(log, 27, 1000);
    expect(applyRetention(log, 1_000_000)).toBe(10);
    expect([log.logStartOffset, log.sizeBytes]).toEqual([10, 1224]);
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
    raiseLogStart(log, 12);
    expect(applyRetention(log, 1_000_000)).toBe(10);
    expect(log.segments.map((segment) => segment.baseOffset)).toEqual([10]);
  });

  test('[LOG-55] a raised log start moves the epoch in force and lets ended transactions go; it never falls, and stays at or below the high watermark', () => {
    const log = testLog();
    playHistory(log, [
      { producer: 3, count: 4, then: 'COMMIT' },
      { producer: 0, count: 3, then: 'epoch' },
      { producer: 0, count: 2, then: 'nothing' },
    ]);
    log.highWatermark = 7;
    expect(log.producers!.unreplicated).toHaveLength(1);
    raiseLogStart(log, 6);
    raiseLogStart(log, 5);
    expect([log.logStartOffset, log.producers!.unreplicated]).toEqual([6, []]);
    expect(log.epochs).toEqual([
      { epoch: 0, startOffset: 6 },
      { epoch: 1, startOffset: 8 },
    ]);
    expect(() => raiseLogStart(log, 8)).toThrow('its high watermark is 7');
  });

  test('[LOG-55] with deleted segments go their epochs and the snapshots of their producers', () => {
    const log = testLog({ segmentBytes: 1000, retentionBytes: 0 });
    const steps = Array.from({ length: 12 }, (_, i) => ({ producer: 1, count: 2, then: i === 3 ? 'epoch' : 'nothing' }) as const);
    playHistory(log, steps);
    const starts = log.segments.map(({ baseOffset }) => baseOffset);
    expect(starts.length).toBeGreaterThan(3);
    expect(log.producers!.snapshots.map(({ offset }) => offset)).toEqual(starts.slice(1));
    log.highWatermark = starts[2];
    applyRetention(log, 0);
    expect(log.producers!.snapshots.map(({ offset }) => offset)).toEqual(starts.slice(2));
    expect(log.epochs[0].startOffset).toBe(starts[2]);
    expect(log.producers!.producers.get(1)!.batches).toHaveLength(5);
  });

  test('[LOG-55] a log that is only compacted loses nothing to time or size, only what lies below its start', () => {
    const log = testLog({ segmentBytes: 360, retentionMs: 0, retentionBytes: 0, cleanupPolicy: { delete: false, compact: true } });
    append(log, 12, 1000);
    expect(applyRetention(log, 99_000_000)).toBe(0);
    raiseLogStart(log, 5);
    expect([applyRetention(log, 99_000_000), log.segments[0].baseOffset]).toEqual([5, 5]);
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
