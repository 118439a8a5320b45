import { sampleInto } from '../kernel/distributions.ts';
import type { RandomStream } from '../kernel/random.ts';
import { fillBelow } from './randomFill.ts';
import type { WorkloadSettings } from './settings.ts';
import { numberSetting, textSetting } from './settings.ts';

/** How value sizes vary, compiled; bytes. */
export type SizeChoice =
  | { readonly shape: 'constant'; readonly mean: number }
  | { readonly shape: 'uniform'; readonly min: number; readonly max: number }
  | { readonly shape: 'lognormal'; readonly mean: number; readonly cv: number };

/** Largest value a workload makes: 100 MiB. */
const largestBytes = 104_857_600;
const samples = new Float64Array(1024);

export function compileSizeChoice(settings: WorkloadSettings): SizeChoice {
  const shape = textSetting(settings, 'value.size.distribution');
  const mean = numberSetting(settings, 'value.size.bytes');
  switch (shape) {
    case 'constant':
      return { shape, mean };
    case 'uniform': {
      const max = Math.max(mean, numberSetting(settings, 'value.size.max.bytes'));
      return { shape, min: Math.max(0, 2 * mean - max), max };
    }
    case 'lognormal':
      return { shape, mean, cv: numberSetting(settings, 'value.size.cv') };
    default:
      throw new Error(`value.size.distribution is "${shape}"; it must be constant, uniform or lognormal.`);
  }
}

/** Fills `sizes[0..n)` with the value sizes of the next n records. */
export function drawSizes(choice: SizeChoice, stream: RandomStream, sizes: Int32Array, n: number): void {
  switch (choice.shape) {
    case 'constant':
      sizes.fill(choice.mean, 0, n);
      return;
    case 'uniform':
      fillBelow(stream, choice.min, choice.max - choice.min + 1, sizes, n);
      return;
    case 'lognormal':
      for (let from = 0; from < n; from += samples.length) {
        const part = Math.min(samples.length, n - from);
        sampleInto({ kind: 'lognormal', mean: choice.mean, cv: choice.cv }, stream, samples, 0, part);
        for (let i = 0; i < part; i++) sizes[from + i] = Math.min(largestBytes, Math.round(samples[i]));
      }
  }
}
