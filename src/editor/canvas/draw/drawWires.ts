/** Streams, moving dashes and jams. Wires of one thickness share a path, so that five hundred cost few strokes. */
import { EdgeField } from '../../../workers/frameFields.ts';
import { formatLag } from '../../live/formatLag.ts';
import { lagLevel, lagMark, type LagLevel } from '../../live/lagLevel.ts';
import { dashSpeed, jamLength, streamWidth } from '../../live/scales.ts';
import { traceWire } from '../wires/wirePath.ts';
import { setFont, type Brush } from './brush.ts';
import type { Scene, SceneWire } from './scene.ts';

const bucketWidth = 2;
const buckets: SceneWire[][] = Array.from({ length: 8 }, () => []);
const idle: SceneWire[] = [];
const jams: SceneWire[] = [];

const dashPeriod = 16;
const dashLength = 7;
const jamWidth = 20;
/** The longest part of a wire a jam may cover. */
const jamShareMost = 0.85;

function inView({ course }: SceneWire, brush: Brush): boolean {
  const left = Math.min(course.sourceX, course.targetX - course.reach);
  const right = Math.max(course.targetX, course.sourceX + course.reach);
  if (right < brush.left || left > brush.right) return false;
  const gapY = course.gapY ?? course.sourceY;
  const bottom = Math.max(course.sourceY, course.targetY, gapY);
  return bottom >= brush.top - 24 && Math.min(course.sourceY, course.targetY, gapY) <= brush.bottom + 24;
}

function sortIntoBuckets(brush: Brush, scene: Scene): void {
  for (const bucket of buckets) bucket.length = 0;
  jams.length = 0;
  idle.length = 0;
  const { frame, index } = brush;
  for (const wire of scene.wires) {
    const offset = index.edges.get(wire.id);
    if (!inView(wire, brush)) continue;
    const width = offset === undefined ? 0 : streamWidth(frame[offset + EdgeField.rate]);
    if (width > 0) buckets[Math.min(buckets.length - 1, Math.round(width / bucketWidth))].push(wire);
    else idle.push(wire);
    if (offset === undefined) continue;
    if (frame[offset + EdgeField.lagSeconds] >= 1) jams.push(wire);
  }
}

function traceWires(context: CanvasRenderingContext2D, wires: readonly SceneWire[]): void {
  context.beginPath();
  for (const { course } of wires) traceWire(context, course);
}

function drawStreams({ context, colours, zoom }: Brush): void {
  context.lineCap = 'butt';
  if (idle.length > 0) {
    traceWires(context, idle);
    context.strokeStyle = colours.wire;
    context.lineWidth = Math.max(1.5, 1 / zoom);
    context.stroke();
  }
  context.strokeStyle = colours.stream;
  buckets.forEach((wires, bucket) => {
    if (wires.length === 0) return;
    traceWires(context, wires);
    context.lineWidth = Math.max(bucket * bucketWidth, 1.5 / zoom);
    context.stroke();
  });
}

/** Short straight pieces along the sampled wire: far cheaper than a dashed curve. */
function addDashes(context: CanvasRenderingContext2D, wire: SceneWire, period: number, length: number): void {
  const { points, count, spacing, length: whole } = wire.points;
  for (let start = (wire.travelled % period) - length; start < whole; start += period) {
    const from = Math.max(0, start) / spacing;
    const to = Math.min(whole, start + length) / spacing;
    if (to <= from) continue;
    const a = Math.min(count - 2, Math.floor(from));
    const b = Math.min(count - 2, Math.floor(to));
    const pa = from - a;
    const pb = to - b;
    context.moveTo(
      points[a * 2] + (points[a * 2 + 2] - points[a * 2]) * pa,
      points[a * 2 + 1] + (points[a * 2 + 3] - points[a * 2 + 1]) * pa,
    );
    context.lineTo(
      points[b * 2] + (points[b * 2 + 2] - points[b * 2]) * pb,
      points[b * 2 + 1] + (points[b * 2 + 3] - points[b * 2 + 1]) * pb,
    );
  }
}

function drawDashes({ context, colours, zoom }: Brush): void {
  const stretch = Math.max(1, 0.8 / zoom);
  context.strokeStyle = colours.dash;
  buckets.forEach((wires, bucket) => {
    if (wires.length === 0) return;
    context.beginPath();
    for (const wire of wires) addDashes(context, wire, dashPeriod * stretch, dashLength * stretch);
    context.lineWidth = Math.max(1.25 + bucket * 0.3, 1 / zoom);
    context.stroke();
  });
}

function jamExtent({ points }: SceneWire, seconds: number): number {
  return Math.min(jamLength(seconds), points.length * jamShareMost);
}

/** Index of the point where a jam of this length begins. */
function jamBegin({ points: { count, spacing, length: whole } }: SceneWire, length: number): number {
  return Math.max(0, Math.min(count - 2, Math.floor((whole - length) / spacing)));
}

function traceEnd({ context }: Brush, { points: { points, count } }: SceneWire, first: number): void {
  context.beginPath();
  context.moveTo(points[first * 2], points[first * 2 + 1]);
  for (let index = first + 1; index < count; index += 1) context.lineTo(points[index * 2], points[index * 2 + 1]);
}

const logs = [5, 3];
const noDash: number[] = [];

function drawJam(brush: Brush, wire: SceneWire): void {
  const { context, colours, frame, index, zoom } = brush;
  const offset = index.edges.get(wire.id)!;
  const seconds = frame[offset + EdgeField.lagSeconds];
  const trend = frame[offset + EdgeField.lagTrend];
  const level: LagLevel = lagLevel(seconds, trend);
  const length = jamExtent(wire, seconds);
  traceEnd(brush, wire, jamBegin(wire, length));
  const width = Math.max(jamWidth, 5 / zoom);
  context.lineCap = 'round';
  context.lineWidth = width;
  context.strokeStyle = colours.levelSoft[level];
  context.stroke();
  context.lineCap = 'butt';
  context.strokeStyle = colours.level[level];
  context.lineWidth = width * 0.65;
  // Logs are counted from the reader, so that they stand still while the jam grows behind them.
  context.setLineDash(logs);
  context.lineDashOffset = -(length % (logs[0] + logs[1]));
  context.globalAlpha = 0.85;
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash(noDash);
}

function freshLabel(wire: SceneWire, seconds: number, mark: string): string {
  const shown = Math.round(seconds * 10);
  if (shown !== wire.shown || mark !== wire.mark) {
    wire.shown = shown;
    wire.mark = mark;
    wire.label = `lag ${formatLag(shown / 10)} ${mark}`;
  }
  return wire.label;
}

/** Above the jam, with a halo so that it can be read over other wires. */
function drawJamLabel(brush: Brush, { points }: SceneWire, first: number, level: LagLevel, label: string): void {
  const { context, colours } = brush;
  const middle = Math.floor((first + points.count - 1) / 2);
  setFont(brush, 12, 'bold');
  context.textAlign = 'center';
  const x = Math.min(points.points[middle * 2], points.points[(points.count - 1) * 2] - 44);
  const y =
    Math.min(points.points[first * 2 + 1], points.points[middle * 2 + 1], points.points[(points.count - 1) * 2 + 1]) - jamWidth / 2 - 6;
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = colours.canvas;
  context.strokeText(label, x, y);
  context.fillStyle = colours.level[level];
  context.fillText(label, x, y);
}

/** How long and how bad the jams in view are, in words; drawn with the nodes, which would cut them off. */
export function drawJamLabels(brush: Brush, scene: Scene): void {
  if (!brush.near) return;
  const { frame, index } = brush;
  for (const wire of scene.wires) {
    const offset = index.edges.get(wire.id);
    if (offset === undefined || !(frame[offset + EdgeField.lagSeconds] >= 1) || !inView(wire, brush)) continue;
    const seconds = frame[offset + EdgeField.lagSeconds];
    const trend = frame[offset + EdgeField.lagTrend];
    const level = lagLevel(seconds, trend);
    const first = jamBegin(wire, jamExtent(wire, seconds));
    drawJamLabel(brush, wire, first, level, freshLabel(wire, seconds, lagMark(level, trend)));
  }
}

/** Moves the dashes on by a real time; answers whether anything moves. */
export function moveDashes(brush: Brush, scene: Scene, seconds: number): boolean {
  let moving = false;
  for (const wire of scene.wires) {
    const offset = brush.index.edges.get(wire.id);
    if (offset === undefined) continue;
    const speed = dashSpeed(brush.frame[offset + EdgeField.rate]);
    if (speed === 0) continue;
    moving = true;
    wire.travelled = (wire.travelled + speed * seconds) % 4096;
  }
  return moving;
}

/** Draws every wire in view; nothing before a run has given numbers, for then the DOM's own lines show. */
export function drawWires(brush: Brush, scene: Scene): void {
  if (brush.frame.length === 0) return;
  sortIntoBuckets(brush, scene);
  drawStreams(brush);
  drawDashes(brush);
  for (const wire of jams) drawJam(brush, wire);
}
