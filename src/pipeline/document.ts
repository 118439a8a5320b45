/**
 * The pipeline document: what the user draws, as plain JSON data. Nothing here runs; `engine` compiles it into a topology.
 * Keys taken from user text never become object keys except config names, which are checked against the node kind's own list.
 */
import type { Config, ConfigValue } from './config.ts';
import type { Guarantee } from './guaranteeNames.ts';
import type { NodeKind } from './kinds/index.ts';

export type { Config, ConfigValue } from './config.ts';

export interface PipelineNode {
  /** Unique in the document, `[A-Za-z0-9_-]{1,64}`. */
  readonly id: string;
  readonly kind: NodeKind;
  /** What people read; for a topic, the topic's name in Kafka. 1 to 249 characters. */
  readonly name: string;
  readonly config: Config;
}

export interface PipelineEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  /** Name of the branch a `branch` node's records leave by; absent for every other source. */
  readonly sourcePort?: string;
}

/** Where `offsets.reset` sets offsets to; all but the first two need a value. */
export const offsetTargets = ['earliest', 'latest', 'offset', 'timestamp', 'shift-by'] as const;

/** Where `consumer.seek` sets a position to; the last two need a value. */
export const seekTargets = ['earliest', 'latest', 'offset', 'timestamp'] as const;

/** What happens to one node: its members, its speed, its configs, or the partitions of a topic. */
export type NodeFault =
  | { readonly atMs: number; readonly action: 'member.add'; readonly node: string }
  | {
      readonly atMs: number;
      readonly action: 'member.stop' | 'member.crash' | 'member.restart';
      readonly node: string;
      readonly member: number;
    }
  | { readonly atMs: number; readonly action: 'outage.start' | 'outage.end'; readonly node: string }
  | {
      readonly atMs: number;
      readonly action: 'slow';
      readonly node: string;
      /** 1 = as configured, 2 = every service takes twice as long. */ readonly factor: number;
    }
  | { readonly atMs: number; readonly action: 'config.set'; readonly node: string; readonly config: string; readonly value: ConfigValue }
  /** An administrator sets the committed offsets of the node's group, which has no members then, as `kafka-consumer-groups --reset-offsets --execute` does. */
  | {
      readonly atMs: number;
      readonly action: 'offsets.reset';
      readonly node: string;
      readonly to: (typeof offsetTargets)[number];
      /** With `offset` and `shift-by` offsets, with `timestamp` ms of virtual time. */ readonly value?: number | undefined;
    }
  /** The application pauses, or resumes, what its members own at that moment (KafkaConsumer.pause, resume). */
  | {
      readonly atMs: number;
      readonly action: 'consumer.pause' | 'consumer.resume';
      readonly node: string;
      /** Absent: every member. */ readonly member?: number | undefined;
      /** Of each topic the node reads; absent: all of them. */ readonly partition?: number | undefined;
    }
  /** The application sets the position of what its members own at that moment, before their next poll (KafkaConsumer.seek, seekToBeginning, seekToEnd, offsetsForTimes). */
  | {
      readonly atMs: number;
      readonly action: 'consumer.seek';
      readonly node: string;
      readonly member?: number | undefined;
      readonly partition?: number | undefined;
      readonly to: (typeof seekTargets)[number];
      /** With `offset` an offset, with `timestamp` ms of virtual time. */ readonly value?: number | undefined;
    }
  /** An unclean election of one partition of a topic, as `kafka-leader-election --election-type unclean` asks for. */
  | { readonly atMs: number; readonly action: 'leader.unclean'; readonly node: string; readonly partition: number }
  | {
      readonly atMs: number;
      readonly action: 'partition.reassign';
      readonly node: string;
      readonly partition: number;
      /** Brokers the partition moves to, the preferred leader first. */ readonly replicas: readonly number[];
      /** Bytes a second the move may take on each broker; 0: no limit. */ readonly throttleBytesPerSecond: number;
    }
  /** A topic gets `count` more partitions. */
  | { readonly atMs: number; readonly action: 'partitions.add'; readonly node: string; readonly count: number };

/**
 * One side of a network fault: `broker:<index>`, `controller` (the quorum), `node:<id>` (the clients of a producer, processor or sink), or `rest`,
 * everybody whom neither side names.
 */
export type NetworkEndpoint = string;

/** What happens to the brokers, the controller or the network. */
export type ClusterFault = { readonly node?: undefined } & (
  | {
      readonly atMs: number;
      /** `kill`: the process is gone at once. `stop`: a controlled shutdown. `restart`: it comes back, or goes and comes back. */
      readonly action: 'broker.kill' | 'broker.stop' | 'broker.restart';
      /** Index of the broker, from 0. */ readonly broker: number;
    }
  | { readonly atMs: number; readonly action: 'zone.loss' | 'zone.return'; /** A name in `broker.racks`. */ readonly rack: string }
  | { readonly atMs: number; readonly action: 'controller.loss' | 'leaders.prefer' }
  | {
      readonly atMs: number;
      readonly action: 'disk.slow';
      readonly broker: number;
      /** 1 = as configured, 10 = every read and write takes ten times as long. */ readonly factor: number;
    }
  | { readonly atMs: number; readonly action: 'disk.full' | 'disk.freed'; readonly broker: number }
  | {
      readonly atMs: number;
      readonly action: 'network.cut' | 'network.heal';
      readonly between: readonly NetworkEndpoint[];
      readonly and: readonly NetworkEndpoint[];
    }
  | {
      readonly atMs: number;
      readonly action: 'network.delay';
      readonly between: readonly NetworkEndpoint[];
      readonly and: readonly NetworkEndpoint[];
      /** Added to the latency, one way; 0 ends it. */ readonly addedMs: number;
    }
);

/** Something that happens to a run at a moment of virtual time, planned in the scenario or recorded when a person does it live. */
export type Fault = NodeFault | ClusterFault;

export type ObjectiveMetric =
  | 'lag.records'
  | 'lag.seconds'
  | 'latency.ms'
  | 'end-to-end.latency.ms'
  | 'throughput.per.second'
  | 'records.total'
  | 'records.expired'
  | 'records.failed'
  | 'records.kept'
  | 'records.lost'
  | 'records.duplicated'
  | 'records.reordered'
  | 'records.dead-lettered'
  | 'partitions.under-replicated'
  | 'utilisation'
  | 'rebalances';

export type ObjectiveStatistic = 'mean' | 'p50' | 'p95' | 'p99' | 'max' | 'min' | 'last' | 'total';

/** A sentence that must hold at the end of the scenario: `<metric> of <node>, <statistic>, <comparison> <value>`. */
export interface Objective {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly metric: ObjectiveMetric;
  readonly statistic: ObjectiveStatistic;
  readonly comparison: '<=' | '>=' | '==';
  readonly value: number;
}

export interface Scenario {
  /** Unsigned 32-bit. Same document and seed: same run. */
  readonly seed: number;
  readonly durationMs: number;
  readonly faults: readonly Fault[];
  readonly objectives: readonly Objective[];
}

export interface Position {
  readonly node: string;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly positions: readonly Position[];
}

/** Broker count and the hardware and network they stand for; see `kinds/cluster.ts` for the config names. */
export interface Cluster {
  readonly config: Config;
}

export interface PipelineDocument {
  readonly format: 'logjam/pipeline';
  readonly version: 1;
  readonly name: string;
  /** Free text shown with the pipeline; may be empty. */
  readonly description: string;
  /** Fixes on every node what decides about delivery; absent: as configured. */
  readonly guarantee?: Guarantee;
  readonly nodes: readonly PipelineNode[];
  readonly edges: readonly PipelineEdge[];
  readonly cluster: Cluster;
  readonly scenario: Scenario;
  readonly layout: Layout;
}
