/** The edits people make to the open document, each one step of the history. */
import type { ConfigValue, Fault, Objective, Position } from '../../pipeline/document.ts';
import { guaranteeWords, newEdge, newNode, wiringRefusal, type Change, type Guarantee } from '../../pipeline/index.ts';
import type { NodeKind } from '../../pipeline/kinds/index.ts';
import { documentStore } from '../stores/documentStore.ts';

/** A wire as it would be drawn. */
export interface Wire {
  readonly source: string;
  readonly target: string;
  /** Branch it leaves by, for branch nodes. */
  readonly sourcePort?: string;
}

function apply(change: Change, label: string, gesture?: string): boolean {
  return documentStore.getState().apply(change, label, gesture === undefined ? {} : { gesture });
}

const present = () => documentStore.getState().document;

function nameOf(id: string): string {
  return present().nodes.find((node) => node.id === id)?.name ?? id;
}

/** Adds a node of a kind at a place; answers with its id. */
export function addNode(kind: NodeKind, at: { readonly x: number; readonly y: number }): string {
  const node = newNode(present(), kind);
  const position: Position = { node: node.id, x: Math.round(at.x), y: Math.round(at.y) };
  apply({ type: 'nodes.add', nodes: [node], positions: [position] }, `Add ${node.name}`);
  return node.id;
}

/** Puts nodes at new places. */
export function moveNodes(positions: readonly Position[], label?: string, gesture?: string): void {
  const before = present().layout.positions;
  const moved = positions.filter((to) => !before.some((at) => at.node === to.node && at.x === to.x && at.y === to.y));
  if (moved.length === 0) return;
  const words = moved.length === 1 ? `Move ${nameOf(moved[0]!.node)}` : `Move ${moved.length} nodes`;
  apply({ type: 'nodes.move', positions: moved }, label ?? words, gesture);
}

/** Deletes nodes and edges, and what hangs on them. */
export function removeElements(gone: { readonly nodes: readonly string[]; readonly edges: readonly string[] }, verb = 'Delete'): void {
  const { nodes, edges } = present();
  const goneNodes = gone.nodes.filter((id) => nodes.some((node) => node.id === id));
  const goneEdges = gone.edges.filter((id) => edges.some((edge) => edge.id === id));
  const count = goneNodes.length + goneEdges.length;
  if (count === 0) return;
  const what = goneNodes.length === 1 && goneEdges.length === 0 ? nameOf(goneNodes[0]!) : count === 1 ? 'the wire' : `${count} elements`;
  apply({ type: 'parts.remove', nodes: goneNodes, edges: goneEdges }, `${verb} ${what}`);
}

/** Why a wire would be refused now; null when it may be drawn. */
export function refusalOf(wire: Wire): string | null {
  return wiringRefusal(present(), wire.source, wire.target, wire.sourcePort);
}

/** Draws a wire, or says why not. */
export function connect(wire: Wire): { readonly edge: string | null; readonly refusal: string | null } {
  const refusal = refusalOf(wire);
  if (refusal !== null) return { edge: null, refusal };
  const edge = newEdge(present(), wire.source, wire.target, wire.sourcePort);
  const done = apply({ type: 'edges.add', edges: [edge] }, `Wire ${nameOf(wire.source)} to ${nameOf(wire.target)}`);
  return done ? { edge: edge.id, refusal: null } : { edge: null, refusal: 'Another tab edits this document. Take over to change it here.' };
}

/** Renames a node; an empty name changes nothing. */
export function renameNode(id: string, name: string): void {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed === nameOf(id)) return;
  apply({ type: 'node.rename', node: id, name: trimmed }, `Rename ${nameOf(id)} to ${trimmed}`);
}

/** Sets one config of a node, or of the cluster when `id` is null; undefined resets it to the default. */
export function setConfig(id: string | null, name: string, value: ConfigValue | undefined, gesture?: string): void {
  const place = id === null ? '' : ` of ${nameOf(id)}`;
  const label = value === undefined ? `Reset ${name}${place}` : `Set ${name}${place}`;
  const change: Change =
    id === null
      ? { type: 'cluster.config', config: name, value: value ?? null }
      : { type: 'node.config', node: id, config: name, value: value ?? null };
  apply(change, label, gesture);
}

/** Sets the seed or the duration of the scenario. */
export function setScenario(field: 'seed' | 'durationMs', value: number): void {
  if (present().scenario[field] !== value)
    apply({ type: 'scenario.set', field, value }, field === 'seed' ? `Set the seed to ${value}` : 'Set the duration');
}

/** Gives the pipeline a delivery guarantee; null leaves every node as it is configured. */
export function setGuarantee(value: Guarantee | null): void {
  if ((present().guarantee ?? null) === value) return;
  const words = value === null ? 'Take the delivery guarantee away' : `Set the delivery guarantee to ${inSentence(value)}`;
  apply({ type: 'guarantee.set', value }, words);
}

/** A guarantee inside a sentence: `exactly once`. */
export function inSentence(guarantee: Guarantee): string {
  return guaranteeWords[guarantee].label.toLowerCase();
}

/** Sets the pipeline's name or description. */
export function setText(field: 'name' | 'description', value: string): void {
  if (present()[field] !== value)
    apply({ type: 'document.set', field, value }, field === 'name' ? `Rename the pipeline to ${value}` : 'Describe the pipeline');
}

/** Plans a fault at the end of the list; answers with its index. */
export function addFault(fault: Fault): number {
  const at = present().scenario.faults.length;
  apply({ type: 'fault.add', fault }, 'Plan a fault');
  return at;
}

/** Replaces a fault by its index. */
export function setFault(at: number, fault: Fault): void {
  apply({ type: 'fault.set', at, fault }, 'Change a fault');
}

/** Takes a planned or recorded fault out of the scenario. */
export function removeFault(index: number): void {
  apply({ type: 'fault.remove', at: index }, 'Remove a fault');
}

/** Adds an objective, or replaces the one with the same id. */
export function putObjective(objective: Objective): void {
  const known = present().scenario.objectives.some((other) => other.id === objective.id);
  apply(
    known ? { type: 'objective.set', objective } : { type: 'objective.add', objective },
    known ? `Change objective ${objective.name}` : `Add objective ${objective.name}`,
  );
}

/** Takes an objective away. */
export function removeObjective(id: string): void {
  apply({ type: 'objective.remove', objective: id }, 'Remove an objective');
}
