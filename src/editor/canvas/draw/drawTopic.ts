/** A topic's partitions as thin logs on one scale: log start to high watermark, and a small flag where each group has committed. */
import { readCommitted, readLogRow, type LogRow } from '../../live/frameIndex.ts';
import { logScale, onLogScale } from '../../live/scales.ts';
import { bodyRight, logBarHeight, logLeft, logRowPitch } from '../nodeGeometry.ts';
import { fillPill, setFont, type Brush } from './brush.ts';
import type { SceneNode } from './scene.ts';

const rows: LogRow[] = Array.from({ length: 12 }, () => ({ logStartOffset: NaN, highWatermark: NaN }));
/** Many bars at full strength would shout louder than a jam. */
const logOpacity = 0.82;
const trackWidth = bodyRight - logLeft;
const labels = Array.from({ length: 10_000 }, (_, partition) => String(partition));

/** Heads of the flags, one per group in turn, so that groups differ by more than place. */
function drawFlagHead(context: CanvasRenderingContext2D, group: number, x: number, y: number): void {
  context.beginPath();
  switch (group % 4) {
    case 0:
      context.rect(x, y, 5, 4);
      break;
    case 1:
      context.moveTo(x, y - 0.5);
      context.lineTo(x + 6, y + 2);
      context.lineTo(x, y + 4.5);
      break;
    case 2:
      context.arc(x + 1, y + 1.5, 2.6, 0, 2 * Math.PI);
      break;
    default:
      context.rect(x - 4, y, 4, 4);
  }
  context.fill();
}

/** Draws the logs of a topic; without a frame only their tracks. */
export function drawTopic(brush: Brush, { id, x, y, geometry }: SceneNode): void {
  const { context, colours, frame, index, near } = brush;
  const { logRows, partitionsPerRow, bodyTop } = geometry;
  const offsets = index.partitions.get(id);
  let least = Infinity;
  let most = 0;
  for (let row = 0; row < logRows; row += 1) {
    const log = rows[row];
    if (offsets === undefined) log.logStartOffset = log.highWatermark = NaN;
    else readLogRow(frame, offsets, row * partitionsPerRow, (row + 1) * partitionsPerRow, log);
    if (log.logStartOffset < least) least = log.logStartOffset;
    if (log.highWatermark > most) most = log.highWatermark;
  }
  const scale = logScale(least, most);
  const left = x + logLeft;
  context.fillStyle = colours.track;
  for (let row = 0; row < logRows; row += 1)
    fillPill(brush, left, y + bodyTop + row * logRowPitch + (logRowPitch - logBarHeight) / 2, trackWidth, logBarHeight, 2);
  if (near) {
    setFont(brush, 12);
    context.textAlign = 'right';
    context.fillStyle = colours.muted;
    for (let row = 0; row < logRows; row += 1)
      context.fillText(labels[row * partitionsPerRow] ?? '', left - 6, y + bodyTop + row * logRowPitch + 10);
  }
  context.globalAlpha = logOpacity;
  for (let row = 0; row < logRows; row += 1) {
    const { logStartOffset, highWatermark } = rows[row];
    if (!(highWatermark > logStartOffset)) continue;
    const from = onLogScale(scale, logStartOffset) * trackWidth;
    const to = onLogScale(scale, highWatermark) * trackWidth;
    // A row of several partitions belongs to none of them, so it has none of their colours.
    context.fillStyle = partitionsPerRow > 1 ? colours.dash : colours.partitions[row % colours.partitions.length];
    fillPill(
      brush,
      left + from,
      y + bodyTop + row * logRowPitch + (logRowPitch - logBarHeight) / 2,
      Math.max(2, to - from),
      logBarHeight,
      2,
    );
  }
  context.globalAlpha = 1;
  const groups = index.groups.get(id);
  if (groups === undefined || most === 0 || brush.zoom < 0.3) return;
  context.fillStyle = colours.text;
  for (let group = 0; group < groups.length; group += 1)
    for (let row = 0; row < logRows; row += 1) {
      const committed = readCommitted(frame, groups[group], row * partitionsPerRow, (row + 1) * partitionsPerRow);
      if (!(committed >= 0)) continue;
      const flag = left + onLogScale(scale, committed) * trackWidth;
      const top = y + bodyTop + row * logRowPitch;
      context.fillRect(flag - 0.75, top, 1.5, logRowPitch - 1.5);
      drawFlagHead(context, group, flag, top);
    }
}
