import { base64Bytes } from './bytes.ts';
import { dateText, parseDate, parseTime, parseTimestamp, timestampText, timeText } from './calendar.ts';
import { saysFalse, saysTrue } from './casts.ts';
import { decimalText, decimalToNumber, parseDecimal } from './decimal.ts';
import { fitDecimal, widen } from './decimalType.ts';
import { decimalOfDouble, doubleText, parseBigint, parseDouble, parseInteger } from './javaNumber.ts';
import type { Decimal, DecimalType, SqlType, SqlValue, StructField } from './sqlType.ts';
import { isNumeric, isTime } from './typeText.ts';

/**
 * Coercion of values a user wrote (`DefaultSqlValueCoercer`): `lax` for literals, which may be text for numbers and the other way round,
 * strict for everything else.
 */

function parses(from: SqlType, to: SqlType, lax: boolean): boolean {
  if (from.base === 'STRING') {
    if (isTime(to.base) || to.base === 'BYTES') return true;
    return lax && (to.base === 'BOOLEAN' || isNumeric(to.base));
  }
  return lax && to.base === 'STRING' && (from.base === 'BOOLEAN' || isNumeric(from.base) || isTime(from.base));
}

function commonStruct(from: readonly StructField[], to: readonly StructField[], lax: boolean): SqlType | null {
  const fields: StructField[] = [];
  for (const name of new Set([...from, ...to].map((field) => field.name))) {
    const source = from.find((field) => field.name === name)?.type;
    const target = to.find((field) => field.name === name)?.type;
    const type = source === undefined ? target! : target === undefined ? source : commonType(source, target, lax);
    if (type === null) return null;
    fields.push({ name, type });
  }
  return { base: 'STRUCT', fields };
}

function commonStructured(from: SqlType, to: SqlType, lax: boolean): SqlType | null {
  if (from.base === 'ARRAY' && to.base === 'ARRAY') {
    const item = commonType(from.item, to.item, lax);
    return item === null ? null : { base: 'ARRAY', item };
  }
  if (from.base === 'MAP' && to.base === 'MAP') {
    const key = commonType(from.key, to.key, lax);
    const value = key === null ? null : commonType(from.value, to.value, lax);
    return key === null || value === null ? null : { base: 'MAP', key, value };
  }
  return from.base === 'STRUCT' && to.base === 'STRUCT' ? commonStruct(from.fields, to.fields, lax) : null;
}

const rank = ['INTEGER', 'BIGINT', 'DECIMAL', 'DOUBLE'];

/** The type that holds values of `from` brought to `to`; null where they cannot be brought there (`canCoerce`). */
export function commonType(from: SqlType, to: SqlType, lax: boolean): SqlType | null {
  if (isNumeric(from.base) && isNumeric(to.base)) {
    if (rank.indexOf(from.base) > rank.indexOf(to.base)) return null;
    return to.base === 'DECIMAL' ? widen(from, to) : to;
  }
  const structured = commonStructured(from, to, lax);
  if (structured !== null) return structured;
  if (from.base === to.base) return ['ARRAY', 'MAP', 'STRUCT'].includes(from.base) ? null : to;
  return parses(from, to, lax) ? to : null;
}

function parseLiteral(text: string, to: SqlType): SqlValue {
  switch (to.base) {
    case 'BOOLEAN':
      if (!saysTrue(text) && !saysFalse(text)) throw new Error(`'${text}' is no boolean.`);
      return saysTrue(text);
    case 'INTEGER':
      return parseInteger(text);
    case 'BIGINT':
      return parseBigint(text);
    case 'DOUBLE':
      return parseDouble(text);
    case 'DECIMAL':
      return fitDecimal(parseDecimal(text), to);
    case 'TIMESTAMP':
      return parseTimestamp(text);
    case 'TIME':
      return parseTime(text);
    case 'DATE':
      return parseDate(text);
    case 'BYTES':
      return base64Bytes(text);
    default:
      throw new Error(`Text cannot be brought to ${to.base}.`);
  }
}

function literalText(value: SqlValue, from: SqlType): string {
  switch (from.base) {
    case 'DECIMAL':
      return decimalText(value as Decimal);
    case 'DOUBLE':
      return doubleText(value as number);
    case 'TIMESTAMP':
      return timestampText(value as number);
    case 'TIME':
      return timeText(value as number);
    case 'DATE':
      return dateText(value as number);
    default:
      return String(value);
  }
}

function widerNumber(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  if (to.base === 'BIGINT') return BigInt(value as number);
  if (to.base === 'DOUBLE') return from.base === 'DECIMAL' ? decimalToNumber(value as Decimal) : Number(value);
  const exact =
    from.base === 'DECIMAL' ? (value as Decimal) : from.base === 'DOUBLE' ? decimalOfDouble(value as number) : parseDecimal(String(value));
  return fitDecimal(exact, to as DecimalType);
}

/** The value of a literal as another type has it. Throws where its text says none or digits would be lost. */
export function coerceLiteral(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  if (value === null) return null;
  if (from.base === to.base && from.base !== 'DECIMAL') return value;
  if (from.base === 'STRING') return parseLiteral((value as string).trim(), to);
  return to.base === 'STRING' ? literalText(value, from) : widerNumber(value, from, to);
}
