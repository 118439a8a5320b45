/**
 * The canvases on which everything lives, drawn apart from React: a frame of numbers comes here and nowhere else. Two layers that follow the
 * viewport, since they change at different rates: streams, dashes and jams below the nodes move with every picture; logs, sparklines, bars and
 * badges on the nodes change when a frame comes. A layer is drawn only when it changed, and never so often that drawing takes a large part of
 * this thread's time.
 */
import { frameIndex, type FrameIndex } from '../../live/frameIndex.ts';
import type { FrameLayout } from '../../../workers/protocol.ts';
import { nearZoom, type Brush } from './brush.ts';
import type { Colours } from './colours.ts';
import { drawConsumer } from './drawConsumer.ts';
import { drawProducer, recordProducer } from './drawProducer.ts';
import { drawTopic } from './drawTopic.ts';
import { drawJamLabels, drawWires, moveDashes } from './drawWires.ts';
import { emptyScene, type Scene, type SceneNode } from './scene.ts';

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Overlay {
  setScene(scene: Scene): void;
  setViewport(viewport: Viewport): void;
  setColours(colours: Colours): void;
  /** A new frame, or none any more. The frame is read until the next call. */
  setFrame(frame: Float64Array | null, layout: FrameLayout | null): void;
  /** Whether the dashes move: the run is on and the person did not ask for less motion. */
  setFlowing(flowing: boolean): void;
  stop(): void;
}

const wordsIntervalMs = 250;
const densest = 2;
const nothing = new Float64Array(0);
const noIndex: FrameIndex = frameIndex({ length: 0, nodes: [], edges: [], partitions: [], groupPartitions: [], members: [] });

function drawNode(brush: Brush, node: SceneNode): void {
  const { x, y, geometry } = node;
  if (x > brush.right || y > brush.bottom || x + geometry.width < brush.left || y + geometry.height < brush.top) return;
  // Nodes cover each other, though all of them share this canvas.
  brush.context.clearRect(x, y, geometry.width, geometry.height);
  switch (node.role) {
    case 'producer':
      return drawProducer(brush, node);
    case 'topic':
      return drawTopic(brush, node);
    case 'processor':
    case 'sink':
      return drawConsumer(brush, node);
  }
}

function clear(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, { x, y, zoom, width, height }: Viewport): void {
  const density = Math.min(densest, window.devicePixelRatio || 1);
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, wide, high);
  context.setTransform(zoom * density, 0, 0, zoom * density, x * density, y * density);
}

function look(brush: Brush, { x, y, zoom, width, height }: Viewport): void {
  brush.zoom = zoom;
  brush.near = zoom >= nearZoom;
  brush.left = -x / zoom;
  brush.top = -y / zoom;
  brush.right = brush.left + width / zoom;
  brush.bottom = brush.top + height / zoom;
}

/** One canvas with its own pace. */
interface Layer {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  stale: boolean;
  /** Set by what a person does: drawn in the very next picture, whatever it costs. */
  urgent: boolean;
  drawnAt: number;
  costMs: number;
}

function layerOn(canvas: HTMLCanvasElement): Layer {
  return { canvas, context: canvas.getContext('2d')!, stale: true, urgent: true, drawnAt: -Infinity, costMs: 0 };
}

/** A layer rests this many times as long as its drawing took; painting what was drawn costs about as much again. */
const restFactor = 6;
/** One slow picture, the first for instance, must not hold back those after it. */
const costMsMost = 25;

function isDue(layer: Layer, now: number): boolean {
  return layer.stale && (layer.urgent || now - layer.drawnAt >= layer.costMs * restFactor - 4);
}

/** Draws a layer and notes what it cost, smoothed. */
function drawLayer(layer: Layer, brush: Brush, viewport: Viewport, now: number, picture: () => void): number {
  const began = performance.now();
  brush.context = layer.context;
  brush.font = '';
  clear(layer.canvas, layer.context, viewport);
  picture();
  const cost = performance.now() - began;
  layer.costMs = Math.min(costMsMost, layer.costMs === 0 ? cost : layer.costMs * 0.8 + cost * 0.2);
  layer.stale = false;
  layer.urgent = false;
  layer.drawnAt = now;
  return cost;
}

/** Starts the overlay on its two canvases. `onPicture` hears how many milliseconds of this thread each picture took, for measuring. */
export function startOverlay(
  canvases: { readonly flow: HTMLCanvasElement; readonly nodes: HTMLCanvasElement },
  colours: Colours,
  onPicture?: (milliseconds: number) => void,
): Overlay {
  const flow = layerOn(canvases.flow);
  const nodes = layerOn(canvases.nodes);
  const brush: Brush = {
    context: flow.context,
    font: '',
    colours,
    frame: nothing,
    index: noIndex,
    zoom: 1,
    near: true,
    freshWords: true,
    left: 0,
    top: 0,
    right: 0,
    bottom: 0,
  };
  let scene = emptyScene;
  let viewport: Viewport = { x: 0, y: 0, zoom: 1, width: 0, height: 0 };
  let layoutSeen: FrameLayout | null = null;
  let flowing = false;
  let wordsAt = -Infinity;
  let wordsWanted = true;
  let wordsTimer: ReturnType<typeof setTimeout> | undefined;
  let movedAt = 0;
  let scheduled = 0;

  function draw(now: number): void {
    scheduled = 0;
    look(brush, viewport);
    const seconds = Math.min(0.1, Math.max(0, (now - movedAt) / 1000));
    movedAt = now;
    const moving = flowing && moveDashes(brush, scene, seconds);
    if (moving) flow.stale = true;
    let cost = 0;
    if (isDue(nodes, now)) {
      brush.freshWords = wordsWanted || now - wordsAt >= wordsIntervalMs;
      if (brush.freshWords) wordsAt = now;
      else wordsLater();
      wordsWanted = false;
      cost += drawLayer(nodes, brush, viewport, now, () => {
        for (const node of scene.nodes) drawNode(brush, node);
        drawJamLabels(brush, scene);
      });
    }
    if (isDue(flow, now)) cost += drawLayer(flow, brush, viewport, now, () => drawWires(brush, scene));
    if (moving || nodes.stale || flow.stale) schedule();
    if (cost > 0) onPicture?.(cost);
  }

  function schedule(): void {
    if (scheduled === 0) scheduled = requestAnimationFrame(draw);
  }

  /** A picture with old words is followed by one with new ones, even when it is the last of a run. */
  function wordsLater(): void {
    wordsTimer ??= setTimeout(() => {
      wordsTimer = undefined;
      wordsWanted = nodes.stale = true;
      schedule();
    }, wordsIntervalMs);
  }

  /** What was off screen or out of date has no words yet. */
  function drawSoon(): void {
    wordsWanted = nodes.stale = nodes.urgent = flow.stale = flow.urgent = true;
    schedule();
  }

  return {
    setScene(next) {
      scene = next;
      drawSoon();
    },
    setViewport(next) {
      viewport = next;
      drawSoon();
    },
    setColours(next) {
      brush.colours = next;
      drawSoon();
    },
    setFrame(frame, layout) {
      const usable = frame !== null && layout !== null;
      if (!usable || layout !== layoutSeen) {
        brush.index = usable ? frameIndex(layout) : noIndex;
        drawSoon();
      }
      layoutSeen = usable ? layout : null;
      brush.frame = usable ? frame : nothing;
      for (const node of scene.nodes) if (node.role === 'producer') recordProducer(brush, node);
      nodes.stale = flow.stale = true;
      schedule();
    },
    setFlowing(next) {
      flowing = next;
      // A run that stops shows its last numbers, not those of a quarter of a second ago.
      drawSoon();
    },
    stop() {
      clearTimeout(wordsTimer);
      if (scheduled !== 0) cancelAnimationFrame(scheduled);
    },
  };
}
