/** The offsets of a partition's replicas on one axis, and what is said of each. */
import type { PartitionView, ReplicaView } from '../../workers/protocol.ts';
import { formatCount, formatMilliseconds } from '../format/numbers.ts';

/** The whole log, or only its end, where replicas differ. */
export type AxisSpan = 'whole' | 'end';

export interface OffsetAxis {
  readonly from: number;
  /** Beyond the last offset there is. */
  readonly to: number;
}

/** Records before the first difference that are still shown. */
const leastBefore = 10;

function ends({ replicas, logEndOffset }: PartitionView): readonly number[] {
  return [logEndOffset, ...replicas.map((replica) => replica.logEndOffset)];
}

/** From the log's start, or from a little before the first offset at which replicas, high watermark and last stable offset differ. */
export function axisOf(partition: PartitionView, span: AxisSpan): OffsetAxis {
  const { logStartOffset, highWatermark, lastStableOffset, replicas } = partition;
  const to = Math.max(...ends(partition));
  const differences = [highWatermark, lastStableOffset, ...ends(partition), ...replicas.map(({ divergesAt }) => divergesAt ?? to)];
  const first = Math.min(...differences);
  const before = Math.max(leastBefore, Math.ceil((to - first) / 4));
  const from = span === 'whole' ? Math.min(logStartOffset, first) : Math.max(Math.min(logStartOffset, first), first - before);
  return { from, to: Math.max(to, from + 1) };
}

/** Place of an offset on the axis, 0 to 1. */
export function placeOn({ from, to }: OffsetAxis, offset: number): number {
  return Math.min(1, Math.max(0, (offset - from) / (to - from)));
}

/** Records of the leader's log that a replica does not have. */
export function missingRecords({ logEndOffset }: PartitionView, replica: ReplicaView): number {
  return Math.max(0, logEndOffset - (replica.divergesAt ?? replica.logEndOffset));
}

/** How a replica stands, in words. */
export function replicaWords(partition: PartitionView, replica: ReplicaView): string {
  const missing = missingRecords(partition, replica);
  const own = replica.divergesAt === null ? 0 : replica.logEndOffset - replica.divergesAt;
  const parts = own > 0 ? [`${formatCount(own)} of its own`] : [];
  if (!replica.brokerUp) return [...parts, missing > 0 ? `${formatCount(missing)} behind, broker down` : 'broker down'].join(', ');
  if (replica.role === 'leader') return 'leads';
  if (missing > 0) parts.push(`${formatCount(missing)} behind`);
  if (replica.role === 'former leader') parts.push('believes it leads');
  if (replica.behindMs === null) parts.push(partition.leader === null ? 'nobody leads' : 'never caught up yet');
  else if (replica.behindMs > 0) parts.push(`caught up ${formatMilliseconds(replica.behindMs)} ago`);
  else if (missing === 0) parts.push('caught up');
  return parts.join(', ');
}

export interface EpochMark {
  readonly epoch: number;
  readonly startOffset: number;
  /** Place on the axis, 0 to 1. */
  readonly at: number;
  /** Whether its number has room beside the mark. */
  readonly named: boolean;
}

/** Part of the axis a name needs, and the place from which names stand left of their mark. */
const nameRoom = 0.28;
const leftFrom = 0.7;

/** The leader epochs that begin on the axis. Later ones keep their names where there is no room for all. */
export function epochMarks({ epochs }: PartitionView, axis: OffsetAxis): readonly EpochMark[] {
  const marks: EpochMark[] = [];
  let free = Infinity;
  for (const { epoch, startOffset } of epochs.toReversed()) {
    const isShown = startOffset <= axis.to && startOffset >= axis.from;
    if (!isShown) continue;
    const at = placeOn(axis, startOffset);
    const [left, right] = at > leftFrom ? [at - nameRoom, at] : [at, at + nameRoom];
    const named = right <= free;
    if (named) free = left;
    marks.push({ epoch, startOffset, at, named });
  }
  return marks.toReversed();
}

/** Whether a mark's name stands left of it. */
export function isNamedLeft({ at }: EpochMark): boolean {
  return at > leftFrom;
}
