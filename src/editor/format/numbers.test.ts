import { describe, expect, test } from 'vitest';
import { formatBytes, formatClock, formatCount, formatMoment, formatRate, formatSeconds, formatShare, formatShort } from './numbers.ts';

describe('numbers as people read them', () => {
  test.each([
    [formatShort(0), '0'],
    [formatShort(0.054), '0.05'],
    [formatShort(98.04), '98'],
    [formatShort(999.6), '1 k'],
    [formatShort(12_360), '12.4 k'],
    [formatShort(1_500_000), '1.5 M'],
    [formatRate(3_100), '3.1 k/s'],
    [formatCount(164_380), '164,380'],
    [formatSeconds(0), '0 s'],
    [formatSeconds(0.000_2), '200 µs'],
    [formatSeconds(0.2142), '214 ms'],
    [formatSeconds(52.94), '52.9 s'],
    [formatSeconds(200), '3 min 20 s'],
    [formatSeconds(7_500), '2 h 5 min'],
    [formatSeconds(604_800), '7 d'],
    [formatSeconds(-2), '−2 s'],
    [formatBytes(1_932_735_283), '1.8 GiB'],
    [formatBytes(1_023.9), '1 KiB'],
    [formatShare(0.584), '58.4 %'],
    [formatClock(252_380_000), '00:04:12.380'],
    [formatClock(90_061_001_000), '1 d 01:01:01.001'],
    [formatMoment(3_852e6), '1:04:12'],
    [formatRate(Number.NaN), '–'],
    [formatClock(Number.NaN), '--:--:--.---'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));
});
