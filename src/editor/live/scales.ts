/** How numbers become lengths on the canvas, in pixels of the pipeline at zoom 1. NaN draws as nothing. */

/** Width of a stream: 1.5 px when a trickle passes, 2 px more for each tenfold rate, at most 14. */
export function streamWidth(ratePerSecond: number): number {
  if (!(ratePerSecond > 0)) return 0;
  return Math.min(14, 1.5 + 2 * Math.log10(1 + ratePerSecond));
}

/** How far dashes move in a real second: 14 px, 16 more for each tenfold rate. */
export function dashSpeed(ratePerSecond: number): number {
  if (!(ratePerSecond > 0)) return 0;
  return 14 + 16 * Math.log10(1 + ratePerSecond);
}

/** Length of the jam before a reader, on a square-root scale: 12 px at 1 s, 38 at 10 s, 120 at 100 s. */
export function jamLength(lagSeconds: number): number {
  return lagSeconds > 0 ? 12 * Math.sqrt(lagSeconds) : 0;
}

/** Shared scale of a topic's logs: offsets onto 0 to 1, the fullest log ends at 0.94 so that the track beyond it shows. */
export interface LogScale {
  readonly from: number;
  readonly perOffset: number;
}

/** A scale that holds every log between its smallest start and its largest high watermark. */
export function logScale(smallestStart: number, largestHighWatermark: number): LogScale {
  const span = largestHighWatermark - smallestStart;
  return { from: smallestStart, perOffset: span > 0 ? 0.94 / span : 0 };
}

/** Place of an offset on the scale, kept within the track. */
export function onLogScale(scale: LogScale, offset: number): number {
  const place = (offset - scale.from) * scale.perOffset;
  return place > 0 ? Math.min(1, place) : 0;
}
