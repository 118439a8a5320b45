import type { GroupShareView, ShareRangeState, ShareRangeView } from '../../report/groupView.ts';
import { type InFlightRange, RecordState, sizeOf } from '../../share/sharePartition.ts';
import type { EngineContext } from '../state.ts';

/** Ranges shown of one partition: more than a strip has pixels for would only be sent in vain. */
const rangesMax = 240;

const names: Readonly<Record<RecordState, ShareRangeState>> = {
  [RecordState.available]: 'available',
  [RecordState.acquired]: 'acquired',
  [RecordState.acknowledged]: 'acknowledged',
  [RecordState.archived]: 'archived',
};

/** One partition of a share group between SPSO and SPEO; null in groups of other protocols. `placeOf`: the view's place of a member index. */
export function groupShareView(
  ctx: EngineContext,
  group: number,
  partition: number,
  placeOf: ReadonlyMap<number, number>,
): GroupShareView | null {
  const own = ctx.share.groups[group];
  const share = own?.partitions.get(partition);
  if (!own || !share) return null;
  const counts = { available: 0, acquired: 0, acknowledged: 0, archived: 0, written: 0 };
  const byDeliveries: number[] = [];
  const ranges: ShareRangeView[] = [];
  let rangesLeftOut = 0;
  for (const range of share.ranges) {
    const state = stateOf(range);
    counts[state] += sizeOf(range);
    count(byDeliveries, range);
    const member = state === 'acquired' ? (placeOf.get(range.member) ?? null) : null;
    const last = ranges.at(-1);
    if (
      last !== undefined &&
      rangesLeftOut === 0 &&
      last.state === state &&
      last.deliveries === range.deliveryCount &&
      last.member === member
    )
      ranges[ranges.length - 1] = { ...last, last: range.last };
    else if (ranges.length < rangesMax)
      ranges.push({ first: range.first, last: range.last, state, deliveries: range.deliveryCount, member });
    else rangesLeftOut++;
  }
  const { startOffset, endOffset, accepted, rejected, limited, redeliveries, timeouts, renewals } = share;
  return {
    startOffset,
    endOffset,
    ...counts,
    ranges,
    rangesLeftOut,
    byDeliveries,
    deliveryCountLimit: own.limits.deliveryCountLimit,
    accepted,
    rejected,
    archivedByLimit: limited,
    redeliveries,
    locksTimedOut: timeouts,
    locksRenewed: renewals,
  };
}

function stateOf({ state, write }: InFlightRange): ShareRangeState {
  return write === 0 ? names[state] : 'written';
}

/** What is done with is in flight no longer. */
function count(byDeliveries: number[], range: InFlightRange): void {
  const state = stateOf(range);
  if (range.deliveryCount === 0 || state === 'acknowledged' || state === 'archived') return;
  while (byDeliveries.length <= range.deliveryCount) byDeliveries.push(0);
  byDeliveries[range.deliveryCount]! += sizeOf(range);
}
