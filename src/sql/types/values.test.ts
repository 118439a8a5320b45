import { describe, expect, test } from 'vitest';
import { base64Bytes, base64Text, compareBytes, hexBytes, hexText, utf8Bytes, utf8Text } from './bytes.ts';
import { civilOf, daysOf, parseDate, parseTime, parseTimestamp, timestampText, timeText } from './calendar.ts';
import { castFunction } from './casts.ts';
import { commonType, coerceLiteral } from './coercion.ts';
import { decimal } from './decimal.ts';
import type { SqlType, SqlValue } from './sqlType.ts';
import { primitive, sameType, typeText } from './typeText.ts';
import { compareValues, equalValues, hashMapEntries, javaText } from './values.ts';

const array: SqlType = { base: 'ARRAY', item: primitive.INTEGER };
const struct: SqlType = { base: 'STRUCT', fields: [{ name: 'A', type: primitive.DOUBLE }] };

describe('values', () => {
  test('[SQL-103] are equal as Java says: scale counts, order of a map does not', () => {
    expect(equalValues(decimal(10n, 1), decimal(100n, 2))).toBe(false);
    expect(compareValues(decimal(10n, 1), decimal(100n, 2))).toBe(0);
    const ab = new Map<SqlValue, SqlValue>([
      ['a', 1],
      ['b', [2]],
    ]);
    const ba = new Map<SqlValue, SqlValue>([...ab].reverse());
    expect(equalValues(ab, ba)).toBe(true);
    expect(equalValues(1, 1n)).toBe(false);
    expect(equalValues([null, 'x'], [null, 'x'])).toBe(true);
    expect(() => compareValues([1], [2])).toThrow('no order');
  });

  test('[SQL-103] print as Java prints them', () => {
    expect(javaText([1, null], array)).toBe('[1, null]');
    expect(javaText([1], struct)).toBe('Struct{A=1.0}');
    expect(javaText([null], struct)).toBe('Struct{}');
    expect(javaText(new Map([['k', 1n]]), { base: 'MAP', key: primitive.STRING, value: primitive.BIGINT })).toBe('{k=1}');
  });

  test('[SQL-103] of maps are listed in the order of a HashMap', () => {
    const listed = (keys: readonly string[]) => hashMapEntries(new Map(keys.map((key) => [key, 1]))).map(([key]) => key);
    // Buckets 0, 1 and 0 of 4.
    expect(listed(['yes, thanks', 'nope', 'sure, yeah'])).toEqual(['yes, thanks', 'sure, yeah', 'nope']);
    // Of the codes 122 and 97, in 4 buckets.
    expect(listed(['z', 'a'])).toEqual(['a', 'z']);
    // A table doubles where it is more than three quarters full: buckets of 97 to 100 in 8.
    expect(listed(['d', 'c', 'b', 'a'])).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('times', () => {
  test('[SQL-104] are days and milliseconds of the ISO calendar', () => {
    expect(daysOf(2000, 2, 29)).toBe(11016);
    expect(civilOf(-1)).toEqual({ year: 1969, month: 12, day: 31 });
    for (let days = -800_000; days < 800_000; days += 9973)
      expect(daysOf(...(Object.values(civilOf(days)) as [number, number, number]))).toBe(days);
    expect([timeText(0), timeText(61_500), timeText(86_399_999)]).toEqual(['00:00', '00:01:01', '23:59:59']);
    expect(timestampText(-1)).toBe('1969-12-31T23:59:59.999');
  });

  test('[SQL-104] are read with parts left out at the end', () => {
    expect(parseDate('2020-05')).toBe(daysOf(2020, 5, 1));
    expect(parseTime('01:34')).toBe(94 * 60_000);
    expect(parseTimestamp('2020')).toBe(daysOf(2020, 1, 1) * 86_400_000);
    expect(timestampText(parseTimestamp('2020-05-26T23:59:58.000+0200'))).toBe('2020-05-26T21:59:58.000');
    expect(timestampText(parseTimestamp('2020-05-26T23:59Z'))).toBe('2020-05-26T23:59:00.000');
    expect(() => parseDate('2021-02-29')).toThrow("Failed to parse date '2021-02-29'");
    expect(() => parseTime('24:00')).toThrow("Failed to parse time '24:00'");
    expect(() => parseTimestamp('yesterday')).toThrow("Failed to parse timestamp 'yesterday'");
  });
});

describe('bytes', () => {
  test('[SQL-105] are text in UTF-8, base64 and hexadecimal and back', () => {
    for (const text of ['', 'a', 'äß', '€', '😀 x']) {
      expect(utf8Bytes(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
      expect(utf8Text(utf8Bytes(text))).toBe(text);
      expect(base64Bytes(base64Text(utf8Bytes(text)))).toEqual(utf8Bytes(text));
      expect(hexBytes(hexText(utf8Bytes(text)))).toEqual(utf8Bytes(text));
    }
    expect(utf8Text(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffdb');
    expect(() => base64Bytes('a*==')).toThrow("Illegal base64 character '*'");
    expect(() => hexBytes('abc')).toThrow('even-length');
    expect(compareBytes(Uint8Array.of(0x80), Uint8Array.of(1))).toBeLessThan(0);
  });
});

describe('casts', () => {
  const cast = (from: SqlType, to: SqlType, value: never) => castFunction(from, to)(value);

  test('[SQL-106] follow the table of ksqlDB', () => {
    expect(cast(primitive.DOUBLE, primitive.INTEGER, -1.9 as never)).toBe(-1);
    expect(cast(primitive.BIGINT, primitive.INTEGER, 4294967297n as never)).toBe(1);
    expect(cast(primitive.STRING, primitive.BOOLEAN, ' Ye' as never)).toBe(true);
    expect(cast(primitive.DOUBLE, primitive.STRING, 100 as never)).toBe('100.0');
    expect(cast(array, { base: 'ARRAY', item: primitive.STRING }, [1, null] as never)).toEqual(['1', null]);
    expect(cast(primitive.TIMESTAMP, primitive.DATE, -1 as never)).toBe(-1);
    expect(cast(primitive.INTEGER, primitive.STRING, null as never)).toBeNull();
    expect(() => castFunction(primitive.BOOLEAN, primitive.INTEGER)).toThrow('Cast of BOOLEAN to INTEGER is not supported');
    expect(() => castFunction(array, { base: 'ARRAY', item: primitive.BOOLEAN })).toThrow(
      'Cast of ARRAY<INTEGER> to ARRAY<BOOLEAN> is not supported',
    );
  });

  test('[SQL-107] are implied for literals more than for other expressions', () => {
    expect(commonType(primitive.STRING, primitive.INTEGER, false)).toBeNull();
    expect(commonType(primitive.STRING, primitive.INTEGER, true)).toEqual(primitive.INTEGER);
    expect(typeText(commonType(primitive.BIGINT, { base: 'DECIMAL', precision: 4, scale: 2 }, false)!)).toBe('DECIMAL(21, 2)');
    expect(commonType(primitive.DOUBLE, primitive.BIGINT, true)).toBeNull();
    expect(coerceLiteral('10', primitive.STRING, primitive.BIGINT)).toBe(10n);
    expect(() => coerceLiteral('x', primitive.STRING, primitive.BIGINT)).toThrow();
    expect(sameType(struct, { base: 'STRUCT', fields: [{ name: 'B', type: primitive.DOUBLE }] })).toBe(false);
  });
});
