import { highWord, polynomial, truncatedLow } from './bits.ts';

/** Sine, cosine and tangent by the algorithms of fdlibm. */

const sineTerms = [
  -1.66666666666666324348e-1, 8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6, -2.50507602534068634195e-8,
  1.58969099521155010221e-10,
];
const cosineTerms = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7, 2.0875723212981748279e-9,
  -1.13596475577881948265e-11,
];

function kernelSine(x: number, y: number): number {
  if ((highWord(x) & 0x7fffffff) < 0x3e400000) return x;
  const z = x * x;
  const v = z * x;
  const r = polynomial(z, sineTerms.slice(1));
  return y === 0 ? x + v * (sineTerms[0]! + z * r) : x - (z * (0.5 * y - v * r) - y - v * sineTerms[0]!);
}

function kernelCosine(x: number, y: number): number {
  const size = highWord(x) & 0x7fffffff;
  if (size < 0x3e400000) return 1;
  const z = x * x;
  const r = z * polynomial(z, cosineTerms);
  if (size < 0x3fd33333) return 1 - (0.5 * z - (z * r - x * y));
  const quarter = size > 0x3fe90000 ? 0.28125 : truncatedLow(Math.abs(x) / 4);
  return 1 - quarter - (0.5 * z - quarter - (z * r - x * y));
}

const tangentOdd = [
  1.33333333333201242699e-1, 2.18694882948595424599e-2, 3.59207910759131235356e-3, 5.88041240820264096874e-4, 7.817944429395570923e-5,
  -1.85586374855275456654e-5,
];
const tangentEven = [
  5.39682539762260521377e-2, 8.86323982359930005737e-3, 1.45620945432529025516e-3, 2.46463134818469906812e-4, 7.14072491382608190305e-5,
  2.59073051863633712884e-5,
];

/** The tangent, or -1 / tangent where the angle is in an odd quarter. */
function kernelTangent(angle: number, tail: number, isOdd: boolean): number {
  const isLarge = (highWord(angle) & 0x7fffffff) >= 0x3fe59428;
  const sign = angle < 0 ? -1 : 1;
  const x = isLarge ? 7.85398163397448278999e-1 - Math.abs(angle) + (3.06161699786838301793e-17 - sign * tail) : angle;
  const y = isLarge ? 0 : tail;
  const z = x * x;
  const w = z * z;
  const s = z * x;
  const r = y + z * (s * (polynomial(w, tangentOdd) + z * polynomial(w, tangentEven)) + y) + 3.33333333333334091986e-1 * s;
  const sum = x + r;
  if (isLarge) {
    const v = isOdd ? -1 : 1;
    return sign * (v - 2 * (x - ((sum * sum) / (sum + v) - r)));
  }
  if (!isOdd) return sum;
  const short = truncatedLow(sum);
  const inverse = -1 / sum;
  const t = truncatedLow(inverse);
  return t + inverse * (1 + t * short + t * (r - (short - x)));
}

const precision = 1300n;
let halfPi: bigint | null = null;

/** atan(1/n) in fixed point. */
function arcTangentOfInverse(n: bigint): bigint {
  let term = (1n << precision) / n;
  let sum = term;
  for (let i = 3n, sign = -1n; term !== 0n; i += 2n, sign = -sign) {
    term /= n * n;
    sum += (sign * term) / i;
  }
  return sum;
}

/** π/2 in fixed point (Machin). */
const fixedHalfPi = (): bigint => (halfPi ??= 2n * (4n * arcTangentOfInverse(5n) - arcTangentOfInverse(239n)));

const fromFixed = (value: bigint): number => {
  const text = (value < 0n ? -value : value).toString(2);
  const excess = Math.max(text.length - 64, 0);
  // 64 bits and one that says whether there are more: rounded once, to the nearest.
  const kept = excess === 0 ? BigInt(`0b${text}`) : (BigInt(`0b${text.slice(0, 64)}`) << 1n) | 1n;
  let result = Number(kept);
  for (let left = Number(precision) - excess + (excess === 0 ? 0 : 1); left > 0; left -= Math.min(left, 1000)) {
    for (let i = 0; i < Math.min(left, 1000); i++) result /= 2;
  }
  return value < 0n ? -result : result;
};

/** x = n·π/2 + y0 + y1, |y0| up to π/4, computed exactly. */
function quarters(x: number): readonly [number, number, number] {
  if ((highWord(x) & 0x7fffffff) <= 0x3fe921fb) return [0, x, 0];
  const unit = fixedHalfPi();
  const exact = toFixed(x);
  const half = exact < 0n ? -unit : unit;
  const n = (2n * exact + half) / (2n * unit);
  const rest = exact - n * unit;
  const y0 = fromFixed(rest);
  const y1 = fromFixed(rest - toFixed(y0));
  return [Number(BigInt.asUintN(2, n)), y0, y1];
}

/** A number in fixed point, exactly; it must have no more bits after the point than that. */
function toFixed(value: number): bigint {
  let shift = 0;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    shift++;
  }
  return BigInt(whole) << (precision - BigInt(shift));
}

export function sin(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const [n, y0, y1] = quarters(x);
  const value = n % 2 === 0 ? kernelSine(y0, y1) : kernelCosine(y0, y1);
  return n < 2 ? value : -value;
}

export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const [n, y0, y1] = quarters(x);
  const value = n % 2 === 0 ? kernelCosine(y0, y1) : kernelSine(y0, y1);
  return n === 0 || n === 3 ? value : -value;
}

export function tan(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const [n, y0, y1] = quarters(x);
  if (n % 2 === 0 && Math.abs(y0) < 3.725290298461914e-9) return y0;
  return kernelTangent(y0, y1, n % 2 === 1);
}
