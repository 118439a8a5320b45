import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendKeyed, cleanAll, endTransaction, readAll, roll } from './cleaningFixtures.ts';
import { testLog } from './logFixtures.ts';
import type { PartitionLog } from './logState.ts';
import { appendLog, createFetchedRecords, cutLog, lastStableOffsetOf, raiseHighWatermark, readBatches } from './partitionLog.ts';

const compacted = { cleanupPolicy: { delete: false, compact: true } };
const everything = { maxBytes: 1e9, maxRecords: 1e9, atLeastOne: true };

function read(log: PartitionLog, offset: number, options: Partial<Parameters<typeof readBatches>[1]> = {}) {
  const fetched = createFetchedRecords(0);
  readBatches(log, { ...everything, offset, limit: log.highWatermark, ...options }, fetched);
  const { count, nextOffset, bytes } = fetched;
  const offsets = fetched.offsets === null ? null : [...fetched.offsets];
  return { count, nextOffset, bytes, offsets, keys: [...fetched.columns.key.subarray(0, count)] };
}

/** Two transactions of producer 7, the first aborted, with a plain record between, then one of producer 8 that is open. */
function transactional(): PartitionLog {
  const log = testLog();
  appendKeyed(log, { keys: [1, 2], producerId: 7 });
  appendKeyed(log, { keys: [3] });
  endTransaction(log, 7, 'ABORT');
  appendKeyed(log, { keys: [4], producerId: 7, sequence: 2 });
  endTransaction(log, 7, 'COMMIT');
  appendKeyed(log, { keys: [5], producerId: 8 });
  appendKeyed(log, { keys: [6] });
  return log;
}

describe('reading across holes', () => {
  /** Offsets 2 (key 3) and 5 to 6 (keys 1, 2) are left, in batches 0-2, 3-4 (gone) and 5-6. */
  function holed(): PartitionLog {
    const log = testLog(compacted);
    appendKeyed(log, { keys: [1, 2, 3] });
    appendKeyed(log, { keys: [1, 2] });
    appendKeyed(log, { keys: [1, 2] });
    roll(log);
    cleanAll(log);
    return log;
  }

  test('[LOG-62] a read in a hole begins with the next record; records have their own offsets', () => {
    const log = holed();
    expect(read(log, 0)).toMatchObject({ count: 3, nextOffset: 7, offsets: [2, 5, 6], keys: [3, 1, 2] });
    expect(read(log, 2)).toMatchObject({ count: 3, nextOffset: 7, offsets: [2, 5, 6] });
    expect(read(log, 3)).toMatchObject({ count: 2, nextOffset: 7, offsets: [5, 6] });
    expect(read(log, 4)).toMatchObject({ count: 2, nextOffset: 7, offsets: [5, 6] });
    expect(read(log, 5)).toMatchObject({ count: 2, nextOffset: 7, offsets: null });
    expect(read(log, 6)).toMatchObject({ count: 1, nextOffset: 7, offsets: null, keys: [2] });
  });

  test('[LOG-62] a read that ends within a batch goes on there; one that ends with it goes on behind its last offset', () => {
    const log = holed();
    expect(read(log, 0, { maxRecords: 2 })).toMatchObject({ count: 2, nextOffset: 6, offsets: [2, 5] });
    expect(read(log, 0, { maxRecords: 1 })).toMatchObject({ count: 1, nextOffset: 3, offsets: [2] });
    expect(read(log, 0, { maxBytes: 1 })).toMatchObject({ count: 1, nextOffset: 3, offsets: [2] });
  });

  test('[LOG-62] a limit leaves out batches that end at or after it', () => {
    const log = holed();
    expect(read(log, 0, { limit: 6 })).toMatchObject({ count: 1, nextOffset: 3 });
    expect(read(log, 0, { limit: 4 })).toMatchObject({ count: 1, nextOffset: 3 });
    expect(read(log, 0, { limit: 2 })).toMatchObject({ count: 0, nextOffset: 0 });
    expect(read(log, 3, { limit: 6 })).toMatchObject({ count: 0, nextOffset: 3 });
  });

  test('[LOG-62] an emptied batch holds nothing and moves the position', () => {
    const log = testLog(compacted);
    appendKeyed(log, { keys: [1, 2], producerId: 7 });
    endTransaction(log, 7, 'COMMIT');
    appendKeyed(log, { keys: [1, 2] });
    roll(log);
    cleanAll(log);
    expect(read(log, 0, { maxBytes: 1 })).toMatchObject({ count: 0, nextOffset: 2, bytes: 61 });
    expect(read(log, 2, { maxBytes: 1 })).toMatchObject({ count: 0, nextOffset: 3 });
    expect(read(log, 0)).toMatchObject({ count: 2, nextOffset: 5, offsets: [3, 4] });
  });
});

describe('transactions', () => {
  test('[LOG-63] markers are never handed out; a read of nothing else moves the position', () => {
    const log = transactional();
    expect(read(log, 0)).toMatchObject({ count: 6, nextOffset: 8, offsets: [0, 1, 2, 4, 6, 7], keys: [1, 2, 3, 4, 5, 6] });
    expect(read(log, 3, { maxBytes: 80 })).toMatchObject({ count: 0, nextOffset: 4, offsets: null, bytes: 78 });
    expect(read(log, 0, { limit: 4 })).toMatchObject({ count: 3, nextOffset: 4, offsets: null });
    expect(read(log, 6)).toMatchObject({ count: 2, nextOffset: 8, offsets: null });
  });

  test('[LOG-63] a read_committed reader gets no aborted records and nothing from the first open transaction on', () => {
    const log = transactional();
    const options = { limit: lastStableOffsetOf(log), isolation: 'read_committed' } as const;
    expect(options.limit).toBe(6);
    expect(read(log, 0, options)).toMatchObject({ count: 2, nextOffset: 6, offsets: [2, 4], keys: [3, 4] });
    expect(read(log, 1, options)).toMatchObject({ count: 2, offsets: [2, 4] });
    expect(read(log, 0, { ...options, maxBytes: 130 })).toMatchObject({ count: 0, nextOffset: 2 });
    endTransaction(log, 8, 'ABORT');
    expect(readAll(log, { isolation: 'read_committed' })).toEqual({ records: ['2:3', '4:4', '7:6'], position: 9 });
  });

  test('[LOG-63] the marker that aborts may stand in a later segment, the records in one that is cleaned', () => {
    const log = testLog(compacted);
    appendKeyed(log, { keys: [1, 2], producerId: 7 });
    roll(log);
    appendKeyed(log, { keys: [3] });
    endTransaction(log, 7, 'ABORT');
    roll(log);
    expect(readAll(log, { isolation: 'read_committed' }).records).toEqual(['2:3']);
    expect(readAll(log).records).toEqual(['0:1', '1:2', '2:3']);
    cleanAll(log);
    // The cleaner takes aborted records at once.
    expect(readAll(log)).toEqual({ records: ['2:3'], position: 4 });
    expect(readAll(log, { isolation: 'read_committed', from: 1 })).toEqual({ records: ['2:3'], position: 4 });
  });
});

type Step = 'roll' | 'clean' | { producer: number; keys: number[] } | { ends: number; type: 'COMMIT' | 'ABORT' };

/** What happens next: a batch (producer -1 for none), the end of a producer's transaction, a roll, a cleaning. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      producer: fc.integer({ min: -1, max: 2 }),
      keys: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ ends: fc.integer({ min: 0, max: 2 }), type: fc.constantFrom('COMMIT' as const, 'ABORT' as const) }) },
  { weight: 1, arbitrary: fc.constant('roll' as const) },
  { weight: 1, arbitrary: fc.constant('clean' as const) },
);

/** Does all steps; returns which producers' transactions are open, with their offsets, and which offsets are of aborted ones. */
function perform(log: PartitionLog, steps: readonly Step[]): { open: Map<number, number[]>; aborted: Set<number> } {
  const open = new Map<number, number[]>();
  const sequences = new Map<number, number>();
  const aborted = new Set<number>();
  for (const what of steps) {
    if (what === 'roll') roll(log);
    else if (what === 'clean') cleanAll(log);
    else if ('ends' in what) {
      if (!open.has(what.ends)) continue;
      if (what.type === 'ABORT') for (const offset of open.get(what.ends)!) aborted.add(offset);
      open.delete(what.ends);
      endTransaction(log, what.ends, what.type);
    } else {
      const { producer, keys } = what;
      const from = log.logEndOffset;
      appendKeyed(log, { keys, producerId: producer, sequence: sequences.get(producer) ?? 0 });
      if (producer < 0) continue;
      sequences.set(producer, (sequences.get(producer) ?? 0) + keys.length);
      open.set(producer, [...(open.get(producer) ?? []), ...keys.map((_, i) => from + i)]);
    }
  }
  return { open, aborted };
}

test('[LOG-63] from any offset, in portions of any size, a reader gets exactly what is committed, in order (seed 63)', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (steps, maxRecords) => {
      const log = testLog({ ...compacted, deleteRetentionMs: 0 });
      const { open, aborted } = perform(log, steps);
      const stable = lastStableOffsetOf(log);
      expect(stable).toBe(Math.min(log.highWatermark, ...[...open.values()].map(([first]) => first)));
      const all = readAll(log).records;
      const committed = all.filter((record) => Number(record.split(':')[0]) < stable && !aborted.has(Number(record.split(':')[0])));
      for (let from = 0; from <= log.logEndOffset; from++) {
        const later = (records: string[]): string[] => records.filter((record) => Number(record.split(':')[0]) >= from);
        expect(readAll(log, { from, maxRecords })).toEqual({ records: later(all), position: log.highWatermark });
        const { records, position } = readAll(log, { from, maxRecords, isolation: 'read_committed' });
        expect([records, position]).toEqual([later(committed), Math.max(from, stable)]);
      }
    }),
    { seed: 63, numRuns: 150 },
  );
});

/** Offsets between two batches of the log, its ends among them. */
function boundaries(log: PartitionLog): number[] {
  const found = new Set([log.logStartOffset, log.logEndOffset]);
  for (const block of log.blocks) for (const offset of block.batches!.baseOffset.subarray(0, block.batchCount)) found.add(offset);
  return [...found].sort((a, b) => a - b);
}

test('[LOG-62] a cleaned log can be cut between any two batches and joined again (seed 62)', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, at) => {
      const log = testLog({ ...compacted, segmentBytes: 500 });
      perform(log, [...steps, 'roll', 'clean']);
      const before = { all: readAll(log).records, committed: readAll(log, { isolation: 'read_committed' }).records, end: log.logEndOffset };
      const offsets = boundaries(log);
      const cut = offsets[at % offsets.length];
      const rest = cutLog(log, cut, 1e6);
      const offsetOf = (record: string): number => Number(record.split(':')[0]);
      expect(readAll(log).records).toEqual(before.all.filter((record) => offsetOf(record) < cut));
      expect(readAll(rest).records).toEqual(before.all.filter((record) => offsetOf(record) >= cut));
      appendLog(log, rest, rest.logEndOffset);
      raiseHighWatermark(log, log.logEndOffset);
      expect(log.logEndOffset).toBe(before.end);
      expect(readAll(log).records).toEqual(before.all);
      expect(readAll(log, { isolation: 'read_committed' }).records).toEqual(before.committed);
    }),
    { seed: 62, numRuns: 150 },
  );
});
