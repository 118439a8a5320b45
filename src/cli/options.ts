import { limits } from '../pipeline/index.ts';
import { refusal } from './refusal.ts';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Virtual time from text: `600000ms`, `600s`, `10m`, `1.5h`, `2d`. Throws Refusal. */
export function parseDurationMs(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)$/.exec(text.trim());
  const ms = match ? Number(match[1]) * unitsMs[match[2]!]! : NaN;
  const us = Math.round(ms * 1000);
  if (!match)
    throw refusal(
      'option.not-a-duration',
      `${option} is "${text}", which is no duration.`,
      'Write a number and a unit, for example 10m, 600s or 600000ms.',
    );
  if (!(us >= 1 && ms <= limits.durationMs)) {
    throw refusal(
      'option.out-of-range',
      `${option} is "${text}", which is outside what a run can do.`,
      `Use more than 0 and at most ${limits.durationMs}ms.`,
    );
  }
  return us / 1000;
}

/** An unsigned 32-bit seed. Throws Refusal. */
export function parseSeed(text: string): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text.trim()) || value > 0xffff_ffff) {
    throw refusal('option.not-a-seed', `--seed is "${text}", which is no seed.`, 'Use a whole number from 0 to 4294967295.');
  }
  return value;
}
