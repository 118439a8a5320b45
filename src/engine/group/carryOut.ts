/** What follows from decisions about a group: records written, answers sent, events set for deadlines. The one place where a decision leaves the group. */
import { responseArrivalUs } from '../broker/network.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { becomeStable, snapshotOf, storingFailed } from './attending.ts';
import type { GroupContext } from './context.ts';
import { beginRebalance, endRebalance } from './groupHistory.ts';
import type { GroupEffects, GroupState, GroupTimer, GroupWrite, SessionTimer } from './groupState.ts';
import { armExpiry } from './offsets/expiring.ts';
import { appendGroup } from './offsets/writing.ts';
import { responseSizeBytes } from './protocol.ts';

export function carryOut(ctx: GroupContext, group: GroupState, effects: GroupEffects): void {
  const { nowUs } = ctx.events;
  for (let write = effects.writes.shift(); write !== undefined; write = effects.writes.shift()) writeGroup(ctx, group, write, effects);
  for (const { slot, response } of effects.answers) {
    const request = ctx.groupRequests.items[slot];
    if (!request || request.type === 'consumer-heartbeat') throw new Error(`group coordinator: no request to answer in slot ${slot}`);
    request.response = response;
    const backUs = responseArrivalUs(ctx, request.broker, responseSizeBytes(response));
    schedule(ctx.events, backUs, EventKind.GroupResponseArrived, slot, request.requestId);
  }
  for (const { client, session } of effects.sessions) armSession(ctx, group, client, session);
  armTimer(ctx, group.joinTimer, EventKind.GroupJoinDeadline, group.index);
  armTimer(ctx, group.syncTimer, EventKind.GroupSyncDeadline, group.index);
  armExpiry(ctx, group);
  for (const { code, client, detail } of effects.notices) {
    ctx.notices.push({ timeUs: nowUs, code, group: group.index, member: client, detail });
    if (code === 'rebalance.started') beginRebalance(group, nowUs, detail);
  }
  if (group.state === 'Stable' || group.state === 'Empty') endRebalance(group, nowUs, group.generation);
}

/** The group's record goes into the log. An assignment is in force, and members hear of it, when it is committed there (GroupMetadataManager.classicGroupSync). */
function writeGroup(ctx: GroupContext, group: GroupState, write: GroupWrite, effects: GroupEffects): void {
  const outcome = appendGroup(ctx, group, snapshotOf(group, write), write);
  if (write.type !== 'sync') return;
  if (outcome.state === 'committed') becomeStable(group, write, ctx.events.nowUs, effects);
  else if (outcome.state === 'refused') storingFailed(group, write, outcome.error, ctx.events.nowUs, effects);
}

function armTimer(ctx: GroupContext, timer: GroupTimer, kind: number, group: number): void {
  if (timer.armedGeneration === timer.generation) return;
  timer.armedGeneration = timer.generation;
  if (timer.deadlineUs >= 0) schedule(ctx.events, timer.deadlineUs, kind, group, timer.generation);
}

/** Most heartbeats only move the deadline: an event is set only when none waits that comes in time. */
export function armSession(ctx: GroupContext, group: GroupState, client: number, session: SessionTimer): void {
  if (session.deadlineUs < 0 || (session.armedUs >= 0 && session.armedUs <= session.deadlineUs)) return;
  session.generation = group.nextSessionGeneration;
  group.nextSessionGeneration = (group.nextSessionGeneration + 1) | 0;
  session.armedUs = session.deadlineUs;
  schedule(ctx.events, session.deadlineUs, EventKind.GroupSessionCheck, client, session.generation);
}
