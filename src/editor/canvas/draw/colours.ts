/** The tokens as strings for a canvas, which can't inherit CSS. Read once per theme. */
import { partitionColourCount } from '../../theme/palette.ts';
import type { LagLevel } from '../../live/lagLevel.ts';

export interface Colours {
  readonly canvas: string;
  readonly surface: string;
  readonly border: string;
  readonly borderStrong: string;
  readonly text: string;
  readonly muted: string;
  readonly producer: string;
  readonly stream: string;
  readonly dash: string;
  readonly track: string;
  readonly wire: string;
  readonly failed: string;
  readonly failedSoft: string;
  readonly level: Readonly<Record<LagLevel, string>>;
  readonly levelSoft: Readonly<Record<LagLevel, string>>;
  readonly partitions: readonly string[];
  readonly font: string;
}

/** Reads the tokens that hold at an element. */
export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--lj-${name}`).trim();
  return {
    canvas: token('canvas'),
    surface: token('surface'),
    border: token('border'),
    borderStrong: token('border-strong'),
    text: token('text'),
    muted: token('text-muted'),
    producer: token('role-producer'),
    stream: token('stream'),
    dash: token('stream-dash'),
    track: token('log-track'),
    wire: token('wire'),
    failed: token('failed'),
    failedSoft: token('failed-soft'),
    level: { calm: token('calm'), rising: token('rising'), breached: token('breached') },
    levelSoft: { calm: token('calm-soft'), rising: token('rising-soft'), breached: token('breached-soft') },
    partitions: Array.from({ length: partitionColourCount }, (_, index) => token(`partition-${index}`)),
    font: token('font'),
  };
}
