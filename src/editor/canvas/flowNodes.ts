/** The document as React Flow's nodes and edges. Objects are kept while what they show is unchanged, so that only changed nodes render. */
import type { Edge, Node } from '@xyflow/react';
import type { PipelineDocument, PipelineEdge, PipelineNode } from '../../pipeline/document.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import type { NodeRole } from '../../pipeline/kinds/definition.ts';
import { graphOrder } from './graphWalk.ts';
import { nodeGeometry, type NodeGeometry } from './nodeGeometry.ts';
import { placesOf } from './placing.ts';

export type FlowNode = Node<{ readonly node: PipelineNode; readonly geometry: NodeGeometry }, NodeRole>;
export type FlowEdge = Edge<{ readonly edge: PipelineEdge }, 'wire'>;

/** What a node is called by people who read with other means; the live part is appended while a run is on. */
export function nodeLabel(node: PipelineNode): string {
  return `${node.name}, ${kindOf(node.kind).label}`;
}

function flowNode(node: PipelineNode, x: number, y: number): FlowNode {
  const geometry = nodeGeometry(node);
  return {
    id: node.id,
    type: kindOf(node.kind).role,
    position: { x, y },
    data: { node, geometry },
    width: geometry.width,
    height: geometry.height,
    ariaLabel: nodeLabel(node),
  };
}

/** Nodes in graph order (the order of Tab). `selected` and what React Flow measured are kept from the former nodes. */
export function flowNodesOf(document: PipelineDocument, former: readonly FlowNode[]): FlowNode[] {
  const old = new Map(former.map((node) => [node.id, node]));
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const places = placesOf(document);
  return graphOrder(document).map((id) => {
    const node = nodes.get(id)!;
    const { x, y } = places.get(id)!;
    const kept = old.get(id);
    if (kept === undefined) return flowNode(node, x, y);
    const moved = kept.position.x !== x || kept.position.y !== y;
    if (kept.data.node === node && !moved) return kept;
    if (kept.data.node === node) return { ...kept, position: { x, y } };
    return { ...kept, ...flowNode(node, x, y) };
  });
}

/** Edges of the document. */
export function flowEdgesOf(document: PipelineDocument, former: readonly FlowEdge[]): FlowEdge[] {
  const old = new Map(former.map((edge) => [edge.id, edge]));
  return document.edges.map((edge) => {
    const kept = old.get(edge.id);
    if (kept?.data?.edge === edge) return kept;
    return {
      id: edge.id,
      type: 'wire' as const,
      source: edge.source,
      target: edge.target,
      sourceHandle: edge.sourcePort ?? null,
      data: { edge },
      focusable: false,
    };
  });
}
