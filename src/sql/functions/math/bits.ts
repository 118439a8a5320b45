/** The bits of doubles, for functions that must give the same ones in every JavaScript engine. */

const view = new DataView(new ArrayBuffer(8));

/** Sign, exponent and the upper 20 bits of the mantissa. */
export function highWord(x: number): number {
  view.setFloat64(0, x);
  return view.getInt32(0);
}

export function lowWord(x: number): number {
  view.setFloat64(0, x);
  return view.getInt32(4);
}

export function fromWords(high: number, low: number): number {
  view.setInt32(0, high);
  view.setInt32(4, low);
  return view.getFloat64(0);
}

export const withHighWord = (x: number, high: number): number => fromWords(high, lowWord(x));

/** The number with the lower half of its bits zero. */
export const truncatedLow = (x: number): number => fromWords(highWord(x), 0);

/** x · 2^k, for results that may be subnormal. */
export function scaled(x: number, k: number): number {
  if (k > 1023) return scaled(x * 8.98846567431158e307, k - 1023);
  if (k < -1022) return scaled(x * 2.2250738585072014e-308, k + 1022);
  return x * fromWords((k + 1023) << 20, 0);
}

/** A polynomial by its coefficients, the constant first (Horner). */
export function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = coefficients[coefficients.length - 1]!;
  for (let i = coefficients.length - 2; i >= 0; i--) sum = coefficients[i]! + x * sum;
  return sum;
}
