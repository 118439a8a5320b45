import { fromWords, highWord, lowWord, polynomial, scaled, withHighWord } from './bits.ts';

/** Exponential, logarithm and what is made of them, by the algorithms of fdlibm that Java's `StrictMath` prescribes. */

const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;
const inverseLn2 = 1.442695040888963387;
const expTerms = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6, 4.13813679705723846039e-8,
];

/** x = k·ln 2 + high - low, |high - low| below 0.35. */
function reduced(x: number): readonly [number, number, number] {
  const size = highWord(x) & 0x7fffffff;
  if (size <= 0x3fd62e42) return [0, x, 0];
  if (size < 0x3ff0a2b2) return x > 0 ? [1, x - ln2High, ln2Low] : [-1, x + ln2High, -ln2Low];
  const k = Math.trunc(inverseLn2 * x + (x < 0 ? -0.5 : 0.5));
  return [k, x - k * ln2High, k * ln2Low];
}

export function exp(x: number): number {
  // The one place where Java's own and fdlibm's differ that a text of SQL is likely to name.
  if (x === 1) return Math.E;
  if (Number.isNaN(x)) return x;
  if (x > 7.09782712893383973096e2) return Infinity;
  if (x < -7.4513321910194110842e2) return 0;
  if ((highWord(x) & 0x7fffffff) < 0x3e300000) return 1 + x;
  const [k, high, low] = reduced(x);
  const rest = high - low;
  const square = rest * rest;
  const c = rest - square * polynomial(square, expTerms);
  if (k === 0) return 1 - ((rest * c) / (c - 2) - rest);
  return scaled(1 - (low - (rest * c) / (2 - c) - high), k);
}

const expm1Terms = [
  1, -3.33333333333331316428e-2, 1.58730158725481460165e-3, -7.93650757867487942473e-5, 4.00821782732936239552e-6,
  -2.01099218183624371326e-7,
];

/** e^x - 1, exact where x is small. */
function expm1(x: number): number {
  if (x > 7.09782712893383973096e2) return Infinity;
  if (x < -38.8162421113569) return -1;
  if ((highWord(x) & 0x7fffffff) < 0x3c900000) return x;
  const [k, high, low] = reduced(x);
  const rest = high - low;
  const correction = k === 0 ? 0 : high - rest - low;
  const half = 0.5 * rest;
  const square = rest * half;
  const r1 = polynomial(square, expm1Terms);
  const t = 3 - r1 * half;
  const e = square * ((r1 - t) / (6 - rest * t));
  if (k === 0) return rest - (rest * e - square);
  return unreduced(rest, rest * (e - correction) - correction - square, k);
}

function unreduced(x: number, e: number, k: number): number {
  if (k === -1) return 0.5 * (x - e) - 0.5;
  if (k === 1) return x < -0.25 ? -2 * (e - (x + 0.5)) : 1 + 2 * (x - e);
  if (k <= -2 || k > 56) return scaled(1 - (e - x), k) - 1;
  if (k < 20) return scaled(1 - scaled(1, -k) - (e - x), k);
  return scaled(x - (e + scaled(1, -k)) + 1, k);
}

const logOdd = [6.66666666666673513e-1, 2.857142874366239149e-1, 1.818357216161805012e-1, 1.479819860511658591e-1];
const logEven = [3.999999999940941908e-1, 2.222219843214978396e-1, 1.531383769920937332e-1];

/** The logarithm of 1 + f, times-two exponent k added; `high` is the upper word of the mantissa. */
function logOf(f: number, k: number, high: number): number {
  if ((0xfffff & (2 + high)) < 3) {
    if (f === 0) return k === 0 ? 0 : k * ln2High + k * ln2Low;
    const r = f * f * (0.5 - 0.3333333333333333 * f);
    return k === 0 ? f - r : k * ln2High - (r - k * ln2Low - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const r = z * polynomial(w, logOdd) + w * polynomial(w, logEven);
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const halfSquare = 0.5 * f * f;
    return k === 0 ? f - (halfSquare - s * (halfSquare + r)) : k * ln2High - (halfSquare - (s * (halfSquare + r) + k * ln2Low) - f);
  }
  return k === 0 ? f - s * (f - r) : k * ln2High - (s * (f - r) - k * ln2Low - f);
}

export function log(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0)) return NaN;
  if (x === Infinity) return x;
  const isSmall = x < 2.2250738585072014e-308;
  const normal = isSmall ? x * 18014398509481984 : x;
  const word = highWord(normal);
  const high = word & 0xfffff;
  const carry = (high + 0x95f64) & 0x100000;
  const mantissa = withHighWord(normal, high | (carry ^ 0x3ff00000));
  return logOf(mantissa - 1, (word >> 20) - 1023 + (carry >> 20) - (isSmall ? 54 : 0), high);
}

export function cbrt(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const size = Math.abs(x);
  const high = highWord(size);
  const guess =
    high < 0x00100000
      ? fromWords(Math.trunc(highWord(18014398509481984 * size) / 3) + 696219795, lowWord(18014398509481984 * size))
      : fromWords(Math.trunc(high / 3) + 715094163, 0);
  const s = 5.42857142857142815906e-1 + ((guess * guess) / size) * guess;
  const better = guess * (3.57142857142857150787e-1 + 1.6071428571428572063 / (s + 1.41428571428571436819 + -7.0530612244897961105e-1 / s));
  const rounded = fromWords(highWord(better) + 1, 0);
  const r = size / (rounded * rounded);
  const root = rounded + rounded * ((r - rounded) / (rounded + rounded + r));
  return x < 0 ? -root : root;
}

export function cosh(x: number): number {
  const size = Math.abs(x);
  if (size < 0.34657359027997264) {
    const t = expm1(size);
    return 1 + (t * t) / (1 + t + (1 + t));
  }
  if (size < 22) {
    const t = exp(size);
    return 0.5 * t + 0.5 / t;
  }
  if (size < 709.78) return 0.5 * exp(size);
  const w = exp(0.5 * size);
  return 0.5 * w * w;
}

export function sinh(x: number): number {
  const size = Math.abs(x);
  const half = x < 0 ? -0.5 : 0.5;
  if (size < 3.725290298461914e-9 || Number.isNaN(x)) return x;
  if (size < 22) {
    const t = expm1(size);
    return size < 1 ? half * (2 * t - (t * t) / (t + 1)) : half * (t + t / (t + 1));
  }
  if (size < 709.78) return half * exp(size);
  const w = exp(0.5 * size);
  return half * w * w;
}

export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < 2.7755575615628914e-17 || Number.isNaN(x)) return x;
  if (size >= 22) return x < 0 ? -1 : 1;
  const t = expm1(size >= 1 ? 2 * size : -2 * size);
  const z = size >= 1 ? 1 - 2 / (t + 2) : -t / (t + 2);
  return x < 0 ? -z : z;
}
