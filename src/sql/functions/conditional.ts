import type { SqlValue } from '../types/sqlType.ts';
import { equalValues } from '../types/values.ts';
import { lenient, type ScalarFunction } from './library.ts';

/** COALESCE, IFNULL, NULLIF (`udf.nulls`) and AS_VALUE. */

const firstGiven = (...values: SqlValue[]): SqlValue => values.find((value) => value !== null) ?? null;

export const conditionalFunctions: readonly ScalarFunction[] = [
  lenient('COALESCE', 'T first, T... others', 'T', firstGiven),
  lenient('IFNULL', 'T expression, T altValue', 'T', firstGiven),
  lenient('NULLIF', 'T expression1, T expression2', 'T', (a: SqlValue, b: SqlValue) => (a === null || equalValues(a, b) ? null : a)),
  lenient('AS_VALUE', 'T keyColumn', 'T', (value: SqlValue) => value),
];
