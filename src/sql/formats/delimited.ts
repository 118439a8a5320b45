/** ksqlDB's DELIMITED format (`KsqlDelimitedDeserializer`, `KsqlDelimitedSerializer`): a line of comma-separated values as Apache Commons CSV reads and writes it. */
import { base64Bytes, base64Text } from '../types/bytes.ts';
import { decimalText, parseDecimal } from '../types/decimal.ts';
import { fitDecimal } from '../types/decimalType.ts';
import { doubleText, parseBigint, parseInteger } from '../types/javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from '../types/sqlType.ts';
import type { Serde, SerdeOptions } from './serde.ts';
import { payloadText } from './serde.ts';

/** The fields of the first line that is not empty; a quoted field may hold delimiters, line breaks and doubled quotes. */
function readLine(text: string, delimiter: string): string[] {
  const fields: string[] = [];
  let at = /^[\r\n]*/.exec(text)![0].length;
  if (at === text.length) throw new Error('No fields in record');
  for (;;) {
    let field = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (at >= text.length) throw new Error('EOF reached before encapsulated token finished');
        if (text[at] === '"') at++;
        field += text[at]!;
      }
      at++;
    }
    while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') field += text[at++]!;
    fields.push(field);
    if (text[at] !== delimiter) return fields;
    at++;
  }
}

function parseField(text: string, type: SqlType): SqlValue {
  if (text === '') return null;
  switch (type.base) {
    case 'BOOLEAN':
      return text.toLowerCase() === 'true';
    case 'INTEGER':
    case 'DATE':
      return parseInteger(text);
    case 'BIGINT':
      return parseBigint(text);
    case 'TIME':
    case 'TIMESTAMP':
      return Number(parseBigint(text));
    case 'DOUBLE':
      if (text.trim() === '' || (Number.isNaN(Number(text)) && text !== 'NaN')) throw new Error(`For input string: "${text}"`);
      return Number(text);
    case 'DECIMAL':
      return fitDecimal(parseDecimal(text), type);
    case 'BYTES':
      return base64Bytes(text);
    default:
      return text;
  }
}

function fieldText(value: SqlValue, type: SqlType): string {
  if (type.base === 'DOUBLE') return doubleText(value as number);
  if (type.base === 'DECIMAL') return decimalText(value as Decimal);
  if (type.base === 'BYTES') return base64Text(value as Uint8Array);
  return String(value as string | number | bigint | boolean);
}

/** Whether Commons CSV quotes a text where it quotes as little as it can (`QuoteMode.MINIMAL`). */
function needsQuotes(text: string, isFirst: boolean, delimiter: string): boolean {
  if (text === '') return isFirst;
  const first = text.charCodeAt(0);
  if (isFirst && !/^[0-9A-Za-z]/.test(text)) return true;
  if (first <= 0x23 || text.charCodeAt(text.length - 1) <= 0x20) return true;
  return text.includes('\n') || text.includes('\r') || text.includes('"') || text.includes(delimiter);
}

/** Rows as lines of text. */
export function delimitedSerde({ columns, delimiter }: SerdeOptions): Serde {
  return {
    serialise: (values) =>
      values === null
        ? null
        : columns
            .map(({ type }, i) => {
              const value = values[i] ?? null;
              if (value === null) return '';
              const text = fieldText(value, type);
              return needsQuotes(text, i === 0, delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
            })
            .join(delimiter),
    deserialise: (payload) => {
      if (payload === null) return null;
      const fields = readLine(payloadText(payload), delimiter);
      if (fields.length !== columns.length)
        throw new Error(`Unexpected field count, csvFields:${String(fields.length)} schemaFields:${String(columns.length)}`);
      return fields.map((field, i) => parseField(field, columns[i]!.type));
    },
  };
}
