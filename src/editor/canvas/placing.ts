/** Places on the canvas: the 8-px grid, and where nodes stand that have no place yet. Pure. */
import type { PipelineDocument, Position } from '../../pipeline/document.ts';
import { grid, nodeGeometry } from './nodeGeometry.ts';

/** The nearest crossing of the grid. */
export function snapped(x: number, y: number): { readonly x: number; readonly y: number } {
  return { x: Math.round(x / grid) * grid, y: Math.round(y / grid) * grid };
}

const columns = 4;

/** Place of every node; nodes the layout does not name stand in rows below everything else. */
export function placesOf(document: PipelineDocument): ReadonlyMap<string, Position> {
  const named = new Map(document.layout.positions.map((position) => [position.node, position]));
  const places = new Map<string, Position>();
  let bottom = 0;
  for (const node of document.nodes) {
    const position = named.get(node.id);
    if (position === undefined) continue;
    places.set(node.id, position);
    bottom = Math.max(bottom, position.y + nodeGeometry(node).height);
  }
  let index = 0;
  for (const node of document.nodes) {
    if (places.has(node.id)) continue;
    places.set(node.id, { node: node.id, x: (index % columns) * 280, y: bottom + 40 + Math.floor(index / columns) * 240 });
    index += 1;
  }
  return places;
}

/** A place near `at` where a node of this size covers no other, found by stepping down. */
export function freePlace(
  document: PipelineDocument,
  at: { readonly x: number; readonly y: number },
  size: { readonly width: number; readonly height: number },
) {
  const places = placesOf(document);
  const gap = 2 * grid;
  const boxes = document.nodes.map((node) => ({ ...places.get(node.id)!, ...nodeGeometry(node) }));
  let { x, y } = snapped(at.x, at.y);
  for (let step = 0; step < 200; step += 1) {
    const hit = boxes.find(
      (box) => x < box.x + box.width + gap && box.x < x + size.width + gap && y < box.y + box.height + gap && box.y < y + size.height + gap,
    );
    if (hit === undefined) break;
    ({ x, y } = snapped(x, hit.y + hit.height + gap));
    y += grid;
  }
  return { x, y };
}
