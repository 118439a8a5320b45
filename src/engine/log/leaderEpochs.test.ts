import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LeaderEpochs } from './leaderEpochs.ts';
import {
  assignLeaderEpoch,
  checkFetchedEpoch,
  endOffsetForEpoch,
  latestLeaderEpoch,
  leaderEpochAt,
  leaderEpochCheckpoint,
  truncateEpochsFromEnd,
  truncateEpochsFromStart,
  truncationOf,
} from './leaderEpochs.ts';

function epochsOf(...pairs: readonly [epoch: number, startOffset: number][]): LeaderEpochs {
  return pairs.reduce<LeaderEpochs>((epochs, [epoch, startOffset]) => assignLeaderEpoch(epochs, epoch, startOffset), []);
}

const three = epochsOf([2, 10], [4, 30], [7, 50]);

describe('the list', () => {
  test('[LOG-21] an epoch keeps the first offset it is given, but gives way to a lower one', () => {
    expect(assignLeaderEpoch(three, 7, 80)).toBe(three);
    expect(assignLeaderEpoch(three, 7, 45)).toEqual(epochsOf([2, 10], [4, 30], [7, 45]));
  });

  test('[LOG-21] entries that a new one contradicts are removed: later epochs and later offsets', () => {
    expect(assignLeaderEpoch(three, 8, 30)).toEqual(epochsOf([2, 10], [8, 30]));
    expect(assignLeaderEpoch(three, 3, 60)).toEqual(epochsOf([2, 10], [3, 60]));
    expect(() => assignLeaderEpoch(three, -1, 60)).toThrow('leader epoch -1 cannot begin at offset 60');
  });

  test('[LOG-21] cutting the end removes epochs that begin there; cutting the start moves the epoch in force', () => {
    expect(truncateEpochsFromEnd(three, 50)).toEqual(epochsOf([2, 10], [4, 30]));
    expect(truncateEpochsFromEnd(three, 51)).toBe(three);
    expect(truncateEpochsFromStart(three, 35)).toEqual(epochsOf([4, 35], [7, 50]));
    expect(truncateEpochsFromStart(three, 9)).toBe(three);
    expect(leaderEpochCheckpoint(truncateEpochsFromStart(three, 99))).toBe('0\n1\n7 99\n');
  });

  test('[LOG-22] an epoch ends where the next one begins, the latest at the end of the log', () => {
    expect(endOffsetForEpoch(three, 5, 70)).toEqual({ epoch: 4, endOffset: 50 });
    expect(endOffsetForEpoch(three, 7, 70)).toEqual({ epoch: 7, endOffset: 70 });
    expect(endOffsetForEpoch(three, 1, 70)).toEqual({ epoch: 1, endOffset: 10 });
    expect(endOffsetForEpoch(three, 8, 70)).toEqual({ epoch: -1, endOffset: -1 });
    expect(endOffsetForEpoch([], 0, 0)).toEqual({ epoch: -1, endOffset: -1 });
  });

  test('[LOG-22] the epoch of an offset is the last one that began there or before', () => {
    expect([9, 10, 29, 30, 50, 1000].map((offset) => leaderEpochAt(three, offset))).toEqual([-1, 2, 2, 4, 7, 7]);
    expect(latestLeaderEpoch(three)).toBe(7);
  });
});

describe('logs that have parted', () => {
  const leader = { epochs: three, logStartOffset: 15, logEndOffset: 50 };

  test('[LOG-23] a fetch within what the leader has of its epoch is answered, without an epoch always', () => {
    expect(checkFetchedEpoch(leader, { fetchOffset: 50, lastFetchedEpoch: 4 })).toEqual({ outcome: 'records' });
    expect(checkFetchedEpoch(leader, { fetchOffset: 0, lastFetchedEpoch: -1 })).toEqual({ outcome: 'records' });
  });

  test('[LOG-23] a fetch beyond it, or in an epoch the leader never had, diverges', () => {
    expect(checkFetchedEpoch(leader, { fetchOffset: 55, lastFetchedEpoch: 4 })).toEqual({
      outcome: 'divergingEpoch',
      epoch: 4,
      endOffset: 50,
    });
    expect(checkFetchedEpoch(leader, { fetchOffset: 40, lastFetchedEpoch: 5 })).toEqual({
      outcome: 'divergingEpoch',
      epoch: 4,
      endOffset: 50,
    });
  });

  test('[LOG-23] below the log start, or with an epoch from the future, the fetch is out of range', () => {
    const outOfRange = { outcome: 'error', error: 'OFFSET_OUT_OF_RANGE' };
    expect(checkFetchedEpoch(leader, { fetchOffset: 14, lastFetchedEpoch: 2 })).toEqual(outOfRange);
    expect(checkFetchedEpoch(leader, { fetchOffset: 40, lastFetchedEpoch: 8 })).toEqual(outOfRange);
  });

  test('[LOG-24] a follower cuts to the shorter end of an epoch both know', () => {
    const follower = { epochs: epochsOf([2, 10], [4, 28]), logEndOffset: 60, fetchOffset: 60 };
    expect(truncationOf(follower, { epoch: 4, endOffset: 50 })).toEqual({ offset: 50, complete: true });
    expect(truncationOf(follower, { epoch: 2, endOffset: 30 })).toEqual({ offset: 28, complete: true });
  });

  test('[LOG-24] not knowing the epoch it cuts to the end of the one before and asks again', () => {
    const follower = { epochs: epochsOf([2, 10], [5, 33]), logEndOffset: 60, fetchOffset: 60 };
    expect(truncationOf(follower, { epoch: 4, endOffset: 50 })).toEqual({ offset: 33, complete: false });
  });

  test('[LOG-24] where the leader knows nothing it cuts to its fetch offset; without epochs of its own to the end of the leader', () => {
    expect(truncationOf({ epochs: three, logEndOffset: 60, fetchOffset: 20 }, { epoch: -1, endOffset: -1 }).offset).toBe(20);
    expect(truncationOf({ epochs: three, logEndOffset: 60, fetchOffset: 20 }, { epoch: -1, endOffset: 44 }).offset).toBe(44);
    expect(truncationOf({ epochs: [], logEndOffset: 60, fetchOffset: 60 }, { epoch: 4, endOffset: 50 }).offset).toBe(50);
  });

  test('[LOG-24] rounds end with the follower a prefix of the leader (seed 21)', () => {
    // Histories share a past, as replicas of one partition do: each epoch is written by one leader only.
    const lengths = fc.array(fc.nat(4), { maxLength: 5 });
    fc.assert(
      fc.property(lengths, lengths, lengths, (past, ours, theirs) => {
        const log = (parts: readonly number[], first: number, step: number): number[] =>
          parts.flatMap((length, i) => Array.from({ length }, () => first + i * step));
        const shared = log(past, 0, 1);
        const leaderLog = [...shared, ...log(ours, 10, 2)];
        const followerLog = [...shared, ...log(theirs, 11, 2)];
        const epochs = (of: readonly number[]): LeaderEpochs => epochsOf(...of.map((epoch, offset): [number, number] => [epoch, offset]));
        const leaderRange = {
          epochs: assignLeaderEpoch(epochs(leaderLog), 100, leaderLog.length),
          logStartOffset: 0,
          logEndOffset: leaderLog.length,
        };
        let follower = { epochs: epochs(followerLog), logEndOffset: followerLog.length, fetchOffset: followerLog.length };
        for (let round = 0; ; round++) {
          expect(round).toBeLessThan(20);
          const answer = checkFetchedEpoch(leaderRange, {
            fetchOffset: follower.logEndOffset,
            lastFetchedEpoch: latestLeaderEpoch(follower.epochs),
          });
          if (answer.outcome !== 'divergingEpoch') break;
          const { offset } = truncationOf(follower, answer);
          expect(offset).toBeLessThan(follower.logEndOffset);
          follower = { epochs: truncateEpochsFromEnd(follower.epochs, offset), logEndOffset: offset, fetchOffset: offset };
        }
        expect(followerLog.slice(0, follower.logEndOffset)).toEqual(leaderLog.slice(0, follower.logEndOffset));
        expect(follower.logEndOffset).toBeGreaterThanOrEqual(shared.length);
      }),
      { seed: 21, numRuns: 200 },
    );
  });
});
