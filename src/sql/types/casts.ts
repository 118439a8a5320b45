import { base64Bytes } from './bytes.ts';
import { dateText, dayMs, parseDate, parseTime, parseTimestamp, timestampText, timeText } from './calendar.ts';
import { decimalText, decimalToNumber, parseDecimal, wholePart } from './decimal.ts';
import { castDecimal, castDouble, castWhole } from './decimalType.ts';
import { doubleToBigint, doubleToInteger, parseBigint, parseDouble, parseInteger, toInt32, toInt64 } from './javaNumber.ts';
import type { ArrayType, Decimal, DecimalType, MapType, SqlType, SqlValue, StructType } from './sqlType.ts';
import { sameType, typeText } from './typeText.ts';
import { javaText } from './values.ts';
import { SqlError } from '../syntax/sqlError.ts';

/** Turns a value that is not null into one of another type; throws what Java would throw. */
type Conversion = (value: never, to: never, from: never) => SqlValue;

/** Whether a text begins a word that means yes: t, tr, true, y, yes …, in any case (`SqlBooleans.parseBoolean`). */
export const saysTrue = (text: string): boolean => text !== '' && ['true', 'yes'].some((word) => word.startsWith(text.toLowerCase()));
export const saysFalse = (text: string): boolean => text !== '' && ['false', 'no'].some((word) => word.startsWith(text.toLowerCase()));

const text = (value: SqlValue, _to: SqlType, from: SqlType) => javaText(value, from);

/** What is cast to what, by the bases of both types (`CastEvaluator.SUPPORTED`). */
const conversions: Readonly<Record<string, Conversion>> = {
  'BOOLEAN STRING': text,
  'INTEGER BIGINT': (value: number) => BigInt(value),
  'INTEGER DECIMAL': (value: number, to: DecimalType) => castWhole(BigInt(value), to),
  'INTEGER DOUBLE': (value: number) => value,
  'INTEGER STRING': text,
  'BIGINT INTEGER': (value: bigint) => toInt32(value),
  'BIGINT DECIMAL': (value: bigint, to: DecimalType) => castWhole(value, to),
  'BIGINT DOUBLE': (value: bigint) => Number(value),
  'BIGINT STRING': text,
  'DECIMAL INTEGER': (value: Decimal) => toInt32(wholePart(value)),
  'DECIMAL BIGINT': (value: Decimal) => toInt64(wholePart(value)),
  'DECIMAL DECIMAL': (value: Decimal, to: DecimalType) => castDecimal(value, to),
  'DECIMAL DOUBLE': (value: Decimal) => decimalToNumber(value),
  'DECIMAL STRING': (value: Decimal) => decimalText(value),
  'DOUBLE INTEGER': (value: number) => doubleToInteger(value),
  'DOUBLE BIGINT': (value: number) => doubleToBigint(value),
  'DOUBLE DECIMAL': (value: number, to: DecimalType) => castDouble(value, to),
  'DOUBLE STRING': text,
  'STRING BOOLEAN': (value: string) => saysTrue(value.trim()),
  'STRING INTEGER': (value: string) => parseInteger(value.trim()),
  'STRING BIGINT': (value: string) => parseBigint(value.trim()),
  'STRING DECIMAL': (value: string, to: DecimalType) => castDecimal(parseDecimal(value.trim()), to),
  'STRING DOUBLE': (value: string) => parseDouble(value.trim()),
  'STRING TIMESTAMP': (value: string) => parseTimestamp(value.trim()),
  'STRING TIME': (value: string) => parseTime(value.trim()),
  'STRING DATE': (value: string) => parseDate(value.trim()),
  'STRING BYTES': (value: string) => base64Bytes(value.trim()),
  'ARRAY STRING': text,
  'MAP STRING': text,
  'STRUCT STRING': text,
  'TIMESTAMP STRING': (value: number) => timestampText(value),
  'TIMESTAMP TIME': (value: number) => value - Math.floor(value / dayMs) * dayMs,
  'TIMESTAMP DATE': (value: number) => Math.floor(value / dayMs),
  'DATE TIMESTAMP': (value: number) => value * dayMs,
  'TIME STRING': (value: number) => timeText(value),
  'DATE STRING': (value: number) => dateText(value),
};

export type Cast = (value: SqlValue) => SqlValue;

const same: Cast = (value) => value;

function castArray(from: ArrayType, to: ArrayType): Cast {
  const item = castFunction(from.item, to.item);
  return (value) => (value === null ? null : (value as readonly SqlValue[]).map(item));
}

function castMap(from: MapType, to: MapType): Cast {
  const key = castFunction(from.key, to.key);
  const item = castFunction(from.value, to.value);
  return (value) => {
    if (value === null) return null;
    const result = new Map<SqlValue, SqlValue>();
    for (const [k, v] of value as ReadonlyMap<SqlValue, SqlValue>) result.set(key(k), item(v));
    return result;
  };
}

function castStruct(from: StructType, to: StructType): Cast {
  const parts = to.fields.map(({ name, type }) => {
    const at = from.fields.findIndex((field) => field.name === name);
    return { at, cast: at < 0 ? same : castFunction(from.fields[at]!.type, type) };
  });
  return (value) =>
    value === null ? null : parts.map(({ at, cast }) => (at < 0 ? null : cast((value as readonly SqlValue[])[at] ?? null)));
}

function structuredCast(from: SqlType, to: SqlType): Cast | null {
  if (from.base === 'ARRAY' && to.base === 'ARRAY') return castArray(from, to);
  if (from.base === 'MAP' && to.base === 'MAP') return castMap(from, to);
  if (from.base === 'STRUCT' && to.base === 'STRUCT') return castStruct(from, to);
  return null;
}

/**
 * The function that casts values of one type to another; null stays null (`ksql.cast.strings.preserve.nulls`). Throws a SqlError where there
 * is no such cast; the function throws where a value cannot be cast.
 */
export function castFunction(from: SqlType | null, to: SqlType): Cast {
  if (from === null || sameType(from, to)) return same;
  try {
    const structured = structuredCast(from, to);
    if (structured !== null) return structured;
  } catch {
    throw new SqlError(`Cast of ${typeText(from)} to ${typeText(to)} is not supported`);
  }
  const conversion = conversions[`${from.base} ${to.base}`] as ((value: SqlValue, to: SqlType, from: SqlType) => SqlValue) | undefined;
  if (conversion === undefined) throw new SqlError(`Cast of ${typeText(from)} to ${typeText(to)} is not supported`);
  return (value) => (value === null ? null : conversion(value, to, from));
}
