import type { BrokerContext } from '../broker/context.ts';
import type { SlotTable } from '../broker/slots.ts';
import type { ConsumerHeartbeat } from './consumerSeat.ts';
import type { GroupNoticeCode, GroupState } from './groupState.ts';
import type { GroupMember } from './memberState.ts';
import type { OffsetsState } from './offsets/offsetsState.ts';
import type { GroupRequest, JoinedMember } from './protocol.ts';

/** Something notable that happened in a group, for whoever watches the run; whoever drains the list keeps it short. */
export interface GroupNotice {
  readonly timeUs: number;
  readonly code: GroupNoticeCode;
  readonly group: number;
  /** Index of the member it is about. */
  readonly member: number;
  /** A short reason, such as "initial join", "heartbeat expired", "leave", "poll interval exceeded", "metadata". */
  readonly detail: string;
}

export interface GroupContext extends BrokerContext {
  readonly groups: GroupState[];
  /** Client side of every member of every group, by member index (also the index of the consumer in the run). */
  readonly members: GroupMember[];
  readonly groupRequests: SlotTable<GroupRequest | ConsumerHeartbeat>;
  readonly notices: GroupNotice[];
  readonly offsets: OffsetsState;
  /** The leader's part in groups of stream processors, which deal out tasks. Not part of the state; absent where there are none. */
  readonly assignTasks?: TaskAssignment | null;
}

/** Global partition indexes by member id. */
export type TaskAssignment = (joined: readonly JoinedMember[]) => [string, number[]][];
