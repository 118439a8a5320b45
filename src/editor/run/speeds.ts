/** The speeds on offer: virtual over real time. */
import type { Speed } from '../../workers/protocol.ts';

export const slowestSpeed = 0.1;
export const fastestSpeed = 1000;

const steps = [slowestSpeed, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, fastestSpeed] as const;

/** Speeds offered, slowest first. */
export const speeds: readonly Speed[] = [...steps, 'max'];

const watchedMs = 60_000;

/** The speed at which a whole scenario takes about a minute to watch, never slower than real time. */
export function speedToWatch(durationMs: number): Speed {
  return steps.find((step) => step >= 1 && step >= durationMs / watchedMs) ?? fastestSpeed;
}
