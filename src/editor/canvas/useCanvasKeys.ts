import { useCallback, useEffect, useState, type KeyboardEvent } from 'react';
import { moveNodes } from '../document/edits.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { focusNode, noteSpace, screenPointOf } from './canvasApi.ts';
import { graphOrder, neighbour, type WalkDirection } from './graphWalk.ts';
import { openNodeMenu } from './menus/canvasMenus.ts';
import { grid } from './nodeGeometry.ts';
import { placesOf } from './placing.ts';

const arrows: Readonly<Record<string, WalkDirection>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };
const steps: Readonly<Record<WalkDirection, readonly [number, number]>> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
/** Grid steps of a nudge with Shift. */
const longStep = 5;

/** Moves the selection by the grid; presses in a row are one undo step. */
function nudge(direction: WalkDirection, far: boolean): void {
  const { document, readOnly } = documentStore.getState();
  if (readOnly) return;
  const { nodes } = viewStore.getState().selection;
  const places = placesOf(document);
  const [dx, dy] = steps[direction].map((step) => step * grid * (far ? longStep : 1));
  const positions = nodes.flatMap((id) => {
    const place = places.get(id);
    return place === undefined ? [] : [{ node: id, x: place.x + dx, y: place.y + dy }];
  });
  moveNodes(positions, undefined, `nudge ${[...nodes].sort().join(' ')}`);
}

function walk(id: string, direction: WalkDirection): void {
  const next = neighbour(documentStore.getState().document, id, direction);
  if (next !== null) focusNode(next);
}

/** Tab goes through the nodes in graph order, also to those out of view; at either end it leaves the canvas as usual. */
function tabFrom(id: string, backwards: boolean): boolean {
  const order = graphOrder(documentStore.getState().document);
  const next = order[order.indexOf(id) + (backwards ? -1 : 1)];
  if (next === undefined) return false;
  focusNode(next);
  return true;
}

function onNodeKey(id: string, event: KeyboardEvent): boolean {
  const direction = arrows[event.key];
  if (direction !== undefined && !event.ctrlKey && !event.metaKey) {
    if (event.altKey) nudge(direction, event.shiftKey);
    else walk(id, direction);
    return true;
  }
  switch (event.key) {
    case 'Tab':
      return tabFrom(id, event.shiftKey);
    case 'Enter':
      viewStore.getState().select({ nodes: [id] });
      viewStore.getState().openInspector();
      return true;
    case 'ContextMenu':
    case 'F10': {
      const at = screenPointOf(id);
      if (at === null || (event.key === 'F10' && !event.shiftKey)) return false;
      openNodeMenu(id, at);
      return true;
    }
    default:
      return false;
  }
}

/** Keys while a node has the focus. Everything else is the page's: what is handled here is marked as such, and nothing more. */
export function useCanvasKeys(): (event: KeyboardEvent) => void {
  return useCallback((event) => {
    const element = event.target as HTMLElement;
    if (!element.classList.contains('react-flow__node')) return;
    const id = element.dataset['id'];
    if (id !== undefined && onNodeKey(id, event)) event.preventDefault();
  }, []);
}

/**
 * Whether the space bar is held, which turns dragging into panning everywhere. Space itself stays the page's: it plays when it is let go,
 * unless something was dragged meanwhile.
 */
export function useSpaceHeld(): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const down = (event: globalThis.KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, button, [contenteditable]') !== null;
      if (event.key !== ' ' || event.repeat || typing) return;
      noteSpace(false);
      setHeld(true);
    };
    const up = (event: globalThis.KeyboardEvent): void => {
      if (event.key === ' ') setHeld(false);
    };
    const lose = (): void => setHeld(false);
    window.addEventListener('keydown', down, true);
    window.addEventListener('keyup', up, true);
    window.addEventListener('blur', lose);
    return () => {
      window.removeEventListener('keydown', down, true);
      window.removeEventListener('keyup', up, true);
      window.removeEventListener('blur', lose);
    };
  }, []);
  return held;
}
