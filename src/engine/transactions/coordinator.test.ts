import { describe, expect, test } from 'vitest';
import {
  addPartitions,
  endTransaction,
  fenceTransaction,
  initProducerId,
  isTimedOut,
  prepareComplete,
  type CoordinatorDecision,
  type ProducerIdAndEpoch,
} from './coordinator.ts';
import { createProducerIds, takeProducerId } from './producerIds.ts';
import {
  completeTransition,
  createTransactionMetadata,
  dropTransition,
  prepareTransition,
  removePartition,
} from './transactionMetadata.ts';
import type { TransactionMetadata } from './transactionMetadata.ts';

/** One transactional id, a clock, and requests whose changes are written at once. */
function coordinated(producerEpoch = -1) {
  const metadata = createTransactionMetadata('payments', 7, 60_000, 0);
  metadata.current = { ...metadata.current, producerEpoch };
  let producerIds = 8;
  const at = { nowMs: 0, newProducerId: () => producerIds++ };
  const written = (decision: CoordinatorDecision) => {
    if (decision.outcome === 'answer') return decision.error;
    completeTransition(metadata);
    return 'NONE';
  };
  return {
    metadata,
    at,
    known: (): ProducerIdAndEpoch => ({ producerId: metadata.current.producerId, producerEpoch: metadata.current.producerEpoch }),
    init: (expected: ProducerIdAndEpoch | null = null) => written(initProducerId(metadata, { timeoutMs: 60_000, expected }, at)),
    add: (who: ProducerIdAndEpoch, partitions: readonly number[]) => written(addPartitions(metadata, { ...who, partitions }, at.nowMs)),
    end: (who: ProducerIdAndEpoch, result: 'COMMIT' | 'ABORT') => written(endTransaction(metadata, { ...who, result }, at)),
    complete: () => {
      const next = prepareComplete(metadata, at.nowMs);
      for (const partition of metadata.current.partitions) removePartition(metadata, partition);
      completeTransition(metadata);
      return { producerId: next.producerId, producerEpoch: next.producerEpoch };
    },
  };
}

const stateOf = ({ current }: TransactionMetadata) => [current.state, current.producerId, current.producerEpoch];

describe('[TXN-1] a transactional id goes from state to state as in Kafka', () => {
  test('[TXN-1] begin, add partitions, commit, complete: the epoch is bumped with the end', () => {
    const { metadata, at, known, init, add, end, complete } = coordinated();
    expect(init()).toBe('NONE');
    expect(stateOf(metadata)).toEqual(['Empty', 7, 0]);
    at.nowMs = 5;
    const first = known();
    expect(add(first, [3, 1])).toBe('NONE');
    at.nowMs = 9;
    expect(add(first, [1, 2])).toBe('NONE');
    expect(metadata.current).toMatchObject({ state: 'Ongoing', partitions: [3, 1, 2], startMs: 5, lastUpdateMs: 9 });
    expect(end(first, 'COMMIT')).toBe('NONE');
    expect(stateOf(metadata)).toEqual(['PrepareCommit', 7, 1]);
    expect(complete()).toEqual({ producerId: 7, producerEpoch: 1 });
    expect(metadata.current).toMatchObject({ state: 'CompleteCommit', partitions: [], lastProducerEpoch: 0 });
  });

  test('[TXN-1] a way that Kafka does not know throws, so does a second change beside a pending one', () => {
    const { metadata } = coordinated(0);
    expect(() => prepareTransition(metadata, { state: 'PrepareCommit' })).toThrow('cannot go from Empty to PrepareCommit');
    prepareTransition(metadata, { state: 'Ongoing' });
    expect(() => prepareTransition(metadata, { state: 'Ongoing' })).toThrow('with Ongoing pending');
    dropTransition(metadata);
    expect(stateOf(metadata)).toEqual(['Empty', 7, 0]);
    expect(() => completeTransition(metadata)).toThrow('nothing of payments was written');
    expect(() => removePartition(metadata, 1)).toThrow('in state Empty');
  });

  test('[TXN-1] while a change is being written, everybody else hears CONCURRENT_TRANSACTIONS', () => {
    const { metadata, at, known } = coordinated(0);
    const who = known();
    expect(addPartitions(metadata, { ...who, partitions: [0] }, 0)).toEqual({ outcome: 'write' });
    expect(addPartitions(metadata, { ...who, partitions: [1] }, 0)).toMatchObject({ error: 'CONCURRENT_TRANSACTIONS' });
    expect(initProducerId(metadata, { timeoutMs: 1, expected: null }, at)).toMatchObject({ error: 'CONCURRENT_TRANSACTIONS' });
    expect(endTransaction(metadata, { ...who, result: 'COMMIT' }, at)).toMatchObject({ error: 'CONCURRENT_TRANSACTIONS' });
  });
});

describe('[TXN-2] the end of a transaction', () => {
  /** As TransactionCoordinator's table of version 2: Retry has the epoch before, Current the present one. */
  test.each([
    ['Empty', 'ABORT', 'retry', 'PRODUCER_FENCED'],
    ['Empty', 'ABORT', 'current', 'bump'],
    ['Empty', 'COMMIT', 'retry', 'PRODUCER_FENCED'],
    ['Empty', 'COMMIT', 'current', 'INVALID_TXN_STATE'],
    ['CompleteAbort', 'ABORT', 'retry', 'NONE'],
    ['CompleteAbort', 'ABORT', 'current', 'bump'],
    ['CompleteAbort', 'COMMIT', 'retry', 'INVALID_TXN_STATE'],
    ['CompleteAbort', 'COMMIT', 'current', 'INVALID_TXN_STATE'],
    ['CompleteCommit', 'ABORT', 'retry', 'INVALID_TXN_STATE'],
    ['CompleteCommit', 'ABORT', 'current', 'bump'],
    ['CompleteCommit', 'COMMIT', 'retry', 'NONE'],
    ['CompleteCommit', 'COMMIT', 'current', 'INVALID_TXN_STATE'],
  ] as const)('[TXN-2] in %s, %s with the epoch of a %s: %s', (state, result, which, expected) => {
    const { metadata, known, end } = coordinated(4);
    metadata.current = { ...metadata.current, state, lastProducerEpoch: 3 };
    const { producerId, producerEpoch } = known();
    const error = end({ producerId, producerEpoch: which === 'retry' ? producerEpoch - 1 : producerEpoch }, result);
    expect(error).toBe(expected === 'bump' ? 'NONE' : expected);
    expect(stateOf(metadata)).toEqual(expected === 'bump' ? ['PrepareAbort', 7, 5] : [state, 7, 4]);
  });

  test.each(['PrepareCommit', 'PrepareAbort'] as const)('[TXN-2] in %s only a retry of its own end is listened to', (state) => {
    const { metadata, end } = coordinated(4);
    metadata.current = { ...metadata.current, state, lastProducerEpoch: 3 };
    const result = state === 'PrepareCommit' ? 'COMMIT' : 'ABORT';
    const answers = [2, 3, 4].map((producerEpoch) => end({ producerId: 7, producerEpoch }, result));
    expect(answers).toEqual(['PRODUCER_FENCED', 'CONCURRENT_TRANSACTIONS', 'PRODUCER_FENCED']);
    expect(stateOf(metadata)).toEqual([state, 7, 4]);
  });

  test('[TXN-2] until its markers are written a retry hears CONCURRENT_TRANSACTIONS, the other result INVALID_TXN_STATE, and after it what to go on with', () => {
    const { metadata, at, known, init, add, end, complete } = coordinated();
    init();
    const who = known();
    add(who, [0]);
    end(who, 'COMMIT');
    expect(end(who, 'COMMIT')).toBe('CONCURRENT_TRANSACTIONS');
    expect(end(who, 'ABORT')).toBe('INVALID_TXN_STATE');
    expect(init()).toBe('CONCURRENT_TRANSACTIONS');
    complete();
    expect(endTransaction(metadata, { ...who, result: 'COMMIT' }, at)).toEqual({
      outcome: 'answer',
      error: 'NONE',
      producerId: 7,
      producerEpoch: 1,
    });
    expect(end({ producerId: 6, producerEpoch: 0 }, 'COMMIT')).toBe('INVALID_PRODUCER_ID_MAPPING');
  });
});

describe('[TXN-3] fencing', () => {
  test('[TXN-3] a new instance fences the old one', () => {
    const { known, init, add, end } = coordinated();
    init();
    const old = known();
    init();
    expect(known()).toEqual({ producerId: 7, producerEpoch: 1 });
    expect(add(old, [0])).toBe('PRODUCER_FENCED');
    expect(end(old, 'COMMIT')).toBe('PRODUCER_FENCED');
    expect(add({ producerId: 9, producerEpoch: 1 }, [0])).toBe('INVALID_PRODUCER_ID_MAPPING');
  });

  test('[TXN-3] its open transaction is aborted first, under the next epoch, bumped once (KAFKA-19367)', () => {
    const { metadata, known, init, add, end, complete } = coordinated();
    init();
    const old = known();
    add(old, [0]);
    expect(init()).toBe('NONE');
    expect(stateOf(metadata)).toEqual(['PrepareAbort', 7, 1]);
    expect(add(old, [1])).toBe('PRODUCER_FENCED');
    complete();
    expect(init()).toBe('NONE');
    expect(stateOf(metadata)).toEqual(['Empty', 7, 2]);
    expect(end(old, 'ABORT')).toBe('PRODUCER_FENCED');
  });

  test('[TXN-3] a producer that goes on after an error names what it had (KIP-360)', () => {
    const { known, init } = coordinated();
    init();
    const first = known();
    expect(init(first)).toBe('NONE');
    const second = known();
    expect(second.producerEpoch).toBe(1);
    // Its retry, whose first answer was lost, gets the same.
    expect(init(first)).toBe('NONE');
    expect(known()).toEqual(second);
    init();
    expect(init(second)).toBe('PRODUCER_FENCED');
    expect(init({ producerId: 99, producerEpoch: 0 })).toBe('PRODUCER_FENCED');
  });
});

describe('[TXN-4] epochs used up', () => {
  test('[TXN-4] a producer that starts gets another id', () => {
    const { metadata, init } = coordinated(32_766);
    expect(init()).toBe('NONE');
    expect(stateOf(metadata)).toEqual(['Empty', 8, 0]);
  });

  test('[TXN-4] the end of a transaction writes its markers under 32767 and goes on with another id from 0', () => {
    const { metadata, at, known, add, end, complete } = coordinated(32_766);
    const who = known();
    add(who, [0]);
    expect(end(who, 'COMMIT')).toBe('NONE');
    expect(stateOf(metadata)).toEqual(['PrepareCommit', 7, 32_767]);
    expect(complete()).toEqual({ producerId: 8, producerEpoch: 0 });
    expect(endTransaction(metadata, { ...who, result: 'COMMIT' }, at)).toMatchObject({ error: 'NONE', producerId: 8, producerEpoch: 0 });
  });

  test('[TXN-4] so does a transaction aborted by its coordinator (KAFKA-20090)', () => {
    const { metadata, at, known, add, complete } = coordinated(32_766);
    add(known(), [0]);
    expect(fenceTransaction(metadata, at)).toEqual({ outcome: 'write' });
    completeTransition(metadata);
    expect(complete()).toEqual({ producerId: 8, producerEpoch: 0 });
  });
});

describe('[TXN-5] timeouts', () => {
  test('[TXN-5] a transaction is timed out when it is open for longer than its timeout, and no change of it is pending', () => {
    const { metadata, at, known, add, end, complete } = coordinated(0);
    at.nowMs = 1000;
    const who = known();
    expect(isTimedOut(metadata, 1e9)).toBe(false);
    add(who, [0]);
    expect([isTimedOut(metadata, 61_000), isTimedOut(metadata, 61_001)]).toEqual([false, true]);
    fenceTransaction(metadata, at);
    expect(isTimedOut(metadata, 61_001)).toBe(false);
    completeTransition(metadata);
    complete();
    expect(stateOf(metadata)).toEqual(['CompleteAbort', 7, 1]);
    // Its producer, which does not know, aborts after its error and goes on under the epoch of the abort.
    expect(end(who, 'COMMIT')).toBe('INVALID_TXN_STATE');
    expect(endTransaction(metadata, { ...who, result: 'ABORT' }, at)).toMatchObject({ error: 'NONE', producerEpoch: 1 });
  });
});

test('[TXN-6] each broker gives the ids of blocks of 1000; a process that ends loses the rest of its block', () => {
  const ids = createProducerIds();
  const take = (index: number, incarnation = 0) => takeProducerId(ids, { index, incarnation });
  expect([take(0), take(2), take(0), take(2)]).toEqual([0, 1000, 1, 1001]);
  for (let i = 2; i < 1000; i++) take(0);
  expect(take(0)).toBe(2000);
  expect([take(2, 1), take(0)]).toEqual([3000, 2001]);
});
