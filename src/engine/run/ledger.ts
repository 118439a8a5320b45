/** What became of the records of every topic a node reads. The counts of one path add up to what was produced. */
import type { LedgerReport } from '../report/report.ts';
import { endedAhead } from '../process/worker.ts';
import type { EngineContext } from './state.ts';

export function ledgerOf(ctx: EngineContext, owners: readonly Int32Array[]): LedgerReport {
  const paths = ctx.nodes
    .filter((node) => node.group >= 0)
    .map((node) => {
      const metrics = ctx.metrics[node.index]!;
      const shared = ctx.nodes.filter((other) => other.group === node.group).length > 1;
      let produced = 0;
      let underWay = 0;
      let expiredAhead = 0;
      for (const topicIndex of node.inputs) {
        const topic = ctx.topics[topicIndex]!;
        for (let p = topic.firstPartition; p < topic.firstPartition + topic.partitionCount; p++) {
          const owner = owners[node.group]![p]!;
          if (shared && owner >= 0 && ctx.workers[owner]!.node !== node.index) continue;
          const { log } = ctx.partitions[p]!;
          const upTo = ctx.progress[node.group]!.processedUpTo[p]!;
          produced += log.logEndOffset;
          expiredAhead += Math.max(0, log.logStartOffset - upTo);
          underWay += log.logEndOffset - Math.max(upTo, log.logStartOffset);
        }
      }
      const ahead = node.members.reduce((sum, member) => sum + endedAhead(ctx.workers[member]!), 0);
      const processed = metrics.recordsIn - metrics.processedAgain - ahead;
      return {
        node: node.id,
        produced,
        processed,
        processedAgain: metrics.processedAgain,
        filtered: metrics.filtered,
        failed: metrics.failed,
        expiredUnread: metrics.expiredUnread + expiredAhead,
        skippedByReset: metrics.skippedByReset,
        underWay,
      };
    });
  return { paths };
}
