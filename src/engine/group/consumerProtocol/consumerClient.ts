/** Clients of one consumer-protocol group that heartbeat when told to, without a network: for tests of the coordinator. */
import type { ConsumerGroup } from './consumerGroup.ts';
import { createConsumerGroup } from './consumerGroup.ts';
import { expireMembers } from './fencing.ts';
import type { ConsumerHeartbeatRequest, ConsumerHeartbeatResponse } from './heartbeat.ts';
import { consumerHeartbeat, requestMetadataRefresh } from './heartbeat.ts';
import { difference } from './partitionSets.ts';
import type { TopicRange } from './serverAssignor.ts';
import type { ServerAssignorName } from './serverAssignors.ts';

export const secondUs = 1_000_000;

/** Partitions of topic n begin at n times this. */
const partitionsPerTopic = 100;

export interface ConsumerClient {
  readonly memberId: string;
  instanceId: string;
  topics: readonly number[];
  /** 0 while it has to join. */
  epoch: number;
  /** What it owns, and what it was told it may. */
  owned: readonly number[];
  assignment: readonly number[];
}

export interface ConsumerScene {
  readonly group: ConsumerGroup;
  readonly topics: TopicRange[];
  nowUs: number;
}

export function createScene(options: { partitions: readonly number[]; assignor?: ServerAssignorName; maxSize?: number }): ConsumerScene {
  const config = { sessionTimeoutUs: 45 * secondUs, heartbeatIntervalUs: 5 * secondUs };
  const group = createConsumerGroup('orders', { ...config, maxSize: options.maxSize ?? 100, assignor: options.assignor ?? 'uniform' });
  return { group, topics: options.partitions.map((count, i) => topicRange(i, count)), nowUs: 0 };
}

function topicRange(topic: number, partitionCount: number): TopicRange {
  return { firstPartition: topic * partitionsPerTopic, partitionCount };
}

export function setPartitions(scene: ConsumerScene, topic: number, partitionCount: number): void {
  scene.topics[topic] = topicRange(topic, partitionCount);
  requestMetadataRefresh(scene.group);
}

export function createClient(memberId: string, topics: readonly number[] = [0], instanceId = ''): ConsumerClient {
  return { memberId, instanceId, topics, epoch: 0, owned: [], assignment: [] };
}

/** One request of the client; fields not given are those of a heartbeat that tells nothing new. */
export function send(
  scene: ConsumerScene,
  client: ConsumerClient,
  fields: Partial<ConsumerHeartbeatRequest> = {},
): ConsumerHeartbeatResponse {
  const { memberId, instanceId, epoch } = client;
  const quiet = { rebalanceTimeoutUs: null, topics: null, serverAssignor: null, owned: null };
  return consumerHeartbeat(scene.group, { memberId, memberEpoch: epoch, instanceId, ...quiet, ...fields }, scene.topics, scene.nowUs);
}

/** A heartbeat as the client would send it: it joins if it has to, and says what it owns. One that gives up nothing goes on with what it has. */
export function beat(scene: ConsumerScene, client: ConsumerClient, givesUp = true): ConsumerHeartbeatResponse {
  const joining = client.epoch === 0 ? { topics: client.topics, rebalanceTimeoutUs: 10 * secondUs } : {};
  const response = send(scene, client, { ...joining, owned: client.owned });
  if (response.error !== 'NONE') {
    client.epoch = 0;
    client.owned = [];
    client.assignment = [];
    return response;
  }
  client.epoch = response.memberEpoch;
  client.assignment = response.assignment ?? client.assignment;
  // Nothing new is taken before what has to go is gone.
  if (givesUp || difference(client.owned, client.assignment).length === 0) client.owned = client.assignment;
  return response;
}

/** Lets time pass and deadlines with it; who is out. */
export function passTime(scene: ConsumerScene, forUs: number): string[] {
  scene.nowUs += forUs;
  return expireMembers(scene.group, scene.nowUs, scene.topics).map(({ reason, memberId }) => `${memberId}: ${reason}`);
}
