/** What becomes of groups when records leave a partition's log that they have read, or would have. */
import { settleSinks } from '../../metrics/observe.ts';
import { endCut } from '../ledger/ledgerReading.ts';
import { shareLogTruncated } from './shareGroups.ts';
import type { EngineContext } from '../state.ts';

/**
 * A group that had got beyond the new end goes on from there: what is written there next are other records. What it had not read is lost to it, and so is what was written
 * beside the partition's log.
 */
export function takeTruncations(ctx: EngineContext): void {
  const { truncations } = ctx.replication;
  if (truncations.length === 0) return;
  settleSinks(ctx);
  for (const truncation of truncations) {
    const { partition, from, to, beside } = truncation;
    if (ctx.topics[ctx.partitions[partition]!.topic]!.internal === true) continue;
    shareLogTruncated(ctx, truncation);
    for (const [group, { processedUpTo, lost }] of ctx.progress.entries()) {
      // What share groups had not done their partitions' leaders know.
      const first = beside ? from : Math.max(from, processedUpTo[partition]!);
      if (!ctx.share.groups[group]) endCut(ctx, group, truncation, { from: first, to, isLost: true });
      if (beside) {
        lost[partition]! += to - from;
        continue;
      }
      lost[partition]! += Math.max(0, to - Math.max(from, processedUpTo[partition]!));
      processedUpTo[partition] = Math.min(processedUpTo[partition]!, from);
    }
  }
  truncations.length = 0;
  if (ctx.ledger !== null) ctx.ledger.cut = [];
}
