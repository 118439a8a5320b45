/** Rates over the last second of virtual time, or since the last look when more than a second lies between two looks. */

/** Counts at some moments of the recent past, oldest first. */
export interface RateWindow {
  readonly width: number;
  timesUs: number[];
  counts: Float64Array[];
}

const windowUs = 1_000_000;
const spacingUs = 100_000;

export function createRateWindow(width: number): RateWindow {
  return { width, timesUs: [], counts: [] };
}

/** Notes the counts of a moment; the array is copied. A moment before the last one (a run that was set back) starts the window anew. */
export function noteCounts(window: RateWindow, timeUs: number, counts: Float64Array): void {
  const last = window.timesUs[window.timesUs.length - 1];
  if (last !== undefined && timeUs < last) {
    window.timesUs = [];
    window.counts = [];
  } else if (last !== undefined && timeUs - last < spacingUs) {
    return;
  }
  window.timesUs.push(timeUs);
  window.counts.push(counts.slice());
  while (window.timesUs.length > 2 && timeUs - window.timesUs[1]! >= windowUs) {
    window.timesUs.shift();
    window.counts.shift();
  }
}

/** Change of one count per second from the window's oldest moment to now; 0 without a past. */
export function ratePerSecond(window: RateWindow, timeUs: number, index: number, count: number): number {
  const since = window.timesUs[0];
  if (since === undefined || timeUs <= since) return 0;
  return (count - window.counts[0]![index]!) / ((timeUs - since) / 1e6);
}
