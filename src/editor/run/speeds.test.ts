import { expect, test } from 'vitest';
import { speedToWatch } from './speeds.ts';

test.each([
  [10_000, 1],
  [60_000, 1],
  [61_000, 2],
  [360_000, 10],
  [300_000, 5],
  [86_400_000, 1000],
])('[RUN-1] a scenario of %i ms is watched at %i times real time', (durationMs, speed) => {
  expect(speedToWatch(durationMs)).toBe(speed);
});
