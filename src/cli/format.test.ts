import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatRate, formatShare, formatWithHalfWidth, printable } from './format.ts';
import { parseDurationMs, parseSeed } from './options.ts';
import { renderTable } from './table.ts';

describe('numbers for people', () => {
  test.each([
    [0, '0 /s'],
    [0.456, '0.46 /s'],
    [999.4, '999 /s'],
    [999.6, '1 k/s'],
    [12_400, '12.4 k/s'],
    [3_456_789, '3.46 M/s'],
  ])('rate %d is %s', (value, text) => expect(formatRate(value)).toBe(text));

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1.8 * 2 ** 30, '1.8 GiB'],
    [2 ** 60, '1024 PiB'],
  ])('%d bytes are %s', (value, text) => expect(formatBytes(value)).toBe(text));

  test.each([
    [0, '0 ms'],
    [0.0125, '12.5 µs'],
    [0.5, '0.5 ms'],
    [214, '214 ms'],
    [3200, '3.2 s'],
    [90_000, '1.5 min'],
    [45_000_000, '12.5 h'],
    [172_800_000, '2 d'],
  ])('%d ms are %s', (value, text) => expect(formatDuration(value)).toBe(text));

  test('an interval has the unit of its value', () => {
    expect(formatWithHalfWidth(214, 6.04)).toBe('214 ms ± 6.04');
    expect(formatWithHalfWidth(3200, 150)).toBe('3.2 s ± 0.15');
    expect(formatWithHalfWidth(0.05, 0.001)).toBe('50 µs ± 1');
    expect(formatWithHalfWidth(5, null)).toBe('5 ms');
  });

  test('counts and shares', () => {
    expect([0, 999, 1000, 1_234_567, 0.125].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567', '0.13']);
    expect([0, 0.61, 1].map(formatShare)).toEqual(['0 %', '61 %', '100 %']);
  });

  test('control characters and text that turns its direction become visible', () => {
    expect(printable('a\u001b[31mb\n\u202ec')).toBe('a\\u001b[31mb\\u000a\\u202ec');
  });
});

test('tables are aligned, and cells cannot break them', () => {
  const table = renderTable(
    [{ title: 'name' }, { title: 'n', align: 'right' }],
    [
      ['é\nx', '1'],
      ['long name', '1,000'],
    ],
  );
  expect(table).toBe('  name           n\n  é\\u000ax       1\n  long name  1,000');
});

describe('options', () => {
  test.each([
    ['10m', 600_000],
    ['600s', 600_000],
    ['600000ms', 600_000],
    ['1.5h', 5_400_000],
    ['2 d', 172_800_000],
    ['0.5ms', 0.5],
  ])('--until %s', (text, ms) => expect(parseDurationMs(text, '--until')).toBe(ms));

  test.each(['', '10', '10 parsecs', '-5s', '0s', '1e9d', '99999999999d', 'NaNs'])('--until %j is refused', (text) => {
    expect(() => parseDurationMs(text, '--until')).toThrow(/--until/);
  });

  test('seeds are unsigned 32-bit', () => {
    expect([parseSeed('0'), parseSeed('4294967295')]).toEqual([0, 4294967295]);
    for (const text of ['', '-1', '4294967296', '1.5', '1e3', 'seven', '0x10']) expect(() => parseSeed(text)).toThrow(/--seed/);
  });
});
