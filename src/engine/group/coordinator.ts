/** Skeleton: the classic group coordinator. Plain data. */
import type { GroupContext } from './context.ts';

export interface GroupState {
  readonly groupId: string;
  readonly index: number;
  /** Broker that leads the group's partition of __consumer_offsets. */
  coordinator: number;
  state: 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';
  generation: number;
  /** Rebalances completed. */
  rebalances: number;
  /** Committed offset by global partition index; -1 where there is none. Index into `partitions` of the run. */
  committed: Float64Array;
}

export function createGroup(_options: {
  groupId: string;
  index: number;
  partitionCount: number;
  offsetsPartitions: number;
  brokers: number;
  initialRebalanceDelayUs: number;
}): GroupState {
  throw new Error('unimplemented');
}
/** EventKind.GroupRequestArrived */
export function onGroupRequestArrived(_ctx: GroupContext, _slot: number): void {
  throw new Error('unimplemented');
}
/** EventKind.GroupJoinDeadline */
export function onJoinDeadline(_ctx: GroupContext, _group: number, _generation: number): void {
  throw new Error('unimplemented');
}
/** EventKind.GroupSyncDeadline */
export function onSyncDeadline(_ctx: GroupContext, _group: number, _generation: number): void {
  throw new Error('unimplemented');
}
/** EventKind.GroupSessionCheck */
export function onSessionCheck(_ctx: GroupContext, _member: number, _generation: number): void {
  throw new Error('unimplemented');
}
