import {
  Background,
  BackgroundVariant,
  ConnectionMode,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  type ReactFlowInstance,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useCallback, useEffect, useMemo, useRef, type DragEvent, type FocusEvent, type MouseEvent, type ReactElement } from 'react';
import { nodeKindNames, type NodeKind } from '../../pipeline/kinds/index.ts';
import { canvasHandle } from '../stores/canvasHandle.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import './canvas.css';
import { addNodeAtScreen, centre, fitNodes, fitView, focusNode, noteSpace, setMounted, tidy, zoomBy } from './canvasApi.ts';
import { CornerTools } from './CornerTools.tsx';
import type { FlowEdge, FlowNode } from './flowNodes.ts';
import { dropNodes } from './gestures.ts';
import { LiveNames } from './LiveNames.tsx';
import { LiveOverlay } from './LiveOverlay.tsx';
import { openCanvasMenu, openConnectTo, openNodeMenu, openQuickAdd, openWireMenu } from './menus/canvasMenus.ts';
import { closeMenu } from './menus/menuStore.ts';
import { PointMenu } from './menus/PointMenu.tsx';
import { nodeTypes } from './nodes/bodies.tsx';
import { grid } from './nodeGeometry.ts';
import { snapped } from './placing.ts';
import { useCanvasKeys, useSpaceHeld } from './useCanvasKeys.ts';
import { useFlowGraph } from './useFlowGraph.ts';
import { useWiringHandlers } from './useWiringHandlers.ts';
import { edgeTypes, WireInHand } from './wires/WireEdge.tsx';
import { ArrowMarker, WiringHint } from './wires/WiringHint.tsx';

const kindFormat = 'application/x-logjam-kind';
const snapGrid: [number, number] = [grid, grid];
const middleOrLeft = [0, 1];

/** Puts the canvas where the shell finds it, while it is mounted. */
function useHandle() {
  const flow = useRef<ReactFlowInstance<FlowNode, FlowEdge> | null>(null);
  const element = useRef<HTMLDivElement>(null);
  const onInit = useCallback((instance: ReactFlowInstance<FlowNode, FlowEdge>) => {
    flow.current = instance;
    setMounted({ flow: instance, element: element.current! });
  }, []);
  useEffect(() => {
    if (flow.current !== null) setMounted({ flow: flow.current, element: element.current! });
    canvasHandle.current = {
      centre,
      fit: (nodes) => (nodes === undefined ? fitView() : fitNodes(nodes)),
      tidy: () => void tidy(),
      focusNode,
      zoomBy,
      connectFrom: openConnectTo,
    };
    return () => {
      canvasHandle.current = null;
      setMounted(null);
      closeMenu();
    };
  }, []);
  return { element, onInit };
}

/** Another document opened: show all of it. */
function useFitOnOpen(): void {
  const key = useDocument((state) => state.key);
  useEffect(() => {
    const frame = requestAnimationFrame(() => requestAnimationFrame(fitView));
    return () => cancelAnimationFrame(frame);
  }, [key]);
}

function onDragOver(event: DragEvent): void {
  if (!event.dataTransfer.types.includes(kindFormat)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'copy';
}

function onDrop(event: DragEvent): void {
  const kind = nodeKindNames.find((name) => name === event.dataTransfer.getData(kindFormat)) as NodeKind | undefined;
  if (kind === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  focusNode(addNodeAtScreen(kind, event.clientX, event.clientY));
}

function onDoubleClick(event: MouseEvent): void {
  if ((event.target as Element).classList.contains('react-flow__pane')) openQuickAdd({ x: event.clientX, y: event.clientY });
}

/** A node that gets the focus by keyboard is what commands are about. */
function onFocus(event: FocusEvent): void {
  const element = event.target as HTMLElement;
  if (!element.classList.contains('react-flow__node') || !element.matches(':focus-visible')) return;
  const id = element.dataset['id'];
  const { selection, select } = viewStore.getState();
  if (id !== undefined && !selection.nodes.includes(id)) select({ nodes: [id] });
}

function pointOf(event: { readonly clientX: number; readonly clientY: number }) {
  return { x: event.clientX, y: event.clientY };
}

function useMenuHandlers() {
  return useMemo(
    () => ({
      onNodeContextMenu: (event: MouseEvent, node: FlowNode) => {
        event.preventDefault();
        openNodeMenu(node.id, pointOf(event));
      },
      onEdgeContextMenu: (event: MouseEvent, edge: FlowEdge) => {
        event.preventDefault();
        openWireMenu(edge.id, pointOf(event));
      },
      onPaneContextMenu: (event: MouseEvent | globalThis.MouseEvent) => {
        event.preventDefault();
        openCanvasMenu(pointOf(event));
      },
      onNodeDoubleClick: (_event: MouseEvent, node: FlowNode) => viewStore.getState().rename(node.id),
    }),
    [],
  );
}

function finishDrag(_event: unknown, _node: FlowNode, nodes: readonly FlowNode[]): void {
  dropNodes(nodes.map(({ id, position }) => ({ node: id, ...snapped(position.x, position.y) })));
}

function CanvasInside(): ReactElement {
  const { element, onInit } = useHandle();
  const graph = useFlowGraph();
  const wiring = useWiringHandlers();
  const menus = useMenuHandlers();
  const onKeyDown = useCanvasKeys();
  const spaceHeld = useSpaceHeld();
  const readOnly = useDocument((state) => state.readOnly);
  useFitOnOpen();
  return (
    // The keys belong to the nodes inside, which are what the focus rests on.
    <div
      ref={element}
      className="lj-canvas"
      data-space={spaceHeld || undefined}
      role="presentation"
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onDragOver={onDragOver}
      onDrop={onDrop}
      onDoubleClick={onDoubleClick}
    >
      <ReactFlow<FlowNode, FlowEdge>
        {...graph}
        {...wiring}
        {...menus}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        connectionLineComponent={WireInHand}
        connectionMode={ConnectionMode.Strict}
        connectionRadius={28}
        onInit={onInit}
        onNodeDragStop={finishDrag}
        onSelectionDragStop={(event, nodes) => finishDrag(event, nodes[0], nodes)}
        onMoveStart={(event) => event !== null && noteSpace(true)}
        nodesDraggable={!spaceHeld && !readOnly}
        nodesConnectable={!readOnly}
        elementsSelectable={!spaceHeld}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        panActivationKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={['Meta', 'Control', 'Shift']}
        selectionMode={SelectionMode.Partial}
        panOnDrag={middleOrLeft}
        panOnScroll
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={2.5}
        snapToGrid
        snapGrid={snapGrid}
        onlyRenderVisibleElements
        elevateNodesOnSelect
        attributionPosition="bottom-right"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} color="var(--lj-canvas-dot)" />
        <LiveOverlay />
        <CornerTools />
      </ReactFlow>
      <ArrowMarker />
      <WiringHint />
      <PointMenu />
      <LiveNames within={element} />
    </div>
  );
}

/** The canvas: the pipeline as a graph that can be drawn, wired and watched. Fills its container. */
export function Canvas(): ReactElement {
  return (
    <ReactFlowProvider>
      <CanvasInside />
    </ReactFlowProvider>
  );
}
