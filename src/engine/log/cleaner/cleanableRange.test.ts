import { describe, expect, test } from 'vitest';
import type { CompactedLog } from './cleanableRange.ts';
import { cleanableOffsets, compactionDelayMs, filthiestLog, measureDirt, planCleaning, segmentsBetween } from './cleanableRange.ts';
import { segmentRow } from './cleanerFixtures.ts';

/** Segments at 0, 10, 20, 30 and the active one at 40, of 100 bytes each, written at 1 s, 2 s, … */
function fiveSegments(fields: Partial<CompactedLog> = {}): CompactedLog {
  const segments = [0, 10, 20, 30, 40].map((baseOffset, i) =>
    segmentRow(baseOffset, { sizeBytes: 100, firstTimestampMs: (i + 1) * 1000, largestTimestampMs: (i + 1) * 1000 + 500 }),
  );
  return { segments, logStartOffset: 5, logEndOffset: 48, lastStableOffset: 48, ...fields };
}

const lag = { minCompactionLagMs: 0, maxCompactionLagMs: Infinity, minCleanableDirtyRatio: 0.5 };

describe('what may be cleaned', () => {
  test('[LOG-35] segments of a range: from the one that holds its first offset', () => {
    const { segments } = fiveSegments();
    const bases = (from: number, to: number): number[] => segmentsBetween(segments, from, to).map(({ baseOffset }) => baseOffset);
    expect([bases(12, 30), bases(12, 31), bases(-1, 10), bases(20, 20)]).toEqual([[10, 20], [10, 20, 30], [0], []]);
  });

  test('[LOG-35] cleaning ends before the active segment and before the last stable offset', () => {
    expect(cleanableOffsets(fiveSegments(), 10, lag, 9000)).toEqual({
      firstDirtyOffset: 10,
      firstUncleanableOffset: 40,
      isCheckpointInvalid: false,
    });
    expect(cleanableOffsets(fiveSegments({ lastStableOffset: 27 }), 10, lag, 9000).firstUncleanableOffset).toBe(27);
    expect(cleanableOffsets(fiveSegments({ lastStableOffset: 7 }), 10, lag, 9000).firstUncleanableOffset).toBe(10);
  });

  test('[LOG-35] and before the first segment with a record younger than min.compaction.lag.ms', () => {
    const old = { minCompactionLagMs: 4000 };
    expect(cleanableOffsets(fiveSegments(), 10, old, 7500).firstUncleanableOffset).toBe(30);
    expect(cleanableOffsets(fiveSegments(), 10, old, 7499).firstUncleanableOffset).toBe(20);
    expect(cleanableOffsets(fiveSegments(), 10, old, 3000).firstUncleanableOffset).toBe(10);
  });

  test('[LOG-35] a checkpoint outside of the log is set to its start', () => {
    for (const checkpoint of [4, 49]) {
      expect(cleanableOffsets(fiveSegments(), checkpoint, lag, 9000)).toMatchObject({ firstDirtyOffset: 5, isCheckpointInvalid: true });
    }
    expect(cleanableOffsets(fiveSegments(), null, lag, 9000)).toMatchObject({ firstDirtyOffset: 5, isCheckpointInvalid: false });
  });
});

describe('whose turn it is', () => {
  test('[LOG-36] dirt is measured in whole segments; one that is clean in part counts on both sides', () => {
    const { segments } = fiveSegments();
    expect(measureDirt(segments, { firstDirtyOffset: 10, firstUncleanableOffset: 35 })).toEqual({
      firstUncleanableOffset: 30,
      cleanBytes: 100,
      cleanableBytes: 200,
      cleanableRatio: 2 / 3,
    });
    expect(measureDirt(segments, { firstDirtyOffset: 15, firstUncleanableOffset: 30 }).cleanableRatio).toBe(0.5);
    expect(measureDirt(segments, { firstDirtyOffset: 25, firstUncleanableOffset: 27 }).cleanableBytes).toBe(0);
    expect(measureDirt(segments, { firstDirtyOffset: 5, firstUncleanableOffset: 47 })).toMatchObject({
      firstUncleanableOffset: 40,
      cleanableRatio: 0.8,
    });
  });

  test('[LOG-36] the ratio must be above min.cleanable.dirty.ratio, the dirtiest log comes first', () => {
    const plan = (checkpoint: number): { plan: ReturnType<typeof planCleaning>; config: typeof lag } => ({
      plan: planCleaning(fiveSegments(), checkpoint, lag, 9000),
      config: lag,
    });
    expect(filthiestLog([plan(20), plan(30)])).toBe(-1);
    expect(filthiestLog([plan(20), plan(10), plan(5), plan(5)])).toBe(2);
    expect(filthiestLog([])).toBe(-1);
  });

  test('[LOG-36] what is older than max.compaction.lag.ms is cleaned however little it is', () => {
    const { segments } = fiveSegments();
    expect(compactionDelayMs(segments, 30, 5000, 9000)).toBe(0);
    expect(compactionDelayMs(segments, 30, 5000, 9100)).toBe(100);
    const config = { ...lag, maxCompactionLagMs: 5000 };
    const plan = planCleaning(fiveSegments(), 30, config, 9100);
    expect(plan).toMatchObject({ cleanableRatio: 0.25, compactionDelayMs: 100 });
    expect(filthiestLog([{ plan, config }])).toBe(0);
    expect(filthiestLog([{ plan: planCleaning(fiveSegments({ lastStableOffset: 31 }), 30, config, 9100), config }])).toBe(-1);
  });
});
