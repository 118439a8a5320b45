import type { RandomStream } from './random.ts';
/** Skeleton. Times in microseconds as doubles; callers round where they add them to the clock. */
export type Distribution =
  | { readonly kind: 'constant'; readonly mean: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'erlang'; readonly mean: number; readonly shape: number }
  | { readonly kind: 'hyperexponential'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'lognormal'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'two-point'; readonly low: number; readonly high: number; readonly highProbability: number }
  | { readonly kind: 'empirical'; readonly values: readonly number[]; readonly weights: readonly number[] };
export function sample(_distribution: Distribution, _stream: RandomStream): number {
  throw new Error('unimplemented');
}
/** Fills `target[from..to)` with samples: the fast path for a whole poll's service times. Same draws as calling `sample` in a loop. */
export function sampleInto(_distribution: Distribution, _stream: RandomStream, _target: Float64Array, _from: number, _to: number): void {
  throw new Error('unimplemented');
}
export function meanOf(_distribution: Distribution): number {
  throw new Error('unimplemented');
}
