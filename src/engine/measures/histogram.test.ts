import { expect, test } from 'vitest';
import { createStream, nextUniform } from '../kernel/random.ts';
import { bucketMiddleUs, bucketOf, createHistogram, meanHalfWidthUs, quantileUs, recordDuration, recordLatencies } from './histogram.ts';

test('a value lies within 0.8 % of the middle of its bucket, up to 2^52 µs', () => {
  for (let value = 1; value < 2 ** 52; value = Math.floor(value * 1.37) + 1) {
    expect(Math.abs(bucketMiddleUs(bucketOf(value)) - value) / value).toBeLessThan(0.008);
    expect(bucketOf(value + 1)).toBeGreaterThanOrEqual(bucketOf(value));
  }
});

test('percentiles are those of the samples within a bucket', () => {
  const histogram = createHistogram();
  for (let i = 1; i <= 1000; i++) recordDuration(histogram, i * 1000, i);
  expect(quantileUs(histogram, 0.5) / 500_000).toBeCloseTo(1, 2);
  expect(quantileUs(histogram, 0.99) / 990_000).toBeCloseTo(1, 2);
  expect(quantileUs(histogram, 1)).toBeLessThanOrEqual(1_000_000);
  expect(quantileUs(createHistogram(), 0.5)).toBeNaN();
});

test('the order in which samples come changes nothing', () => {
  const stream = createStream(1, 'histogram');
  const samples = Array.from({ length: 5000 }, (_, i) => ({ at: i * 777, value: Math.floor(nextUniform(stream) * 10_000) }));
  const forth = createHistogram();
  const back = createHistogram();
  for (const { at, value } of samples) recordDuration(forth, value, at);
  for (const { at, value } of [...samples].reverse()) recordDuration(back, value, at);
  expect(back).toEqual(forth);
});

test('the interval of the mean has about its nominal coverage for independent samples', () => {
  let covered = 0;
  for (let trial = 0; trial < 200; trial++) {
    const stream = createStream(trial, 'coverage');
    const histogram = createHistogram();
    for (let i = 0; i < 2000; i++) recordDuration(histogram, Math.floor(nextUniform(stream) * 2000), i * 1000);
    if (Math.abs(histogram.sumUs / histogram.total - 999.5) <= meanHalfWidthUs(histogram)!) covered++;
  }
  expect(covered).toBeGreaterThan(178);
});

test('too few batches have no interval', () => {
  const histogram = createHistogram();
  for (let i = 0; i < 9; i++) recordDuration(histogram, 5, i * 1024);
  expect(meanHalfWidthUs(histogram)).toBeNull();
  recordDuration(histogram, 5, 9 * 1024);
  expect(meanHalfWidthUs(histogram)).toBe(0);
});

test('many records at once are counted as one after the other', () => {
  const stream = createStream(2, 'bulk');
  const one = [createHistogram(), createHistogram()];
  const bulk = [createHistogram(), createHistogram()];
  let nowUs = 0;
  for (let round = 0; round < 300; round++) {
    const count = Math.floor(nextUniform(stream) * 40);
    const endUs = new Float64Array(count + 3);
    const sentUs = new Float64Array(count + 5);
    const madeUs = new Float64Array(count + 5);
    for (let i = 0; i < count; i++) {
      nowUs += Math.floor(nextUniform(stream) * (round % 3 === 0 ? 5000 : 20));
      endUs[3 + i] = nowUs;
      sentUs[5 + i] = Math.max(0, nowUs - Math.floor(nextUniform(stream) * 1e6));
      madeUs[5 + i] = round % 2 === 0 ? sentUs[5 + i]! : Math.max(0, sentUs[5 + i]! - 3e9);
      recordDuration(one[0]!, nowUs - sentUs[5 + i]!, nowUs);
      recordDuration(one[1]!, nowUs - madeUs[5 + i]!, nowUs);
    }
    recordLatencies(bulk[0]!, bulk[1]!, endUs, 3, sentUs, madeUs, 5, count);
  }
  expect(bulk).toEqual(one);
});
