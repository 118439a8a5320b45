/** A producer's rate now and over the last minute. */
import { FrameHeader, NodeField } from '../../../workers/frameFields.ts';
import type { PipelineNode } from '../../../pipeline/document.ts';
import { formatRate } from '../../format/numbers.ts';
import { rateAgo, recordRate } from '../../live/rateHistory.ts';
import { bodyLeft, bodyRight } from '../nodeGeometry.ts';
import { configNumber, configText } from '../nodeWords.ts';
import { farTextPx, farTextZoom, setFont, type Brush } from './brush.ts';
import type { SceneNode } from './scene.ts';

const sparkTop = 42;
const sparkHeight = 22;
const sparkSeconds = 60;

/** Takes the rate of this frame into the history, also of a producer out of view. */
export function recordProducer({ frame, index }: Brush, { id, history }: SceneNode): void {
  const offset = index.nodes.get(id);
  if (offset !== undefined) recordRate(history, frame[FrameHeader.timeUs], frame[offset + NodeField.rateOut]);
}

function drawSparkline({ context, colours }: Brush, { x, y, history }: SceneNode): void {
  const { count } = history;
  let most = 0;
  for (let back = 0; back < count; back += 1) most = Math.max(most, rateAgo(history, back));
  const base = y + sparkTop + sparkHeight;
  const step = (bodyRight - bodyLeft) / (sparkSeconds - 1);
  const perRate = most > 0 ? (sparkHeight - 3) / most : 0;
  context.strokeStyle = colours.track;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x + bodyLeft, base + 0.5);
  context.lineTo(x + bodyRight, base + 0.5);
  context.stroke();
  if (count < 2) return;
  context.strokeStyle = colours.producer;
  context.lineWidth = 1.75;
  context.lineJoin = 'round';
  context.beginPath();
  for (let back = 0; back < count; back += 1) {
    const px = x + bodyRight - back * step;
    const py = base - rateAgo(history, back) * perRate;
    if (back === 0) context.moveTo(px, py);
    else context.lineTo(px, py);
  }
  context.stroke();
}

/** Before a run: the rate it is to have, nothing for one that comes from a file. */
function plannedRate(node: PipelineNode): string {
  return configText(node, 'workload.shape') === 'replay' ? '' : formatRate(configNumber(node, 'workload.rate'));
}

/** Draws the sparkline and the rate. */
export function drawProducer(brush: Brush, node: SceneNode): void {
  const { context, colours, frame, index, near, zoom } = brush;
  drawSparkline(brush, node);
  const offset = index.nodes.get(node.id);
  const { words, x, y, geometry } = node;
  if (brush.freshWords && offset === undefined) {
    words.alarmed = false;
    words.right = plannedRate(node.node);
  } else if (brush.freshWords && offset !== undefined) {
    words.alarmed = frame[offset + NodeField.state] === 5;
    words.right = words.alarmed ? '‖ blocked' : formatRate(frame[offset + NodeField.rateOut]);
  }
  if (!near && zoom < farTextZoom) return;
  setFont(brush, near ? 13 : farTextPx, offset === undefined ? 'normal' : 'bold');
  context.textAlign = 'right';
  context.fillStyle = words.alarmed ? colours.level.breached : offset === undefined ? colours.muted : colours.text;
  context.fillText(words.right, x + bodyRight, y + geometry.footerTop + (near ? 15 : 21));
}
