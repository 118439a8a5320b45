import type { Decimal } from './sqlType.ts';

/**
 * Arithmetic of `BigDecimal` as ksqlDB uses it: exact, with a scale that belongs to the value, and an error where digits would have to go
 * that nobody allowed to go.
 */

export type Rounding = 'unnecessary' | 'halfUp' | 'halfDown' | 'down' | 'up' | 'floor' | 'ceiling';

const powers: bigint[] = [1n];

/** 10^n for n of 0 and more. */
export function powerOfTen(n: number): bigint {
  while (powers.length <= n && n < 400) powers.push(powers[powers.length - 1]! * 10n);
  return n < powers.length ? powers[n]! : BigInt(`1${'0'.repeat(n)}`);
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** How many digits the unscaled value has; 0 has one. */
export const digits = (value: bigint): number => magnitude(value).toString().length;

export const decimal = (unscaled: bigint, scale = 0): Decimal => ({ unscaled, scale });

/** Whether a quotient must go one further from zero, `twice` being how twice the rest compares with the divisor. */
function goesUp(rounding: Rounding, negative: boolean, odd: number): boolean {
  switch (rounding) {
    case 'unnecessary':
      throw new Error('Rounding necessary');
    case 'halfUp':
      return odd >= 0;
    case 'halfDown':
      return odd > 0;
    case 'down':
      return false;
    case 'up':
      return true;
    case 'floor':
      return negative;
    case 'ceiling':
      return !negative;
  }
}

/** a / b as an integer. Throws where `rounding` is 'unnecessary' and the quotient is not whole. */
export function divideRounded(a: bigint, b: bigint, rounding: Rounding): bigint {
  const quotient = a / b;
  const rest = a - quotient * b;
  if (rest === 0n) return quotient;
  const negative = a < 0n !== b < 0n;
  const twice = magnitude(rest) * 2n;
  const divisor = magnitude(b);
  const odd = twice > divisor ? 1 : twice === divisor ? 0 : -1;
  return goesUp(rounding, negative, odd) ? quotient + (negative ? -1n : 1n) : quotient;
}

/** The same number with another scale (`BigDecimal.setScale`). */
export function setScale(value: Decimal, scale: number, rounding: Rounding = 'unnecessary'): Decimal {
  if (scale === value.scale) return value;
  if (scale > value.scale) return decimal(value.unscaled * powerOfTen(scale - value.scale), scale);
  return decimal(divideRounded(value.unscaled, powerOfTen(value.scale - scale), rounding), scale);
}

/** At most so many digits (a `MathContext`). */
export function toPrecision(value: Decimal, precision: number, rounding: Rounding): Decimal {
  let result = value;
  for (let excess = digits(result.unscaled) - precision; excess > 0; excess = digits(result.unscaled) - precision) {
    result = decimal(divideRounded(result.unscaled, powerOfTen(excess), rounding), result.scale - excess);
  }
  return result;
}

const aligned = (a: Decimal, scale: number): bigint => a.unscaled * powerOfTen(scale - a.scale);

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return decimal(aligned(a, scale) + aligned(b, scale), scale);
}

export const negateDecimal = (a: Decimal): Decimal => decimal(-a.unscaled, a.scale);
export const subtractDecimals = (a: Decimal, b: Decimal): Decimal => addDecimals(a, negateDecimal(b));
export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => decimal(a.unscaled * b.unscaled, a.scale + b.scale);

/** a / b with so many digits after the point. Throws on division by zero and, without a rounding, where digits would be lost. */
export function divideDecimals(a: Decimal, b: Decimal, scale: number, rounding: Rounding = 'unnecessary'): Decimal {
  if (b.unscaled === 0n) throw new Error('Division by zero');
  const shift = scale - a.scale + b.scale;
  const numerator = shift > 0 ? a.unscaled * powerOfTen(shift) : a.unscaled;
  const denominator = shift < 0 ? b.unscaled * powerOfTen(-shift) : b.unscaled;
  return decimal(divideRounded(numerator, denominator, rounding), scale);
}

export function remainderOfDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.unscaled === 0n) throw new Error('Division by zero');
  const scale = Math.max(a.scale, b.scale);
  return decimal(aligned(a, scale) % aligned(b, scale), scale);
}

/** Order by number alone: 1.0 and 1.00 compare as 0. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = aligned(a, scale);
  const right = aligned(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

export const absDecimal = (a: Decimal): Decimal => (a.unscaled < 0n ? negateDecimal(a) : a);

const number = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** The number a text says, every digit kept (`new BigDecimal(String)`). Throws where it says none. */
export function parseDecimal(text: string): Decimal {
  const parts = number.exec(text);
  const whole = parts?.[2] ?? '';
  const fraction = parts?.[3] ?? '';
  if (parts === null || whole + fraction === '') throw new Error(`'${text}' is not a number. Write digits, with a point or an exponent.`);
  const unscaled = BigInt(whole + fraction);
  return decimal(parts[1] === '-' ? -unscaled : unscaled, fraction.length - Number(parts[4] ?? 0));
}

/** All digits, without an exponent (`BigDecimal.toPlainString`). */
export function decimalText(value: Decimal): string {
  const sign = value.unscaled < 0n ? '-' : '';
  const text = magnitude(value.unscaled).toString();
  if (value.scale <= 0) return sign + (value.unscaled === 0n ? '0' : text + '0'.repeat(-value.scale));
  const padded = text.padStart(value.scale + 1, '0');
  return `${sign}${padded.slice(0, -value.scale)}.${padded.slice(-value.scale)}`;
}

/** With an exponent where the scale is negative or the number very small (`BigDecimal.toString`). */
export function decimalScientificText(value: Decimal): string {
  const text = magnitude(value.unscaled).toString();
  const exponent = text.length - 1 - value.scale;
  if (value.scale >= 0 && exponent >= -6) return decimalText(value);
  const mantissa = text.length > 1 ? `${text[0]}.${text.slice(1)}` : text;
  return `${value.unscaled < 0n ? '-' : ''}${mantissa}E${exponent >= 0 ? '+' : ''}${exponent}`;
}

export const decimalToNumber = (value: Decimal): number => Number(decimalText(value));

/** The part before the point. */
export const wholePart = (value: Decimal): bigint => setScale(value, 0, 'down').unscaled;

/** 5^n, n up to 1074. */
function powerOfFive(n: number): bigint {
  let power = 1n;
  for (let i = 0; i < n; i++) power *= 5n;
  return power;
}

const bits = new DataView(new ArrayBuffer(8));

/** The exact value of a double, all binary digits (`new BigDecimal(double)`). Throws for what is not finite. */
export function exactDecimal(value: number): Decimal {
  if (!Number.isFinite(value)) throw new Error('Infinite or NaN');
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  let mantissa = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  if (biased !== 0) mantissa |= 1n << 52n;
  let exponent = (biased === 0 ? 1 : biased) - 1075;
  while (mantissa !== 0n && (mantissa & 1n) === 0n && exponent < 0) {
    mantissa >>= 1n;
    exponent++;
  }
  if (mantissa === 0n) return decimal(0n);
  const signed = value < 0 ? -mantissa : mantissa;
  return exponent >= 0 ? decimal(signed << BigInt(exponent)) : decimal(signed * powerOfFive(-exponent), -exponent);
}
