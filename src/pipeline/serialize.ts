/** Document to text: 2-space JSON with a fixed order of fields, so that equal documents are equal files and differences read well. */
import type { Config, Fault, Objective, PipelineDocument, PipelineEdge, PipelineNode, Position } from './document.ts';
import { clusterConfig } from './kinds/cluster.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { kindOf } from './kinds/index.ts';

/** Configs in the order of their kind's rows, whatever order they were set in. */
function orderedConfig(config: Config, rows: readonly ConfigDefinition[]): Config {
  return Object.fromEntries(rows.filter((row) => Object.hasOwn(config, row.name)).map((row) => [row.name, config[row.name]!]));
}

export function orderedNode({ id, kind, name, config }: PipelineNode): PipelineNode {
  return { id, kind, name, config: orderedConfig(config, kindOf(kind).config) };
}

export function orderedEdge({ id, source, target, sourcePort }: PipelineEdge): PipelineEdge {
  return sourcePort === undefined ? { id, source, target } : { id, source, target, sourcePort };
}

export function orderedPosition({ node, x, y }: Position): Position {
  return { node, x, y };
}

function orderedFault(fault: Fault): Fault {
  const { atMs, action, node } = fault;
  switch (fault.action) {
    case 'member.stop':
    case 'member.crash':
    case 'member.restart':
      return { atMs, action: fault.action, node, member: fault.member };
    case 'slow':
      return { atMs, action: fault.action, node, factor: fault.factor };
    case 'config.set':
      return { atMs, action: fault.action, node, config: fault.config, value: fault.value };
    default:
      return { atMs, action: fault.action, node } as Extract<Fault, { action: typeof action }>;
  }
}

function orderedObjective({ id, name, node, metric, statistic, comparison, value }: Objective): Objective {
  return { id, name, node, metric, statistic, comparison, value };
}

/** The text of a document's file, ending with a line break. `parseDocument` of it gives an equal document. */
export function serializeDocument(document: PipelineDocument): string {
  const { format, version, name, description, nodes, edges, cluster, scenario, layout } = document;
  const ordered: PipelineDocument = {
    format,
    version,
    name,
    description,
    nodes: nodes.map(orderedNode),
    edges: edges.map(orderedEdge),
    cluster: { config: orderedConfig(cluster.config, clusterConfig) },
    scenario: {
      seed: scenario.seed,
      durationMs: scenario.durationMs,
      faults: scenario.faults.map(orderedFault),
      objectives: scenario.objectives.map(orderedObjective),
    },
    layout: { positions: layout.positions.map(orderedPosition) },
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}
