/** From the document's config names (Kafka's, in ms and bytes) to what the engine's parts take (microseconds). The only place that knows both. */
import type { ConfigValue } from '../../pipeline/document.ts';
import { parseServiceTable } from '../../pipeline/templates/serviceTable.ts';
import type { ClusterCosts } from '../broker/broker.ts';
import type { ConsumerConfig } from '../consumer/consumer.ts';
import type { GroupMemberConfig } from '../group/membership.ts';
import type { Distribution } from '../kernel/distributions.ts';
import type { LogConfig } from '../log/partitionLog.ts';
import type { ProducerClientConfig } from '../producer/producer.ts';

/** A node's or the cluster's configs with defaults filled in, already validated. */
export type Settings = Readonly<Record<string, ConfigValue>>;

export const numberOf = (settings: Settings, name: string): number => Number(settings[name] ?? 0);
export const textOf = (settings: Settings, name: string): string => String(settings[name] ?? '');
const microseconds = (settings: Settings, name: string): number => Math.round(numberOf(settings, name) * 1000);

export function clusterCosts(cluster: Settings): ClusterCosts {
  return {
    networkLatencyUs: microseconds(cluster, 'network.latency.ms'),
    networkBytesPerUs: numberOf(cluster, 'network.bytes.per.second') / 1e6,
    diskBytesPerUs: numberOf(cluster, 'disk.bytes.per.second') / 1e6,
    handlerUs: microseconds(cluster, 'request.handler.ms'),
    handlers: numberOf(cluster, 'num.io.threads'),
  };
}

export function logConfig(topic: Settings): LogConfig {
  return {
    segmentBytes: numberOf(topic, 'segment.bytes'),
    segmentMs: numberOf(topic, 'segment.ms'),
    segmentIndexBytes: numberOf(topic, 'segment.index.bytes'),
    indexIntervalBytes: numberOf(topic, 'index.interval.bytes'),
    retentionMs: numberOf(topic, 'retention.ms'),
    retentionBytes: numberOf(topic, 'retention.bytes'),
    timestampType: textOf(topic, 'message.timestamp.type') === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    maxMessageBytes: numberOf(topic, 'max.message.bytes'),
  };
}

export function producerClientConfig(settings: Settings): ProducerClientConfig {
  const acks = textOf(settings, 'acks');
  return {
    acks: acks === '0' || acks === '1' ? acks : 'all',
    batchSizeBytes: numberOf(settings, 'batch.size'),
    lingerUs: microseconds(settings, 'linger.ms'),
    bufferMemoryBytes: numberOf(settings, 'buffer.memory'),
    maxBlockUs: microseconds(settings, 'max.block.ms'),
    maxRequestBytes: numberOf(settings, 'max.request.size'),
    maxInFlight: numberOf(settings, 'max.in.flight.requests.per.connection'),
    adaptivePartitioning: settings['partitioner.adaptive.partitioning.enable'] !== false,
  };
}

export function consumerConfig(settings: Settings): ConsumerConfig {
  return {
    maxPollRecords: numberOf(settings, 'max.poll.records'),
    fetchMinBytes: numberOf(settings, 'fetch.min.bytes'),
    fetchMaxWaitUs: microseconds(settings, 'fetch.max.wait.ms'),
    fetchMaxBytes: numberOf(settings, 'fetch.max.bytes'),
    maxPartitionFetchBytes: numberOf(settings, 'max.partition.fetch.bytes'),
    prefetch: settings['prefetch'] !== false,
    autoOffsetReset: textOf(settings, 'auto.offset.reset') as ConsumerConfig['autoOffsetReset'],
    commitMode: textOf(settings, 'commit.mode') as ConsumerConfig['commitMode'],
    autoCommitIntervalUs: microseconds(settings, 'auto.commit.interval.ms'),
  };
}

/** The member's number is appended to `group.instance.id`, so that each instance of a node is a static member of its own. */
export function memberConfig(settings: Settings, options: { number: number; topics: readonly number[] }): GroupMemberConfig {
  const instance = textOf(settings, 'group.instance.id');
  return {
    assignor: textOf(settings, 'partition.assignment.strategy') === 'cooperative-sticky' ? 'cooperative-sticky' : 'range',
    groupInstanceId: instance === '' ? '' : `${instance}-${options.number}`,
    sessionTimeoutUs: microseconds(settings, 'session.timeout.ms'),
    heartbeatIntervalUs: microseconds(settings, 'heartbeat.interval.ms'),
    maxPollIntervalUs: microseconds(settings, 'max.poll.interval.ms'),
    topics: options.topics,
  };
}

/** `service.time.*` as a distribution in microseconds. */
export function serviceDistribution(settings: Settings): Distribution {
  const us = (name: string) => numberOf(settings, name) * 1000;
  const mean = us('service.time.ms');
  switch (textOf(settings, 'service.time.distribution')) {
    case 'uniform':
      return { kind: 'uniform', min: us('service.time.min.ms'), max: us('service.time.max.ms') };
    case 'exponential':
      return { kind: 'exponential', mean };
    case 'erlang':
      return { kind: 'erlang', mean, shape: numberOf(settings, 'service.time.shape') };
    case 'hyperexponential':
      return { kind: 'hyperexponential', mean, cv: numberOf(settings, 'service.time.cv') };
    case 'lognormal':
      return { kind: 'lognormal', mean, cv: numberOf(settings, 'service.time.cv') };
    case 'two-point':
      return {
        kind: 'two-point',
        low: us('service.time.low.ms'),
        high: us('service.time.high.ms'),
        highProbability: numberOf(settings, 'service.time.high.probability'),
      };
    case 'empirical':
      return empirical(textOf(settings, 'service.time.table'));
    default:
      return { kind: 'constant', mean };
  }
}

function empirical(text: string): Distribution {
  const table = parseServiceTable(text);
  if (!table.ok) throw new Error(`service.time.table was not validated before the run: ${table.message}`);
  return { kind: 'empirical', values: table.valuesMs.map((ms) => ms * 1000), weights: table.weights };
}
