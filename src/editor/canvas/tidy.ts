/** Tidy layout: elkjs's layered algorithm, left to right, in a worker of its own. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { PipelineDocument, Position } from '../../pipeline/document.ts';
import { layouter } from './layouter.ts';
import { grid, nodeGeometry, sourceHeight, wireHeight } from './nodeGeometry.ts';

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '120',
  'elk.spacing.nodeNode': '40',
  'elk.spacing.componentComponent': '56',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.randomSeed': '1',
};

const fixedPorts = { 'elk.portConstraints': 'FIXED_POS' };

const inPort = (id: string): string => `${id} in`;
const outPort = (id: string, port: string | undefined): string => `${id} out ${port ?? ''}`;

function elkGraph(document: PipelineDocument): ElkNode {
  const out = new Map<string, Set<string | undefined>>();
  for (const { source, sourcePort } of document.edges) out.set(source, (out.get(source) ?? new Set()).add(sourcePort));
  return {
    id: ' root',
    layoutOptions: options,
    children: document.nodes.map((node) => {
      const geometry = nodeGeometry(node);
      const { width, height } = geometry;
      const ports = [...(out.get(node.id) ?? [])].map((port) => ({
        id: outPort(node.id, port),
        x: width,
        y: sourceHeight(node, geometry, port),
        width: 0,
        height: 0,
      }));
      return {
        id: node.id,
        width,
        height,
        layoutOptions: fixedPorts,
        ports: [{ id: inPort(node.id), x: 0, y: wireHeight(geometry), width: 0, height: 0 }, ...ports],
      };
    }),
    edges: document.edges.map(({ id, source, target, sourcePort }) => ({
      id: ` ${id}`,
      sources: [outPort(source, sourcePort)],
      targets: [inPort(target)],
    })),
  };
}

/** Where each node stands after tidying, on the grid, from 0, 0. Throws when the layout worker can't be started. */
export async function tidyPositions(document: PipelineDocument): Promise<readonly Position[]> {
  const result = await layouter().layout(elkGraph(document));
  return (result.children ?? []).map(({ id, x = 0, y = 0 }) => ({
    node: id,
    x: Math.round(x / grid) * grid,
    y: Math.round(y / grid) * grid,
  }));
}
