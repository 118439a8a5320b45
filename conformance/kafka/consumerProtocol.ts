import type { ConsumerGroup } from '../../src/engine/group/consumerProtocol/consumerGroup.ts';
import { consumerGroupState, createConsumerGroup } from '../../src/engine/group/consumerProtocol/consumerGroup.ts';
import { expireMembers } from '../../src/engine/group/consumerProtocol/fencing.ts';
import type { ConsumerHeartbeatResponse } from '../../src/engine/group/consumerProtocol/heartbeat.ts';
import { consumerHeartbeat, requestMetadataRefresh } from '../../src/engine/group/consumerProtocol/heartbeat.ts';
import type { TopicRange } from '../../src/engine/group/consumerProtocol/serverAssignor.ts';
import type { ServerAssignorName } from '../../src/engine/group/consumerProtocol/serverAssignors.ts';
import type { ShareGroup, ShareHeartbeatResponse } from '../../src/engine/group/share/shareGroup.ts';
import { createShareGroup, expireShareMembers, shareGroupState, shareHeartbeat } from '../../src/engine/group/share/shareGroup.ts';
import type { ConformanceSuite } from '../suite.ts';

interface Request {
  readonly member: string;
  readonly memberEpoch: number;
  readonly subscribedTopics?: readonly string[];
  readonly ownedPartitions?: readonly string[];
  readonly rebalanceTimeoutMs?: number;
}

type Operation =
  | { readonly op: 'heartbeat'; readonly t: number; readonly request: Request; readonly response: unknown; readonly group: unknown }
  | { readonly op: 'sleep'; readonly t: number; readonly ms: number; readonly timersFired: readonly string[]; readonly group: unknown }
  | { readonly op: 'topic'; readonly t: number; readonly topic: string; readonly partitions: number };

interface Case {
  readonly name: string;
  readonly kind: 'consumer' | 'share';
  readonly assignor: string;
  readonly topics: Readonly<Record<string, number>>;
  readonly ops: readonly Operation[];
}

/** A group of either kind that takes recorded requests; what it says is in the words of the file. */
interface Driver {
  readonly heartbeat: (request: Request, topics: readonly TopicRange[], nowMs: number) => unknown;
  readonly expire: (topics: readonly TopicRange[], nowMs: number) => string[];
  readonly topicsChanged: () => void;
  readonly describe: () => unknown;
}

/** Topics are t0, t1, …; one has at most this many partitions in the file. */
const partitionsPerTopic = 1000;
const sleepStepMs = 500;
const timeouts = { sessionTimeoutUs: 45_000_000, heartbeatIntervalUs: 5_000_000, maxSize: 1000 };

/** After each step of each case: the answer, the timers that fired, and the whole group. */
export const consumerProtocolSuite: ConformanceSuite = {
  file: 'kafka/consumer-protocol-kip848.json',
  run(data, report) {
    for (const recorded of (data as { cases: readonly Case[] }).cases) {
      const driver = recorded.kind === 'share' ? shareDriver() : consumerDriver(recorded.assignor as ServerAssignorName);
      const topics = Array.from({ length: 10 }, (_, i) => topicRange(i, recorded.topics[`t${i}`] ?? 0));
      recorded.ops.forEach((operation, i) => {
        const step = `${recorded.name}, step ${i + 1} (${operation.op})`;
        if (operation.op === 'topic') {
          const index = topicIndex(operation.topic);
          topics[index] = topicRange(index, operation.partitions);
          driver.topicsChanged();
          return;
        }
        if (operation.op === 'sleep') {
          const timersFired = sleep(driver, topics, operation);
          report.check(step, { timersFired, group: driver.describe() }, { timersFired: operation.timersFired, group: operation.group });
          return;
        }
        const response = driver.heartbeat(operation.request, topics, operation.t);
        report.check(step, { response, group: driver.describe() }, { response: operation.response, group: operation.group });
      });
    }
  },
};

function sleep(driver: Driver, topics: readonly TopicRange[], { t, ms }: { t: number; ms: number }): string[] {
  const fired: string[] = [];
  for (let nowMs = t - ms + sleepStepMs; nowMs <= t; nowMs += sleepStepMs) {
    for (const timer of driver.expire(topics, nowMs)) fired.push(`${timer}@${nowMs}`);
  }
  return fired;
}

function consumerDriver(assignor: ServerAssignorName): Driver {
  const group = createConsumerGroup('g', { ...timeouts, assignor });
  return {
    heartbeat(request, topics, nowMs) {
      const { member, memberEpoch, subscribedTopics, ownedPartitions, rebalanceTimeoutMs } = request;
      const response = consumerHeartbeat(
        group,
        {
          memberId: member,
          memberEpoch,
          instanceId: '',
          rebalanceTimeoutUs: rebalanceTimeoutMs === undefined ? null : rebalanceTimeoutMs * 1000,
          topics: subscribedTopics?.map(topicIndex) ?? null,
          serverAssignor: null,
          owned: ownedPartitions?.map(toPartition).sort((a, b) => a - b) ?? null,
        },
        topics,
        nowMs * 1000,
      );
      return describeResponse(response);
    },
    expire: (topics, nowMs) => expireMembers(group, nowMs * 1000, topics).map(({ reason, memberId }) => `${reason}:${memberId}`),
    topicsChanged: () => requestMetadataRefresh(group),
    describe: () => ({ ...epochs(group), state: consumerGroupState(group), members: describeConsumers(group) }),
  };
}

function shareDriver(): Driver {
  const group = createShareGroup('g', timeouts);
  return {
    heartbeat({ member, memberEpoch, subscribedTopics }, topics, nowMs) {
      const request = { memberId: member, memberEpoch, topics: subscribedTopics?.map(topicIndex) ?? null };
      return describeResponse(shareHeartbeat(group, request, topics, nowMs * 1000));
    },
    expire: (topics, nowMs) => expireShareMembers(group, nowMs * 1000, topics).map((memberId) => `session-timeout:${memberId}`),
    topicsChanged() {
      group.refreshRequested = true;
    },
    describe: () => ({
      ...epochs(group),
      state: shareGroupState(group),
      members: Object.fromEntries(
        [...group.members.values()].map((member) => [
          member.memberId,
          { epoch: member.memberEpoch, assigned: member.assigned.map(toText) },
        ]),
      ),
    }),
  };
}

function epochs({ groupEpoch, assignmentEpoch }: ConsumerGroup | ShareGroup): object {
  return { groupEpoch, assignmentEpoch };
}

function describeConsumers(group: ConsumerGroup): object {
  const described = [...group.members.values()].map(({ memberId, memberEpoch, state, assigned, pendingRevocation }) => ({
    memberId,
    described: {
      epoch: memberEpoch,
      state,
      assigned: assigned.map(toText),
      pendingRevocation: pendingRevocation.map(toText),
      target: (group.targets.get(memberId) ?? []).map(toText),
    },
  }));
  return Object.fromEntries(described.map((member) => [member.memberId, member.described]));
}

function describeResponse({
  error,
  memberEpoch,
  heartbeatIntervalUs,
  assignment,
}: ConsumerHeartbeatResponse | ShareHeartbeatResponse): object {
  if (error !== 'NONE') return { error };
  return { memberEpoch, heartbeatIntervalMs: heartbeatIntervalUs / 1000, assignment: assignment?.map(toText) ?? null };
}

function topicIndex(name: string): number {
  return Number(name.slice(1));
}

function topicRange(index: number, partitionCount: number): TopicRange {
  return { firstPartition: index * partitionsPerTopic, partitionCount };
}

function toPartition(text: string): number {
  const [topic, partition] = text.split('-');
  return topicIndex(topic) * partitionsPerTopic + Number(partition);
}

function toText(partition: number): string {
  return `t${Math.floor(partition / partitionsPerTopic)}-${partition % partitionsPerTopic}`;
}
