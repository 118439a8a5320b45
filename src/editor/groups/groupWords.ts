/** What the group view says in words. */
import type {
  GroupCellState,
  GroupMemberView,
  GroupPartitionView,
  GroupView,
  RebalanceView,
  ShareRangeState,
} from '../../workers/protocol.ts';
import { formatCount, formatInstant, formatMilliseconds } from '../format/numbers.ts';

/** A partition at a member: the sign on its cell, and what it means. */
export const cellWords: Readonly<Record<GroupCellState, { readonly sign: string; readonly words: string; readonly help: string }>> = {
  kept: { sign: '', words: 'owned', help: 'It reads the partition.' },
  new: { sign: '+', words: 'new', help: 'It reads the partition, and took it over from another member since the last rebalance began.' },
  paused: {
    sign: '‖',
    words: 'paused',
    help: 'It owns the partition, and its application has paused reading it: it polls on, and lag grows.',
  },
  revoking: { sign: '−', words: 'to give up', help: 'It still owns the partition and is to give it up.' },
  waiting: { sign: '…', words: 'waits for it', help: 'The partition is meant for it, and is not free yet.' },
  arriving: { sign: '→', words: 'on its way', help: 'The partition is given to it, and it has not taken it up yet.' },
  held: { sign: '×', words: 'held', help: 'Its process is gone; nobody else gets the partition before its session is over.' },
  lost: { sign: '!', words: 'lost', help: 'It is out of the group and does not know yet: what it commits is refused.' },
};

/** States of cells in the order of the legend. */
export const cellStates = Object.keys(cellWords) as readonly GroupCellState[];

export const rangeWords: Readonly<Record<ShareRangeState, string>> = {
  available: 'available',
  acquired: 'acquired',
  acknowledged: 'acknowledged',
  archived: 'archived',
  written: 'being written',
};

export type Tone = 'calm' | 'rising' | 'breached' | 'neutral';

export function stateTone(state: string): Tone {
  if (state === 'Stable') return 'calm';
  if (state === 'Empty') return 'neutral';
  return state === 'Dead' ? 'breached' : 'rising';
}

/** `Classic protocol, cooperative` */
export function protocolWords({ protocol, cooperative }: Pick<GroupView, 'protocol' | 'cooperative'>): string {
  if (protocol === 'share') return 'Share group';
  if (protocol === 'consumer') return 'Consumer protocol';
  return cooperative === null ? 'Classic protocol' : `Classic protocol, ${cooperative ? 'cooperative' : 'eager'}`;
}

/** `generation 4`, `epoch 7`, `epoch 8, target of 7` while the target is to be computed. */
export function epochWords({ protocol, epoch, assignmentEpoch }: Pick<GroupView, 'protocol' | 'epoch' | 'assignmentEpoch'>): string {
  if (protocol === 'classic') return `generation ${epoch}`;
  return assignmentEpoch === null || assignmentEpoch === epoch ? `epoch ${epoch}` : `epoch ${epoch}, target of ${assignmentEpoch}`;
}

export function coordinatorWords({ coordinator, loading }: Pick<GroupView, 'coordinator' | 'loading'>): string {
  if (coordinator === null) return 'no coordinator';
  return loading ? `broker ${coordinator} loads the group` : `coordinator broker ${coordinator}`;
}

/** What a member does, and what its coordinator thinks of it where that is something else. */
export function memberWords({ state, known, failure }: Pick<GroupMemberView, 'state' | 'known' | 'failure'>): string {
  if (failure !== '') return `failed: ${failure}`;
  if (state === 'down') return known === null ? 'down' : 'down, not noticed';
  if (known === null) return state === 'joining' || state === 'unjoined' ? 'joining' : `${state}, out of the group`;
  if (state === 'stable') return known.toLowerCase() === 'stable' ? 'stable' : (coordinatorSays[known] ?? known);
  return state;
}

const coordinatorSays: Readonly<Record<string, string>> = {
  UNREVOKED_PARTITIONS: 'gives up partitions',
  UNRELEASED_PARTITIONS: 'waits for partitions',
  'to rejoin': 'to rejoin',
  joined: 'has rejoined',
  'to sync': 'awaits assignment',
  synced: 'awaits assignment',
  pending: 'joining',
};

/** Reasons that the coordinator has only a word for. */
const reasons: Readonly<Record<string, string>> = {
  metadata: 'a member rejoined with other metadata, as after giving up partitions',
  'heartbeat expired': 'the session of a member is over',
  leave: 'a member left',
};

/** `At 0:20.150, took 1.2 s: a member joins; 6 partitions stood still, the longest for 1.1 s` */
export function rebalanceWords(rebalance: RebalanceView, nowUs: number): string {
  const { startUs, endUs, reason, moreReasons, stopped, longestStopMs } = rebalance;
  const lasts =
    endUs === null ? `on for ${formatMilliseconds((nowUs - startUs) / 1000)}` : `took ${formatMilliseconds((endUs - startUs) / 1000)}`;
  const more = moreReasons === 0 ? '' : ` and ${moreReasons} more`;
  const stood =
    stopped === 0
      ? 'no partition stood still'
      : `${formatCount(stopped)} partition${stopped === 1 ? '' : 's'} stood still, the longest for ${formatMilliseconds(longestStopMs)}`;
  return `At ${formatInstant(startUs)}, ${lasts}: ${reasons[reason] ?? reason}${more}; ${stood}`;
}

/** Of all partitions those that are listed, at most `most`: what stands, moves or lags comes first. In the order of the group where all are. */
export function listedPartitions(partitions: readonly GroupPartitionView[], most: number): readonly GroupPartitionView[] {
  if (partitions.length <= most) return partitions;
  const weight = ({ standsMs, owner, share, lagRecords }: GroupPartitionView) =>
    (standsMs !== null || (share === null && owner === null) ? 1e18 : 0) + lagRecords;
  return [...partitions].sort((a, b) => weight(b) - weight(a)).slice(0, most);
}

/** Where a rebalance stands on the strip, as parts of its width; none is narrower than `least`. */
export function rebalancePlace(
  { startUs, endUs }: Pick<RebalanceView, 'startUs' | 'endUs'>,
  { fromUs, nowUs }: { readonly fromUs: number; readonly nowUs: number },
  least = 0.004,
): { readonly left: number; readonly width: number } {
  const span = Math.max(1, nowUs - fromUs);
  const width = Math.min(1, Math.max(least, ((endUs ?? nowUs) - startUs) / span));
  return { left: Math.max(0, Math.min(1 - width, (startUs - fromUs) / span)), width };
}

/** Cells by state, for a group too large to show each. */
export function countCells({ cells }: Pick<GroupMemberView, 'cells'>): readonly (readonly [GroupCellState, number])[] {
  const counts = new Map<GroupCellState, number>();
  for (const { state } of cells) counts.set(state, (counts.get(state) ?? 0) + 1);
  return cellStates.flatMap((state) => (counts.has(state) ? [[state, counts.get(state)!] as const] : []));
}
