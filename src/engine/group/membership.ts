/** Skeleton: the member's side of the classic protocol (Kafka's ConsumerCoordinator). Plain data. */
import type { GroupContext } from './context.ts';

export interface GroupMemberConfig {
  readonly assignor: 'range' | 'cooperative-sticky';
  /** Empty = dynamic member. */
  readonly groupInstanceId: string;
  readonly sessionTimeoutUs: number;
  readonly heartbeatIntervalUs: number;
  readonly maxPollIntervalUs: number;
  /** Topics subscribed to, as topic indexes. */
  readonly topics: readonly number[];
}

export interface GroupMember {
  readonly index: number;
  readonly group: number;
  readonly clientId: string;
  /** Given by the coordinator at the first join; empty before. */
  memberId: string;
  config: GroupMemberConfig;
  state: 'down' | 'unjoined' | 'joining' | 'syncing' | 'stable';
  generation: number;
  /** Global partition indexes it owns now, ascending. While an eager rebalance is on: empty. */
  owned: number[];
  /** Grows with each change of `owned`. */
  assignmentVersion: number;
}

/** One request of the group protocol on its way to the coordinator, and its answer on the way back. Fields are the protocol's own. */
export interface GroupRequest {
  readonly member: number;
  readonly type: 'join' | 'sync' | 'heartbeat' | 'leave';
}

export function createMember(_options: {
  index: number;
  group: number;
  clientId: string;
  config: GroupMemberConfig;
  seed: number;
}): GroupMember {
  throw new Error('unimplemented');
}
/** The member's process starts (again): it joins at its next poll. */
export function startMember(_ctx: GroupContext, _member: number): void {
  throw new Error('unimplemented');
}
/**
 * Called by the consumer at the top of every poll. `ready`: go on and fetch. `revoke`: partitions in `revoking` are about to be given up (eager: all
 * of them, cooperative: those that move); commit for them, then call `finishRevocation`, which sends what has to be sent. `wait`: a join or sync is
 * under way and the member may not fetch (eager); a `MemberAssigned` event follows. A cooperative member in a rebalance gets `ready`.
 */
export function pollMembership(_ctx: GroupContext, _member: number): 'ready' | 'revoke' | 'wait' {
  throw new Error('unimplemented');
}
/** Global partition indexes to be given up, valid after `revoke`. */
export function revoking(_ctx: GroupContext, _member: number): readonly number[] {
  throw new Error('unimplemented');
}
export function finishRevocation(_ctx: GroupContext, _member: number): void {
  throw new Error('unimplemented');
}
/** EventKind.GroupResponseArrived */
export function onGroupResponseArrived(_ctx: GroupContext, _slot: number): void {
  throw new Error('unimplemented');
}
/** EventKind.HeartbeatDue */
export function onHeartbeatDue(_ctx: GroupContext, _member: number, _generation: number): void {
  throw new Error('unimplemented');
}
/** EventKind.PollIntervalCheck */
export function onPollIntervalCheck(_ctx: GroupContext, _member: number, _generation: number): void {
  throw new Error('unimplemented');
}
/** close(): a dynamic member leaves the group, a static one only stops. */
export function stopMember(_ctx: GroupContext, _member: number): void {
  throw new Error('unimplemented');
}
/** The process dies: no leave, no heartbeats; the coordinator finds out by the session timeout. */
export function crashMember(_ctx: GroupContext, _member: number): void {
  throw new Error('unimplemented');
}
