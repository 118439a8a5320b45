/** The numbers of one frame as named fields and words, per node. Pure: the layout says where each number stands. */
import { GroupPartitionField, MemberField, NodeField, PartitionField } from '../../workers/frameFields.ts';
import type { FrameLayout } from '../../workers/protocol.ts';
import { formatRate, formatSeconds, formatShare, formatShort } from '../format/numbers.ts';
import { lagLevel, type LagLevel } from '../live/lagLevel.ts';
import { replicationTrouble, type ReplicationTrouble } from '../live/replicationTrouble.ts';

export type NodeCondition = 'idle' | 'working' | 'rebalancing' | 'outage' | 'no member alive' | 'blocked on buffer memory';

const conditions: readonly NodeCondition[] = ['idle', 'working', 'rebalancing', 'outage', 'no member alive', 'blocked on buffer memory'];
const memberStates = ['down', 'joining', 'stable', 'working'] as const;

export interface SlowMember {
  readonly member: number;
  readonly state: (typeof memberStates)[number];
  readonly busy: number;
  readonly processed: number;
  readonly partitions: readonly { readonly topicNode: string; readonly partition: number }[];
}

export interface SlowPartition {
  readonly partition: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly logEndOffset: number;
  readonly sizeBytes: number;
  readonly rate: number;
  /** -1 while the partition is offline. */
  readonly leader: number;
  /** Replicas that are not in sync. */
  readonly outOfSync: number;
  readonly underMinIsr: boolean;
}

export interface SlowGroupPartition {
  readonly topicNode: string;
  readonly partition: number;
  readonly committed: number;
  readonly position: number;
  readonly lagRecords: number;
  /** Member that owns it, null without one. */
  readonly owner: number | null;
}

export interface SlowNode {
  readonly rateIn: number;
  readonly rateOut: number;
  readonly lagRecords: number;
  readonly lagSeconds: number;
  readonly lagTrend: number;
  readonly busy: number;
  readonly condition: NodeCondition;
  readonly memberCount: number;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly members: readonly SlowMember[];
  readonly partitions: readonly SlowPartition[];
  readonly groupPartitions: readonly SlowGroupPartition[];
  /** What is wrong with a topic's replicas; null when nothing is, and for what is no topic. */
  readonly replication: ReplicationTrouble | null;
  /** calm, rising or breached, by lag in seconds and its trend. */
  readonly mood: LagLevel;
  /** One sentence with the node's state, for screen readers and tooltips. */
  readonly sentence: string;
  readonly text: {
    readonly rateIn: string;
    readonly rateOut: string;
    readonly lagRecords: string;
    readonly lagSeconds: string;
    readonly busy: string;
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Rows {
  members: Map<string, Mutable<SlowMember>[]>;
  partitions: Map<string, SlowPartition[]>;
  groups: Map<string, SlowGroupPartition[]>;
}

function push<T>(rows: Map<string, T[]>, key: string, row: T): void {
  const list = rows.get(key);
  if (list === undefined) rows.set(key, [row]);
  else list.push(row);
}

function collect(frame: Float64Array, layout: FrameLayout): Rows {
  const rows: Rows = { members: new Map(), partitions: new Map(), groups: new Map() };
  const all: (Mutable<SlowMember> & { node: string })[] = [];
  for (const { node, member, offset } of layout.members) {
    const state = memberStates[frame[offset + MemberField.state]] ?? 'down';
    const row = {
      node,
      member,
      state,
      busy: frame[offset + MemberField.busy],
      processed: frame[offset + MemberField.processed],
      partitions: [],
    };
    all.push(row);
    push(rows.members, node, row);
  }
  for (const { node, partition, offset } of layout.partitions) {
    const field = (index: number) => frame[offset + index];
    push(rows.partitions, node, {
      partition,
      logStartOffset: field(PartitionField.logStartOffset),
      highWatermark: field(PartitionField.highWatermark),
      logEndOffset: field(PartitionField.logEndOffset),
      sizeBytes: field(PartitionField.sizeBytes),
      rate: field(PartitionField.rate),
      leader: field(PartitionField.leader),
      outOfSync: field(PartitionField.outOfSync),
      underMinIsr: field(PartitionField.underMinIsr) > 0,
    });
  }
  for (const { node, topicNode, partition, offset } of layout.groupPartitions) {
    const owner = all[frame[offset + GroupPartitionField.owner]];
    if (owner !== undefined) owner.partitions = [...owner.partitions, { topicNode, partition }];
    push(rows.groups, node, {
      topicNode,
      partition,
      committed: frame[offset + GroupPartitionField.committed],
      position: frame[offset + GroupPartitionField.position],
      lagRecords: frame[offset + GroupPartitionField.lagRecords],
      owner: owner?.node === node ? owner.member : null,
    });
  }
  return rows;
}

function sentenceOf(node: Omit<SlowNode, 'sentence' | 'text'>): string {
  const parts: string[] = [node.condition];
  if (Number.isFinite(node.rateIn) && node.rateIn > 0) parts.push(`${formatRate(node.rateIn)} in`);
  if (Number.isFinite(node.rateOut) && node.rateOut > 0) parts.push(`${formatRate(node.rateOut)} out`);
  if (Number.isFinite(node.lagSeconds)) parts.push(`lag ${formatSeconds(node.lagSeconds)}, ${formatShort(node.lagRecords)} records`);
  if (node.replication !== null)
    parts.push(`${node.replication.count} partition${node.replication.count === 1 ? '' : 's'} ${node.replication.worst}`);
  return parts.join(', ');
}

/** Every node's numbers of a frame. */
export function slowNodes(frame: Float64Array, layout: FrameLayout): ReadonlyMap<string, SlowNode> {
  const rows = collect(frame, layout);
  const nodes = new Map<string, SlowNode>();
  for (const { id, offset } of layout.nodes) {
    const field = (index: number) => frame[offset + index];
    const numbers = {
      rateIn: field(NodeField.rateIn),
      rateOut: field(NodeField.rateOut),
      lagRecords: field(NodeField.lagRecords),
      lagSeconds: field(NodeField.lagSeconds),
      lagTrend: field(NodeField.lagTrend),
      busy: field(NodeField.busy),
      condition: conditions[field(NodeField.state)] ?? 'idle',
      memberCount: field(NodeField.members),
      recordsIn: field(NodeField.recordsIn),
      recordsOut: field(NodeField.recordsOut),
      latencyP50Ms: field(NodeField.latencyP50Ms),
      latencyP99Ms: field(NodeField.latencyP99Ms),
      members: rows.members.get(id) ?? [],
      partitions: rows.partitions.get(id) ?? [],
      groupPartitions: rows.groups.get(id) ?? [],
      replication: replicationTrouble(rows.partitions.get(id) ?? []),
      mood: lagLevel(field(NodeField.lagSeconds), field(NodeField.lagTrend)),
    };
    const text = {
      rateIn: formatRate(numbers.rateIn),
      rateOut: formatRate(numbers.rateOut),
      lagRecords: formatShort(numbers.lagRecords),
      lagSeconds: formatSeconds(numbers.lagSeconds),
      busy: formatShare(numbers.busy),
    };
    nodes.set(id, { ...numbers, text, sentence: sentenceOf(numbers) });
  }
  return nodes;
}
