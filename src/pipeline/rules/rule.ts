/** What a rule of validation gets and gives. Rules see a document whose ids are sound; config values may still be wrong. */
import type { ConfigValue, PipelineDocument, PipelineEdge, PipelineNode } from '../document.ts';
import { effectiveClusterConfig, effectiveConfig, groupIdOf } from '../effectiveConfig.ts';
import type { Finding } from '../finding.ts';
import { pointer } from '../findings.ts';
import type { NodeRole } from '../kinds/definition.ts';
import { kindOf } from '../kinds/index.ts';
import { nearestName } from '../nearest.ts';

type Effective = Readonly<Record<string, ConfigValue>>;

export interface RuleContext {
  readonly document: PipelineDocument;
  readonly nodes: ReadonlyMap<string, PipelineNode>;
  readonly indexes: ReadonlyMap<string, number>;
  readonly outgoing: ReadonlyMap<string, readonly PipelineEdge[]>;
  readonly incoming: ReadonlyMap<string, readonly PipelineEdge[]>;
  readonly configs: ReadonlyMap<string, Effective>;
  readonly cluster: Effective;
}

export type Rule = (context: RuleContext) => readonly Finding[];

function edgesBy(document: PipelineDocument, end: 'source' | 'target'): ReadonlyMap<string, readonly PipelineEdge[]> {
  const byNode = new Map<string, PipelineEdge[]>(document.nodes.map((node) => [node.id, []]));
  for (const edge of document.edges) byNode.get(edge[end])?.push(edge);
  return byNode;
}

export function ruleContext(document: PipelineDocument): RuleContext {
  return {
    document,
    nodes: new Map(document.nodes.map((node) => [node.id, node])),
    indexes: new Map(document.nodes.map((node, index) => [node.id, index])),
    outgoing: edgesBy(document, 'source'),
    incoming: edgesBy(document, 'target'),
    configs: new Map(document.nodes.map((node) => [node.id, effectiveConfig(node)])),
    cluster: effectiveClusterConfig(document.cluster),
  };
}

export function roleOf(node: PipelineNode): NodeRole {
  return kindOf(node.kind).role;
}

/** Processors and sinks: what reads topics as members of a group. */
export function isConsumer(node: PipelineNode): boolean {
  const role = roleOf(node);
  return role === 'processor' || role === 'sink';
}

/** Producers and processors: what writes to topics. */
export function isProducing(node: PipelineNode): boolean {
  const role = roleOf(node);
  return role === 'producer' || role === 'processor';
}

export function nodesWhere(context: RuleContext, matches: (node: PipelineNode) => boolean): readonly PipelineNode[] {
  return context.document.nodes.filter(matches);
}

/** Consuming nodes by the id of their group. */
export function groupsOf(context: RuleContext): ReadonlyMap<string, readonly PipelineNode[]> {
  const byId = new Map<string, PipelineNode[]>();
  for (const node of nodesWhere(context, isConsumer)) {
    const id = groupIdOf(node)!;
    byId.set(id, [...(byId.get(id) ?? []), node]);
  }
  return byId;
}

/** The effective value of a numeric config; NaN when the document holds something else there, so that comparisons with it do not hold. */
export function numberOf(context: RuleContext, node: PipelineNode, config: string): number {
  const value = context.configs.get(node.id)?.[config];
  return typeof value === 'number' ? value : Number.NaN;
}

/** The effective value of a text or enum config; empty when it is something else. */
export function textOf(context: RuleContext, node: PipelineNode, config: string): string {
  const value = context.configs.get(node.id)?.[config];
  return typeof value === 'string' ? value : '';
}

/** The topics a consumer reads, or a producing node writes to, in the order of the edges. */
export function topicsOf(context: RuleContext, node: PipelineNode, direction: 'read' | 'written'): readonly PipelineNode[] {
  const edges = (direction === 'read' ? context.incoming : context.outgoing).get(node.id) ?? [];
  const ids = new Set(edges.map((edge) => (direction === 'read' ? edge.source : edge.target)));
  return [...ids]
    .map((id) => context.nodes.get(id))
    .filter((other): other is PipelineNode => other !== undefined && roleOf(other) === 'topic');
}

/** Producers and processors that write to a topic, in the order of the edges. */
export function writersOf(context: RuleContext, topic: PipelineNode): readonly PipelineNode[] {
  const ids = new Set((context.incoming.get(topic.id) ?? []).map((edge) => edge.source));
  return [...ids].map((id) => context.nodes.get(id)).filter((node): node is PipelineNode => node !== undefined && isProducing(node));
}

/** A finding without its place. */
export type Words = Pick<Finding, 'severity' | 'code' | 'message' | 'remedy'>;

/** A finding about a node, or about one config of it. */
export function about(context: RuleContext, node: PipelineNode, words: Words, config?: string): Finding {
  const index = context.indexes.get(node.id) ?? 0;
  if (config === undefined) return { ...words, path: pointer('nodes', index), node: node.id };
  return { ...words, path: pointer('nodes', index, 'config', config), node: node.id, config };
}

/** What is said of a fault or an objective whose node does not exist. */
export function unknownNode(context: RuleContext, id: string, what: 'fault' | 'objective'): Words {
  const nearest = nearestName(
    id,
    context.document.nodes.map((node) => node.id),
  );
  const remedy = nearest === null ? 'Name the id of a node of this pipeline, or remove it.' : `Did you mean ${nearest}?`;
  return {
    severity: 'error',
    code: `${what}.unknown-node`,
    message: `A${what === 'objective' ? 'n' : ''} ${what} names the node "${id}", which does not exist.`,
    remedy,
  };
}

/** A finding about one config of the cluster. */
export function aboutCluster(words: Words, config: string): Finding {
  return { ...words, path: pointer('cluster', 'config', config), config };
}

/** `3 brokers`, `1 broker`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
