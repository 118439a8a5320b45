/**
 * Logarithm, exponential, power and sine from nothing but + - * /, `Math.sqrt`, `Math.floor` and the bits of a double, all of which
 * IEEE 754 and ECMAScript fix to the bit. `Math.log` and its kin may differ between JavaScript engines, and a run's fingerprint must not.
 */

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
double[0] = 1;
/** Which of the two words holds sign and exponent: the platform's byte order decides, the results do not depend on it. */
const highWord = words[1] === 0x3ff00000 ? 1 : 0;

/** ln 2 in two parts; the first has 21 trailing zero bits, so that its product with an exponent is exact. */
const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;

/** Exponent and mantissa of the number split last, x = mantissa * 2^exponent, mantissa in [sqrt(1/2), sqrt(2)). */
let splitExponent = 0;

/** The mantissa of a positive finite x, its exponent left in `splitExponent`. */
function split(x: number): number {
  let adjusted = 0;
  let value = x;
  if (value < 2.2250738585072014e-308) {
    value *= 18014398509481984;
    adjusted = -54;
  }
  double[0] = value;
  const high = words[highWord];
  let exponent = (high >>> 20) - 1023;
  words[highWord] = (high & 0xfffff) | 0x3ff00000;
  let mantissa = double[0];
  if (mantissa >= 1.4142135623730951) {
    mantissa *= 0.5;
    exponent++;
  }
  splitExponent = exponent + adjusted;
  return mantissa;
}

/** 2^k for k in -1022..1023. */
function powerOfTwo(k: number): number {
  words[1 - highWord] = 0;
  words[highWord] = (k + 1023) << 20;
  return double[0];
}

/** (atanh(s)/s - 1) / s^2 as a polynomial in z = s^2 (its Taylor series, long enough for s up to 0.1716). */
function atanhTail(z: number): number {
  // Pairs, then pairs of pairs (Estrin): the chain of dependent operations is a third of Horner's.
  const z2 = z * z;
  const z4 = z2 * z2;
  const first = 1 / 3 + z * (1 / 5) + z2 * (1 / 7 + z * (1 / 9));
  const second = 1 / 11 + z * (1 / 13) + z2 * (1 / 15 + z * (1 / 17));
  const third = 1 / 19 + z * (1 / 21) + z2 * (1 / 23);
  return first + z4 * (second + z4 * third);
}

/** Natural logarithm, relative error below 1e-15. 0 gives -Infinity, negative numbers NaN. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  const mantissa = split(x);
  const exponent = splitExponent;
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  const tail = 2 * s * z * atanhTail(z);
  return exponent * ln2High + (2 * s + (tail + exponent * ln2Low));
}

/** e^x, relative error below 1e-15; over- and underflow as in IEEE 754. */
export function exp(x: number): number {
  return expSum(x, 0);
}

/** e^(x + correction) for a correction far below x's last digit: what `pow` needs for large results. */
function expSum(x: number, correction: number): number {
  if (x !== x) return NaN;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x * 1.4426950408889634 + 0.5);
  const high = x - k * ln2High;
  const low = k * ln2Low - correction;
  const r = high - low;
  const lost = high - r - low;
  const r2 = r * r;
  const r4 = r2 * r2;
  const first = 1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120));
  const second = 1 / 720 + r * (1 / 5040) + r2 * (1 / 40320 + r * (1 / 362880));
  const third = 1 / 3628800 + r * (1 / 39916800) + r2 * (1 / 479001600 + r * (1 / 6227020800));
  const lower = first + r4 * (second + r4 * third);
  const value = 1 + (r + (r2 * lower + lost));
  if (k > 1022) return value * powerOfTwo(k - 1) * 2;
  if (k < -1021) return value * powerOfTwo(k + 100) * 7.888609052210118e-31;
  return value * powerOfTwo(k);
}

/** High 26 bits of a double, so that the product of two such halves is exact (Dekker). */
function upperHalf(x: number): number {
  const scaled = 134217729 * x;
  return scaled - (scaled - x);
}

/** What the rounded product p = a * b lost. */
function productError(a: number, b: number, p: number): number {
  const aHigh = upperHalf(a);
  const aLow = a - aHigh;
  const bHigh = upperHalf(b);
  const bLow = b - bHigh;
  return aLow * bLow - (p - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/**
 * x^y for x >= 0, relative error below 1e-14: the logarithm is carried in two doubles, since the exponential multiplies its
 * error by the exponent's size. A negative x gives NaN unless y is an integer.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x < 0) {
    if (Math.floor(y) !== y) return NaN;
    return Math.floor(y / 2) * 2 === y ? pow(-x, y) : -pow(-x, y);
  }
  if (x === 0) return y > 0 ? 0 : Infinity;
  if (x === 1) return 1;
  if (x !== x || y !== y || x === Infinity) return x === Infinity ? (y > 0 ? Infinity : 0) : NaN;
  const mantissa = split(x);
  const exponent = splitExponent;
  const numerator = mantissa - 1;
  const denominator = mantissa + 1;
  const denominatorLost = mantissa - (denominator - 1);
  const s = numerator / denominator;
  const p = s * denominator;
  const sLow = (numerator - p - productError(s, denominator, p) - s * denominatorLost) / denominator;
  const z = s * s;
  const tail = 2 * sLow + 2 * s * z * atanhTail(z) + exponent * ln2Low;
  const big = exponent * ln2High;
  const sum = big + 2 * s;
  const sumLost = big === 0 ? 0 : 2 * s - (sum - big);
  const high = sum + (sumLost + tail);
  const low = sum - high + (sumLost + tail);
  const product = y * high;
  if (!(product < 800 && product > -800)) return product > 0 ? Infinity : product < 0 ? 0 : NaN;
  return expSum(product, productError(y, high, product) + y * low);
}

/** pi/2 in three parts of 33 bits each: their products with quadrant numbers below 2^20 are exact. */
const halfPi1 = 1.57079632673412561417;
const halfPi2 = 6.0771005063039659766e-11;
const halfPi3 = 2.0222662487111664558e-21;
const halfPi4 = 8.47842766036889956997e-32;

/** Sine of x radians, absolute error below 1e-15 for |x| up to a million; NaN for what is not finite. */
export function sin(x: number): number {
  if (!(x - x === 0)) return NaN;
  const quadrant = Math.floor(x * 0.6366197723675814 + 0.5);
  const first = x - quadrant * halfPi1;
  const second = quadrant * halfPi2;
  const high = first - second;
  const low = first - high - second - (quadrant * halfPi3 + quadrant * halfPi4);
  const r = high + low;
  switch (quadrant - Math.floor(quadrant / 4) * 4) {
    case 0:
      return sinNearZero(r);
    case 1:
      return cosNearZero(r);
    case 2:
      return -sinNearZero(r);
    default:
      return -cosNearZero(r);
  }
}

function sinNearZero(r: number): number {
  const z = r * r;
  const upper = 1 / 362880 - z * (1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000 - z / 355687428096000)));
  return r - r * z * (1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * upper)));
}

function cosNearZero(r: number): number {
  const z = r * r;
  const upper = 1 / 40320 - z * (1 / 3628800 - z * (1 / 479001600 - z * (1 / 87178291200 - z / 20922789888000)));
  return 1 - z * (1 / 2 - z * (1 / 24 - z * (1 / 720 - z * upper)));
}
