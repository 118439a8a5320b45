/** A run from a topology: every part created in the order of the document, every random stream named after its node, so adding a node leaves the others' draws alone. */
import { type BrokerState, type ClusterCosts, createBroker } from '../broker/broker.ts';
import { createCapacity } from '../broker/capacity.ts';
import type { ClusterState } from '../broker/clusterState.ts';
import { createPartition, type PartitionState, type TopicState } from '../broker/context.ts';
import { startCleaners } from '../broker/cleaner.ts';
import { createReplicas, startReplication } from '../broker/leadership.ts';
import { startRemoteTier } from '../broker/remoteTier.ts';
import { createReplication } from '../broker/replication.ts';
import { createSlotTable } from '../broker/slots.ts';
import type { RunWatcher } from '../broker/watcher.ts';
import { createGroup } from '../group/coordinator.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { createEventSet, schedule } from '../kernel/eventSet.ts';
import { createTrace } from '../kernel/trace.ts';
import { blockRecordsFor, createPartitionLog } from '../log/partitionLog.ts';
import { createHistogram } from '../measures/histogram.ts';
import { createNodeMetrics } from '../measures/nodeMetrics.ts';
import { createSeries } from '../metrics/series.ts';
import { startWorker } from '../process/lifecycle.ts';
import { noFailures, retryOutput } from '../process/failurePolicy.ts';
import type { NodeState } from '../process/node.ts';
import { createUpsertTable } from '../process/upsertTable.ts';
import type { RecordProbe } from '../process/context.ts';
import type { ProducerCompression } from '../producer/compression.ts';
import { createProducer, startProducer } from '../producer/producer.ts';
import { attachValueSize } from '../producer/state.ts';
import { createShareState } from '../share/shareState.ts';
import { createPathTable } from '../values/paths.ts';
import { headerBytesOf } from '../workload/headers.ts';
import { createKeyTable } from '../workload/keys.ts';
import { rackLatencyUs, separateRacks } from './rackLatency.ts';
import { createCluster, rackOf } from './cluster.ts';
import { compressionOf } from './compression.ts';
import {
  capacityConfig,
  clusterCosts,
  electionPolicy,
  isTiered,
  logConfig,
  numberOf,
  poolSettings,
  partitionTier,
  producerClientConfig,
  seenIdsOf,
  type Settings,
} from './configs.ts';
import { createCleaners } from './cleaning.ts';
import { createRunOffsets, offsetsLogOf, offsetsPartitions, offsetsTopics } from './groups/offsetsTopic.ts';
import { applyServiceSettings, planFault } from './faults/faults.ts';
import { ledgerFor } from './ledger/ledgerRoutes.ts';
import { addMember } from './members.ts';
import { consumerGroupConfig, groupTypeOf } from './groups/groups.ts';
import { createShareGroups, shareGroupConfig } from './groups/shareGroups.ts';
import { compilePrograms, type Programs, templateSizeOf } from './programs.ts';
import type { EngineContext, EngineState } from './state.ts';
import { rootsOf } from './roots.ts';
import { taskAssignment } from './streams/assigning.ts';
import { createRunStreams } from './streams/runStreams.ts';
import { topicsWritten, type Topology, type TopologyNode } from './topology.ts';
import { createRunTransactions, producerTransactionOf, startCoordinators } from './transactions.ts';

/** A run: what it was built from, its state, and the handlers' view of both. */
export interface Run {
  readonly topology: Topology;
  readonly state: EngineState;
  readonly ctx: EngineContext;
  readonly programs: Programs;
}

export interface RunOptions {
  /** Instead of the scenario's own. */
  readonly seed?: number;
  /** Node index to collect single records of. */
  readonly probe?: RecordProbe | null;
  readonly watcher?: RunWatcher | null;
  /** Events after which a run is ended as *bounded*. */
  readonly eventsMax?: number;
  /** Whether it keeps account of every record, which takes up to a third of the speed; true by default. */
  readonly ledger?: boolean;
}

const eventsMaxDefault = 20_000_000_000;
const recordsMaxDefault = 4_000_000_000;

/** Builds a run at virtual time 0: sources, members and the scenario's faults are scheduled, nothing has happened yet. */
export function createRun(topology: Topology, options: RunOptions = {}): Run {
  const seed = (options.seed ?? topology.document.scenario.seed) >>> 0;
  const state = createState(topology, seed, { eventsMax: options.eventsMax ?? eventsMaxDefault, ledger: options.ledger ?? true });
  const run = attach(topology, state, options);
  startReplication(run.ctx);
  createProducers(run);
  for (const node of state.nodes) {
    if (node.group < 0) continue;
    const instances = numberOf(node.settings, 'instances');
    for (let i = 0; i < instances; i++) addMember(run.ctx, node, node.settings);
  }
  separateRacks(run.ctx, rackLatencyUs(topology.cluster));
  for (const fault of topology.document.scenario.faults) planFault(run.ctx, fault);
  for (let p = 0; p < state.producers.length; p++) if (state.producers[p]!.member < 0) startProducer(run.ctx, p);
  for (let m = 0; m < state.workers.length; m++) startWorker(run.ctx, m);
  schedule(state.events, state.plan.retentionCheckUs, EventKind.RetentionCheck, 0, 0);
  startCleaners(run.ctx);
  startRemoteTier(run.ctx);
  startCoordinators(run.ctx);
  return run;
}

/** Joins a state (new, or restored from a checkpoint) with what is compiled from the document and with who observes it. */
export function attach(
  topology: Topology,
  state: EngineState,
  { probe = null, watcher = null }: Pick<RunOptions, 'probe' | 'watcher'> = {},
): Run {
  const programs = compilePrograms(topology, { seed: state.plan.seed, keys: state.keys, paths: state.paths, streams: state.streams });
  for (const producer of state.producers) {
    if (producer.member >= 0) continue;
    const valueSize = templateSizeOf(programs.reader.programs.sources[producer.path]!, state.keys);
    if (valueSize) attachValueSize(producer, valueSize);
  }
  const assignTasks = taskAssignment({ ...state, programs: programs.operations });
  return { topology, state, programs, ctx: { ...state, programs: programs.operations, probe, watcher, assignTasks } };
}

function createState(topology: Topology, seed: number, options: { readonly eventsMax: number; readonly ledger: boolean }): EngineState {
  const { cluster, document } = topology;
  const costs = clusterCosts(cluster);
  const clusterState = createCluster(topology, seed);
  const brokerCount = clusterState.controller.brokers.length;
  const durationUs = Math.round(document.scenario.durationMs * 1000);
  const nodes = topology.nodes.map((entry) => createNode(topology, entry, compressionOf(topology, entry, seed)));
  const consumes = nodes.map((node) => node.group >= 0);
  const roots = rootsOf(topology.nodes);
  // Headers of results are few, and counted with none.
  const headerBytes = roots.map(({ kind, node }) => (kind === 'producer' ? headerBytesOf(nodes[node]!.settings) : 0));
  return {
    seed,
    events: createEventSet(),
    trace: createTrace(),
    costs,
    brokers: createBrokers(cluster, clusterState, costs),
    cluster: clusterState,
    replication: createReplication(brokerCount),
    capacity: createCapacity(capacityConfig(cluster), {
      brokers: brokerCount,
      partitions: topology.partitionCount + offsetsPartitions(topology, clusterState).length,
      tiered: topology.topics.some(({ settings }) => isTiered(settings)),
    }),
    topics: [
      ...topology.topics.map(({ node, isInternal, name, firstPartition, partitionCount, partitionCountMax }): TopicState => ({
        name,
        node: isInternal ? '' : nodes[node]!.id,
        ...(isInternal && { owner: nodes[node]!.id }),
        firstPartition,
        partitionCount,
        partitionCountMax,
      })),
      ...offsetsTopics(topology, clusterState),
    ],
    partitions: [...createPartitions(topology, clusterState), ...offsetsPartitions(topology, clusterState)],
    offsets: createRunOffsets(topology, clusterState),
    produceRequests: createSlotTable(),
    fetchSessions: createSlotTable(),
    fetchedPool: [],
    ledger: options.ledger ? ledgerFor(topology) : null,
    counters: { produceRequests: 0, groupRequests: 0, fetchRequests: 0, fetchSessions: 0, missingPartition: -1 },
    groups: topology.groupIds.map((groupId, index) =>
      createGroup({
        groupId,
        index,
        partitionCount: topology.partitionCount,
        offsetsPartitions: numberOf(cluster, 'offsets.topic.num.partitions'),
        brokers: brokerCount,
        cluster: clusterState,
        logOf: (key) => offsetsLogOf(clusterState, key),
        type: groupTypeOf(topology, index),
        consumer: consumerGroupConfig(cluster),
        share: shareGroupConfig(cluster),
        initialRebalanceDelayUs: numberOf(cluster, 'group.initial.rebalance.delay.ms') * 1000,
      }),
    ),
    share: createShareState(createShareGroups(topology)),
    members: [],
    groupRequests: createSlotTable(),
    notices: [],
    consumers: [],
    commitRequests: createSlotTable(),
    offsetFetches: createSlotTable(),
    transactionOffsets: createSlotTable(),
    producers: [],
    transactions: createRunTransactions(topology),
    keys: createKeyTable(),
    nodes,
    metrics: nodes.map((node) => createNodeMetrics(node.group >= 0)),
    workers: [],
    progress: topology.groupIds.map(() => ({
      processedUpTo: new Float64Array(topology.partitionCount),
      lost: new Float64Array(topology.partitionCount),
    })),
    paths: createPathTable(roots.length, nodes.length),
    streams: createRunStreams(topology, seed),
    headerBytes: headerBytes.some((bytes) => bytes > 0) ? headerBytes : [],
    processNotices: [],
    faults: [],
    timeline: { entries: [], total: 0 },
    series: createSeries({ nodes: nodes.length, durationUs, consumes, buckets: createHistogram().counts.length }),
    cleaner: createCleaners(cluster, brokerCount),
    plan: {
      seed,
      durationUs,
      retentionCheckUs: numberOf(cluster, 'log.retention.check.interval.ms') * 1000,
      statePartitions: numberOf(cluster, 'transaction.state.log.num.partitions'),
    },
    limits: { eventsMax: options.eventsMax, recordsMax: recordsMaxDefault },
    outcome: { boundReached: null },
  };
}

function createNode(topology: Topology, entry: TopologyNode, compression: ProducerCompression | null): NodeState {
  const node: NodeState = {
    id: entry.node.id,
    kind: entry.node.kind,
    role: entry.role,
    name: entry.node.name,
    index: entry.index,
    inputs: entry.inputs,
    outputs: entry.outputs,
    group: entry.group,
    members: [],
    producer: -1,
    compression,
    settings: entry.settings,
    service: { kind: 'constant', mean: 0 },
    writeBatchRecords: 1,
    ratePerUs: 0,
    concurrency: 1,
    pool: poolSettings(entry.settings),
    errorRate: 0,
    failures: noFailures,
    waitsForRetries: readsRetries(topology, entry),
    seen: seenIdsOf(entry.settings, 'durable', rootsOf(topology.nodes).length),
    written: topicsWritten(entry),
    lookupUs: 0,
    table: entry.settings['write.mode'] === 'upsert' ? createUpsertTable() : null,
    microBatch: null,
    external: null,
    passProbability: 1,
    slowFactor: 1,
    outage: false,
  };
  if (entry.group >= 0) applyServiceSettings(node, entry.settings);
  return node;
}

/** Whether it reads a topic that another node, or itself, sends to what shall be tried again. */
function readsRetries({ nodes }: Topology, { inputs }: TopologyNode): boolean {
  const retries = nodes
    .filter(({ settings }) => settings['error.action'] === 'retry-topic')
    .flatMap(({ outputs }) => outputs[retryOutput]!);
  return inputs.some((topic) => retries.includes(topic));
}

function createBrokers(settings: Settings, { controller, config }: ClusterState, costs: ClusterCosts): BrokerState[] {
  return controller.brokers.map(({ id, brokerEpoch }) => {
    const broker = createBroker(id, costs, rackOf(settings, id));
    broker.brokerEpoch = brokerEpoch;
    broker.metadataOffset = controller.metadataOffset - 1;
    // They were not started in the same moment: their heartbeats are spread evenly over the interval.
    broker.heartbeatPhaseUs = Math.floor((id * config.heartbeatIntervalUs) / controller.brokers.length) - config.heartbeatIntervalUs;
    return broker;
  });
}

function createPartitions(topology: Topology, { controller }: ClusterState): PartitionState[] {
  const blockRecords = blockRecordsFor(topology.partitionCount);
  return topology.topics.flatMap((topic, topicIndex) => {
    const { settings } = topic;
    const config = logConfig(settings);
    const { minInsyncReplicas } = electionPolicy(settings);
    return Array.from({ length: topic.partitionCountMax }, (_, partition): PartitionState => {
      const registration = controller.partitions[topic.firstPartition + partition]!;
      const log = createPartitionLog(config, blockRecords);
      const tier = partitionTier(settings);
      const state = createPartition({ topic: topicIndex, partition, leader: registration.leader, log, minInsyncReplicas, tier });
      if (registration.replicas.length > 1) state.replicas = createReplicas(registration, 0);
      return state;
    });
  });
}

function createProducers({ ctx, programs }: Run): void {
  let source = 0;
  for (const node of ctx.nodes) {
    if (node.role !== 'producer') continue;
    const path = source++;
    node.producer = ctx.producers.length;
    ctx.producers.push(
      createProducer({
        seed: ctx.plan.seed,
        name: node.id,
        index: node.producer,
        node: node.id,
        endpoint: -2 - node.index,
        member: -1,
        topics: node.outputs[0]!,
        config: producerClientConfig(node.settings),
        workload: node.settings,
        path,
        valueSize: templateSizeOf(programs.reader.programs.sources[path]!, ctx.keys),
        compression: node.compression,
        transaction: producerTransactionOf(ctx, node.settings),
      }),
    );
  }
}
