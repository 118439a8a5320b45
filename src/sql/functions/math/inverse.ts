import { polynomial, truncatedLow } from './bits.ts';

/** Arc sine, arc cosine, arc tangent by the algorithms of fdlibm. */

const halfPi = 1.570796326794896558;
const halfPiLow = 6.12323399573676603587e-17;

const p = [
  1.66666666666666657415e-1, -3.25565818622400915405e-1, 2.01212532134862925881e-1, -4.00555345006794114027e-2, 7.91534994289814532176e-4,
  3.4793310759602116757e-5,
];
const q = [1, -2.40339491173441421878, 2.02094576023350569471, -6.8828397160545329303e-1, 7.70381505559019352791e-2];

const ratio = (t: number): number => (t * polynomial(t, p)) / polynomial(t, q);

export function asin(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return NaN;
  if (size === 1) return x * halfPi + x * halfPiLow;
  if (size < 0.5) return size < 7.450580596923828e-9 ? x : x + x * ratio(x * x);
  const t = (1 - size) * 0.5;
  const s = Math.sqrt(t);
  const r = ratio(t);
  if (size >= 0.975) {
    const far = halfPi - (2 * (s + s * r) - halfPiLow);
    return x > 0 ? far : -far;
  }
  const w = truncatedLow(s);
  const c = (t - w * w) / (s + w);
  const low = 2 * s * r - (halfPiLow - 2 * c);
  const near = 7.85398163397448278999e-1 - (low - (7.85398163397448278999e-1 - 2 * w));
  return x > 0 ? near : -near;
}

export function acos(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return NaN;
  if (size === 1) return x > 0 ? 0 : Math.PI + 2 * halfPiLow;
  if (size < 0.5) return size <= 6.938893903907228e-18 ? halfPi + halfPiLow : halfPi - (x - (halfPiLow - x * ratio(x * x)));
  if (x < 0) {
    const z = (1 + x) * 0.5;
    const s = Math.sqrt(z);
    return Math.PI - 2 * (s + (ratio(z) * s - halfPiLow));
  }
  const z = (1 - x) * 0.5;
  const s = Math.sqrt(z);
  const df = truncatedLow(s);
  const c = (z - df * df) / (s + df);
  return 2 * (df + (ratio(z) * s + c));
}

const high = [4.63647609000806093515e-1, 7.85398163397448278999e-1, 9.82793723247329054082e-1, 1.570796326794896558];
const low = [2.26987774529616870924e-17, 3.06161699786838301793e-17, 1.39033110312309984516e-17, 6.12323399573676603587e-17];
const even = [
  3.33333333333329318027e-1, 1.42857142725034663711e-1, 9.09088713343650656196e-2, 6.66107313738753120669e-2, 4.97687799461593236017e-2,
  1.62858201153657823623e-2,
];
const odd = [
  -1.99999999998764832476e-1, -1.1111110405462355788e-1, -7.69187620504482999495e-2, -5.83357013379057348645e-2, -3.6531572744216915527e-2,
];

/** The part of the circle that an angle is reckoned from, and the tangent of what is left. */
function reduced(size: number): readonly [number, number] {
  if (size < 0.6875) return [0, (2 * size - 1) / (2 + size)];
  if (size < 1.1875) return [1, (size - 1) / (size + 1)];
  if (size < 2.4375) return [2, (size - 1.5) / (1 + 1.5 * size)];
  return [3, -1 / size];
}

export function atan(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (size >= 7.378697629483821e19) return x > 0 ? halfPi + halfPiLow : -halfPi - halfPiLow;
  if (size < 1.862645149230957e-9) return x;
  const isSmall = size < 0.4375;
  const [id, t] = isSmall ? [0, x] : reduced(size);
  const z = t * t;
  const w = z * z;
  const sum = z * polynomial(w, even) + w * polynomial(w, odd);
  if (isSmall) return t - t * sum;
  const angle = high[id]! - (t * sum - low[id]! - t);
  return x < 0 ? -angle : angle;
}

const tiny = 1e-300;
const piLow = 1.2246467991473532e-16;

function onAxis(y: number, x: number): number | null {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const isNegative = x < 0 || Object.is(x, -0);
  if (y === 0) return isNegative ? (Object.is(y, -0) ? -Math.PI - tiny : Math.PI + tiny) : y;
  if (x === 0) return y < 0 ? -halfPi - tiny : halfPi + tiny;
  if (!Number.isFinite(x)) {
    const angle = Number.isFinite(y) ? (isNegative ? Math.PI : 0) : isNegative ? 2.356194490192345 : 0.7853981633974483;
    return y < 0 || Object.is(y, -0) ? -angle : angle;
  }
  return Number.isFinite(y) ? null : y < 0 ? -halfPi - tiny : halfPi + tiny;
}

/** The angle of the point (x, y). */
export function atan2(y: number, x: number): number {
  const known = onAxis(y, x);
  if (known !== null) return known;
  if (x === 1) return atan(y);
  const quotient = Math.abs(y / x);
  const z = quotient > 1.152921504606847e18 ? halfPi + 0.5 * piLow : x < 0 && quotient < 8.673617379884035e-19 ? 0 : atan(quotient);
  if (x > 0) return y < 0 ? -z : z;
  return y > 0 ? Math.PI - (z - piLow) : z - piLow - Math.PI;
}
