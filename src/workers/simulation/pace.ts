/** Virtual time against real time. */
import type { Speed } from '../protocol.ts';

export interface Pace {
  speed: Speed;
  /** A moment at which both clocks were read. */
  anchorUs: number;
  anchorMs: number;
  /** For the speed reached: readings about a second apart. */
  markUs: number;
  markMs: number;
  speedReached: number;
}

export function createPace(speed: Speed): Pace {
  return { speed, anchorUs: 0, anchorMs: 0, markUs: 0, markMs: 0, speedReached: 0 };
}

/** Both clocks start together from here: after a pause, a jump, a change of speed, or when the machine cannot keep up. */
export function setAnchor(pace: Pace, virtualUs: number, realMs: number): void {
  pace.anchorUs = virtualUs;
  pace.anchorMs = realMs;
}

/** Virtual time that should be reached by now; Infinity as fast as possible. */
export function targetUs(pace: Pace, realMs: number): number {
  if (pace.speed === 'max') return Infinity;
  return Math.floor(pace.anchorUs + (realMs - pace.anchorMs) * 1000 * pace.speed);
}

/** Notes where the clocks are, and about every half second how fast virtual time has gone. */
export function noteSpeed(pace: Pace, virtualUs: number, realMs: number): void {
  const passedMs = realMs - pace.markMs;
  if (passedMs < 500 && virtualUs >= pace.markUs) return;
  pace.speedReached = pace.markMs === 0 || virtualUs < pace.markUs ? 0 : (virtualUs - pace.markUs) / 1000 / passedMs;
  pace.markUs = virtualUs;
  pace.markMs = realMs;
}
