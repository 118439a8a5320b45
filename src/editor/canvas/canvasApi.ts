/** What the rest of the editor may ask of the canvas. Every function does nothing while no canvas is mounted. */
import type { ReactFlowInstance } from '@xyflow/react';
import type { NodeKind } from '../../pipeline/kinds/index.ts';
import { moveNodes } from '../document/edits.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { prefersReducedMotion } from '../theme/theme.ts';
import { toast } from '../toasts/toastStore.ts';
import type { FlowEdge, FlowNode } from './flowNodes.ts';
import { addWired } from './gestures.ts';
import { placesOf } from './placing.ts';
import { nodeGeometry } from './nodeGeometry.ts';

export interface MountedCanvas {
  readonly flow: ReactFlowInstance<FlowNode, FlowEdge>;
  readonly element: HTMLElement;
}

let mounted: MountedCanvas | null = null;

/** The canvas says that it is there, or gone. */
export function setMounted(canvas: MountedCanvas | null): void {
  mounted = canvas;
}

const padding = 0.08;
const closest = 1.1;

function duration(): number {
  return prefersReducedMotion() ? 0 : 150;
}

/** Brings the whole pipeline into view. */
export function fitView(): void {
  // With nothing to show, React Flow would keep the wish and jump when the first node comes.
  if (documentStore.getState().document.nodes.length === 0) return;
  void mounted?.flow.fitView({ padding, maxZoom: closest, duration: duration() });
}

/** Brings these nodes into view. */
export function fitNodes(ids: readonly string[]): void {
  void mounted?.flow.fitView({ padding: 0.2, maxZoom: closest, duration: duration(), nodes: ids.map((id) => ({ id })) });
}

export function zoomIn(): void {
  void mounted?.flow.zoomIn({ duration: duration() });
}

export function zoomOut(): void {
  void mounted?.flow.zoomOut({ duration: duration() });
}

/** Multiplies the zoom. */
export function zoomBy(factor: number): void {
  if (mounted !== null) void mounted.flow.zoomTo(mounted.flow.getZoom() * factor, { duration: duration() });
}

/** Document coordinates of the middle of what is in view. */
export function centre(): { readonly x: number; readonly y: number } {
  if (mounted === null) return { x: 0, y: 0 };
  const box = mounted.element.getBoundingClientRect();
  return mounted.flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 }, { snapToGrid: false });
}

/** Adds a node under a point of the screen; dropped on a wire, it is spliced in where it fits. Answers with its id. */
export function addNodeAtScreen(kind: NodeKind, clientX: number, clientY: number): string {
  const { width } = nodeGeometry({ id: '', kind, name: '', config: {} });
  const at = mounted?.flow.screenToFlowPosition({ x: clientX, y: clientY }, { snapToGrid: false }) ?? { x: 0, y: 0 };
  return addWired(kind, { x: at.x - width / 2, y: at.y - 20 }, { spliceAt: at });
}

/** A node's middle on the screen, null when it is not in the document. */
export function screenPointOf(id: string): { readonly x: number; readonly y: number } | null {
  const { document } = documentStore.getState();
  const node = document.nodes.find((other) => other.id === id);
  const place = placesOf(document).get(id);
  if (mounted === null || node === undefined || place === undefined) return null;
  const { width, height } = nodeGeometry(node);
  return mounted.flow.flowToScreenPosition({ x: place.x + width / 2, y: place.y + height / 2 });
}

const margin = 16;

function isInView(id: string): boolean {
  const point = screenPointOf(id);
  const node = documentStore.getState().document.nodes.find((other) => other.id === id);
  if (mounted === null || point === null || node === undefined) return false;
  const box = mounted.element.getBoundingClientRect();
  const zoom = mounted.flow.getZoom();
  const { width, height } = nodeGeometry(node);
  const [halfWidth, halfHeight] = [(width * zoom) / 2, (height * zoom) / 2];
  return (
    point.x - halfWidth >= box.left + margin &&
    point.x + halfWidth <= box.right - margin &&
    point.y - halfHeight >= box.top + margin &&
    point.y + halfHeight <= box.bottom - margin
  );
}

/** Brings a node into view when it is not wholly there. */
export function reveal(id: string): void {
  const place = placesOf(documentStore.getState().document).get(id);
  const node = documentStore.getState().document.nodes.find((other) => other.id === id);
  if (mounted === null || place === undefined || node === undefined || isInView(id)) return;
  const { width, height } = nodeGeometry(node);
  void mounted.flow.setCenter(place.x + width / 2, place.y + height / 2, {
    zoom: Math.max(0.6, mounted.flow.getZoom()),
    duration: duration(),
  });
}

/** Selects a node, brings it into view and gives it the keyboard focus; waits for it to be rendered. */
export function focusNode(id: string): void {
  viewStore.getState().select({ nodes: [id] });
  reveal(id);
  let tries = 30;
  const attempt = (): void => {
    const element = mounted?.element.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
    if (element !== null && element !== undefined && element.style.visibility !== 'hidden') element.focus({ preventScroll: true });
    else if ((tries -= 1) > 0) requestAnimationFrame(attempt);
  };
  attempt();
}

let spaceUsed = false;

/** Whether the space bar, pressed last, was held to move the canvas; whoever plays on space asks before. */
export function spaceWasUsedToPan(): boolean {
  return spaceUsed;
}

/** The canvas notes what the space bar was used for. */
export function noteSpace(usedToPan: boolean): void {
  spaceUsed = usedToPan;
}

/** The place in the pipeline under a point of the screen. */
export function placedAt(clientX: number, clientY: number): { readonly x: number; readonly y: number } {
  return mounted?.flow.screenToFlowPosition({ x: clientX, y: clientY }, { snapToGrid: false }) ?? { x: 0, y: 0 };
}

/** Lays the pipeline out in layers, one undo step, and brings all of it into view. */
export async function tidy(): Promise<void> {
  const { document } = documentStore.getState();
  if (document.nodes.length === 0) return;
  try {
    const { tidyPositions } = await import('./tidy.ts');
    const positions = await tidyPositions(document);
    // The person may have gone on editing meanwhile; a node that is gone has no place.
    const still = new Set(documentStore.getState().document.nodes.map((node) => node.id));
    moveNodes(
      positions.filter((position) => still.has(position.node)),
      'Tidy the layout',
    );
    requestAnimationFrame(() => requestAnimationFrame(fitView));
  } catch (error) {
    toast(`The layout could not be tidied: ${error instanceof Error ? error.message : String(error)}`, { tone: 'bad' });
  }
}
