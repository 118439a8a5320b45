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

type FaultField = Fault extends infer One ? (One extends unknown ? keyof One : never) : never;

/** Fields of faults in the order they are written; a field missing here does not compile. */
const faultFields = Object.keys({
  atMs: true,
  action: true,
  node: true,
  member: true,
  broker: true,
  rack: true,
  partition: true,
  replicas: true,
  throttleBytesPerSecond: true,
  count: true,
  between: true,
  and: true,
  addedMs: true,
  factor: true,
  config: true,
  to: true,
  value: true,
} satisfies Record<FaultField, true>);

function orderedFault(fault: Fault): Fault {
  const values = fault as unknown as Readonly<Record<string, unknown>>;
  const entries = faultFields.filter((field) => values[field] !== undefined).map((field) => [field, values[field]]);
  return Object.fromEntries(entries) as unknown as Fault;
}

function orderedObjective({ id, name, node, metric, statistic, comparison, value }: Objective): Objective {
  return { id, name, node, metric, statistic, comparison, value };
}

/** The text of a document's file, ending with a line break. `parseDocument` of it gives an equal document. */
export function serializeDocument(document: PipelineDocument): string {
  const { format, version, name, description, guarantee, nodes, edges, cluster, scenario, layout } = document;
  const ordered: PipelineDocument = {
    format,
    version,
    name,
    description,
    ...(guarantee !== undefined && { guarantee }),
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
