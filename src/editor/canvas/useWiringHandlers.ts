import type { Connection, FinalConnectionState, OnConnectStartParams } from '@xyflow/react';
import { useMemo } from 'react';
import { connect, refusalOf, type Wire } from '../document/edits.ts';
import { documentStore } from '../stores/documentStore.ts';
import { announce } from '../toasts/toastStore.ts';
import type { FlowEdge } from './flowNodes.ts';
import { openKindsThatFit, openRefusal } from './menus/canvasMenus.ts';
import { placedAt } from './canvasApi.ts';
import { beginWiring, endWiring, showHint, wireBetween, wiringStore } from './wiringStore.ts';

function wireOf({ source, target, sourceHandle }: Connection | FlowEdge): Wire {
  return { source, target, ...(sourceHandle === null || sourceHandle === undefined ? {} : { sourcePort: sourceHandle }) };
}

function pointOf(event: MouseEvent | TouchEvent): { readonly x: number; readonly y: number } {
  const { clientX, clientY } = 'changedTouches' in event ? event.changedTouches[0] : event;
  return { x: clientX, y: clientY };
}

/** The node under a place of the screen. */
function nodeAt(x: number, y: number): string | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const node = element.closest<HTMLElement>('.react-flow__node');
    if (node !== null) return node.dataset['id'] ?? null;
  }
  return null;
}

/** While a wire is in hand, says beside the pointer why the node below it is refused. */
function followPointer(event: PointerEvent | MouseEvent): void {
  const { from } = wiringStore.getState();
  if (from === null) return;
  const node = nodeAt(event.clientX, event.clientY);
  const refusal = node === null || node === from.node ? null : refusalOf(wireBetween(from, node));
  showHint(refusal === null ? null : { text: refusal, x: event.clientX, y: event.clientY });
}

function onConnectStart(_event: unknown, { nodeId, handleId, handleType }: OnConnectStartParams): void {
  if (nodeId === null) return;
  beginWiring(documentStore.getState().document, { node: nodeId, port: handleId ?? undefined, backwards: handleType === 'target' });
  window.addEventListener('pointermove', followPointer);
}

function onConnectEnd(event: MouseEvent | TouchEvent, state: FinalConnectionState): void {
  window.removeEventListener('pointermove', followPointer);
  const { from } = wiringStore.getState();
  endWiring();
  if (from === null || state.isValid === true) return;
  const at = pointOf(event);
  const node = nodeAt(at.x, at.y);
  if (node === from.node) return;
  if (node === null) {
    openKindsThatFit(from, at, placedAt(at.x, at.y));
    return;
  }
  const wire = wireBetween(from, node);
  const refusal = refusalOf(wire);
  if (refusal === null) onConnect({ source: wire.source, target: wire.target, sourceHandle: wire.sourcePort ?? null, targetHandle: null });
  else {
    announce(refusal);
    openRefusal(wire, refusal, at);
  }
}

function onConnect(connection: Connection): void {
  const { document: pipeline } = documentStore.getState();
  const name = (id: string): string => pipeline.nodes.find((node) => node.id === id)?.name ?? id;
  const { refusal } = connect(wireOf(connection));
  announce(refusal ?? `Connected ${name(connection.source)} to ${name(connection.target)}.`);
}

/** React Flow's handlers for drawing wires. */
export function useWiringHandlers() {
  return useMemo(
    () => ({
      onConnect,
      onConnectStart,
      onConnectEnd,
      isValidConnection: (connection: Connection | FlowEdge) => refusalOf(wireOf(connection)) === null,
    }),
    [],
  );
}
