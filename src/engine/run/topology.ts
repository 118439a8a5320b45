/** The document compiled and checked for running: what reads and writes what, by index. Immutable; a run is made from it and can be made again. */
import type { PipelineDocument, PipelineNode } from '../../pipeline/document.ts';
import { failurePorts } from '../../pipeline/branches.ts';
import { effectiveClusterConfig, effectiveConfig, groupIdOf } from '../../pipeline/effectiveConfig.ts';
import type { Finding } from '../../pipeline/finding.ts';
import { governed } from '../../pipeline/guarantee.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { parseBranches } from '../../pipeline/expressions/lists.ts';
import { checkDocument } from '../../streams/check.ts';
import type { StreamsLayout } from '../streams/program.ts';
import type { Settings } from './configs.ts';
import { layOut, plansOf } from './streams/layout.ts';

export interface TopologyNode {
  readonly node: PipelineNode;
  readonly index: number;
  readonly role: 'producer' | 'topic' | 'processor' | 'sink';
  readonly settings: Settings;
  readonly inputs: readonly number[];
  readonly outputs: readonly (readonly number[])[];
  readonly group: number;
  /** Of a stream processor; null otherwise. */
  readonly streams: TopologyStreams | null;
}

export interface TopologyStreams {
  readonly layout: StreamsLayout;
  /** Indexes of its internal topics. */
  readonly internals: readonly number[];
}

export interface TopologyTopic {
  /** Index of its node; of an internal topic that of the stream processor it belongs to. */
  readonly node: number;
  readonly isInternal: boolean;
  readonly settings: Settings;
  readonly name: string;
  readonly firstPartition: number;
  readonly partitionCount: number;
  /** With those the scenario adds later: their places are kept from the start, so that the numbers of others never move. */
  readonly partitionCountMax: number;
}

/** Bytes as gzip, header and checksum included. Given from outside, the same everywhere: the engine brings no compressor of its own. */
export type Gzip = (bytes: Uint8Array) => Uint8Array;

export interface Topology {
  readonly document: PipelineDocument;
  readonly cluster: Settings;
  readonly nodes: readonly TopologyNode[];
  readonly topics: readonly TopologyTopic[];
  readonly groupIds: readonly string[];
  /** Of all topics, the reserve for planned additions included. */
  readonly partitionCount: number;
  /** What sizes of compressed batches are measured with; null: published ratios are taken. */
  readonly gzip: Gzip | null;
}

/** Partitions of all topics together beyond which a document is refused: each costs memory from the start. */
const partitionsMax = 20_000;

/** Checks a document and compiles it. With an error among the findings the topology is null. Every host gives the same `gzip`, or runs with compression differ. */
export function compile(
  document: PipelineDocument,
  { gzip = null }: { readonly gzip?: Gzip | null } = {},
): { readonly topology: Topology | null; readonly findings: readonly Finding[] } {
  const findings = [...checkDocument(document)];
  if (findings.some((finding) => finding.severity === 'error')) return { topology: null, findings };
  const { nodes: governedNodes } = governed(document);
  const topics: TopologyTopic[] = [];
  const topicOfNode = new Map<string, number>();
  let partitionCount = 0;
  document.nodes.forEach((node, index) => {
    if (node.kind !== 'topic') return;
    const settings = effectiveConfig(node);
    const count = Number(settings['partitions']);
    topicOfNode.set(node.id, topics.length);
    const partitionCountMax = count + addedPartitions(document, node.id);
    topics.push({
      ...{ node: index, isInternal: false, settings, name: node.name },
      ...{ firstPartition: partitionCount, partitionCount: count, partitionCountMax },
    });
    partitionCount += partitionCountMax;
  });
  const plans = plansOf(document);
  const streams = governedNodes.map((node, index) => {
    const plan = plans.get(node.id);
    if (plan === undefined) return null;
    const laidOut = layOut(plan, effectiveConfig(node), topics);
    for (const { name, partitionCount: count, settings } of laidOut.topics) {
      topics.push({
        ...{ node: index, isInternal: true, settings, name },
        ...{ firstPartition: partitionCount, partitionCount: count, partitionCountMax: count },
      });
      partitionCount += count;
    }
    return laidOut;
  });
  if (partitionCount > partitionsMax) {
    findings.push({
      severity: 'error',
      code: 'topology.too-many-partitions',
      path: '/nodes',
      message: `The topics have ${partitionCount} partitions together; the simulator runs at most ${partitionsMax}.`,
      remedy: 'Lower the number of partitions of the largest topics.',
    });
    return { topology: null, findings };
  }
  const groupIds: string[] = [];
  const nodes = governedNodes.map((node, index): TopologyNode => {
    const compiled = compileNode(document, node, index, topicOfNode, groupIds);
    const laidOut = streams[index];
    if (!laidOut) return compiled;
    const { layout, internals, reads } = laidOut;
    // A result goes to one of its topics: each is a branch.
    const outputs = compiled.outputs.flat().map((topic) => [topic]);
    // The group reads no global tables: every instance does so for itself.
    const inputs = compiled.inputs.filter((topic) => !layout.globals.some((global) => global.topic === topic));
    return { ...compiled, inputs: [...inputs, ...reads], outputs, streams: { layout, internals } };
  });
  return {
    topology: { document, cluster: effectiveClusterConfig(document.cluster), nodes, topics, groupIds, partitionCount, gzip },
    findings,
  };
}

/** Partitions the scenario adds to a topic, all times together. */
function addedPartitions({ scenario }: PipelineDocument, node: string): number {
  return scenario.faults.reduce((sum, fault) => (fault.action === 'partitions.add' && fault.node === node ? sum + fault.count : sum), 0);
}

function compileNode(
  document: PipelineDocument,
  node: PipelineNode,
  index: number,
  topicOfNode: ReadonlyMap<string, number>,
  groupIds: string[],
): TopologyNode {
  const { role } = kindOf(node.kind);
  const settings = effectiveConfig(node);
  if (role === 'topic') {
    return { node, index, role, settings, inputs: [], outputs: [[topicOfNode.get(node.id)!]], group: -1, streams: null };
  }
  const topicsOf = (ids: readonly string[]) => ids.map((id) => topicOfNode.get(id)!).sort((a, b) => a - b);
  const outgoing = document.edges.filter((edge) => edge.source === node.id);
  const inputs = topicsOf(document.edges.filter((edge) => edge.target === node.id).map((edge) => edge.source));
  const outputs =
    node.kind === 'branch'
      ? branchNames(settings).map((name) => topicsOf(outgoing.filter((edge) => edge.sourcePort === name).map((edge) => edge.target)))
      : [undefined, ...(failurePorts(node).length > 0 ? ['retry', 'dead-letter'] : [])].map((port) =>
          topicsOf(outgoing.filter((edge) => edge.sourcePort === port).map((edge) => edge.target)),
        );
  const groupId = groupIdOf(node);
  let group = -1;
  if (groupId !== null && inputs.length > 0) {
    group = groupIds.indexOf(groupId);
    if (group < 0) group = groupIds.push(groupId) - 1;
  }
  return { node, index, role, settings, inputs, outputs, group, streams: null };
}

function branchNames(settings: Settings): readonly string[] {
  const parsed = parseBranches(settings['branches'] as readonly string[]);
  return parsed.ok ? parsed.branches.map((branch) => branch.name) : [];
}

/** Topics that members of a node write to, internal ones behind those of its wires. */
export function topicsWritten({ outputs, streams }: Pick<TopologyNode, 'outputs' | 'streams'>): number[] {
  return [...new Set([...outputs.flat(), ...(streams?.internals ?? [])])];
}
