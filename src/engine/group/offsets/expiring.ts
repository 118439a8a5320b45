/** Offsets of groups without members expire (GroupCoordinatorService.cleanupGroupMetadata, OffsetExpirationConditionImpl). */
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import type { GroupContext } from '../context.ts';
import { isCoordinated } from '../coordination.ts';
import type { GroupState } from '../groupState.ts';
import { appendTombstones } from './writing.ts';

/** A group that has become Empty is looked at by the first check that may find its offsets expired; earlier ones find nothing and are no events. */
export function armExpiry(ctx: GroupContext, group: GroupState): void {
  const { emptySinceUs } = group;
  if (emptySinceUs <= group.expiryArmedUs) return;
  group.expiryArmedUs = emptySinceUs;
  schedule(ctx.events, nextCheckUs(ctx, emptySinceUs + ctx.offsets.config.retentionUs), EventKind.OffsetsExpire, group.index, 0);
}

function nextCheckUs(ctx: GroupContext, fromUs: number): number {
  const { retentionCheckUs } = ctx.offsets.config;
  return Math.ceil(fromUs / retentionCheckUs) * retentionCheckUs;
}

/** EventKind.OffsetsExpire. While there is no coordinator the next check looks again. */
export function onOffsetsExpire(ctx: GroupContext, groupIndex: number): void {
  const group = ctx.groups[groupIndex];
  const { nowUs } = ctx.events;
  if (group.state !== 'Empty' || group.emptySinceUs + ctx.offsets.config.retentionUs > nowUs) return;
  const partitions: number[] = [];
  for (let index = 0; index < group.committed.length; index++) if (group.committed[index] >= 0) partitions.push(index);
  if (partitions.length === 0) return;
  if (isCoordinated(ctx, group) && appendTombstones(ctx, group, partitions, { group: true }).state !== 'refused') {
    ctx.notices.push({
      timeUs: nowUs,
      code: 'offsets.expired',
      group: groupIndex,
      member: -1,
      detail: `${partitions.length} offsets of ${group.groupId} expire: it has had no members for ${ctx.offsets.config.retentionUs / 60e6} minutes`,
    });
    return;
  }
  schedule(ctx.events, nextCheckUs(ctx, nowUs + 1), EventKind.OffsetsExpire, groupIndex, 0);
}
