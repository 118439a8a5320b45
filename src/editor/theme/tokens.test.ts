import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function colours(theme: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const block of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!block[1]!.includes(`data-theme='${theme}'`)) continue;
    for (const row of block[2]!.matchAll(/--lj-([a-z0-9-]+):\s*(#[0-9a-f]{6});/g)) found.set(row[1]!, row[2]!);
  }
  return found;
}

function channel(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function rgb(hex: string): [number, number, number] {
  return [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16))) as [number, number, number];
}

function luminance(hex: string): number {
  const [red, green, blue] = rgb(hex);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Simulated dichromacy on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1). */
const dichromacies = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
  none: [1, 0, 0, 0, 1, 0, 0, 0, 1],
};

function oklab(hex: string, matrix: readonly number[]): [number, number, number] {
  const [r, g, b] = rgb(hex);
  const seen = [0, 3, 6].map((row) => Math.max(0, matrix[row]! * r + matrix[row + 1]! * g + matrix[row + 2]! * b)) as [
    number,
    number,
    number,
  ];
  const l = Math.cbrt(0.4122214708 * seen[0] + 0.5363325363 * seen[1] + 0.0514459929 * seen[2]);
  const m = Math.cbrt(0.2119034982 * seen[0] + 0.6806995451 * seen[1] + 0.1073969566 * seen[2]);
  const s = Math.cbrt(0.0883024619 * seen[0] + 0.2817188376 * seen[1] + 0.6299787005 * seen[2]);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe.each(['light', 'dark', 'contrast'])('theme %s', (theme) => {
  const of = colours(theme);
  const pairs: [string, string][] = [
    ...['canvas', 'surface', 'surface-raised', 'surface-sunken', 'surface-hover', 'accent-soft'].flatMap((back): [string, string][] => [
      ['text', back],
      ['text-muted', back],
    ]),
    ...['calm', 'rising', 'breached', 'failed'].flatMap((level): [string, string][] => [
      [level, `${level}-soft`],
      [level, 'surface'],
      [level, 'canvas'],
      ['text', `${level}-soft`],
    ]),
    ...['batch', 'record', 'key', 'value', 'headers', 'compressed'].map((part): [string, string] => ['text', `byte-${part}`]),
    ['accent', 'surface'],
    ['accent', 'canvas'],
    ['on-accent', 'accent'],
    ...Array.from({ length: 12 }, (_, partition): [string, string] => ['on-partition', `partition-${partition}`]),
  ];

  test.each(pairs)('%s on %s has a contrast of at least 4.5', (front, back) => {
    expect(contrast(of.get(front)!, of.get(back)!)).toBeGreaterThanOrEqual(4.5);
  });

  test('the twelve partition colours stay apart for every kind of colour vision', () => {
    for (const matrix of Object.values(dichromacies)) {
      const seen = Array.from({ length: 12 }, (_, partition) => oklab(of.get(`partition-${partition}`)!, matrix));
      for (let one = 0; one < 12; one += 1) {
        for (let other = one + 1; other < 12; other += 1) {
          const distance = Math.hypot(...seen[one]!.map((value, axis) => value - seen[other]![axis]!));
          expect(distance, `partitions ${one} and ${other}`).toBeGreaterThan(0.03);
        }
      }
    }
  });

  test('the dark and contrast themes replace every colour of the light one', () => {
    expect([...of.keys()].sort()).toEqual([...colours('light').keys()].sort());
  });
});
