import { describe, expect, test } from 'vitest';
import { parseOffsetReset } from './offsetReset.ts';

describe('where a group begins', () => {
  test.each([
    ['earliest', 'earliest', 0],
    ['none', 'none', 0],
    ['by_duration:PT1H', 'by_duration', 3.6e9],
    ['by_duration:P1DT2H3M4.5S', 'by_duration', 93_784.5e6],
    ['by_duration:pt0.001s', 'by_duration', 1000],
  ])('%s', (text, strategy, durationUs) => {
    expect(parseOffsetReset(text)).toEqual({ strategy, durationUs });
  });

  test.each([
    '',
    'newest',
    'by_duration',
    'by_duration:',
    'by_duration:P',
    'by_duration:P1DT',
    'by_duration:PT-1H',
    'by_duration:1h',
    'by_duration:P999999999999D',
  ])('not %s', (text) => expect(parseOffsetReset(text)).toBeNull());
});
