/** A group with real coordinator, members, brokers and clock, and the smallest poll loop that can drive it: for tests of the protocol. */
import { createBroker } from '../broker/broker.ts';
import { createCapacity, unlimitedCapacity } from '../broker/capacity.ts';
import { createClusterState } from '../broker/clusterState.ts';
import { createReplication } from '../broker/replication.ts';
import { createPartition, type PartitionState, type TopicState } from '../broker/context.ts';
import { createSlotTable } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { createEventSet, nextTimeUs, schedule, takeNext } from '../kernel/eventSet.ts';
import { createTrace } from '../kernel/trace.ts';
import { createPartitionLog, deleteOnly } from '../log/partitionLog.ts';
import type { GroupContext } from './context.ts';
import { createOffsets } from './offsets/offsetsState.ts';
import { createGroup, onGroupRequestArrived, onJoinDeadline, onSessionCheck, onSyncDeadline } from './coordinator.ts';
import type { GroupMemberConfig } from './membership.ts';
import {
  createMember,
  finishRevocation,
  leavePoll,
  onGroupResponseArrived,
  onHeartbeatDue,
  onPollIntervalCheck,
  pollMembership,
  startMember,
} from './membership.ts';

export const secondUs = 1_000_000;

/** Everything a scenario needs; plain data, so that it can be copied as a checkpoint. */
export interface GroupScenario {
  readonly ctx: GroupContext;
  /** By member: processing, and so not polling, until this time; -1 when it is in poll. */
  readonly busyUntilUs: number[];
}

export interface ScenarioOptions {
  readonly members: readonly Partial<GroupMemberConfig>[];
  /** Partitions of each topic. */
  readonly topics?: readonly number[];
  readonly initialRebalanceDelayUs?: number;
  readonly networkLatencyUs?: number;
  readonly seed?: number;
}

/** One group; its members are down until they are started. */
export function createScenario(options: ScenarioOptions): GroupScenario {
  const seed = options.seed ?? 1;
  const costs = { networkLatencyUs: options.networkLatencyUs ?? 500, networkBytesPerUs: 0, diskBytesPerUs: 0, handlerUs: 0, handlers: 1 };
  const topics: TopicState[] = [];
  const partitions: PartitionState[] = [];
  for (const [topic, partitionCount] of (options.topics ?? [6]).entries()) {
    topics.push({
      name: `topic-${topic}`,
      node: `t${topic}`,
      firstPartition: partitions.length,
      partitionCount,
      partitionCountMax: partitionCount,
    });
    for (let partition = 0; partition < partitionCount; partition++) {
      partitions.push(createPartition({ topic, partition, leader: 0, log: createPartitionLog(logConfig) }));
    }
  }
  const group = createGroup({
    groupId: 'orders',
    index: 0,
    partitionCount: partitions.length,
    offsetsPartitions: 50,
    brokers: 1,
    cluster: createClusterState(0),
    initialRebalanceDelayUs: options.initialRebalanceDelayUs ?? 3 * secondUs,
  });
  const members = options.members.map((config, index) =>
    createMember({ index, group: 0, clientId: `client-${index}`, config: { ...memberConfig, ...config }, seed }),
  );
  const ctx: GroupContext = {
    seed,
    events: createEventSet(),
    trace: createTrace(),
    costs,
    brokers: [createBroker(0, costs)],
    cluster: createClusterState(0),
    replication: createReplication(1),
    capacity: createCapacity(unlimitedCapacity, { brokers: 1, partitions: partitions.length, tiered: false }),
    topics,
    partitions,
    produceRequests: createSlotTable(),
    fetchSessions: createSlotTable(),
    fetchedPool: [],
    ledger: null,
    counters: { produceRequests: 0, groupRequests: 0, fetchRequests: 0, fetchSessions: 0, missingPartition: -1 },
    watcher: null,
    groups: [group],
    members,
    groupRequests: createSlotTable(),
    notices: [],
    offsets: createOffsets(),
  };
  return { ctx, busyUntilUs: members.map(() => -1) };
}

const logConfig = {
  segmentBytes: 1 << 30,
  segmentMs: 1e12,
  segmentIndexBytes: 1 << 20,
  indexIntervalBytes: 4096,
  retentionMs: -1,
  retentionBytes: -1,
  timestampType: 'CreateTime',
  maxMessageBytes: 1 << 20,
  ...deleteOnly,
} as const;

const memberConfig: GroupMemberConfig = {
  metadataMaxAgeUs: 300_000_000,
  rack: '',
  assignors: ['range'],
  serverAssignor: '',
  groupInstanceId: '',
  sessionTimeoutUs: 45 * secondUs,
  heartbeatIntervalUs: 3 * secondUs,
  maxPollIntervalUs: 300 * secondUs,
  requestTimeoutUs: 30 * secondUs,
  retryBackoffUs: 100_000,
  retryBackoffMaxUs: secondUs,
  topics: [0],
};

/** Starts members, who poll at once. */
export function startMembers(scenario: GroupScenario, ...members: number[]): void {
  for (const member of members) {
    startMember(scenario.ctx, member);
    scenario.busyUntilUs[member] = -1;
    wake(scenario, member);
  }
}

/** Lets a member process for a while, away from poll. */
export function keepBusy(scenario: GroupScenario, member: number, forUs: number): void {
  const { events } = scenario.ctx;
  scenario.busyUntilUs[member] = events.nowUs + forUs;
  leavePoll(scenario.ctx, member);
  schedule(events, events.nowUs + forUs, EventKind.ServiceDone, member, 0);
}

function wake({ ctx }: GroupScenario, member: number): void {
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, member, -1);
}

/** Runs all events up to `timeUs`, `afterEach` after every one, and puts the clock there. Returns how many events there were. */
export function runTo(scenario: GroupScenario, timeUs: number, afterEach?: () => void): number {
  const { events } = scenario.ctx;
  let taken = 0;
  // An event of no meaning at the end brings the clock there.
  schedule(events, timeUs, EventKind.RetentionCheck, 0, 0);
  while (nextTimeUs(events) <= timeUs) {
    takeNext(events);
    dispatch(scenario);
    afterEach?.();
    taken++;
  }
  return taken;
}

function dispatch(scenario: GroupScenario): void {
  const { ctx } = scenario;
  const { kind, a, b } = ctx.events;
  if (kind === EventKind.GroupRequestArrived) onGroupRequestArrived(ctx, a, b);
  else if (kind === EventKind.GroupResponseArrived) onGroupResponseArrived(ctx, a, b);
  else if (kind === EventKind.GroupJoinDeadline) onJoinDeadline(ctx, a, b);
  else if (kind === EventKind.GroupSyncDeadline) onSyncDeadline(ctx, a, b);
  else if (kind === EventKind.GroupSessionCheck) onSessionCheck(ctx, a, b);
  else if (kind === EventKind.HeartbeatDue) onHeartbeatDue(ctx, a, b);
  else if (kind === EventKind.PollIntervalCheck) onPollIntervalCheck(ctx, a, b);
  else if (kind === EventKind.MemberWake || kind === EventKind.MemberAssigned || kind === EventKind.ServiceDone) pollOnce(scenario, a);
}

function pollOnce(scenario: GroupScenario, member: number): void {
  const { ctx, busyUntilUs } = scenario;
  if (ctx.members[member].state === 'down' || busyUntilUs[member] > ctx.events.nowUs) return;
  busyUntilUs[member] = -1;
  while (pollMembership(ctx, member) === 'revoke') finishRevocation(ctx, member);
}

/** Partitions by member. */
export function ownedBy({ ctx }: GroupScenario): number[][] {
  return ctx.members.map((member) => [...member.owned]);
}

/** Codes and details of what happened so far, as "code: detail". */
export function happenings({ ctx }: GroupScenario): string[] {
  return ctx.notices.map(({ code, detail }) => `${code}: ${detail}`);
}
