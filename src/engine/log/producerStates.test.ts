import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decrementSequence, incrementSequence, sequenceMax } from './producerEntry.ts';
import { appendWords, batchAt, marker, outcomeOf } from './producerFixtures.ts';
import {
  createProducerStates,
  hasLateTransaction,
  hasOpenTransaction,
  removeExpiredProducers,
  startVerification,
  validateAppend,
} from './producerStates.ts';

const outOfOrder = 'OUT_OF_ORDER_SEQUENCE_NUMBER';

describe('sequences', () => {
  test('[LOG-25] the next batch begins one after the last sequence; a gap or an overlap is out of order', () => {
    const states = createProducerStates();
    expect(outcomeOf(states, { count: 4 })).toBe('append');
    expect(outcomeOf(states, { baseSequence: 5 })).toBe(outOfOrder);
    expect(outcomeOf(states, { baseSequence: 3, count: 2 })).toBe(outOfOrder);
    expect(outcomeOf(states, { baseSequence: 4, count: 2 })).toBe('append');
    expect(states.endOffset).toBe(6);
  });

  test('[LOG-25] a producer that is not known begins anywhere; sequences go on with 0 after the largest', () => {
    const states = createProducerStates();
    expect(outcomeOf(states, { baseSequence: sequenceMax - 1, count: 3 })).toBe('append');
    expect(outcomeOf(states, { baseSequence: 1 })).toBe('append');
    expect(outcomeOf(states, { baseSequence: sequenceMax - 1, count: 3 })).toBe('duplicate 0-2');
  });

  test('[LOG-25] adding to a sequence and taking away again gives it back (seed 25)', () => {
    const number = fc.integer({ min: 0, max: sequenceMax });
    fc.assert(
      fc.property(number, number, (sequence, by) => {
        const sum = incrementSequence(sequence, by);
        expect(sum).toBeGreaterThanOrEqual(0);
        expect(sum).toBeLessThanOrEqual(sequenceMax);
        expect(decrementSequence(sum, by)).toBe(sequence);
      }),
      { seed: 25 },
    );
  });

  test('[LOG-25] a follower and a coordinator check no sequences', () => {
    const states = createProducerStates();
    outcomeOf(states, { baseSequence: 3 });
    expect(outcomeOf(states, { baseSequence: 9 }, 'replication')).toBe('append');
    expect(outcomeOf(states, { baseSequence: -1, isTransactional: true }, 'coordinator')).toBe('append');
  });

  test('[LOG-26] the last five batches are told as duplicates with their offsets, an older one is out of order', () => {
    const states = createProducerStates();
    for (let i = 0; i < 6; i++) outcomeOf(states, { baseSequence: i * 2, count: 2 });
    expect(outcomeOf(states, { baseSequence: 0, count: 2 })).toBe(outOfOrder);
    expect(outcomeOf(states, { baseSequence: 2, count: 2 })).toBe('duplicate 2-3');
    expect(outcomeOf(states, { baseSequence: 10, count: 2 })).toBe('duplicate 10-11');
    expect(outcomeOf(states, { baseSequence: 10, count: 1 })).toBe(outOfOrder);
    expect(states.endOffset).toBe(12);
  });

  test('[LOG-26] retries in any order of the batches in flight leave every record in the log once, in order (seed 26)', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 60 }), (sends) => {
        const states = createProducerStates();
        const written: number[] = [];
        let base = 0;
        for (const ahead of sends) {
          // Up to five batches in flight, any of them sent again.
          const sequence = base + ahead;
          const outcome = outcomeOf(states, { baseSequence: sequence });
          if (outcome === 'append') written.push(sequence);
          if (outcome === `duplicate ${sequence}-${sequence}` && sequence === base) base++;
        }
        expect(written).toEqual(written.map((_, i) => written[0] + i));
      }),
      { seed: 26, numRuns: 50 },
    );
  });

  test('[LOG-27] a new epoch begins at sequence 0 and fences the old one', () => {
    const states = createProducerStates();
    outcomeOf(states, { count: 3 });
    expect(outcomeOf(states, { producerEpoch: 2, baseSequence: 3 })).toBe(outOfOrder);
    expect(outcomeOf(states, { producerEpoch: 2, count: 2 })).toBe('append');
    expect(outcomeOf(states, { baseSequence: 3 })).toBe('INVALID_PRODUCER_EPOCH');
    expect(outcomeOf(states, { count: 3 })).toBe('INVALID_PRODUCER_EPOCH');
    expect(outcomeOf(states, { baseSequence: 3 }, 'replication')).toBe('append');
  });

  test('[LOG-25] several batches of one append are checked one after the other, and all refused with the first error', () => {
    const states = createProducerStates();
    outcomeOf(states, {});
    const batches = [batchAt(1, { baseSequence: 1, count: 2 }), batchAt(3, { producerId: 8 }), batchAt(4, { baseSequence: 4 })];
    const validation = validateAppend(states, batches, { origin: 'client' });
    expect(validation).toMatchObject({ outcome: 'error', error: outOfOrder });
    expect(validation.outcome === 'error' && validation.reason).toContain('producer 7 at offset 4');
    expect([states.producers.size, states.producers.get(7)?.batches.length]).toEqual([1, 1]);
  });
});

describe('transactions', () => {
  test('[LOG-28] a transaction opens with its first batch and ends with its marker, which keeps sequence and remembered batches', () => {
    const states = createProducerStates();
    outcomeOf(states, { count: 2, isTransactional: true });
    expect(hasOpenTransaction(states, 7, 0)).toBe(true);
    expect(outcomeOf(states, { baseSequence: 2 })).toBe('INVALID_TXN_STATE');
    expect(outcomeOf(states, { control: marker('COMMIT') }, 'coordinator')).toBe('append');
    expect(hasOpenTransaction(states, 7, 0)).toBe(false);
    expect(outcomeOf(states, { baseSequence: 0, count: 2, isTransactional: true })).toBe('duplicate 0-1');
    expect(outcomeOf(states, { baseSequence: 2, isTransactional: true })).toBe('append');
  });

  test('[LOG-28] an abort is told with where reading goes on, at the oldest other open transaction; an empty one tells nothing', () => {
    const states = createProducerStates();
    outcomeOf(states, { count: 2, isTransactional: true });
    outcomeOf(states, { producerId: 8, isTransactional: true });
    expect(appendWords(states, { control: marker('ABORT') }, 'coordinator').aborted).toEqual([
      { producerId: 7, firstOffset: 0, lastOffset: 3, lastStableOffset: 2 },
    ]);
    expect(appendWords(states, { producerId: 8, control: marker('ABORT') }, 'coordinator').aborted).toEqual([
      { producerId: 8, firstOffset: 2, lastOffset: 4, lastStableOffset: 5 },
    ]);
    expect(appendWords(states, { control: marker('ABORT') }, 'coordinator').aborted).toEqual([]);
    expect(appendWords(states, { control: 'emptied' }, 'replication').aborted).toEqual([]);
  });

  test('[LOG-28] markers of an old coordinator or producer epoch are fenced, but not at a follower', () => {
    const states = createProducerStates();
    outcomeOf(states, { control: marker('COMMIT', 4), producerEpoch: 3 }, 'coordinator');
    expect(outcomeOf(states, { control: marker('ABORT', 3), producerEpoch: 3 }, 'coordinator')).toBe('TRANSACTION_COORDINATOR_FENCED');
    expect(outcomeOf(states, { control: marker('ABORT', 4), producerEpoch: 2 }, 'coordinator')).toBe('INVALID_PRODUCER_EPOCH');
    expect(outcomeOf(states, { control: marker('ABORT', 3), producerEpoch: 2 }, 'replication')).toBe('append');
  });

  test('[LOG-28] from transaction version 2 a marker raises the epoch; only its repetition may come with the same one', () => {
    const states = createProducerStates();
    outcomeOf(states, { isTransactional: true });
    expect(outcomeOf(states, { control: marker('COMMIT', 0, 2) }, 'coordinator')).toBe('INVALID_PRODUCER_EPOCH');
    expect(outcomeOf(states, { control: marker('COMMIT', 0, 2), producerEpoch: 1 }, 'coordinator')).toBe('append');
    expect(outcomeOf(states, { control: marker('COMMIT', 0, 2), producerEpoch: 1 }, 'coordinator')).toBe('append');
    expect(outcomeOf(states, { baseSequence: 1, isTransactional: true })).toBe('INVALID_PRODUCER_EPOCH');
    expect(outcomeOf(states, { producerEpoch: 1, isTransactional: true })).toBe('append');
  });

  test('[LOG-29] a silent producer is forgotten after its time, not while its transaction is open', () => {
    const states = createProducerStates();
    outcomeOf(states, { maxTimestampMs: 1000 });
    outcomeOf(states, { producerId: 8, maxTimestampMs: 500, isTransactional: true });
    removeExpiredProducers(states, 5999, 5000);
    expect([...states.producers.keys()]).toEqual([7, 8]);
    removeExpiredProducers(states, 6000, 5000);
    expect([...states.producers.keys()]).toEqual([8]);
    expect(outcomeOf(states, { baseSequence: 77 })).toBe('append');
  });

  test('[LOG-29] a transaction is late when its producer said nothing for the longest timeout and five minutes', () => {
    const states = createProducerStates();
    outcomeOf(states, { maxTimestampMs: 1000, isTransactional: true });
    expect(hasLateTransaction(states, 361_000, 60_000)).toBe(false);
    expect(hasLateTransaction(states, 361_001, 60_000)).toBe(true);
    outcomeOf(states, { control: marker('ABORT') }, 'coordinator');
    expect(hasLateTransaction(states, 361_001, 60_000)).toBe(false);
  });
});

describe('verification', () => {
  const request = { producerId: 7, producerEpoch: 0, sequence: 4, supportsEpochBump: false, nowMs: 10 };

  test('[LOG-31] the first batch of a transaction needs the guard of its verification, later ones do not', () => {
    const states = createProducerStates();
    const first = batchAt(0, { baseSequence: 4, isTransactional: true });
    const options = { origin: 'client', verifyTransactions: true } as const;
    expect(validateAppend(states, [first], options)).toMatchObject({ outcome: 'error', error: 'INVALID_TXN_STATE' });
    const guard = startVerification(states, request);
    expect(validateAppend(states, [first], { ...options, guard: guard + 1 })).toMatchObject({ outcome: 'error' });
    expect(validateAppend(states, [first], { ...options, guard })).toMatchObject({ outcome: 'append', verified: [7] });
    expect(appendWords(states, { baseSequence: 4, isTransactional: true }).validation.outcome).toBe('append');
    expect(states.verifications.size).toBe(0);
    expect(startVerification(states, request)).toBe(0);
    expect(validateAppend(states, [batchAt(1, { baseSequence: 5, isTransactional: true })], options).outcome).toBe('append');
  });

  test('[LOG-31] the lowest sequence that waits is not overtaken; a new epoch begins anew', () => {
    const states = createProducerStates();
    const guard = startVerification(states, request);
    expect(startVerification(states, { ...request, sequence: 2 })).toBe(guard);
    expect(outcomeOf(states, { baseSequence: 4, isTransactional: true })).toBe(outOfOrder);
    expect(outcomeOf(states, { baseSequence: 2, isTransactional: true })).toBe('append');
    expect(startVerification(states, { ...request, producerEpoch: 1, sequence: 0 })).toBe(guard + 1);
    startVerification(states, { ...request, producerEpoch: 2, sequence: 5 });
    expect(states.verifications.get(7)).toMatchObject({ producerEpoch: 2, lowestSequence: 5, guard: guard + 1 });
  });

  test('[LOG-31] who bumps the epoch with each transaction must begin at 0 where it is not known', () => {
    const states = createProducerStates();
    startVerification(states, { ...request, supportsEpochBump: true });
    expect(outcomeOf(states, { baseSequence: 4, isTransactional: true })).toBe(outOfOrder);
    expect(outcomeOf(states, { baseSequence: 0, isTransactional: true })).toBe('append');
  });

  test('[LOG-29] a verification that never ends is forgotten too', () => {
    const states = createProducerStates();
    startVerification(states, request);
    removeExpiredProducers(states, 5009, 5000);
    expect(states.verifications.size).toBe(1);
    removeExpiredProducers(states, 5010, 5000);
    expect(states.verifications.size).toBe(0);
  });
});
