import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPartitionLog } from './append.ts';
import { appendKeyed, cleanAll, endTransaction, readAll, roll } from './cleaningFixtures.ts';
import { testConfig } from './logFixtures.ts';
import type { PartitionLog } from './logState.ts';
import { appendLog, cutLog, raiseHighWatermark } from './partitionLog.ts';
import { copyOfEntry } from './producerEntry.ts';
import { batchRows } from './producerLogFixtures.ts';

const compacted = { cleanupPolicy: { delete: false, compact: true }, deleteRetentionMs: 1000 };

describe('truncation of a cleaned log', () => {
  test('[LOG-50] a cleaned log is cut and joined as any other, its holes and emptied batches where they were', () => {
    const part = fc.record({
      keys: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 6 }),
      then: fc.constantFrom('nothing', 'nothing', 'roll', 'COMMIT', 'ABORT', 'clean'),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 4, maxLength: 40 }), fc.nat(), (parts, choice) => {
        const build = (): { log: PartitionLog; ends: number[] } => {
          const log = createPartitionLog({ ...testConfig, ...compacted }, 20);
          const ends: number[] = [];
          let sequence = 0;
          parts.forEach(({ keys, then }, i) => {
            const isEnd = then === 'COMMIT' || then === 'ABORT';
            appendKeyed(log, isEnd ? { keys, producerId: 3, sequence, atMs: 1000 + i } : { keys, atMs: 1000 + i });
            ends.push(log.logEndOffset);
            if (isEnd) {
              sequence += keys.length;
              endTransaction(log, 3, then, 1000 + i);
              ends.push(log.logEndOffset);
            } else if (then !== 'nothing') roll(log, 1000 + i);
            if (then === 'clean') cleanAll(log, { nowMs: 1000 + 100 * i });
          });
          return { log, ends };
        };
        const { log, ends } = build();
        const whole = build().log;
        const from = ends[choice % ends.length];
        const rest = cutLog(log, from, 0);
        expect(batchRows(log)).toEqual(batchRows(whole).filter(([baseOffset]) => baseOffset < from));
        expect(log.sizeBytes + rest.sizeBytes).toBe(whole.sizeBytes);
        appendLog(log, rest, whole.logEndOffset);
        raiseHighWatermark(log, whole.highWatermark);
        expect(readAll(log)).toEqual(readAll(whole));
        expect(readAll(log, { isolation: 'read_committed' })).toEqual(readAll(whole, { isolation: 'read_committed' }));
        expect(batchRows(log)).toEqual(batchRows(whole));
        expect([log.logEndOffset, log.sizeBytes, log.epochs]).toEqual([whole.logEndOffset, whole.sizeBytes, whole.epochs]);
        expect(log.sizeBytes).toBe(log.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
        for (const block of log.blocks.slice(1)) expect(block.startPosition).toBe(log.blocks[log.blocks.indexOf(block) - 1].endPosition);
        // Batches that a cleaning removed can no longer be remembered; the last one of a producer always stays.
        const last = ({ producers }: PartitionLog): object | undefined => {
          const entry = producers?.producers.get(3);
          return entry && copyOfEntry(entry, 1);
        };
        expect(last(log)).toEqual(last(whole));
      }),
      { numRuns: 300, seed: 5003 },
    );
  });
});
