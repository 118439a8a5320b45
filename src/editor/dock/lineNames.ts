/** Names at the ends of a chart's lines, so that no legend has to be matched by colour. */
import type uPlot from 'uplot';

interface NamedLine {
  readonly label: string;
  /** Kept whole when the label is cut: `p99`. */
  readonly suffix: string;
  readonly last: number;
}

/** Room to the right of the plot. */
export const lineNamesWidthPx = 132;
const lineHeightPx = 15;
const gapPx = 6;

/** Cuts a text to a width, with an ellipsis. */
function cut(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let kept = text;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** Heights moved apart so that no two names overlap, in their order, within the plot. */
export function spread(heights: readonly number[], spacing: number, least: number, most: number): readonly number[] {
  const order = heights.map((height, index) => ({ height, index })).sort((a, b) => a.height - b.height);
  let floor = least;
  for (const entry of order) {
    entry.height = Math.max(entry.height, floor);
    floor = entry.height + spacing;
  }
  let ceiling = most;
  for (const entry of order.toReversed()) {
    entry.height = Math.min(entry.height, ceiling);
    ceiling = entry.height - spacing;
  }
  const moved = [...heights];
  for (const { height, index } of order) moved[index] = height;
  return moved;
}

/** Writes each line's name and newest value where the line ends. */
export function drawLineNames(chart: uPlot, lines: readonly NamedLine[], format: (value: number) => string): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const shown = lines.map((line, index) => ({ line, index })).filter(({ line }) => Number.isFinite(line.last));
  const heights = spread(
    shown.map(({ line }) => chart.valToPos(line.last, 'y', true)),
    lineHeightPx * ratio,
    bbox.top,
    bbox.top + bbox.height,
  );
  ctx.save();
  ctx.font = `${12 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  shown.forEach(({ line, index }, at) => {
    const stroke = chart.series[index + 1]?.stroke;
    ctx.fillStyle = typeof stroke === 'function' ? (stroke(chart, index + 1) as string) : 'gray';
    const value = `${line.suffix === '' ? '' : ` ${line.suffix}`} ${format(line.last)}`;
    const room = (lineNamesWidthPx - gapPx) * ratio - ctx.measureText(value).width;
    ctx.fillText(cut(ctx, line.label, room) + value, bbox.left + bbox.width + gapPx * ratio, heights[at]!);
  });
  ctx.restore();
}
