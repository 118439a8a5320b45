import { describe, expect, test } from 'vitest';
import { valueOf } from '../../expressions/expressionFixture.ts';
import { cbrt, cosh, exp, log, sinh, tanh } from './exponential.ts';
import { acos, asin, atan, atan2 } from './inverse.ts';
import { pow } from './power.ts';
import { cos, sin, tan } from './trigonometric.ts';

/** A stream of numbers of [0, 1), the same on every run. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 4294967296;
  };
}

/** How far two numbers are apart, in units of the last place of the second. */
function apart(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const size = Math.abs(b);
  const unit = size < 2.3e-308 ? 5e-324 : 2 ** (Math.floor(Math.log2(size)) - 52);
  return Math.abs(a - b) / unit;
}

describe('functions of angles, powers and logarithms', () => {
  const wide = (random: number) => (random - 0.5) * 60;
  const one = (random: number) => (random - 0.5) * 2;
  test.each([
    ['exp', exp, Math.exp, wide],
    ['log', log, Math.log, (random: number) => random * 1000],
    ['sin', sin, Math.sin, wide],
    ['cos', cos, Math.cos, wide],
    ['tan', tan, Math.tan, wide],
    ['asin', asin, Math.asin, one],
    ['acos', acos, Math.acos, one],
    ['atan', atan, Math.atan, wide],
    ['cbrt', cbrt, Math.cbrt, wide],
    ['sinh', sinh, Math.sinh, wide],
    ['cosh', cosh, Math.cosh, wide],
    ['tanh', tanh, Math.tanh, one],
  ] as const)('[SQL-125] %s is within a unit of the last place of what the engine has', (_, ours, theirs, spread) => {
    const next = stream(7);
    for (let i = 0; i < 3000; i++) {
      const x = spread(next());
      expect({ x, apart: apart(ours(x), theirs(x)) <= 1 }).toEqual({ x, apart: true });
    }
  });

  test('[SQL-125] powers and angles of points too', () => {
    const next = stream(11);
    for (let i = 0; i < 3000; i++) {
      const [x, y] = [next() * 30, (next() - 0.5) * 40];
      expect({ x, y, apart: apart(pow(x, y), x ** y) <= 1 }).toEqual({ x, y, apart: true });
      expect({ x, y, apart: apart(atan2(y, x - 15), Math.atan2(y, x - 15)) <= 1 }).toEqual({ x, y, apart: true });
    }
  });

  test('[SQL-125] huge angles are reduced exactly, ends are those of Java', () => {
    for (const x of [1e6, 123456789.123, 1e15, 1e22, -1e100, 1.7e308]) {
      expect({ x, apart: apart(sin(x), Math.sin(x)) <= 1 }).toEqual({ x, apart: true });
      expect({ x, apart: apart(cos(x), Math.cos(x)) <= 1 }).toEqual({ x, apart: true });
    }
    expect([pow(-8, 3), pow(-8, 1 / 3), pow(0, 0), pow(2, -1074), pow(-0, -3), pow(1, Infinity)]).toEqual([
      -512,
      NaN,
      1,
      5e-324,
      -Infinity,
      NaN,
    ]);
    expect([exp(710), exp(-746), log(0), log(-1), sin(Infinity), asin(2), sinh(710), tanh(40)]).toEqual([
      Infinity,
      0,
      -Infinity,
      NaN,
      NaN,
      NaN,
      Math.sinh(710),
      1,
    ]);
  });

  test('[SQL-125] are functions of SQL', () => {
    expect(valueOf('LOG(2, 8)')).toBe(Math.log(8) / Math.log(2));
    expect(valueOf('POWER(2, 10)')).toBe(1024);
    expect(valueOf('DEGREES(PI())')).toBe(180);
    expect(valueOf('RADIANS(180)')).toBe(Math.PI);
    expect(valueOf('RANDOM()')).toBe(0.5);
    expect(valueOf('SQRT(-1)')).toBe(NaN);
    expect(valueOf('GEO_DISTANCE(37.4439, -122.1663, 51.5257, -0.1122)')).toBeCloseTo(8634.6, 0);
    expect(valueOf("GEO_DISTANCE(0.0, 0.0, 0.0, 1.0, 'furlongs')")).toBeNull();
  });
});
