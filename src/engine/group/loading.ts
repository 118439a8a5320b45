/** A group moves to another coordinator, which reads from __consumer_offsets what is there: offsets and the last complete generation, not a rebalance under way. */
import { diskReadUs } from '../broker/disk.ts';
import { responseArrivalUs } from '../broker/network.ts';
import { leads } from '../broker/replicas.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { GroupContext } from './context.ts';
import { coordinatorProtocols } from './coordinatorProtocols.ts';
import { coordinatorNow, loseRequest } from './coordination.ts';
import type { GroupEffects, GroupState, MemberRecord } from './groupState.ts';
import { createSession, setTimer, touchSession } from './groupState.ts';
import { forgetPending } from './offsets/committing.ts';
import { groupOfRecords } from './offsets/groupRecords.ts';
import type { CoordinatorValue, OffsetsLog, WrittenGroup } from './offsets/offsetsState.ts';
import { type LoggedGroup, missingForLoading, readGroup } from './offsets/reading.ts';
import { logOf } from './offsets/writing.ts';
import { answer, responseSizeBytes } from './protocol.ts';

/**
 * Makes the group that of its present coordinator: one that was just elected, or has restarted, begins to load it (`group.loading`). False while there is none, or it is not up, or has not heard
 * that it leads.
 */
export function followCoordinator(ctx: GroupContext, group: GroupState): boolean {
  const broker = coordinatorNow(ctx, group);
  if (broker < 0 || !ctx.brokers[broker].accepting) return false;
  const { incarnation } = ctx.brokers[broker];
  if (broker === group.coordinator && incarnation === group.coordinatorIncarnation) return true;
  const log = logOf(ctx, group);
  if (log !== null && !(ctx.partitions[log.index].holder === broker && leads(ctx.partitions[log.index], broker))) return false;
  resign(ctx, group, log);
  group.coordinator = broker;
  group.coordinatorIncarnation = incarnation;
  group.loading = true;
  group.loadGeneration = (group.loadGeneration + 1) | 0;
  setTimer(group.joinTimer, -1);
  setTimer(group.syncTimer, -1);
  schedule(
    ctx.events,
    log === null ? ctx.events.nowUs : loadedUs(ctx, log, broker),
    EventKind.GroupLoaded,
    group.index,
    group.loadGeneration,
  );
  return true;
}

/** When a broker that begins now has read the log: what its memory has not from its disk, then record by record. */
function loadedUs(ctx: GroupContext, { index }: OffsetsLog, broker: number): number {
  const { log } = ctx.partitions[index];
  const { loadBytesPerUs } = ctx.offsets.config;
  const readUs = diskReadUs(ctx, broker, { partition: index, from: log.appendedBytes - log.sizeBytes, to: log.appendedBytes });
  return Math.round(readUs + (loadBytesPerUs > 0 ? log.sizeBytes / loadBytesPerUs : 0));
}

/** Joins and syncs that wait at the old coordinator: answered with NOT_COORDINATOR if it lives, else lost with it. */
function resign(ctx: GroupContext, group: GroupState, log: OffsetsLog | null): void {
  const { accepting, incarnation } = ctx.brokers[group.coordinator];
  const lives = accepting && incarnation === group.coordinatorIncarnation;
  if (log !== null) forgetPending(ctx, log, group.index, lives);
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

/** The end of a load. Returns the number of a block of `counters.missingPartition` that must be resident first, or -1. */
export function onGroupLoaded(ctx: GroupContext, groupIndex: number, generation: number, effects: GroupEffects): number {
  const group = ctx.groups[groupIndex];
  if (!group.loading || group.loadGeneration !== generation) return -1;
  const log = logOf(ctx, group);
  if (log !== null) {
    const { log: stored } = ctx.partitions[log.index];
    const missing = missingForLoading(stored);
    if (missing >= 0) {
      ctx.counters.missingPartition = log.index;
      return missing;
    }
    const found = readGroup(ctx.offsets, stored, groupIndex);
    takeOffsets(ctx, group, log, found);
    const records = [...found.values.values()].map((number) => ctx.offsets.values[number].record);
    if (group.type === 'classic') takeGroup(ctx, group, classicIn(records), effects);
    else coordinatorProtocols[group.type].load(ctx, group, groupOfRecords(records.filter((record) => record.kind !== 'classic')));
  } else if (group.type !== 'classic') coordinatorProtocols[group.type].load(ctx, group, null);
  group.loading = false;
  return -1;
}

function classicIn(records: readonly CoordinatorValue['record'][]): WrittenGroup {
  for (const record of records) if (record.kind === 'classic') return record.group;
  return neverWritten;
}

const neverWritten: WrittenGroup = { generation: 0, protocol: '', leaderId: '', members: [] };

/** Offsets below the high watermark are committed, others when it has passed them; those of open transactions are held as they were. */
function takeOffsets(ctx: GroupContext, group: GroupState, log: OffsetsLog, found: LoggedGroup): void {
  const { highWatermark } = ctx.partitions[log.index].log;
  const { nowUs } = ctx.events;
  group.committed.fill(-1);
  for (const { partition, offset, endOffset } of found.offsets) {
    if (endOffset <= highWatermark) {
      group.committed[partition] = offset;
      continue;
    }
    const effect = { type: 'offsets', partitions: [partition], offsets: [offset], waiter: null } as const;
    log.pending.push({ group: group.index, endOffset, deadlineUs: Infinity, writtenUs: nowUs, broker: group.coordinator, effect });
  }
  log.pending.sort((a, b) => a.endOffset - b.endOffset);
}

/** The group is what was written last; every member's session begins anew (GroupMetadataManager.onLoaded). */
function takeGroup(
  ctx: GroupContext,
  group: GroupState,
  { generation, protocol, leaderId, members }: WrittenGroup,
  effects: GroupEffects,
): void {
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
