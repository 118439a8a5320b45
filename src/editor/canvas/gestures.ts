/** Edits that are one gesture on the canvas, each one undo step however many nodes and wires it touches. */
import { applyChange, branchNames, newEdge, newNode, wiringRefusal, type Change } from '../../pipeline/index.ts';
import type { PipelineDocument, PipelineEdge, PipelineNode, Position } from '../../pipeline/document.ts';
import { kindOf, type NodeKind } from '../../pipeline/kinds/index.ts';
import type { Wire } from '../document/edits.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { announce } from '../toasts/toastStore.ts';
import { nodeGeometry, sourceHeight, wireHeight } from './nodeGeometry.ts';
import { freePlace, placesOf, snapped } from './placing.ts';
import { distanceSquaredToWire, wireCourse, wirePoints } from './wires/wirePath.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The end of a wire in hand: where it was begun, and whether its arrow will point there. */
export interface WireEnd {
  readonly node: string;
  readonly port: string | undefined;
  readonly backwards: boolean;
}

/** A document with the changes that lead to it, so that later changes of a gesture build on earlier ones. */
interface Draft {
  readonly document: PipelineDocument;
  readonly changes: readonly Change[];
}

function draftOf(document: PipelineDocument): Draft {
  return { document, changes: [] };
}

function after({ document, changes }: Draft, change: Change): Draft {
  return { document: applyChange(document, change).document, changes: [...changes, change] };
}

/** Does the changes of a draft as one step. */
function keep({ changes }: Draft, label: string): boolean {
  return changes.length > 0 && documentStore.getState().apply({ type: 'batch', changes }, label);
}

function present(): PipelineDocument {
  return documentStore.getState().document;
}

function withNode(draft: Draft, kind: NodeKind, at: Place, name?: string): readonly [Draft, PipelineNode] {
  const made = newNode(draft.document, kind);
  const taken = draft.document.nodes.some((node) => node.name === name);
  const node = name === undefined || taken ? made : { ...made, name };
  return [after(draft, { type: 'nodes.add', nodes: [node], positions: [{ node: node.id, ...snapped(at.x, at.y) }] }), node];
}

/** With the wire, or the same draft when it is refused. */
function withWire(draft: Draft, { source, target, sourcePort }: Wire): Draft {
  if (wiringRefusal(draft.document, source, target, sourcePort) !== null) return draft;
  return after(draft, { type: 'edges.add', edges: [newEdge(draft.document, source, target, sourcePort)] });
}

/** The wire out of a node, by its first port where it has ports. */
function wireOut(source: PipelineNode, target: string): Wire {
  return { source: source.id, target, ...portOf(branchNames(source)[0]) };
}

function nodeOf(document: PipelineDocument, id: string): PipelineNode | undefined {
  return document.nodes.find((node) => node.id === id);
}

const spliceDistance = 24;

/** The wire that passes under a place, within 24 px; null without one. `except` is a node whose own wires don't count. */
export function wireUnder(document: PipelineDocument, at: Place, except?: string): PipelineEdge | null {
  const places = placesOf(document);
  let best: PipelineEdge | null = null;
  let least = spliceDistance * spliceDistance;
  for (const edge of document.edges) {
    const [source, target] = [nodeOf(document, edge.source), nodeOf(document, edge.target)];
    if (source === undefined || target === undefined || source.id === except || target.id === except) continue;
    const [from, to] = [places.get(source.id)!, places.get(target.id)!];
    const [left, right] = [nodeGeometry(source), nodeGeometry(target)];
    const course = wireCourse(from.x + left.width, from.y + sourceHeight(source, left, edge.sourcePort), to.x, to.y + wireHeight(right));
    const distance = distanceSquaredToWire(wirePoints(course), at.x, at.y);
    if (distance < least) {
      least = distance;
      best = edge;
    }
  }
  return best;
}

/** Gap between a spliced node and the topic that comes with it. */
const spliceGap = 72;

function portOf(port: string | undefined): { readonly sourcePort?: string } {
  return port === undefined ? {} : { sourcePort: port };
}

/**
 * Splices a processor into a wire. Logs and what works on them take turns along a pipeline, so a topic comes with it: after the processor
 * when the wire leaves a topic, before it when the wire enters one. The same draft when the node does not fit.
 */
function spliced(draft: Draft, nodeId: string, edge: PipelineEdge): Draft {
  const { document } = draft;
  const node = nodeOf(document, nodeId);
  const source = nodeOf(document, edge.source);
  const wired = document.edges.some((other) => other.source === nodeId || other.target === nodeId);
  if (node === undefined || source === undefined || wired || kindOf(node.kind).role !== 'processor') return draft;
  const place = placesOf(document).get(nodeId)!;
  const leavesTopic = source.kind === 'topic';
  const beside = { x: place.x + (leavesTopic ? 1 : -1) * (nodeGeometry(node).width + spliceGap), y: place.y };
  const cut = after(draft, { type: 'parts.remove', edges: [edge.id] });
  const name = `${node.name}-${leavesTopic ? 'out' : 'in'}`;
  const [grown, topic] = withNode(cut, 'topic', freePlace(document, beside, nodeGeometry(newNode(document, 'topic'))), name);
  const wires: readonly Wire[] = leavesTopic
    ? [{ source: source.id, target: nodeId }, wireOut(node, topic.id), { source: topic.id, target: edge.target }]
    : [
        { source: source.id, target: topic.id, ...portOf(edge.sourcePort) },
        { source: topic.id, target: nodeId },
        wireOut(node, edge.target),
      ];
  return wires.reduce(withWire, grown);
}

function wireFrom(from: WireEnd, node: PipelineNode): Wire {
  return from.backwards ? wireOut(node, from.node) : { source: from.node, target: node.id, ...portOf(from.port) };
}

/** Adds a node, wired to another or spliced into the wire at a place when it fits; selects it and answers with its id. */
export function addWired(kind: NodeKind, at: Place, options: { readonly spliceAt?: Place; readonly from?: WireEnd } = {}): string {
  const before = present();
  const [added, node] = withNode(draftOf(before), kind, at);
  const { from, spliceAt } = options;
  const edge = spliceAt === undefined ? null : wireUnder(before, spliceAt);
  const wired = from !== undefined ? withWire(added, wireFrom(from, node)) : edge !== null ? spliced(added, node.id, edge) : added;
  if (keep(wired, `Add ${node.name}`)) {
    viewStore.getState().select({ nodes: [node.id] });
    announce(wired === added ? `Added ${node.name}.` : `Added ${node.name} and wired it.`);
  }
  return node.id;
}

/** Puts a node of a kind between two that can't be wired directly, one step; answers with its id. */
export function connectThrough(kind: NodeKind, wire: Wire): string | null {
  const document = present();
  const places = placesOf(document);
  const [from, to] = [places.get(wire.source), places.get(wire.target)];
  if (from === undefined || to === undefined) return null;
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const [added, node] = withNode(draftOf(document), kind, freePlace(document, middle, nodeGeometry(newNode(document, kind))));
  const half = withWire(added, { source: wire.source, target: node.id, ...portOf(wire.sourcePort) });
  return keep(withWire(half, wireOut(node, wire.target)), `Put ${node.name} between`) ? node.id : null;
}

/** Moves nodes; when a single one comes to lie on a wire it fits, it is spliced in. One step. */
export function dropNodes(positions: readonly Position[]): void {
  const document = present();
  const places = placesOf(document);
  const moved = positions.filter(({ node, x, y }) => places.get(node)?.x !== x || places.get(node)?.y !== y);
  if (moved.length === 0) return;
  const dropped = after(draftOf(document), { type: 'nodes.move', positions: moved });
  const single = moved.length === 1 ? nodeOf(document, moved[0].node) : undefined;
  if (single === undefined) {
    keep(dropped, `Move ${moved.length} nodes`);
    return;
  }
  const { width, height } = nodeGeometry(single);
  const edge = wireUnder(dropped.document, { x: moved[0].x + width / 2, y: moved[0].y + height / 2 }, single.id);
  const result = edge === null ? dropped : spliced(dropped, single.id, edge);
  keep(result, result === dropped ? `Move ${single.name}` : `Splice ${single.name} in`);
  if (result !== dropped) announce(`Spliced ${single.name} into the wire.`);
}

/** Kinds that a wire from a node may lead to, or may come from when drawn backwards. */
export function kindsThatFit(from: WireEnd, kinds: readonly NodeKind[]): readonly NodeKind[] {
  return kinds.filter((kind) => {
    const [grown, node] = withNode(draftOf(present()), kind, { x: 0, y: 0 });
    return withWire(grown, wireFrom(from, node)) !== grown;
  });
}

/** Kinds that could stand between two nodes that can't be wired directly; none when a wire fits or nothing helps. */
export function kindsBetween(wire: Wire, kinds: readonly NodeKind[]): readonly NodeKind[] {
  const document = present();
  const twin = document.edges.some((edge) => edge.source === wire.source && edge.target === wire.target);
  if (twin || wire.source === wire.target || wiringRefusal(document, wire.source, wire.target, wire.sourcePort) === null) return [];
  return kinds.filter((kind) => {
    const [grown, node] = withNode(draftOf(document), kind, { x: 0, y: 0 });
    const half = withWire(grown, { source: wire.source, target: node.id, ...portOf(wire.sourcePort) });
    return half !== grown && withWire(half, wireOut(node, wire.target)) !== half;
  });
}
