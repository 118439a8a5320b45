/** What became of the records of every topic a node reads. The counts of one path add up to what was produced and the transaction markers beside it. */
import { endedAhead } from '../../process/worker.ts';
import type { NodeState } from '../../process/node.ts';
import type { LedgerReport } from '../../report/report.ts';
import { sendsOf } from './ledgerSends.ts';
import { causesTold, presentLedger, routesOf } from './ledgerTold.ts';
import { shareFates, type ShareFates } from './shareLedger.ts';
import type { EngineContext } from '../state.ts';

type Path = LedgerReport['paths'][number];

/** One path for each consuming node: nodes that share a group share its progress too, so they have the same path. Legs and routes are by node. */
export function ledgerOf(ctx: EngineContext): LedgerReport {
  const byGroup = ctx.groups.map((_, group) => pathOfGroup(ctx, group));
  const ledger = presentLedger(ctx);
  return {
    sends: sendsOf(ctx),
    routes: ledger === null ? [] : routesOf(ctx, ledger),
    causes: ledger === null ? [] : causesTold(ctx, ledger.causes),
    forgottenUpTo: ledger?.ledger.forgottenUpTo ?? 0,
    paths: ctx.nodes.filter((node) => node.group >= 0).map((node) => ({ node: node.id, ...byGroup[node.group]! })),
  };
}

function pathOfGroup(ctx: EngineContext, group: number): Omit<Path, 'node'> {
  const nodes = ctx.nodes.filter((node) => node.group === group);
  const { processedUpTo: upTo, lost } = ctx.progress[group]!;
  const path = {
    produced: 0,
    markers: 0,
    processed: 0,
    processedAgain: 0,
    filtered: 0,
    failed: 0,
    deadLettered: 0,
    deduplicated: 0,
    expiredUnread: 0,
    skippedByReset: 0,
    steppedOver: 0,
    lost: 0,
    archived: 0,
    underWay: 0,
  };
  const fates = shareFates(ctx, group);
  for (const topicIndex of new Set(nodes.flatMap((node) => node.inputs))) {
    const { firstPartition, partitionCount } = ctx.topics[topicIndex]!;
    for (let p = firstPartition; p < firstPartition + partitionCount; p++) {
      const { log, truncatedOffsets } = ctx.partitions[p]!;
      const { logStartOffset, logEndOffset, controlRecords } = log;
      path.produced += logEndOffset + truncatedOffsets - controlRecords;
      path.markers += controlRecords;
      if (fates !== null) continue;
      const lostInWork = ctx.ledger?.lostInWork[group]![p] ?? 0;
      path.lost += lost[p]! + lostInWork;
      path.skippedByReset -= lostInWork;
      path.expiredUnread += Math.max(0, logStartOffset - upTo[p]!);
      path.underWay += logEndOffset - Math.max(upTo[p]!, logStartOffset);
    }
  }
  if (fates !== null) return sharePath(ctx, nodes, path, fates);
  for (const node of nodes) {
    const metrics = ctx.metrics[node.index]!;
    const ahead = node.members.reduce((sum, member) => sum + endedAhead(ctx.workers[member]!), 0);
    path.processed += metrics.recordsIn - metrics.processedAgain - ahead;
    path.processedAgain += metrics.processedAgain;
    path.filtered += metrics.filtered;
    path.failed += metrics.failed;
    path.deadLettered += metrics.deadLettered;
    path.deduplicated += metrics.deduplicated;
    path.expiredUnread += metrics.expiredUnread;
    path.skippedByReset += metrics.skippedByReset;
    path.steppedOver += metrics.steppedOver;
  }
  return path;
}

/** The same of a share group, whose progress its partitions' leaders know. */
function sharePath(
  ctx: EngineContext,
  nodes: readonly NodeState[],
  path: Omit<Path, 'node'>,
  { accepted, archived, expired, skipped, gaps, lost, underWay, servedAgain }: ShareFates,
): Omit<Path, 'node'> {
  const sum = (of: 'filtered' | 'failed') => nodes.reduce((total, node) => total + ctx.metrics[node.index]![of], 0);
  return {
    ...path,
    processed: accepted,
    processedAgain: servedAgain,
    filtered: sum('filtered'),
    failed: sum('failed'),
    expiredUnread: expired,
    skippedByReset: skipped,
    steppedOver: gaps,
    lost,
    archived,
    underWay,
  };
}
