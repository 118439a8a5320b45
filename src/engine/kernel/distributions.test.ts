import { describe, expect, test } from 'vitest';
import type { Distribution } from './distributions.ts';
import { meanOf, sample, sampleInto } from './distributions.ts';
import { createStream } from './random.ts';

const count = 200000;

/** Each kind with its squared coefficient of variation. */
const kinds: { distribution: Distribution; mean: number; cv2: number }[] = [
  { distribution: { kind: 'constant', mean: 5 }, mean: 5, cv2: 0 },
  { distribution: { kind: 'uniform', min: 2, max: 8 }, mean: 5, cv2: 3 / 25 },
  { distribution: { kind: 'exponential', mean: 5 }, mean: 5, cv2: 1 },
  { distribution: { kind: 'erlang', mean: 5, shape: 4 }, mean: 5, cv2: 0.25 },
  { distribution: { kind: 'hyperexponential', mean: 5, cv: 2 }, mean: 5, cv2: 4 },
  { distribution: { kind: 'lognormal', mean: 5, cv: 0.8 }, mean: 5, cv2: 0.64 },
  { distribution: { kind: 'two-point', low: 1, high: 21, highProbability: 0.2 }, mean: 5, cv2: 64 / 25 },
  { distribution: { kind: 'empirical', values: [1, 5, 9], weights: [2, 6, 2] }, mean: 5, cv2: 6.4 / 25 },
];

describe('distributions', () => {
  test.each(kinds)('[KER-6] $distribution.kind has its mean and its spread', ({ distribution, mean, cv2 }) => {
    const values = new Float64Array(count);
    sampleInto(distribution, createStream(11, distribution.kind), values, 0, count);
    let sum = 0;
    for (const value of values) sum += value;
    const sampleMean = sum / count;
    let squares = 0;
    for (const value of values) squares += (value - sampleMean) ** 2;
    const standardError = Math.sqrt(cv2 / count) * mean;
    expect(meanOf(distribution)).toBeCloseTo(mean, 12);
    expect(Math.abs(sampleMean - mean)).toBeLessThanOrEqual(4 * standardError + 1e-9);
    expect(Math.abs(squares / count / (mean * mean) - cv2)).toBeLessThanOrEqual(0.06 * cv2 + 1e-9);
  });

  test.each(kinds)('[KER-6] $distribution.kind: filling an array draws what single samples draw', ({ distribution }) => {
    const values = new Float64Array(100);
    const stream = createStream(12, 'fill');
    sampleInto(distribution, stream, values, 10, 90);
    const again = createStream(12, 'fill');
    for (let i = 10; i < 90; i++) expect(values[i]).toBe(sample(distribution, again));
    expect(again).toEqual(stream);
    expect([values[9], values[90]]).toEqual([0, 0]);
  });

  test('[KER-6] the exponential follows its distribution function, tail included', () => {
    const stream = createStream(13, 'ks');
    const values = new Float64Array(count);
    sampleInto({ kind: 'exponential', mean: 1 }, stream, values, 0, count);
    values.sort();
    let distance = 0;
    for (let i = 0; i < count; i++) distance = Math.max(distance, Math.abs(1 - Math.exp(-values[i]) - (i + 0.5) / count));
    // Kolmogorov and Smirnov's bound at a significance of 0.001.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
    const beyond = values.filter((value) => value > 7.697117470131487).length;
    expect(Math.abs(beyond - count * Math.exp(-7.697117470131487))).toBeLessThan(4 * Math.sqrt(count * 4.5e-4));
    expect(values[0]).toBeGreaterThan(0);
  });

  test('[KER-6] parameters no distribution has are refused', () => {
    const stream = createStream(1, 'bad');
    expect(() => sample({ kind: 'hyperexponential', mean: 1, cv: 0.5 }, stream)).toThrow('cv is 0.5');
    expect(() => sample({ kind: 'empirical', values: [], weights: [] }, stream)).toThrow('empirical');
    expect(() => sample({ kind: 'empirical', values: [1, 2], weights: [0, 0] }, stream)).toThrow('positive');
  });
});
