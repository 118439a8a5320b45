/** What a group has been through, for whoever looks at it: its latest rebalances, and how long partitions stood still in them. Plain data; nothing of a run follows from it. */

export interface Rebalance {
  readonly startUs: number;
  /** -1 while it is on. */
  endUs: number;
  /** Why it began, in a few words, and how many more reasons came up before it was over. */
  readonly reason: string;
  moreReasons: number;
  /** Generation or group epoch it ended with; -1 before. */
  generation: number;
  /** Partitions nobody owned for a while in it, each time counted; the longest such while and all of them together, in µs. */
  stopped: number;
  longestStopUs: number;
  stoppedUs: number;
}

export interface GroupHistory {
  /** The latest ones, oldest first. */
  readonly rebalances: Rebalance[];
  /** Rebalances ever begun. */
  begun: number;
  /** By global partition index: member whose client has taken it up, -1 for nobody, and since when; -1 where nobody ever owned it. Not kept of share groups. */
  readonly owner: Int32Array;
  /** Who had it before that member, or had it last. */
  readonly former: Int32Array;
  readonly sinceUs: Float64Array;
}

/** Rebalances kept. */
const rebalancesMax = 64;

export function createGroupHistory(partitionCount: number): GroupHistory {
  return {
    rebalances: [],
    begun: 0,
    owner: new Int32Array(partitionCount).fill(-1),
    former: new Int32Array(partitionCount).fill(-1),
    sinceUs: new Float64Array(partitionCount).fill(-1),
  };
}

/** A rebalance begins; while one is on, there is one more reason for it. */
export function beginRebalance({ history }: { readonly history: GroupHistory }, nowUs: number, reason: string): void {
  const last = history.rebalances.at(-1);
  if (last !== undefined && last.endUs < 0) {
    last.moreReasons++;
    return;
  }
  if (history.rebalances.length === rebalancesMax) history.rebalances.shift();
  history.rebalances.push({
    startUs: nowUs,
    endUs: -1,
    reason,
    moreReasons: 0,
    generation: -1,
    stopped: 0,
    longestStopUs: 0,
    stoppedUs: 0,
  });
  history.begun++;
}

/** The rebalance is over: everybody has what the group gave. */
export function endRebalance({ history }: { readonly history: GroupHistory }, nowUs: number, generation: number): void {
  const last = history.rebalances.at(-1);
  if (last === undefined || last.endUs >= 0) return;
  last.endUs = nowUs;
  last.generation = generation;
}

/** A client goes from owning `before` to owning `after`. */
export function noteOwnership(
  history: GroupHistory,
  change: {
    readonly member: number;
    readonly before: readonly { readonly index: number }[];
    readonly after: readonly number[];
    readonly nowUs: number;
  },
): void {
  const { owner, former, sinceUs } = history;
  const { member, before, after, nowUs } = change;
  for (const index of after) {
    if (owner[index] === member) continue;
    if (owner[index] < 0 && sinceUs[index] >= 0) noteStop(history, sinceUs[index], nowUs);
    else former[index] = owner[index];
    owner[index] = member;
    sinceUs[index] = nowUs;
  }
  if (before.length === 0) return;
  const kept = new Set(after);
  for (const { index } of before) {
    // Somebody else may have it by now.
    if (owner[index] !== member || kept.has(index)) continue;
    owner[index] = -1;
    former[index] = member;
    sinceUs[index] = nowUs;
  }
}

/** A partition has an owner again. Its while counts for the last rebalance, if it had begun before that was over. */
function noteStop({ rebalances }: GroupHistory, fromUs: number, toUs: number): void {
  const last = rebalances.at(-1);
  if (last === undefined || (last.endUs >= 0 && fromUs > last.endUs)) return;
  last.stopped++;
  last.stoppedUs += toUs - fromUs;
  last.longestStopUs = Math.max(last.longestStopUs, toUs - fromUs);
}
