import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef, type ReactElement } from 'react';
import { documentStore } from '../stores/documentStore.ts';
import { liveFrames, statusStore } from '../stores/liveStore.ts';
import { onThemeShown, prefersReducedMotion } from '../theme/theme.ts';
import { nearZoom } from './draw/brush.ts';
import { readColours } from './draw/colours.ts';
import { startOverlay, type Overlay } from './draw/overlay.ts';
import { emptyScene, sceneOf, type PlacedNode } from './draw/scene.ts';
import type { FlowEdge, FlowNode } from './flowNodes.ts';

type FlowStore = ReturnType<typeof useStoreApi<FlowNode, FlowEdge>>;

/** Keeps the overlay's viewport and scene those of React Flow. */
function followFlow(overlay: Overlay, flow: FlowStore, canvas: HTMLElement | null): () => void {
  let scene = emptyScene;
  const follow = (state: ReturnType<FlowStore['getState']>, before: ReturnType<FlowStore['getState']> | null): void => {
    if (before === null || state.transform !== before.transform || state.width !== before.width || state.height !== before.height) {
      const [x, y, zoom] = state.transform;
      overlay.setViewport({ x, y, zoom, width: state.width, height: state.height });
      canvas?.toggleAttribute('data-far', zoom < nearZoom);
    }
    if (before === null || state.nodes !== before.nodes || state.edges !== before.edges) {
      const placed: PlacedNode[] = [];
      for (const { data, internals } of state.nodeLookup.values())
        placed.push({ node: data.node, x: internals.positionAbsolute.x, y: internals.positionAbsolute.y, z: internals.z });
      scene = sceneOf(placed, documentStore.getState().document.edges, scene);
      overlay.setScene(scene);
    }
  };
  follow(flow.getState(), null);
  return flow.subscribe(follow);
}

/** Tells the overlay of frames, of the run's phase and of how much motion the person wants. */
function followRun(overlay: Overlay, canvas: HTMLElement | null): () => void {
  const motion = window.matchMedia('(prefers-reduced-motion: reduce)');
  const frame = (): void => {
    overlay.setFrame(liveFrames.current, liveFrames.layout);
    canvas?.toggleAttribute('data-live', liveFrames.current !== null);
  };
  const flowing = (): void => overlay.setFlowing(statusStore.getState().phase === 'running' && !prefersReducedMotion());
  frame();
  flowing();
  const stopFrames = liveFrames.subscribe(frame);
  const stopStatus = statusStore.subscribe((status, before) => {
    if (status.phase !== before.phase) flowing();
  });
  motion.addEventListener('change', flowing);
  return () => {
    stopFrames();
    stopStatus();
    motion.removeEventListener('change', flowing);
  };
}

/** The two canvases on which what lives is drawn, under and over the nodes; out of reach of pointer and assistive tools. */
export function LiveOverlay(): ReactElement {
  const flowCanvas = useRef<HTMLCanvasElement>(null);
  const nodeCanvas = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi<FlowNode, FlowEdge>();
  useEffect(() => {
    const element = nodeCanvas.current!;
    const overlay = startOverlay({ flow: flowCanvas.current!, nodes: element }, readColours(element));
    const around = element.closest<HTMLElement>('.lj-canvas');
    const stops = [
      followFlow(overlay, flow, around),
      followRun(overlay, around),
      onThemeShown(() => overlay.setColours(readColours(element))),
    ];
    return () => {
      for (const stop of stops) stop();
      overlay.stop();
    };
  }, [flow]);
  return (
    <>
      <canvas ref={flowCanvas} className="lj-overlay lj-overlay-flow" aria-hidden="true" />
      <canvas ref={nodeCanvas} className="lj-overlay" aria-hidden="true" />
    </>
  );
}
