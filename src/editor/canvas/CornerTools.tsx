import { MiniMap, Panel, useStore, type ReactFlowState } from '@xyflow/react';
import { Map as MapGlyph, Maximize, Minus, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { fitView, zoomIn, zoomOut } from './canvasApi.ts';
import type { FlowNode } from './flowNodes.ts';

const mapWidth = 176;
const mapHeight = 112;
/** The map's corner with its margin, in pixels of the screen. */
const cornerWidth = mapWidth + 28;
const cornerHeight = mapHeight + 28;

interface FlowView {
  readonly transform: readonly [number, number, number];
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly FlowNode[];
}

/** Whether every node is in view already, so that a map would show nothing new. */
function showsAll({ transform: [x, y, zoom], width, height, nodes }: FlowView): boolean {
  return nodes.every(
    ({ position, width: wide = 0, height: high = 0 }) =>
      position.x * zoom + x >= 0 &&
      position.y * zoom + y >= 0 &&
      (position.x + wide) * zoom + x <= width &&
      (position.y + high) * zoom + y <= height,
  );
}

/** Whether a node stands where the map would be. */
function cornerTaken({ transform: [x, y, zoom], width, height, nodes }: FlowView): boolean {
  return nodes.some(
    ({ position, width: wide = 0, height: high = 0 }) =>
      (position.x + wide) * zoom + x > width - cornerWidth &&
      (position.y + high) * zoom + y > height - cornerHeight &&
      position.x * zoom + x < width &&
      position.y * zoom + y < height,
  );
}

function quietNow({ transform, width, height, nodes }: ReactFlowState): boolean {
  const view = { transform, width, height, nodes: nodes as unknown as readonly FlowNode[] };
  return showsAll(view) || cornerTaken(view);
}

/** A map of the whole that keeps out of the way: gone while all is in view, and while a node stands in its corner. */
function QuietMap(): ReactElement | null {
  const quiet = useStore(quietNow);
  if (quiet) return null;
  return (
    <MiniMap<FlowNode>
      pannable
      zoomable
      position="bottom-right"
      ariaLabel="Map of the pipeline"
      nodeColor={(node) => `var(--lj-role-${kindOf(node.data.node.kind).role})`}
      nodeBorderRadius={16}
      maskColor="var(--lj-map-mask)"
      style={{ width: mapWidth, height: mapHeight }}
    />
  );
}

function ZoomShown(): ReactElement {
  const zoom = useStore((state) => Math.round(state.transform[2] * 100));
  return <span className="lj-corner-zoom">{zoom} %</span>;
}

/** Zoom, fit and the map, in the corners below. */
export function CornerTools(): ReactElement {
  const [map, setMap] = useState(true);
  return (
    <>
      <Panel position="bottom-left" className="lj-corner" role="group" aria-label="View of the canvas">
        <button type="button" onClick={zoomOut} aria-label="Zoom out" title="Zoom out (-)">
          <Minus size={14} aria-hidden="true" />
        </button>
        <ZoomShown />
        <button type="button" onClick={zoomIn} aria-label="Zoom in" title="Zoom in (+)">
          <Plus size={14} aria-hidden="true" />
        </button>
        <button type="button" onClick={fitView} aria-label="Fit everything in view" title="Fit everything in view (F)">
          <Maximize size={14} aria-hidden="true" />
        </button>
        <button
          type="button"
          onClick={() => setMap(!map)}
          aria-label="Map of the pipeline"
          aria-pressed={map}
          title="Show or hide the map; it also hides while all is in view"
        >
          <MapGlyph size={14} aria-hidden="true" />
        </button>
      </Panel>
      {map && <QuietMap />}
    </>
  );
}
