import { describe, expect, test } from 'vitest';
import { exp, ln, pow, sin } from './mathematics.ts';
import { createStream, nextUniform } from './random.ts';

function relativeError(actual: number, expected: number): number {
  return expected === 0 ? Math.abs(actual) : Math.abs((actual - expected) / expected);
}

describe('mathematics', () => {
  test('[KER-5] ln and exp agree with the platform to 1e-15 relative', () => {
    const stream = createStream(1, 'mathematics');
    for (let i = 0; i < 50000; i++) {
      const x = nextUniform(stream) * 1400 - 700;
      expect(relativeError(exp(x), Math.exp(x))).toBeLessThan(1e-15);
      const small = (nextUniform(stream) - 0.5) * 2;
      expect(relativeError(exp(small), Math.exp(small))).toBeLessThan(1e-15);
      const y = Math.exp(x);
      expect(relativeError(ln(y), Math.log(y))).toBeLessThan(1e-15);
      const near = 1 + small * 0.4;
      expect(relativeError(ln(near), Math.log(near))).toBeLessThan(1e-15);
    }
  });

  test('[KER-5] edges: zero, one, infinities, subnormals, not a number', () => {
    expect([ln(0), ln(1), ln(Infinity), ln(-1)]).toEqual([-Infinity, 0, Infinity, NaN]);
    expect([exp(0), exp(710), exp(-746), exp(-Infinity), exp(NaN)]).toEqual([1, Infinity, 0, 0, NaN]);
    expect(relativeError(ln(5e-324), Math.log(5e-324))).toBeLessThan(1e-15);
    expect(relativeError(exp(709.7), Math.exp(709.7))).toBeLessThan(1e-15);
    expect(relativeError(exp(-708.5), Math.exp(-708.5))).toBeLessThan(1e-15);
    expect(exp(-744)).toBe(Math.exp(-744));
  });

  test('[KER-5] pow agrees with the platform to 1e-14 relative, small bases and large results included', () => {
    const stream = createStream(2, 'mathematics');
    for (let i = 0; i < 50000; i++) {
      const x = Math.exp((nextUniform(stream) - 0.5) * 40);
      const y = (nextUniform(stream) - 0.5) * 60;
      const expected = Math.pow(x, y);
      if (expected === Infinity || expected < 1e-300) continue;
      expect(relativeError(pow(x, y), expected)).toBeLessThan(1e-14);
    }
    expect([pow(2, 10), pow(-2, 3), pow(-2, 2), pow(0, 2), pow(0, -1), pow(5, 0)]).toEqual([1024, -8, 4, 0, Infinity, 1]);
    expect([pow(-2, 0.5), pow(NaN, 2), pow(10, 400), pow(10, -400), pow(Infinity, -1)]).toEqual([NaN, NaN, Infinity, 0, 0]);
  });

  test('[KER-5] sin agrees with the platform to 1e-15 absolute up to a million', () => {
    const stream = createStream(3, 'mathematics');
    for (let i = 0; i < 50000; i++) {
      const x = (nextUniform(stream) - 0.5) * (i % 2 === 0 ? 20 : 2e6);
      expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThan(1e-15);
    }
    expect(sin(0)).toBe(0);
    expect(sin(Infinity)).toBeNaN();
  });
});
