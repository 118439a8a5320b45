/** The document compiled and checked for running: what reads and writes what, by index. Immutable; a run is made from it and can be made again. */
import type { PipelineDocument, PipelineNode } from '../../pipeline/document.ts';
import { effectiveClusterConfig, effectiveConfig, groupIdOf } from '../../pipeline/effectiveConfig.ts';
import type { Finding } from '../../pipeline/finding.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { parseBranches } from '../../pipeline/expressions/lists.ts';
import { validateDocument } from '../../pipeline/validate.ts';
import type { Settings } from './configs.ts';

export interface TopologyNode {
  readonly node: PipelineNode;
  readonly index: number;
  readonly role: 'producer' | 'topic' | 'processor' | 'sink';
  readonly settings: Settings;
  readonly inputs: readonly number[];
  readonly outputs: readonly (readonly number[])[];
  readonly group: number;
}

export interface TopologyTopic {
  readonly node: number;
  readonly name: string;
  readonly firstPartition: number;
  readonly partitionCount: number;
}

export interface Topology {
  readonly document: PipelineDocument;
  readonly cluster: Settings;
  readonly nodes: readonly TopologyNode[];
  readonly topics: readonly TopologyTopic[];
  readonly groupIds: readonly string[];
  readonly partitionCount: number;
}

/** Partitions of all topics together beyond which a document is refused: each costs memory from the start. */
const partitionsMax = 20_000;

/** Checks a document and compiles it. With an error among the findings the topology is null. */
export function compile(document: PipelineDocument): { readonly topology: Topology | null; readonly findings: readonly Finding[] } {
  const findings = [...validateDocument(document)];
  if (findings.some((finding) => finding.severity === 'error')) return { topology: null, findings };
  const topics: TopologyTopic[] = [];
  const topicOfNode = new Map<string, number>();
  let partitionCount = 0;
  document.nodes.forEach((node, index) => {
    if (node.kind !== 'topic') return;
    const count = Number(effectiveConfig(node)['partitions']);
    topicOfNode.set(node.id, topics.length);
    topics.push({ node: index, name: node.name, firstPartition: partitionCount, partitionCount: count });
    partitionCount += count;
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
  const nodes = document.nodes.map((node, index) => compileNode(document, node, index, topicOfNode, groupIds));
  return { topology: { document, cluster: effectiveClusterConfig(document.cluster), nodes, topics, groupIds, partitionCount }, findings };
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
    return { node, index, role, settings, inputs: [], outputs: [[topicOfNode.get(node.id)!]], group: -1 };
  }
  const topicsOf = (ids: readonly string[]) => ids.map((id) => topicOfNode.get(id)!).sort((a, b) => a - b);
  const outgoing = document.edges.filter((edge) => edge.source === node.id);
  const inputs = topicsOf(document.edges.filter((edge) => edge.target === node.id).map((edge) => edge.source));
  const outputs =
    node.kind === 'branch'
      ? branchNames(settings).map((name) => topicsOf(outgoing.filter((edge) => edge.sourcePort === name).map((edge) => edge.target)))
      : [topicsOf(outgoing.map((edge) => edge.target))];
  const groupId = groupIdOf(node);
  let group = -1;
  if (groupId !== null && inputs.length > 0) {
    group = groupIds.indexOf(groupId);
    if (group < 0) group = groupIds.push(groupId) - 1;
  }
  return { node, index, role, settings, inputs, outputs, group };
}

function branchNames(settings: Settings): readonly string[] {
  const parsed = parseBranches(settings['branches'] as readonly string[]);
  return parsed.ok ? parsed.branches.map((branch) => branch.name) : [];
}
