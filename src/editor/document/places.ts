/** Where a new node can stand. */
import type { PipelineDocument } from '../../pipeline/document.ts';

/** Room a node takes at most, with a margin: the canvas draws nodes on an 8-pixel grid within this. */
const roomX = 256;
const roomY = 152;
const grid = 8;

const aligned = (value: number) => Math.round(value / grid) * grid;

/** The place nearest to the wanted one, to the right or below it, where no node stands. */
export function freePlace(
  document: PipelineDocument,
  wanted: { readonly x: number; readonly y: number },
): { readonly x: number; readonly y: number } {
  const taken = (x: number, y: number) =>
    document.layout.positions.some((position) => Math.abs(position.x - x) < roomX - grid && Math.abs(position.y - y) < roomY - grid);
  const candidates: { x: number; y: number; distance: number }[] = [];
  for (let column = -3; column <= 8; column += 1)
    for (let row = -4; row <= 8; row += 1) {
      const x = aligned(wanted.x + column * roomX);
      const y = aligned(wanted.y + row * roomY);
      // To the right is how a pipeline is read, so it counts as nearer than below, and both as nearer than going back.
      const distance = (column < 0 ? 4 : 1) * Math.abs(column) + (row < 0 ? 3 : 1.5) * Math.abs(row);
      candidates.push({ x, y, distance });
    }
  candidates.sort((a, b) => a.distance - b.distance);
  const free = candidates.find(({ x, y }) => !taken(x, y)) ?? { x: aligned(wanted.x), y: aligned(wanted.y) };
  return { x: free.x, y: free.y };
}
