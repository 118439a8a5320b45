/** A group moves to another coordinator, which reads from __consumer_offsets what the last one wrote there: the last complete generation, not a rebalance under way. */
import { responseArrivalUs } from '../broker/network.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { GroupContext } from './context.ts';
import { coordinatorProtocols } from './coordinatorProtocols.ts';
import { coordinatorNow, loseRequest } from './coordination.ts';
import type { GroupEffects, GroupState, MemberRecord } from './groupState.ts';
import { createSession, setTimer, touchSession } from './groupState.ts';
import { answer, responseSizeBytes } from './protocol.ts';

/** What a coordinator has written of a group: when it became Stable or Empty, and when a static member came back. */
export interface WrittenGroup {
  readonly generation: number;
  readonly protocol: string;
  readonly leaderId: string;
  readonly members: readonly MemberRecord[];
}

/** Writes the group as it is now. Records of members are copied: the group goes on changing its own. */
export function writeGroup(group: GroupState): void {
  const members = [...group.members.values()].map((member) => ({
    ...member,
    isNew: false,
    joinSlot: -1,
    syncSlot: -1,
    syncPending: false,
  }));
  group.written = { generation: group.generation, protocol: group.protocol, leaderId: group.leaderId, members };
}

/**
 * Makes the group that of its present coordinator: one that was just elected, or has restarted, loads it, and every member's session begins anew there. False while
 * there is none, or it is not up.
 */
export function followCoordinator(ctx: GroupContext, group: GroupState, effects: GroupEffects): boolean {
  const broker = coordinatorNow(ctx, group);
  if (broker < 0 || !ctx.brokers[broker].accepting) return false;
  const { incarnation } = ctx.brokers[broker];
  if (broker === group.coordinator && incarnation === group.coordinatorIncarnation) return true;
  resign(ctx, group);
  group.coordinator = broker;
  group.coordinatorIncarnation = incarnation;
  if (group.type === 'classic') load(ctx, group, effects);
  else coordinatorProtocols[group.type].load(ctx, group);
  return true;
}

/** Joins and syncs that wait at the old coordinator: answered with NOT_COORDINATOR if it lives, else lost with it. */
function resign(ctx: GroupContext, group: GroupState): void {
  const { accepting, incarnation } = ctx.brokers[group.coordinator];
  const lives = accepting && incarnation === group.coordinatorIncarnation;
  for (const { joinSlot, syncSlot, memberId } of group.members.values()) {
    for (const slot of [joinSlot, syncSlot]) {
      const request = slot < 0 ? null : ctx.groupRequests.items[slot];
      if (!request || request.response !== null || request.type === 'consumer-heartbeat') continue;
      if (!lives) {
        loseRequest(ctx, slot, request, ctx.events.nowUs + ctx.costs.networkLatencyUs);
        continue;
      }
      request.response = answer({ error: 'NOT_COORDINATOR', memberId });
      const backUs = responseArrivalUs(ctx, group.coordinator, responseSizeBytes(request.response));
      schedule(ctx.events, backUs, EventKind.GroupResponseArrived, slot, request.requestId);
    }
  }
}

function load(ctx: GroupContext, group: GroupState, effects: GroupEffects): void {
  const { generation, protocol, leaderId, members } = group.written;
  setTimer(group.joinTimer, -1);
  setTimer(group.syncTimer, -1);
  group.initialDelayUs = -1;
  group.initialRemainingUs = -1;
  group.newMemberAdded = false;
  group.pending.clear();
  group.members.clear();
  group.generation = generation;
  group.protocol = protocol;
  group.leaderId = leaderId;
  group.state = members.length === 0 ? 'Empty' : 'Stable';
  group.previousState = group.state;
  for (const written of members) {
    const member: MemberRecord = { ...written, session: createSession() };
    group.members.set(member.memberId, member);
    touchSession(member.client, member.session, ctx.events.nowUs + member.sessionTimeoutUs, effects);
  }
}
