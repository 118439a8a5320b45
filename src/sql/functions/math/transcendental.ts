import { bound, strict, type ScalarFunction } from '../library.ts';
import { cbrt, cosh, exp, log, sinh, tanh } from './exponential.ts';
import { acos, asin, atan, atan2 } from './inverse.ts';
import { pow } from './power.ts';
import { cos, sin, tan } from './trigonometric.ts';

/** Roots, powers, logarithms, angles and RANDOM (`udf.math`), and GEO_DISTANCE. All of them take any number and give a DOUBLE. */

const numbers = ['INT', 'BIGINT', 'DOUBLE'];

const ofOne = (name: string, compute: (value: number) => number): readonly ScalarFunction[] =>
  numbers.map((type) => strict(name, `${type} value`, 'DOUBLE', (value: number | bigint) => compute(Number(value))));

const ofTwo = (name: string, first: string, second: string, compute: (a: number, b: number) => number): readonly ScalarFunction[] =>
  numbers.map((type) =>
    strict(name, `${type} ${first}, ${type} ${second}`, 'DOUBLE', (a: number | bigint, b: number | bigint) =>
      compute(Number(a), Number(b)),
    ),
  );

const radians = (degrees: number): number => (degrees / 180) * Math.PI;
const logarithm = (base: number, value: number): number => (base <= 0 || base === 1 ? NaN : log(value) / log(base));

const radiusByUnit: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['mi', 'mile', 'miles'].map((unit) => [unit, 3959])),
  ...Object.fromEntries(['', 'km', 'kilometer', 'kilometers', 'kilometre', 'kilometres'].map((unit) => [unit, 6371])),
};

const haversine = (angle: number): number => {
  const half = sin(angle / 2);
  return half * half;
};

/** The length of the great circle between two points. Throws for what is no latitude, longitude or unit. */
function distance(lat1: number, lon1: number, lat2: number, lon2: number, unit: string | null = null): number {
  if ([lat1, lat2].some((lat) => lat < -90 || lat > 90))
    throw new Error('valid latitude values for GeoDistance function are in the range of -90 to 90 decimal degrees');
  if ([lon1, lon2].some((lon) => lon < -180 || lon > 180))
    throw new Error('valid longitude values for GeoDistance function are in the range of -180 to +180 decimal degrees');
  const radius = radiusByUnit[(unit ?? '').trim().toLowerCase()];
  if (radius === undefined)
    throw new Error(
      `GeoDistance function units parameter must be one of mi, mile, miles, km, kilometer, kilometers, kilometre or kilometres. Values are case-insensitive.`,
    );
  const a = haversine(radians(lat2 - lat1)) + haversine(radians(lon2 - lon1)) * cos(radians(lat1)) * cos(radians(lat2));
  return 2 * asin(Math.sqrt(a)) * radius;
}

const points = 'DOUBLE lat1, DOUBLE lon1, DOUBLE lat2, DOUBLE lon2';

export const transcendentalFunctions: readonly ScalarFunction[] = [
  ...ofOne('acos', acos),
  ...ofOne('asin', asin),
  ...ofOne('atan', atan),
  ...ofTwo('atan2', 'y', 'x', atan2),
  ...ofOne('cbrt', cbrt),
  ...ofOne('cos', cos),
  ...ofOne('cosh', cosh),
  ...ofOne('cot', (value) => 1 / tan(value)),
  ...ofOne('degrees', (value) => value * 57.29577951308232),
  ...ofOne('exp', exp),
  ...ofOne('ln', log),
  ...ofOne('log', log),
  ...ofTwo('log', 'base', 'value', logarithm),
  strict('pi', '', 'DOUBLE', () => Math.PI),
  ...ofTwo('power', 'base', 'exponent', pow),
  ...ofOne('radians', radians),
  bound('random', '', 'DOUBLE', () => (_, context) => context.random()),
  ...ofOne('sin', sin),
  ...ofOne('sinh', sinh),
  ...ofOne('sqrt', Math.sqrt),
  ...ofOne('tan', tan),
  ...ofOne('tanh', tanh),
  strict('geo_distance', points, 'DOUBLE', distance),
  bound('geo_distance', `${points}, VARCHAR units`, 'DOUBLE', () => (args) => {
    const [lat1, lon1, lat2, lon2, unit] = args as readonly (number | string | null)[];
    if ([lat1, lon1, lat2, lon2].includes(null)) throw new Error('GEO_DISTANCE needs four numbers.');
    return distance(lat1 as number, lon1 as number, lat2 as number, lon2 as number, unit as string | null);
  }),
];
