/** Requests and answers of the classic group protocol as they travel between a member and its coordinator. */

import type { CoordinatorRequest } from './coordination.ts';

/** Kafka's error names, those the classic protocol and commits use here. */
export type GroupError =
  | 'NONE'
  | 'MEMBER_ID_REQUIRED'
  | 'UNKNOWN_MEMBER_ID'
  | 'ILLEGAL_GENERATION'
  | 'REBALANCE_IN_PROGRESS'
  | 'INCONSISTENT_GROUP_PROTOCOL'
  | 'FENCED_INSTANCE_ID'
  | 'NOT_COORDINATOR'
  | 'COORDINATOR_NOT_AVAILABLE'
  | 'COORDINATOR_LOAD_IN_PROGRESS'
  | 'STALE_MEMBER_EPOCH';

/** What a member tells the leader with each strategy it supports. */
export interface MemberSubscription {
  /** Topic indexes. */
  readonly topics: readonly number[];
  /** Global partition indexes it still owns. */
  readonly owned: readonly number[];
  /** Generation in which it got them; -1 for none. */
  readonly generation: number;
  /** `client.rack`; absent where it has none. */
  readonly rack?: string;
}

export interface MemberProtocol {
  /** Name of the strategy. */
  readonly name: string;
  readonly subscription: MemberSubscription;
}

interface RequestHead extends CoordinatorRequest {
  /** Index of the client, and which of its lives sent this: answers to an earlier life are dropped. */
  readonly member: number;
  readonly incarnation: number;
  /** Empty at a first join. */
  readonly memberId: string;
  /** `group.instance.id`; empty for a dynamic member. */
  readonly instanceId: string;
  /** The answer on its way back; null until the coordinator has given it. */
  response: GroupResponse | null;
}

export interface JoinRequest extends RequestHead {
  readonly type: 'join';
  readonly sessionTimeoutUs: number;
  readonly rebalanceTimeoutUs: number;
  /** In the member's order of preference. */
  readonly protocols: readonly MemberProtocol[];
}

export interface SyncRequest extends RequestHead {
  readonly type: 'sync';
  readonly generation: number;
  readonly protocol: string;
  /** From the leader: global partition indexes by member id. Empty from everybody else. */
  readonly assignments: readonly (readonly [string, readonly number[]])[];
}

export interface HeartbeatRequest extends RequestHead {
  readonly type: 'heartbeat';
  readonly generation: number;
}

export interface LeaveRequest extends RequestHead {
  readonly type: 'leave';
  /** Why, in a few words. */
  readonly reason: string;
}

/** One request of the group protocol on its way to the coordinator, and its answer on the way back. */
export type GroupRequest = JoinRequest | SyncRequest | HeartbeatRequest | LeaveRequest;

/** A member as the leader learns of it from its join answer. */
export interface JoinedMember {
  readonly memberId: string;
  readonly instanceId: string;
  readonly subscription: MemberSubscription;
}

/** Answer to any of the requests; fields that a kind of answer does not have keep their empty values. */
export interface GroupResponse {
  readonly error: GroupError;
  readonly memberId: string;
  readonly generation: number;
  readonly leader: string;
  readonly protocol: string;
  /** Only for the leader. */
  readonly members: readonly JoinedMember[];
  /** The leader is back within its session and need not assign again (KIP-814). */
  readonly skipAssignment: boolean;
  readonly assignment: readonly number[];
}

/** An answer without error and contents. Shared, never changed. */
export const emptyResponse: GroupResponse = {
  error: 'NONE',
  memberId: '',
  generation: -1,
  leader: '',
  protocol: '',
  members: [],
  skipAssignment: false,
  assignment: [],
};

export function answer(fields: Partial<GroupResponse>): GroupResponse {
  return { ...emptyResponse, ...fields };
}

/** Estimated size on the wire: header and ids, then what grows with the group. Only matters where bandwidth is limited. */
export function requestSizeBytes(request: GroupRequest): number {
  if (request.type === 'join') {
    return request.protocols.reduce((sum, { subscription }) => sum + 24 * subscription.topics.length + 4 * subscription.owned.length, 200);
  }
  if (request.type === 'sync') return request.assignments.reduce((sum, [, partitions]) => sum + 80 + 4 * partitions.length, 150);
  return 150;
}

/** Estimated size of an answer, as `requestSizeBytes`. */
export function responseSizeBytes(response: GroupResponse): number {
  const members = response.members.reduce(
    (sum, { subscription }) => sum + 120 + 24 * subscription.topics.length + 4 * subscription.owned.length,
    0,
  );
  return 100 + members + 4 * response.assignment.length;
}

/** Whether a member's protocols are what they were: names, order and what is told with each. */
export function sameProtocols(left: readonly MemberProtocol[], right: readonly MemberProtocol[]): boolean {
  return (
    left.length === right.length &&
    left.every((protocol, i) => {
      const a = protocol.subscription;
      const b = right[i].subscription;
      return (
        protocol.name === right[i].name && a.generation === b.generation && sameNumbers(a.topics, b.topics) && sameNumbers(a.owned, b.owned)
      );
    })
  );
}

export function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, i) => value === right[i]);
}

/** Whether a request was not handled for want of a coordinator: its sender tries again after a backoff. */
export function lacksCoordinator(error: GroupError): boolean {
  return error === 'NOT_COORDINATOR' || error === 'COORDINATOR_NOT_AVAILABLE' || error === 'COORDINATOR_LOAD_IN_PROGRESS';
}
