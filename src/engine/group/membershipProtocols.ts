/** The member's side of the protocols in which brokers deal out the partitions; the classic one is in membership.ts, which hands over to these. */
import type { GroupContext } from './context.ts';
import { consumerMembership } from './consumerMember.ts';
import type { ConsumerHeartbeat } from './consumerSeat.ts';
import type { GroupType } from './groupState.ts';
import type { GroupMember } from './memberState.ts';
import type { GroupError } from './protocol.ts';

/** What the poll loop and the event loop ask of a member, whatever its protocol. `H`: its heartbeat. */
interface MembershipProtocol<H> {
  /** Its process starts; it joins at its next poll. */
  started: (ctx: GroupContext, member: GroupMember) => void;
  /** The top of a poll; the words are those of `pollMembership`. */
  poll: (ctx: GroupContext, member: GroupMember) => 'ready' | 'revoke' | 'wait';
  /** The partitions in `revoking` have been given up. */
  finishRevocation: (ctx: GroupContext, member: GroupMember) => void;
  /** EventKind.HeartbeatDue of the present generation. */
  heartbeatDue: (ctx: GroupContext, member: GroupMember) => void;
  /** Whether `max.poll.interval.ms` is watched. */
  isWatched: (member: GroupMember) => boolean;
  /** It has not polled for `max.poll.interval.ms`. */
  pollIntervalOver: (ctx: GroupContext, member: GroupMember) => void;
  /** It gives up its place, and joins anew in its next poll. */
  resubscribe: (ctx: GroupContext, member: GroupMember, reason: string) => void;
  /** close(): says goodbye, if there is anybody to say it to. The member is taken down after it. */
  leave: (ctx: GroupContext, member: GroupMember) => void;
  /** The answer to its heartbeat is back; the slot is free already. */
  answered: (ctx: GroupContext, member: GroupMember, request: H) => void;
  /** No answer will come. */
  lost: (ctx: GroupContext, member: GroupMember, request: H) => void;
  /** A commit was refused; `epoch` is the one it was sent with. */
  commitRefused: (ctx: GroupContext, member: GroupMember, error: GroupError, epoch: number) => void;
}

interface MembershipProtocols extends Record<Exclude<GroupType, 'classic'>, unknown> {
  readonly consumer: MembershipProtocol<ConsumerHeartbeat>;
  readonly share: MembershipProtocol<ConsumerHeartbeat>;
}

/** Members of share groups join, heartbeat and leave as those of the consumer protocol do (ShareMembershipManager); nothing is ever taken away from them. */
export const membershipProtocols: MembershipProtocols = { consumer: consumerMembership, share: consumerMembership };
