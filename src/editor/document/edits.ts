/** The edits people make to the open document, each one step of the history. */
import type {
  Cluster,
  ConfigValue,
  Config,
  PipelineDocument,
  PipelineEdge,
  PipelineNode,
  Position,
  Scenario,
} from '../../pipeline/document.ts';
import { kindOf, type NodeKind } from '../../pipeline/kinds/index.ts';
import { documentStore } from '../stores/documentStore.ts';
import { freeId, freeName } from './names.ts';
import { refusalIn, type Wire } from './wiring.ts';

const apply = (edit: (document: PipelineDocument) => PipelineDocument, label: string, gesture?: string) =>
  documentStore.getState().apply(edit, label, gesture === undefined ? {} : { gesture });

function nameOf(id: string): string {
  return documentStore.getState().document.nodes.find((node) => node.id === id)?.name ?? id;
}

function changedNode(document: PipelineDocument, id: string, change: (node: PipelineNode) => PipelineNode): PipelineDocument {
  const index = document.nodes.findIndex((node) => node.id === id);
  const before = document.nodes[index];
  if (before === undefined) return document;
  const after = change(before);
  return after === before ? document : { ...document, nodes: document.nodes.with(index, after) };
}

/** Adds a node of a kind at a place; answers with its id. */
export function addNode(kind: NodeKind, at: { readonly x: number; readonly y: number }): string {
  const { document } = documentStore.getState();
  const definition = kindOf(kind);
  const id = freeId(document, kind);
  const node: PipelineNode = { id, kind, name: freeName(document, definition.defaultName), config: {} };
  const position: Position = { node: id, x: Math.round(at.x), y: Math.round(at.y) };
  apply(
    (before) => ({ ...before, nodes: [...before.nodes, node], layout: { positions: [...before.layout.positions, position] } }),
    `Add ${node.name}`,
  );
  return id;
}

/** Puts nodes at new places. */
export function moveNodes(positions: readonly Position[], label?: string, gesture?: string): void {
  const moved = new Map(positions.map((position) => [position.node, position]));
  const words = label ?? (positions.length === 1 ? `Move ${nameOf(positions[0]!.node)}` : `Move ${positions.length} nodes`);
  apply(
    (document) => {
      const kept = document.layout.positions.filter((position) => !moved.has(position.node));
      const same = positions.every((to) => document.layout.positions.some((at) => at.node === to.node && at.x === to.x && at.y === to.y));
      return same ? document : { ...document, layout: { positions: [...kept, ...moved.values()] } };
    },
    words,
    gesture,
  );
}

/** The document without these nodes and edges, and without what hangs on them: wires, places, faults, objectives. */
export function without(
  document: PipelineDocument,
  gone: { readonly nodes: readonly string[]; readonly edges: readonly string[] },
): PipelineDocument {
  const nodes = new Set(gone.nodes);
  const edges = new Set(gone.edges);
  const keptEdges = document.edges.filter((edge) => !edges.has(edge.id) && !nodes.has(edge.source) && !nodes.has(edge.target));
  const keptNodes = document.nodes.filter((node) => !nodes.has(node.id));
  if (keptNodes.length === document.nodes.length && keptEdges.length === document.edges.length) return document;
  return {
    ...document,
    nodes: keptNodes,
    edges: keptEdges,
    layout: { positions: document.layout.positions.filter((position) => !nodes.has(position.node)) },
    scenario: {
      ...document.scenario,
      faults: document.scenario.faults.filter((fault) => !nodes.has(fault.node)),
      objectives: document.scenario.objectives.filter((objective) => !nodes.has(objective.node)),
    },
  };
}

/** Deletes nodes and edges. */
export function removeElements(gone: { readonly nodes: readonly string[]; readonly edges: readonly string[] }): void {
  const count = gone.nodes.length + gone.edges.length;
  const label =
    gone.nodes.length === 1 && gone.edges.length === 0
      ? `Delete ${nameOf(gone.nodes[0]!)}`
      : `Delete ${count} element${count === 1 ? '' : 's'}`;
  apply((document) => without(document, gone), label);
}

/** Why a wire would be refused now; null when it may be drawn. */
export function refusalOf(wire: Wire): string | null {
  return refusalIn(documentStore.getState().document, wire);
}

/** Draws a wire, or says why not. */
export function connect(wire: Wire): { readonly edge: string | null; readonly refusal: string | null } {
  const { document } = documentStore.getState();
  const refusal = refusalIn(document, wire);
  if (refusal !== null) return { edge: null, refusal };
  const port = wire.sourcePort === undefined ? {} : { sourcePort: wire.sourcePort };
  const edge: PipelineEdge = { id: freeId(document, 'edge'), source: wire.source, target: wire.target, ...port };
  const done = apply((before) => ({ ...before, edges: [...before.edges, edge] }), `Wire ${nameOf(wire.source)} to ${nameOf(wire.target)}`);
  return done ? { edge: edge.id, refusal: null } : { edge: null, refusal: 'Another tab edits this document.' };
}

/** Renames a node; an empty name changes nothing. */
export function renameNode(id: string, name: string): void {
  const trimmed = name.trim();
  if (trimmed === '') return;
  apply(
    (document) => changedNode(document, id, (node) => (node.name === trimmed ? node : { ...node, name: trimmed })),
    `Rename ${nameOf(id)}`,
  );
}

/** A config with one value set, or taken out when undefined (absent means default). */
export function configWith(config: Config, name: string, value: ConfigValue | undefined): Config {
  if (value === undefined) return Object.fromEntries(Object.entries(config).filter(([other]) => other !== name));
  return { ...config, [name]: value };
}

/** Sets one config of a node, or of the cluster when `id` is null; undefined resets it to the default. */
export function setConfig(id: string | null, name: string, value: ConfigValue | undefined, gesture?: string): void {
  const label = value === undefined ? `Reset ${name}` : `Set ${name}`;
  if (id !== null)
    apply((document) => changedNode(document, id, (node) => ({ ...node, config: configWith(node.config, name, value) })), label, gesture);
  else {
    const cluster = (document: PipelineDocument): Cluster => ({
      ...document.cluster,
      config: configWith(document.cluster.config, name, value),
    });
    apply((document) => ({ ...document, cluster: cluster(document) }), label, gesture);
  }
}

/** Changes parts of the scenario. */
export function setScenario(part: Partial<Scenario>, label: string, gesture?: string): void {
  apply((document) => ({ ...document, scenario: { ...document.scenario, ...part } }), label, gesture);
}

/** Changes the pipeline's name or description. */
export function setTexts(part: { readonly name?: string; readonly description?: string }): void {
  apply((document) => ({ ...document, ...part }), part.name === undefined ? 'Describe the pipeline' : 'Rename the pipeline');
}
