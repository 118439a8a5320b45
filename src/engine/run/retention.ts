/** Segments that are deleted in a run: what has to be settled and read before, and what the timeline and the ledger are told. */
import { onRemoteTierRound, startAfterRemoteRound } from '../broker/remoteTier.ts';
import { onRetentionCheck, startAfterCheck } from '../broker/retention.ts';
import { settleSinks } from '../metrics/observe.ts';
import { shareLogsMoved } from './groups/shareGroups.ts';
import { noteDeletion } from '../ledger/expiry.ts';
import { readExpiring } from './ledger/ledgerReading.ts';
import type { EngineContext } from './state.ts';
import { addEntry } from './views/timeline.ts';

/** EventKind.RetentionCheck: the brokers delete old segments. */
export function retentionCheck(ctx: EngineContext): number {
  return retention(
    ctx,
    (index) => startAfterCheck(ctx, index),
    (deleted) => onRetentionCheck(ctx, ctx.plan.retentionCheckUs, deleted),
  );
}

/** EventKind.RemoteTierRound */
export function remoteTierRound(ctx: EngineContext, a: number, b: number): number {
  return retention(
    ctx,
    (index) => startAfterRemoteRound(ctx, { broker: a, what: b }, index),
    (deleted) => onRemoteTierRound(ctx, a, b, deleted),
  );
}

/** Deletes old segments by `apply`, which says of each partition how many records went, and tells the timeline. Returns a block that is needed first, or -1. */
function retention(
  ctx: EngineContext,
  startOf: (partition: number) => number,
  apply: (deleted: (partition: number, records: number) => void) => void,
): number {
  // What was jumped over counts as expired or skipped by where the log begins when the record behind it is settled: that must not hang on who looks.
  settleSinks(ctx);
  const block = readExpiring(ctx, startOf);
  if (block >= 0) return block;
  const deletedByTopic = new Map<number, number>();
  apply((partition, records) => {
    const { topic } = ctx.partitions[partition]!;
    deletedByTopic.set(topic, (deletedByTopic.get(topic) ?? 0) + records);
    if (ctx.ledger !== null && ctx.topics[topic]!.internal !== true)
      noteDeletion(ctx.ledger, partition, ctx.partitions[partition]!.log.logStartOffset, ctx.events.nowUs);
  });
  shareLogsMoved(ctx);
  for (const [topic, records] of deletedByTopic) {
    const { node, name } = ctx.topics[topic]!;
    addEntry(ctx, { timeUs: ctx.events.nowUs, code: 'retention.deleted', node, text: `Retention deleted ${records} records of ${name}.` });
  }
  return -1;
}
