/** Walking the pipeline with the keyboard: an order for Tab, and neighbours for the arrow keys. Pure. */
import type { PipelineDocument } from '../../pipeline/document.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

function places(document: PipelineDocument): ReadonlyMap<string, Place> {
  return new Map(document.layout.positions.map((position) => [position.node, position]));
}

const origin: Place = { x: 0, y: 0 };

/** Node ids upstream first; what is level goes from top to bottom, then left to right. Cycles are entered at their leftmost node. */
export function graphOrder(document: PipelineDocument): readonly string[] {
  const at = places(document);
  const placeOf = (id: string): Place => at.get(id) ?? origin;
  const before = (one: string, other: string): number =>
    placeOf(one).y - placeOf(other).y || placeOf(one).x - placeOf(other).x || (one < other ? -1 : 1);
  const waiting = new Map(document.nodes.map((node) => [node.id, 0]));
  const next = new Map<string, string[]>();
  for (const { source, target } of document.edges) {
    if (!waiting.has(source) || !waiting.has(target) || source === target) continue;
    waiting.set(target, waiting.get(target)! + 1);
    next.set(source, [...(next.get(source) ?? []), target]);
  }
  const order: string[] = [];
  let ready = [...waiting].filter(([, count]) => count === 0).map(([id]) => id);
  while (waiting.size > 0) {
    if (ready.length === 0) {
      const [leftmost] = [...waiting.keys()].sort((one, other) => placeOf(one).x - placeOf(other).x || before(one, other));
      ready = [leftmost];
    }
    const level = ready.filter((id) => waiting.delete(id)).sort(before);
    order.push(...level);
    const following = new Set<string>();
    for (const id of level)
      for (const target of next.get(id) ?? []) {
        const count = waiting.get(target);
        if (count === undefined) continue;
        waiting.set(target, count - 1);
        if (count <= 1) following.add(target);
      }
    ready = [...following];
  }
  return order;
}

export type WalkDirection = 'left' | 'right' | 'up' | 'down';

function nearestByHeight(ids: readonly string[], at: ReadonlyMap<string, Place>, from: Place): string | null {
  const [nearest] = [...new Set(ids)].sort(
    (one, other) => Math.abs((at.get(one) ?? origin).y - from.y) - Math.abs((at.get(other) ?? origin).y - from.y),
  );
  return nearest ?? null;
}

/** How many pixels of height count as much as one of width when looking for what stands above or below. */
const sideways = 2;

/**
 * The node an arrow key leads to: right and left follow wires (the nearest in height of several), up and down go to what stands there.
 * Null when nothing does.
 */
export function neighbour(document: PipelineDocument, id: string, direction: WalkDirection): string | null {
  const at = places(document);
  const from = at.get(id) ?? origin;
  if (direction === 'right')
    return nearestByHeight(
      document.edges.filter((edge) => edge.source === id).map((edge) => edge.target),
      at,
      from,
    );
  if (direction === 'left')
    return nearestByHeight(
      document.edges.filter((edge) => edge.target === id).map((edge) => edge.source),
      at,
      from,
    );
  const sign = direction === 'down' ? 1 : -1;
  let best: string | null = null;
  let least = Infinity;
  for (const node of document.nodes) {
    const place = at.get(node.id) ?? origin;
    const down = (place.y - from.y) * sign;
    if (node.id === id || down <= 0) continue;
    const distance = down + sideways * Math.abs(place.x - from.x);
    if (distance < least) {
      least = distance;
      best = node.id;
    }
  }
  return best;
}
