import { parseDecimal } from './decimal.ts';
import type { Decimal } from './sqlType.ts';

/** Numbers as Java writes and reads them. */

/**
 * Digits that Java leaves away at the end of a whole number of 2^(54 + i) and more (`FloatingDecimal.insignificantDigitsForPow2`); before Java 19
 * it wrote such numbers with more digits than they need.
 */
const insignificant = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2];

/** The digits of a whole number from 2^53 to 2^63, zeros at the end left away. */
function wholeDigits(size: number): string {
  let power = 53;
  while (power < 62 && size >= 2 * 9007199254740992 * (1 << (power - 53))) power++;
  const dropped = power > 53 ? insignificant[power - 54]! : 0;
  const unit = BigInt(`1${'0'.repeat(dropped)}`);
  const exact = BigInt(size);
  const kept = exact / unit + (exact % unit >= unit / 2n && dropped > 0 ? 1n : 0n);
  return kept.toString().replace(/0+$/, '');
}

/** `Double.toString`: the shortest digits that give the number back, at least one after the point, an exponent below 10^-3 and from 10^7. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  // The least double is the only one that Java writes with a digit more than it needs.
  if (size === 5e-324) return value < 0 ? '-4.9E-324' : '4.9E-324';
  if (size >= 9007199254740992 && size < 9223372036854775808) {
    const digits = wholeDigits(size);
    return `${value < 0 ? '-' : ''}${digits[0]!}.${digits.slice(1) || '0'}E${BigInt(size).toString().length - 1}`;
  }
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`;
}

/** `BigDecimal.valueOf(double)`: the digits that the number prints. */
export const decimalOfDouble = (value: number): Decimal => parseDecimal(doubleText(value));

const whole = /^[+-]?\d+$/;

/** `Integer.parseInt`. Throws where the text is no 32-bit integer. */
export function parseInteger(text: string): number {
  const value = whole.test(text) ? Number(text) : NaN;
  if (!(value >= -2147483648 && value <= 2147483647)) throw new Error(`For input string: "${text}"`);
  return value + 0;
}

/** `Long.parseLong`. Throws where the text is no 64-bit integer. */
export function parseBigint(text: string): bigint {
  const value = whole.test(text) ? BigInt(text.replace('+', '')) : null;
  if (value === null || BigInt.asIntN(64, value) !== value) throw new Error(`For input string: "${text}"`);
  return value;
}

const floating = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/;

/** `Double.parseDouble` without infinity and NaN (`SqlDoubles`). Throws where the text is no finite number. */
export function parseDouble(text: string): number {
  const value = floating.test(text) ? Number(text.replace(/[dDfF]$/, '')) : NaN;
  if (!Number.isFinite(value)) throw new Error(`For input string: "${text}"`);
  return value;
}

/** (int) of a double: towards zero, held at the ends, NaN gives 0. */
export const doubleToInteger = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.max(-2147483648, Math.min(2147483647, Math.trunc(value))) + 0;

/** (long) of a double: towards zero, held at the ends, NaN gives 0. */
export function doubleToBigint(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 9223372036854775808) return 9223372036854775807n;
  if (value <= -9223372036854775808) return -9223372036854775808n;
  return BigInt(Math.trunc(value));
}

export const toInt32 = (value: bigint): number => Number(BigInt.asIntN(32, value));
export const toInt64 = (value: bigint): bigint => BigInt.asIntN(64, value);
