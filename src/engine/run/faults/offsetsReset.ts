/** An administrator sets the committed offsets of a group that has no members (kafka-consumer-groups --reset-offsets --execute; ConsumerGroupService.resetOffsets, OffsetsUtils). */
import type { Fault } from '../../../pipeline/document.ts';
import { coordinatorNow } from '../../group/coordination.ts';
import type { GroupState } from '../../group/groupState.ts';
import { appendOffsets } from '../../group/offsets/writing.ts';
import { missingBlockForTimestamp, offsetForTimestamp } from '../../log/partitionLog.ts';
import type { NodeState } from '../../process/node.ts';
import { logRolled } from '../groups/coordinators.ts';
import type { EngineContext } from '../state.ts';
import { addEntry } from '../views/timeline.ts';

type Reset = Omit<Extract<Fault, { action: 'offsets.reset' }>, 'atMs'>;

/** Why the offsets cannot be set now, as a sentence; null when they can. */
export function offsetsResetRefusal(ctx: EngineContext, node: NodeState, reset: Reset): string | null {
  const group = ctx.groups[node.group]!;
  const { groupId, state, type } = group;
  if (type === 'share') return `${groupId} is a share group, which has no committed offsets.`;
  if (state !== 'Empty' && state !== 'Dead')
    return `Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.`;
  if (!hasCoordinator(ctx, group)) return `The coordinator of ${groupId} is not available (COORDINATOR_NOT_AVAILABLE).`;
  if (reset.to !== 'shift-by') return null;
  const unknown = partitionsOf(ctx, node).find((partition) => group.committed[partition]! < 0);
  if (unknown === undefined) return null;
  return `Cannot shift offset for partition ${partitionName(ctx, unknown)} since there is no current committed offset.`;
}

/** As `isCoordinated`, for a look that changes nothing. */
function hasCoordinator(ctx: EngineContext, group: GroupState): boolean {
  const { accepting, incarnation } = ctx.brokers[group.coordinator]!;
  const isHere = accepting && incarnation === group.coordinatorIncarnation;
  return !group.loading && isHere && coordinatorNow(ctx, group) === group.coordinator;
}

/** Number of a block of `counters.missingPartition` that must be resident before a reset to a timestamp, or -1. */
export function missingForOffsetsReset(ctx: EngineContext, node: NodeState, { to, value = 0 }: Pick<Reset, 'to' | 'value'>): number {
  if (to !== 'timestamp') return -1;
  for (const partition of partitionsOf(ctx, node)) {
    const missing = missingBlockForTimestamp(ctx.partitions[partition]!.log, value);
    if (missing < 0) continue;
    ctx.counters.missingPartition = partition;
    return missing;
  }
  return -1;
}

/** Commits the new offsets for all partitions of the topics the node reads. */
export function resetOffsets(ctx: EngineContext, node: NodeState, reset: Reset): void {
  const group = ctx.groups[node.group]!;
  const partitions = partitionsOf(ctx, node);
  const offsets = partitions.map((partition) => newOffset(ctx, group.committed[partition]!, partition, reset));
  const before = partitions.map((partition) => group.committed[partition]!);
  const { state } = appendOffsets(ctx, group, { partitions, offsets });
  if (ctx.offsets.rolled) logRolled(ctx);
  const entry = { timeUs: ctx.events.nowUs, code: 'fault', node: node.id } as const;
  if (state === 'refused') {
    addEntry(ctx, { ...entry, text: `The offsets of group ${group.groupId} are not reset: its coordinator has moved (NOT_COORDINATOR).` });
    return;
  }
  let back = 0;
  let ahead = 0;
  for (let i = 0; i < partitions.length; i++) {
    const moved = before[i]! < 0 ? 0 : offsets[i]! - before[i]!;
    if (moved < 0) back -= moved;
    else ahead += moved;
    if (ctx.ledger !== null && offsets[i] !== before[i]) ctx.ledger.setByAdministrator[node.group]![partitions[i]!] = true;
  }
  const text = `An administrator resets the offsets of group ${group.groupId} ${whereTo(reset)}: ${partitions.length} partitions, ${back} offsets back, ${ahead} ahead.`;
  addEntry(ctx, { ...entry, text });
}

/** OffsetsUtils: what is beyond an end of the log is set to that end, and the end where no record is of that time or later. */
function newOffset(ctx: EngineContext, committed: number, partition: number, { to, value = 0 }: Reset): number {
  const { log } = ctx.partitions[partition]!;
  const inRange = (offset: number): number => Math.max(log.logStartOffset, Math.min(log.highWatermark, offset));
  switch (to) {
    case 'earliest':
      return log.logStartOffset;
    case 'latest':
      return log.highWatermark;
    case 'offset':
      return inRange(value);
    case 'shift-by':
      return inRange(committed + value);
    case 'timestamp': {
      const found = offsetForTimestamp(log, value);
      return found < 0 ? log.highWatermark : inRange(found);
    }
  }
}

function whereTo({ to, value = 0 }: Reset): string {
  if (to === 'earliest' || to === 'latest') return `to the ${to}`;
  if (to === 'shift-by') return `by ${value}`;
  return to === 'offset' ? `to ${value}` : `to the first records from ${value / 1000} s on`;
}

function partitionsOf(ctx: EngineContext, node: NodeState): number[] {
  return node.inputs.flatMap((topic) => {
    const { firstPartition, partitionCount } = ctx.topics[topic]!;
    return Array.from({ length: partitionCount }, (_, i) => firstPartition + i);
  });
}

function partitionName(ctx: EngineContext, index: number): string {
  const { topic, partition } = ctx.partitions[index]!;
  return `${ctx.topics[topic]!.name}-${partition}`;
}
