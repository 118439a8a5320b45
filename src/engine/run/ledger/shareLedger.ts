/** What became of the records of the topics that share groups read: their partitions' leaders know it. */
import { AcknowledgeType } from '../../share/acknowledge.ts';
import { type SharePartition, underWayOffsets } from '../../share/sharePartition.ts';
import type { PendingAcknowledgements } from '../../share/shareState.ts';
import type { EngineContext } from '../state.ts';

/** Fates of all offsets that were written: they add up to them. */
export interface ShareFates {
  /** Accepted by a member, and written. */
  readonly accepted: number;
  /** Rejected, or delivered as often as they may be. */
  readonly archived: number;
  readonly expired: number;
  readonly skipped: number;
  /** Offsets that hold nothing to deliver. */
  readonly gaps: number;
  readonly lost: number;
  readonly underWay: number;
  /** Services that came to nothing: what they had done of a record was, or will be, done again, or the record was archived all the same. */
  readonly servedAgain: number;
}

/** Of one group; null for a group of another protocol. */
export function shareFates(ctx: EngineContext, groupIndex: number): ShareFates | null {
  const group = ctx.share.groups[groupIndex];
  if (!group) return null;
  const shares = [...group.partitions.values()];
  const sum = (of: (share: SharePartition) => number): number => shares.reduce((total, share) => total + of(share), 0);
  const accepted = sum((share) => share.accepted);
  return {
    accepted,
    archived: sum(({ rejected, limited }) => rejected + limited),
    expired: sum((share) => share.expired),
    skipped: sum((share) => share.skippedOffsets),
    gaps: sum((share) => share.gaps),
    lost: sum((share) => share.lost),
    underWay: sum((share) => underWayOffsets(share, ctx.partitions[share.partition]!.log.logEndOffset)),
    servedAgain: successes(ctx, groupIndex) - accepted - sum(awaitingWrite) - awaitingAcknowledgement(ctx, groupIndex),
  };
}

/** Services whose record was, or is to be, accepted. */
function successes(ctx: EngineContext, group: number): number {
  let records = 0;
  for (const node of ctx.nodes) {
    if (node.group !== group) continue;
    const { recordsIn, failed } = ctx.metrics[node.index]!;
    records += recordsIn - (node.settings['share.acknowledgement.mode'] === 'explicit' ? failed : 0);
  }
  return records;
}

/** Accepted offsets whose change is on its way to be written. */
function awaitingWrite({ ranges }: SharePartition): number {
  return ranges.reduce((total, { write, fate, first, last }) => (write !== 0 && fate === 'accepted' ? total + last - first + 1 : total), 0);
}

/** Records served and not accepted yet: of polls in progress, and acknowledgements that have not come to their leader. */
function awaitingAcknowledgement(ctx: EngineContext, group: number): number {
  let records = 0;
  for (const own of ctx.share.members) {
    if (!own || ctx.members[own.index]!.group !== group) continue;
    const { served, failed, order } = ctx.workers[own.index]!;
    for (let i = 0; i < served; i++) if (!own.config.explicit || failed[order.length > 0 ? order[i]! : i] === 0) records++;
    records += acceptedRecords(own.acknowledgements);
  }
  for (const request of ctx.share.requests.items)
    if (request && !request.acknowledged && ctx.members[request.member]!.group === group)
      records += acceptedRecords(request.acknowledgements);
  return records;
}

function acceptedRecords(pending: readonly PendingAcknowledgements[]): number {
  let records = 0;
  for (const { batches } of pending) for (const batch of batches) if (batch.type === AcknowledgeType.accept) records += batch.records;
  return records;
}
