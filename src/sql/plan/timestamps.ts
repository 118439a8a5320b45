/** Which time a record has where WITH names a column for it (`TimestampExtractionPolicyFactory`, `KsqlTimestampExtractor`). */
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlValue } from '../types/sqlType.ts';
import type { TimestampColumn } from './catalogue.ts';
import type { Column } from './schema.ts';

/** Throws SqlError where the column is missing or holds no times. */
export function checkTimestampColumn(timestamp: TimestampColumn | null, columns: readonly Column[]): void {
  if (!timestamp) return;
  const { column, format } = timestamp;
  const found = columns.find(({ name }) => name === column);
  if (!found) throw new SqlError(`The TIMESTAMP column set in the WITH clause does not exist in the schema: '${column}'`);
  const isNumber = found.type.base === 'BIGINT' || found.type.base === 'TIMESTAMP';
  if (!isNumber && !(found.type.base === 'STRING' && format !== null))
    throw new SqlError(`Timestamp column, \`${column}\`, should be LONG(INT64), TIMESTAMP, or a String with a timestamp_format specified`);
  if (isNumber && format !== null) throw new SqlError('TIMESTAMP_FORMAT set, but column is not a String');
}

/** Reads a text as a time by a pattern of Java's DateTimeFormatter; throws where it does not fit. */
export type ParseTimestamp = (text: string, pattern: string) => number;

/** The time that a column's value says, in milliseconds; null where it says none, and the record has to be skipped. */
export function extractTimestamp(value: SqlValue, format: string | null, parse: ParseTimestamp): number | null {
  if (value === null) return null;
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value) < 0 ? null : Number(value);
  try {
    const timeMs = parse(String(value as string), format ?? '');
    return timeMs < 0 ? null : timeMs;
  } catch {
    return null;
  }
}
