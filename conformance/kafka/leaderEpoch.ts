import type { LeaderEpochs } from '../../src/engine/log/leaderEpochs.ts';
import {
  assignLeaderEpoch,
  checkFetchedEpoch,
  endOffsetForEpoch,
  latestLeaderEpoch,
  truncateEpochsFromEnd,
  truncateEpochsFromStart,
  truncationOf,
} from '../../src/engine/log/leaderEpochs.ts';
import type { ConformanceSuite } from '../suite.ts';

type Pair = readonly [epoch: number, startOffset: number];

interface EndOffsetCase {
  readonly assign: readonly Pair[];
  readonly entries: readonly Pair[];
  readonly logEndOffset: number;
  readonly endOffsetFor: readonly { readonly epoch: number; readonly foundEpoch: number; readonly endOffset: number }[];
}

interface TruncationCase {
  readonly assign: readonly Pair[];
  readonly op: 'truncateFromEnd' | 'truncateFromStart';
  readonly offset: number;
  readonly entries: readonly Pair[];
}

interface DivergenceCase {
  readonly name: string;
  readonly leaderEpochsByOffset: readonly number[];
  readonly followerEpochsByOffset: readonly number[];
  readonly currentLeaderEpoch: number;
  readonly steps: readonly unknown[];
  readonly end: string;
  readonly followerLogEndOffset: number;
  readonly followerIsPrefixOfLeader: boolean;
  readonly longestCommonPrefix: number;
}

interface Data {
  readonly endOffset: readonly EndOffsetCase[];
  readonly cacheTruncation: readonly TruncationCase[];
  readonly divergence: readonly DivergenceCase[];
}

function assigned(pairs: readonly Pair[]): LeaderEpochs {
  return pairs.reduce<LeaderEpochs>((epochs, [epoch, startOffset]) => assignLeaderEpoch(epochs, epoch, startOffset), []);
}

function pairsOf(epochs: LeaderEpochs): Pair[] {
  return epochs.map(({ epoch, startOffset }) => [epoch, startOffset]);
}

function epochsOf(epochByOffset: readonly number[]): LeaderEpochs {
  return assigned(epochByOffset.map((epoch, offset) => [epoch, offset]));
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const end = a.findIndex((epoch, offset) => b[offset] !== epoch);
  return end < 0 ? a.length : end;
}

/** The follower fetches, and truncates where the leader's answer diverges, until it is given records. */
function replicate(scenario: DivergenceCase): unknown {
  const { leaderEpochsByOffset: leaderLog, followerEpochsByOffset: followerLog, currentLeaderEpoch } = scenario;
  const leader = {
    epochs: assignLeaderEpoch(epochsOf(leaderLog), currentLeaderEpoch, leaderLog.length),
    logStartOffset: 0,
    logEndOffset: leaderLog.length,
  };
  let epochs = epochsOf(followerLog);
  let logEndOffset = followerLog.length;
  const steps: unknown[] = [];
  let end = 'unfinished';
  for (let round = 0; round <= followerLog.length; round++) {
    const fetch = { fetchOffset: logEndOffset, lastFetchedEpoch: latestLeaderEpoch(epochs) };
    const answer = checkFetchedEpoch(leader, fetch);
    if (answer.outcome !== 'divergingEpoch') {
      end = answer.outcome === 'error' ? answer.error : answer.outcome;
      steps.push({ ...fetch, response: end });
      break;
    }
    const { epoch, endOffset } = answer;
    const truncation = truncationOf({ epochs, logEndOffset, fetchOffset: logEndOffset }, { epoch, endOffset });
    steps.push({
      ...fetch,
      response: 'divergingEpoch',
      divergingEpoch: epoch,
      divergingEndOffset: endOffset,
      truncateTo: truncation.offset,
    });
    logEndOffset = truncation.offset;
    epochs = truncateEpochsFromEnd(epochs, logEndOffset);
  }
  const kept = followerLog.slice(0, logEndOffset);
  return {
    steps,
    end,
    followerLogEndOffset: logEndOffset,
    followerIsPrefixOfLeader: commonPrefix(kept, leaderLog) === kept.length,
    longestCommonPrefix: commonPrefix(kept, leaderLog),
  };
}

/** The epoch list and its answers, its truncation, and two logs that have parted, round by round. */
export const leaderEpochSuite: ConformanceSuite = {
  file: 'kafka/leader-epoch.json',
  run(data, report) {
    const { endOffset, cacheTruncation, divergence } = data as Data;
    endOffset.forEach((scenario, i) => {
      const epochs = assigned(scenario.assign);
      const answers = scenario.endOffsetFor.map(({ epoch }) => {
        const found = endOffsetForEpoch(epochs, epoch, scenario.logEndOffset);
        return { epoch, foundEpoch: found.epoch, endOffset: found.endOffset };
      });
      report.check(`end offsets ${i + 1}`, [pairsOf(epochs), answers], [scenario.entries, scenario.endOffsetFor]);
    });
    cacheTruncation.forEach(({ assign, op, offset, entries }, i) => {
      const cut = op === 'truncateFromEnd' ? truncateEpochsFromEnd : truncateEpochsFromStart;
      report.check(`${op} ${i + 1}`, pairsOf(cut(assigned(assign), offset)), entries);
    });
    for (const scenario of divergence) {
      const { steps, end, followerLogEndOffset, followerIsPrefixOfLeader, longestCommonPrefix } = scenario;
      const expected = { steps, end, followerLogEndOffset, followerIsPrefixOfLeader, longestCommonPrefix };
      report.check(scenario.name, replicate(scenario), expected);
    }
  },
};
