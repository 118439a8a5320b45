/** Config values as people read them. */
import type { ConfigDefinition, ConfigValue } from '../../pipeline/index.ts';
import { formatBytes, formatMilliseconds } from '../format/numbers.ts';

/** The text a field holds for a value. */
export function valueText(value: ConfigValue): string {
  return typeof value === 'object' ? value.join('\n') : String(value);
}

/** A unit as it stands behind a number: `60 /s`, not `60 1/s`. */
export function unitWords(unit: string): string {
  return unit === '1/s' ? '/s' : unit;
}

/** A value with its unit, shortened: `16,384 bytes`, `7 d`, `none`. */
export function valueWords(row: ConfigDefinition, value: ConfigValue): string {
  if (typeof value === 'object') return value.length === 0 ? 'empty' : value.join(', ');
  if (value === '') return 'empty';
  if (typeof value !== 'number') return String(value);
  return row.unit === undefined ? value.toLocaleString('en-US') : `${value.toLocaleString('en-US')} ${unitWords(row.unit)}`;
}

/** What a large number means: `604800000 ms` is `7 d`; empty where the number speaks for itself. */
export function meaning(row: ConfigDefinition, value: ConfigValue): string {
  if (typeof value !== 'number' || value < 0) return '';
  if (row.unit === 'ms' && value >= 2_000) return formatMilliseconds(value);
  if (row.unit === 'bytes' && value >= 2_048) return formatBytes(value);
  return '';
}

/** The allowed range in words. */
export function rangeWords({ min, max, values }: ConfigDefinition): string {
  if (values !== undefined) return values.join(', ');
  if (min === undefined && max === undefined) return '';
  const far = max === undefined || max >= 1e12;
  if (min === undefined) return `at most ${max}`;
  return far ? `at least ${min}` : `${min} to ${max?.toLocaleString('en-US')}`;
}
