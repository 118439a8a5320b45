/** For tests and measurements: brokers, logs and producers without the rest of a run. */
import type { ConfigValue } from '../../pipeline/document.ts';
import { producer as producerKind } from '../../pipeline/kinds/producer.ts';
import { createPartition } from '../broker/context.ts';
import type { ClusterCosts } from '../broker/broker.ts';
import { createBroker } from '../broker/broker.ts';
import { createCapacity, unlimitedCapacity } from '../broker/capacity.ts';
import { createClusterState } from '../broker/clusterState.ts';
import { createReplication } from '../broker/replication.ts';
import { onProduceArrived } from '../broker/produce.ts';
import { createSlotTable } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { createEventSet, nextTimeUs, schedule, takeNext } from '../kernel/eventSet.ts';
import { createTrace } from '../kernel/trace.ts';
import { createPartitionLog, deleteOnly } from '../log/partitionLog.ts';
import { createTransactions } from '../transactions/context.ts';
import type { ValueSize } from '../workload/arrivals.ts';
import { createPathTable } from '../values/paths.ts';
import { createKeyTable } from '../workload/keys.ts';
import type { ProducerContext } from './context.ts';
import type { ProducerCompression } from './compression.ts';
import { createProducer, onProduceAnswered, onProducerWake } from './producer.ts';
import type { ProducerClientConfig } from './state.ts';

export const clientDefaults: ProducerClientConfig = {
  acks: 'all',
  batchSizeBytes: 16_384,
  lingerUs: 5000,
  bufferMemoryBytes: 33_554_432,
  maxBlockUs: 60_000_000,
  maxRequestBytes: 1_048_576,
  maxInFlight: 5,
  adaptivePartitioning: true,
  idempotent: false,
  retries: 2_147_483_647,
  retryBackoffUs: 100_000,
  retryBackoffMaxUs: 1_000_000,
  reconnectBackoffUs: 50_000,
  metadataMaxAgeUs: 300_000_000,
  requestTimeoutUs: 30_000_000,
  deliveryTimeoutUs: 120_000_000,
};

export const freeCosts: ClusterCosts = { networkLatencyUs: 0, networkBytesPerUs: 0, diskBytesPerUs: 0, handlerUs: 0, handlers: 1 };

/** Settings of a producer node, defaults filled in. */
export function workloadOf(settings: Readonly<Record<string, ConfigValue>>): Readonly<Record<string, ConfigValue>> {
  const defaults = Object.fromEntries(producerKind.config.map((row) => [row.name, row.default]));
  return { ...defaults, ...settings };
}

/** A cluster of `brokers`, with one topic for each number of partitions. */
export function createCluster(options: {
  partitions: readonly number[];
  brokers?: number;
  costs?: ClusterCosts;
  maxMessageBytes?: number;
}): ProducerContext {
  const costs = options.costs ?? freeCosts;
  const brokers = options.brokers ?? 1;
  let firstPartition = 0;
  const topics = options.partitions.map((partitionCount, i) => {
    const topic = { name: `topic-${i}`, node: `topic-${i}`, firstPartition, partitionCount, partitionCountMax: partitionCount };
    firstPartition += partitionCount;
    return topic;
  });
  const logConfig = {
    segmentBytes: 1_073_741_824,
    segmentMs: 604_800_000,
    segmentIndexBytes: 10_485_760,
    indexIntervalBytes: 4096,
    retentionMs: -1,
    retentionBytes: -1,
    timestampType: 'CreateTime' as const,
    maxMessageBytes: options.maxMessageBytes ?? 1_048_588,
    ...deleteOnly,
  };
  return {
    seed: 1,
    events: createEventSet(),
    trace: createTrace(),
    costs,
    brokers: Array.from({ length: brokers }, (_, i) => createBroker(i, costs)),
    cluster: createClusterState(0),
    replication: createReplication(brokers),
    capacity: createCapacity(unlimitedCapacity, { brokers, partitions: firstPartition, tiered: false }),
    topics,
    partitions: topics.flatMap((topic, t) =>
      Array.from({ length: topic.partitionCount }, (_, partition) =>
        createPartition({ topic: t, partition, leader: partition % brokers, log: createPartitionLog(logConfig) }),
      ),
    ),
    produceRequests: createSlotTable(),
    fetchSessions: createSlotTable(),
    fetchedPool: [],
    ledger: null,
    counters: { produceRequests: 0, groupRequests: 0, fetchRequests: 0, fetchSessions: 0, missingPartition: -1 },
    watcher: null,
    transactions: createTransactions([]),
    producers: [],
    keys: createKeyTable(),
    paths: createPathTable(0),
    headerBytes: [],
  };
}

/** Adds a source (with workload settings) or a member's producer (null) that writes to all topics or to those given; returns its index. */
export function addProducer(
  ctx: ProducerContext,
  options: {
    workload: Readonly<Record<string, ConfigValue>> | null;
    config?: Partial<ProducerClientConfig>;
    topics?: readonly number[];
    valueSize?: ValueSize;
    compression?: ProducerCompression;
    name?: string;
  },
): number {
  const index = ctx.producers.length;
  const source = options.workload !== null;
  const state = createProducer({
    seed: ctx.seed,
    name: options.name ?? `producer-${index}`,
    index,
    node: `producer-${index}`,
    member: source ? -1 : index,
    topics: options.topics ?? ctx.topics.map((_, i) => i),
    config: { ...clientDefaults, ...options.config },
    workload: options.workload === null ? null : workloadOf(options.workload),
    path: source ? index : -1,
    valueSize: options.valueSize ?? null,
    compression: options.compression ?? null,
  });
  ctx.producers.push(state);
  return index;
}

/** A broker without a log: writes everything, and answers after about `delayUs` at a time of the form 4n + 1, when no arrival of these tests comes. */
export function answerAside(ctx: ProducerContext, slot: number, delayUs: number): void {
  const request = ctx.produceRequests.items[slot];
  if (request === null || request === undefined) throw new Error(`No request in slot ${slot}.`);
  request.batches.forEach((_, i) => {
    request.errors[i] = 'NONE';
    request.baseOffsets[i] = 0;
  });
  schedule(ctx.events, Math.ceil((ctx.events.nowUs + delayUs) / 4) * 4 + 1, EventKind.ProduceAnswered, slot, request.requestId);
}

/** What stands in for other parts of a run. */
interface Handlers {
  readonly onSpace?: (producer: number) => void;
  /** Instead of the real broker. */
  readonly onArrived?: (slot: number, requestId: number) => void;
}

/** Executes events up to and including `untilUs`; the clock stands at the last one. */
export function runUntil(ctx: ProducerContext, untilUs: number, handlers: Handlers = {}): void {
  const { events } = ctx;
  const { onSpace, onArrived = (slot: number, requestId: number) => onProduceArrived(ctx, slot, requestId) } = handlers;
  while (nextTimeUs(events) <= untilUs && takeNext(events)) {
    if (events.kind === EventKind.ProducerWake) onProducerWake(ctx, events.a, events.b);
    else if (events.kind === EventKind.ProduceArrived) onArrived(events.a, events.b);
    else if (events.kind === EventKind.ProduceAnswered) onProduceAnswered(ctx, events.a, events.b);
    else if (events.kind === EventKind.ProducerSpace) onSpace?.(events.a);
    else throw new Error(`No handler for events of kind ${events.kind}.`);
  }
}
