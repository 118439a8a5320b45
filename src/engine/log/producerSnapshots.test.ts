import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clonePlain } from '../kernel/plainClone.ts';
import { crc32c } from './crc32c.ts';
import { lastStableOffset, noteHighWatermark } from './lastStableOffset.ts';
import type { ProducerBatch } from './producerAppend.ts';
import type { BatchWords } from './producerFixtures.ts';
import { batchAt, marker, outcomeOf } from './producerFixtures.ts';
import {
  deleteSnapshotsBefore,
  noteLogStartOffset,
  producerSnapshotFile,
  replayProducers,
  resetProducers,
  takeProducerSnapshot,
  truncateProducers,
} from './producerSnapshots.ts';
import type { ProducerStates } from './producerStates.ts';
import { applyAppend, createProducerStates, validateAppend } from './producerStates.ts';

const clock = { nowMs: 2000, expirationMs: 86_400_000 };

/** A log of five offsets: two data batches, a snapshot at 3, an open transaction of producer 8 before it. */
function withSnapshot(): ProducerStates {
  const states = createProducerStates();
  outcomeOf(states, { count: 2 });
  outcomeOf(states, { producerId: 8, isTransactional: true });
  takeProducerSnapshot(states);
  outcomeOf(states, { baseSequence: 2 });
  outcomeOf(states, { producerId: 8, control: marker('COMMIT') }, 'coordinator');
  return states;
}

describe('snapshots', () => {
  test('[LOG-30] a snapshot keeps of each producer the last batch, and none is taken twice at one offset', () => {
    const states = createProducerStates();
    takeProducerSnapshot(states);
    expect(states.snapshots).toEqual([]);
    outcomeOf(states, {});
    outcomeOf(states, { baseSequence: 1 });
    takeProducerSnapshot(states);
    takeProducerSnapshot(states);
    expect(states.snapshots.map(({ offset }) => offset)).toEqual([2]);
    expect(states.snapshots[0].entries[0].batches).toEqual([{ lastSequence: 1, lastOffset: 1, offsetDelta: 0, timestampMs: 1000 }]);
    outcomeOf(states, { baseSequence: 2 });
    expect(states.snapshots[0].entries[0].batches[0].lastSequence).toBe(1);
  });

  test('[LOG-30] a cut log goes back to the newest snapshot within it, its open transaction open again', () => {
    const states = withSnapshot();
    truncateProducers(states, { logStartOffset: 0, logEndOffset: 4 }, clock);
    expect([states.endOffset, states.ongoing.map(({ firstOffset }) => firstOffset), states.unreplicated]).toEqual([3, [2], []]);
    replayProducers(states, [batchAt(3, { baseSequence: 2 })], 4);
    expect(outcomeOf(states, { baseSequence: 2 })).toBe('duplicate 3-3');
    expect(lastStableOffset(states, { highWatermark: 4, logStartOffset: 0 })).toBe(2);
  });

  test('[LOG-30] snapshots beyond the end or at the start go; without one the state begins empty at the start', () => {
    const states = withSnapshot();
    truncateProducers(states, { logStartOffset: 1, logEndOffset: 2 }, clock);
    expect([states.snapshots, states.producers.size, states.endOffset]).toEqual([[], 0, 1]);
    resetProducers(states, 40);
    expect([states.endOffset, states.lastSnapshotOffset]).toEqual([40, 0]);
  });

  test('[LOG-30] an expired producer does not come back from a snapshot', () => {
    const states = withSnapshot();
    truncateProducers(states, { logStartOffset: 0, logEndOffset: 4 }, { nowMs: 9000, expirationMs: 8000 });
    expect([...states.producers.keys()]).toEqual([8]);
  });

  test('[LOG-30] a state that ends where the log ends is kept as it is', () => {
    const states = withSnapshot();
    truncateProducers(states, { logStartOffset: 0, logEndOffset: 5 }, clock);
    expect(states.producers.get(7)?.batches.length).toBe(2);
    expect(states.unreplicated.length).toBe(1);
    noteLogStartOffset(states, 9);
    expect([states.endOffset, states.unreplicated.length, states.producers.size]).toEqual([9, 0, 2]);
    deleteSnapshotsBefore(states, 4);
    expect(states.snapshots).toEqual([]);
  });

  test('[LOG-30] going back and replaying gives the state of a log that never went on, but for older remembered batches (seed 30)', () => {
    const step = fc.record({ producer: fc.integer({ min: 1, max: 3 }), end: fc.constantFrom('no', 'COMMIT', 'ABORT'), roll: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), fc.nat(), (steps, pick) => {
        const states = createProducerStates();
        const straight = createProducerStates();
        const sequences = [0, 0, 0, 0];
        const batches: ProducerBatch[] = [];
        steps.forEach(({ producer, end, roll }, i) => {
          const words: BatchWords =
            end === 'no'
              ? { producerId: producer, baseSequence: sequences[producer]++, isTransactional: true }
              : { producerId: producer, control: marker(end as 'COMMIT' | 'ABORT') };
          const batch = batchAt(i, words);
          batches.push(batch);
          const validation = validateAppend(states, [batch], { origin: end === 'no' ? 'client' : 'coordinator' });
          if (validation.outcome !== 'append') throw new Error(JSON.stringify(validation));
          applyAppend(states, validation, i + 1);
          if (roll) takeProducerSnapshot(states);
        });
        const cut = pick % steps.length;
        truncateProducers(states, { logStartOffset: 0, logEndOffset: cut }, clock);
        replayProducers(states, batches.slice(states.endOffset, cut), cut);
        replayProducers(straight, batches.slice(0, cut), cut);
        noteHighWatermark(states, cut);
        noteHighWatermark(straight, cut);
        const view = ({ producers, ongoing }: ProducerStates): unknown => [
          [...producers.values()]
            .sort((a, b) => a.producerId - b.producerId)
            .map((entry) => ({ ...entry, batches: entry.batches.slice(-1) })),
          ongoing,
        ];
        expect(view(states)).toEqual(view(straight));
      }),
      { seed: 30, numRuns: 100 },
    );
  });

  test('[LOG-10] what a log knows of its producers is plain data: a copy goes on as the original does', () => {
    const states = withSnapshot();
    const copy = clonePlain(states);
    expect(copy).toEqual(states);
    expect([outcomeOf(states, { baseSequence: 3 }), outcomeOf(copy, { baseSequence: 4 })]).toEqual([
      'append',
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
    ]);
    expect([states.endOffset, copy.endOffset]).toEqual([6, 5]);
  });

  test('[LOG-30] the file of a snapshot: version 1, checksum of the rest, 46 bytes a producer', () => {
    const states = withSnapshot();
    const bytes = producerSnapshotFile(states.snapshots[0]);
    const view = new DataView(bytes.buffer);
    expect(bytes.length).toBe(10 + 2 * 46);
    expect([view.getInt16(0), view.getUint32(2), view.getInt32(6)]).toEqual([1, crc32c(bytes, 6), 2]);
    expect([view.getBigInt64(10), view.getInt16(18), view.getInt32(20), view.getBigInt64(24), view.getInt32(32)]).toEqual([
      7n,
      0,
      1,
      1n,
      1,
    ]);
    expect([view.getBigInt64(36), view.getInt32(44), view.getBigInt64(48)]).toEqual([1000n, -1, -1n]);
    expect([view.getBigInt64(56), view.getBigInt64(56 + 38)]).toEqual([8n, 2n]);
  });
});
