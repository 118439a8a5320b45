import { standardExponential } from './exponential.ts';
import { exp, ln } from './mathematics.ts';
import type { RandomStream } from './random.ts';
import { nextUint32, nextUniform } from './random.ts';

/** A distribution of times. Times in microseconds as doubles; callers round where they add them to the clock. `cv` is the coefficient of variation. */
export type Distribution =
  | { readonly kind: 'constant'; readonly mean: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'erlang'; readonly mean: number; readonly shape: number }
  | { readonly kind: 'hyperexponential'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'lognormal'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'two-point'; readonly low: number; readonly high: number; readonly highProbability: number }
  | { readonly kind: 'empirical'; readonly values: readonly number[]; readonly weights: readonly number[] };

/** One sample. Throws for parameters that no distribution of the kind has (a cv below 1 of a hyperexponential, no weights). */
export function sample(distribution: Distribution, stream: RandomStream): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.mean;
    case 'uniform':
      return distribution.min + nextUniform(stream) * (distribution.max - distribution.min);
    case 'exponential':
      return distribution.mean * standardExponential(stream);
    case 'erlang':
      return erlang(stream, distribution.mean / distribution.shape, distribution.shape);
    case 'two-point':
      return nextUniform(stream) < distribution.highProbability ? distribution.high : distribution.low;
    default:
      sampleInto(distribution, stream, single, 0, 1);
      return single[0];
  }
}

const single = new Float64Array(1);

/** Fills `target[from..to)` with samples: the fast path for a whole poll's service times. Same draws as calling `sample` in a loop. */
export function sampleInto(distribution: Distribution, stream: RandomStream, target: Float64Array, from: number, to: number): void {
  switch (distribution.kind) {
    case 'constant':
      // The call of `fill` costs as much as some twenty stores.
      if (to - from > 20) target.fill(distribution.mean, from, to);
      else for (let i = from; i < to; i++) target[i] = distribution.mean;
      return;
    case 'exponential': {
      const mean = distribution.mean;
      for (let i = from; i < to; i++) target[i] = mean * standardExponential(stream);
      return;
    }
    case 'erlang': {
      const phase = distribution.mean / distribution.shape;
      for (let i = from; i < to; i++) target[i] = erlang(stream, phase, distribution.shape);
      return;
    }
    case 'hyperexponential':
      hyperexponentialInto(distribution, stream, target, from, to);
      return;
    case 'lognormal':
      lognormalInto(distribution, stream, target, from, to);
      return;
    case 'empirical':
      empiricalInto(distribution, stream, target, from, to);
      return;
    default:
      for (let i = from; i < to; i++) target[i] = sample(distribution, stream);
  }
}

/** The exact mean. */
export function meanOf(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'uniform':
      return (distribution.min + distribution.max) / 2;
    case 'two-point':
      return distribution.low + distribution.highProbability * (distribution.high - distribution.low);
    case 'empirical': {
      const cumulative = cumulativeWeights(distribution);
      let sum = 0;
      for (let i = 0; i < distribution.values.length; i++) sum += distribution.values[i] * distribution.weights[i];
      return sum / cumulative[cumulative.length - 1];
    }
    default:
      return distribution.mean;
  }
}

function erlang(stream: RandomStream, phaseMean: number, shape: number): number {
  let sum = 0;
  for (let phase = 0; phase < shape; phase++) sum += standardExponential(stream);
  return phaseMean * sum;
}

/** Two exponential phases with balanced means (p1 m1 = p2 m2): the one two-phase mixture fixed by mean and cv alone. */
function hyperexponentialInto(
  distribution: { readonly mean: number; readonly cv: number },
  stream: RandomStream,
  target: Float64Array,
  from: number,
  to: number,
): void {
  const { mean, cv } = distribution;
  if (!(cv >= 1)) throw new Error(`distribution hyperexponential: cv is ${cv}, it must be 1 or more; use erlang below 1`);
  const squared = cv * cv;
  const p = (1 + Math.sqrt((squared - 1) / (squared + 1))) / 2;
  const mean1 = mean / (2 * p);
  const mean2 = mean / (2 * (1 - p));
  for (let i = from; i < to; i++) {
    const phaseMean = nextUniform(stream) < p ? mean1 : mean2;
    target[i] = phaseMean * standardExponential(stream);
  }
}

function lognormalInto(
  distribution: { readonly mean: number; readonly cv: number },
  stream: RandomStream,
  target: Float64Array,
  from: number,
  to: number,
): void {
  const { mean, cv } = distribution;
  const spread = 1 + cv * cv;
  const sigma = Math.sqrt(ln(spread));
  const median = mean / Math.sqrt(spread);
  for (let i = from; i < to; i++) target[i] = median * exp(sigma * standardNormal(stream));
}

/** Marsaglia's polar method; the second normal of each pair is not kept, since a stream's state is its four words alone. */
function standardNormal(stream: RandomStream): number {
  for (;;) {
    const x = nextUint32(stream) * 4.656612873077393e-10 - 1;
    const y = nextUint32(stream) * 4.656612873077393e-10 - 1;
    const s = x * x + y * y;
    if (s < 1 && s > 0) return x * Math.sqrt((-2 * ln(s)) / s);
  }
}

function empiricalInto(
  distribution: Extract<Distribution, { kind: 'empirical' }>,
  stream: RandomStream,
  target: Float64Array,
  from: number,
  to: number,
): void {
  const cumulative = cumulativeWeights(distribution);
  const total = cumulative[cumulative.length - 1];
  for (let i = from; i < to; i++) {
    const point = nextUniform(stream) * total;
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > point) high = middle;
      else low = middle + 1;
    }
    target[i] = distribution.values[low];
  }
}

function cumulativeWeights(distribution: Extract<Distribution, { kind: 'empirical' }>): Float64Array {
  const { values, weights } = distribution;
  const cumulative = new Float64Array(values.length);
  let sum = 0;
  for (let i = 0; i < values.length; i++) cumulative[i] = sum += weights[i];
  if (values.length === 0 || values.length !== weights.length || !(sum > 0)) {
    throw new Error(
      `distribution empirical: ${values.length} values and ${weights.length} weights with sum ${sum}; give one positive weight each`,
    );
  }
  return cumulative;
}
