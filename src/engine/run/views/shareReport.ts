import type { SharePartitionReport } from '../../report/report.ts';
import type { EngineContext } from '../state.ts';

/** What a share group has made of a partition; null for a group of another protocol. */
export function sharePartitionReport(ctx: EngineContext, group: number, partition: number): SharePartitionReport | null {
  const share = ctx.share.groups[group]?.partitions.get(partition);
  if (!share) return null;
  return {
    startOffset: share.startOffset,
    endOffset: share.endOffset,
    acquired: share.acquired,
    available: share.available,
    done: share.done,
    accepted: share.accepted,
    rejected: share.rejected,
    archivedByLimit: share.limited,
    deliveries: share.deliveries,
    redeliveries: share.redeliveries,
    locksTimedOut: share.timeouts,
    locksRenewed: share.renewals,
    acknowledgementsRefused: share.refused,
    stateWrites: share.writes,
  };
}
