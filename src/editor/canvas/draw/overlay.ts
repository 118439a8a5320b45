/**
 * The one canvas on which everything lives: streams, jams, logs, sparklines, bars, badges. It lies over the graph and follows the viewport.
 * A frame of numbers comes here and nowhere else; React knows nothing of it. A picture is drawn only when something changed or moves.
 */
import { frameIndex, type FrameIndex } from '../../live/frameIndex.ts';
import type { FrameLayout } from '../../../workers/protocol.ts';
import { nearZoom, type Brush } from './brush.ts';
import type { Colours } from './colours.ts';
import { drawConsumer } from './drawConsumer.ts';
import { drawProducer, recordProducer } from './drawProducer.ts';
import { drawTopic } from './drawTopic.ts';
import { drawWires, moveDashes } from './drawWires.ts';
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
  // Wires pass under nodes and nodes cover each other, though all of them share this canvas.
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

function applyViewport(brush: Brush, canvas: HTMLCanvasElement, { x, y, zoom, width, height }: Viewport): void {
  const density = Math.min(densest, window.devicePixelRatio || 1);
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const { context } = brush;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, wide, high);
  context.setTransform(zoom * density, 0, 0, zoom * density, x * density, y * density);
  brush.zoom = zoom;
  brush.near = zoom >= nearZoom;
  brush.left = -x / zoom;
  brush.top = -y / zoom;
  brush.right = brush.left + width / zoom;
  brush.bottom = brush.top + height / zoom;
}

/** Starts an overlay on a canvas. `onPicture` hears how many milliseconds of this thread each picture took, for measuring. */
export function startOverlay(canvas: HTMLCanvasElement, colours: Colours, onPicture?: (milliseconds: number) => void): Overlay {
  const context = canvas.getContext('2d')!;
  const brush: Brush = {
    context,
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
  let drawnAt = 0;
  let scheduled = 0;

  function draw(now: number): void {
    scheduled = 0;
    const began = performance.now();
    const seconds = Math.min(0.1, Math.max(0, (now - drawnAt) / 1000));
    drawnAt = now;
    brush.freshWords = wordsWanted || now - wordsAt >= wordsIntervalMs;
    if (brush.freshWords) wordsAt = now;
    wordsWanted = false;
    const moving = flowing && moveDashes(brush, scene, seconds);
    applyViewport(brush, canvas, viewport);
    drawWires(brush, scene);
    for (const node of scene.nodes) drawNode(brush, node);
    if (moving) schedule();
    onPicture?.(performance.now() - began);
  }

  function schedule(): void {
    if (scheduled === 0) scheduled = requestAnimationFrame(draw);
  }

  /** What was off screen or out of date has no words yet. */
  function scheduleWithWords(): void {
    wordsWanted = true;
    schedule();
  }

  return {
    setScene(next) {
      scene = next;
      scheduleWithWords();
    },
    setViewport(next) {
      viewport = next;
      scheduleWithWords();
    },
    setColours(next) {
      brush.colours = next;
      scheduleWithWords();
    },
    setFrame(frame, layout) {
      const usable = frame !== null && layout !== null;
      if (!usable || layout !== layoutSeen) {
        brush.index = usable ? frameIndex(layout) : noIndex;
        wordsWanted = true;
      }
      layoutSeen = usable ? layout : null;
      brush.frame = usable ? frame : nothing;
      for (const node of scene.nodes) if (node.role === 'producer') recordProducer(brush, node);
      schedule();
    },
    setFlowing(next) {
      flowing = next;
      // A run that stops shows its last numbers, not those of a quarter of a second ago.
      scheduleWithWords();
    },
    stop() {
      if (scheduled !== 0) cancelAnimationFrame(scheduled);
    },
  };
}
