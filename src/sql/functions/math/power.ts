import { fromWords, highWord, polynomial, scaled, truncatedLow, withHighWord } from './bits.ts';

/** x to the power of y, by the algorithm of fdlibm (`__ieee754_pow`): log2 x in two parts, times y, to the power of two. */

const lTerms = [
  5.99999999999994648725e-1, 4.28571428578550184252e-1, 3.33333329818377432918e-1, 2.72728123808534006489e-1, 2.30660745775561754067e-1,
  2.06975017800338417784e-1,
];
const pTerms = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6, 4.13813679705723846039e-8,
];

/** What Java says of the cases that are not computed; null for those that are. */
function special(x: number, y: number): number | null {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (!Number.isFinite(y)) {
    if (Math.abs(x) === 1) return NaN;
    return Math.abs(x) > 1 === y > 0 ? Infinity : 0;
  }
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === -1) return 1 / x;
  if (y === 0.5 && x >= 0) return Math.sqrt(x);
  return null;
}

const isOdd = (y: number): boolean => Number.isInteger(y) && Math.abs(y) < 9007199254740992 && Math.abs(y % 2) === 1;

/** log2 of a positive number in two parts, the first with a short mantissa. */
function log2Parts(size: number): readonly [number, number] {
  const isSmall = size < 2.2250738585072014e-308;
  const normal = isSmall ? size * 9007199254740992 : size;
  let word = highWord(normal);
  let n = (word >> 20) - 0x3ff - (isSmall ? 53 : 0);
  const j = word & 0x000fffff;
  let k = 0;
  word = j | 0x3ff00000;
  if (j > 0x3988e && j < 0xbb67a) k = 1;
  else if (j >= 0xbb67a) {
    n += 1;
    word -= 0x00100000;
  }
  const ax = withHighWord(normal, word);
  const bp = k === 0 ? 1 : 1.5;
  const u = ax - bp;
  const v = 1 / (ax + bp);
  const ss = u * v;
  const sHigh = truncatedLow(ss);
  const tHigh = fromWords(((word >> 1) | 0x20000000) + 0x00080000 + (k << 18), 0);
  const tLow = ax - (tHigh - bp);
  const sLow = v * (u - sHigh * tHigh - sHigh * tLow);
  const square = ss * ss;
  const r = square * square * polynomial(square, lTerms) + sLow * (sHigh + ss);
  const highSquare = sHigh * sHigh;
  const sumHigh = truncatedLow(3 + highSquare + r);
  const sumLow = r - (sumHigh - 3 - highSquare);
  const product = sHigh * sumHigh;
  const productLow = sLow * sumHigh + sumLow * ss;
  const pHigh = truncatedLow(product + productLow);
  const pLow = productLow - (pHigh - product);
  const zHigh = 9.61796700954437255859e-1 * pHigh;
  const zLow = -7.02846165095275826516e-9 * pHigh + pLow * 9.61796693925975554329e-1 + (k === 0 ? 0 : 1.35003920212974897128e-8);
  const whole = k === 0 ? 0 : 5.84962487220764160156e-1;
  const first = truncatedLow(zHigh + zLow + whole + n);
  return [first, zLow - (first - n - whole - zHigh)];
}

/** log2 of what is so near to 1 that y is huge where the power is not 0 or infinite. */
function log2NearOne(size: number): readonly [number, number] {
  const t = size - 1;
  const w = t * t * (0.5 - t * (0.3333333333333333 - t * 0.25));
  const u = 1.44269502162933349609 * t;
  const v = t * 1.92596299112661746887e-8 - w * 1.442695040888963387;
  const first = truncatedLow(u + v);
  return [first, v - (first - u)];
}

/** 2^(high + low). */
function powerOfTwo(high: number, low: number): number {
  const z = high + low;
  if (z >= 1024 && (z > 1024 || low + 8.008566259537294e-17 > z - high)) return Infinity;
  if (z <= -1075 && (z < -1075 || low <= z - high)) return 0;
  const n = Math.abs(z) > 0.5 ? Math.trunc(z + (z < 0 ? -0.5 : 0.5)) : 0;
  const rest = high - n;
  const t = truncatedLow(low + rest);
  const u = t * 6.93147182464599609375e-1;
  const v = (low - (t - rest)) * 6.93147180559945286227e-1 + t * -1.90465429995776804525e-9;
  const sum = u + v;
  const w = v - (sum - u);
  const square = sum * sum;
  const t1 = sum - square * polynomial(square, pTerms);
  const r = (sum * t1) / (t1 - 2) - (w + sum * w);
  return scaled(1 - (r - sum), n);
}

/** x to the power of y as Java has it: NaN for a negative x and a y that is not whole, 1 for y of 0. */
export function pow(x: number, y: number): number {
  const known = special(x, y);
  if (known !== null) return known;
  const size = Math.abs(x);
  const sign = (x < 0 || Object.is(x, -0)) && isOdd(y) ? -1 : 1;
  if (size === 0 || size === Infinity) return sign * ((size === 0) === y > 0 ? 0 : Infinity);
  if (x < 0 && !Number.isInteger(y)) return NaN;
  if (size === 1) return sign;
  const isHuge = (highWord(y) & 0x7fffffff) > 0x41e00000;
  if (isHuge && Math.abs(size - 1) > 9.5367431640625e-7) return size > 1 === y > 0 ? sign * Infinity : sign * 0;
  const [t1, t2] = isHuge ? log2NearOne(size) : log2Parts(size);
  const yHigh = truncatedLow(y);
  return sign * powerOfTwo(yHigh * t1, (y - yHigh) * t1 + y * t2);
}
