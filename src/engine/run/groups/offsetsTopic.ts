/** `__consumer_offsets` of a run: as many of its partitions as hold a group, with logs as all others have them, numbered behind those of the document. */
import type { ClusterState } from '../../broker/clusterState.ts';
import { createPartition, type PartitionState, type TopicState } from '../../broker/context.ts';
import { createReplicas } from '../../broker/leadership.ts';
import { createOffsets, type OffsetsState } from '../../group/offsets/offsetsState.ts';
import { blockRecordsFor, createPartitionLog, deleteOnly, type LogConfig } from '../../log/partitionLog.ts';
import { numberOf, type Settings } from '../configs.ts';
import type { Topology } from '../topology.ts';

const offsetsTopicName = '__consumer_offsets';

interface OffsetsPartition {
  /** Global partition index, which is that of its registration, too. */
  readonly index: number;
  readonly partition: number;
}

/** The partitions in use; they stand directly behind those of the document. */
function partitionsOf({ internals }: ClusterState): OffsetsPartition[] {
  const prefix = `${offsetsTopicName}-`;
  return internals
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ key, registration }) => ({ index: registration, partition: Number(key.slice(prefix.length)) }));
}

/** The topic, where a group uses it. */
export function offsetsTopics(topology: Topology, cluster: ClusterState): TopicState[] {
  const count = partitionsOf(cluster).length;
  const { partitionCount: firstPartition } = topology;
  if (count === 0) return [];
  return [{ name: offsetsTopicName, node: '', firstPartition, partitionCount: count, partitionCountMax: count, internal: true }];
}

/** Its partitions, `topic` being its index in the run. */
export function offsetsPartitions(topology: Topology, cluster: ClusterState): PartitionState[] {
  const { topics, cluster: settings, partitionCount } = topology;
  return partitionsOf(cluster).map(({ index, partition }): PartitionState => {
    const registration = cluster.controller.partitions[index]!;
    const log = createPartitionLog(offsetsLogConfig(settings), blockRecordsFor(partitionCount));
    const state = createPartition({ topic: topics.length, partition, leader: registration.leader, log, minInsyncReplicas: 1, tier: null });
    if (registration.replicas.length > 1) state.replicas = createReplicas(registration, 0);
    return state;
  });
}

/** Configs of the topic as Kafka creates it (GroupCoordinatorService.groupMetadataTopicConfigs); the rest are a broker's defaults. */
function offsetsLogConfig(cluster: Settings): LogConfig {
  return {
    segmentBytes: numberOf(cluster, 'offsets.topic.segment.bytes'),
    segmentMs: 604_800_000,
    segmentIndexBytes: 10_485_760,
    indexIntervalBytes: 4_096,
    retentionMs: -1,
    retentionBytes: -1,
    timestampType: 'CreateTime',
    maxMessageBytes: 1_048_588,
    ...deleteOnly,
    cleanupPolicy: { compact: true, delete: false },
  };
}

/** What coordinators keep of it. */
export function createRunOffsets({ cluster: settings }: Topology, cluster: ClusterState): OffsetsState {
  const config = {
    writeTimeoutUs: numberOf(settings, 'offsets.commit.timeout.ms') * 1000,
    loadBytesPerUs: numberOf(settings, 'offsets.load.bytes.per.second') / 1e6,
    retentionUs: numberOf(settings, 'offsets.retention.minutes') * 60_000_000,
    retentionCheckUs: numberOf(settings, 'offsets.retention.check.interval.ms') * 1000,
  };
  return createOffsets(
    partitionsOf(cluster).map(({ index }) => index),
    config,
  );
}

/** Number of the log that holds the group with this key (`__consumer_offsets-12`), -1 for none. */
export function offsetsLogOf(cluster: ClusterState, partitionKey: string): number {
  return partitionsOf(cluster).findIndex(({ partition }) => `${offsetsTopicName}-${partition}` === partitionKey);
}
