/** A run from a topology: every part created in the order of the document, every random stream named after its node, so adding a node leaves the others' draws alone. */
import { createBroker } from '../broker/broker.ts';
import type { PartitionState, TopicState } from '../broker/context.ts';
import { createSlotTable } from '../broker/slots.ts';
import { createGroup } from '../group/coordinator.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { createEventSet, schedule } from '../kernel/eventSet.ts';
import { createTrace } from '../kernel/trace.ts';
import { blockRecordsFor, createPartitionLog } from '../log/partitionLog.ts';
import { createHistogram } from '../measures/histogram.ts';
import { createNodeMetrics } from '../measures/nodeMetrics.ts';
import { createSeries } from '../metrics/series.ts';
import { startWorker } from '../process/lifecycle.ts';
import type { NodeState } from '../process/node.ts';
import type { RecordProbe } from '../process/context.ts';
import { createProducer, startProducer } from '../producer/producer.ts';
import { attachValueSize } from '../producer/state.ts';
import { createPathTable } from '../values/paths.ts';
import { createKeyTable } from '../workload/keys.ts';
import { clusterCosts, logConfig, numberOf, producerClientConfig } from './configs.ts';
import { applyServiceSettings, planFault } from './faults.ts';
import { addMember } from './members.ts';
import { compilePrograms, type Programs, templateSizeOf } from './programs.ts';
import type { EngineContext, EngineState } from './state.ts';
import type { Topology, TopologyNode } from './topology.ts';

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
  /** Events after which a run is ended as *bounded*. */
  readonly eventsMax?: number;
}

const eventsMaxDefault = 20_000_000_000;
const recordsMaxDefault = 4_000_000_000;

/** Builds a run at virtual time 0: sources, members and the scenario's faults are scheduled, nothing has happened yet. */
export function createRun(topology: Topology, options: RunOptions = {}): Run {
  const seed = (options.seed ?? topology.document.scenario.seed) >>> 0;
  const state = createState(topology, seed, options.eventsMax ?? eventsMaxDefault);
  const run = attach(topology, state, options.probe ?? null);
  createProducers(run);
  for (const node of state.nodes) {
    if (node.group < 0) continue;
    const instances = numberOf(node.settings, 'instances');
    for (let i = 0; i < instances; i++) addMember(run.ctx, node, node.settings);
  }
  for (const fault of topology.document.scenario.faults) planFault(run.ctx, fault);
  for (let p = 0; p < state.producers.length; p++) if (state.producers[p]!.member < 0) startProducer(run.ctx, p);
  for (let m = 0; m < state.workers.length; m++) startWorker(run.ctx, m);
  schedule(state.events, state.plan.retentionCheckUs, EventKind.RetentionCheck, 0, 0);
  return run;
}

/** Joins a state (new, or restored from a checkpoint) with what is compiled from the document. */
export function attach(topology: Topology, state: EngineState, probe: RecordProbe | null): Run {
  const programs = compilePrograms(topology, { seed: state.plan.seed, keys: state.keys, paths: state.paths });
  for (const producer of state.producers) {
    if (producer.member >= 0) continue;
    const valueSize = templateSizeOf(programs.reader.programs.sources[producer.path]!, state.keys);
    if (valueSize) attachValueSize(producer, valueSize);
  }
  return { topology, state, programs, ctx: { ...state, programs: programs.operations, probe } };
}

function createState(topology: Topology, seed: number, eventsMax: number): EngineState {
  const { cluster, document } = topology;
  const costs = clusterCosts(cluster);
  const brokerCount = numberOf(cluster, 'brokers');
  const durationUs = Math.round(document.scenario.durationMs * 1000);
  const nodes = topology.nodes.map(createNode);
  const consumes = nodes.map((node) => node.group >= 0);
  return {
    seed,
    events: createEventSet(),
    trace: createTrace(),
    costs,
    brokers: Array.from({ length: brokerCount }, (_, index) => createBroker(index, costs)),
    topics: topology.topics.map(({ node, name, firstPartition, partitionCount }): TopicState => ({
      name,
      node: nodes[node]!.id,
      firstPartition,
      partitionCount,
    })),
    partitions: createPartitions(topology, brokerCount),
    produceRequests: createSlotTable(),
    fetchSessions: createSlotTable(),
    fetchedPool: [],
    counters: { fetchRequests: 0, fetchSessions: 0, missingPartition: -1 },
    groups: topology.groupIds.map((groupId, index) =>
      createGroup({
        groupId,
        index,
        partitionCount: topology.partitionCount,
        offsetsPartitions: numberOf(cluster, 'offsets.topic.num.partitions'),
        brokers: brokerCount,
        initialRebalanceDelayUs: numberOf(cluster, 'group.initial.rebalance.delay.ms') * 1000,
      }),
    ),
    members: [],
    groupRequests: createSlotTable(),
    notices: [],
    consumers: [],
    commitRequests: createSlotTable(),
    producers: [],
    keys: createKeyTable(),
    nodes,
    metrics: nodes.map((node) => createNodeMetrics(node.group >= 0)),
    workers: [],
    progress: topology.groupIds.map(() => ({ processedUpTo: new Float64Array(topology.partitionCount) })),
    paths: createPathTable(nodes.filter((node) => node.role === 'producer').length),
    processNotices: [],
    faults: [],
    timeline: { entries: [], total: 0 },
    series: createSeries({ nodes: nodes.length, durationUs, consumes, buckets: createHistogram().counts.length }),
    plan: { seed, durationUs, retentionCheckUs: numberOf(cluster, 'log.retention.check.interval.ms') * 1000 },
    limits: { eventsMax, recordsMax: recordsMaxDefault },
    outcome: { boundReached: null },
  };
}

function createNode(entry: TopologyNode): NodeState {
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
    settings: entry.settings,
    service: { kind: 'constant', mean: 0 },
    writeBatchRecords: 1,
    ratePerUs: 0,
    concurrency: 1,
    errorRate: 0,
    retriesErrors: true,
    passProbability: 1,
    slowFactor: 1,
    outage: false,
  };
  if (entry.group >= 0) applyServiceSettings(node, entry.settings);
  return node;
}

/** Leaders go round the brokers partition by partition, each topic starting one broker further. */
function createPartitions(topology: Topology, brokers: number): PartitionState[] {
  const blockRecords = blockRecordsFor(topology.partitionCount);
  return topology.topics.flatMap((topic, topicIndex) => {
    const config = logConfig(topology.nodes[topic.node]!.settings);
    return Array.from({ length: topic.partitionCount }, (_, partition): PartitionState => {
      const log = createPartitionLog(config, blockRecords);
      return {
        topic: topicIndex,
        partition,
        leader: (topicIndex + partition) % brokers,
        log,
        watchers: [],
        expiredRecords: 0,
        fetchedRecords: 0,
      };
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
        member: -1,
        topics: node.outputs[0]!,
        config: producerClientConfig(node.settings),
        workload: node.settings,
        path,
        valueSize: templateSizeOf(programs.reader.programs.sources[path]!, ctx.keys),
      }),
    );
  }
}
