/** From the document's config names (Kafka's, in ms and bytes) to what the engine's parts take (microseconds). The only place that knows both. */
import type { ConfigValue } from '../../pipeline/document.ts';
import { rackAwareSelector } from '../../pipeline/kinds/clusterReplication.ts';
import { producerClientConfig as producerRows } from '../../pipeline/kinds/producer.ts';
import { parseOffsetReset } from '../../pipeline/offsetReset.ts';
import { parseServiceTable } from '../../pipeline/templates/serviceTable.ts';
import type { ClusterCosts } from '../broker/broker.ts';
import { type CapacityConfig, unlimitedCapacity } from '../broker/capacity.ts';
import { type ClusterConfig, defaultClusterConfig } from '../broker/clusterState.ts';
import { createPartitionTier, type PartitionTier } from '../broker/remoteTier.ts';
import type { ElectionPolicy } from '../cluster/leaderElection.ts';
import type { ConsumerConfig } from '../consumer/consumer.ts';
import type { GroupMemberConfig } from '../group/membership.ts';
import type { Distribution } from '../kernel/distributions.ts';
import { deleteOnly, type LogConfig } from '../log/partitionLog.ts';
import { type FailurePolicy, noFailures } from '../process/failurePolicy.ts';
import type { ExternalSystem } from '../process/externalCalls.ts';
import type { MicroBatchSettings } from '../process/microBatch.ts';
import type { PoolSettings } from '../process/pool/pool.ts';
import { createSeenIds, type SeenIds } from '../process/seenIds.ts';
import type { ProducerClientConfig } from '../producer/producer.ts';

/** A node's or the cluster's configs with defaults filled in, already validated. */
export type Settings = Readonly<Record<string, ConfigValue>>;

export const numberOf = (settings: Settings, name: string): number => Number(settings[name] ?? 0);
export const textOf = (settings: Settings, name: string): string => String(settings[name] ?? '');
const numberOr = (settings: Settings, name: string, otherwise: number): number => Number(settings[name] ?? otherwise);
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

/** Memory for logs, quotas and the remote tier. */
export function capacityConfig(cluster: Settings): CapacityConfig {
  return {
    pageCacheBytes: numberOf(cluster, 'page.cache.bytes'),
    diskReadBytesPerUs: numberOf(cluster, 'disk.read.bytes.per.second') / 1e6,
    diskSeekUs: microseconds(cluster, 'disk.seek.ms'),
    diskCapacityBytes: numberOf(cluster, 'disk.capacity.bytes'),
    producerBytesPerSecond: numberOf(cluster, 'quota.producer.bytes.per.second'),
    consumerBytesPerSecond: numberOf(cluster, 'quota.consumer.bytes.per.second'),
    quotaSamples: numberOr(cluster, 'quota.window.num', unlimitedCapacity.quotaSamples),
    quotaSampleMs: numberOr(cluster, 'quota.window.size.seconds', unlimitedCapacity.quotaSampleMs / 1000) * 1000,
    remoteIntervalUs: numberOr(cluster, 'remote.log.manager.task.interval.ms', unlimitedCapacity.remoteIntervalUs / 1000) * 1000,
    remoteLatencyUs: microseconds(cluster, 'remote.storage.latency.ms'),
    remoteBytesPerUs: numberOf(cluster, 'remote.storage.bytes.per.second') / 1e6,
  };
}

/** Whether a topic has a remote tier. */
export const isTiered = (topic: Settings): boolean => topic['remote.storage.enable'] === true;

/** What a partition of the topic begins with in the remote tier; null without one. */
export function partitionTier(topic: Settings): PartitionTier | null {
  if (!isTiered(topic)) return null;
  const local = { retentionMs: numberOr(topic, 'local.retention.ms', -2), retentionBytes: numberOr(topic, 'local.retention.bytes', -2) };
  return createPartitionTier(local, { retentionMs: numberOf(topic, 'retention.ms'), retentionBytes: numberOf(topic, 'retention.bytes') });
}

/** What decides when the cluster does something. */
export function clusterConfig(cluster: Settings): ClusterConfig {
  const { replicaFetchMaxBytes, replicaFetchResponseMaxBytes, quorumVoters } = defaultClusterConfig;
  const us = (name: string, ofDefault: number): number => Math.round(numberOr(cluster, name, ofDefault / 1000) * 1000);
  return {
    replicaLagMaxUs: us('replica.lag.time.max.ms', defaultClusterConfig.replicaLagMaxUs),
    replicaFetchWaitUs: us('replica.fetch.wait.max.ms', defaultClusterConfig.replicaFetchWaitUs),
    replicaFetchMaxBytes: numberOr(cluster, 'replica.fetch.max.bytes', replicaFetchMaxBytes),
    replicaFetchResponseMaxBytes: numberOr(cluster, 'replica.fetch.response.max.bytes', replicaFetchResponseMaxBytes),
    replicaFetchBackoffUs: us('replica.fetch.backoff.ms', defaultClusterConfig.replicaFetchBackoffUs),
    sessionTimeoutUs: us('broker.session.timeout.ms', defaultClusterConfig.sessionTimeoutUs),
    heartbeatIntervalUs: us('broker.heartbeat.interval.ms', defaultClusterConfig.heartbeatIntervalUs),
    leaderRebalance: cluster['auto.leader.rebalance.enable'] !== false,
    imbalanceCheckUs: numberOr(cluster, 'leader.imbalance.check.interval.seconds', 300) * 1e6,
    quorumVoters: numberOr(cluster, 'controller.quorum.voters.count', quorumVoters),
    quorumFetchTimeoutUs: us('controller.quorum.fetch.timeout.ms', defaultClusterConfig.quorumFetchTimeoutUs),
    quorumElectionTimeoutUs: us('controller.quorum.election.timeout.ms', defaultClusterConfig.quorumElectionTimeoutUs),
    brokerRestartUs: us('broker.restart.ms', defaultClusterConfig.brokerRestartUs),
    rackAwareReads: textOf(cluster, 'replica.selector.class') === rackAwareSelector,
    controlledShutdown: cluster['controlled.shutdown.enable'] !== false,
  };
}

/** What a topic's configs mean for elections. */
export function electionPolicy(topic: Settings): ElectionPolicy {
  return {
    minInsyncReplicas: Math.max(1, numberOf(topic, 'min.insync.replicas')),
    uncleanElection: topic['unclean.leader.election.enable'] === true,
    eligibleLeaderReplicas: false,
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
    cleanupPolicy: cleanupPolicy(textOf(topic, 'cleanup.policy')),
    minCleanableDirtyRatio: numberOr(topic, 'min.cleanable.dirty.ratio', deleteOnly.minCleanableDirtyRatio),
    minCompactionLagMs: numberOr(topic, 'min.compaction.lag.ms', deleteOnly.minCompactionLagMs),
    maxCompactionLagMs: numberOr(topic, 'max.compaction.lag.ms', deleteOnly.maxCompactionLagMs),
    deleteRetentionMs: numberOr(topic, 'delete.retention.ms', deleteOnly.deleteRetentionMs),
  };
}

function cleanupPolicy(text: string): LogConfig['cleanupPolicy'] {
  const names = text.split(',').map((name) => name.trim());
  const compact = names.includes('compact');
  return { compact, delete: names.includes('delete') || !compact };
}

export function producerClientConfig(settings: Settings): ProducerClientConfig {
  const acks = textOf(settings, 'acks');
  const maxInFlight = numberOf(settings, 'max.in.flight.requests.per.connection');
  return {
    acks: acks === '0' || acks === '1' ? acks : 'all',
    batchSizeBytes: numberOf(settings, 'batch.size'),
    lingerUs: microseconds(settings, 'linger.ms'),
    bufferMemoryBytes: numberOf(settings, 'buffer.memory'),
    maxBlockUs: microseconds(settings, 'max.block.ms'),
    maxRequestBytes: numberOf(settings, 'max.request.size'),
    maxInFlight,
    adaptivePartitioning: settings['partitioner.adaptive.partitioning.enable'] !== false,
    // With acks=1 or more than five requests in flight Kafka runs without it, unless it was asked for: an error found before a run.
    idempotent: settings['enable.idempotence'] !== false && acks !== '0' && acks !== '1' && maxInFlight <= 5,
    retries: numberOr(settings, 'retries', 2_147_483_647),
    retryBackoffUs: numberOr(settings, 'retry.backoff.ms', 100) * 1000,
    retryBackoffMaxUs: numberOr(settings, 'retry.backoff.max.ms', 1000) * 1000,
    reconnectBackoffUs: numberOr(settings, 'reconnect.backoff.ms', 50) * 1000,
    requestTimeoutUs: numberOr(settings, 'request.timeout.ms', 30_000) * 1000,
    deliveryTimeoutUs: numberOr(settings, 'delivery.timeout.ms', 120_000) * 1000,
    metadataMaxAgeUs: numberOr(settings, 'metadata.max.age.ms', 300_000) * 1000,
  };
}

export function consumerConfig(settings: Settings): ConsumerConfig {
  const reset = parseOffsetReset(textOf(settings, 'auto.offset.reset')) ?? { strategy: 'latest', durationUs: 0 };
  return {
    maxPollRecords: numberOf(settings, 'max.poll.records'),
    fetchMinBytes: numberOf(settings, 'fetch.min.bytes'),
    fetchMaxWaitUs: microseconds(settings, 'fetch.max.wait.ms'),
    fetchMaxBytes: numberOf(settings, 'fetch.max.bytes'),
    maxPartitionFetchBytes: numberOf(settings, 'max.partition.fetch.bytes'),
    prefetch: settings['prefetch'] !== false,
    idleUs: microseconds(settings, 'poll.idle.ms'),
    autoOffsetReset: reset.strategy,
    resetDurationUs: reset.durationUs,
    commitMode: commitMode(settings),
    autoCommitIntervalUs: microseconds(settings, 'auto.commit.interval.ms'),
    // StreamsConfig sets it with exactly_once_v2.
    isolation:
      settings['isolation.level'] === 'read_committed' || settings['processing.guarantee'] === 'exactly_once_v2'
        ? 'read_committed'
        : 'read_uncommitted',
    requestTimeoutUs: numberOr(settings, 'request.timeout.ms', 30_000) * 1000,
    retryBackoffUs: numberOr(settings, 'retry.backoff.ms', 100) * 1000,
    retryBackoffMaxUs: numberOr(settings, 'retry.backoff.max.ms', 1000) * 1000,
    reconnectBackoffUs: numberOr(settings, 'reconnect.backoff.ms', 50) * 1000,
  };
}

/** `group.remote.assignor`; empty while the coordinator chooses. */
function serverAssignor(settings: Settings): GroupMemberConfig['serverAssignor'] {
  const name = textOf(settings, 'group.remote.assignor');
  return name === 'uniform' || name === 'range' ? name : '';
}

/** Whether a node reads, processes and writes in one transaction (KIP-447, `processing.guarantee` of Kafka Streams). */
export const isExactlyOnce = (role: string, settings: Settings): boolean =>
  role === 'processor' && settings['processing.guarantee'] === 'exactly_once_v2';

/** Of a node that works in micro-batches; null otherwise. */
export function microBatchSettings(settings: Settings): MicroBatchSettings | null {
  if (settings['trigger.interval.ms'] === undefined) return null;
  return {
    intervalUs: microseconds(settings, 'trigger.interval.ms'),
    overheadUs: microseconds(settings, 'batch.overhead.ms'),
    offsetsMax: numberOf(settings, 'maxOffsetsPerTrigger'),
    cores: numberOf(settings, 'executor.cores'),
  };
}

/** The system outside that services call, with what it is busy with already; null where there is none. */
export function externalSystem(settings: Settings, before: ExternalSystem | null): ExternalSystem | null {
  const mean = numberOf(settings, 'call.latency.ms') * 1000;
  if (mean === 0) return null;
  const shape = textOf(settings, 'call.latency.distribution');
  const latency: Distribution =
    shape === 'exponential'
      ? { kind: 'exponential', mean }
      : shape === 'lognormal'
        ? { kind: 'lognormal', mean, cv: numberOf(settings, 'call.latency.cv') }
        : { kind: 'constant', mean };
  const busy = [...(before?.freeUs ?? [])].sort((a, b) => b - a);
  const freeUs = Array.from({ length: numberOf(settings, 'call.concurrency') }, (_, place) => busy[place] ?? 0);
  return { latency, timeoutUs: microseconds(settings, 'call.timeout.ms'), errorRate: numberOf(settings, 'call.error.rate'), freeUs };
}

/** How a member commits: what its node's processing guarantee asks for, else its own `commit.mode`. */
function commitMode(settings: Settings): ConsumerConfig['commitMode'] {
  if (settings['processing.guarantee'] === 'exactly_once_v2') return 'in-transaction';
  if (settings['processing.guarantee'] === 'at_most_once') return 'before-processing';
  // A batch's offsets are noted when it is done.
  if (microBatchSettings(settings) !== null) return 'after-processing';
  // A stream processor has no such config: it commits what is processed.
  return (settings['commit.mode'] === undefined ? 'after-processing' : textOf(settings, 'commit.mode')) as ConsumerConfig['commitMode'];
}

/** The member's number is appended to `group.instance.id`, so that each instance of a node is a static member of its own. */
export function memberConfig(settings: Settings, options: { number: number; topics: readonly number[] }): GroupMemberConfig {
  const instance = textOf(settings, 'group.instance.id');
  return {
    // Kafka Streams brings an assignor of its own (StreamsPartitionAssignor.name).
    assignors: settings['application.id'] === undefined ? textOf(settings, 'partition.assignment.strategy').split(',') : ['stream'],
    serverAssignor: serverAssignor(settings),
    groupInstanceId: instance === '' ? '' : `${instance}-${options.number}`,
    sessionTimeoutUs: microseconds(settings, 'session.timeout.ms'),
    heartbeatIntervalUs: microseconds(settings, 'heartbeat.interval.ms'),
    maxPollIntervalUs: microseconds(settings, 'max.poll.interval.ms'),
    requestTimeoutUs: numberOr(settings, 'request.timeout.ms', 30_000) * 1000,
    retryBackoffUs: numberOr(settings, 'retry.backoff.ms', 100) * 1000,
    retryBackoffMaxUs: numberOr(settings, 'retry.backoff.max.ms', 1000) * 1000,
    metadataMaxAgeUs: numberOr(settings, 'metadata.max.age.ms', 300_000) * 1000,
    rack: textOf(settings, 'client.rack'),
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

/** `error.*` of a node that has them. */
export function failurePolicy(settings: Settings): FailurePolicy {
  if (settings['error.action'] === undefined) return noFailures;
  return {
    action: textOf(settings, 'error.action') as FailurePolicy['action'],
    attemptsMax: numberOf(settings, 'error.max.attempts'),
    backoffUs: microseconds(settings, 'error.backoff.ms'),
    multiplier: numberOf(settings, 'error.backoff.multiplier'),
    backoffMaxUs: microseconds(settings, 'error.backoff.max.ms'),
    restartUs: microseconds(settings, 'error.restart.ms'),
  };
}

/** Of a node whose members process in pools; null where they work their polls off themselves, as in share groups and with transactions of their own. */
export function poolSettings(settings: Settings): PoolSettings | null {
  if (settings['processing.mode'] !== 'pool' || settings['group.protocol'] === 'share') return null;
  if (settings['processing.guarantee'] === 'exactly_once_v2') return null;
  return {
    threads: numberOf(settings, 'pool.threads'),
    ordering: textOf(settings, 'pool.ordering') as PoolSettings['ordering'],
    capacity: numberOf(settings, 'pool.queue.capacity'),
    whenFull: textOf(settings, 'pool.when.full') as PoolSettings['whenFull'],
    commitIntervalUs: microseconds(settings, 'pool.commit.interval.ms'),
  };
}

/** The table of ids of a node or, kept in memory, of one of its members; null where `idempotence.store` is another. */
export function seenIdsOf(settings: Settings, store: 'in-memory' | 'durable', sources: number): SeenIds | null {
  if (settings['idempotence.store'] !== store) return null;
  return createSeenIds({
    roots: sources,
    texts: textOf(settings, 'idempotence.key').trim() !== '',
    capacity: numberOf(settings, 'idempotence.capacity'),
    ttlUs: microseconds(settings, 'idempotence.ttl.ms'),
  });
}

/** A sink has no configs for the producer of its failed records, which therefore has Kafka's defaults; what is common to all clients it has. */
export function failureProducerConfig(settings: Settings): ProducerClientConfig {
  return producerClientConfig({ ...Object.fromEntries(producerRows.map((row) => [row.name, row.default])), ...settings });
}
